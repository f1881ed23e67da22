//! The blast radius, folded or not, and paths.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use blastmap_graph::{
    Fold, FoldedNode, FoldedRadius, GroupBy as By, RadiusQuery, Snapshot, blast_radius,
    folded_radius,
};
use blastmap_model::{ResourceIndex, ResourceKind};

use crate::{
    graphql::{
        connection::{LARGEST_PAGE, page_size},
        coverage::BlindSpot,
        enums::{GroupBy, Kind},
        int,
        link::Link,
        pinned::take,
        resource::Resource,
    },
    problem::Problem,
};

/// The most resources that are told of one blast radius.
const LARGEST_RADIUS: usize = 10_000;

/// The most groups by which a radius is folded.
const MOST_GROUPS: usize = 8;

/// A blast radius of a snapshot.
pub(crate) struct BlastRadius(Arc<Told>);

/// What all parts of a radius share.
struct Told {
    snapshot: Arc<Snapshot>,
    radius: FoldedRadius,
}

/// A node of a radius.
struct BlastNode {
    told: Arc<Told>,
    /// Its place among the nodes.
    place: usize,
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

/// How many resources at a distance.
#[derive(SimpleObject)]
struct DistanceCount {
    distance: i32,
    count: i32,
}

/// A way from one resource to another.
#[derive(SimpleObject)]
pub(crate) struct Path {
    pub(super) links: Vec<Link>,
}

/// How many nodes a radius is to have.
pub(super) fn limit(asked: Option<i32>) -> Result<usize, Problem> {
    page_size("limit", asked, RadiusQuery::default().limit, LARGEST_RADIUS)
}

/// How a radius is to be folded; none where that is not asked for.
pub(super) fn fold(by: Option<Vec<GroupBy>>, tag: Option<String>) -> Result<Option<Fold>, Problem> {
    let Some(by) = by else {
        return Ok(None);
    };
    if by.len() > MOST_GROUPS {
        return Err(Problem::bad_input(format!(
            "`fold` takes at most {MOST_GROUPS} groups"
        )));
    }
    if by.contains(&GroupBy::Tag) && tag.is_none() {
        return Err(Problem::bad_input(
            "`fold` has TAG: give `tag`, the key to fold by",
        ));
    }
    Ok(Some(Fold {
        by: by.into_iter().map(By::from).collect(),
        tag,
        ..Fold::default()
    }))
}

impl BlastRadius {
    /// Walks, and folds what was reached where that is asked for.
    pub(super) fn of(
        ctx: &Context<'_>,
        snapshot: Arc<Snapshot>,
        roots: &[ResourceIndex],
        query: &RadiusQuery,
        fold: Option<&Fold>,
    ) -> Result<Self, Problem> {
        let radius = match fold {
            Some(fold) => folded_radius(&snapshot, roots, query, fold),
            None => FoldedRadius::unfolded(&snapshot, blast_radius(&snapshot, roots, query)),
        };
        let paths: usize = radius.nodes.iter().map(|node| node.path.len()).sum();
        take(
            ctx,
            radius.roots.len() + radius.nodes.len() + radius.links.len() + paths,
        )?;
        Ok(Self(Arc::new(Told { snapshot, radius })))
    }
}

/// Everything that a change to the roots can reach, following each relation only in the direction and phases
/// in which harm travels along it. It over-approximates: what is not in it cannot be affected through known links.
#[Object]
impl BlastRadius {
    async fn roots(&self) -> Vec<Resource> {
        Resource::all(&self.0.snapshot, self.0.radius.roots.iter().copied())
    }

    /// Every resource reached (the roots excluded), nearest first, at most `limit`. With `fold`: every resource reached is in one node.
    async fn nodes(&self) -> Vec<BlastNode> {
        let node = |place| BlastNode {
            told: Arc::clone(&self.0),
            place,
        };
        (0..self.0.radius.nodes.len()).map(node).collect()
    }

