//! Rules whose priority another rule of the listener has.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html>

use blastmap_change::Action;
use blastmap_graph::Overlay;
use blastmap_model::{Relation, ResourceIndex, kinds::listener_rule::ListenerRule};

use super::{Asked, Refusal, Rule};

pub(super) const RULE: Rule = Rule {
    name: "rule-priority-in-use",
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html",
    sentence: "A listener rule with a priority that another rule of the listener has.",
    refuses,
};

fn refuses(
    _before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
) -> Vec<Refusal> {
    if !matches!(
        change.action,
        Action::Create | Action::Replace | Action::Update
    ) {
        return Vec::new();
    }
    let Some(facts) = after.facts::<ListenerRule>(place) else {
        return Vec::new();
    };
    let numbered = |facts: &ListenerRule| {
        let priority = facts.priority.as_deref()?;
        priority.parse::<u32>().ok()
    };
    let Some(priority) = numbered(&facts).filter(|_| !after.is_unknown(place, "Priority")) else {
        return Vec::new();
    };
    let listeners = after.needed(place, Relation::PartOf);
    let mut others = listeners
        .into_iter()
        .flat_map(|listener| after.needing(listener, Relation::PartOf))
        .filter(|other| *other != place && after.is_there(*other));
    let taken = others.find(|other| {
        let other = after.facts::<ListenerRule>(*other);
        other.is_some_and(|other| numbered(&other) == Some(priority))
    });
    let Some(other) = taken else {
        return Vec::new();
    };
    let other = &after.resource(other).name;
    vec![Refusal {
        resource: place,
        text: format!(
            "AWS will refuse a rule of priority {priority}: {other} has it; the apply stops there, and Terraform may already have changed what came before it"
        ),
        aws_error: "PriorityInUse",
        remediation: "Choose a priority that no other rule of the listener has.".to_owned(),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        estate::{Estate, arn, gone, patched, planned, together},
        refusals::{ALL, tests::refusals},
    };

    #[test]
    fn two_rules_never_have_one_priority() {
        let rule = |number: &str, priority: &str| {
            let id = arn(
                "elasticloadbalancing",
                &format!("listener-rule/app/front/1/80/{number}"),
            );
            let facts = ListenerRule {
                rule_arn: id.clone(),
                priority: Some(priority.to_owned()),
                ..ListenerRule::default()
            };
            (id, facts)
        };
        let (live, _) = rule("10", "10");
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let new = "planned:aws_lb_listener_rule.new";
        let made = |priority: &str| {
            let (own, facts) = rule("new", priority);
            planned(new, &own, &facts)
        };
        let moved = patched(&snapshot, &live, |facts: &mut ListenerRule| {
            facts.priority = Some("20".to_owned());
        });
        let cases = [
            (made("20"), new, 0),
            (made("10"), new, 1),
            (together([made("10"), gone(&live)]), new, 0),
            (together([made("10"), moved.clone()]), new, 0),
            (together([made("20"), moved]), &live, 1),
        ];
        for (number, (edits, id, expected)) in cases.into_iter().enumerate() {
            let found = refusals(ALL, &snapshot, &edits, Action::Update, id);
            assert_eq!(found.len(), expected, "{number}: {found:?}");
        }
    }
}
