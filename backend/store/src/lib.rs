//! Named bytes in a folder, in S3 or in memory: snapshots, reviews, and the key of fingerprints.
//!
//! Nothing half-written is ever seen: a folder's files come to be by rename, a bucket's objects whole.
//! What must happen once (the key) and what several change (the manifest) is a conditional write.

mod bucket;
mod error;
mod errors;
mod fingerprint_key;
mod folder;
mod location;
mod manifest;
mod memory;
mod place;
mod retention;
mod shared;
mod snapshots;
mod store;

pub use bucket::{CredentialError, CredentialSource, S3Keys, S3Settings};
pub use error::{Refused, StoreError};
pub use errors::StoreErrors;
pub use fingerprint_key::read_fingerprint_key;
pub use retention::{KEPT_DAYS, KEPT_SNAPSHOTS, Retention};
pub use shared::Seen;
pub use snapshots::{SnapshotEntry, UnreadableSnapshot};
pub use store::Store;
