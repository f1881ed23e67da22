//! A review as bytes: one line of JSON with the assessment, then the part of the estate that it speaks of, as a compressed snapshot
//! file. It reads the same when the snapshot that was judged is long gone.

use std::sync::Arc;

use blastmap_change::Change;
use blastmap_graph::Snapshot;
use blastmap_model::{BlindSpot, ResourceIndex, record};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    assess::{Assessment, Excerpt, Impact, Outcome},
    risks::{Level, Risk},
};

/// The format's version, in the first line.
const VERSION: u32 = 1;

/// An assessment kept for a review meeting.
pub struct Review {
    pub id: String,
    pub title: String,
    pub created_at: OffsetDateTime,
    pub assessment: Arc<Assessment>,
}

/// What a list shows of a review, told without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewSummary {
    pub title: String,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    pub level: Level,
    pub counts: ReviewCounts,
}

/// How many of each an assessment holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewCounts {
    /// Changes that change something.
    pub changes: usize,
    pub down: usize,
    pub degraded: usize,
    pub fails_on_next_start: usize,
    pub at_risk: usize,
    pub already_broken: usize,
    pub risks: usize,
    pub not_judged: usize,
}

/// Why bytes are no review.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    #[error("it is not a review")]
    NotAReview,
    #[error("it was written by a newer blastmap: its version is {0}")]
    Newer(u32),
    #[error("its part of the estate cannot be read")]
    Estate(#[source] record::RecordError),
    #[error("it names a resource that is not in it")]
    Place,
    #[error("it cannot be written")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    review: u32,
    id: String,
    title: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    owner_keys: Vec<String>,
    changes: Vec<(Change, Option<ResourceIndex>)>,
    level: Level,
    risks: Vec<Risk>,
    impacts: Vec<Impact>,
    already_broken: Vec<Impact>,
    mended: Vec<Impact>,
    roots: Vec<ResourceIndex>,
    blind_spots: Vec<BlindSpot>,
    #[serde(default)]
    notes: Vec<String>,
    snapshot_id: String,
    #[serde(with = "time::serde::rfc3339")]
    taken_at: OffsetDateTime,
    resources: usize,
    links: usize,
}

impl Review {
    /// What a list shows of it.
    pub fn summary(&self) -> ReviewSummary {
        let own = &self.assessment;
        let hit = |outcome| {
            let hits = own.impacts.iter();
            hits.filter(|impact| impact.outcome == outcome).count()
        };
        let changes = own.changes.iter();
        ReviewSummary {
            title: self.title.clone(),
            created_at: self.created_at,
            level: own.level,
            counts: ReviewCounts {
                changes: changes
                    .filter(|(change, _)| change.action.changes_something())
                    .count(),
                down: hit(Outcome::Down),
                degraded: hit(Outcome::Degraded),
                fails_on_next_start: hit(Outcome::FailsOnNextStart),
                at_risk: hit(Outcome::AtRisk),
                already_broken: own.already_broken.len(),
                risks: own.risks.len(),
                not_judged: own.not_judged().count(),
            },
        }
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ReviewError> {
        let own = &self.assessment;
        let head = Head {
            review: VERSION,
            id: self.id.clone(),
            title: self.title.clone(),
            created_at: self.created_at,
            owner_keys: own.excerpt.snapshot().owner_keys().to_vec(),
            changes: own.changes.clone(),
            level: own.level,
            risks: own.risks.clone(),
            impacts: own.impacts.clone(),
            already_broken: own.already_broken.clone(),
            mended: own.mended.clone(),
            roots: own.roots.clone(),
            blind_spots: own.blind_spots.clone(),
            notes: own.notes.clone(),
            snapshot_id: own.snapshot_id.clone(),
            taken_at: own.taken_at,
            resources: own.resources,
            links: own.links,
        };
        let mut bytes =
            serde_json::to_vec(&head).map_err(|error| ReviewError::Write(error.into()))?;
        bytes.push(b'\n');
        record::write_compressed(own.excerpt.snapshot().inventory(), &mut bytes)
            .map_err(|error| ReviewError::Write(error.into()))?;
        Ok(bytes)
    }

    /// Reads what was kept. Files may be cut or made up: whatever they hold, a review is whole or refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReviewError> {
        let end = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(ReviewError::NotAReview)?;
        let (line, estate) = bytes.split_at(end + 1);
        let version: serde_json::Value =
            serde_json::from_slice(line).map_err(|_any| ReviewError::NotAReview)?;
        match version.get("review").and_then(serde_json::Value::as_u64) {
            None => return Err(ReviewError::NotAReview),
            Some(version) if version > u64::from(VERSION) => {
                return Err(ReviewError::Newer(
                    u32::try_from(version).unwrap_or(u32::MAX),
                ));
            }
            Some(_) => {}
        }
        let head: Head = serde_json::from_slice(line).map_err(|_any| ReviewError::NotAReview)?;
        let inventory = record::read(estate).map_err(ReviewError::Estate)?;
        let count = inventory.resources().len();
        if head.places().any(|place| place.as_usize() >= count) {
            return Err(ReviewError::Place);
        }
        let snapshot = Arc::new(Snapshot::new(inventory, head.owner_keys));
        Ok(Self {
            id: head.id,
            title: head.title,
            created_at: head.created_at,
            assessment: Arc::new(Assessment {
                excerpt: Excerpt::kept(snapshot),
                changes: head.changes,
                level: head.level,
                risks: head.risks,
                impacts: head.impacts,
                already_broken: head.already_broken,
                mended: head.mended,
                roots: head.roots,
                blind_spots: head.blind_spots,
                notes: head.notes,
                snapshot_id: head.snapshot_id,
                taken_at: head.taken_at,
                resources: head.resources,
                links: head.links,
            }),
        })
    }
}

impl Head {
    fn places(&self) -> impl Iterator<Item = ResourceIndex> {
        let impacts = [&self.impacts, &self.already_broken, &self.mended];
        let of_impacts = impacts.into_iter().flatten().flat_map(|impact| {
            let about = impact.about.into_iter().chain(impact.from.iter().copied());
            about.chain([impact.resource])
        });
        let of_risks = self.risks.iter().flat_map(|risk| {
            let affected = risk.affected.iter().copied();
            affected.chain(risk.resource)
        });
        let of_changes = self.changes.iter().filter_map(|(_, place)| *place);
        let roots = self.roots.iter().copied();
        of_impacts.chain(of_risks).chain(of_changes).chain(roots)
    }
}
