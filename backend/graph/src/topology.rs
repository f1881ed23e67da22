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
    harm: Harm,
}

/// The links of each resource as seen from one of their ends.
#[derive(Debug)]
struct Side {
    /// Where each resource's links begin, and at last where all end.
    starts: Vec<u32>,
    links: Vec<LinkIndex>,
    /// Beside `links`: the places at their other ends.
    neighbours: Vec<u32>,
}

/// The moves that harm can make from each resource, in the order of their links.
#[derive(Debug)]
struct Harm {
    starts: Vec<u32>,
    moves: Vec<Move>,
}

/// A link along which harm travels, seen from the end that it leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Move {
    pub(crate) to: ResourceIndex,
    pub(crate) by: LinkIndex,
    pub(crate) passage: Passage,
    pub(crate) phases: Phases,
}

impl Topology {
    pub fn new(inventory: &Inventory) -> Self {
        let to_dependencies = Side::new(inventory, |link| (link.from, link.to));
        let to_dependents = Side::new(inventory, |link| (link.to, link.from));
        let harm = Harm::new(inventory, &to_dependencies, &to_dependents);
        Self {
            to_dependencies,
            to_dependents,
            harm,
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

    /// What this resource needs, each with its link.
    pub(crate) fn needed(
        &self,
        by: ResourceIndex,
    ) -> impl Iterator<Item = (LinkIndex, ResourceIndex)> {
        self.to_dependencies.neighbours(by)
    }

    /// What needs this resource, each with its link.
    pub(crate) fn needing(
        &self,
        this: ResourceIndex,
    ) -> impl Iterator<Item = (LinkIndex, ResourceIndex)> {
        self.to_dependents.neighbours(this)
    }

    pub(crate) fn harm_from(&self, resource: ResourceIndex) -> &[Move] {
        let place = resource.as_usize();
        &self.harm.moves[self.harm.starts[place] as usize..self.harm.starts[place + 1] as usize]
    }
}

impl Side {
    /// A counting sort: links stay in their order, so each resource's list is sorted.
    fn new(inventory: &Inventory, ends: impl Fn(&Link) -> (ResourceIndex, ResourceIndex)) -> Self {
        let all = inventory.links();
        let mut starts = vec![0_u32; inventory.resources().len() + 1];
        for link in all {
            starts[ends(link).0.as_usize() + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut links = vec![LinkIndex(0); all.len()];
        let mut neighbours = vec![0; all.len()];
        for (index, link) in (0..).zip(all) {
            let (own, other) = ends(link);
            let place = next[own.as_usize()] as usize;
            next[own.as_usize()] += 1;
            links[place] = LinkIndex(index);
            neighbours[place] = other.0;
        }
        Self {
            starts,
            links,
            neighbours,
        }
    }

    fn range(&self, of: ResourceIndex) -> Range<usize> {
        self.starts[of.as_usize()] as usize..self.starts[of.as_usize() + 1] as usize
    }

    fn neighbours(&self, of: ResourceIndex) -> impl Iterator<Item = (LinkIndex, ResourceIndex)> {
        let range = self.range(of);
        let ends = self.neighbours[range.clone()].iter();
        self.links[range]
            .iter()
            .copied()
            .zip(ends.copied().map(ResourceIndex))
    }
}

impl Harm {
    /// What passes no harm on is left out, so that walks need not look at it.
    fn new(inventory: &Inventory, to_dependencies: &Side, to_dependents: &Side) -> Self {
        let kind = |index| inventory.resource(index).kind;
        let to_dependency = |(by, to): (LinkIndex, ResourceIndex)| {
            let link = &inventory.links()[by.as_usize()];
            let passage = harm::to_dependency(link.relation, kind(link.from), kind(link.to));
            Move {
                to,
                by,
                passage,
                phases: link.phases,
            }
        };
        let to_dependent = |(by, to): (LinkIndex, ResourceIndex)| {
            let link = &inventory.links()[by.as_usize()];
            let passage = harm::to_dependent(link.relation, kind(link.from), kind(link.to));
            Move {
                to,
                by,
                passage,
                phases: link.phases,
            }
        };
        let mut starts = Vec::with_capacity(to_dependencies.starts.len());
        let mut moves: Vec<Move> = Vec::with_capacity(inventory.links().len());
        let end = |moves: &[Move]| {
            u32::try_from(moves.len()).expect("no memory holds thousands of millions of moves")
        };
        for resource in inventory.indices() {
            starts.push(end(&moves));
            let begun = moves.len();
            let both = to_dependents.neighbours(resource).map(to_dependent);
            let both = both.chain(to_dependencies.neighbours(resource).map(to_dependency));
            moves.extend(both.filter(|step| step.passage != Passage::NOTHING));
            moves[begun..].sort_by_key(|step| step.by);
        }
        starts.push(end(&moves));
        Self { starts, moves }
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
