//! The key of each resource at one level of folding, and what people call it.

use std::hash::Hash;

use blastmap_model::ResourceIndex;
use indexmap::IndexSet;

use super::{GroupBy, homes};
use crate::Snapshot;

/// One level: a key for each resource, by number.
pub(crate) struct Level {
    pub(super) by: GroupBy,
    numbers: Vec<usize>,
    keys: Vec<Key>,
}

/// An empty key is that of resources that have none.
struct Key {
    key: String,
    label: String,
}

impl Level {
    pub(crate) fn of(snapshot: &Snapshot, by: GroupBy, tag: Option<&str>) -> Self {
        let all = || snapshot.inventory().indices();
        let resource = |index| snapshot.resource(index);
        match by {
            GroupBy::Account => Self::of_texts(
                by,
                all().map(|index| &*resource(index).account),
                "account not known",
            ),
            GroupBy::Region => Self::of_texts(
                by,
                all().map(|index| &*resource(index).region),
                "region not known",
            ),
            GroupBy::Owner => {
                let owner = |index| snapshot.owner(index).unwrap_or_default();
                Self::of_texts(by, all().map(owner), "no owner")
            }
            GroupBy::Tag => {
                let value = |index| {
                    tag.and_then(|key| resource(index).tag(key))
                        .unwrap_or_default()
                };
                Self::of_texts(
                    by,
                    all().map(value),
                    &tag.map_or_else(
                        || "no tag asked for".to_owned(),
                        |key| format!("no tag {key}"),
                    ),
                )
            }
            GroupBy::Kind => Self::new(by, all().map(|index| snapshot.kind(index)), |kind| {
                (kind.name(), kind.label())
            }),
            GroupBy::Vpc => Self::of_homes(by, snapshot, &homes::VPC, "not in a VPC"),
            GroupBy::Cluster => Self::of_homes(by, snapshot, &homes::CLUSTER, "not in a cluster"),
            GroupBy::Service => Self::of_homes(by, snapshot, &homes::SERVICE, "not of one service"),
        }
    }

    /// Values in the order of the resources, and the key and label of each.
    fn new<'a, T: Hash + Eq>(
        by: GroupBy,
        each: impl Iterator<Item = T>,
        say: impl Fn(&T) -> (&'a str, &'a str),
    ) -> Self {
        let mut values = IndexSet::new();
        let numbers = each.map(|value| values.insert_full(value).0).collect();
        let key = |value| {
            let (key, label) = say(value);
            Key {
                key: key.to_owned(),
                label: label.to_owned(),
            }
        };
        Self {
            by,
            numbers,
            keys: values.iter().map(key).collect(),
        }
    }

    /// Texts that are their own labels.
    fn of_texts<'a>(by: GroupBy, each: impl Iterator<Item = &'a str>, none: &str) -> Self {
        Self::new(by, each, |text| match *text {
            "" => ("", none),
            text => (text, text),
        })
    }

    fn of_homes(by: GroupBy, snapshot: &Snapshot, home: &homes::Home, none: &str) -> Self {
        Self::new(by, home.of_all(snapshot).into_iter(), |home| match home {
            None => ("", none),
            Some(home) => {
                let home = snapshot.resource(*home);
                (home.id.as_str(), &home.name)
            }
        })
    }

    /// Resources with the same key have the same number.
    pub(crate) fn number_of(&self, resource: ResourceIndex) -> usize {
        self.numbers[resource.as_usize()]
    }

    pub(crate) fn key(&self, number: usize) -> &str {
        &self.keys[number].key
    }

    pub(crate) fn label(&self, number: usize) -> &str {
        &self.keys[number].label
    }
}
