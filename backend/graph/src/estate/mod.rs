//! The whole estate, folded into nested groups.

use crate::{Filter, Snapshot};

/// By what resources are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    Account,
    Region,
    Vpc,
    Cluster,
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
    /// Blind spots that could hide something inside.
    pub blind_spots: usize,
    /// The next level's groups, largest first, then by key, and what has none last; empty at the last level.
    pub groups: Vec<EstateGroup>,
}

/// Folds the resources that pass `filter` by each of `group_by` in turn, at most `depth` levels deep.
/// `tag` names the key for [`GroupBy::Tag`].
pub fn estate(
    _snapshot: &Snapshot,
    _group_by: &[GroupBy],
    _tag: Option<&str>,
    _filter: &Filter,
    _depth: usize,
) -> Vec<EstateGroup> {
    Vec::new()
}
