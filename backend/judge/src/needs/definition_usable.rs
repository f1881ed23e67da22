//! The task definition is there, is of a revision that may be started, and is made for where it runs.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Arn, Phase, Presence, ResourceIndex, ResourceKind,
    kinds::{
        ecs_service::EcsService, ecs_task_definition::EcsTaskDefinition, event_rule::EventRule,
        schedule::Schedule,
    },
};

use super::{Need, Subject, parts::definition_name};
use crate::{Host, Launch, Verdict};

pub(super) const NEED: Need = Need {
    name: "definition-usable",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html",
    sentence: "The task definition exists, may still be started, and is made for where it runs.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let subject = &overlay.resource(launch.subject).name;
    let field = match overlay.kind(launch.subject) {
        ResourceKind::EcsService => "taskDefinition",
        ResourceKind::EventRule => "Targets",
        ResourceKind::Schedule => "Target",
        _ => "taskDefinitionArn",
    };
    let Some(place) = launch.definition_place else {
        let names_none = overlay
            .facts::<EcsService>(launch.subject)
            .is_some_and(|facts| facts.task_definition.is_none());
        return if names_none && !overlay.is_unknown(launch.subject, field) {
            // Its task sets have their own.
            Verdict::met()
        } else {
            Verdict::unknown(
                launch.subject,
                format!("check the task definition of {subject}: it is not known"),
            )
        };
    };
    let name = definition_name(overlay, launch);
    let Some(facts) = overlay.facts::<EcsTaskDefinition>(place) else {
        return match overlay.resource(place).presence {
            Presence::Missing => {
                Verdict::unmet(place, format!("task definition {name} does not exist"))
                    .reported_as("ClientException")
            }
            Presence::Outside => Verdict::unknown(
                place,
                format!("check task definition {name}: it lies outside what is crawled"),
            ),
            _ => Verdict::unknown(
                place,
                format!("check task definition {name}: it could not be read"),
            ),
        };
    };
    if overlay.is_unknown(place, "containerDefinitions") && facts.container_definitions.is_empty() {
        return Verdict::unknown(
            place,
            format!("check the containers of task definition {name}: known only after the apply"),
        );
    }
    Verdict::all([
        status(overlay, launch, place, &facts),
        compatible(launch, place, &name, &facts),
    ])
}

/// Existing services and their tasks go on with an inactive revision; `RunTask` refuses it.
fn status(
    overlay: &Overlay<'_>,
    launch: &Launch,
    place: ResourceIndex,
    facts: &EcsTaskDefinition,
) -> Verdict {
    let status = facts.status.as_deref().unwrap_or("ACTIVE");
    let runs_tasks = matches!(
        overlay.kind(launch.subject),
        ResourceKind::EventRule | ResourceKind::Schedule
    );
    if status == "ACTIVE" || !runs_tasks {
        return Verdict::met();
    }
    let name = definition_name(overlay, launch);
    if pins_revision(overlay, launch, place) {
        return Verdict::unmet(
            place,
            format!("task definition {name} is {status}: RunTask refuses it"),
        )
        .reported_as("ClientException");
    }
    let family = &facts.family;
    Verdict::unknown(
        place,
        format!("check that family {family} has another active revision: {name} is {status}"),
    )
}

