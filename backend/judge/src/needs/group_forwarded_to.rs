//! A target group gets requests.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind, kinds::target_group::TargetGroup,
};

use super::{Need, Subject, balancer_zones};
use crate::{
    Answer, Verdict,
    network::{
        forwards_to,
        listener_rules::{Reached, balancer_of, forwarding_to, reached},
        lookup::{is_blind, there},
    },
};

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html>
pub(super) const NEED: Need = Need {
    name: "group-forwarded-to",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::TargetGroup], judge),
    documentation: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
    sentence: "Some listener or rule that requests come to forwards to the target group, if anything is registered in it.",
};

fn judge(overlay: &Overlay<'_>, group: ResourceIndex) -> Verdict {
    let exists = there(overlay, group);
    let Some(facts) = overlay.facts::<TargetGroup>(group) else {
        return exists;
    };
    // Of two groups that take turns in deployments, one stands empty. Where that is not known, registration speaks.
    let in_use = match &facts.target_health_descriptions {
        Some(targets) => !targets.is_empty(),
        None => !overlay.needing(group, Relation::RegisteredIn).is_empty(),
    };
    if !in_use {
        return Verdict::met();
    }
    let ways: Vec<Verdict> = forwarding_to(overlay, group)
        .into_iter()
        .map(|from| forwards(overlay, from, group))
        .collect();
    if !ways.is_empty() {
        return Verdict::any(ways);
    }
    let name = &overlay.resource(group).name;
    let unseen = [
        ResourceKind::Listener,
        ResourceKind::ListenerRule,
        ResourceKind::LoadBalancer,
    ];
    if unseen.iter().any(|kind| is_blind(overlay, *kind, group)) {
        return Verdict::unknown(
            group,
            format!("check that a listener forwards to target group {name}: not all could be read"),
        );
    }
    Verdict::unmet(
        group,
        format!("no listener or rule forwards to target group {name}"),
    )
}

/// Whether requests come this way.
fn forwards(overlay: &Overlay<'_>, from: ResourceIndex, group: ResourceIndex) -> Verdict {
    let name = &overlay.resource(from).name;
    let weight = forwards_to(overlay, from)
        .into_iter()
        .find(|(to, _)| *to == group);
    if weight.is_some_and(|(_, weight)| weight <= 0) {
        let group = &overlay.resource(group).name;
        return Verdict::unmet(
            from,
            format!("{name} forwards to target group {group} with weight 0"),
        );
    }
    // What is deleted takes its rules along.
    let whole = overlay.needed(from, Relation::PartOf).into_iter();
    let balancer = balancer_of(overlay, from);
    for whole in whole.chain(balancer) {
        let exists = there(overlay, whole);
        if !exists.is_met() {
            return exists;
        }
    }
    // Clients that reach none of its zones send nothing; one that is left serves for all.
    let zones = balancer.map(|balancer| balancer_zones::judge(overlay, balancer));
    if let Some(zones) = zones
        && zones.answer == Answer::Unmet
        && zones.share.is_none_or(|share| share.lost >= share.of)
    {
        return zones;
    }
    match reached(overlay, from) {
        Reached::Yes => Verdict::met(),
        Reached::Perhaps(by) => {
            let by = &overlay.resource(by).name;
            Verdict::unknown(
                from,
                format!("check whether {by} answers all that {name} would"),
            )
        }
        Reached::No(by) => {
            let by_name = &overlay.resource(by).name;
            Verdict::unmet(
                by,
                format!("{by_name} answers every request before {name} can"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_service::EcsService,
            listener::{Action, ForwardConfig, Listener, WeightedTargetGroup},
            listener_rule::{Condition, ListenerRule},
        },
    };

    use super::*;
    use crate::estate::{Estate, arn, gone, patched, place, planned, together};

    fn elb(resource: &str) -> String {
        arn("elasticloadbalancing", resource)
    }

    fn rule(snapshot: &Snapshot, change: impl FnOnce(&mut ListenerRule)) -> Edits {
        patched(snapshot, &elb("listener-rule/app/front/1/80/10"), change)
    }

    fn default_forward(snapshot: &Snapshot) -> Edits {
        patched(
            snapshot,
            &elb("listener/app/front/1/80"),
            |facts: &mut Listener| {
                facts.default_actions = vec![Action {
                    r#type: Some("forward".to_owned()),
                    target_group_arn: Some(elb("targetgroup/web/1")),
                    ..Action::default()
                }];
            },
        )
    }

    fn weighing(weight: i32) -> impl FnOnce(&mut ListenerRule) {
        move |facts| {
            facts.actions = vec![Action {
                r#type: Some("forward".to_owned()),
                forward_config: Some(ForwardConfig {
                    target_groups: vec![WeightedTargetGroup {
                        target_group_arn: Some(elb("targetgroup/web/1")),
                        weight: Some(weight),
                    }],
                }),
                ..Action::default()
            }];
        }
    }

    fn everything_first() -> Edits {
        let facts = ListenerRule {
            priority: Some("1".to_owned()),
            conditions: vec![Condition {
                field: Some("path-pattern".to_owned()),
                values: vec!["*".to_owned()],
                ..Condition::default()
            }],
            ..ListenerRule::default()
        };
        planned(
            "planned:rule",
            &elb("listener-rule/app/front/1/80/new"),
            &facts,
        )
    }

    #[test]
    fn somebody_forwards_to_a_group_in_use() {
        type Change = fn(&Snapshot) -> Edits;
        let healthy = || Estate::new().vpc_with_nat().fargate_service().alb();
        let unused = || {
            healthy()
                .with::<TargetGroup>(&elb("targetgroup/web/1"), |facts| {
                    facts.target_health_descriptions = Some(Vec::new());
                })
                .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                    facts.load_balancers.clear();
                })
        };
        let the_rule = elb("listener-rule/app/front/1/80/10");
        let cases: Vec<(&str, Estate, Change, Answer)> = vec![
            ("healthy", healthy(), |_| together([]), Answer::Met),
            (
                "rule goes",
                healthy(),
                |_| gone(&elb("listener-rule/app/front/1/80/10")),
                Answer::Unmet,
            ),
            (
                "rule goes, listener forwards by default",
                healthy(),
                |s| {
                    together([
                        default_forward(s),
                        gone(&elb("listener-rule/app/front/1/80/10")),
                    ])
                },
                Answer::Met,
            ),
            (
                "rule forwards elsewhere",
                healthy(),
                |s| rule(s, |facts| facts.actions.clear()),
                Answer::Unmet,
            ),
            ("weight", healthy(), |s| rule(s, weighing(10)), Answer::Met),
            (
                "no weight",
                healthy(),
                |s| rule(s, weighing(0)),
                Answer::Unmet,
            ),
            (
                "a rule before it",
                healthy(),
                |_| everything_first(),
                Answer::Unmet,
            ),
            (
                "balancer goes",
                healthy(),
                |_| gone(&elb("loadbalancer/app/front/1")),
                Answer::Unmet,
            ),
            (
                "group goes",
                healthy(),
                |_| gone(&elb("targetgroup/web/1")),
                Answer::Unmet,
            ),
            (
                "rules could not be read",
                healthy()
                    .without(&the_rule)
                    .blind(ResourceKind::ListenerRule),
                |_| together([]),
                Answer::Unknown,
            ),
            (
                "nobody is registered",
                unused(),
                |_| gone(&elb("listener-rule/app/front/1/80/10")),
                Answer::Met,
            ),
        ];
        for (case, estate, change, expected) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let verdict = judge(&overlay, place(&overlay, &elb("targetgroup/web/1")));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
        }
    }
}
