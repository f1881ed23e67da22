//! What changed between two snapshots.

use std::cmp::Ordering;

use blastmap_graph::{LinkIndex, Snapshot};
use blastmap_model::{Relation, Resource, ResourceIndex};

/// Resources that differ, each list in the order of ids.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Differences {
    /// Places in the later snapshot.
    pub(crate) added: Vec<ResourceIndex>,
    /// Places in the earlier snapshot.
    pub(crate) removed: Vec<ResourceIndex>,
    /// Places in the earlier and in the later snapshot.
    pub(crate) changed: Vec<(ResourceIndex, ResourceIndex)>,
}

impl Differences {
    pub(crate) fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let mut found = Self::default();
        let (earlier, later) = (before.inventory(), after.inventory());
        merge(
            earlier.indices(),
            later.indices(),
            |one, other| earlier.resource(*one).id.cmp(&later.resource(*other).id),
            |pair| match pair {
                Pair::Removed(index) => found.removed.push(index),
                Pair::Added(index) => found.added.push(index),
                Pair::Both(one, other) => {
                    if !same(earlier.resource(one), later.resource(other)) {
                        found.changed.push((one, other));
                    }
                }
            },
        );
        found
    }
}

/// The same but for the time of reading.
fn same(one: &Resource, other: &Resource) -> bool {
    (one.kind, one.presence) == (other.kind, other.presence)
        && (&one.name, &one.account, &one.region) == (&other.name, &other.account, &other.region)
        && one.tags == other.tags
        && one.attributes == other.attributes
}

/// Links that the later snapshot has and the earlier one has not, and the other way round.
pub(crate) fn links(before: &Snapshot, after: &Snapshot) -> (Vec<LinkIndex>, Vec<LinkIndex>) {
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    merge(
        all_links(before),
        all_links(after),
        |one, other| key(before, *one).cmp(&key(after, *other)),
        |pair| match pair {
            Pair::Added(index) => added.push(index),
            Pair::Removed(index) => removed.push(index),
            Pair::Both(..) => {}
        },
    );
    (added, removed)
}

fn all_links(snapshot: &Snapshot) -> impl Iterator<Item = LinkIndex> + use<> {
    let count = u32::try_from(snapshot.inventory().links().len()).unwrap_or(u32::MAX);
    (0..count).map(LinkIndex)
}

/// Links are sorted by this: places are in the order of ids.
fn key(snapshot: &Snapshot, index: LinkIndex) -> (&str, &str, Relation) {
    let link = snapshot.link(index);
    let id = |index| snapshot.resource(index).id.as_str();
    (id(link.from), id(link.to), link.relation)
}

enum Pair<T> {
    Removed(T),
    Added(T),
    Both(T, T),
}

/// Walks two sorted lists side by side.
fn merge<T>(
    before: impl Iterator<Item = T>,
    after: impl Iterator<Item = T>,
    compare: impl Fn(&T, &T) -> Ordering,
    mut found: impl FnMut(Pair<T>),
) {
    let (mut before, mut after) = (before.peekable(), after.peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => compare(one, other),
        };
        let one = if order.is_le() { before.next() } else { None };
        let other = if order.is_ge() { after.next() } else { None };
        match (one, other) {
            (Some(one), Some(other)) => found(Pair::Both(one, other)),
            (Some(one), None) => found(Pair::Removed(one)),
            (None, Some(other)) => found(Pair::Added(other)),
            (None, None) => return,
        }
    }
}
