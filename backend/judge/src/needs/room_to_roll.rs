//! A deployment can take at least one step: stop a task, or start one first.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, ResourceKind, kinds::ecs_service::EcsService};

use super::{Need, Subject, subnet_addresses};
use crate::{Launch, Verdict, breaker::is_rolling, room, words::counted};

pub(super) const NEED: Need = Need {
    name: "room-to-roll",
    phase: Phase::Deploy,
    subject: Subject::Of(&[ResourceKind::EcsService], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html",
    sentence: "The deployment's bounds let a task stop, or let one start first and there is room for it.",
};

/// What AWS reports where the bounds leave no step.
pub(super) const STUCK: &str = "service was unable to stop or start tasks during a deployment because of the service deployment configuration";

/// How many tasks may stop and start, from a steady state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    /// The fewest tasks that have to run.
    lower: i64,
    /// The most tasks that may run.
    upper: i64,
    pub(super) stoppable: i64,
    pub(super) startable: i64,
}

impl Steps {
    /// Rounded up below and down above; whole numbers throughout.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
    fn of(desired: i32, minimum_healthy_percent: i32, maximum_percent: i32) -> Self {
        let desired = i64::from(desired);
        let lower = desired
            .saturating_mul(i64::from(minimum_healthy_percent.max(0)))
            .saturating_add(99)
            / 100;
        let upper = desired.saturating_mul(i64::from(maximum_percent.max(0))) / 100;
        Self {
            lower,
            upper,
            stoppable: desired - lower,
            startable: upper - desired,
        }
    }

    /// None where ECS does not roll the service's tasks by these bounds.
    pub(super) fn of_service(facts: &EcsService) -> Option<Self> {
        let configuration = facts.deployment_configuration.as_ref();
        let strategy = configuration.and_then(|own| own.strategy.as_deref());
        if facts.desired_count <= 0
            || !room::tasks::is_replica(facts)
            || !is_rolling(facts)
            || strategy.is_some_and(|strategy| strategy != "ROLLING")
        {
            return None;
        }
        Some(Self::of(
            facts.desired_count,
            configuration
                .and_then(|own| own.minimum_healthy_percent)
                .unwrap_or(100),
            configuration
                .and_then(|own| own.maximum_percent)
                .unwrap_or(200),
        ))
    }

    /// True where no task may stop, and none start.
    pub(super) fn is_stuck(self) -> bool {
        self.stoppable <= 0 && self.startable <= 0
    }

    /// The bounds in words.
    pub(super) fn sentence(self, facts: &EcsService) -> String {
        format!(
            "{} wants {}, has to run at least {} and may run at most {}",
            facts.service_name,
            counted(facts.desired_count, "task"),
            self.lower,
            self.upper
        )
    }
}

fn judge(overlay: &Overlay<'_>, service: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<EcsService>(service) else {
        return Verdict::met();
    };
    if let Some(field) = unknown_bound(overlay, service) {
        return Verdict::unknown(service, format!("check {field} of {}", facts.service_name));
    }
    let Some(steps) = Steps::of_service(&facts) else {
        return Verdict::met();
    };
    if steps.is_stuck() {
        return Verdict::unmet(
            service,
            format!(
                "{}: a deployment can neither stop nor start one",
                steps.sentence(&facts)
            ),
        )
        .reported_as(STUCK);
    }
    if steps.stoppable > 0 {
        return Verdict::met();
    }
    // Only starting first is possible, so there has to be room for one beside those that run.
    Verdict::all(
        Launch::of(overlay, service)
            .iter()
            .map(|launch| one_more(overlay, launch)),
    )
}

/// Room for one task beside those that run: addresses, and an instance.
pub(super) fn one_more(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let mut verdict = Verdict::all([
        subnet_addresses::beside(overlay, launch, 1),
        room::beside(overlay, launch, 1),
    ]);
    for reason in &mut verdict.reasons {
        reason.text = format!(
            "no task may stop before another has started, and {}",
            reason.text
        );
    }
    verdict
}

