//! What tells that a file changed.

use std::{fs, path::Path, time::SystemTime};

/// Of a file at one time; two that are equal are most likely of the same content and rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// Which file it is, and when its rights or its place last changed, in seconds and nanoseconds: Unix alone tells.
    place: (u64, i64, i64),
}

impl Stamp {
    /// None where it cannot be seen.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().as_ref().map(Self::of_metadata)
    }

    pub(crate) fn of_metadata(metadata: &fs::Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            place: place(metadata),
        }
    }
}

#[cfg(unix)]
fn place(metadata: &fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn place(_: &fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

/// What was seen last of files that are read again when they change.
pub(crate) struct Seen<S> {
    stamp: S,
    /// Why they could not be used: then they are tried again, changed or not.
    failed: Option<String>,
}

impl<S: PartialEq> Seen<S> {
    pub(crate) fn new(stamp: S) -> Self {
        Self {
            stamp,
            failed: None,
        }
    }

    /// Whether there is nothing to read again.
    pub(crate) fn is_last(&self, stamp: &S) -> bool {
        self.failed.is_none() && self.stamp == *stamp
    }

    /// They could not be used; true where that was not said before.
    pub(crate) fn failed(&mut self, why: String) -> bool {
        let is_news = self.failed.as_ref() != Some(&why);
        self.failed = Some(why);
        is_news
    }
}
