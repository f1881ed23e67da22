//! What goes on with less: nothing of it breaks, and who reviews the change should know how much is left.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, scalable_target::ScalableTarget},
};

use super::{alarms, messages};
use crate::{
    Level,
    words::{counted, listed},
};

/// Something that is less after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Less {
    pub(crate) rule: &'static str,
    pub(crate) level: Level,
    pub(crate) resource: ResourceIndex,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) documentation: &'static str,
}

/// Of what the change alters.
pub(super) fn of(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    touched: &BTreeSet<ResourceIndex>,
) -> Vec<Less> {
    let stays = |place: &ResourceIndex| {
        before.holds(*place) && before.is_there(*place) && after.is_there(*place)
    };
    let services = touched
        .iter()
        .copied()
        .filter(stays)
        .filter(|place| after.kind(*place) == ResourceKind::EcsService);
    let mut less: Vec<Less> = services
        .filter_map(|place| fewer_tasks(before, after, place))
        .collect();
    less.extend(
        touched
            .iter()
            .filter_map(|place| ends(before, after, *place)),
    );
    less.extend(
        touched
            .iter()
            .filter_map(|place| leads_away(before, after, *place)),
    );
    less.extend(messages::of(before, after, touched));
    less.extend(alarms::of(before, after, touched));
    let mut lost: BTreeMap<ResourceIndex, Vec<ResourceIndex>> = BTreeMap::new();
    for policy in touched {
        if is_deleted(before, after, *policy, ResourceKind::ScalingPolicy) {
            let targets = before.needing(*policy, Relation::ScaledBy).into_iter();
            for target in targets.filter(stays) {
                lost.entry(target).or_default().push(*policy);
            }
        }
    }
    less.extend(
        lost.into_iter()
            .filter_map(|(target, lost)| fewer_policies(before, after, target, &lost)),
    );
    less
}

fn is_deleted(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    place: ResourceIndex,
    kind: ResourceKind,
) -> bool {
    before.holds(place)
        && before.kind(place) == kind
        && before.is_there(place)
        && !after.is_there(place)
}

fn fewer_tasks(before: &Overlay<'_>, after: &Overlay<'_>, place: ResourceIndex) -> Option<Less> {
    let old = before.facts::<EcsService>(place)?;
    let new = after.facts::<EcsService>(place)?;
    let (was, is) = (old.desired_count, new.desired_count);
    let daemon = new.scheduling_strategy.as_deref() == Some("DAEMON");
    if daemon || is == 0 || is >= was || after.is_unknown(place, "desiredCount") {
        return None;
    }
    let name = &new.service_name;
    let scaled = after
        .needed(place, Relation::ScaledBy)
        .into_iter()
        .any(|target| after.is_there(target));
    let again = if scaled {
        " Its scaling starts more again when its policies ask for them."
    } else {
        ""
    };
    let stop = if was - is == 1 { "stops" } else { "stop" };
    Some(Less {
        rule: "capacity-lowered",
        level: Level::Low,
        resource: place,
        title: format!("{name} runs {} in place of {was}", counted(is, "task")),
        detail: format!(
            "The desired count goes from {was} to {is}: {} {stop}.{again}",
            counted(was - is, "task")
        ),
        documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html",
    })
}

/// A name that does not lead any more where it led, to what is still there: nothing behind it breaks, and nobody finds it by that name.
fn leads_away(before: &Overlay<'_>, after: &Overlay<'_>, place: ResourceIndex) -> Option<Less> {
    let was = before.holds(place)
        && before.kind(place) == ResourceKind::DnsRecord
        && before.is_there(place);
    if !was {
        return None;
    }
    let stays = after.is_there(place);
    let now = if stays {
        after.needed(place, Relation::ResolvesTo)
    } else {
        Vec::new()
    };
    let led = before.needed(place, Relation::ResolvesTo).into_iter();
    let lost: Vec<&str> = led
        .filter(|to| before.is_there(*to) && after.is_there(*to) && !now.contains(to))
        .map(|to| &*before.resource(to).name)
        .collect();
    if lost.is_empty() {
        return None;
    }
    let (name, lost) = (&before.resource(place).name, listed(&lost, 3));
    let happens = if stays {
        "The record leads elsewhere"
    } else {
        "The record is deleted"
    };
    Some(Less {
        rule: "name-leads-away",
        // Nothing reports requests that do not come any more.
        level: Level::Medium,
        resource: place,
        title: format!("{name} no longer leads to {lost}"),
        detail: format!(
            "{happens}: who asks for this name does not reach {lost} by it. What lies behind runs on."
        ),
        documentation: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html",
    })
}

/// A service that is deleted is a change, and what hangs on it an impact; that it runs today is worth a word all the same.
fn ends(before: &Overlay<'_>, after: &Overlay<'_>, place: ResourceIndex) -> Option<Less> {
    if !is_deleted(before, after, place, ResourceKind::EcsService) {
        return None;
    }
    let facts = before.facts::<EcsService>(place)?;
    let tasks = before.needing(place, Relation::PartOf).into_iter();
    let tasks = tasks.filter(|task| before.kind(*task) == ResourceKind::EcsTask);
    let running = tasks.count();
    if running == 0 && facts.desired_count == 0 {
        return None;
    }
    let name = &facts.service_name;
    let what = if running == 0 {
        format!("It is to run {}", counted(facts.desired_count, "task"))
    } else {
        format!("It runs {}", counted(running, "task"))
    };
    Some(Less {
        rule: "service-ends",
        level: Level::Low,
        resource: place,
        title: format!("{name} is deleted while it is in use"),
        detail: format!("{what}, which the change stops for good."),
        documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html",
    })
}

fn fewer_policies(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    target: ResourceIndex,
    lost: &[ResourceIndex],
) -> Option<Less> {
    let facts = after.facts::<ScalableTarget>(target)?;
    let policies = after.needed(target, Relation::ScaledBy).into_iter();
    let left = policies
        .filter(|own| after.kind(*own) == ResourceKind::ScalingPolicy && after.is_there(*own));
    let left: Vec<&str> = left.map(|own| &*after.resource(own).name).collect();
    if left.is_empty() {
        return None;
    }
    let gone: Vec<&str> = lost
        .iter()
        .map(|own| &*before.resource(*own).name)
        .collect();
    let name = facts.resource_id.rsplit('/').next().unwrap_or_default();
    let are = if gone.len() == 1 { "is" } else { "are" };
    Some(Less {
        rule: "scaling-policies-fewer",
        level: Level::Low,
        resource: target,
        title: format!(
            "{name} keeps {} of {}",
            left.len(),
            counted(left.len() + gone.len(), "scaling policy")
        ),
        detail: format!(
            "{} {are} deleted; {name} is scaled by {} from then on.",
            listed(&gone, gone.len()),
            listed(&left, left.len())
        ),
        documentation: "https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-overview.html",
    })
}
