//! The alarms that watch a service's deployments are there.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Presence, Relation, ResourceIndex, ResourceKind, kinds::ecs_service::EcsService,
};

use super::{Need, Subject};
use crate::{Verdict, breaker::is_rolling};

pub(super) const NEED: Need = Need {
    name: "deployment-alarms",
    phase: Phase::Deploy,
    subject: Subject::Of(&[ResourceKind::EcsService], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html",
    sentence: "The alarms by which ECS tells that a rolling deployment fails are there. What ECS does without one AWS does not say: to be checked.",
};

/// ECS asks for the alarms by their names while it rolls out; of a name that leads nowhere, AWS's page says nothing.
fn judge(overlay: &Overlay<'_>, service: ResourceIndex) -> Verdict {
    let Some(facts) = overlay
        .facts::<EcsService>(service)
        .filter(|own| is_rolling(own))
    else {
        return Verdict::met();
    };
    let configuration = facts.deployment_configuration.as_ref();
    let Some(named) = configuration.and_then(|own| own.alarms.as_ref()) else {
        return Verdict::met();
    };
    // Alarms that no deployment looks at watch the service as well.
    let alarms = overlay.needed(service, Relation::WatchedBy).into_iter();
    let gone = alarms.filter(|alarm| {
        let resource = overlay.resource(*alarm);
        let name = resource.id.arn().map(|arn| arn.resource_name().to_owned());
        resource.presence == Presence::Missing
            && name.is_some_and(|name| named.alarm_names.contains(&name))
    });
    Verdict::all(gone.map(|alarm| {
        let (service, alarm_name) = (&facts.service_name, &overlay.resource(alarm).name);
        let text = format!(
            "check what deployments of {service} do without alarm {alarm_name}, which does not exist: they cannot be stopped or rolled back by it"
        );
        Verdict::unknown(alarm, text)
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::ecs_service::{DeploymentAlarms, DeploymentConfiguration, DeploymentController},
    };

    use super::*;
    use crate::estate::{Estate, arn, gone, judged, told};

    const SERVICE: &str = "arn:aws:ecs:eu-west-1:123456789012:service/main/web";

    fn watched(enable: bool, controller: &str) -> Estate {
        let estate = Estate::new().vpc_with_nat().fargate_service();
        estate
            .blind(ResourceKind::CloudwatchAlarm)
            .with::<EcsService>(SERVICE, |facts| {
                facts.deployment_controller = Some(DeploymentController {
                    r#type: controller.to_owned(),
                });
                facts.deployment_configuration = Some(DeploymentConfiguration {
                    alarms: Some(DeploymentAlarms {
                        alarm_names: vec!["errors".to_owned(), "latency".to_owned()],
                        enable,
                        rollback: true,
                    }),
                    ..DeploymentConfiguration::default()
                });
            })
    }

    #[test]
    fn what_watches_a_deployment_is_there() {
        let alarm = arn("cloudwatch", "alarm:errors");
        let cases = [
            (watched(true, "ECS"), false, "met"),
            (
                watched(true, "ECS"),
                true,
                "unknown: check what deployments of web do without alarm errors, which does not exist: they cannot be stopped or rolled back by it",
            ),
            (watched(true, "CODE_DEPLOY"), true, "met"),
        ];
        for (estate, deleted, expected) in cases {
            let snapshot = estate.snapshot();
            let edits = if deleted {
                gone(&alarm)
            } else {
                Edits::default()
            };
            let verdict = judged(&NEED, &Overlay::with(&snapshot, &edits), SERVICE);
            assert_eq!(told(&verdict), expected);
        }
    }

    #[test]
    fn alarms_that_are_not_used_are_not_linked() {
        let snapshot = watched(false, "ECS").snapshot();
        let found = snapshot
            .inventory()
            .find(&arn("cloudwatch", "alarm:errors"));
        assert_eq!(found, None);
    }
}
