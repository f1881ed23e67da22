//! One file that needs nothing else, reads in a browser and prints well.

use std::fmt::Write as _;

use super::{
    Report,
    summary::{
        Summary, Told, change_line, judged_against, made, mark_line, parts, standing_alone, step,
        visible, when,
    },
    text::outcome_words,
};
/// All that stands in the file's style element: a server can allow this style and no other.
pub const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--paper:#fff;--bad:#b42318;--warn:#9a5b00;--good:#1a7f37}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--paper:#0d1117;--bad:#ff7b72;--warn:#e3b341;--good:#56d364}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid var(--line)}
th{color:var(--soft);font-weight:600}ol,ul{padding-left:1.4rem}li{margin:.35rem 0}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}.DOWN,.DEGRADED,.CRITICAL,.HIGH{color:var(--bad);font-weight:700}.FAILS_ON_NEXT_START,.AT_RISK,.MEDIUM{color:var(--warn);font-weight:700}.LOW{font-weight:700}.NONE{color:var(--good);font-weight:700}
@media print{:root{--ink:#000;--soft:#444;--line:#bbb;--paper:#fff;--bad:#900;--warn:#640;--good:#060}body{margin:0;max-width:none;font-size:10pt}tr,li{break-inside:avoid}a{color:inherit}@page{size:A4;margin:15mm}}
";

/// A report as one HTML file.
pub fn html<'a>(report: impl Into<Report<'a>>) -> String {
    let report = report.into();
    let assessment = report.assessment;
    let told = Told::of(assessment);
    let summary = Summary::of(assessment, &told);
    let estate = assessment.excerpt.snapshot();
    let level = assessment.level.name();
    let kept = report.kept.map(|kept| (kept, made(&kept)));
    let named = kept.as_ref().map_or_else(String::new, |(_, (title, _))| {
        format!("{}: ", escape(title))
    });
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{named}{level}: {headline}</title><style>{STYLE}</style></head><body>\n\
         <h1><span class=\"{level}\">{level}</span> {headline}</h1>\n<p>Changes: {changes}.",
        headline = escape(&summary.headline),
        changes = escape(&summary.changes)
    );
    let mut add = |text: String| page.push_str(&text);
    if !summary.owners.is_empty() {
        add(format!(
            " Ask <strong>{}</strong>.",
            escape(&summary.owners.join(", "))
        ));
    }
    add("</p>\n".to_owned());
    if let Some((kept, (title, made))) = &kept {
        let (title, link) = (escape(title), escape(kept.link));
        add(if kept.can_be_followed() {
            format!(
                "<p>Review: <a href=\"{link}\">{title}</a>{made}. <code class=\"soft\">{link}</code></p>\n"
            )
        } else {
            format!("<p>Review: {title}{made}, at <code>{link}</code></p>\n")
        });
    }
    if !told.impacts.is_empty() {
        add("<h2>What is hit</h2>\n<table><thead><tr><th scope=\"col\">Outcome<th scope=\"col\">Resource<th scope=\"col\">Owner<th scope=\"col\">When<th scope=\"col\">Why</tr></thead><tbody>\n".to_owned());
        for impact in &told.impacts {
            let resource = estate.resource(impact.resource);
            let mut steps = String::new();
            for link in assessment.path_of(impact) {
                let _infallible = write!(
                    steps,
                    "<br><code class=\"soft\">{}</code>",
                    escape(&step(estate, link))
                );
            }
            add(format!(
                "<tr><td><span class=\"{}\">{}</span>{}<td>{}<br><span class=\"soft\">{}</span><td>{}<td>{}<td>{}{steps}</tr>\n",
                impact.outcome.name(),
                outcome_words(impact.outcome),
                parts(estate, impact)
                    .map_or_else(String::new, |parts| format!("<br>{}", escape(&parts))),
                escape(&resource.name),
                escape(resource.kind.label()),
                escape(estate.owner(impact.resource).unwrap_or("-")),
                when(impact.phase),
                escape(&impact.cause)
            ));
        }
        add("</tbody></table>\n".to_owned());
    }
    for (title, risks) in [
        ("Risks", &told.risks),
        ("What was not seen or judged", &told.unknown),
    ] {
        if risks.is_empty() {
            continue;
        }
        add(format!("<h2>{title}</h2>\n<ol>\n"));
        for risk in risks {
            let see = risk.documentation.as_ref().map_or_else(String::new, |url| {
                format!(
                    " <a href=\"{}\" rel=\"noreferrer\">AWS's page</a>",
                    escape(url)
                )
            });
            let said = report.mark_of(risk).map_or_else(String::new, |mark| {
                format!("<br><strong>{}</strong>", escape(&mark_line(mark)))
            });
            add(format!(
                "<li><span class=\"{level}\">{level}</span> <strong>{}</strong><br>{}<br><em>{}</em>{see}{said}\n",
                escape(&risk.title),
                escape(&risk.detail),
                escape(&risk.remediation),
                level = risk.level.name()
            ));
        }
        add("</ol>\n".to_owned());
    }
    for (title, impacts) in [
        ("Broken today already", &assessment.already_broken),
        ("Broken today, whole after the change", &assessment.mended),
    ] {
        let impacts = standing_alone(assessment, impacts);
        if impacts.is_empty() {
            continue;
        }
        add(format!("<h2>{title}</h2>\n<ul>\n"));
        for impact in impacts {
            let resource = estate.resource(impact.resource);
            add(format!(
                "<li>{} {}: {}\n",
                escape(resource.kind.label()),
                escape(&resource.name),
                escape(&impact.cause)
            ));
        }
        add("</ul>\n".to_owned());
    }
    add("<h2>The change as understood</h2>\n<ul>\n".to_owned());
    for (change, place) in &assessment.changes {
        if change.action.changes_something() {
            add(format!(
                "<li>{}\n",
                escape(&change_line(estate, change, *place))
            ));
        }
    }
    add(format!(
        "</ul>\n<p class=\"soft\">{}</p>\n</body></html>\n",
        escape(&judged_against(assessment))
    ));
    page
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
