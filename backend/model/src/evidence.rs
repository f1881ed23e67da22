//! How we know of a link.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// The API call and the field a link was read from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The API action, e.g. `ecs:DescribeTaskDefinition`.
    pub api: Arc<str>,
    /// The field, e.g. `containerDefinitions[0].secrets[1].valueFrom`.
    pub field: Arc<str>,
    /// True where the link is concluded and not stated by AWS.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inferred: bool,
    /// When it was read, where that differs from the dependent's own time.
    #[serde(
        default,
        with = "time::serde::rfc3339::option",
        skip_serializing_if = "Option::is_none"
    )]
    pub observed_at: Option<OffsetDateTime>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Which API call gave the facts of a resource; some fields may come from a second call.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// The call that gave everything not named below.
    pub api: &'static str,
    /// Beginnings of field names, and the call that gave these.
    pub by_field: &'static [(&'static str, &'static str)],
}

impl Source {
    pub const fn of(api: &'static str) -> Self {
        Self { api, by_field: &[] }
    }

    /// The call that gave `field`.
    pub fn api_of(&self, field: &str) -> &'static str {
        self.by_field
            .iter()
            .find(|(beginning, _)| field.starts_with(beginning))
            .map_or(self.api, |(_, api)| api)
    }
}
