//! What the server asks of whoever crawls.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::sync::watch;

/// A crawl that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrawlRun {
    pub id: String,
    pub started_at: OffsetDateTime,
}

/// How far a crawl has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CrawlProgress {
    /// The id of its run.
    pub run: String,
    pub scopes_done: usize,
    pub scopes_total: usize,
    /// Calls made so far.
    pub api_calls: usize,
    /// Resources found so far.
    pub resources: usize,
    pub finished: bool,
}

/// Crawls since the server started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CrawlCounts {
    /// Ended with a snapshot.
    pub succeeded: u64,
    /// Ended without one.
    pub failed: u64,
    /// Calls to AWS, of all crawls that succeeded.
    pub api_calls: u64,
    /// Whether one is under way.
    pub running: bool,
    /// How long the last took that ended, however it ended.
    pub last_took: Option<Duration>,
    /// Requests to AWS, of all crawls.
    pub requests: RequestCounts,
}

/// Requests to AWS by what became of them, retries included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RequestCounts {
    pub answered: u64,
    /// Denied, or wrong.
    pub refused: u64,
    pub throttled: u64,
    /// A server's error, or no answer in time.
    pub failed: u64,
    /// Of all these, those that repeat an earlier one.
    pub repeated: u64,
}

/// Why no crawl was started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct CrawlRefused {
    /// One sentence, with what to do.
    pub reason: String,
}

/// Whoever crawls.
pub trait Crawl: Send + Sync {
    /// Starts a crawl, or returns the one under way.
    fn start(&self) -> Result<CrawlRun, CrawlRefused>;

    /// How far the crawl under way, or the last one, has come; none before the first.
    fn progress(&self) -> watch::Receiver<Option<CrawlProgress>>;

    /// For the metrics.
    fn counts(&self) -> CrawlCounts {
        CrawlCounts::default()
    }
}
