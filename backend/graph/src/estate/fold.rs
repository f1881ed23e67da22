//! Groups within groups, with what hangs on each from outside.

use std::collections::{BTreeMap, BTreeSet};

use blastmap_model::{BlindSpot, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use super::{EstateGroup, GroupBy, keys::Level};
use crate::Snapshot;

pub(super) struct Folding<'a> {
    snapshot: &'a Snapshot,
    levels: &'a [Level],
    /// The only kinds that are folded; none: all.
    kinds: Option<&'a [ResourceKind]>,
    /// What differs from an earlier snapshot.
    changed: Option<FixedBitSet>,
    /// For each resource, the number of the last group that held it, and of the last that counted it as a dependent.
    inside: Vec<u32>,
    counted: Vec<u32>,
    group: u32,
}

impl<'a> Folding<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        levels: &'a [Level],
        kinds: Option<&'a [ResourceKind]>,
        changed: Option<FixedBitSet>,
    ) -> Self {
        let size = snapshot.inventory().resources().len();
        Self {
            snapshot,
            levels,
            kinds,
            changed,
            inside: vec![0; size],
            counted: vec![0; size],
            group: 0,
        }
    }

    pub(super) fn groups(&mut self, members: Vec<ResourceIndex>) -> Vec<EstateGroup> {
        self.groups_at(0, members, &mut Vec::new())
    }

    /// `above` are the keys of the groups around.
    fn groups_at(
        &mut self,
        depth: usize,
        members: Vec<ResourceIndex>,
        above: &mut Vec<(GroupBy, &'a str)>,
    ) -> Vec<EstateGroup> {
        let Some(level) = self.levels.get(depth) else {
            return Vec::new();
        };
        let mut by_number: BTreeMap<usize, Vec<ResourceIndex>> = BTreeMap::new();
        for member in members {
            by_number
                .entry(level.number_of(member))
                .or_default()
                .push(member);
        }
        let mut groups = Vec::with_capacity(by_number.len());
        for (number, members) in by_number {
            above.push((level.by, level.key(number)));
            groups.push(EstateGroup {
                by: level.by,
                key: level.key(number).to_owned(),
                label: level.label(number).to_owned(),
                count: members.len(),
                dependents: self.dependents(&members),
                blind_spots: self.blind_spots(&members, above),
                changed: self.changed(&members),
                groups: self.groups_at(depth + 1, members, above),
            });
            above.pop();
        }
        groups.sort_by(|one, other| {
            let order =
                |group: &EstateGroup| (group.key.is_empty(), std::cmp::Reverse(group.count));
            order(one)
                .cmp(&order(other))
                .then_with(|| one.key.cmp(&other.key))
        });
        groups
    }

    fn dependents(&mut self, members: &[ResourceIndex]) -> usize {
        self.group += 1;
        for member in members {
            self.inside[member.as_usize()] = self.group;
        }
        let mut count = 0;
        for member in members {
            for (_, dependent) in self.snapshot.topology().needing(*member) {
                let from = dependent.as_usize();
                if self.inside[from] != self.group && self.counted[from] != self.group {
                    self.counted[from] = self.group;
                    count += 1;
                }
            }
        }
        count
    }

    fn changed(&self, members: &[ResourceIndex]) -> Option<usize> {
        let places = self.changed.as_ref()?;
        let changed = members
            .iter()
            .filter(|member| places.contains(member.as_usize()));
        Some(changed.count())
    }

    fn blind_spots(&self, members: &[ResourceIndex], above: &[(GroupBy, &str)]) -> usize {
        let spots = &self.snapshot.inventory().blind_spots;
        if spots.is_empty() {
            return 0;
        }
        let whole_scope = above
            .iter()
            .all(|(by, _)| matches!(by, GroupBy::Account | GroupBy::Region));
        if whole_scope {
            spots
                .iter()
                .filter(|spot| self.is_of_scope(spot, above))
                .count()
        } else {
            let held: BTreeSet<_> = members
                .iter()
                .map(|member| {
                    let scope = self.snapshot.scopes().number(*member);
                    (scope, self.snapshot.kind(*member))
                })
                .collect();
            spots
                .iter()
                .filter(|spot| self.hides_some(spot, &held))
                .count()
        }
    }

    /// What was not read may be all that there is of its kind: a whole account or region counts it although it holds none.
    fn is_of_scope(&self, spot: &BlindSpot, above: &[(GroupBy, &str)]) -> bool {
        let asked = self.kinds.is_none_or(|kinds| {
            spot.kinds.is_empty() || spot.kinds.iter().any(|kind| kinds.contains(kind))
        });
        asked
            && above.iter().all(|(by, key)| match by {
                GroupBy::Account => *key == &*spot.account,
                _ => *key == &*spot.region,
            })
    }

    fn hides_some(&self, spot: &BlindSpot, held: &BTreeSet<(usize, ResourceKind)>) -> bool {
        held.iter().any(|(scope, kind)| {
            let scope = self.snapshot.scopes().value(*scope);
            scope.account == spot.account
                && scope.region == spot.region
                && (spot.kinds.is_empty() || spot.kinds.contains(kind))
        })
    }
}
