//! The root of queries.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use blastmap_graph::{self as graph, Differences, RadiusQuery};
use blastmap_model::{Phases, ResourceIndex};

use crate::{
    auth::audit::Event,
    graphql::{
        assessment::{Assessment, ChangeInput},
        connection::{Connection, LARGEST_PAGE, page_size, read_cursor, write_cursor},
        coverage::Coverage,
        diff::GraphDiff,
        enums::{Direction, GroupBy, Kind, Phase},
        estate::{EstateGroup, groups_in},
        filter::{ResourceFilter, check_text},
        finding::{Finding, FindingFilter, page_of_findings},
        history::ResourceHistory,
        link::Link,
        pinned::{caller, find, latest, snapshot, state, take},
        radius::{self, BlastRadius, Path},
        resource::Resource,
        review::{self, Review},
        snapshot::{StoredSnapshot, page_of_snapshots},
    },
    problem::Problem,
    state::store_failed,
};

const LIST: char = 'R';

/// The most roots of one blast radius.
const MOST_ROOTS: usize = 1000;

/// The most paths between two resources.
const MOST_PATHS: usize = 100;

/// The deepest nesting of groups.
const MOST_LEVELS: usize = 8;

/// What the work behind a root field weighs, in fields of an answer; others weigh as one field. With `depth`, what one level weighs.
pub(crate) const COSTS: &[(&str, u64)] = &[
    ("assess", 20_000),
    ("blastRadius", 20_000),
    ("coverage", 10_000),
    ("createReview", 20_000),
    ("diff", 200_000),
    ("estate", 20_000),
    ("findings", 10_000),
    ("markRisk", 10_000),
    ("paths", 50_000),
    ("resourceHistory", 200_000),
    ("resources", 10_000),
    ("review", 10_000),
    ("reviews", 50_000),
    ("search", 10_000),
    ("snapshots", 1000),
];

#[derive(Debug, Clone, Copy)]
pub(crate) struct Query;

