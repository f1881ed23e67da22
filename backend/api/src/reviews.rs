//! Reviews, in the store; in memory where there is none.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use blastmap_judge::{
    Assessment, Mark, Review, ReviewSummary, RiskMark, marks_from_bytes, marks_to_bytes,
};
use blastmap_store::{Store, StoreError};
use time::{OffsetDateTime, macros::format_description};
use tracing::{error, warn};

use crate::{
    problem::{Code, Problem},
    state::{short, store_failed},
};

/// The most reviews that stay in memory.
const IN_MEMORY: usize = 50;

/// The most reviews of which memory holds what a list shows.
const SUMMARIES: usize = 10_000;

pub(crate) struct Reviews {
    store: Option<Arc<Store>>,
    recent: Mutex<VecDeque<Arc<Review>>>,
    /// Reviews never change, nor does what a list shows of them.
    summaries: Mutex<HashMap<String, Arc<ReviewSummary>>>,
    /// What was said of the reviews in memory, where there is no store.
    marks: Mutex<HashMap<String, Vec<RiskMark>>>,
    /// Marks are read, changed and written by one at a time.
    marking: tokio::sync::Mutex<()>,
}

/// What a reviewer says of a risk: a mark, and a note.
pub(crate) type Said = (Mark, Option<String>);

impl Reviews {
    pub(crate) fn new(store: Option<Arc<Store>>) -> Self {
        Self {
            store,
            recent: Mutex::default(),
            summaries: Mutex::default(),
            marks: Mutex::default(),
            marking: tokio::sync::Mutex::default(),
        }
    }

    /// Keeps an assessment under a new id.
    pub(crate) async fn keep(
        &self,
        title: &str,
        assessment: Assessment,
        now: OffsetDateTime,
    ) -> Result<Arc<Review>, Problem> {
        let review = Arc::new(Review {
            id: new_id(now)?,
            title: short(title),
            created_at: now,
            assessment: Arc::new(assessment),
        });
        if let Some(store) = &self.store {
            let bytes = review.to_bytes().map_err(|error| {
                error!(
                    error = &error as &dyn std::error::Error,
                    "Cannot write a review"
                );
                Problem::new(Code::Internal, "the review could not be written")
            })?;
            store
                .save_review(&review.id, bytes)
                .await
                .map_err(|error| store_failed(&error))?;
            self.keep_summary(store, &review).await;
        }
        self.remember(&review);
        Ok(review)
    }

