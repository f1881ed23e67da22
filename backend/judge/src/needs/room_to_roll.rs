//! A deployment can take at least one step: stop a task, or start one first.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, ResourceKind, kinds::ecs_service::EcsService};

use super::{Need, Subject, subnet_addresses};
use crate::{Launch, Verdict, breaker::is_rolling, room};

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
            configuration.and_then(|own| own.minimum_healthy_percent).unwrap_or(100),
            configuration.and_then(|own| own.maximum_percent).unwrap_or(200),
        ))
    }

    /// True where no task may stop, and none start.
    pub(super) fn is_stuck(self) -> bool {
        self.stoppable <= 0 && self.startable <= 0
    }

    /// The bounds in words.
    pub(super) fn sentence(self, facts: &EcsService) -> String {
        format!(
            "{} wants {} tasks, of which at least {} have to run and at most {} may",
            facts.service_name, facts.desired_count, self.lower, self.upper
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
            format!("{}: a deployment can neither stop nor start one", steps.sentence(&facts)),
        )
        .reported_as(STUCK);
    }
    if steps.stoppable > 0 {
        return Verdict::met();
    }
    // Only starting first is possible, so there has to be room for one beside those that run.
    Verdict::all(Launch::of(overlay, service).iter().map(|launch| one_more(overlay, launch)))
}

/// Room for one task beside those that run: addresses, and an instance.
pub(super) fn one_more(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let mut verdict = Verdict::all([
        subnet_addresses::beside(overlay, launch, 1),
        room::beside(overlay, launch, 1),
    ]);
    for reason in &mut verdict.reasons {
        reason.text = format!("no task may stop before another has started, and {}", reason.text);
    }
    verdict
}

fn unknown_bound(overlay: &Overlay<'_>, service: ResourceIndex) -> Option<&'static str> {
    let bounds = [
        "desiredCount",
        "deploymentConfiguration.minimumHealthyPercent",
        "deploymentConfiguration.maximumPercent",
    ];
    bounds.into_iter().find(|field| overlay.is_unknown(service, field))
}
