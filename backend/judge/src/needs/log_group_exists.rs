//! The log group of the awslogs driver is there, or the driver may make it.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, Presence};

use super::{
    Need, Subject,
    logs_allowed::{actors, may_on_group},
    parts::{LogTarget, log_targets, logger_error},
};
use crate::{Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "log-group-exists",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
    sentence: "The log group of each container with the awslogs driver exists, or the driver is told to make it and may.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let targets = log_targets(overlay, launch);
    let parts = targets.iter().map(|target| exists(overlay, launch, target));
    Verdict::all(parts).reported_as(logger_error(launch))
}

fn exists(overlay: &Overlay<'_>, launch: &Launch, target: &LogTarget<'_>) -> Verdict {
    let name = target.name;
    let presence = target.place.map(|place| overlay.resource(place).presence);
    match presence {
        Some(Presence::Live | Presence::Planned | Presence::Stated) => Verdict::met(),
        Some(Presence::Missing) if target.creates => may_create(overlay, launch, target),
        Some(Presence::Missing) => {
            Verdict::unmet(target.place, format!("log group {name} does not exist"))
        }
        // If it is not there, it is made.
        _ if target.creates && may_create(overlay, launch, target).is_met() => Verdict::met(),
        Some(Presence::Outside) => Verdict::unknown(
            target.place,
            format!("check that log group {name} exists: it lies outside what is crawled"),
        ),
        Some(Presence::Unreadable) | None => Verdict::unknown(
            target.place,
            format!("check that log group {name} exists: it could not be read"),
        ),
    }
}

fn may_create(overlay: &Overlay<'_>, launch: &Launch, target: &LogTarget<'_>) -> Verdict {
    match actors(overlay, launch) {
        None => Verdict::met(),
        Some(Err(verdict)) => verdict,
        Some(Ok(actors)) => Verdict::all(
            actors
                .iter()
                .map(|actor| may_on_group(overlay, launch, actor, target, "logs:CreateLogGroup")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        ResourceKind,
        kinds::{ecs_task_definition::EcsTaskDefinition, iam_role::IamRole},
    };

    use super::*;
    use crate::estate::{Estate, allow, arn, iam, judged, told};

    fn without_group(estate: Estate) -> Estate {
        estate.without(&arn("logs", "log-group:/ecs/web"))
    }

    fn creating(estate: Estate) -> Estate {
        estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
            let log = facts.container_definitions[0]
                .log_configuration
                .as_mut()
                .unwrap();
            log.options
                .insert("awslogs-create-group".to_owned(), "true".to_owned());
        })
    }

    fn may(estate: Estate, role: &str) -> Estate {
        let document = allow(&["logs:Create*"], &[&arn("logs", "log-group:/ecs/*")]);
        estate.with::<IamRole>(&iam(&format!("role/{role}")), |facts| {
            facts.role_policy_list[0].policy_document = document;
        })
    }

    #[test]
    fn a_group_is_there_or_made() {
        let on_fargate = || Estate::new().vpc_with_nat().fargate_service();
        let on_ec2 = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let firelens =
            on_fargate().with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |facts| {
                facts.container_definitions[0]
                    .log_configuration
                    .as_mut()
                    .unwrap()
                    .log_driver = "awsfirelens".to_owned();
            });
        let cases = [
            (on_fargate(), "met"),
            (on_ec2(), "met"),
            (without_group(firelens), "met"),
            (
                without_group(on_fargate()),
                "unmet: log group /ecs/web does not exist (ResourceInitializationError)",
            ),
            (
                without_group(on_ec2()),
                "unmet: log group /ecs/web does not exist (CannotStartContainerError)",
            ),
            (
                creating(without_group(on_fargate())),
                "unmet: role web-execution may not logs:CreateLogGroup",
            ),
            (
                may(creating(without_group(on_fargate())), "web-execution"),
                "met",
            ),
            (
                creating(without_group(on_ec2())),
                "unmet: role hosts may not logs:CreateLogGroup",
            ),
            (may(creating(without_group(on_ec2())), "hosts"), "met"),
            (
                without_group(on_fargate()).blind(ResourceKind::LogGroup),
                "unknown: check that log group /ecs/web exists: it could not be read (ResourceInitializationError)",
            ),
        ];
        for (number, (estate, expected)) in cases.into_iter().enumerate() {
            let snapshot = estate.snapshot();
            let told = told(&judged(
                &NEED,
                &Overlay::as_is(&snapshot),
                &arn("ecs", "service/main/web"),
            ));
            assert!(told.starts_with(expected), "{number}: {told}");
        }
    }
}
