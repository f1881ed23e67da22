//! Which unread data could hide more of a blast radius.

use std::collections::BTreeSet;

use blastmap_model::{BlindSpot, GLOBAL, Relation, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use crate::{Direction, Snapshot, harm};

/// Where a walk was, and at what.
#[derive(Debug, Default)]
pub(crate) struct Reached<'a> {
    accounts: BTreeSet<&'a str>,
    regions: BTreeSet<&'a str>,
    kinds: BTreeSet<ResourceKind>,
}

impl<'a> Reached<'a> {
    pub(crate) fn of(
        snapshot: &'a Snapshot,
        resources: impl Iterator<Item = ResourceIndex>,
    ) -> Self {
        let scopes = snapshot.scopes();
        let mut seen_scopes = FixedBitSet::with_capacity(scopes.len());
        let mut seen_kinds = FixedBitSet::with_capacity(ResourceKind::ALL.len());
        for resource in resources {
            seen_scopes.insert(scopes.number(resource));
            seen_kinds.insert(snapshot.kind(resource) as usize);
        }
        let seen = || seen_scopes.ones().map(|number| scopes.value(number));
        Self {
            accounts: seen().map(|scope| &*scope.account).collect(),
            regions: seen().map(|scope| &*scope.region).collect(),
            kinds: seen_kinds
                .ones()
                .map(|place| ResourceKind::ALL[place])
                .collect(),
        }
    }

    /// Anyone may hang on what belongs to no account that we know, and on AWS's own, and any region on what has none.
    /// What those need is said by themselves.
    fn may_hold(&self, spot: &BlindSpot, direction: Direction) -> bool {
        let shared = direction == Direction::Dependents;
        let held = |known: &BTreeSet<&str>, own: &str, by_all: [&str; 2]| {
            known.contains(own) || (shared && by_all.iter().any(|one| known.contains(one)))
        };
        held(&self.accounts, &spot.account, ["", "aws"])
            && (&*spot.region == GLOBAL || held(&self.regions, &spot.region, ["", GLOBAL]))
    }
}

/// Those that could hide something one step away from what was reached.
pub(crate) fn within(
    blind_spots: &[BlindSpot],
    reached: &Reached<'_>,
    direction: Direction,
) -> Vec<BlindSpot> {
    let next = kinds_next_to(&reached.kinds, direction);
    blind_spots
        .iter()
        .filter(|spot| reached.may_hold(spot, direction))
        .filter(|spot| spot.kinds.is_empty() || spot.kinds.iter().any(|kind| next.contains(kind)))
        .cloned()
        .collect()
}

/// Kinds of which something unread could be the walk's next step, or could have told of one.
fn kinds_next_to(reached: &BTreeSet<ResourceKind>, direction: Direction) -> BTreeSet<ResourceKind> {
    let mut next = BTreeSet::new();
    for relation in Relation::ALL {
        for end in relation.ends() {
            for from in end.from {
                for to in end.to {
                    let (follows, back) = match direction {
                        Direction::Dependencies => (true, false),
                        Direction::Dependents => (
                            harm::to_dependency(*relation, *from, *to)
                                .of_whole
                                .is_some(),
                            harm::to_dependent(*relation, *from, *to).of_whole.is_some(),
                        ),
                    };
                    // The dependent's facts tell of the link: unread, they hide it even if the dependent itself is known.
                    if follows && reached.contains(from) {
                        next.extend([*from, *to]);
                    }
                    if back && reached.contains(to) {
                        next.insert(*from);
                    }
                }
            }
        }
    }
    next
}
