//! Reviews: assessments kept for a meeting.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use blastmap_judge as judge;
use time::OffsetDateTime;

use crate::{
    graphql::{
        assessment::{Assessment, RiskLevel},
        connection::write_cursor,
        int,
        pinned::{state, take},
    },
    problem::{Code, Problem},
    reviews::made_at,
};

pub(super) const LIST: char = 'V';

/// An assessment kept with a permalink for a review meeting. It is read when it is asked for.
#[derive(Clone)]
pub(crate) struct Review {
    id: String,
    shown: Result<Arc<judge::ReviewSummary>, Problem>,
}

/// How many of each an assessment holds.
#[derive(SimpleObject)]
struct ReviewCounts {
    /// Changes that change something.
    changes: i32,
    down: i32,
    degraded: i32,
    fails_on_next_start: i32,
    at_risk: i32,
    already_broken: i32,
    risks: i32,
    not_judged: i32,
}

/// What reviewers say of a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "blastmap_judge::Mark")]
pub(crate) enum Mark {
    /// They know, and go on.
    Accepted,
    /// The risk is not there, they say.
    Wrong,
}

/// A risk that reviewers marked.
#[derive(SimpleObject)]
struct RiskMark {
    risk: ID,
    mark: Mark,
    note: Option<String>,
    marked_at: OffsetDateTime,
}

impl Review {
    pub(super) fn new(kept: &judge::Review) -> Self {
        Self {
            id: kept.id.clone(),
            shown: Ok(Arc::new(kept.summary())),
        }
    }

    /// A review of a list: one that cannot be read stays in it. None where it is gone meanwhile.
    pub(super) async fn listed(ctx: &Context<'_>, id: &str) -> Option<Self> {
        let summary = state(ctx).reviews.summary(id).await.transpose()?;
        Some(Self {
            id: id.to_owned(),
            shown: summary,
        })
    }

    pub(super) fn cursor(&self) -> String {
        write_cursor(LIST, &[&self.id])
    }

    fn summary(&self) -> Option<&judge::ReviewSummary> {
        self.shown.as_deref().ok()
    }
}

/// An assessment kept with a permalink for a review meeting.
#[Object]
impl Review {
    /// Its page is `/review/ID`.
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }

    async fn title(&self) -> &str {
        self.summary()
            .map_or("A review that cannot be read", |own| &own.title)
    }

    async fn created_at(&self) -> OffsetDateTime {
        self.summary().map_or_else(
            || made_at(&self.id).unwrap_or(OffsetDateTime::UNIX_EPOCH),
            |own| own.created_at,
        )
    }

    /// The assessment's; null where the review cannot be read.
    async fn risk(&self) -> Option<RiskLevel> {
        self.summary().map(|own| own.level.into())
    }

    /// What the assessment holds, told without reading it; null where the review cannot be read.
    async fn counts(&self) -> Option<ReviewCounts> {
        let counts = self.summary()?.counts;
        Some(ReviewCounts {
            changes: int(counts.changes),
            down: int(counts.down),
            degraded: int(counts.degraded),
            fails_on_next_start: int(counts.fails_on_next_start),
            at_risk: int(counts.at_risk),
            already_broken: int(counts.already_broken),
            risks: int(counts.risks),
            not_judged: int(counts.not_judged),
        })
    }

    /// What the reviewers said of its risks, in the order of the risks.
    async fn marks(&self, ctx: &Context<'_>) -> Result<Vec<RiskMark>, Problem> {
        let marks = state(ctx).reviews.marks(&self.id).await?;
        take(ctx, marks.len())?;
        let marks = marks.into_iter().map(|own| RiskMark {
            risk: ID(own.risk),
            mark: own.mark.into(),
            note: own.note,
            marked_at: own.marked_at,
        });
        Ok(marks.collect())
    }

    /// Why the review cannot be read; null where it can.
    async fn problem(&self) -> Option<&str> {
        let problem = self.shown.as_ref().err();
        problem.map(|problem| problem.message.as_str())
    }

    /// An error where the review cannot be read.
    async fn assessment(&self, ctx: &Context<'_>) -> Result<Assessment, Problem> {
        let kept = state(ctx).reviews.get(&self.id).await?;
        let kept = kept.ok_or_else(|| {
            let message = format!("the review `{}` is not kept any more", self.id);
            Problem::new(Code::NotFound, message)
        })?;
        Ok(Assessment::kept(kept))
    }
}
