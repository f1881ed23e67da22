//! A scaling policy has something to scale, and something that tells it when.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-overview.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{cloudwatch_alarm::CloudwatchAlarm, scaling_policy::ScalingPolicy},
};

use super::{Need, Subject, deleted_users::deleted_users};
use crate::{Verdict, room::is_blind};

pub(super) const NEED: Need = Need {
    name: "policy-can-act",
    phase: Phase::Scale,
    subject: Subject::Of(&[ResourceKind::ScalingPolicy], judge),
    documentation: "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-overview.html",
    sentence: "The policy's scalable target, its alarms and what its metric counts are there.",
};

fn judge(overlay: &Overlay<'_>, policy: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<ScalingPolicy>(policy) else {
        return Verdict::met();
    };
    let there = overlay.needing(policy, Relation::ScaledBy);
    let gone = deleted_users(
        overlay,
        policy,
        Relation::ScaledBy,
        ResourceKind::ScalableTarget,
    );
    let target = match gone.first() {
        Some(gone) if !there.iter().any(|place| overlay.is_there(*place)) => Verdict::unmet(
            *gone,
            format!(
                "the scalable target {} of policy {} does not exist",
                facts.resource_id, facts.policy_name
            ),
        ),
        _ => Verdict::met(),
    };
    let whole = Verdict::all([target, counts_something(overlay, policy, &facts)]);
    if !whole.is_met() {
        return whole;
    }
    // Of the alarms of a target tracking policy, one scales out and one in.
    let own = |alarm: &ResourceIndex| {
        let id = &overlay.resource(*alarm).id;
        facts.alarms.iter().any(|own| own.alarm_arn == id.as_str())
    };
    let alarms = overlay.needed(policy, Relation::WatchedBy).into_iter();
    let policy_name = &facts.policy_name;
    Verdict::shared(alarms.filter(own).map(|alarm| {
        let resource = overlay.resource(alarm);
        if resource.presence == Presence::Missing {
            let text = format!(
                "alarm {} of policy {policy_name} does not exist",
                resource.name
            );
            return Verdict::unmet(alarm, text);
        }
        let facts = overlay.facts::<CloudwatchAlarm>(alarm);
        if facts.is_some_and(|facts| facts.actions_enabled == Some(false)) {
            let text = format!(
                "the actions of alarm {}, by which policy {} acts, are switched off",
                resource.name, policy_name
            );
            return Verdict::unmet(alarm, text);
        }
        Verdict::met()
    }))
}

/// Requests for each target are those of a target group behind a balancer: `app/BALANCER/ID/targetgroup/GROUP/ID`.
///
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>
fn counts_something(
    overlay: &Overlay<'_>,
    policy: ResourceIndex,
    facts: &ScalingPolicy,
) -> Verdict {
    let tracking = facts.target_tracking_scaling_policy_configuration.as_ref();
    let metric = tracking.and_then(|own| own.predefined_metric_specification.as_ref());
    let label = metric.and_then(|own| own.resource_label.as_deref());
    let (Some(label), Some(own)) = (label, overlay.resource(policy).own_arn()) else {
        return Verdict::met();
    };
    let Some(at) = label.find("/targetgroup/") else {
        return Verdict::met();
    };
    let (balancer, group) = label.split_at(at);
    let counted = [
        format!("loadbalancer/{balancer}"),
        group.trim_start_matches('/').to_owned(),
    ];
    let kinds = [ResourceKind::LoadBalancer, ResourceKind::TargetGroup];
    let unseen = overlay.resource(policy).presence == Presence::Planned
        || kinds.iter().any(|kind| is_blind(overlay, policy, *kind));
    Verdict::all(counted.iter().map(|resource| {
        let arn = own.sibling("elasticloadbalancing", resource).ok();
        let place = arn.and_then(|arn| overlay.find(&ResourceId::from(arn)));
        match place {
            Some(place) if overlay.resource(place).presence == Presence::Missing => {
                let text = format!(
                    "{} {}, whose requests policy {} counts, does not exist",
                    overlay.kind(place).label(),
                    overlay.resource(place).name,
                    facts.policy_name
                );
                Verdict::unmet(place, text)
            }
            None if !unseen => Verdict::unmet(
                policy,
                format!(
                    "{resource}, whose requests policy {} counts, does not exist",
                    facts.policy_name
                ),
            ),
            _ => Verdict::met(),
        }
    }))
}
