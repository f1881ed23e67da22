//! The snapshot that is answered from, and word of each new one.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwapOption;
use blastmap_graph::{Snapshot, count_changes};
use tokio::sync::watch;

/// A new snapshot, and how much of the graph it changed.
#[derive(Debug, Clone)]
pub struct Change {
    pub snapshot: Arc<Snapshot>,
    /// Resources that were not there before.
    pub added: usize,
    /// Resources that are gone.
    pub removed: usize,
    /// Resources of which something else than the time of reading changed.
    pub changed: usize,
}

/// What the server may have to go on without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// The store: snapshots are not kept, or not read.
    Store,
    /// Memory: a snapshot is too large to be shown.
    Memory,
}

/// Hands the newest snapshot to whoever reads, without making anybody wait.
pub struct Snapshots {
    latest: ArcSwapOption<Snapshot>,
    changes: watch::Sender<Option<Change>>,
    troubles: Mutex<BTreeMap<Trouble, String>>,
}

impl Snapshots {
    pub fn new() -> Self {
        Self {
            latest: ArcSwapOption::empty(),
            changes: watch::Sender::new(None),
            troubles: Mutex::default(),
        }
    }

    /// From now on requests see this snapshot; those under way keep theirs. One caller at a time: the crawler.
    pub fn publish(&self, snapshot: Snapshot) -> Arc<Snapshot> {
        let snapshot = Arc::new(snapshot);
        let before = self.latest.swap(Some(Arc::clone(&snapshot)));
        let (added, removed, changed) = match &before {
            None => (snapshot.inventory().resources().len(), 0, 0),
            Some(before) => {
                let own = snapshot.inventory();
                let counted = own.changes.clone();
                let counted = counted
                    .filter(|counted| counted.since == before.id())
                    .unwrap_or_else(|| count_changes(before.inventory(), own));
                (counted.added, counted.removed, counted.changed)
            }
        };
        self.changes.send_replace(Some(Change {
            snapshot: Arc::clone(&snapshot),
            added,
            removed,
            changed,
        }));
        snapshot
    }

    /// None until the first is there.
    pub fn latest(&self) -> Option<Arc<Snapshot>> {
        self.latest.load_full()
    }

    /// What the server goes on without from now on: one sentence, with what to do.
    pub fn trouble(&self, trouble: Trouble, what: String) {
        self.known_troubles().insert(trouble, what);
    }

    /// That is over.
    pub fn no_trouble(&self, trouble: Trouble) {
        self.known_troubles().remove(&trouble);
    }

    /// What the server goes on without.
    pub fn troubles(&self) -> Vec<String> {
        self.known_troubles().values().cloned().collect()
    }

    fn known_troubles(&self) -> MutexGuard<'_, BTreeMap<Trouble, String>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Word of each new snapshot; who is slow sees the newest only.
    pub fn changes(&self) -> watch::Receiver<Option<Change>> {
        self.changes.subscribe()
    }
}

impl Default for Snapshots {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Snapshots {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Snapshots")
            .field("latest", &self.latest())
            .finish_non_exhaustive()
    }
}
