//! What changed between two snapshots.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use blastmap_model::{Inventory, Relation, Resource, ResourceIndex, ResourceKind, SnapshotChanges};
use serde_json::{Map, Value, json};

use crate::{LinkIndex, Snapshot};

/// Resources that differ, each list in the order of ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Places in the later snapshot.
    pub added: Vec<ResourceIndex>,
    /// Places in the earlier snapshot.
    pub removed: Vec<ResourceIndex>,
    /// Places in the earlier and in the later snapshot, of which something else than the time of reading changed.
    pub changed: Vec<(ResourceIndex, ResourceIndex)>,
}

/// How many resources of a kind differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindDifferences {
    pub kind: ResourceKind,
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
}

/// An attribute that differs. None: it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDifference {
    pub name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Differences {
    pub fn between(before: &Snapshot, after: &Snapshot) -> Self {
        Self::of(before.inventory(), after.inventory())
    }

    fn of(earlier: &Inventory, later: &Inventory) -> Self {
        let mut found = Self::default();
        merge(
            earlier.indices(),
            later.indices(),
            |one, other| earlier.resource(*one).id.cmp(&later.resource(*other).id),
            |pair| match pair {
                Pair::Removed(index) => found.removed.push(index),
                Pair::Added(index) => found.added.push(index),
                Pair::Both(one, other) => {
                    if !same_but_for_time(earlier.resource(one), later.resource(other)) {
                        found.changed.push((one, other));
                    }
                }
            },
        );
        found
    }

    /// Most first, then by name; kinds of which nothing differs are left out. A resource that became another kind counts as that.
    ///
    /// # Panics
    /// On other snapshots than those that were compared.
    pub fn by_kind(&self, before: &Snapshot, after: &Snapshot) -> Vec<KindDifferences> {
        let mut kinds: BTreeMap<&str, KindDifferences> = BTreeMap::new();
        let mut count = |kind: ResourceKind, add: fn(&mut KindDifferences)| {
            add(kinds.entry(kind.name()).or_insert(KindDifferences {
                kind,
                added: 0,
                removed: 0,
                changed: 0,
            }));
        };
        for index in &self.added {
            count(after.kind(*index), |kind| kind.added += 1);
        }
        for index in &self.removed {
            count(before.kind(*index), |kind| kind.removed += 1);
        }
        for (_, index) in &self.changed {
            count(after.kind(*index), |kind| kind.changed += 1);
        }
        let mut kinds: Vec<_> = kinds.into_values().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.added + kind.removed + kind.changed));
        kinds
    }
}

/// How many resources came, went and changed from one snapshot to the next.
pub fn count_changes(before: &Inventory, after: &Inventory) -> SnapshotChanges {
    let found = Differences::of(before, after);
    SnapshotChanges {
        since: before.id.clone(),
        added: found.added.len(),
        removed: found.removed.len(),
        changed: found.changed.len(),
        drops: blastmap_model::drops(before, after),
    }
}

/// The same but for the time of reading.
pub fn same_but_for_time(one: &Resource, other: &Resource) -> bool {
    (one.kind, one.presence) == (other.kind, other.presence)
        && (&one.name, &one.account, &one.region) == (&other.name, &other.account, &other.region)
        && one.tags == other.tags
        && one.attributes == other.attributes
}

/// The attributes that differ, by their first name, in the order of names; and `kind`, `name`, `account`, `region`, `presence` and
/// `tags` where these differ.
pub fn attribute_differences(before: &Resource, after: &Resource) -> Vec<AttributeDifference> {
    let (earlier, later) = (attributes(before), attributes(after));
    let names: BTreeSet<&String> = earlier.keys().chain(later.keys()).collect();
    let mut found: BTreeMap<&str, AttributeDifference> = names
        .into_iter()
        .filter(|name| earlier.get(*name) != later.get(*name))
        .map(|name| {
            let difference = AttributeDifference {
                name: name.clone(),
                before: earlier.get(name).cloned(),
                after: later.get(name).cloned(),
            };
            (name.as_str(), difference)
        })
        .collect();
    for ((name, one), (_, other)) in about(before).into_iter().zip(about(after)) {
        if one != other {
            // Of two that go by one name, AWS's is told.
            found.entry(name).or_insert_with(|| AttributeDifference {
                name: name.to_owned(),
                before: Some(one),
                after: Some(other),
            });
        }
    }
    found.into_values().collect()
}

fn attributes(of: &Resource) -> Map<String, Value> {
    match of.attributes.to_value() {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    }
}

/// What is known of every resource.
fn about(of: &Resource) -> [(&'static str, Value); 6] {
    let tags: Map<String, Value> = of
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), json!(&**value)))
        .collect();
    [
        ("kind", json!(of.kind.name())),
        ("name", json!(&*of.name)),
        ("account", json!(&*of.account)),
        ("region", json!(&*of.region)),
        ("presence", json!(of.presence.name())),
        ("tags", Value::Object(tags)),
    ]
}

/// Links that differ, each list in the order of links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkDifferences {
    /// Places in the later snapshot.
    pub added: Vec<LinkIndex>,
    /// Places in the earlier snapshot.
    pub removed: Vec<LinkIndex>,
}

