//! What could not be seen, and why.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ResourceKind;

/// A call that failed: the data it would have given is unknown, which is not the same as absent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlindSpot {
    pub account: Arc<str>,
    /// Region code, or `global`.
    pub region: Arc<str>,
    /// The API action that failed, e.g. `ssm:DescribeParameters`.
    pub api: Arc<str>,
    pub reason: BlindSpotReason,
    /// What AWS said, and of which resource, free of anything secret.
    pub message: String,
    /// Which kinds are incomplete because of it.
    #[serde(default)]
    pub kinds: Vec<ResourceKind>,
}

/// Why a call failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BlindSpotReason {
    /// The credentials may not make this call.
    AccessDenied,
    /// Still throttled after all attempts.
    Throttled,
    /// No answer in time, or no connection.
    Timeout,
    /// The API is not offered there.
    Unsupported,
    /// Anything else: the message says what.
    Error,
    /// It is old: the crawl read much less than the one before, whose data was kept, or no crawl has come there for days.
    Stale,
}

impl BlindSpotReason {
    /// Every reason there is.
    pub const ALL: [Self; 6] = [
        Self::AccessDenied,
        Self::Throttled,
        Self::Timeout,
        Self::Unsupported,
        Self::Error,
        Self::Stale,
    ];

    /// The name in the API: `ACCESS_DENIED`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "ACCESS_DENIED",
            Self::Throttled => "THROTTLED",
            Self::Timeout => "TIMEOUT",
            Self::Unsupported => "UNSUPPORTED",
            Self::Error => "ERROR",
            Self::Stale => "STALE",
        }
    }
}
