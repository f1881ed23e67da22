//! What a change could reach, and what a resource needs: a walk over the links, breadth first.

use std::cmp::Reverse;

use blastmap_model::{BlindSpot, Phases, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use crate::{
    LinkIndex, Snapshot, State,
    blind_spots::{self, Reached},
    topology::Step,
};

/// Which way to walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Everything needed: a plain walk from dependent to dependency.
    Dependencies,
    /// Everything that harm can reach, along each relation as the table of relations says.
    Dependents,
}

/// How far to walk, and what to tell of it.
#[derive(Debug, Clone)]
pub struct RadiusQuery {
    pub direction: Direction,
    /// At most so many links from a root; none: to the end.
    pub max_depth: Option<u32>,
    /// Tell only of these kinds; the walk goes through all.
    pub kinds: Option<Vec<ResourceKind>>,
    /// Follow only links that matter in one of these phases.
    pub phases: Option<Phases>,
    /// Tell of at most so many resources, the nearest.
    pub limit: usize,
}

impl Default for RadiusQuery {
    /// Everything that harm can reach, the nearest thousand of it told.
    fn default() -> Self {
        Self {
            direction: Direction::Dependents,
            max_depth: None,
            kinds: None,
            phases: None,
            limit: 1000,
        }
    }
}

/// What was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlastRadius {
    /// Sorted, each once.
    pub roots: Vec<ResourceIndex>,
    /// Without the roots; nearest first, then by id; at most `limit`.
    pub nodes: Vec<BlastNode>,
    /// The links that the walk could take whose both ends are among `nodes` and `roots`, sorted.
    pub links: Vec<LinkIndex>,
    /// How many resources of the asked kinds were reached, whatever the limit.
    pub total_count: usize,
    /// True where `nodes` does not hold them all.
    pub truncated: bool,
    /// Largest first, then by name; whatever the limit.
    pub by_kind: Vec<(ResourceKind, usize)>,
    /// Largest first, then by name, no owner last; whatever the limit.
    pub by_owner: Vec<(Option<String>, usize)>,
    /// Unread data that could hide more.
    pub blind_spots: Vec<BlindSpot>,
}

/// A resource that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlastNode {
    pub resource: ResourceIndex,
    /// Links between it and the nearest root.
    pub distance: u32,
    /// One shortest path, root first: each link leads from where the one before it led to.
    pub path: Vec<LinkIndex>,
}

/// Everything that harm to the roots can reach, or everything that the roots need.
///
/// Of several shortest paths the one is told that is found first when each resource's links are followed in their order.
///
/// # Panics
/// On roots of another snapshot.
pub fn blast_radius(
    snapshot: &Snapshot,
    roots: &[ResourceIndex],
    query: &RadiusQuery,
) -> BlastRadius {
    let mut roots = roots.to_vec();
    roots.sort_unstable();
    roots.dedup();
    let walk = Walk::from(snapshot, &roots, query);
    Report::of(snapshot, query, roots, &walk)
}

/// A resource in a state, and how the walk came there.
#[derive(Clone, Copy)]
struct Visit {
    resource: ResourceIndex,
    state: State,
    /// True where this is the resource's first visit: its distance is this one's.
    first: bool,
    /// The place of the visit before, and the link taken from there; a root has neither.
    came_from: u32,
    by: LinkIndex,
}

/// All visits, nearest first.
struct Walk {
    visits: Vec<Visit>,
    /// Where the visits of each distance begin, and at last where all end.
    levels: Vec<usize>,
}

impl Walk {
    /// A resource that lost a share may later be found lost as a whole, from where harm reaches more: it is walked again.
    fn from(snapshot: &Snapshot, roots: &[ResourceIndex], query: &RadiusQuery) -> Self {
        let size = snapshot.inventory().resources().len();
        let mut whole = FixedBitSet::with_capacity(size);
        let mut part = FixedBitSet::with_capacity(size);
        let mut walk = Self {
            visits: Vec::new(),
            levels: vec![0],
        };
        for root in roots {
            whole.insert(root.as_usize());
            walk.visits.push(Visit {
                resource: *root,
                state: State::Whole,
                first: true,
                came_from: 0,
                by: LinkIndex(0),
            });
        }
        let mut depth = 0;
        let mut place = 0;
        loop {
            let end = walk.visits.len();
            walk.levels.push(end);
            if place == end || query.max_depth.is_some_and(|max| depth >= max) {
                return walk;
            }
            depth += 1;
            while place < end {
                let visit = walk.visits[place];
                let came_from = u32::try_from(place)
                    .expect("two visits a resource, and these fit half as often");
                moves(
                    snapshot,
                    query,
                    visit.resource,
                    visit.state,
                    |by, to, state| {
                        let at = to.as_usize();
                        let seen_part = part.contains(at);
                        if whole.contains(at) || (seen_part && state == State::Part) {
                            return;
                        }
                        match state {
                            State::Whole => whole.insert(at),
                            State::Part => part.insert(at),
                        }
                        walk.visits.push(Visit {
                            resource: to,
                            state,
                            first: !seen_part,
                            came_from,
                            by,
                        });
                    },
                );
                place += 1;
            }
        }
    }

