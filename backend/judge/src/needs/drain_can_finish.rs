//! Tasks on instances that are being drained can be replaced elsewhere.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, ResourceIndex, ResourceKind,
    kinds::{ecs_container_instance::EcsContainerInstance, ecs_service::EcsService},
};

use super::{
    Need, Subject,
    room_to_roll::{STUCK, Steps},
};
use crate::{Launch, Verdict, room};

pub(super) const NEED: Need = Need {
    name: "drain-can-finish",
    phase: Phase::Deploy,
    subject: Subject::Of(&[ResourceKind::EcsService], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html",
    sentence: "Tasks on draining instances can be replaced: the deployment's bounds let them, and other instances have room.",
};

fn judge(overlay: &Overlay<'_>, service: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<EcsService>(service) else {
        return Verdict::met();
    };
    let drains = |instance: ResourceIndex| {
        let facts = overlay.facts::<EcsContainerInstance>(instance);
        facts.is_some_and(|facts| facts.status.as_deref() == Some("DRAINING"))
    };
    let tasks = room::tasks::running(overlay, service);
    let leaving = tasks
        .iter()
        .filter(|task| task.instance.is_some_and(drains))
        .count();
    // Scaled in as well, fewer have to find a place.
    let staying = tasks.len() - leaving;
    let wanted = usize::try_from(facts.desired_count).unwrap_or(0);
    let moving = leaving.min(wanted.saturating_sub(staying));
    let (Some(steps), true) = (Steps::of_service(&facts), moving > 0) else {
        return Verdict::met();
    };
    if steps.is_stuck() {
        return Verdict::unmet(
            service,
            format!(
                "{}: none can leave an instance that is being drained",
                steps.sentence(&facts)
            ),
        )
        .reported_as(STUCK);
    }
    let launches = Launch::of(overlay, service);
    Verdict::all(
        launches
            .iter()
            .map(|launch| room::beside(overlay, launch, moving)),
    )
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{ecs_service::DeploymentConfiguration, ecs_task::EcsTask},
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, patched, place, together},
    };

    #[test]
    fn tasks_find_another_place() {
        let web = arn("ecs", "service/main/web");
        let host = |number: usize| arn("ecs", &format!("container-instance/main/{number}"));
        let mut estate = Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        for number in 1..=2 {
            let id = arn("ecs", &format!("task/main/{number}"));
            let facts = EcsTask {
                task_arn: id.clone(),
                cluster_arn: arn("ecs", "cluster/main"),
                task_definition_arn: arn("ecs", "task-definition/web:1"),
                group: Some("service:web".to_owned()),
                container_instance_arn: Some(host(number)),
                ..EcsTask::default()
            };
            estate = estate.put(&id, &facts);
        }
        let snapshot = estate.snapshot();
        let drained = |number: usize| {
            patched(
                &snapshot,
                &host(number),
                |own: &mut EcsContainerInstance| own.status = Some("DRAINING".to_owned()),
            )
        };
        let full = |number: usize| {
            patched(
                &snapshot,
                &host(number),
                |own: &mut EcsContainerInstance| {
                    own.remaining_resources[0].integer_value = Some(255);
                },
            )
        };
        let service = |desired: i32, least: i32, most: i32| {
            patched(&snapshot, &web, |own: &mut EcsService| {
                own.desired_count = desired;
                own.deployment_configuration = Some(DeploymentConfiguration {
                    minimum_healthy_percent: Some(least),
                    maximum_percent: Some(most),
                    ..DeploymentConfiguration::default()
                });
            })
        };
        let cases = [
            ("nothing is drained", Edits::default(), Answer::Met),
            (
                "nothing is drained, no step",
                service(2, 100, 100),
                Answer::Met,
            ),
            ("room on the other", drained(1), Answer::Met),
            (
                "no room on the other",
                together([drained(1), full(2)]),
                Answer::Unmet,
            ),
            (
                "no step",
                together([drained(1), service(2, 100, 100)]),
                Answer::Unmet,
            ),
            (
                "stops first, room on the other",
                together([drained(1), service(2, 50, 100)]),
                Answer::Met,
            ),
            (
                "one is enough",
                together([drained(1), full(2), service(1, 100, 200)]),
                Answer::Met,
            ),
            (
                "both are drained",
                together([drained(1), drained(2)]),
                Answer::Unmet,
            ),
        ];
        for (case, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            let verdict = judge(&overlay, place(&overlay, &web));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
        }
    }
}
