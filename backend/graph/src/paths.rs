//! How one resource hangs on another.

use std::collections::BTreeSet;

use blastmap_model::ResourceIndex;
use fixedbitset::FixedBitSet;

use crate::{LinkIndex, Snapshot, Topology};

/// After looking at so many links the search ends with the paths that it has.
const MOST_STEPS: usize = 10_000_000;

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
            for (_, needed) in topology.needed(resource) {
                if !reachable.put(needed.as_usize()) {
                    waiting.push(needed);
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
                for (link, needing) in self.topology.needing(resource) {
                    self.steps += 1;
                    let place = needing.as_usize();
                    if needing == leaves {
                        arrived |= !refused.contains(&link);
                    } else if self.distances[place] == UNKNOWN && self.reachable.contains(place) {
                        self.distances[place] = distance;
                        touched.push(needing);
                        next.push(needing);
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
            let (link, needed) = self.topology.needed(resource).find(|(link, needed)| {
                self.distances[needed.as_usize()] == left
                    && !(resource == leaves && refused.contains(link))
            })?;
            links.push(link);
            resource = needed;
        }
        Some(links)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        drawing::{draw, find, say_link},
        oracle::any_estate,
    };

    fn say(drawing: &str, from: &str, to: &str, first: usize) -> Vec<String> {
        let snapshot = draw(drawing).snapshot();
        paths(&snapshot, find(&snapshot, from), find(&snapshot, to), first)
            .into_iter()
            .map(|path| {
                let links: Vec<_> = path.iter().map(|link| say_link(&snapshot, *link)).collect();
                links.join(", ")
            })
            .collect()
    }

    const SHOP: &str = "
        web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION -TASK_ROLE-> role: IAM_ROLE
        def -EXECUTION_ROLE-> role
        task: ECS_TASK -PART_OF-> web
        task -RUNS-> def";

    #[test]
    fn shortest_first_and_by_each_link_that_there_is() {
        assert_eq!(
            say(SHOP, "task", "role", 10),
            [
                "task RUNS def, def EXECUTION_ROLE role",
                "task RUNS def, def TASK_ROLE role",
                "task PART_OF web, web RUNS def, def EXECUTION_ROLE role",
                "task PART_OF web, web RUNS def, def TASK_ROLE role",
            ]
        );
        assert_eq!(say(SHOP, "task", "role", 3).len(), 3);
        assert_eq!(say(SHOP, "task", "role", 0).len(), 0);
    }

    #[test]
    fn none_against_the_links_nor_to_itself() {
        assert!(say(SHOP, "role", "task", 3).is_empty());
        assert!(say(SHOP, "task", "task", 3).is_empty());
    }

    #[test]
    fn ends_in_a_tangle() {
        // Each of 300 services calls each: more paths than anyone could count.
        let mut drawing = draw("last: ECS_SERVICE");
        let names: Vec<_> = (0..300).map(|place| format!("s{place:03}")).collect();
        for name in &names {
            drawing.add(name, blastmap_model::ResourceKind::EcsService);
        }
        for from in &names {
            for to in names.iter().filter(|to| *to != from) {
                drawing.link(from, "CALLS", to, None);
            }
        }
        drawing.link("s299", "CALLS", "last", None);
        let snapshot = drawing.snapshot();
        let found = paths(
            &snapshot,
            find(&snapshot, "s000"),
            find(&snapshot, "last"),
            500,
        );
        let lengths: Vec<_> = found.iter().map(Vec::len).collect();
        assert_eq!(lengths[..3], [2, 3, 3]);
        assert!(lengths.is_sorted());
    }

    /// Every path without a resource twice, by trying all.
    fn all_paths(
        snapshot: &Snapshot,
        from: ResourceIndex,
        to: ResourceIndex,
    ) -> Vec<Vec<LinkIndex>> {
        fn go_on(
            snapshot: &Snapshot,
            to: ResourceIndex,
            passed: &mut Vec<ResourceIndex>,
            links: &mut Vec<LinkIndex>,
            found: &mut Vec<Vec<LinkIndex>>,
        ) {
            let at = *passed.last().unwrap();
            if at == to {
                found.push(links.clone());
                return;
            }
            for (index, link) in (0..).zip(snapshot.inventory().links()) {
                if link.from == at && !passed.contains(&link.to) {
                    passed.push(link.to);
                    links.push(LinkIndex(index));
                    go_on(snapshot, to, passed, links, found);
                    passed.pop();
                    links.pop();
                }
            }
        }
        let mut found = Vec::new();
        if from != to {
            go_on(snapshot, to, &mut vec![from], &mut Vec::new(), &mut found);
        }
        found.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn the_first_of_all_paths(snapshot in any_estate(7), from in any::<usize>(), to in any::<usize>(), first in 0..30_usize) {
            let all: Vec<_> = snapshot.inventory().indices().collect();
            let (from, to) = (all[from % all.len()], all[to % all.len()]);
            let mut expected = all_paths(&snapshot, from, to);
            expected.truncate(first);
            prop_assert_eq!(paths(&snapshot, from, to, first), expected);
        }
    }
}