    /// The links from a root to a visit.
    fn path(&self, place: usize, distance: usize) -> Vec<LinkIndex> {
        let mut path = vec![LinkIndex(0); distance];
        let mut visit = self.visits[place];
        for link in path.iter_mut().rev() {
            *link = visit.by;
            visit = self.visits[visit.came_from as usize];
        }
        path
    }
}

/// Calls `each` with every link that the walk takes from a resource in a state, in the order of the links,
/// where it leads, and in which state it arrives.
fn moves(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    from: ResourceIndex,
    state: State,
    mut each: impl FnMut(LinkIndex, ResourceIndex, State),
) {
    let topology = snapshot.topology();
    let follows = |step: &Step| {
        query
            .phases
            .is_none_or(|phases| phases.intersects(step.phases))
    };
    match query.direction {
        Direction::Dependencies => {
            for (link, step) in topology.steps_to_dependencies(from).iter() {
                if follows(step) {
                    each(link, step.to, State::Whole);
                }
            }
        }
        Direction::Dependents => {
            // A resource's own links stand together among all links, between those from resources before and after it.
            let (before, after) = topology.steps_to_dependents(from).split_at(from);
            let own = topology.steps_to_dependencies(from);
            for (link, step) in before.iter().chain(own.iter()).chain(after.iter()) {
                if let Some(arrives) = step.passage.of(state)
                    && follows(step)
                {
                    each(link, step.to, arrives);
                }
            }
        }
    }
}

/// Makes the answer out of a walk.
struct Report;

impl Report {
    fn of(
        snapshot: &Snapshot,
        query: &RadiusQuery,
        roots: Vec<ResourceIndex>,
        walk: &Walk,
    ) -> BlastRadius {
        let asked = Kinds::of(query);
        let mut by_kind = vec![0_usize; ResourceKind::ALL.len()];
        let mut by_owner = vec![0_usize; snapshot.owner_numbers()];
        let mut total_count = 0;
        let mut nodes: Vec<BlastNode> = Vec::new();
        let mut level: Vec<(ResourceIndex, usize)> = Vec::new();
        for (distance, bounds) in walk.levels.windows(2).enumerate().skip(1) {
            level.clear();
            for (place, visit) in walk.visits[bounds[0]..bounds[1]].iter().enumerate() {
                let kind = snapshot.resource(visit.resource).kind;
                if !visit.first || !asked.contain(kind) {
                    continue;
                }
                total_count += 1;
                by_kind[kind as usize] += 1;
                by_owner[snapshot.owner_number(visit.resource)] += 1;
                level.push((visit.resource, bounds[0] + place));
            }
            if nodes.len() < query.limit {
                level.sort_unstable();
                let room = query.limit - nodes.len();
                nodes.extend(level.iter().take(room).map(|(resource, place)| BlastNode {
                    resource: *resource,
                    distance: u32::try_from(distance).unwrap_or(u32::MAX),
                    path: walk.path(*place, distance),
                }));
            }
        }
        let links = links_among(snapshot, query, &roots, &nodes, walk);
        let blind_spots = blind_spots_of(snapshot, query, walk);
        BlastRadius {
            roots,
            links,
            truncated: nodes.len() < total_count,
            nodes,
            total_count,
            by_kind: sorted_counts(
                ResourceKind::ALL
                    .iter()
                    .map(|kind| (*kind, by_kind[*kind as usize])),
                |kind| kind.name(),
            ),
            by_owner: sorted_counts(
                by_owner.iter().enumerate().map(|(number, count)| {
                    (snapshot.owner_name(number).map(str::to_owned), *count)
                }),
                |name| (name.is_none(), name.clone()),
            ),
            blind_spots,
        }
    }
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
    // The visits at the greatest depth were not walked on from.
    let walked = match query.max_depth {
        Some(max) => walk
            .levels
            .get(max as usize)
            .copied()
            .unwrap_or(walk.visits.len()),
        None => walk.visits.len(),
    };
    let mut links = Vec::new();
    for visit in &walk.visits[..walked] {
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
    if snapshot.inventory().blind_spots.is_empty() {
        return Vec::new();
    }
    let reached = walk
        .visits
        .iter()
        .map(|visit| snapshot.resource(visit.resource));
    let reached = Reached::of(reached);
    blind_spots::within(&snapshot.inventory().blind_spots, &reached, query.direction)
}

/// Which kinds are asked for.
struct Kinds(Option<Vec<bool>>);

impl Kinds {
    fn of(query: &RadiusQuery) -> Self {
        Self(query.kinds.as_ref().map(|kinds| {
            let mut asked = vec![false; ResourceKind::ALL.len()];
            for kind in kinds {
                asked[*kind as usize] = true;
            }
            asked
        }))
    }

    fn contain(&self, kind: ResourceKind) -> bool {
        self.0.as_ref().is_none_or(|asked| asked[kind as usize])
    }
}

/// Without what there is none of; largest first, then by name.
fn sorted_counts<T, N: Ord>(
    counts: impl Iterator<Item = (T, usize)>,
    name: impl Fn(&T) -> N,
) -> Vec<(T, usize)> {
    let mut counts: Vec<_> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by_cached_key(|(of, count)| (Reverse(*count), name(of)));
    counts
}
