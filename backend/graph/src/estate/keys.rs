//! The key of each resource at one level of folding, and what people call it.

use blastmap_model::ResourceIndex;

use super::{GroupBy, homes};
use crate::{Snapshot, numbered::Numbered};

/// One level: a key for each resource.
pub(super) struct Level {
    pub(super) by: GroupBy,
    keys: Numbered<Key>,
    /// What people say of those that have no key.
    none: String,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    key: String,
    label: String,
}

impl Key {
    fn same(text: &str) -> Self {
        Self {
            key: text.to_owned(),
            label: text.to_owned(),
        }
    }
}

impl Level {
    pub(super) fn of(snapshot: &Snapshot, by: GroupBy, tag: Option<&str>) -> Self {
        let all = snapshot.inventory().indices();
        let resource = |index| snapshot.resource(index);
        let keys = match by {
            GroupBy::Account => Numbered::of(all.map(|index| account(&resource(index).account))),
            GroupBy::Region => Numbered::of(all.map(|index| Key::same(&resource(index).region))),
            GroupBy::Owner => {
                Numbered::of(all.map(|index| Key::same(snapshot.owner(index).unwrap_or_default())))
            }
            GroupBy::Kind => Numbered::of(all.map(|index| {
                let kind = snapshot.kind(index);
                Key {
                    key: kind.name().to_owned(),
                    label: kind.label().to_owned(),
                }
            })),
            GroupBy::Tag => Numbered::of(all.map(|index| {
                Key::same(
                    tag.and_then(|key| resource(index).tag(key))
                        .unwrap_or_default(),
                )
            })),
            GroupBy::Vpc => by_home(snapshot, &homes::VPC),
            GroupBy::Cluster => by_home(snapshot, &homes::CLUSTER),
            GroupBy::Service => by_home(snapshot, &homes::SERVICE),
        };
        let none = match by {
            GroupBy::Account => "account not known".to_owned(),
            GroupBy::Region => "region not known".to_owned(),
            GroupBy::Vpc => "not in a VPC".to_owned(),
            GroupBy::Cluster => "not in a cluster".to_owned(),
            GroupBy::Service => "not of one service".to_owned(),
            GroupBy::Owner => "no owner".to_owned(),
            GroupBy::Kind => String::new(),
            GroupBy::Tag => format!("no tag {}", tag.unwrap_or_default())
                .trim_end()
                .to_owned(),
        };
        Self { by, keys, none }
    }

    /// Resources with the same key have the same number.
    pub(super) fn number(&self, of: ResourceIndex) -> usize {
        self.keys.number(of)
    }

    pub(super) fn key(&self, number: usize) -> &str {
        &self.keys.value(number).key
    }

    pub(super) fn label(&self, number: usize) -> &str {
        let key = self.keys.value(number);
        if key.key.is_empty() {
            &self.none
        } else {
            &key.label
        }
    }
}

fn account(account: &str) -> Key {
    match account {
        "aws" => Key {
            key: account.to_owned(),
            label: "AWS".to_owned(),
        },
        _ => Key::same(account),
    }
}

fn by_home(snapshot: &Snapshot, home: &homes::Home) -> Numbered<Key> {
    Numbered::of(home.of_all(snapshot).into_iter().map(|home| {
        home.map_or_else(
            || Key::same(""),
            |home| {
                let home = snapshot.resource(home);
                Key {
                    key: home.id.to_string(),
                    label: home.name.to_string(),
                }
            },
        )
    }))
}
