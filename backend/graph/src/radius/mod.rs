//! What a change could reach, and what a resource needs: a walk over the links, breadth first.

mod blind_spots;
mod fold;
#[cfg(test)]
mod fold_tests;
mod report;
#[cfg(test)]
mod tests;
mod walk;

use blastmap_model::{BlindSpot, Phases, ResourceIndex, ResourceKind};

pub use self::fold::{Fold, FoldedLink, FoldedNode, FoldedRadius, folded_radius};
use self::walk::Walk;
use crate::{LinkIndex, Snapshot};

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
    /// Nearest first; whatever the limit.
    pub by_distance: Vec<(u32, usize)>,
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

impl BlastNode {
    /// The root from which its path begins; none for a path without links, which no walk makes.
    pub fn root(&self, snapshot: &Snapshot) -> Option<ResourceIndex> {
        let mut resource = self.resource;
        for link in self.path.iter().rev() {
            let link = snapshot.link(*link);
            resource = if link.from == resource {
                link.to
            } else {
                link.from
            };
        }
        (!self.path.is_empty()).then_some(resource)
    }
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
    report::report(snapshot, query, roots, &walk)
}