fn unknown_bound(overlay: &Overlay<'_>, service: ResourceIndex) -> Option<&'static str> {
    let bounds = [
        "desiredCount",
        "deploymentConfiguration.minimumHealthyPercent",
        "deploymentConfiguration.maximumPercent",
    ];
    bounds
        .into_iter()
        .find(|field| overlay.is_unknown(service, field))
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::{
        ecs_container_instance::EcsContainerInstance,
        ecs_service::{DeploymentConfiguration, DeploymentController},
        ecs_task_definition::EcsTaskDefinition,
        subnet::Subnet,
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, place},
    };

    #[test]
    fn bounds_in_whole_numbers() {
        // Desired, minimum, maximum; how many may stop, and start.
        let cases = [
            (3, 67, 100, 0, 0),
            (3, 66, 100, 1, 0),
            (1, 100, 100, 0, 0),
            (1, 50, 100, 0, 0),
            (1, 0, 100, 1, 0),
            (1, 50, 199, 0, 0),
            (1, 100, 200, 0, 1),
            (2, 50, 150, 1, 1),
            (10, 100, 109, 0, 0),
            (10, 100, 110, 0, 1),
            (10, 95, 100, 0, 0),
            (10, 90, 100, 1, 0),
            (i32::MAX, i32::MAX, i32::MAX, -1, 1),
        ];
        for (desired, least, most, stoppable, startable) in cases {
            let steps = Steps::of(desired, least, most);
            let signs = (steps.stoppable.clamp(-1, 1), steps.startable.clamp(-1, 1));
            assert_eq!(
                signs,
                (stoppable, startable),
                "{desired} {least} {most}: {steps:?}"
            );
            assert_eq!(steps.is_stuck(), stoppable <= 0 && startable <= 0);
        }
    }

    fn bounds(least: i32, most: i32) -> DeploymentConfiguration {
        DeploymentConfiguration {
            minimum_healthy_percent: Some(least),
            maximum_percent: Some(most),
            ..DeploymentConfiguration::default()
        }
    }

    fn judged(estate: &Estate) -> Verdict {
        let snapshot = estate.snapshot();
        let overlay = Overlay::as_is(&snapshot);
        judge(&overlay, place(&overlay, &arn("ecs", "service/main/web")))
    }

    #[test]
    fn a_step_needs_room() {
        let service = |estate: Estate, change: fn(&mut EcsService)| {
            estate.with(&arn("ecs", "service/main/web"), change)
        };
        let fargate = || Estate::new().vpc_with_nat().fargate_service();
        let full = || {
            ["subnet-a", "subnet-b"]
                .into_iter()
                .fold(fargate(), |estate, id| {
                    estate.with::<Subnet>(&ec2(id), |own| own.available_ip_address_count = Some(0))
                })
        };
        let hosts = || Estate::new().vpc_with_nat().ec2_cluster().ec2_service();
        let busy = |cpu: i32, ports: &'static [&'static str]| {
            (1..=2).fold(hosts(), |estate, number| {
                estate.with::<EcsContainerInstance>(
                    &arn("ecs", &format!("container-instance/main/{number}")),
                    |own| {
                        own.remaining_resources[0].integer_value = Some(cpu);
                        own.remaining_resources[2]
                            .string_set_value
                            .extend(ports.iter().copied().map(str::to_owned));
                    },
                )
            })
        };
        let static_port = |estate: Estate| {
            estate.with::<EcsTaskDefinition>(&arn("ecs", "task-definition/web:1"), |own| {
                own.container_definitions[0].port_mappings[0].host_port = Some(8080);
            })
        };
        let cases = [
            ("AWS's defaults, room", fargate(), Answer::Met),
            (
                "no step",
                service(fargate(), |own| {
                    own.deployment_configuration = Some(bounds(100, 100));
                }),
                Answer::Unmet,
            ),
            (
                "no step, and none wanted",
                service(fargate(), |own| {
                    own.deployment_configuration = Some(bounds(100, 100));
                    own.desired_count = 0;
                }),
                Answer::Met,
            ),
            (
                "no step, a daemon",
                service(hosts(), |own| {
                    own.deployment_configuration = Some(bounds(100, 100));
                    own.scheduling_strategy = Some("DAEMON".to_owned());
                }),
                Answer::Met,
            ),
            (
                "no step, CodeDeploy",
                service(fargate(), |own| {
                    own.deployment_configuration = Some(bounds(100, 100));
                    own.deployment_controller = Some(DeploymentController {
                        r#type: "CODE_DEPLOY".to_owned(),
                    });
                }),
                Answer::Met,
            ),
            (
                "no step, blue/green",
                service(fargate(), |own| {
                    own.deployment_configuration = Some(DeploymentConfiguration {
                        strategy: Some("BLUE_GREEN".to_owned()),
                        ..bounds(100, 100)
                    });
                }),
                Answer::Met,
            ),
            ("starts first, no address", full(), Answer::Unmet),
            (
                "stops first, no address",
                service(full(), |own| {
                    own.deployment_configuration = Some(bounds(50, 100));
                }),
                Answer::Met,
            ),
            ("starts first, instances have room", hosts(), Answer::Met),
            (
                "starts first, instances are full",
                busy(255, &[]),
                Answer::Unmet,
            ),
            ("starts first, one fits", busy(256, &[]), Answer::Met),
            (
                "starts first, its port is taken on each",
                static_port(busy(1024, &["8080"])),
                Answer::Unmet,
            ),
            (
                "stops first, its port is taken on each",
                service(static_port(busy(1024, &["8080"])), |own| {
                    own.deployment_configuration = Some(bounds(50, 100));
                }),
                Answer::Met,
            ),
        ];
        for (case, estate, expected) in cases {
            let verdict = judged(&estate);
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
        }
        let verdict = judged(&service(fargate(), |own| {
            own.deployment_configuration = Some(bounds(51, 149));
        }));
        assert_eq!(
            verdict.reasons[0].text,
            "web wants 2 tasks, has to run at least 2 and may run at most 2: a deployment can neither stop nor start one"
        );
        assert_eq!(verdict.reasons[0].aws_error, Some(STUCK));
        let verdict = judged(&busy(255, &[]));
        assert_eq!(
            verdict.reasons[0].text,
            "no task may stop before another has started, and no instance of cluster main has 256 CPU units free beside what runs there: the largest has 255"
        );
    }
}