impl LinkDifferences {
    /// Links are the same that have the same ends and relation.
    pub fn between(before: &Snapshot, after: &Snapshot) -> Self {
        let mut found = Self::default();
        merge(
            all_links(before),
            all_links(after),
            |one, other| key(before, *one).cmp(&key(after, *other)),
            |pair| match pair {
                Pair::Added(index) => found.added.push(index),
                Pair::Removed(index) => found.removed.push(index),
                Pair::Both(..) => {}
            },
        );
        found
    }
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

#[cfg(test)]
mod tests {
    use blastmap_model::{Attributes, Presence};

    use super::*;
    use crate::drawing::{Drawing, draw};

    fn shop() -> Drawing {
        draw(
            "
            web: ECS_SERVICE -RUNS-> web1: ECS_TASK_DEFINITION
            web -PART_OF-> prod: ECS_CLUSTER
            task: ECS_TASK -PART_OF-> web",
        )
    }

    #[test]
    fn what_came_went_and_changed_is_told_in_order() {
        let before = shop().snapshot();
        let mut later = draw(
            "
            web: ECS_SERVICE -RUNS-> web2: ECS_TASK_DEFINITION
            web -PART_OF-> prod: ECS_CLUSTER",
        );
        later = later.tagged("web", &[("owner", "shop")]);
        let after = later.snapshot();
        let found = Differences::between(&before, &after);
        let ids = |snapshot: &Snapshot, places: &[ResourceIndex]| {
            let ids = places
                .iter()
                .map(|place| snapshot.resource(*place).id.to_string());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(ids(&after, &found.added), ["web2"]);
        assert_eq!(ids(&before, &found.removed), ["task", "web1"]);
        let changed: Vec<_> = found.changed.iter().map(|(_, later)| *later).collect();
        assert_eq!(ids(&after, &changed), ["web"]);
        let by_kind = found.by_kind(&before, &after);
        let counts: Vec<_> = by_kind
            .iter()
            .map(|kind| (kind.kind.name(), kind.added, kind.removed, kind.changed))
            .collect();
        assert_eq!(
            counts,
            [
                ("ECS_TASK_DEFINITION", 1, 1, 0),
                ("ECS_SERVICE", 0, 0, 1),
                ("ECS_TASK", 0, 1, 0)
            ]
        );

        let links = LinkDifferences::between(&before, &after);
        let say = |snapshot, links: &[LinkIndex]| {
            let said = links
                .iter()
                .map(|link| crate::drawing::say_link(snapshot, *link));
            said.collect::<Vec<_>>()
        };
        assert_eq!(say(&after, &links.added), ["web RUNS web2"]);
        assert_eq!(
            say(&before, &links.removed),
            ["task PART_OF web", "web RUNS web1"]
        );
    }

    #[test]
    fn the_time_of_reading_is_no_change() {
        let later = shop().with("web", |web| {
            web.observed_at += time::Duration::HOUR;
        });
        let (before, after) = (shop().snapshot(), later.snapshot());
        assert_eq!(
            Differences::between(&before, &after),
            Differences::default()
        );
    }

    #[test]
    fn changed_attributes_are_told_by_name_and_so_is_what_every_resource_has() {
        let web = |attributes: Value, presence, tags: &[(&str, &str)]| {
            let snapshot = shop()
                .tagged("web", tags)
                .with("web", |web| {
                    web.attributes = Attributes::from_value(&attributes);
                    web.presence = presence;
                })
                .snapshot();
            let place = snapshot.inventory().find("web").unwrap();
            snapshot.resource(place).clone()
        };
        let before = web(
            json!({ "same": 1, "gone": 2, "more": [1] }),
            Presence::Live,
            &[],
        );
        let after = web(
            json!({ "same": 1, "more": [1, 2], "new": null }),
            Presence::Missing,
            &[("team", "shop")],
        );
        let found: Vec<_> = attribute_differences(&before, &after)
            .into_iter()
            .map(|own| (own.name, own.before, own.after))
            .collect();
        assert_eq!(
            found,
            [
                ("gone".to_owned(), Some(json!(2)), None),
                ("more".to_owned(), Some(json!([1])), Some(json!([1, 2]))),
                ("new".to_owned(), None, Some(json!(null))),
                (
                    "presence".to_owned(),
                    Some(json!("LIVE")),
                    Some(json!("MISSING"))
                ),
                (
                    "tags".to_owned(),
                    Some(json!({})),
                    Some(json!({ "team": "shop" }))
                ),
            ]
        );
        assert_eq!(attribute_differences(&before, &before), []);
    }

    #[test]
    fn a_change_is_told_though_aws_has_an_attribute_of_that_name() {
        let web = |name: &str| {
            let snapshot = shop()
                .with("web", |web| {
                    web.name = name.into();
                    web.attributes = Attributes::from_value(&json!({ "name": "web" }));
                })
                .snapshot();
            let place = snapshot.inventory().find("web").unwrap();
            snapshot.resource(place).clone()
        };
        let found = attribute_differences(&web("web"), &web("shop"));
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].before, &found[0].after),
            (&Some(json!("web")), &Some(json!("shop")))
        );
    }
}
