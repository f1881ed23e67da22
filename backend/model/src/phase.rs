//! When a dependent needs its dependency.

use std::fmt;

use serde::{Deserialize, Serialize};

/// When the dependent needs the dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Placing, pulling, fetching secrets: before the container runs.
    Start,
    /// While it runs.
    Run,
    /// Traffic reaches it through this.
    Traffic,
    /// Rolling out a new revision.
    Deploy,
    /// Adding or removing tasks.
    Scale,
    /// Being started by a schedule or an event.
    Schedule,
}

impl Phase {
    pub const ALL: [Self; 6] = [
        Self::Start,
        Self::Run,
        Self::Traffic,
        Self::Deploy,
        Self::Scale,
        Self::Schedule,
    ];

    /// The name in the API: `START`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Run => "RUN",
            Self::Traffic => "TRAFFIC",
            Self::Deploy => "DEPLOY",
            Self::Scale => "SCALE",
            Self::Schedule => "SCHEDULE",
        }
    }
}

/// A set of phases, in one byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Phase>", into = "Vec<Phase>")]
pub struct Phases(u8);

impl Phases {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(0b11_1111);

    pub const fn of(phases: &[Phase]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < phases.len() {
            bits |= 1 << phases[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub fn contains(self, phase: Phase) -> bool {
        self.0 & (1 << phase as u8) != 0
    }

    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// In the order of [`Phase::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Phase> {
        Phase::ALL
            .into_iter()
            .filter(move |phase| self.contains(*phase))
    }
}

impl From<Vec<Phase>> for Phases {
    fn from(phases: Vec<Phase>) -> Self {
        Self::of(&phases)
    }
}

impl From<Phases> for Vec<Phase> {
    fn from(phases: Phases) -> Self {
        phases.iter().collect()
    }
}

impl fmt::Debug for Phases {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}
