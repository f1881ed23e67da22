//! The walk itself: breadth first, along the directions in which harm travels.

use blastmap_model::{Phases, ResourceIndex};

use super::{Direction, RadiusQuery};
use crate::{LinkIndex, Snapshot, harm::State};

/// A resource in a state, and how the walk came there.
#[derive(Clone, Copy)]
pub(super) struct Visit {
    pub(super) resource: ResourceIndex,
    pub(super) state: State,
    /// True where this is the resource's first visit: its distance is this one's.
    pub(super) first: bool,
    /// The place of the visit before, and the link taken from there; a root has neither.
    came_from: u32,
    by: LinkIndex,
}

/// All visits, nearest first.
pub(super) struct Walk {
    pub(super) visits: Vec<Visit>,
    /// Where the visits of each distance begin, and at last where all end.
    pub(super) levels: Vec<usize>,
}

impl Walk {
    /// A resource that lost a share may later be found lost as a whole, from where harm reaches more: it is walked again.
    pub(super) fn from(snapshot: &Snapshot, roots: &[ResourceIndex], query: &RadiusQuery) -> Self {
        let mut known: Vec<Option<State>> = vec![None; snapshot.inventory().resources().len()];
        let mut walk = Self {
            visits: Vec::new(),
            levels: vec![0],
        };
        for root in roots {
            known[root.as_usize()] = Some(State::Whole);
            walk.visits.push(Visit {
                resource: *root,
                state: State::Whole,
                first: true,
                came_from: 0,
                by: LinkIndex(0),
            });
        }
        let mut place = 0;
        for depth in 0.. {
            let end = walk.visits.len();
            walk.levels.push(end);
            if place == end || query.max_depth == Some(depth) {
                break;
            }
            while place < end {
                let visit = walk.visits[place];
                let came_from =
                    u32::try_from(place).expect("no memory holds thousands of millions of visits");
                moves(
                    snapshot,
                    query,
                    visit.resource,
                    visit.state,
                    |by, resource, state| {
                        let before = &mut known[resource.as_usize()];
                        if *before < Some(state) {
                            let first = before.is_none();
                            *before = Some(state);
                            walk.visits.push(Visit {
                                resource,
                                state,
                                first,
                                came_from,
                                by,
                            });
                        }
                    },
                );
                place += 1;
            }
        }
        walk
    }

    /// The visits that were walked on from: all but those at the greatest depth.
    pub(super) fn walked_on(&self, query: &RadiusQuery) -> &[Visit] {
        let end = query
            .max_depth
            .and_then(|depth| self.levels.get(depth as usize));
        &self.visits[..end.copied().unwrap_or(self.visits.len())]
    }

    /// The links from a root to a visit.
    pub(super) fn path(&self, place: usize, distance: usize) -> Vec<LinkIndex> {
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
pub(super) fn moves(
    snapshot: &Snapshot,
    query: &RadiusQuery,
    from: ResourceIndex,
    state: State,
    mut each: impl FnMut(LinkIndex, ResourceIndex, State),
) {
    let follows = |phases: Phases| query.phases.is_none_or(|asked| asked.intersects(phases));
    match query.direction {
        Direction::Dependencies => {
            for by in snapshot.topology().dependencies(from) {
                let link = snapshot.link(*by);
                if follows(link.phases) {
                    each(*by, link.to, State::Whole);
                }
            }
        }
        Direction::Dependents => {
            for step in snapshot.topology().harm_from(from) {
                if let Some(arrives) = step.passage.of(state)
                    && follows(step.phases)
                {
                    each(step.by, step.to, arrives);
                }
            }
        }
    }
}
