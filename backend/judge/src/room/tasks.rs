//! Which tasks run for whoever starts them, and how many more are wanted.

use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceIndex, ResourceKind,
    kinds::{ecs_service::EcsService, ecs_task::EcsTask, ecs_task_definition::EcsTaskDefinition},
};

use super::size::Size;

/// A task that runs and that one like it would take the place of.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    /// Its container instance.
    pub(crate) instance: Option<ResourceIndex>,
    /// What it takes; none where its definition is not known.
    pub(crate) size: Option<Size>,
    pub(crate) subnets: Vec<ResourceIndex>,
}

/// The tasks that run for a service, or the standalone task itself; none for rules and schedules, whose tasks come and go.
pub(crate) fn running(overlay: &Overlay<'_>, subject: ResourceIndex) -> Vec<Running> {
    let places = match overlay.kind(subject) {
        ResourceKind::EcsTask => vec![subject],
        ResourceKind::EcsService => of_service(overlay, subject),
        _ => Vec::new(),
    };
    let each = places.into_iter().filter_map(|place| {
        let facts = overlay.facts::<EcsTask>(place)?;
        if facts.desired_status.as_deref() == Some("STOPPED")
            || facts.last_status.as_deref() == Some("STOPPED")
        {
            return None;
        }
        Some(Running {
            instance: overlay.needed(place, Relation::HostedOn).first().copied(),
            size: size_of(overlay, place, &facts),
            subnets: overlay.needed(place, Relation::PlacedIn),
        })
    });
    each.collect()
}

fn of_service(overlay: &Overlay<'_>, service: ResourceIndex) -> Vec<ResourceIndex> {
    let parts = overlay.needing(service, Relation::PartOf);
    let mut tasks: Vec<ResourceIndex> = parts
        .iter()
        .flat_map(|part| match overlay.kind(*part) {
            ResourceKind::EcsTaskSet => overlay.needing(*part, Relation::PartOf),
            _ => vec![*part],
        })
        .filter(|part| overlay.kind(*part) == ResourceKind::EcsTask)
        .collect();
    tasks.sort_unstable();
    tasks.dedup();
    tasks
}

/// What a task takes as it runs now: whatever a change makes of its definition, the task keeps what it was started with.
fn size_of(overlay: &Overlay<'_>, task: ResourceIndex, facts: &EcsTask) -> Option<Size> {
    let definition = overlay.needed(task, Relation::Runs).first().copied()?;
    let snapshot = overlay.snapshot();
    if definition.as_usize() >= snapshot.inventory().resources().len() {
        return None;
    }
    let resource = snapshot.resource(definition);
    if resource.kind != ResourceKind::EcsTaskDefinition || resource.presence != Presence::Live {
        return None;
    }
    let size = Size::of(&resource.attributes.facts::<EcsTaskDefinition>().ok()?);
    let overrides = facts.overrides.as_ref();
    Some(size.overridden(
        overrides.and_then(|own| own.cpu.as_deref()),
        overrides.and_then(|own| own.memory.as_deref()),
    ))
}

/// Tasks that a service says it runs or is starting, and of which no more is known.
pub(crate) fn unseen(overlay: &Overlay<'_>, subject: ResourceIndex, seen: usize) -> usize {
    let said = overlay.facts::<EcsService>(subject).map_or(0, |facts| {
        usize::try_from(facts.running_count.saturating_add(facts.pending_count)).unwrap_or(0)
    });
    said.saturating_sub(seen)
}

/// Tasks that a service wants beside those that it runs.
pub(crate) fn extra(overlay: &Overlay<'_>, service: ResourceIndex, facts: &EcsService) -> usize {
    let desired = usize::try_from(facts.desired_count).unwrap_or(0);
    let said =
        usize::try_from(facts.running_count.saturating_add(facts.pending_count)).unwrap_or(0);
    if desired <= said || !is_replica(facts) {
        return 0;
    }
    desired.saturating_sub(said.max(running(overlay, service).len()))
}

/// False for a service that runs one task on every instance.
pub(crate) fn is_replica(facts: &EcsService) -> bool {
    facts.scheduling_strategy.as_deref() != Some("DAEMON")
}
