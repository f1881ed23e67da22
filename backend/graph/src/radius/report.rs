//! What is told of a walk.

use std::cmp::Reverse;

use blastmap_model::{BlindSpot, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use super::{
    BlastNode, BlastRadius, RadiusQuery,
    blind_spots::{self, Reached},
    walk::{Walk, moves},
};
use crate::{LinkIndex, Snapshot};

pub(super) fn report(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    roots: Vec<ResourceIndex>,
    walk: &Walk,
) -> BlastRadius {
    let reached = Counts::of(snapshot, query, walk);
    let nodes = nearest(query.limit, walk, &reached.asked);
    BlastRadius {
        links: links_among(snapshot, query, &roots, &nodes, walk),
        roots,
        truncated: nodes.len() < reached.total,
        nodes,
        total_count: reached.total,
        by_kind: reached.by_kind,
        by_owner: reached.by_owner,
        by_distance: reached.by_distance,
        blind_spots: blind_spots_of(snapshot, query, walk),
    }
}

/// Everything reached of the asked kinds, counted.
struct Counts {
    /// For each visit, whether it is the first of a resource of an asked kind.
    asked: FixedBitSet,
    total: usize,
    by_kind: Vec<(ResourceKind, usize)>,
    by_owner: Vec<(Option<String>, usize)>,
    by_distance: Vec<(u32, usize)>,
}

impl Counts {
    fn of(snapshot: &Snapshot, query: &RadiusQuery, walk: &Walk) -> Self {
        let kinds = ResourceKind::ALL;
        let asks_for: Vec<bool> = kinds
            .iter()
            .map(|kind| {
                query
                    .kinds
                    .as_ref()
                    .is_none_or(|asked| asked.contains(kind))
            })
            .collect();
        let owners = snapshot.owners();
        let (mut by_kind, mut by_owner) = (vec![0; kinds.len()], vec![0; owners.len()]);
        let mut asked = FixedBitSet::with_capacity(walk.visits.len());
        let mut total = 0;
        let beyond_roots = walk.levels[1];
        for (place, visit) in walk.visits.iter().enumerate().skip(beyond_roots) {
            let kind = snapshot.kind(visit.resource) as usize;
            if visit.first && asks_for[kind] {
                asked.insert(place);
                total += 1;
                by_kind[kind] += 1;
                by_owner[owners.number(visit.resource)] += 1;
            }
        }
        let rings = (0..).zip(walk.levels.windows(2)).skip(1);
        let by_distance = rings
            .map(|(distance, ends)| (distance, asked.count_ones(ends[0]..ends[1])))
            .filter(|(_, count)| *count > 0)
            .collect();
        let owner = |number| owners.value(number).as_deref().map(str::to_owned);
        Self {
            asked,
            total,
            by_kind: sorted(kinds.iter().copied().zip(by_kind), |kind| kind.name()),
            by_owner: sorted(
                by_owner
                    .into_iter()
                    .enumerate()
                    .map(|(number, count)| (owner(number), count)),
                |owner| (owner.is_none(), owner.clone()),
            ),
            by_distance,
        }
    }
}

/// Without what there is none of; largest first, then by name.
pub(super) fn sorted<T, N: Ord>(
    counts: impl Iterator<Item = (T, usize)>,
    name: impl Fn(&T) -> N,
) -> Vec<(T, usize)> {
    let mut counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by_cached_key(|(of, count)| (Reverse(*count), name(of)));
    counts
}

/// The first `limit` of the asked visits, by distance and then by id.
fn nearest(limit: usize, walk: &Walk, asked: &FixedBitSet) -> Vec<BlastNode> {
    let mut nodes: Vec<BlastNode> = Vec::new();
    for (distance, bounds) in walk.levels.windows(2).enumerate().skip(1) {
        let room = limit - nodes.len();
        if room == 0 {
            break;
        }
        let mut ring: Vec<_> = (bounds[0]..bounds[1])
            .filter(|place| asked.contains(*place))
            .map(|place| (walk.visits[place].resource, place))
            .collect();
        ring.sort_unstable();
        nodes.extend(
            ring.into_iter()
                .take(room)
                .map(|(resource, place)| BlastNode {
                    resource,
                    distance: u32::try_from(distance).expect("no memory holds so long a walk"),
                    path: walk.path(place, distance),
                }),
        );
    }
    nodes
}

/// Every link that the walk can take within its depth, between what is told.
fn links_among(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    roots: &[ResourceIndex],
    nodes: &[BlastNode],
    walk: &Walk,
) -> Vec<LinkIndex> {
    let mut told = FixedBitSet::with_capacity(snapshot.inventory().resources().len());
    told.extend(roots.iter().map(|root| root.as_usize()));
    told.extend(nodes.iter().map(|node| node.resource.as_usize()));
    let mut links = Vec::new();
    for visit in walk.walked_on(query) {
        if told.contains(visit.resource.as_usize()) {
            moves(
                snapshot,
                query,
                visit.resource,
                visit.state,
                |link, to, _| {
                    if told.contains(to.as_usize()) {
                        links.push(link);
                    }
                },
            );
        }
    }
    links.sort_unstable();
    links.dedup();
    links
}

fn blind_spots_of(snapshot: &Snapshot, query: &RadiusQuery, walk: &Walk) -> Vec<BlindSpot> {
    let spots = &snapshot.inventory().blind_spots;
    if spots.is_empty() {
        return Vec::new();
    }
    let reached = Reached::of(snapshot, walk.visits.iter().map(|visit| visit.resource));
    blind_spots::within(spots, &reached, query.direction)
}
