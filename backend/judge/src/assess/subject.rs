//! All needs of one resource in one phase, judged together.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, ResourceIndex, ResourceKind};

use crate::{
    Launch,
    needs::{self, Need, Subject},
    verdict::{Answer, Reason, Verdict},
};

/// The needs of a resource in a phase, all of them.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// The reasons of the verdict, each with its need, in the order of the needs.
    pub(super) causes: Vec<Cause>,
    /// What was read for it.
    pub(super) read: BTreeSet<ResourceIndex>,
}

/// Why a need is not met.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub(super) need: &'static Need,
    pub(super) reason: Reason,
}

impl Judged {
    pub(super) fn met() -> Self {
        Self {
            verdict: Verdict::met(),
            causes: Vec::new(),
            read: BTreeSet::new(),
        }
    }

    fn all(verdicts: Vec<(&'static Need, Verdict)>, read: BTreeSet<ResourceIndex>) -> Self {
        let worst = verdicts.iter().map(|(_, verdict)| verdict.answer).max();
        let worst = worst.unwrap_or(Answer::Met);
        let deciding = verdicts
            .iter()
            .filter(|(_, verdict)| verdict.answer == worst && worst != Answer::Met);
        let causes = deciding
            .flat_map(|(need, verdict)| {
                let reasons = verdict.reasons.iter().cloned();
                reasons.map(|reason| Cause { need, reason })
            })
            .collect();
        // A need that is unmet for the whole leaves no share.
        let unmet = verdicts
            .iter()
            .filter(|(_, verdict)| verdict.answer == Answer::Unmet)
            .map(|(_, verdict)| verdict.share);
        let share = unmet
            .reduce(|one, other| match (one, other) {
                (Some(one), Some(other)) => Some(one.max(other)),
                _ => None,
            })
            .flatten();
        Self {
            verdict: Verdict {
                share,
                ..Verdict::all(verdicts.into_iter().map(|(_, verdict)| verdict))
            },
            causes,
            read,
        }
    }
}

/// Whether tasks could be started by this subject. Nothing to start is nothing to fail.
pub(super) fn start(estate: &Overlay<'_>, subject: ResourceIndex) -> Judged {
    estate.watch();
    let launches = Launch::of(estate, subject);
    let mut verdicts = Vec::new();
    for need in needs::ALL {
        if let Subject::Start(judge) = need.subject {
            let each = launches.iter().map(|launch| judge(estate, launch));
            verdicts.push((need, Verdict::all(each)));
        }
    }
    Judged::all(verdicts, estate.unwatch())
}

/// The needs of a resource itself in one phase.
pub(super) fn own(estate: &Overlay<'_>, subject: ResourceIndex, phase: Phase) -> Judged {
    let kind: ResourceKind = estate.kind(subject);
    estate.watch();
    let mut verdicts = Vec::new();
    for need in needs::ALL {
        if let Subject::Of(kinds, judge) = need.subject
            && need.phase == phase
            && kinds.contains(&kind)
        {
            verdicts.push((need, judge(estate, subject)));
        }
    }
    Judged::all(verdicts, estate.unwatch())
}

impl Judged {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        if other.verdict.is_met() {
            return Self {
                read: self.read.union(&other.read).copied().collect(),
                ..self
            };
        }
        let worst = self.verdict.answer.max(other.verdict.answer);
        let read = self.read.union(&other.read).copied().collect();
        let (mut causes, mut share) = (Vec::new(), None);
        for part in [&self, &other] {
            if part.verdict.answer == worst {
                causes.extend(part.causes.iter().cloned());
                share = part.verdict.share;
            }
        }
        Self {
            verdict: Verdict {
                share,
                ..Verdict::all([self.verdict, other.verdict])
            },
            causes,
            read,
        }
    }
}
