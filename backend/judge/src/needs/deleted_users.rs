//! Who used something and is deleted by the change: what is deleted has no links any more.

use blastmap_graph::Overlay;
use blastmap_model::{Presence, Relation, ResourceIndex, ResourceKind};

/// Those of a kind that needed `this` before the change and are not there after it. Sorted.
pub(crate) fn deleted_users(
    overlay: &Overlay<'_>,
    this: ResourceIndex,
    relation: Relation,
    kind: ResourceKind,
) -> Vec<ResourceIndex> {
    let snapshot = overlay.snapshot();
    if this.as_usize() >= snapshot.inventory().resources().len() {
        return Vec::new();
    }
    let links = snapshot.topology().dependents(this).iter();
    let mut users: Vec<ResourceIndex> = links
        .map(|link| snapshot.link(*link))
        .filter(|link| link.relation == relation && overlay.kind(link.from) == kind)
        .map(|link| link.from)
        .filter(|user| overlay.resource(*user).presence == Presence::Missing)
        .collect();
    users.sort_unstable();
    users
}
