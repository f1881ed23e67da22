//! An inventory that is ready to answer.

use std::fmt;

use blastmap_model::{Evidence, Inventory, Link, Resource, ResourceIndex};
use indexmap::IndexSet;
use time::OffsetDateTime;

use crate::{LinkIndex, Topology, search::TextIndex};

/// An estate at one time: facts, adjacency, owners, and text to search in. Immutable; share it by `Arc`.
pub struct Snapshot {
    inventory: Inventory,
    topology: Topology,
    owners: Owners,
    text: TextIndex,
}

impl Snapshot {
    /// `owner_keys` are the tags that name an owner, the first that is set counting.
    pub fn new(inventory: Inventory, owner_keys: Vec<String>) -> Self {
        let topology = Topology::new(&inventory);
        let owners = Owners::of(&inventory, owner_keys);
        let text = TextIndex::of(&inventory);
        Self {
            inventory,
            topology,
            owners,
            text,
        }
    }

    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    pub fn id(&self) -> &str {
        &self.inventory.id
    }

    pub fn taken_at(&self) -> OffsetDateTime {
        self.inventory.taken_at
    }

    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// # Panics
    /// On an index of another snapshot.
    pub fn resource(&self, index: ResourceIndex) -> &Resource {
        self.inventory.resource(index)
    }

    /// # Panics
    /// On an index of another snapshot.
    pub fn link(&self, index: LinkIndex) -> &Link {
        &self.inventory.links()[index.as_usize()]
    }

    /// How we know of a link.
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub fn evidence(&self, index: LinkIndex) -> &Evidence {
        self.inventory.evidence(self.link(index))
    }

    /// The tags that name an owner.
    pub fn owner_keys(&self) -> &[String] {
        &self.owners.keys
    }

    /// Who to call: the value of the first of the owner tags that is set.
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub fn owner(&self, index: ResourceIndex) -> Option<&str> {
        self.owners.name(self.owner_number(index))
    }

    /// A number for each owner, and one for having none.
    pub(crate) fn owner_number(&self, index: ResourceIndex) -> usize {
        self.owners.of[index.as_usize()] as usize
    }

    /// How many owner numbers there are.
    pub(crate) fn owner_numbers(&self) -> usize {
        self.owners.names.len() + 1
    }

    pub(crate) fn owner_name(&self, number: usize) -> Option<&str> {
        self.owners.name(number)
    }

    pub(crate) fn text(&self) -> &TextIndex {
        &self.text
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Snapshot")
            .field("id", &self.inventory.id)
            .field("taken_at", &self.inventory.taken_at)
            .field("resources", &self.inventory.resources().len())
            .field("links", &self.inventory.links().len())
            .finish_non_exhaustive()
    }
}

struct Owners {
    keys: Vec<String>,
    names: IndexSet<Box<str>>,
    /// By resource: 0 for none, else the name's place plus one.
    of: Vec<u32>,
}

impl Owners {
    fn of(inventory: &Inventory, keys: Vec<String>) -> Self {
        let mut names = IndexSet::new();
        let mut number = |resource: &Resource| {
            let name = resource.owner(&keys)?;
            let place = match names.get_index_of(name) {
                Some(place) => place,
                None => names.insert_full(name.into()).0,
            };
            u32::try_from(place + 1).ok()
        };
        let of = inventory
            .resources()
            .iter()
            .map(|resource| number(resource).unwrap_or(0))
            .collect();
        Self { keys, names, of }
    }

    fn name(&self, number: usize) -> Option<&str> {
        self.names
            .get_index(number.checked_sub(1)?)
            .map(|name| &**name)
    }
}
