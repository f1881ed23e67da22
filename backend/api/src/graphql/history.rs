//! How a resource changed over the snapshots that are kept.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use blastmap_graph::{LinkIndex, Snapshot};
use blastmap_model::{Inventory, NamedLink};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    graphql::{
        assessment::AttributeChange,
        connection::{LARGEST_PAGE, PageInfo, page_size, read_cursor, write_cursor},
        diff::attribute_changes,
        int,
        link::Link,
        pinned::{latest, state, take},
        resource::Resource,
        snapshot::StoredSnapshot,
    },
    history::{Entry, Event, Kept, Page, Question},
    problem::Problem,
};

const LIST: char = 'H';

/// The most entries of one answer.
const MOST_ENTRIES: usize = 100;

/// A part of a history.
pub(crate) struct ResourceHistory {
    page: Page,
    /// True where this part is not the first.
    goes_on: bool,
}

/// Something that happened to a resource.
struct HistoryEntry(Arc<Entry>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Event")]
enum HistoryEvent {
    /// It is in this snapshot and not in the one before.
    Added,
    /// Something else than the time of reading changed, or a link came or went.
    Changed,
    /// It is not in this snapshot, and was in the one before.
    Removed,
    /// The oldest snapshot that is kept has it: when it came is not known.
    FirstKnown,
    /// This snapshot cannot be read: what is told of the next may have happened here.
    Unreadable,
}

impl ResourceHistory {
    pub(super) async fn of(
        ctx: &Context<'_>,
        id: &ID,
        first: Option<i32>,
        after: Option<&str>,
        dependents: bool,
    ) -> Result<Self, Problem> {
        let first = page_size("first", first, 20, MOST_ENTRIES)?;
        take(ctx, first)?;
        let seen = after.map(read_place).transpose()?;
        let newest = latest(ctx).ok();
        let question = Question {
            id,
            first,
            after: seen.as_ref().map(|(time, id)| (*time, id.as_str())),
            dependents,
        };
        let page = state(ctx).history.of(newest.as_deref(), &question).await?;
        Ok(Self {
            page,
            goes_on: after.is_some(),
        })
    }
}

fn read_place(cursor: &str) -> Result<(OffsetDateTime, String), Problem> {
    let [time, id] = read_cursor::<2>(LIST, cursor)?;
    let time = OffsetDateTime::parse(&time, &Rfc3339)
        .map_err(|_no_time| Problem::bad_input("`after` names no time"))?;
    Ok((time, id))
}

fn write_place(kept: &Kept) -> String {
    let time = kept.taken_at.format(&Rfc3339).unwrap_or_default();
    write_cursor(LIST, &[&time, &kept.id])
}

/// How a resource changed over the snapshots that are kept.
#[Object]
impl ResourceHistory {
    /// Newest first. One answer reads at most 30 snapshots: it may hold fewer entries than asked for, and `pageInfo` says that there are more.
    async fn entries(&self) -> Vec<HistoryEntry> {
        let entries = self.page.entries.iter();
        entries
            .map(|entry| HistoryEntry(Arc::clone(entry)))
            .collect()
    }

    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.page.more,
            has_previous_page: self.goes_on,
            start_cursor: self
                .page
                .entries
                .first()
                .map(|entry| write_place(&entry.snapshot)),
            end_cursor: self.page.seen.as_ref().map(write_place),
        }
    }

    /// How many snapshots are kept, and so can tell.
    async fn snapshots(&self) -> i32 {
        int(self.page.snapshots)
    }
}

/// What happened to a resource from one kept snapshot to the next.
///
/// Resources in it have only those links that are told here.
#[Object]
impl HistoryEntry {
    async fn event(&self) -> HistoryEvent {
        self.0.event.into()
    }

    /// The snapshot in which it shows first; UNREADABLE: the one that cannot be read.
    async fn snapshot(&self) -> StoredSnapshot {
        (&self.0.snapshot).into()
    }

    /// The snapshot before, with which it is compared; null where there is none that can be read.
    async fn before(&self) -> Option<StoredSnapshot> {
        self.0.before.as_ref().map(StoredSnapshot::from)
    }

    /// The resource as `snapshot` has it; where it was removed, as the one before has it; null where nothing could be read.
    async fn resource(&self, ctx: &Context<'_>) -> Result<Option<Resource>, Problem> {
        let entry = &self.0;
        let later = entry
            .later
            .resource
            .as_ref()
            .map(|own| (own, &entry.snapshot));
        let earlier = || Some((entry.earlier.resource.as_ref()?, entry.before.as_ref()?));
        let Some((own, kept)) = later.or_else(earlier) else {
            return Ok(None);
        };
        let alone = Inventory::new(
            kept.id.clone(),
            kept.taken_at,
            Vec::new(),
            Vec::new(),
            vec![own.clone()],
            Vec::new(),
        );
        let snapshot = alone.map(|alone| small(ctx, alone)).ok();
        Ok(snapshot.and_then(|snapshot| {
            let place = snapshot.inventory().find(own.id.as_str())?;
            Some(Resource::new(&snapshot, place))
        }))
    }

    /// Changed attributes by their first name; `name`, `presence`, `tags` and the like where these changed.
    async fn attributes(&self) -> Vec<AttributeChange> {
        match (&self.0.earlier.resource, &self.0.later.resource) {
            (Some(before), Some(after)) => attribute_changes(before, after),
            _ => Vec::new(),
        }
    }

    /// Links from and to it that came.
    async fn links_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(100)")] first: Option<i32>,
    ) -> Result<Vec<Link>, Problem> {
        let kept = Some(&self.0.snapshot);
        links(ctx, kept, &self.0.links_added, first).await
    }

    async fn links_added_count(&self) -> i32 {
        int(self.0.links_added.len())
    }

    /// Links from and to it that went.
    async fn links_removed(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(100)")] first: Option<i32>,
    ) -> Result<Vec<Link>, Problem> {
        let kept = self.0.before.as_ref();
        links(ctx, kept, &self.0.links_removed, first).await
    }

    async fn links_removed_count(&self) -> i32 {
        int(self.0.links_removed.len())
    }

    /// UNREADABLE: why.
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }
}

/// The first of some links of a snapshot, with their ends.
async fn links(
    ctx: &Context<'_>,
    kept: Option<&Kept>,
    links: &[NamedLink],
    first: Option<i32>,
) -> Result<Vec<Link>, Problem> {
    let first = page_size("first", first, 100, LARGEST_PAGE)?;
    let links = &links[..first.min(links.len())];
    let Some(kept) = kept.filter(|_| !links.is_empty()) else {
        return Ok(Vec::new());
    };
    take(ctx, links.len())?;
    let newest = latest(ctx).ok();
    let ended = state(ctx).history.with_ends(newest.as_deref(), kept, links);
    let snapshot = small(ctx, ended.await?);
    let count = u32::try_from(links.len()).unwrap_or(u32::MAX);
    let all: Vec<LinkIndex> = (0..count).map(LinkIndex).collect();
    Ok(Link::all(&snapshot, &all))
}

/// A few resources that answer as those of a whole snapshot do.
fn small(ctx: &Context<'_>, inventory: Inventory) -> Arc<Snapshot> {
    let owner_keys = state(ctx).app.settings.owner_keys.clone();
    Arc::new(Snapshot::new(inventory, owner_keys))
}
