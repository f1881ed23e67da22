//! What changed between two snapshots.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Object, SimpleObject};
use blastmap_graph::{Differences, LinkDifferences, Snapshot, attribute_differences};
use blastmap_model::ResourceIndex;

use crate::{
    graphql::{
        assessment::AttributeChange,
        connection::{LARGEST_PAGE, page_size},
        enums::Kind,
        int,
        link::Link,
        pinned::take,
        resource::Resource,
        snapshot::StoredSnapshot,
    },
    problem::Problem,
};

/// More than any snapshot holds.
const FARTHEST: usize = 1_000_000_000;

/// Two snapshots, and how they differ.
pub(crate) struct GraphDiff {
    from: Arc<Snapshot>,
    to: Arc<Snapshot>,
    resources: Differences,
    /// Worked out when it is asked for.
    links: OnceLock<LinkDifferences>,
}

/// How many resources of a kind came, went and changed.
#[derive(SimpleObject)]
struct KindChange {
    kind: Kind,
    added: i32,
    removed: i32,
    changed: i32,
}

/// A resource of which something else than the time of reading changed.
struct ResourceDiff {
    before: (Arc<Snapshot>, ResourceIndex),
    after: (Arc<Snapshot>, ResourceIndex),
}

/// A resource of which something else than the time of reading changed.
#[Object]
impl ResourceDiff {
    async fn before(&self) -> Resource {
        Resource::new(&self.before.0, self.before.1)
    }

    async fn after(&self) -> Resource {
        Resource::new(&self.after.0, self.after.1)
    }

    /// Changed attributes by their first name, sensitive values redacted; `name`, `presence`, `tags` and the like where these changed.
    async fn attributes(&self) -> Vec<AttributeChange> {
        let ((earlier, before), (later, after)) = (&self.before, &self.after);
        attribute_changes(earlier.resource(*before), later.resource(*after))
    }
}

/// What differs between a resource before and after.
pub(super) fn attribute_changes(
    before: &blastmap_model::Resource,
    after: &blastmap_model::Resource,
) -> Vec<AttributeChange> {
    attribute_differences(before, after)
        .into_iter()
        .map(|difference| AttributeChange {
            name: difference.name,
            before: difference.before,
            after: difference.after,
            unknown: false,
            sensitive: false,
        })
        .collect()
}

impl GraphDiff {
    pub(super) fn between(from: Arc<Snapshot>, to: Arc<Snapshot>) -> Self {
        Self {
            resources: Differences::between(&from, &to),
            links: OnceLock::new(),
            from,
            to,
        }
    }

    fn link_differences(&self) -> &LinkDifferences {
        self.links
            .get_or_init(|| LinkDifferences::between(&self.from, &self.to))
    }
}

/// The part of a list that is asked for, taken into the answer.
fn part<'a, T>(
    ctx: &Context<'_>,
    all: &'a [T],
    first: Option<i32>,
    skip: Option<i32>,
) -> Result<&'a [T], Problem> {
    let first = page_size("first", first, LARGEST_PAGE, LARGEST_PAGE)?;
    let skip = page_size("skip", skip, 0, FARTHEST)?;
    let rest = all.get(skip..).unwrap_or_default();
    let part = &rest[..first.min(rest.len())];
    take(ctx, part.len())?;
    Ok(part)
}

/// What changed from one snapshot to another. Snapshots never change: `skip` what was read before to read on.
#[Object]
impl GraphDiff {
    async fn from(&self) -> StoredSnapshot {
        (&*self.from).into()
    }

    async fn to(&self) -> StoredSnapshot {
        (&*self.to).into()
    }

    /// Resources that only `to` has, in the order of their ids.
    async fn added(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] first: Option<i32>,
        #[graphql(default_with = "Some(0)")] skip: Option<i32>,
    ) -> Result<Vec<Resource>, Problem> {
        let part = part(ctx, &self.resources.added, first, skip)?;
        Ok(Resource::all(&self.to, part.iter().copied()))
    }

    /// Resources that only `from` has, in the order of their ids.
    async fn removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] first: Option<i32>,
        #[graphql(default_with = "Some(0)")] skip: Option<i32>,
    ) -> Result<Vec<Resource>, Problem> {
        let part = part(ctx, &self.resources.removed, first, skip)?;
        Ok(Resource::all(&self.from, part.iter().copied()))
    }

    /// Resources of which something else than the time of reading changed, in the order of their ids.
    async fn changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] first: Option<i32>,
        #[graphql(default_with = "Some(0)")] skip: Option<i32>,
    ) -> Result<Vec<ResourceDiff>, Problem> {
        let part = part(ctx, &self.resources.changed, first, skip)?;
        Ok(part
            .iter()
            .map(|(before, after)| ResourceDiff {
                before: (Arc::clone(&self.from), *before),
                after: (Arc::clone(&self.to), *after),
            })
            .collect())
    }

    /// Links that only `to` has.
    async fn links_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] first: Option<i32>,
        #[graphql(default_with = "Some(0)")] skip: Option<i32>,
    ) -> Result<Vec<Link>, Problem> {
        let part = part(ctx, &self.link_differences().added, first, skip)?;
        Ok(Link::all(&self.to, part))
    }

    /// Links that only `from` has.
    async fn links_removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(1000)")] first: Option<i32>,
        #[graphql(default_with = "Some(0)")] skip: Option<i32>,
    ) -> Result<Vec<Link>, Problem> {
        let part = part(ctx, &self.link_differences().removed, first, skip)?;
        Ok(Link::all(&self.from, part))
    }

    async fn added_count(&self) -> i32 {
        int(self.resources.added.len())
    }

    async fn removed_count(&self) -> i32 {
        int(self.resources.removed.len())
    }

    async fn changed_count(&self) -> i32 {
        int(self.resources.changed.len())
    }

    async fn links_added_count(&self) -> i32 {
        int(self.link_differences().added.len())
    }

    async fn links_removed_count(&self) -> i32 {
        int(self.link_differences().removed.len())
    }

    /// How many resources of each kind were added, removed and changed: most first, kinds without any left out.
    async fn by_kind(&self) -> Vec<KindChange> {
        let kinds = self.resources.by_kind(&self.from, &self.to);
        kinds
            .into_iter()
            .map(|own| KindChange {
                kind: Kind(own.kind),
                added: int(own.added),
                removed: int(own.removed),
                changed: int(own.changed),
            })
            .collect()
    }
}
