//! The blast radius, and paths.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use blastmap_graph::{BlastRadius as Reached, Snapshot};

use crate::graphql::{coverage::BlindSpot, enums::Kind, int, link::Link, resource::Resource};

/// A blast radius of a snapshot.
pub(crate) struct BlastRadius {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) reached: Reached,
}

/// A resource that was reached.
struct BlastNode {
    snapshot: Arc<Snapshot>,
    node: blastmap_graph::BlastNode,
}

/// How many resources of a kind.
#[derive(SimpleObject)]
struct KindCount {
    kind: Kind,
    count: i32,
}

/// How many resources of an owner.
#[derive(SimpleObject)]
struct OwnerCount {
    /// Null: those without an owner tag.
    owner: Option<String>,
    count: i32,
}

/// A way from one resource to another.
#[derive(SimpleObject)]
pub(crate) struct Path {
    pub(super) links: Vec<Link>,
}

impl BlastRadius {
    /// How many items its lists hold.
    pub(super) fn items(reached: &Reached) -> usize {
        let paths: usize = reached.nodes.iter().map(|node| node.path.len()).sum();
        reached.roots.len() + reached.nodes.len() + reached.links.len() + paths
    }
}

/// Everything that a change to the roots can reach, following each relation only in the direction and phases
/// in which harm travels along it. It over-approximates: what is not in it cannot be affected through known links.
#[Object]
impl BlastRadius {
    async fn roots(&self) -> Vec<Resource> {
        Resource::all(&self.snapshot, self.reached.roots.iter().copied())
    }

    /// Every resource reached (the roots excluded), nearest first, at most `limit`.
    async fn nodes(&self) -> Vec<BlastNode> {
        let node = |node: &blastmap_graph::BlastNode| BlastNode {
            snapshot: Arc::clone(&self.snapshot),
            node: node.clone(),
        };
        self.reached.nodes.iter().map(node).collect()
    }

    /// The links by which they were reached, among `nodes` and `roots`.
    async fn links(&self) -> Vec<Link> {
        Link::all(&self.snapshot, &self.reached.links)
    }

    /// How many were reached in all, whatever the limit.
    async fn total_count(&self) -> i32 {
        int(self.reached.total_count)
    }

    async fn truncated(&self) -> bool {
        self.reached.truncated
    }

    async fn by_kind(&self) -> Vec<KindCount> {
        let counts = self.reached.by_kind.iter();
        counts
            .map(|(kind, count)| KindCount {
                kind: Kind(*kind),
                count: int(*count),
            })
            .collect()
    }

    async fn by_owner(&self) -> Vec<OwnerCount> {
        let counts = self.reached.by_owner.iter();
        counts
            .map(|(owner, count)| OwnerCount {
                owner: owner.clone(),
                count: int(*count),
            })
            .collect()
    }

    /// Unread data that could hide more.
    async fn blind_spots(&self) -> Vec<BlindSpot> {
        self.reached
            .blind_spots
            .iter()
            .map(BlindSpot::from)
            .collect()
    }
}

/// A resource that was reached.
#[Object]
impl BlastNode {
    async fn resource(&self) -> Resource {
        Resource::new(&self.snapshot, self.node.resource)
    }

    /// Links between it and the nearest root.
    async fn distance(&self) -> i32 {
        int(self.node.distance)
    }

    /// One shortest path, root first.
    async fn path(&self) -> Vec<Link> {
        Link::all(&self.snapshot, &self.node.path)
    }
}
