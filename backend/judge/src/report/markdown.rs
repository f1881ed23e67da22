//! For a pull request's comment: GitHub refuses one of more than 65,536 characters.

use std::fmt::Write as _;

use super::{
    Report,
    summary::{
        Summary, Told, change_line, judged_against, made, mark_line, parts, standing_alone, step,
        visible, when,
    },
    text::outcome_words,
};
use crate::Level;

/// Under what GitHub, GitLab and Bitbucket take.
const LARGEST: usize = 59_000;

/// A report as a comment, whatever the plan under 60,000 characters.
pub fn markdown<'a>(report: impl Into<Report<'a>>) -> String {
    let report = report.into();
    let assessment = report.assessment;
    let told = Told::of(assessment);
    let summary = Summary::of(assessment, &told);
    let estate = assessment.excerpt.snapshot();
    let mut page = Page::default();
    page.push(&format!(
        "## {} blastmap: {}\n\n**{}.**\n\nChanges: {}.",
        sign(assessment.level),
        assessment.level.name(),
        escape(&summary.headline),
        summary.changes
    ));
    if !summary.owners.is_empty() {
        let owners: Vec<String> = summary
            .owners
            .iter()
            .map(|owner| format!("**{}**", escape(owner)))
            .collect();
        page.push(&format!(" Ask {}.", owners.join(", ")));
    }
    page.push("\n");
    if let Some(kept) = &report.kept {
        let (title, made) = made(kept);
        let (title, link) = (escape(&title), kept.link);
        page.push(&if kept.can_be_followed() {
            format!("\nReview: [{title}]({link}){made}.\n")
        } else {
            format!("\nReview: {title}{made}, at `{}`.\n", code(link))
        });
    }
    if !told.impacts.is_empty() {
        page.push("\n| outcome | resource | owner | when | why |\n|---|---|---|---|---|\n");
        page.rows(
            told.impacts.len(),
            told.impacts.iter().map(|impact| {
                let resource = estate.resource(impact.resource);
                let parts =
                    parts(estate, impact).map_or_else(String::new, |parts| format!(" {parts}"));
                format!(
                    "| **{}**{parts} | {} `{}` | {} | {} | {} |\n",
                    outcome_words(impact.outcome),
                    resource.kind.label(),
                    code(&resource.name),
                    escape(estate.owner(impact.resource).unwrap_or("-")),
                    when(impact.phase),
                    escape(&impact.cause)
                )
            }),
        );
    }
    for (title, risks) in [
        ("Risks", &told.risks),
        ("What was not seen or judged", &told.unknown),
    ] {
        if risks.is_empty() {
            continue;
        }
        page.push(&format!("\n### {title}\n\n"));
        page.rows(
            risks.len(),
            risks.iter().map(|risk| {
                let see = risk
                    .documentation
                    .as_ref()
                    .map_or_else(String::new, |page| format!(" [AWS's page]({page})"));
                let said = report.mark_of(risk).map_or_else(String::new, |mark| {
                    format!("\n  - **{}**", escape(&mark_line(mark)))
                });
                format!(
                    "- **{}** {}: {} *{}*{see}{said}\n",
                    risk.level.name(),
                    escape(&risk.title),
                    escape(&risk.detail),
                    escape(&risk.remediation)
                )
            }),
        );
    }
    for (title, impacts) in [
        ("Broken today already", &assessment.already_broken),
        ("Broken today, whole after the change", &assessment.mended),
    ] {
        let impacts = standing_alone(assessment, impacts);
        if impacts.is_empty() {
            continue;
        }
        page.push(&format!("\n### {title}\n\n"));
        page.rows(
            impacts.len(),
            impacts.iter().map(|impact| {
                let resource = estate.resource(impact.resource);
                format!(
                    "- {} `{}`: {}\n",
                    resource.kind.label(),
                    code(&resource.name),
                    escape(&impact.cause)
                )
            }),
        );
    }
    let ways: Vec<_> = told
        .impacts
        .iter()
        .map(|impact| (impact, assessment.path_of(impact)))
        .filter(|(_, path)| !path.is_empty())
        .collect();
    if !ways.is_empty() {
        page.push(
            "\n<details><summary>Why: the links from the change to what is hit</summary>\n\n",
        );
        page.rows(
            ways.len(),
            ways.iter().map(|(impact, path)| {
                let steps: Vec<String> = path
                    .iter()
                    .map(|link| format!("  - {}", escape(&step(estate, *link))))
                    .collect();
                format!(
                    "- `{}`\n{}\n",
                    code(&estate.resource(impact.resource).name),
                    steps.join("\n")
                )
            }),
        );
        page.push("\n</details>\n");
    }
    page.push("\n<details><summary>The change as understood</summary>\n\n");
    let changing: Vec<_> = assessment
        .changes
        .iter()
        .filter(|(change, _)| change.action.changes_something())
        .collect();
    page.rows(
        changing.len(),
        changing
            .iter()
            .map(|(change, place)| format!("- {}\n", escape(&change_line(estate, change, *place)))),
    );
    page.push("\n</details>\n");
    page.push(&format!(
        "\n<sub>{}</sub>\n",
        escape(&judged_against(assessment))
    ));
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// As many as there is room for; the rest is counted.
    fn rows(&mut self, count: usize, rows: impl Iterator<Item = String>) {
        // Later sections want room, too.
        let room = (LARGEST.saturating_sub(self.text.len())) / 2;
        let begun = self.text.len();
        for (number, row) in rows.enumerate() {
            if self.text.len() - begun + row.len() > room {
                let _infallible = write!(
                    self.text,
                    "\nand {} more: `--format json` has them all\n",
                    count - number
                );
                return;
            }
            self.text.push_str(&row);
        }
    }
}

fn sign(level: Level) -> &'static str {
    match level {
        Level::Critical => "🛑",
        Level::High => "🔴",
        Level::Medium => "🟠",
        Level::Low => "🔵",
        Level::None => "✅",
    }
}

/// Text that stays text: no markup, no mention, no row's end.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' => escaped.push_str("@\u{200b}"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// Text inside backticks.
fn code(text: &str) -> String {
    visible(text).replace('`', "'").replace('|', "\u{a6}")
}
