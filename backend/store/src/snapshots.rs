//! What is known of a stored snapshot without reading it, and how its names are made.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use blastmap_model::{Inventory, SnapshotChanges};

use crate::StoreError;

/// The folder of snapshots in a store.
pub(crate) const FOLDER: &str = "snapshots";

const SNAPSHOT: &str = ".jsonl.zst";
const ENTRY: &str = ".json";

/// A stored snapshot, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotEntry {
    pub id: String,
    #[serde(with = "time::serde::rfc3339")]
    pub taken_at: OffsetDateTime,
    pub resources: usize,
    pub links: usize,
    /// None for the first, and of files of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<SnapshotChanges>,
    /// The file's size, by which a file that was cut or replaced is known.
    pub bytes: u64,
}

/// A snapshot that is there and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadableSnapshot {
    pub id: String,
    /// Its file; when it was taken is not known.
    pub written_at: OffsetDateTime,
    pub why: String,
}

impl SnapshotEntry {
    pub(crate) fn of(inventory: &Inventory, bytes: u64) -> Self {
        Self {
            id: inventory.id.clone(),
            taken_at: inventory.taken_at,
            resources: inventory.resources().len(),
            links: inventory.links().len(),
            changes: inventory.changes.clone(),
            bytes,
        }
    }
}

/// An id that makes a file name and nothing else.
pub(crate) fn check_id(id: &str) -> Result<(), StoreError> {
    let good = (1..=100).contains(&id.len())
        && !id.starts_with('.')
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if good {
        Ok(())
    } else {
        Err(StoreError::Id(id.chars().take(100).collect()))
    }
}

/// `snapshots/ID.jsonl.zst`
pub(crate) fn snapshot_name(id: &str) -> String {
    format!("{FOLDER}/{id}{SNAPSHOT}")
}

/// `snapshots/ID.json`: the entry, beside its snapshot.
pub(crate) fn entry_name(id: &str) -> String {
    format!("{FOLDER}/{id}{ENTRY}")
}

/// The folder of reviews in a store.
pub(crate) const REVIEWS: &str = "reviews";

const REVIEW: &str = ".review";
const MARKS: &str = ".marks";

/// `reviews/ID.review`
pub(crate) fn review_name(id: &str) -> String {
    format!("{REVIEWS}/{id}{REVIEW}")
}

/// `reviews/ID.json`: what a list shows, beside the review.
pub(crate) fn review_summary_name(id: &str) -> String {
    format!("{REVIEWS}/{id}{ENTRY}")
}

/// `reviews/ID.marks`: what reviewers said of its risks, beside the review.
pub(crate) fn review_marks_name(id: &str) -> String {
    format!("{REVIEWS}/{id}{MARKS}")
}

/// The id in the name of a listed review; none for anything else.
pub(crate) fn id_of_review(name: &str) -> Option<&str> {
    name.strip_suffix(REVIEW).filter(|id| check_id(id).is_ok())
}

/// The id in the name of a listed snapshot; none for anything else.
pub(crate) fn id_of_snapshot(name: &str) -> Option<&str> {
    name.strip_suffix(SNAPSHOT)
        .filter(|id| check_id(id).is_ok())
}

/// The id in the name of a listed entry; none for anything else.
pub(crate) fn id_of_entry(name: &str) -> Option<&str> {
    name.strip_suffix(ENTRY).filter(|id| check_id(id).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_in_their_folder() {
        for id in ["a", "2026-11-23T18.53.00Z", "a..b", "A_b-9"] {
            assert!(check_id(id).is_ok(), "{id}");
        }
        let long = "a".repeat(101);
        for id in [
            "", ".", "..", "../a", "a/b", "a\\b", ".hidden", "a\0b", "a b", "ä", &long,
        ] {
            assert!(matches!(check_id(id), Err(StoreError::Id(_))), "{id}");
        }
    }

    #[test]
    fn names_come_back() {
        assert_eq!(id_of_snapshot("a.jsonl.zst"), Some("a"));
        assert_eq!(id_of_entry("a.json"), Some("a"));
        for name in ["a.json", "a.jsonl", ".jsonl.zst", "readme.txt"] {
            assert_eq!(id_of_snapshot(name), None, "{name}");
        }
        assert_eq!(id_of_entry("a.jsonl.zst"), None);
    }
}
