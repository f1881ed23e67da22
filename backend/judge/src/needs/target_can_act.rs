//! A scalable target can move the count that it is for.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::scalable_target::ScalableTarget,
};

use super::{Need, Subject};
use crate::{Verdict, room::is_blind, verdict::Share};

pub(super) const NEED: Need = Need {
    name: "target-can-act",
    phase: Phase::Scale,
    subject: Subject::Of(&[ResourceKind::ScalableTarget], judge),
    documentation: "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html",
    sentence: "The scaled service is there, the bounds leave a range, scaling is not suspended, and a policy or scheduled action moves it.",
};

fn judge(overlay: &Overlay<'_>, target: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<ScalableTarget>(target) else {
        return Verdict::met();
    };
    let bounds = match (facts.min_capacity, facts.max_capacity) {
        (Some(least), Some(most)) if least > most => Verdict::unmet(
            target,
            format!(
                "the minimum of {least} is above the maximum of {most} for {}",
                facts.resource_id
            ),
        )
        .reported_as("ValidationException"),
        _ => Verdict::met(),
    };
    let whole = Verdict::all([
        service_is_there(overlay, target, &facts),
        bounds,
        role_is_there(overlay, target),
        has_means(overlay, target, &facts),
    ]);
    let suspended = facts.suspended_state.clone().unwrap_or_default();
    let one_way = match (
        suspended.dynamic_scaling_in_suspended,
        suspended.dynamic_scaling_out_suspended,
    ) {
        (true, false) => "in",
        (false, true) => "out",
        _ => return whole,
    };
    if !whole.is_met() {
        return whole;
    }
    let mut verdict = Verdict::unmet(
        target,
        format!("scaling {one_way} of {} is suspended", facts.resource_id),
    );
    verdict.share = Some(Share { lost: 1, of: 2 });
    verdict
}

fn service_is_there(
    overlay: &Overlay<'_>,
    target: ResourceIndex,
    facts: &ScalableTarget,
) -> Verdict {
    if facts.service_namespace != "ecs" && !facts.service_namespace.is_empty() {
        return Verdict::met();
    }
    let services = overlay.needing(target, Relation::ScaledBy);
    if services.iter().any(|place| overlay.is_there(*place)) {
        return Verdict::met();
    }
    let name = facts.resource_id.rsplit('/').next().unwrap_or_default();
    let arn = overlay.resource(target).id.arn();
    let arn = arn.and_then(|arn| arn.sibling("ecs", &facts.resource_id).ok());
    let place = arn.and_then(|arn| overlay.find(&ResourceId::from(arn)));
    // Which service a target that the change makes is for, no link says.
    let planned = overlay.resource(target).presence == Presence::Planned;
    match place.map(|place| (place, overlay.resource(place).presence)) {
        None if planned => Verdict::met(),
        Some((_, Presence::Live | Presence::Planned | Presence::Stated)) => Verdict::met(),
        Some((place, Presence::Missing)) => Verdict::unmet(
            place,
            format!("service {name}, which it scales, does not exist"),
        ),
        None if !is_blind(overlay, target, ResourceKind::EcsService) => Verdict::unmet(
            target,
            format!("service {name}, which it scales, does not exist"),
        ),
        _ => Verdict::unknown(
            target,
            format!("check service {name}, which it scales: it was not read"),
        ),
    }
}

/// The role that Application Auto Scaling acts as, where the target names one.
pub(super) fn role_is_there(overlay: &Overlay<'_>, target: ResourceIndex) -> Verdict {
    let roles = overlay.needed(target, Relation::Assumes).into_iter();
    Verdict::all(roles.map(|role| {
        let resource = overlay.resource(role);
        if resource.presence == Presence::Missing {
            Verdict::unmet(
                role,
                format!(
                    "role {}, with which it scales, does not exist",
                    resource.name
                ),
            )
        } else {
            Verdict::met()
        }
    }))
}

