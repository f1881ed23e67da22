//! The part of an estate that an assessment speaks of, as a snapshot of its own: what is there, what the change makes, and the
//! links before and after it. It can be kept when the snapshot that was judged is gone.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use blastmap_graph::{LinkIndex, Overlay, Snapshot, way_of_harm};
use blastmap_model::{
    BlindSpot, Inventory, NamedLink, Presence, Resource, ResourceId, ResourceIndex,
};

use super::refused::Refused;

/// A small snapshot, with the places of its resources in the estate that it was cut from.
pub struct Excerpt {
    snapshot: Arc<Snapshot>,
    places: BTreeMap<ResourceIndex, ResourceIndex>,
}

impl Excerpt {
    /// An excerpt that was kept: its places are its own.
    pub fn kept(snapshot: Arc<Snapshot>) -> Self {
        Self {
            snapshot,
            places: BTreeMap::new(),
        }
    }

    pub(super) fn of(
        before: &Overlay<'_>,
        after: &Overlay<'_>,
        refused: &[Refused],
        told: &BTreeSet<ResourceIndex>,
    ) -> Self {
        let base = before.snapshot();
        let inventory = base.inventory();
        let mut told = told.clone();
        let mut resources: BTreeMap<ResourceId, Resource> = BTreeMap::new();
        let mut links: Vec<NamedLink> = Vec::new();
        told.extend(refused.iter().filter_map(|refused| refused.place));
        for place in &told {
            let resource = shown(before, after, *place);
            resources.insert(resource.id.clone(), resource);
            for estate in [before, after] {
                if !estate.holds(*place) {
                    continue;
                }
                for tie in estate.dependencies(*place) {
                    if told.contains(&tie.to) {
                        links.push(named(estate, &tie));
                    }
                }
            }
        }
        let accounts: BTreeSet<(&str, &str)> = resources
            .values()
            .map(|resource| (&*resource.account, &*resource.region))
            .collect();
        let blind_spots: Vec<BlindSpot> = inventory
            .blind_spots
            .iter()
            .filter(|spot| {
                accounts
                    .iter()
                    .any(|(account, _)| *account == &*spot.account)
            })
            .cloned()
            .collect();
        let cut = Inventory::new(
            inventory.id.clone(),
            inventory.taken_at,
            inventory.scopes.clone(),
            blind_spots,
            resources.into_values().collect(),
            links,
        )
        .unwrap_or_else(|_never| Inventory::empty(inventory.id.clone(), inventory.taken_at));
        let places = told
            .iter()
            .filter_map(|place| {
                let id = &shown(before, after, *place).id;
                Some((*place, cut.find(id.as_str())?))
            })
            .collect();
        Self {
            snapshot: Arc::new(Snapshot::new(cut, base.owner_keys().to_vec())),
            places,
        }
    }

    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub(crate) fn place(&self, of: ResourceIndex) -> Option<ResourceIndex> {
        self.places.get(&of).copied()
    }

    /// The links from one of these resources to another, as few as there can be: those along which harm travels, else in whatever
    /// direction; none where they are the same or nothing joins them.
    pub fn path(&self, from: &[ResourceIndex], to: ResourceIndex) -> Vec<LinkIndex> {
        let starts = || from.iter().copied().filter(|start| *start != to);
        let by_harm = starts().map(|start| way_of_harm(&self.snapshot, start, to));
        let by_any = starts().map(|start| self.path_from(start, to));
        let mut paths = by_harm.chain(by_any);
        paths.find(|path| !path.is_empty()).unwrap_or_default()
    }

    fn path_from(&self, from: ResourceIndex, to: ResourceIndex) -> Vec<LinkIndex> {
        let topology = self.snapshot.topology();
        let mut came: BTreeMap<ResourceIndex, (ResourceIndex, LinkIndex)> = BTreeMap::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(place) = waiting.pop_front() {
            if place == to {
                break;
            }
            let up = topology.dependents(place).iter();
            let up = up.map(|link| (*link, self.snapshot.link(*link).from));
            let down = topology.dependencies(place).iter();
            let down = down.map(|link| (*link, self.snapshot.link(*link).to));
            // Harm goes up as a rule: of two ways alike, the one over dependents is told.
            for (link, next) in up.chain(down) {
                if next != from && !came.contains_key(&next) {
                    came.insert(next, (place, link));
                    waiting.push_back(next);
                }
            }
        }
        let mut path = Vec::new();
        let mut place = to;
        while let Some((before, link)) = came.get(&place) {
            path.push(*link);
            place = *before;
        }
        path.reverse();
        path
    }
}

/// A resource as it is told of: as it was where the change deletes it, else as it will be.
fn shown(before: &Overlay<'_>, after: &Overlay<'_>, place: ResourceIndex) -> Resource {
    let own = after.resource(place);
    if own.presence == Presence::Missing && before.holds(place) {
        return before.resource(place).clone();
    }
    own.clone()
}

fn named(estate: &Overlay<'_>, tie: &blastmap_graph::Tie<'_>) -> NamedLink {
    NamedLink {
        from: estate.resource(tie.from).id.clone(),
        to: estate.resource(tie.to).id.clone(),
        relation: tie.relation,
        phases: Some(tie.phases),
        evidence: tie.evidence.clone(),
    }
}
