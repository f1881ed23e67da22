//! Requests come to a rule.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, ResourceIndex, ResourceKind,
    kinds::listener_rule::{Condition, ListenerRule},
};

use super::{Need, Subject};
use crate::{
    Verdict,
    network::{
        listener_rules::{Reached, listener_of, reached},
        lookup::there,
    },
};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html>
pub(super) const NEED: Need = Need {
    name: "rule-reached",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::ListenerRule], judge),
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-update-rules.html",
    sentence: "The rule's listener is there, and no rule before it answers every request that this one would.",
};

fn judge(overlay: &Overlay<'_>, rule: ResourceIndex) -> Verdict {
    if overlay.facts::<ListenerRule>(rule).is_none() {
        return Verdict::met();
    }
    if let Some(listener) = listener_of(overlay, rule) {
        let exists = there(overlay, listener);
        if !exists.is_met() {
            return exists;
        }
    }
    match reached(overlay, rule) {
        Reached::Yes => Verdict::met(),
        Reached::No(by) => Verdict::unmet(
            by,
            format!("{} answers every request first", said(overlay, by)),
        ),
        Reached::Perhaps(by) => Verdict::unknown(
            by,
            format!(
                "check whether {} answers every request first",
                said(overlay, by)
            ),
        ),
    }
}

/// `front rule 5 (/*)`.
fn said(overlay: &Overlay<'_>, rule: ResourceIndex) -> String {
    let name = &overlay.resource(rule).name;
    let facts = overlay.facts::<ListenerRule>(rule);
    let conditions = facts
        .map(|facts| facts.conditions.clone())
        .unwrap_or_default();
    let shown = |condition: &Condition| {
        matches!(
            condition.field.as_deref(),
            Some("path-pattern" | "host-header" | "http-request-method" | "source-ip")
        )
    };
    let values = conditions.iter().filter(|condition| shown(condition));
    let values: Vec<_> = values
        .map(|condition| condition.values.join(" or "))
        .collect();
    if values.is_empty() {
        name.to_string()
    } else {
        format!("{name} ({})", values.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::Edits;

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, gone, patched, place, planned, together, unknown},
    };

    fn rule_arn(id: &str) -> String {
        arn(
            "elasticloadbalancing",
            &format!("listener-rule/app/front/1/80/{id}"),
        )
    }

    fn before(priority: &str, conditions: &[(&str, &str)]) -> Edits {
        let conditions = conditions.iter().map(|(field, value)| Condition {
            field: Some((*field).to_owned()),
            values: vec![(*value).to_owned()],
            ..Condition::default()
        });
        let facts = ListenerRule {
            rule_arn: rule_arn("new"),
            priority: Some(priority.to_owned()),
            conditions: conditions.collect(),
            ..ListenerRule::default()
        };
        planned("planned:aws_lb_listener_rule.new", &rule_arn("new"), &facts)
    }

    #[test]
    fn the_first_rule_that_matches_answers() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let narrowed = patched(&snapshot, &rule_arn("10"), |facts: &mut ListenerRule| {
            facts.conditions[0].values = vec!["/api/*".to_owned()];
        });
        let listener = arn("elasticloadbalancing", "listener/app/front/1/80");
        let cases = [
            ("healthy", together([]), Answer::Met, ""),
            (
                "everything before it",
                before("5", &[("path-pattern", "/*")]),
                Answer::Unmet,
                "rule 5 (/*) answers every request first",
            ),
            (
                "everything before it, by none",
                before("5", &[]),
                Answer::Unmet,
                "rule 5 answers every request first",
            ),
            (
                "everything after it",
                before("20", &[("path-pattern", "/*")]),
                Answer::Met,
                "",
            ),
            (
                "a part before it",
                before("5", &[("path-pattern", "/api/*")]),
                Answer::Met,
                "",
            ),
            (
                "a host before it",
                before(
                    "5",
                    &[("host-header", "a.example.com"), ("path-pattern", "/*")],
                ),
                Answer::Met,
                "",
            ),
            (
                "as much as it before it",
                together([narrowed.clone(), before("5", &[("path-pattern", "/api/*")])]),
                Answer::Unmet,
                "(/api/*)",
            ),
            (
                "more than it before it",
                together([narrowed.clone(), before("5", &[("path-pattern", "/a*")])]),
                Answer::Unmet,
                "(/a*)",
            ),
            (
                "something else before it",
                together([narrowed, before("5", &[("path-pattern", "/web/*")])]),
                Answer::Met,
                "",
            ),
            (
                "not known what is before it",
                unknown(before("5", &[]), &["Conditions"]),
                Answer::Unknown,
                "check whether",
            ),
            ("listener goes", gone(&listener), Answer::Unmet, "listener"),
        ];
        for (case, edits, expected, why) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judge(&overlay, place(&overlay, &rule_arn("10")));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains(why));
            assert!(said || why.is_empty(), "{case}: {verdict:?}");
        }
    }
}
