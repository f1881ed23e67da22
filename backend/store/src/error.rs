//! What can go wrong with a store, on which name, and what to do.

use std::{error::Error, fmt, io};

/// A snapshot that is there and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The file's name, such as `snapshots/2026-11-23.jsonl.zst`.
    pub name: String,
    /// What is wrong with it: `is cut short: ...`.
    pub why: String,
}

impl Refused {
    /// True for one that is whole, and more than `--max-memory` has room for.
    pub fn is_too_large(&self) -> bool {
        self.why.contains("--max-memory")
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}", self.name, self.why)
    }
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("`{0}` is not a store: give a folder, file:///folder or s3://bucket/prefix")]
    Url(String),
    #[error("the store `{0}` needs AWS credentials: sign in, or choose a profile with AWS_PROFILE")]
    NoCredentials(String),
    #[error("the store `{url}` cannot be set up")]
    Settings {
        url: String,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    #[error(
        "cannot {action} `{name}` in the folder {folder}: {}",
        folder_advice(source)
    )]
    Folder {
        action: &'static str,
        name: String,
        folder: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "cannot {action} `{name}` in {bucket}: check the bucket, the region and that the credentials may do this"
    )]
    Bucket {
        action: &'static str,
        name: String,
        bucket: String,
        #[source]
        source: Box<object_store::Error>,
    },
    #[error("`{0}` cannot be a snapshot's id: letters, digits, `-`, `_` and `.`, at most 100")]
    Id(String),
    #[error("there is no snapshot `{id}` in {place}")]
    Unknown { id: String, place: String },
    #[error("snapshot {0}")]
    Refused(Refused),
    #[error("snapshot `{id}` cannot be written")]
    Encode {
        id: String,
        #[source]
        source: io::Error,
    },
    #[error(
        "`{name}` in {place} does not hold 64 hexadecimal digits: restore it, or delete it for a new key, with which fingerprints change"
    )]
    Key { name: String, place: String },
    #[error(
        "`{name}` in {place} was changed by others each time: crawl again, with fewer crawls at once"
    )]
    Contended { name: String, place: String },
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}

/// Too many open files, of the process and of the system: the same numbers on Linux and macOS. There is no kind for them, and whoever
/// names the path of a temporary file in an error leaves the number in its text alone.
fn is_out_of_descriptors(error: &io::Error) -> bool {
    let text = error.to_string();
    [24, 23].into_iter().any(|number| {
        error.raw_os_error() == Some(number) || text.contains(&format!("(os error {number})"))
    })
}

fn folder_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "let this user read and write there",
        io::ErrorKind::ReadOnlyFilesystem => "choose a folder that can be written",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "free some space"
        }
        io::ErrorKind::NotADirectory => "choose a folder, not a file",
        _ if is_out_of_descriptors(error) => "let the process open more files (ulimit -n)",
        _ => "check that it is a folder that can be read and written",
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}
