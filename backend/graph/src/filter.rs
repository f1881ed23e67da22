//! Which resources are of these kinds, accounts, regions, tags.

use blastmap_model::{Presence, Resource, ResourceIndex, ResourceKind};
use fixedbitset::FixedBitSet;

use crate::{Snapshot, search::fold};

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
}

/// The resources that pass, in the order of their ids.
pub fn filter<'s>(
    snapshot: &'s Snapshot,
    filter: &Filter,
) -> impl Iterator<Item = ResourceIndex> + use<'s> {
    let filter = filter.clone();
    let with_text = places_with_text(snapshot, &filter);
    snapshot.inventory().indices().filter(move |index| {
        with_text
            .as_ref()
            .is_none_or(|places| places.contains(index.as_usize()))
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
    /// All but the text.
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
    use crate::drawing::draw;

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
