//! What harm at one end of a link does at the other: the table of relations, read as rules of a walk.

use blastmap_model::{Harm, Relation, ResourceKind, Share};

/// How much of a resource is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum State {
    /// It lost a share of itself.
    Part,
    /// It is itself changed or lost.
    Whole,
}

/// What arrives at the other end of a link, by what there is at this end. What a share sends, the whole sends too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) of_part: Option<State>,
    pub(crate) of_whole: Option<State>,
}

impl Passage {
    pub(crate) const NOTHING: Self = Self {
        of_part: None,
        of_whole: None,
    };

    pub(crate) fn of(self, state: State) -> Option<State> {
        match state {
            State::Part => self.of_part,
            State::Whole => self.of_whole,
        }
    }
}

/// What the table says of a link between these kinds. Links that it does not list, which only a snapshot of another
/// program's can hold, pass harm on as it came.
fn share_of(relation: Relation, dependent: ResourceKind, dependency: ResourceKind) -> Share {
    relation
        .end(dependent, dependency)
        .map_or(Share::Whole, |end| end.share)
}

/// From the dependency to the dependent.
pub(crate) fn to_dependent(
    relation: Relation,
    dependent: ResourceKind,
    dependency: ResourceKind,
) -> Passage {
    if relation.harm() == Harm::ToDependency {
        return Passage::NOTHING;
    }
    match share_of(relation, dependent, dependency) {
        Share::Whole => Passage {
            of_part: Some(State::Part),
            of_whole: Some(State::Whole),
        },
        Share::Takes => Passage {
            of_part: Some(State::Part),
            of_whole: Some(State::Part),
        },
        // A whole that lost a share keeps its other parts; what needs all of it does not notice.
        Share::Part | Share::OnlyWhole => Passage {
            of_part: None,
            of_whole: Some(State::Whole),
        },
    }
}

/// From the dependent to the dependency.
pub(crate) fn to_dependency(
    relation: Relation,
    dependent: ResourceKind,
    dependency: ResourceKind,
) -> Passage {
    let share = share_of(relation, dependent, dependency);
    let sent = match (relation.harm(), share) {
        (Harm::ToDependent, _) => None,
        (Harm::ToDependency | Harm::Both, Share::Takes) => Some(State::Part),
        (Harm::ToDependency | Harm::Both, _) => Some(State::Whole),
    };
    // Harm to a part, whatever of it, takes a share of the whole.
    let climbs = (share == Share::Part).then_some(State::Part);
    Passage {
        of_part: climbs,
        of_whole: sent.max(climbs),
    }
}
