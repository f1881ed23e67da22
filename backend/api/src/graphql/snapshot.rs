//! Snapshots, as a list shows them.

use async_graphql::{ID, SimpleObject};
use blastmap_graph::Snapshot;
use blastmap_judge::Assessment;
use blastmap_model as model;
use blastmap_store::{SnapshotEntry, UnreadableSnapshot};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    graphql::{
        connection::{Connection, read_cursor, write_cursor},
        int,
    },
    history::Kept,
    problem::Problem,
};

const LIST: char = 'S';

/// The graph at one time.
#[derive(SimpleObject, Clone)]
#[graphql(name = "Snapshot")]
pub(crate) struct StoredSnapshot {
    id: ID,
    taken_at: OffsetDateTime,
    resources: i32,
    links: i32,
    /// What changed since the snapshot before, counted when this one was taken; null for the first one, and in files of earlier versions.
    changes: Option<SnapshotChanges>,
    /// Why it cannot be read; null where it can. `takenAt` is then when its file was written, and `resources` and `links` are 0.
    problem: Option<String>,
}

/// How many resources came, went and changed since the snapshot before.
#[derive(SimpleObject, Clone)]
struct SnapshotChanges {
    since: ID,
    added: i32,
    removed: i32,
    changed: i32,
}

impl SnapshotChanges {
    fn of(counted: Option<&model::SnapshotChanges>) -> Option<Self> {
        let counted = counted?;
        Some(Self {
            since: ID(counted.since.clone()),
            added: int(counted.added),
            removed: int(counted.removed),
            changed: int(counted.changed),
        })
    }
}

impl From<&Snapshot> for StoredSnapshot {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            id: ID(snapshot.id().to_owned()),
            taken_at: snapshot.taken_at(),
            resources: int(snapshot.inventory().resources().len()),
            links: int(snapshot.inventory().links().len()),
            changes: SnapshotChanges::of(snapshot.inventory().changes.as_ref()),
            problem: None,
        }
    }
}

impl From<&Kept> for StoredSnapshot {
    fn from(kept: &Kept) -> Self {
        Self {
            id: ID(kept.id.clone()),
            taken_at: kept.taken_at,
            resources: int(kept.resources),
            links: int(kept.links),
            changes: SnapshotChanges::of(kept.changes.as_ref()),
            problem: kept.problem.clone(),
        }
    }
}

impl From<SnapshotEntry> for StoredSnapshot {
    fn from(entry: SnapshotEntry) -> Self {
        Self {
            id: ID(entry.id),
            taken_at: entry.taken_at,
            resources: int(entry.resources),
            links: int(entry.links),
            changes: SnapshotChanges::of(entry.changes.as_ref()),
            problem: None,
        }
    }
}

impl From<UnreadableSnapshot> for StoredSnapshot {
    fn from(own: UnreadableSnapshot) -> Self {
        Self {
            id: ID(own.id),
            taken_at: own.written_at,
            resources: 0,
            links: 0,
            changes: None,
            problem: Some(own.why),
        }
    }
}

impl StoredSnapshot {
    /// The snapshot that an assessment judged against.
    pub(super) fn judged(assessment: &Assessment) -> Self {
        Self {
            id: ID(assessment.snapshot_id.clone()),
            taken_at: assessment.taken_at,
            resources: int(assessment.resources),
            links: int(assessment.links),
            // An assessment is of one snapshot, and does not know the one before.
            changes: None,
            problem: None,
        }
    }

    /// True where it is the one with this id, and can be read.
    pub(super) fn is_readable(&self, id: &str) -> bool {
        self.problem.is_none() && self.has_id(id)
    }

    fn cursor(&self) -> String {
        let time = self.taken_at.format(&Rfc3339).unwrap_or_default();
        write_cursor(LIST, &[&time, &self.id])
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id.as_str() == id
    }

    pub(super) fn newest_first(&self, other: &Self) -> std::cmp::Ordering {
        (other.taken_at, &*other.id).cmp(&(self.taken_at, &*self.id))
    }
}

/// The page after a cursor of snapshots, newest first.
pub(super) fn page_of_snapshots(
    snapshots: &[StoredSnapshot],
    first: usize,
    after: Option<&str>,
) -> Result<Connection<StoredSnapshot>, Problem> {
    let before = match after {
        None => 0,
        Some(cursor) => {
            let [time, id] = read_cursor::<2>(LIST, cursor)?;
            let taken_at = OffsetDateTime::parse(&time, &Rfc3339)
                .map_err(|_no_time| Problem::bad_input("`after` names no time"))?;
            let seen = (taken_at, id.as_str());
            snapshots.partition_point(|snapshot| (snapshot.taken_at, snapshot.id.as_str()) >= seen)
        }
    };
    let page: Vec<StoredSnapshot> = snapshots.iter().skip(before).take(first).cloned().collect();
    Ok(Connection::new(
        page,
        StoredSnapshot::cursor,
        before,
        snapshots.len(),
    ))
}
