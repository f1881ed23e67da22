//! How often the store failed, for who operates this.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::StoreError;

/// What was done to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Read,
    Write,
    List,
    Delete,
}

/// Failures so far, by what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreErrors {
    pub read: u64,
    pub write: u64,
    pub list: u64,
    pub delete: u64,
}

/// Counts failures of one place.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    read: AtomicU64,
    write: AtomicU64,
    list: AtomicU64,
    delete: AtomicU64,
}

impl Failures {
    /// Passes a result on, and counts it if it is a failure.
    pub(crate) fn of<T>(
        &self,
        operation: Operation,
        result: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if result.is_err() {
            let counter = match operation {
                Operation::Read => &self.read,
                Operation::Write => &self.write,
                Operation::List => &self.list,
                Operation::Delete => &self.delete,
            };
            counter.fetch_add(1, Ordering::Relaxed);
        }
        result
    }

    pub(crate) fn counts(&self) -> StoreErrors {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        StoreErrors {
            read: read(&self.read),
            write: read(&self.write),
            list: read(&self.list),
            delete: read(&self.delete),
        }
    }
}
