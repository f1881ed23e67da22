//! Reviews: assessments kept for a meeting.

use std::sync::Arc;

use async_graphql::{ID, Object};
use blastmap_judge as judge;
use time::OffsetDateTime;

use crate::graphql::{assessment::Assessment, connection::write_cursor};

pub(super) const LIST: char = 'V';

/// An assessment kept with a permalink for a review meeting.
#[derive(Clone)]
pub(crate) struct Review {
    kept: Arc<judge::Review>,
}

impl Review {
    pub(super) fn new(kept: Arc<judge::Review>) -> Self {
        Self { kept }
    }

    pub(super) fn cursor(&self) -> String {
        write_cursor(LIST, &[&self.kept.id])
    }
}

/// An assessment kept with a permalink for a review meeting.
#[Object]
impl Review {
    /// Its page is `/review/ID`.
    async fn id(&self) -> ID {
        ID(self.kept.id.clone())
    }

    async fn title(&self) -> &str {
        &self.kept.title
    }

    async fn created_at(&self) -> OffsetDateTime {
        self.kept.created_at
    }

    async fn assessment(&self) -> Assessment {
        Assessment::new(Arc::clone(&self.kept.assessment))
    }
}
