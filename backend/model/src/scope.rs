//! An account and a region: what one crawl covers.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::KeptScope;

/// The region of what has none, such as IAM.
pub const GLOBAL: &str = "global";

/// An account and a region, or an account's global services.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Twelve-digit account id.
    pub account: Arc<str>,
    /// Region code, or [`GLOBAL`].
    pub region: Arc<str>,
}

impl Scope {
    pub fn new(account: &str, region: &str) -> Self {
        Self {
            account: account.into(),
            region: region.into(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.account, self.region)
    }
}

/// When and how a scope was crawled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeRecord {
    #[serde(flatten)]
    pub scope: Scope,
    /// When its crawl ended.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub crawled_at: Option<OffsetDateTime>,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Calls made, retries included.
    #[serde(default)]
    pub api_calls: u64,
    /// Where its data is older than the snapshot's: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<KeptScope>,
}