/// A policy or a scheduled action that is not suspended.
pub(super) fn has_means(
    overlay: &Overlay<'_>,
    target: ResourceIndex,
    facts: &ScalableTarget,
) -> Verdict {
    let name = &facts.resource_id;
    let suspended = facts.suspended_state.clone().unwrap_or_default();
    let policies = overlay.needed(target, Relation::ScaledBy);
    let live = policies.iter().any(|place| overlay.is_there(*place));
    let actions = !facts.scheduled_actions.is_empty();
    let dynamic_off =
        suspended.dynamic_scaling_in_suspended && suspended.dynamic_scaling_out_suspended;
    if (live && !dynamic_off) || (actions && !suspended.scheduled_scaling_suspended) {
        return Verdict::met();
    }
    if live || actions {
        return Verdict::unmet(target, format!("scaling of {name} is suspended"));
    }
    let unread = policies
        .iter()
        .any(|place| overlay.resource(*place).presence != Presence::Missing);
    // No link ties a target that the change makes to its policies.
    if overlay.resource(target).presence == Presence::Planned {
        return Verdict::met();
    }
    if unread || is_blind(overlay, target, ResourceKind::ScalingPolicy) {
        return Verdict::unknown(
            target,
            format!("check what scales {name}: no policy or scheduled action was read"),
        );
    }
    Verdict::unmet(
        target,
        format!("no policy and no scheduled action scales {name}"),
    )
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_service::EcsService,
            scalable_target::{ScheduledAction, SuspendedState},
            scaling_policy::{Alarm, PredefinedMetric, ScalingPolicy, TargetTracking},
        },
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, gone, iam, patched, place, together},
        needs::{policy_can_act, scales},
    };

    fn target() -> String {
        arn("application-autoscaling", "scalable-target/1")
    }

    fn policy() -> String {
        arn(
            "autoscaling",
            "scalingPolicy:1:resource/ecs/service/main/web:policyName/requests",
        )
    }

    fn alarm(name: &str) -> String {
        arn("cloudwatch", &format!("alarm:{name}"))
    }

    /// A service of two tasks, between 1 and 4, scaled by requests and twice a day.
    fn scaled() -> Estate {
        let web = "service/main/web".to_owned();
        let dimension = "ecs:service:DesiredCount".to_owned();
        let target_facts = ScalableTarget {
            scalable_target_arn: target(),
            service_namespace: "ecs".to_owned(),
            resource_id: web.clone(),
            scalable_dimension: dimension.clone(),
            min_capacity: Some(1),
            max_capacity: Some(4),
            role_arn: Some(iam("role/scaling")),
            ..ScalableTarget::default()
        };
        let alarm = |name: &str| Alarm {
            alarm_name: name.to_owned(),
            alarm_arn: alarm(name),
        };
        let policy_facts = ScalingPolicy {
            policy_arn: policy(),
            policy_name: "requests".to_owned(),
            policy_type: "TargetTrackingScaling".to_owned(),
            service_namespace: "ecs".to_owned(),
            resource_id: web,
            scalable_dimension: dimension,
            target_tracking_scaling_policy_configuration: Some(TargetTracking {
                target_value: 100.0,
                predefined_metric_specification: Some(PredefinedMetric {
                    predefined_metric_type: Some("ALBRequestCountPerTarget".to_owned()),
                    resource_label: Some("app/front/1/targetgroup/web/1".to_owned()),
                }),
                ..TargetTracking::default()
            }),
            alarms: vec![alarm("high"), alarm("low")],
            ..ScalingPolicy::default()
        };
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .role("scaling", "application-autoscaling.amazonaws.com", &[])
            .blind(ResourceKind::CloudwatchAlarm)
            .put(&target(), &target_facts)
            .put(&policy(), &policy_facts)
    }

    fn suspend(own: &mut ScalableTarget, ways: (bool, bool, bool)) {
        own.suspended_state = Some(SuspendedState {
            dynamic_scaling_in_suspended: ways.0,
            dynamic_scaling_out_suspended: ways.1,
            scheduled_scaling_suspended: ways.2,
        });
    }

    fn by_clock(own: &mut ScalableTarget) {
        own.scheduled_actions = vec![ScheduledAction::default()];
    }

    #[test]
    fn what_scaling_hangs_on() {
        let estate = scaled();
        let snapshot = estate.snapshot();
        let own = |change: fn(&mut ScalableTarget)| patched(&snapshot, &target(), change);
        let service = |desired: i32| {
            patched(
                &snapshot,
                &arn("ecs", "service/main/web"),
                |own: &mut EcsService| own.desired_count = desired,
            )
        };
        let (met, unknown, unmet) = (Answer::Met, Answer::Unknown, Answer::Unmet);
        // What the service, the target and the policy come to.
        let cases: Vec<(&str, Edits, [Answer; 3])> = vec![
            ("as it is", Edits::default(), [met, met, met]),
            ("target gone", gone(&target()), [unmet, met, unmet]),
            ("policy gone", gone(&policy()), [unmet, unmet, met]),
            (
                "policy gone, the clock stays",
                together([own(by_clock), gone(&policy())]),
                [met, met, met],
            ),
            ("role gone", gone(&iam("role/scaling")), [unmet, unmet, met]),
            (
                "service gone",
                gone(&arn("ecs", "service/main/web")),
                [met, unmet, met],
            ),
            (
                "below the least, for which there is room",
                service(0),
                [met, met, met],
            ),
            ("above the most", service(5), [unknown, met, met]),
            ("at the most", service(4), [met, met, met]),
            (
                "no range",
                own(|own| own.min_capacity = Some(9)),
                [met, unmet, met],
            ),
            (
                "suspended",
                own(|own| suspend(own, (true, true, false))),
                [unmet, unmet, met],
            ),
            (
                "suspended, the clock goes",
                own(|own| {
                    suspend(own, (true, true, false));
                    by_clock(own);
                }),
                [met, met, met],
            ),
            (
                "all suspended",
                own(|own| {
                    suspend(own, (true, true, true));
                    by_clock(own);
                }),
                [unmet, unmet, met],
            ),
            (
                "one way suspended",
                own(|own| suspend(own, (true, false, false))),
                [met, unmet, met],
            ),
            (
                "balancer gone",
                gone(&arn("elasticloadbalancing", "loadbalancer/app/front/1")),
                [met, met, unmet],
            ),
            (
                "target group gone",
                gone(&arn("elasticloadbalancing", "targetgroup/web/1")),
                [met, met, unmet],
            ),
            ("an alarm gone", gone(&alarm("high")), [met, met, unmet]),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let judged = [
                (arn("ecs", "service/main/web"), scales::NEED),
                (target(), NEED),
                (policy(), policy_can_act::NEED),
            ]
            .map(|(id, need)| {
                let Subject::Of(_, judge) = need.subject else {
                    unreachable!("of resources")
                };
                let place = place(&overlay, &id);
                if overlay.is_there(place) {
                    judge(&overlay, place)
                } else {
                    Verdict::met()
                }
            });
            let answers = [judged[0].answer, judged[1].answer, judged[2].answer];
            assert_eq!(answers, expected, "{case}: {judged:?}");
        }
        let half = |edits: &Edits, id: &str, need: &Need| {
            let overlay = Overlay::with(&snapshot, edits);
            let Subject::Of(_, judge) = need.subject else {
                unreachable!("of resources")
            };
            judge(&overlay, place(&overlay, id)).share
        };
        let one_of_two = Some(Share { lost: 1, of: 2 });
        assert_eq!(
            half(
                &own(|own| suspend(own, (false, true, false))),
                &target(),
                &NEED
            ),
            one_of_two
        );
        assert_eq!(
            half(&gone(&alarm("low")), &policy(), &policy_can_act::NEED),
            one_of_two
        );
        assert_eq!(
            half(&gone(&target()), &policy(), &policy_can_act::NEED),
            None
        );
    }

    #[test]
    fn what_was_not_read_is_not_known() {
        let estate = scaled()
            .without(&policy())
            .blind(ResourceKind::ScalingPolicy);
        let snapshot = estate.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let verdict = judge(&overlay, place(&overlay, &target()));
        assert_eq!(verdict.answer, Answer::Unknown, "{verdict:?}");
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let overlay = Overlay::as_is(&snapshot);
        let Subject::Of(_, judge) = scales::NEED.subject else {
            unreachable!("of resources")
        };
        assert!(judge(&overlay, place(&overlay, &arn("ecs", "service/main/web"))).is_met());
    }
}
