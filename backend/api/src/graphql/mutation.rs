//! The root of mutations: none of them changes anything in AWS.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use time::OffsetDateTime;
use tracing::Instrument as _;

use crate::{
    auth::{Role, audit::Event},
    graphql::{
        assessment::{Assessment, ChangeInput},
        pinned::{caller, latest, state},
        review::{Mark, Review},
    },
    problem::{Code, Problem},
};

/// The most characters of what a reviewer notes of a risk.
const LONGEST_NOTE: usize = 2000;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Mutation;

/// A crawl that was started.
#[derive(SimpleObject)]
struct CrawlRun {
    id: ID,
    started_at: OffsetDateTime,
}

#[Object]
impl Mutation {
    /// Starts a crawl, or returns the one under way.
    async fn crawl(&self, ctx: &Context<'_>) -> Result<CrawlRun, Problem> {
        let caller = caller(ctx)?;
        caller.must_be(Role::Operator, "starting a crawl")?;
        let crawl = state(ctx).app.crawl.as_ref().ok_or_else(|| {
            Problem::new(
                Code::Forbidden,
                "this server does not crawl: it serves a file that stays as it is",
            )
        })?;
        let run = crawl
            .start()
            .map_err(|refused| Problem::new(Code::Forbidden, refused.reason))?;
        caller.note(
            Event::Crawl,
            &run.id,
            &format!("Asked for crawl {}", run.id),
        );
        Ok(CrawlRun {
            id: ID(run.id),
            started_at: run.started_at,
        })
    }

    /// Assesses a change for a review meeting, and keeps the answer.
    async fn create_review(
        &self,
        ctx: &Context<'_>,
        title: String,
        change: ChangeInput,
    ) -> Result<Review, Problem> {
        let caller = caller(ctx)?;
        if title.trim().is_empty() {
            return Err(Problem::bad_input(
                "`title` is empty: say what the change is for",
            ));
        }
        let assessment = Assessment::of(ctx, &*latest(ctx)?, change)?;
        let now = OffsetDateTime::now_utc();
        let (state, caller) = (Arc::clone(state(ctx)), caller.clone());
        let kept = to_its_end(async move {
            let kept = state.reviews.keep(title.trim(), assessment, now).await?;
            let message = format!("Made review {}", kept.id);
            caller.note(Event::ReviewMade, &kept.id, &message);
            Ok(kept)
        });
        let kept = kept.await?;
        Ok(Review::new(&kept))
    }

    /// Keeps what the reviewers think of a risk: printed in the review's reports. `mark: null` takes it back.
    async fn mark_risk(
        &self,
        ctx: &Context<'_>,
        review: ID,
        risk: ID,
        mark: Option<Mark>,
        note: Option<String>,
    ) -> Result<Review, Problem> {
        let caller = caller(ctx)?;
        let note = note.map(|note| note.trim().to_owned());
        let note = note.filter(|note| !note.is_empty());
        let letters = note.as_ref().map_or(0, |note| note.chars().count());
        if letters > LONGEST_NOTE {
            return Err(Problem::bad_input(format!(
                "`note` has {letters} characters: give at most {LONGEST_NOTE}"
            )));
        }
        let name = mark.map_or("null", |mark| blastmap_judge::Mark::from(mark).name());
        let length = note.as_ref().map_or_else(String::new, |_| {
            format!(" with a note of {letters} characters")
        });
        let said = mark.map(|mark| (mark.into(), note));
        let now = OffsetDateTime::now_utc();
        let (state, caller) = (Arc::clone(state(ctx)), caller.clone());
        let kept = to_its_end(async move {
            let kept = state.reviews.mark(&review, &risk, said, now).await?;
            let message = format!(
                "Marked risk {} of review {}: {name}{length}",
                *risk, *review
            );
            caller.note(
                Event::RiskMarked,
                &format!("{} {}", *review, *risk),
                &message,
            );
            Ok(kept)
        });
        let kept = kept.await?;
        Ok(Review::new(&kept))
    }
}

/// What is written is noted, too, though whoever asked for it is given up meanwhile.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::spawn(work.in_current_span()).await;
    done.unwrap_or_else(|gone| std::panic::resume_unwind(gone.into_panic()))
}