    /// The links by which they were reached, among `nodes` and `roots`. With `fold` they run between the resources that nodes are shown as,
    /// one for each pair and relation.
    async fn links(&self) -> Vec<Link> {
        let links = self.0.radius.links.iter();
        links
            .map(|link| Link::folded(&self.0.snapshot, link))
            .collect()
    }

    /// How many resources were reached in all, whatever the limit and the folding.
    async fn total_count(&self) -> i32 {
        int(self.0.radius.total_count)
    }

    /// How many nodes there are, whatever the limit: as many as resources where nothing is folded.
    async fn node_count(&self) -> i32 {
        int(self.0.radius.node_count)
    }

    /// True where `nodes` does not hold them all.
    async fn truncated(&self) -> bool {
        self.0.radius.truncated
    }

    /// How many resources are in the nodes of each distance, nearest first, whatever the limit.
    async fn by_distance(&self) -> Vec<DistanceCount> {
        let counts = self.0.radius.by_distance.iter();
        counts
            .map(|(distance, count)| DistanceCount {
                distance: int(*distance),
                count: int(*count),
            })
            .collect()
    }

    async fn by_kind(&self) -> Vec<KindCount> {
        kind_counts(&self.0.radius.by_kind)
    }

    async fn by_owner(&self) -> Vec<OwnerCount> {
        let counts = self.0.radius.by_owner.iter();
        counts
            .map(|(owner, count)| OwnerCount {
                owner: owner.clone(),
                count: int(*count),
            })
            .collect()
    }

    /// Unread data that could hide more.
    async fn blind_spots(&self) -> Vec<BlindSpot> {
        self.0
            .radius
            .blind_spots
            .iter()
            .map(BlindSpot::from)
            .collect()
    }
}

fn kind_counts(counts: &[(ResourceKind, usize)]) -> Vec<KindCount> {
    counts
        .iter()
        .map(|(kind, count)| KindCount {
            kind: Kind(*kind),
            count: int(*count),
        })
        .collect()
}

impl BlastNode {
    fn node(&self) -> &FoldedNode {
        &self.told.radius.nodes[self.place]
    }
}

/// A resource that was reached, or several folded into one.
#[Object]
impl BlastNode {
    /// The resource; of several the one that they are shown as: their service, or the first of them.
    async fn resource(&self) -> Resource {
        Resource::new(&self.told.snapshot, self.node().resource)
    }

    /// Links between it and the nearest root; of several, the nearest one's.
    async fn distance(&self) -> i32 {
        int(self.node().distance)
    }

    /// One shortest path, root first; of several, to the nearest one.
    async fn path(&self) -> Vec<Link> {
        Link::all(&self.told.snapshot, &self.node().path)
    }

    /// The same path between nodes: its links that begin and end in one node are left out.
    async fn folded_path(&self) -> Vec<Link> {
        let told = &self.told;
        let path = told.radius.path_between_nodes(&told.snapshot, self.node());
        path.iter()
            .map(|link| Link::folded(&told.snapshot, link))
            .collect()
    }

    /// How many more resources this node stands for: 0 where nothing is folded into it.
    async fn folded(&self) -> i32 {
        int(self.node().members.len() - 1)
    }

    /// All that it stands for: `resource`, then the others, nearest first.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
    ) -> Result<Vec<Resource>, Problem> {
        let first = page_size("first", first, 50, LARGEST_PAGE)?;
        let members = &self.node().members;
        let members = &members[..first.min(members.len())];
        take(ctx, members.len())?;
        Ok(Resource::all(&self.told.snapshot, members.iter().copied()))
    }

    /// What all that it stands for is, largest first.
    async fn by_kind(&self, ctx: &Context<'_>) -> Result<Vec<KindCount>, Problem> {
        let members = &self.node().members;
        // Counting is work, too.
        take(ctx, members.len() / 32)?;
        Ok(kind_counts(&self.node().by_kind(&self.told.snapshot)))
    }

    /// What a person calls it: the resource's name, or what those that were folded have in common.
    async fn label(&self) -> &str {
        &self.node().label
    }
}
