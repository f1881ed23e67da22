//! Which resources are of these kinds, accounts, regions, tags.

use blastmap_model::{Presence, Resource, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use crate::{
    Snapshot,
    estate::{GroupName, places_within},
    search::fold,
};

/// What is asked for; each part narrows it further. None asks for any, an empty list for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub kinds: Option<Vec<ResourceKind>>,
    pub accounts: Option<Vec<String>>,
    pub regions: Option<Vec<String>>,
    pub presence: Option<Vec<Presence>>,
    /// Every one must be set: to this value, or to any.
    pub tags: Vec<(String, Option<String>)>,
    /// Part of the id, the name or a tag's value, without regard to case.
    pub text: Option<String>,
    /// Groups of the estate: of one level any will do, of each level there must be one.
    pub within: Vec<GroupName>,
}

/// The resources that pass, in the order of their ids.
pub fn filter<'s>(
    snapshot: &'s Snapshot,
    filter: &Filter,
) -> impl Iterator<Item = ResourceIndex> + use<'s> {
    let filter = filter.clone();
    let with_text = places_with_text(snapshot, &filter);
    let within = places_within(snapshot, &filter.within);
    let is_among = |places: &Option<FixedBitSet>, index: ResourceIndex| {
        places
            .as_ref()
            .is_none_or(|places| places.contains(index.as_usize()))
    };
    snapshot.inventory().indices().filter(move |index| {
        is_among(&with_text, *index)
            && is_among(&within, *index)
            && filter.passes(snapshot.resource(*index))
    })
}

fn places_with_text(snapshot: &Snapshot, filter: &Filter) -> Option<FixedBitSet> {
    let wanted = filter
        .text
        .as_deref()
        .map(fold)
        .filter(|text| !text.is_empty())?;
    Some(snapshot.text().places_containing(&wanted))
}

impl Filter {
    /// All but the text and the groups.
    fn passes(&self, resource: &Resource) -> bool {
        let named = |names: &Option<Vec<String>>, own: &str| {
            names
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| name == own))
        };
        self.kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&resource.kind))
            && named(&self.accounts, &resource.account)
            && named(&self.regions, &resource.region)
            && self
                .presence
                .as_ref()
                .is_none_or(|presence| presence.contains(&resource.presence))
            && self.tags.iter().all(|(key, value)| {
                resource
                    .tag(key)
                    .is_some_and(|own| value.as_ref().is_none_or(|value| value == own))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{GroupBy, drawing::draw};

    fn in_groups(groups: &[(GroupBy, &str)]) -> Filter {
        let name = |(by, key): &(GroupBy, &str)| GroupName {
            by: *by,
            tag: (*by == GroupBy::Tag).then(|| "env".to_owned()),
            key: (*key).to_owned(),
        };
        Filter {
            within: groups.iter().map(name).collect(),
            ..Filter::default()
        }
    }

    fn passing(asked: &Filter) -> String {
        let snapshot = draw(
            "
            Web: ECS_SERVICE -RUNS-> web1: ECS_TASK_DEFINITION -READS_SECRET-> db: SECRET
            role: IAM_ROLE",
        )
        .tagged("Web", &[("env", "Prod"), ("team", "shop")])
        .tagged("db", &[("env", "dev")])
        .with("db", |db| db.presence = Presence::Missing)
        .with("web1", |definition| definition.region = "us-east-1".into())
        .snapshot();
        let ids: Vec<_> = filter(&snapshot, asked)
            .map(|index| snapshot.resource(index).id.to_string())
            .collect();
        ids.join(" ")
    }

    fn tagged(key: &str, value: Option<&str>) -> Filter {
        Filter {
            tags: vec![(key.to_owned(), value.map(str::to_owned))],
            ..Filter::default()
        }
    }

    #[test]
    fn each_part_narrows() {
        let texts = |text: &str| Filter {
            text: Some(text.to_owned()),
            ..Filter::default()
        };
        let some = |text: &str| Some(vec![text.to_owned()]);
        let cases = [
            (Filter::default(), "Web db role web1"),
            (
                Filter {
                    kinds: Some(vec![ResourceKind::Secret, ResourceKind::IamRole]),
                    ..Filter::default()
                },
                "db role",
            ),
            (
                Filter {
                    kinds: Some(Vec::new()),
                    ..Filter::default()
                },
                "",
            ),
            (
                Filter {
                    regions: some("global"),
                    ..Filter::default()
                },
                "role",
            ),
            (
                Filter {
                    regions: some("us-east-1"),
                    kinds: Some(vec![ResourceKind::Secret]),
                    ..Filter::default()
                },
                "",
            ),
            (
                Filter {
                    accounts: some("123456789012"),
                    ..Filter::default()
                },
                "Web db role web1",
            ),
            (
                Filter {
                    accounts: some("12345678901"),
                    ..Filter::default()
                },
                "",
            ),
            (
                Filter {
                    presence: Some(vec![Presence::Missing]),
                    ..Filter::default()
                },
                "db",
            ),
            (tagged("env", None), "Web db"),
            (tagged("env", Some("Prod")), "Web"),
            (tagged("env", Some("prod")), ""),
            (tagged("ENV", None), ""),
            (texts("WEB"), "Web web1"),
            (texts("pro"), "Web"),
            (texts("env"), ""),
            (texts(""), "Web db role web1"),
            // A definition that one service alone has is that service's.
            (in_groups(&[(GroupBy::Service, "Web")]), "Web web1"),
            (in_groups(&[(GroupBy::Service, "")]), "db role"),
            (in_groups(&[(GroupBy::Owner, "shop")]), "Web"),
            (
                in_groups(&[(GroupBy::Tag, "dev"), (GroupBy::Tag, "Prod")]),
                "Web db",
            ),
            (
                in_groups(&[(GroupBy::Tag, ""), (GroupBy::Service, "")]),
                "role",
            ),
            (in_groups(&[(GroupBy::Kind, "NO_SUCH")]), ""),
        ];
        for (asked, expected) in cases {
            assert_eq!(passing(&asked), expected, "{asked:?}");
        }
    }

    #[test]
    fn every_tag_must_be_set() {
        let mut asked = tagged("env", None);
        asked
            .tags
            .push(("team".to_owned(), Some("shop".to_owned())));
        assert_eq!(passing(&asked), "Web");
    }
}
