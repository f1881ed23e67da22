//! Which unread data could hide more of a blast radius.

use std::collections::BTreeSet;

use blastmap_model::{BlindSpot, GLOBAL, Relation, Resource, ResourceKind};

use crate::{Direction, harm};

/// Where a walk was, and at what.
#[derive(Debug, Default)]
pub(crate) struct Reached<'a> {
    accounts: BTreeSet<&'a str>,
    regions: BTreeSet<&'a str>,
    kinds: BTreeSet<ResourceKind>,
}

impl<'a> Reached<'a> {
    pub(crate) fn of(resources: impl Iterator<Item = &'a Resource>) -> Self {
        let mut reached = Self::default();
        // Neighbours mostly share all three: look the last one up without the sets.
        let mut last: Option<(&str, &str, ResourceKind)> = None;
        for resource in resources {
            let own = (&*resource.account, &*resource.region, resource.kind);
            if last != Some(own) {
                reached.accounts.insert(own.0);
                reached.regions.insert(own.1);
                reached.kinds.insert(own.2);
                last = Some(own);
            }
        }
        reached
    }

    /// What belongs to no account that we know, and AWS's own, may hang together with any account's.
    fn may_be_of_account(&self, account: &str) -> bool {
        ["", "aws", account]
            .iter()
            .any(|own| self.accounts.contains(own))
    }

    /// What has no region may hang together with any region's.
    fn may_be_of_region(&self, region: &str) -> bool {
        region == GLOBAL
            || [GLOBAL, "", region]
                .iter()
                .any(|own| self.regions.contains(own))
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
        .filter(|spot| {
            reached.may_be_of_account(&spot.account) && reached.may_be_of_region(&spot.region)
        })
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
