//! The estate, folded.

use async_graphql::SimpleObject;

use crate::graphql::{enums::GroupBy, int};

/// The estate folded into nested groups, so that a page need never hold it whole.
#[derive(SimpleObject)]
pub(crate) struct EstateGroup {
    by: GroupBy,
    key: String,
    label: String,
    /// Resources inside, all levels.
    count: i32,
    /// Distinct resources outside the group that depend on something inside.
    dependents: i32,
    blind_spots: i32,
    /// Resources inside that came or changed since the snapshot `changedSince`; null where none was named.
    changed: Option<i32>,
    groups: Vec<Self>,
}

impl From<blastmap_graph::EstateGroup> for EstateGroup {
    fn from(group: blastmap_graph::EstateGroup) -> Self {
        Self {
            by: group.by.into(),
            key: group.key,
            label: group.label,
            count: int(group.count),
            dependents: int(group.dependents),
            blind_spots: int(group.blind_spots),
            changed: group.changed.map(int),
            groups: group.groups.into_iter().map(Self::from).collect(),
        }
    }
}

/// How many groups there are, all levels.
pub(super) fn groups_in(groups: &[blastmap_graph::EstateGroup]) -> usize {
    groups
        .iter()
        .map(|group| 1 + groups_in(&group.groups))
        .sum()
}
