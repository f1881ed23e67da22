//! How one resource hangs on another.

use std::collections::BTreeSet;

use blastmap_model::ResourceIndex;
use fixedbitset::FixedBitSet;

use crate::{LinkIndex, Snapshot, Topology};

/// After looking at so many links the search ends with the paths that it has.
const MOST_STEPS: usize = 20_000_000;

/// The shortest paths from a dependent to something it depends on, by whatever resources lie between: at most `first`,
/// shortest first, then by their links' order. No path passes a resource twice, and no two have the same links.
/// None from a resource to itself.
///
/// In a graph so tangled that the search would take too long, those found until then.
///
/// # Panics
/// On resources of another snapshot.
pub fn paths(
    snapshot: &Snapshot,
    from: ResourceIndex,
    to: ResourceIndex,
    first: usize,
) -> Vec<Vec<LinkIndex>> {
    let mut found = Vec::new();
    if from == to || first == 0 {
        return found;
    }
    let mut search = Search::new(snapshot, from, to);
    // Each waiting path is the best of all those that leave an earlier one at one place by other links, so the classes are
    // disjoint and the best waiting path is the best of all (J. Y. Yen 1971; E. L. Lawler 1972).
    let mut waiting: BTreeSet<Candidate> = BTreeSet::new();
    waiting.extend(search.best_after(&[], BTreeSet::new()));
    while let Some(best) = waiting.pop_first() {
        let mut refused = best.refused;
        for place in best.kept..best.links.len() {
            refused.insert(best.links[place]);
            waiting.extend(search.best_after(&best.links[..place], refused));
            refused = BTreeSet::new();
        }
        found.push(best.links);
        if found.len() == first || search.steps > MOST_STEPS {
            break;
        }
    }
    found
}

/// Ordered by length, then by links.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    length: usize,
    links: Vec<LinkIndex>,
    /// How many of its links it has from the path that it left.
    kept: usize,
    /// The links that paths already known take from there.
    refused: BTreeSet<LinkIndex>,
}

struct Search<'a> {
    snapshot: &'a Snapshot,
    topology: &'a Topology,
    from: ResourceIndex,
    to: ResourceIndex,
    /// What can lie on a path at all.
    reachable: FixedBitSet,
    /// How far from `to`; [`UNKNOWN`] between two searches.
    distances: Vec<u32>,
    /// How many links were looked at.
    steps: usize,
}

const UNKNOWN: u32 = u32::MAX;
/// May not be passed.
const CLOSED: u32 = u32::MAX - 1;

impl<'a> Search<'a> {
    fn new(snapshot: &'a Snapshot, from: ResourceIndex, to: ResourceIndex) -> Self {
        let topology = snapshot.topology();
        let mut reachable = FixedBitSet::with_capacity(topology.resources());
        reachable.insert(from.as_usize());
        let mut waiting = vec![from];
        while let Some(resource) = waiting.pop() {
            for (_, step) in topology.steps_to_dependencies(resource).iter() {
                if !reachable.put(step.to.as_usize()) {
                    waiting.push(step.to);
                }
            }
        }
        Self {
            snapshot,
            topology,
            from,
            to,
            reachable,
            distances: vec![UNKNOWN; topology.resources()],
            steps: 0,
        }
    }

    /// The best path that begins with these links and goes on with none of the refused ones.
    fn best_after(
        &mut self,
        beginning: &[LinkIndex],
        refused: BTreeSet<LinkIndex>,
    ) -> Option<Candidate> {
        if self.steps > MOST_STEPS {
            return None;
        }
        let mut touched = vec![self.from];
        touched.extend(beginning.iter().map(|link| self.snapshot.link(*link).to));
        let leaves = *touched.last()?;
        for resource in &touched {
            self.distances[resource.as_usize()] = CLOSED;
        }
        let length = self.measure(leaves, &refused, &mut touched);
        let rest = length.and_then(|length| self.descend(leaves, length, &refused));
        for resource in touched {
            self.distances[resource.as_usize()] = UNKNOWN;
        }
        let mut links = beginning.to_vec();
        links.extend(rest?);
        Some(Candidate {
            length: links.len(),
            links,
            kept: beginning.len(),
            refused,
        })
    }

    /// Sets distances around `to`, ring by ring, until one of them is a link away from `leaves`: how many links that makes.
    fn measure(
        &mut self,
        leaves: ResourceIndex,
        refused: &BTreeSet<LinkIndex>,
        touched: &mut Vec<ResourceIndex>,
    ) -> Option<u32> {
        self.distances[self.to.as_usize()] = 0;
        touched.push(self.to);
        let (mut ring, mut next, mut distance) = (vec![self.to], Vec::new(), 0);
        while !ring.is_empty() {
            distance += 1;
            let mut arrived = false;
            for resource in ring.drain(..) {
                for (link, step) in self.topology.steps_to_dependents(resource).iter() {
                    self.steps += 1;
                    let before = step.to.as_usize();
                    if step.to == leaves {
                        arrived |= !refused.contains(&link);
                    } else if self.distances[before] == UNKNOWN && self.reachable.contains(before) {
                        self.distances[before] = distance;
                        touched.push(step.to);
                        next.push(step.to);
                    }
                }
            }
            if arrived {
                return Some(distance);
            }
            std::mem::swap(&mut ring, &mut next);
        }
        None
    }

    /// Always nearer to `to`, by the first link in order that leads nearer.
    fn descend(
        &self,
        leaves: ResourceIndex,
        length: u32,
        refused: &BTreeSet<LinkIndex>,
    ) -> Option<Vec<LinkIndex>> {
        let mut resource = leaves;
        let mut links = Vec::new();
        for left in (0..length).rev() {
            let (link, step) =
                self.topology
                    .steps_to_dependencies(resource)
                    .iter()
                    .find(|(link, step)| {
                        self.distances[step.to.as_usize()] == left
                            && !(resource == leaves && refused.contains(link))
                    })?;
            links.push(link);
            resource = step.to;
        }
        Some(links)
    }
}
