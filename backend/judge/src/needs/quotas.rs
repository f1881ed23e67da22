//! AWS's default quotas of load balancing. What an account was granted beyond them is not read: what goes beyond is to be checked.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, listener_rule::ListenerRule, load_balancer::LoadBalancer},
};

use super::{Need, Subject};
use crate::Verdict;

const PAGE: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html";

/// Of instances or addresses in one target group.
const MOST_TARGETS: i64 = 1000;

/// Of one application load balancer, without the default ones.
const MOST_RULES: usize = 100;

pub(super) const TARGETS: Need = Need {
    name: "targets-within-quota",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::TargetGroup], targets),
    documentation: PAGE,
    sentence: "The services registered in a target group want no more tasks than it may have targets by default (1,000).",
};

pub(super) const RULES: Need = Need {
    name: "rules-within-quota",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::LoadBalancer], rules),
    documentation: PAGE,
    sentence: "An application load balancer has no more rules than it may have by default (100, without the default ones).",
};

fn targets(overlay: &Overlay<'_>, group: ResourceIndex) -> Verdict {
    let services = overlay.needing_of(group, Relation::RegisteredIn, ResourceKind::EcsService);
    let services = services
        .into_iter()
        .filter(|service| overlay.is_there(*service));
    let facts = services.filter_map(|service| overlay.facts::<EcsService>(service));
    let wanted: i64 = facts.map(|facts| i64::from(facts.desired_count)).sum();
    if wanted <= MOST_TARGETS {
        return Verdict::met();
    }
    let name = &overlay.resource(group).name;
    let text = format!(
        "check the quota of targets per target group: {name} is to have {wanted}, of {MOST_TARGETS} by default"
    );
    Verdict::unknown(group, text)
}

fn rules(overlay: &Overlay<'_>, balancer: ResourceIndex) -> Verdict {
    let facts = overlay.facts::<LoadBalancer>(balancer);
    if facts.is_none_or(|facts| facts.r#type.as_deref() != Some("application")) {
        return Verdict::met();
    }
    let listeners = overlay.needing_of(balancer, Relation::PartOf, ResourceKind::Listener);
    let rules = listeners.into_iter().flat_map(|listener| {
        overlay.needing_of(listener, Relation::PartOf, ResourceKind::ListenerRule)
    });
    let counted = rules.filter(|rule| {
        let facts = overlay.facts::<ListenerRule>(*rule);
        overlay.is_there(*rule) && facts.is_none_or(|facts| !facts.is_default)
    });
    let count = counted.count();
    if count <= MOST_RULES {
        return Verdict::met();
    }
    let name = &overlay.resource(balancer).name;
    let text = format!(
        "check the quota of rules per application load balancer: {name} is to have {count}, of {MOST_RULES} by default"
    );
    Verdict::unknown(balancer, text)
}

#[cfg(test)]
mod tests {
    use blastmap_model::Edits;

    use super::*;
    use crate::estate::{Estate, arn, judged, patched, planned, together, told};

    #[test]
    fn a_group_holds_a_thousand_tasks() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let service = arn("ecs", "service/main/web");
        let group = arn("elasticloadbalancing", "targetgroup/web/1");
        let wanting = |count: i32| {
            patched(&snapshot, &service, |facts: &mut EcsService| {
                facts.desired_count = count;
            })
        };
        let cases = [
            (wanting(1000), "met"),
            (
                wanting(1001),
                "unknown: check the quota of targets per target group: web is to have 1001, of 1000 by default",
            ),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(told(&judged(&TARGETS, &overlay, &group)), expected);
        }
    }

    #[test]
    fn a_balancer_has_a_hundred_rules_beside_the_default_ones() {
        let snapshot = Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .snapshot();
        let balancer = arn("elasticloadbalancing", "loadbalancer/app/front/1");
        let rule = |number: usize, is_default: bool| -> Edits {
            let own = arn(
                "elasticloadbalancing",
                &format!("listener-rule/app/front/1/80/new-{number}"),
            );
            let facts = ListenerRule {
                rule_arn: own.clone(),
                is_default,
                ..ListenerRule::default()
            };
            planned(&own, &own, &facts)
        };
        // One is there already.
        let upto = |last: usize| together((1..last).map(|number| rule(number, false)));
        let cases = [
            (upto(100), "met"),
            (together([upto(100), rule(1000, true)]), "met"),
            (
                upto(101),
                "unknown: check the quota of rules per application load balancer: front is to have 101, of 100 by default",
            ),
        ];
        for (edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(told(&judged(&RULES, &overlay, &balancer)), expected);
        }
    }
}
