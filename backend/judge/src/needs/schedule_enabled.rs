//! A rule or schedule is enabled, and starts something.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-delete-rule.html>

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, ResourceIndex, ResourceKind,
    kinds::{
        event_rule::{EcsParameters, EventRule},
        schedule::Schedule,
    },
};

use super::{Need, Subject};
use crate::Verdict;

pub(super) const NEED: Need = Need {
    name: "schedule-enabled",
    phase: Phase::Schedule,
    subject: Subject::Of(KINDS, judge),
    documentation: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-delete-rule.html",
    sentence: "The rule or schedule is enabled and has a target that starts tasks.",
};

/// What starts tasks by itself.
pub(super) const KINDS: &[ResourceKind] = &[ResourceKind::EventRule, ResourceKind::Schedule];

/// One way in which a rule or schedule starts tasks.
pub(super) struct Target {
    /// The field of the rule's facts that holds it.
    pub(super) field: String,
    pub(super) cluster: String,
    pub(super) role: Option<String>,
    pub(super) parameters: EcsParameters,
}

/// False for a rule or schedule that AWS does not run, and then nothing else about it matters. One whose state is not known counts as enabled.
pub fn is_enabled(overlay: &Overlay<'_>, place: ResourceIndex) -> bool {
    state(overlay, place).is_none_or(|state| state.starts_with("ENABLED"))
}

fn state(overlay: &Overlay<'_>, place: ResourceIndex) -> Option<String> {
    if overlay.is_unknown(place, "State") {
        return None;
    }
    match overlay.kind(place) {
        ResourceKind::EventRule => overlay.facts::<EventRule>(place)?.state.clone(),
        ResourceKind::Schedule => overlay.facts::<Schedule>(place)?.state.clone(),
        _ => None,
    }
}

/// In the order in which [`crate::Launch::of`] has them.
pub(super) fn targets(overlay: &Overlay<'_>, place: ResourceIndex) -> Vec<Target> {
    match overlay.kind(place) {
        ResourceKind::EventRule => {
            let facts = overlay.facts::<EventRule>(place);
            let targets = facts
                .iter()
                .flat_map(|facts| facts.targets.iter().enumerate());
            let targets = targets.filter_map(|(number, target)| {
                Some(Target {
                    field: format!("Targets[{number}]"),
                    cluster: target.arn.clone(),
                    role: target.role_arn.clone(),
                    parameters: target.ecs_parameters.clone()?,
                })
            });
            targets.collect()
        }
        ResourceKind::Schedule => {
            let facts = overlay.facts::<Schedule>(place);
            let target = facts.and_then(|facts| {
                Some(Target {
                    field: "Target".to_owned(),
                    cluster: facts.target.arn.clone(),
                    role: facts.target.role_arn.clone(),
                    parameters: facts.target.ecs_parameters.clone()?,
                })
            });
            target.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn judge(overlay: &Overlay<'_>, place: ResourceIndex) -> Verdict {
    if !overlay.is_there(place) {
        return Verdict::met();
    }
    let resource = overlay.resource(place);
    let (kind, name) = (resource.kind.label(), &resource.name);
    if !is_enabled(overlay, place) {
        return Verdict::unmet(place, format!("{kind} {name} is disabled"));
    }
    if !targets(overlay, place).is_empty() {
        return Verdict::met();
    }
    if overlay.is_unknown(place, "Targets") || overlay.is_unknown(place, "Target") {
        return Verdict::unknown(
            place,
            format!("check what {kind} {name} starts: known only after the apply"),
        );
    }
    Verdict::unmet(
        place,
        format!("{kind} {name} has no target that starts tasks"),
    )
}
