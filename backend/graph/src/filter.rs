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
