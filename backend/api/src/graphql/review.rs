//! Reviews: they are kept from a later version on.

use async_graphql::{ID, SimpleObject};
use time::OffsetDateTime;

use crate::graphql::assessment::Assessment;

/// An assessment kept with a permalink for a review meeting.
#[derive(SimpleObject, Clone)]
pub(crate) struct Review {
    pub(super) id: ID,
    pub(super) title: String,
    pub(super) created_at: OffsetDateTime,
    pub(super) assessment: Assessment,
}
