//! An inventory that is ready to answer.

use std::{fmt, sync::Arc};

use blastmap_model::{Evidence, Inventory, Link, Resource, ResourceIndex, ResourceKind, Scope};
use time::OffsetDateTime;

use crate::{LinkIndex, Topology, numbered::Numbered, search::TextIndex};

/// An estate at one time: facts, adjacency, owners, and text to search in. Immutable; share it by `Arc`.
pub struct Snapshot {
    inventory: Inventory,
    topology: Topology,
    owner_keys: Vec<String>,
    owners: Numbered<Option<Arc<str>>>,
    scopes: Numbered<Scope>,
    /// Apart from the resources: a walk asks for nothing else of them, and so stays in the cache.
    kinds: Vec<ResourceKind>,
    text: TextIndex,
}

impl Snapshot {
    /// `owner_keys` are the tags that name an owner: the first that is set does.
    pub fn new(inventory: Inventory, owner_keys: Vec<String>) -> Self {
        let resources = inventory.resources();
        Self {
            topology: Topology::new(&inventory),
            owners: Numbered::of(
                resources
                    .iter()
                    .map(|resource| resource.owner(&owner_keys).map(Arc::from)),
            ),
            scopes: Numbered::of(resources.iter().map(|resource| Scope {
                account: Arc::clone(&resource.account),
                region: Arc::clone(&resource.region),
            })),
            kinds: resources.iter().map(|resource| resource.kind).collect(),
            text: TextIndex::of(&inventory),
            owner_keys,
            inventory,
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
    pub fn kind(&self, index: ResourceIndex) -> ResourceKind {
        self.kinds[index.as_usize()]
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
        &self.owner_keys
    }

    /// Who to call: the value of the first of the owner tags that is set.
    ///
    /// # Panics
    /// On an index of another snapshot.
    pub fn owner(&self, index: ResourceIndex) -> Option<&str> {
        self.owners.value(self.owners.number(index)).as_deref()
    }

    pub(crate) fn owners(&self) -> &Numbered<Option<Arc<str>>> {
        &self.owners
    }

    pub(crate) fn scopes(&self) -> &Numbered<Scope> {
        &self.scopes
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
