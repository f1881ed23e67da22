//! The whole estate, folded into nested groups.

mod fold;
mod homes;
mod keys;
#[cfg(test)]
mod tests;

use fixedbitset::FixedBitSet;

use self::fold::Folding;
pub(crate) use self::{homes::SERVICE, keys::Level};
use crate::{Differences, Filter, Snapshot, filter};

/// By what resources are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    Account,
    Region,
    /// The VPC that it is placed in.
    Vpc,
    /// The cluster that it runs in.
    Cluster,
    /// The service that it is part of, or that alone uses it.
    Service,
    Owner,
    Kind,
    /// The value of a tag.
    Tag,
}

/// Resources that have something in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstateGroup {
    pub by: GroupBy,
    /// What they have in common: an account, a region, an id, a value; empty for those that have none.
    pub key: String,
    /// The same for people.
    pub label: String,
    /// Resources inside, all levels.
    pub count: usize,
    /// Distinct resources outside that have a link to something inside.
    pub dependents: usize,
    /// Blind spots that hide something of the kinds, accounts and regions inside; of a whole account or region, all of it.
    pub blind_spots: usize,
    /// Resources inside that came or changed; none where no differences were given.
    pub changed: Option<usize>,
    /// The next level's groups, largest first, then by key, and what has none last; empty at the last level.
    pub groups: Vec<Self>,
}

/// Which group of the estate is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupName {
    pub by: GroupBy,
    /// The tag's key, for [`GroupBy::Tag`].
    pub tag: Option<String>,
    /// As in [`EstateGroup`].
    pub key: String,
}

/// Folds the resources that pass the filter by each of `group_by` in turn, at most `depth` levels deep.
/// `tag` names the key for [`GroupBy::Tag`]; without it no resource has one.
pub fn estate(
    snapshot: &Snapshot,
    group_by: &[GroupBy],
    tag: Option<&str>,
    filtered: &Filter,
    depth: usize,
) -> Vec<EstateGroup> {
    estate_changed(snapshot, group_by, tag, filtered, depth, None)
}

/// As [`estate`], with how much in each group differs: `changes` are those from an earlier snapshot to this one.
pub fn estate_changed(
    snapshot: &Snapshot,
    group_by: &[GroupBy],
    tag: Option<&str>,
    filtered: &Filter,
    depth: usize,
    changes: Option<&Differences>,
) -> Vec<EstateGroup> {
    let changed = changes.map(|changes| {
        let added = changes.added.iter();
        let changed = changes.changed.iter().map(|(_, later)| later);
        let mut places = FixedBitSet::with_capacity(snapshot.inventory().resources().len());
        places.extend(added.chain(changed).map(|place| place.as_usize()));
        places
    });
    let levels: Vec<_> = group_by
        .iter()
        .take(depth)
        .map(|by| Level::of(snapshot, *by, tag))
        .collect();
    let members = filter(snapshot, filtered).collect();
    Folding::new(snapshot, &levels, filtered.kinds.as_deref(), changed).groups(members)
}

/// The resources that are, at each level named, in one of the groups named; none where none is.
pub(crate) fn places_within(snapshot: &Snapshot, groups: &[GroupName]) -> Option<FixedBitSet> {
    if groups.is_empty() {
        return None;
    }
    let mut places = FixedBitSet::with_capacity(snapshot.inventory().resources().len());
    places.insert_range(..);
    for (nth, group) in groups.iter().enumerate() {
        let is_done = groups
            .iter()
            .take(nth)
            .any(|earlier| earlier.is_of_level(group));
        if is_done {
            continue;
        }
        let level = Level::of(snapshot, group.by, group.tag.as_deref());
        let keys: Vec<&str> = groups
            .iter()
            .filter(|other| other.is_of_level(group))
            .map(|other| other.key.as_str())
            .collect();
        for index in snapshot.inventory().indices() {
            if !keys.contains(&level.key(level.number_of(index))) {
                places.set(index.as_usize(), false);
            }
        }
    }
    Some(places)
}

impl GroupName {
    fn is_of_level(&self, other: &Self) -> bool {
        self.by == other.by && self.tag == other.tag
    }
}