/// Whether the rule or schedule names this very revision, and not the family's latest.
fn pins_revision(overlay: &Overlay<'_>, launch: &Launch, place: ResourceIndex) -> bool {
    let rule = overlay.facts::<EventRule>(launch.subject);
    let targets = rule.iter().flat_map(|rule| &rule.targets);
    let of_rule = targets.filter_map(|target| target.ecs_parameters.as_ref());
    let schedule = overlay.facts::<Schedule>(launch.subject);
    let of_schedule = schedule
        .iter()
        .filter_map(|schedule| schedule.target.ecs_parameters.as_ref());
    let id = &overlay.resource(place).id;
    let mut named = of_rule
        .chain(of_schedule)
        .map(|parameters| parameters.task_definition_arn.as_str());
    named.any(|named| {
        let has_revision = Arn::parse(named).map_or_else(
            |_no_arn| named.contains(':'),
            |arn| arn.resource_name().contains(':'),
        );
        named == id.as_str()
            || has_revision && overlay.find(&blastmap_model::ResourceId::new(named)) == Some(place)
    })
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html#ECS-RegisterTaskDefinition-request-requiresCompatibilities>
fn compatible(
    launch: &Launch,
    place: ResourceIndex,
    name: &str,
    facts: &EcsTaskDefinition,
) -> Verdict {
    let wanted = match launch.host {
        Host::Fargate => "FARGATE",
        Host::External => "EXTERNAL",
        Host::Ec2 => return Verdict::met(),
    };
    let lacks = |list: &[String]| !list.is_empty() && !list.iter().any(|own| own == wanted);
    if lacks(&facts.compatibilities) || lacks(&facts.requires_compatibilities) {
        return Verdict::unmet(
            place,
            format!("task definition {name} is not made for {wanted}"),
        )
        .reported_as("InvalidParameterException");
    }
    Verdict::met()
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::event_rule::{EcsParameters, EventTarget},
    };

    use super::*;
    use crate::estate::{
        Estate, arn, gone, judged, patched, planned, told, unknown, web_definition,
    };

    fn rule(definition: &str) -> Estate {
        let rule = EventRule {
            arn: arn("events", "rule/nightly"),
            name: "nightly".to_owned(),
            state: Some("ENABLED".to_owned()),
            targets: vec![EventTarget {
                id: "1".to_owned(),
                arn: arn("ecs", "cluster/main"),
                ecs_parameters: Some(EcsParameters {
                    task_definition_arn: arn("ecs", definition),
                    launch_type: Some("FARGATE".to_owned()),
                    ..EcsParameters::default()
                }),
                ..EventTarget::default()
            }],
            ..EventRule::default()
        };
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .put(&arn("events", "rule/nightly"), &rule)
    }

    #[test]
    fn a_revision_is_there_and_may_be_started() {
        let web = arn("ecs", "task-definition/web:1");
        let service = arn("ecs", "service/main/web");
        let nightly = arn("events", "rule/nightly");
        let snapshot = rule("task-definition/web:1").snapshot();
        let inactive = patched(&snapshot, &web, |facts: &mut EcsTaskDefinition| {
            facts.status = Some("INACTIVE".to_owned());
        });
        let for_ec2 = patched(&snapshot, &web, |facts: &mut EcsTaskDefinition| {
            facts.requires_compatibilities = vec!["EC2".to_owned()];
        });
        let open = unknown(
            patched(&snapshot, &web, |facts: &mut EcsTaskDefinition| {
                facts.container_definitions.clear();
            }),
            &["containerDefinitions"],
        );
        let cases = [
            (&service, Edits::default(), "met"),
            (&nightly, Edits::default(), "met"),
            (&service, inactive.clone(), "met"),
            (
                &nightly,
                inactive,
                "unmet: task definition web:1 is INACTIVE: RunTask refuses it (ClientException)",
            ),
            (
                &service,
                gone(&web),
                "unmet: task definition web:1 does not exist (ClientException)",
            ),
            (
                &service,
                for_ec2,
                "unmet: task definition web:1 is not made for FARGATE (InvalidParameterException)",
            ),
            (
                &service,
                open,
                "unknown: check the containers of task definition web:1: known only after the apply",
            ),
            (
                &service,
                planned(
                    "planned:aws_ecs_task_definition.other",
                    &arn("ecs", "task-definition/other:1"),
                    &web_definition(),
                ),
                "met",
            ),
        ];
        for (subject, edits, expected) in cases {
            let overlay = Overlay::with(&snapshot, &edits);
            assert_eq!(told(&judged(&NEED, &overlay, subject)), expected);
        }
    }
}