    /// The review with this id, which may come from outside.
    pub(crate) async fn get(&self, id: &str) -> Result<Option<Arc<Review>>, Problem> {
        let known = self.recent(id);
        if known.is_some() {
            return Ok(known);
        }
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let bytes = match store.load_review(id).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(StoreError::Id(_)) => return Ok(None),
            Err(error) => return Err(store_failed(&error)),
        };
        let read = tokio::task::spawn_blocking(move || Review::from_bytes(&bytes)).await;
        let refuse = |why: String| {
            error!(review.id = id, error = why, "Cannot read review {id}");
            let message = format!("the review `{}` cannot be read: {why}", short(id));
            Problem::new(Code::Internal, message)
        };
        let review = read
            .map_err(|gone| refuse(gone.to_string()))?
            .map_err(|error| refuse(error.to_string()))?;
        // A file that was renamed goes by its name.
        let review = Arc::new(Review {
            id: id.to_owned(),
            ..review
        });
        self.remember(&review);
        Ok(Some(review))
    }

    /// What reviewers said of a review's risks, in the order of the risks.
    pub(crate) async fn marks(&self, id: &str) -> Result<Vec<RiskMark>, Problem> {
        let Some(store) = &self.store else {
            return Ok(self.marks_in_memory().get(id).cloned().unwrap_or_default());
        };
        // Not remembered: other servers may write to the store as well.
        let bytes = match store.load_review_marks(id).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(StoreError::Id(_)) => return Ok(Vec::new()),
            Err(error) => return Err(store_failed(&error)),
        };
        marks_from_bytes(&bytes).map_err(|error| {
            error!(
                review.id = id,
                error = &error as &dyn std::error::Error,
                "Cannot read what was said of review {id}"
            );
            let message = format!(
                "what was said of the review `{}` cannot be read: {error}",
                short(id)
            );
            Problem::new(Code::Internal, message)
        })
    }

    /// Keeps what a reviewer says of a risk, in place of what was said before; nothing takes that back.
    pub(crate) async fn mark(
        &self,
        id: &str,
        risk: &str,
        said: Option<Said>,
        now: OffsetDateTime,
    ) -> Result<Arc<Review>, Problem> {
        let review = self.get(id).await?.ok_or_else(|| {
            let message = format!("there is no review `{}`", short(id));
            Problem::new(Code::NotFound, message)
        })?;
        let risks = &review.assessment.risks;
        if !risks.iter().any(|own| own.id == risk) {
            let message = format!("the review `{id}` has no risk `{}`", short(risk));
            return Err(Problem::new(Code::NotFound, message));
        }
        let _alone = self.marking.lock().await;
        let mut marks = self.marks(id).await?;
        marks.retain(|own| own.risk != risk);
        marks.extend(said.map(|(mark, note)| RiskMark {
            risk: risk.to_owned(),
            mark,
            note,
            marked_at: now,
        }));
        marks.sort_by_key(|own| risks.iter().position(|risk| risk.id == own.risk));
        self.save_marks(id, marks).await?;
        Ok(review)
    }

    async fn save_marks(&self, id: &str, marks: Vec<RiskMark>) -> Result<(), Problem> {
        let Some(store) = &self.store else {
            self.marks_in_memory().insert(id.to_owned(), marks);
            return Ok(());
        };
        let bytes = marks_to_bytes(marks)
            .map_err(|_no_json| Problem::new(Code::Internal, "the mark could not be written"))?;
        store
            .save_review_marks(id, bytes)
            .await
            .map_err(|error| store_failed(&error))
    }

    /// What a list shows of a review: from the small file beside it, or from the review where that is gone.
    pub(crate) async fn summary(&self, id: &str) -> Result<Option<Arc<ReviewSummary>>, Problem> {
        let known = self.summaries().get(id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        if let Some(review) = self.recent(id) {
            return Ok(Some(Arc::new(review.summary())));
        }
        let Some(store) = &self.store else {
            return Ok(None);
        };
        let beside = match store.load_review_summary(id).await {
            Ok(bytes) => bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            Err(StoreError::Id(_)) => return Ok(None),
            Err(error) => return Err(store_failed(&error)),
        };
        if let Some(summary) = beside {
            return Ok(Some(self.remember_summary(id, summary)));
        }
        let Some(review) = self.get(id).await? else {
            return Ok(None);
        };
        Ok(Some(self.keep_summary(store, &review).await))
    }

    /// Writes what a list shows beside the review. Without it the list is slower, not wrong.
    async fn keep_summary(&self, store: &Store, review: &Review) -> Arc<ReviewSummary> {
        let summary = self.remember_summary(&review.id, review.summary());
        let bytes = serde_json::to_vec(&*summary).unwrap_or_default();
        if let Err(error) = store.save_review_summary(&review.id, bytes).await {
            warn!(
                review.id = review.id,
                error = &error as &dyn std::error::Error,
                "Cannot write the summary of review {}: lists read it whole",
                review.id
            );
        }
        summary
    }

    /// The ids of all reviews, newest first.
    pub(crate) async fn ids(&self) -> Result<Vec<String>, Problem> {
        let mut ids = if let Some(store) = &self.store {
            let listed = store.list_reviews().await;
            listed.map_err(|error| store_failed(&error))?
        } else {
            let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.iter().map(|review| review.id.clone()).collect()
        };
        // Ids begin with their time.
        ids.sort_by(|one, other| other.cmp(one));
        Ok(ids)
    }

    fn recent(&self, id: &str) -> Option<Arc<Review>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().find(|review| review.id == id).cloned()
    }

    fn remember(&self, review: &Arc<Review>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|own| own.id != review.id);
        recent.push_front(Arc::clone(review));
        recent.truncate(IN_MEMORY);
        self.marks_in_memory()
            .retain(|id, _| recent.iter().any(|own| own.id == *id));
    }

    fn marks_in_memory(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<RiskMark>>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn summaries(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<ReviewSummary>>> {
        self.summaries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn remember_summary(&self, id: &str, summary: ReviewSummary) -> Arc<ReviewSummary> {
        let summary = Arc::new(summary);
        let mut summaries = self.summaries();
        if summaries.len() >= SUMMARIES {
            summaries.clear();
        }
        summaries.insert(id.to_owned(), Arc::clone(&summary));
        summary
    }
}

/// When a review was made, as far as its id tells.
pub(crate) fn made_at(id: &str) -> Option<OffsetDateTime> {
    let stamp = id.split_once('-').map_or(id, |(stamp, _)| stamp);
    let format =
        format_description!("[year][month][day]T[hour][minute][second][subsecond digits:6]Z");
    let made = time::PrimitiveDateTime::parse(stamp, format).ok()?;
    Some(made.assume_utc())
}

/// `20261126T180012123456Z-5f0c1a...`: sorts by time, and nobody guesses it.
fn new_id(now: OffsetDateTime) -> Result<String, Problem> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)
        .map_err(|_no_entropy| Problem::new(Code::Internal, "no id could be made"))?;
    let stamp = now
        .format(format_description!(
            "[year][month][day]T[hour][minute][second][subsecond digits:6]Z"
        ))
        .unwrap_or_default();
    Ok(format!("{stamp}-{}", hex::encode(random)))
}
