//! Folded text of every resource, in one piece.

use std::collections::BTreeMap;

use blastmap_model::{Inventory, ResourceIndex};
use fixedbitset::FixedBitSet;

/// Ends an id and a name; no folded text holds it.
const END: char = '\n';

/// Text without regard to case.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase().replace(END, " ")
}

/// Ids and names one after the other, so that one pass finds a text in all; tag values apart, since they repeat.
pub(crate) struct TextIndex {
    /// `id END name END` of each resource.
    folded: String,
    /// Where each resource's text begins, and at last where all ends.
    starts: Vec<usize>,
    tag_values: BTreeMap<String, Vec<ResourceIndex>>,
}

/// The folded text of a resource.
pub(crate) struct Text<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

impl TextIndex {
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let resources = inventory.resources();
        let mut folded = String::new();
        let mut starts = Vec::with_capacity(resources.len() + 1);
        let mut tag_values: BTreeMap<String, Vec<ResourceIndex>> = BTreeMap::new();
        for (index, resource) in inventory.indices().zip(resources) {
            starts.push(folded.len());
            folded.push_str(&fold(resource.id.as_str()));
            folded.push(END);
            folded.push_str(&fold(&resource.name));
            folded.push(END);
            for (_, value) in &resource.tags {
                let holders = tag_values.entry(fold(value)).or_default();
                if holders.last() != Some(&index) {
                    holders.push(index);
                }
            }
        }
        starts.push(folded.len());
        Self {
            folded,
            starts,
            tag_values,
        }
    }

    fn text(&self, place: usize) -> Text<'_> {
        let own = &self.folded[self.starts[place]..self.starts[place + 1]];
        let mut parts = own.split(END);
        Text {
            id: parts.next().unwrap_or_default(),
            name: parts.next().unwrap_or_default(),
        }
    }

    /// Every resource, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (ResourceIndex, Text<'_>)> {
        (0..)
            .map(ResourceIndex)
            .zip((0..self.starts.len() - 1).map(|place| self.text(place)))
    }

    /// Every resource whose id, name or one of whose tag values holds a folded text, in order.
    pub(crate) fn containing(
        &self,
        wanted: &str,
    ) -> impl Iterator<Item = (ResourceIndex, Text<'_>)> + use<'_> {
        let found = self.places_containing(wanted);
        let places: Vec<usize> = found.ones().collect();
        places.into_iter().filter_map(|place| {
            let index = u32::try_from(place).ok()?;
            Some((ResourceIndex(index), self.text(place)))
        })
    }

    /// The places of every resource whose id, name or one of whose tag values holds a folded text.
    pub(crate) fn places_containing(&self, wanted: &str) -> FixedBitSet {
        let mut found = FixedBitSet::with_capacity(self.starts.len() - 1);
        let mut from = 0;
        while let Some(at) = self.folded[from..].find(wanted) {
            let place = self.starts.partition_point(|start| *start <= from + at) - 1;
            if place >= self.starts.len() - 1 {
                break;
            }
            found.insert(place);
            from = self.starts[place + 1];
        }
        for (value, holders) in &self.tag_values {
            if value.contains(wanted) {
                found.extend(holders.iter().map(|holder| holder.as_usize()));
            }
        }
        found
    }
}
