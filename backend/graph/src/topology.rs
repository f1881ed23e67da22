//! Compact adjacency in both directions.

use std::{iter::Copied, ops::Range};

use blastmap_model::{Inventory, Link, Phases, ResourceIndex};
use fixedbitset::FixedBitSet;
use petgraph::{
    Directed, Direction,
    visit::{
        GraphBase, GraphProp, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
        NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
    },
};

use crate::harm::{self, Passage};

/// The place of a link in its inventory's [`links`](Inventory::links).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkIndex(pub u32);

impl LinkIndex {
    pub fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// Who hangs on whom, by place: the links of each resource, both ways, each list in the order of the inventory's links.
///
/// Runs petgraph's algorithms by its visit traits, with places as nodes; an edge points from the dependent to the dependency.
#[derive(Debug)]
pub struct Topology {
    to_dependencies: Side,
    to_dependents: Side,
}

/// The links of each resource as seen from one of their ends.
#[derive(Debug)]
struct Side {
    /// Where each resource's links begin, and at last where all end.
    starts: Vec<u32>,
    links: Vec<LinkIndex>,
    /// Beside `links`: where each leads, and what passes along it.
    steps: Vec<Step>,
    neighbours: Vec<u32>,
}

/// One link, seen from one of its ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// The other end.
    pub(crate) to: ResourceIndex,
    pub(crate) passage: Passage,
    pub(crate) phases: Phases,
}

impl Topology {
    pub fn new(inventory: &Inventory) -> Self {
        let kind = |index: ResourceIndex| inventory.resource(index).kind;
        let ends = |link: &Link| (link.relation, kind(link.from), kind(link.to));
        Self {
            to_dependencies: Side::new(inventory, |link| {
                let (relation, from, to) = ends(link);
                let passage = harm::to_dependency(relation, from, to);
                (
                    link.from,
                    Step {
                        to: link.to,
                        passage,
                        phases: link.phases,
                    },
                )
            }),
            to_dependents: Side::new(inventory, |link| {
                let (relation, from, to) = ends(link);
                let passage = harm::to_dependent(relation, from, to);
                (
                    link.to,
                    Step {
                        to: link.from,
                        passage,
                        phases: link.phases,
                    },
                )
            }),
        }
    }

    /// How many resources there are.
    pub fn resources(&self) -> usize {
        self.to_dependencies.starts.len() - 1
    }

    /// How many links there are.
    pub fn links(&self) -> usize {
        self.to_dependencies.links.len()
    }

    /// Links to what this resource needs.
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub fn dependencies(&self, of: ResourceIndex) -> &[LinkIndex] {
        &self.to_dependencies.links[self.to_dependencies.range(of)]
    }

    /// Links from what needs this resource.
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub fn dependents(&self, of: ResourceIndex) -> &[LinkIndex] {
        &self.to_dependents.links[self.to_dependents.range(of)]
    }

    pub(crate) fn steps_to_dependencies(&self, of: ResourceIndex) -> Steps<'_> {
        self.to_dependencies.steps(of)
    }

    pub(crate) fn steps_to_dependents(&self, of: ResourceIndex) -> Steps<'_> {
        self.to_dependents.steps(of)
    }
}

/// A resource's links on one side.
#[derive(Clone, Copy)]
pub(crate) struct Steps<'a> {
    links: &'a [LinkIndex],
    steps: &'a [Step],
}

impl<'a> Steps<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = (LinkIndex, &'a Step)> {
        self.links.iter().copied().zip(self.steps)
    }

    /// Those that lead to places before `resource`, and the rest.
    pub(crate) fn split_at(self, resource: ResourceIndex) -> (Self, Self) {
        let place = self.steps.partition_point(|step| step.to < resource);
        let (links_before, links_after) = self.links.split_at(place);
        let (steps_before, steps_after) = self.steps.split_at(place);
        (
            Self {
                links: links_before,
                steps: steps_before,
            },
            Self {
                links: links_after,
                steps: steps_after,
            },
        )
    }
}

impl Side {
    /// A counting sort: links stay in their order, so each resource's list is sorted.
    fn new(inventory: &Inventory, view: impl Fn(&Link) -> (ResourceIndex, Step)) -> Self {
        let links = inventory.links();
        let mut starts = vec![0_u32; inventory.resources().len() + 1];
        for link in links {
            starts[view(link).0.as_usize() + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let nowhere = Step {
            to: ResourceIndex(0),
            passage: Passage::NOTHING,
            phases: Phases::NONE,
        };
        let (mut next, mut order, mut steps) = (
            starts.clone(),
            vec![LinkIndex(0); links.len()],
            vec![nowhere; links.len()],
        );
        for (index, link) in (0..).zip(links) {
            let (end, step) = view(link);
            let place = next[end.as_usize()] as usize;
            next[end.as_usize()] += 1;
            order[place] = LinkIndex(index);
            steps[place] = step;
        }
        let neighbours = steps.iter().map(|step| step.to.0).collect();
        Self {
            starts,
            links: order,
            steps,
            neighbours,
        }
    }

    fn range(&self, of: ResourceIndex) -> Range<usize> {
        self.starts[of.as_usize()] as usize..self.starts[of.as_usize() + 1] as usize
    }

    fn steps(&self, of: ResourceIndex) -> Steps<'_> {
        let range = self.range(of);
        Steps {
            links: &self.links[range.clone()],
            steps: &self.steps[range],
        }
    }
}

impl GraphBase for Topology {
    type NodeId = u32;
    type EdgeId = u32;
}

impl GraphProp for Topology {
    type EdgeType = Directed;
}

impl NodeCount for Topology {
    fn node_count(&self) -> usize {
        self.resources()
    }
}

impl NodeIndexable for Topology {
    fn node_bound(&self) -> usize {
        self.resources()
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        u32::try_from(index).expect("an inventory has no more places than fit")
    }
}

impl NodeCompactIndexable for Topology {}

impl Visitable for Topology {
    type Map = FixedBitSet;