#[Object]
impl Query {
    /// One resource; null where no resource has this id.
    async fn resource(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(name = "snapshot")] snapshot_id: Option<ID>,
    ) -> Result<Option<Resource>, Problem> {
        let snapshot = snapshot(ctx, snapshot_id.as_ref()).await?;
        let place = snapshot.inventory().find(&id);
        Ok(place.map(|place| Resource::new(&snapshot, place)))
    }

    /// Resources in the order of their ids.
    async fn resources(
        &self,
        ctx: &Context<'_>,
        filter: Option<ResourceFilter>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        #[graphql(name = "snapshot")] snapshot_id: Option<ID>,
    ) -> Result<Connection<Resource>, Problem> {
        let first = page_size("first", first, 50, LARGEST_PAGE)?;
        take(ctx, first)?;
        let filter = filter.unwrap_or_default().into_filter()?;
        let after = after
            .map(|after| read_cursor::<1>(LIST, &after))
            .transpose()?;
        let snapshot = snapshot(ctx, snapshot_id.as_ref()).await?;
        let found: Vec<ResourceIndex> = graph::filter(&snapshot, &filter).collect();
        let before = after.map_or(0, |[seen]| {
            found.partition_point(|place| snapshot.resource(*place).id.as_str() <= seen.as_str())
        });
        let page = found.iter().copied().skip(before).take(first);
        Ok(Connection::new(
            Resource::all(&snapshot, page),
            |resource| write_cursor(LIST, &[resource.facts().id.as_str()]),
            before,
            found.len(),
        ))
    }

    /// Best match first: exact id, name prefix, then substring and fuzzy matches.
    async fn search(
        &self,
        ctx: &Context<'_>,
        text: String,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
    ) -> Result<Vec<Resource>, Problem> {
        let first = page_size("first", first, 20, LARGEST_PAGE)?;
        take(ctx, first)?;
        check_text("text", &text)?;
        let snapshot = latest(ctx)?;
        let found = graph::search(&snapshot, &text, first);
        Ok(Resource::all(&snapshot, found))
    }

    /// What a change to these resources can reach (DEPENDENTS), or what they need (DEPENDENCIES).
    ///
    /// `fold` makes one node of many; the roots stay as they are. SERVICE: what belongs to one service is shown as that service. The others
    /// make one node of all those at the same distance, with nothing farther away hanging on them, that have all these in common
    /// (`tag` names the key for TAG). Resources of different presence are never folded together. `limit` counts nodes.
    #[expect(clippy::too_many_arguments, reason = "the API's own")]
    async fn blast_radius(
        &self,
        ctx: &Context<'_>,
        of: Vec<ID>,
        #[graphql(default_with = "Direction::Dependents")] direction: Direction,
        max_depth: Option<i32>,
        kinds: Option<Vec<Kind>>,
        phases: Option<Vec<Phase>>,
        #[graphql(default_with = "Some(1000)")] limit: Option<i32>,
        #[graphql(name = "snapshot")] snapshot_id: Option<ID>,
        fold: Option<Vec<GroupBy>>,
        tag: Option<String>,
    ) -> Result<BlastRadius, Problem> {
        let limit = radius::limit(limit)?;
        let fold = radius::fold(fold, tag)?;
        let max_depth = max_depth
            .map(|depth| {
                u32::try_from(depth).map_err(|_negative| {
                    Problem::bad_input(format!("`maxDepth` is {depth}: give 0 or more"))
                })
            })
            .transpose()?;
        if of.is_empty() || of.len() > MOST_ROOTS {
            return Err(Problem::bad_input(format!(
                "`of` takes 1 to {MOST_ROOTS} ids"
            )));
        }
        let snapshot = snapshot(ctx, snapshot_id.as_ref()).await?;
        let roots = of
            .iter()
            .map(|id| find(&snapshot, id))
            .collect::<Result<Vec<_>, _>>()?;
        let phases = phases.map(|phases| {
            let phases: Vec<_> = phases.into_iter().map(Into::into).collect();
            Phases::of(&phases)
        });
        let query = RadiusQuery {
            direction: direction.into(),
            max_depth,
            kinds: kinds.map(|kinds| kinds.into_iter().map(|kind| kind.0).collect()),
            phases,
            limit,
        };
        BlastRadius::of(ctx, snapshot, &roots, &query, fold.as_ref())
    }

    /// Shortest ways from a resource to one that it needs, shortest first; none where it does not need it.
    async fn paths(
        &self,
        ctx: &Context<'_>,
        from: ID,
        to: ID,
        #[graphql(default_with = "Some(3)")] first: Option<i32>,
    ) -> Result<Vec<Path>, Problem> {
        let first = page_size("first", first, 3, MOST_PATHS)?;
        let snapshot = latest(ctx)?;
        let (from, to) = (find(&snapshot, &from)?, find(&snapshot, &to)?);
        let paths = graph::paths(&snapshot, from, to, first);
        take(ctx, paths.iter().map(Vec::len).sum())?;
        let paths = paths.iter();
        Ok(paths
            .map(|links| Path {
                links: Link::all(&snapshot, links),
            })
            .collect())
    }

    /// Groups nested in the order given; `tag` names the key for TAG; `depth` levels are filled; `changedSince` is an earlier snapshot.
    async fn estate(
        &self,
        ctx: &Context<'_>,
        group_by: Vec<GroupBy>,
        tag: Option<String>,
        filter: Option<ResourceFilter>,
        #[graphql(default_with = "Some(3)")] depth: Option<i32>,
        changed_since: Option<ID>,
    ) -> Result<Vec<EstateGroup>, Problem> {
        let depth = page_size("depth", depth, 3, MOST_LEVELS)?;
        if group_by.is_empty() || group_by.len() > MOST_LEVELS {
            return Err(Problem::bad_input(format!(
                "`groupBy` takes 1 to {MOST_LEVELS} levels"
            )));
        }
        if group_by.contains(&GroupBy::Tag) && tag.is_none() {
            return Err(Problem::bad_input(
                "`groupBy` has TAG: give `tag`, the key to group by",
            ));
        }
        let filter = filter.unwrap_or_default().into_filter()?;
        let latest = latest(ctx)?;
        let changes = match &changed_since {
            None => None,
            Some(since) => {
                let before = snapshot(ctx, Some(since)).await?;
                Some(Differences::between(&before, &latest))
            }
        };
        let group_by: Vec<_> = group_by.into_iter().map(Into::into).collect();
        let tag = tag.as_deref();
        let groups =
            graph::estate_changed(&latest, &group_by, tag, &filter, depth, changes.as_ref());
        take(ctx, groups_in(&groups))?;
        Ok(groups.into_iter().map(EstateGroup::from).collect())
    }

    /// What a change would do, worked out on the graph: no change is made to AWS.
    async fn assess(
        &self,
        ctx: &Context<'_>,
        change: ChangeInput,
        #[graphql(name = "snapshot")] snapshot_id: Option<ID>,
    ) -> Result<Assessment, Problem> {
        let snapshot = snapshot(ctx, snapshot_id.as_ref()).await?;
        let judged = Assessment::of(ctx, &snapshot, change)?;
        let message = format!("Judged a change on snapshot {}", snapshot.id());
        caller(ctx)?.note_read(Event::Judged, snapshot.id(), &message);
        Ok(Assessment::new(Arc::new(judged)))
    }

    /// A review by its id; null where it is not kept.
    async fn review(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Review>, Problem> {
        let kept = state(ctx).reviews.get(&id).await?;
        if kept.is_some() {
            let message = format!("Read review {}", *id);
            caller(ctx)?.note_read(Event::ReviewRead, &id, &message);
        }
        Ok(kept.as_deref().map(Review::new))
    }

    /// Reviews, newest first.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Review>, Problem> {
        let first = page_size("first", first, 20, LARGEST_PAGE)?;
        let after = after
            .map(|after| read_cursor::<1>(review::LIST, &after))
            .transpose()?;
        let ids = state(ctx).reviews.ids().await?;
        let before = after.map_or(0, |[seen]| ids.partition_point(|id| *id >= seen));
        let mut page = Vec::new();
        for id in ids.iter().skip(before).take(first) {
            page.extend(Review::listed(ctx, id).await);
        }
        Ok(Connection::new(page, Review::cursor, before, ids.len()))
    }

    /// Best-practice findings, most severe first.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        filter: Option<FindingFilter>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Finding>, Problem> {
        let first = page_size("first", first, 50, LARGEST_PAGE)?;
        let snapshot = latest(ctx)?;
        page_of_findings(&snapshot, filter.as_ref(), first, after.as_deref())
    }

    /// How far the graph can be trusted.
    async fn coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "snapshot")] snapshot_id: Option<ID>,
    ) -> Result<Coverage, Problem> {
        let snapshot = snapshot(ctx, snapshot_id.as_ref()).await?;
        let inventory = snapshot.inventory();
        take(ctx, inventory.scopes.len() + inventory.blind_spots.len())?;
        let problems = state(ctx).app.snapshots.troubles();
        Ok(Coverage { snapshot, problems })
    }

    /// The snapshots that can be asked for by id, newest first; those whose file cannot be read have a `problem`.
    async fn snapshots(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<StoredSnapshot>, Problem> {
        let first = page_size("first", first, 20, LARGEST_PAGE)?;
        let mut snapshots: Vec<StoredSnapshot> = match &state(ctx).app.store {
            None => Vec::new(),
            Some(store) => {
                let listed = store.list_all_snapshots().await;
                let (entries, unreadable) = listed.map_err(|error| store_failed(&error))?;
                let entries = entries.into_iter().map(StoredSnapshot::from);
                let unreadable = unreadable.into_iter().map(StoredSnapshot::from);
                entries.chain(unreadable).collect()
            }
        };
        if let Ok(latest) = latest(ctx)
            && !snapshots.iter().any(|own| own.is_readable(latest.id()))
        {
            // It is in memory, whatever became of its file.
            snapshots.retain(|own| !own.has_id(latest.id()));
            snapshots.push((&*latest).into());
        }
        snapshots.sort_by(StoredSnapshot::newest_first);
        page_of_snapshots(&snapshots, first, after.as_deref())
    }

    /// What changed from one snapshot to another.
    async fn diff(&self, ctx: &Context<'_>, from: ID, to: ID) -> Result<GraphDiff, Problem> {
        let (from, to) = (
            snapshot(ctx, Some(&from)).await?,
            snapshot(ctx, Some(&to)).await?,
        );
        Ok(GraphDiff::between(from, to))
    }

    /// How a resource changed over the snapshots that are kept, newest first: one that is gone, too. `dependents: false` leaves out the links
    /// of those that need it.
    async fn resource_history(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
        #[graphql(default = true)] dependents: bool,
    ) -> Result<ResourceHistory, Problem> {
        ResourceHistory::of(ctx, &id, first, after.as_deref(), dependents).await
    }
}
