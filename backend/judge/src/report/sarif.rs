//! SARIF 2.1.0, which code hosts and scanners' dashboards read.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::Report;
use crate::{Assessment, Level, Risk, RiskMark};

/// A report of risks as SARIF. What reviewers marked is suppressed: whoever reads the log counts the rest.
pub fn sarif<'a>(report: impl Into<Report<'a>>) -> String {
    let report = report.into();
    let assessment = report.assessment;
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for risk in &assessment.risks {
        rules.entry(&risk.rule).or_insert_with(|| {
            let mut rule = json!({ "id": risk.rule, "help": { "text": risk.remediation } });
            if let Some(page) = &risk.documentation {
                rule["helpUri"] = json!(page);
            }
            rule
        });
    }
    let place: BTreeMap<&str, usize> = rules
        .keys()
        .enumerate()
        .map(|(place, rule)| (*rule, place))
        .collect();
    let results: Vec<Value> = assessment
        .risks
        .iter()
        .map(|risk| {
            let mut result = result(assessment, risk);
            result["ruleIndex"] = json!(place.get(&*risk.rule));
            if report.kept.is_some_and(|kept| !kept.marks.is_empty()) {
                // All results of a run say whether they are suppressed, or none.
                let marks = report.mark_of(risk).into_iter().map(suppression);
                result["suppressions"] = marks.collect();
            }
            result
        })
        .collect();
    let mut properties =
        json!({ "risk": assessment.level.name(), "snapshot": assessment.snapshot_id });
    if let Some(kept) = &report.kept {
        properties["review"] = json!({
            "id": kept.review.id,
            "title": kept.review.title,
            "createdAt": kept.review.created_at.format(&Rfc3339).ok(),
            "link": kept.link,
        });
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "blastmap", "version": env!("CARGO_PKG_VERSION"), "rules": rules.into_values().collect::<Vec<_>>() } },
            "results": results,
            "properties": properties,
        }],
    });
    format!("{log:#}\n")
}

fn suppression(mark: &RiskMark) -> Value {
    let mut suppression = json!({
        "kind": "external",
        "status": "accepted",
        "properties": { "mark": mark.mark.name() },
    });
    if let Some(note) = &mark.note {
        suppression["justification"] = json!(note);
    }
    suppression
}

fn result(assessment: &Assessment, risk: &Risk) -> Value {
    let estate = assessment.excerpt.snapshot();
    let named = risk
        .resource
        .into_iter()
        .chain(risk.affected.iter().copied());
    let mut locations: Vec<Value> = named
        .map(|place| {
            let resource = estate.resource(place);
            json!({ "logicalLocations": [{
                "name": &*resource.name,
                "fullyQualifiedName": resource.id.as_str(),
                "kind": "resource",
            }] })
        })
        .collect();
    locations.truncate(100);
    let level = match risk.level {
        Level::Critical | Level::High => "error",
        Level::Medium => "warning",
        Level::Low | Level::None => "note",
    };
    json!({
        "ruleId": risk.rule,
        "level": level,
        "message": { "text": plain_text(&format!("{}. {} {}", risk.title, risk.detail, risk.remediation)) },
        "locations": locations,
        "partialFingerprints": { "blastmapRisk/v1": risk.id },
        "properties": { "risk": risk.level.name() },
    })
}

/// A message's text, in which brackets would be links.
fn plain_text(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '[' | ']') {
            plain.push('\\');
        }
        plain.push(letter);
    }
    plain
}