    fn visit_map(&self) -> FixedBitSet {
        FixedBitSet::with_capacity(self.resources())
    }

    fn reset_map(&self, map: &mut FixedBitSet) {
        map.clear();
        map.grow(self.resources());
    }
}

impl IntoNodeIdentifiers for &Topology {
    type NodeIdentifiers = Range<u32>;

    fn node_identifiers(self) -> Range<u32> {
        0..u32::try_from(self.resources()).expect("an inventory has no more places than fit")
    }
}

impl<'a> IntoNeighbors for &'a Topology {
    type Neighbors = Copied<std::slice::Iter<'a, u32>>;

    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for &'a Topology {
    type NeighborsDirected = Copied<std::slice::Iter<'a, u32>>;

    fn neighbors_directed(self, node: u32, direction: Direction) -> Self::NeighborsDirected {
        let side = match direction {
            Direction::Outgoing => &self.to_dependencies,
            Direction::Incoming => &self.to_dependents,
        };
        side.neighbours[side.range(ResourceIndex(node))]
            .iter()
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use petgraph::{algo::tarjan_scc, visit::Bfs};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Direction as Way, RadiusQuery, blast_radius,
        drawing::{draw, find},
        oracle::any_estate,
    };

    #[test]
    fn knows_links_from_both_ends() {
        let snapshot = draw(
            "
            web: ECS_SERVICE -RUNS-> def: ECS_TASK_DEFINITION
            task: ECS_TASK -RUNS-> def
            task -PART_OF-> web",
        )
        .snapshot();
        let topology = snapshot.topology();
        assert_eq!((topology.resources(), topology.links()), (3, 3));
        let [def, task, web] = ["def", "task", "web"].map(|id| find(&snapshot, id));
        let far_ends = |links: &[LinkIndex]| {
            links
                .iter()
                .map(|link| (snapshot.link(*link).from, snapshot.link(*link).to))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            far_ends(topology.dependencies(task)),
            [(task, def), (task, web)]
        );
        assert_eq!(
            far_ends(topology.dependents(def)),
            [(task, def), (web, def)]
        );
        assert!(topology.dependencies(def).is_empty());
    }

    #[test]
    fn an_empty_estate_has_no_places() {
        let snapshot = draw("").snapshot();
        assert_eq!(
            (snapshot.topology().resources(), snapshot.topology().links()),
            (0, 0)
        );
    }

    proptest! {
        #[test]
        fn every_link_stands_once_at_each_end(snapshot in any_estate(12)) {
            let topology = snapshot.topology();
            let mut at_dependents = Vec::new();
            let mut at_dependencies = Vec::new();
            for index in snapshot.inventory().indices() {
                prop_assert!(topology.dependencies(index).is_sorted());
                prop_assert!(topology.dependents(index).is_sorted());
                prop_assert!(topology.dependencies(index).iter().all(|link| snapshot.link(*link).from == index));
                prop_assert!(topology.dependents(index).iter().all(|link| snapshot.link(*link).to == index));
                at_dependents.extend_from_slice(topology.dependencies(index));
                at_dependencies.extend_from_slice(topology.dependents(index));
            }
            let all: Vec<_> = (0..u32::try_from(topology.links()).unwrap()).map(LinkIndex).collect();
            prop_assert_eq!(&at_dependents, &all);
            at_dependencies.sort_unstable();
            prop_assert_eq!(&at_dependencies, &all);
        }

        #[test]
        fn petgraph_walks_it_as_we_do(snapshot in any_estate(12)) {
            let topology = snapshot.topology();
            let query = RadiusQuery { direction: Way::Dependencies, ..RadiusQuery::default() };
            for root in snapshot.inventory().indices() {
                let mut walk = Bfs::new(topology, root.0);
                let walked = std::iter::from_fn(|| walk.next(topology)).count();
                prop_assert_eq!(walked, blast_radius(&snapshot, &[root], &query).total_count + 1);
            }
            prop_assert_eq!(tarjan_scc(topology).iter().map(Vec::len).sum::<usize>(), topology.resources());
        }
    }
}
