//! Facts of one or more scopes, sorted, with resolved links: what a snapshot file holds.

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Arn, BlindSpot, Evidence, Phases, Presence, Relation, Resource, ResourceId, ResourceKind,
    ScopeDrop, ScopeRecord,
};

/// Kinds of which a crawl keeps all that there are: what is not among them does not exist.
pub(crate) const KEPT_WHOLE: &[ResourceKind] = &[
    ResourceKind::EcsCluster,
    ResourceKind::EcsService,
    ResourceKind::EcsCapacityProvider,
    ResourceKind::LoadBalancer,
    ResourceKind::TargetGroup,
    ResourceKind::LogGroup,
    ResourceKind::SsmParameter,
    ResourceKind::Secret,
    ResourceKind::EcrRepository,
    ResourceKind::Vpc,
    ResourceKind::Subnet,
    ResourceKind::RouteTable,
    ResourceKind::NatGateway,
    ResourceKind::InternetGateway,
    ResourceKind::VpcEndpoint,
    ResourceKind::SecurityGroup,
];

/// The place of a resource in its inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResourceIndex(pub u32);

impl ResourceIndex {
    pub fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// A link from the dependent to the dependency, sixteen bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub from: ResourceIndex,
    pub to: ResourceIndex,
    pub relation: Relation,
    /// When the dependent needs the dependency.
    pub phases: Phases,
    evidence: u32,
}

/// A link between ids, as files and builders have it.
#[derive(Debug, Clone)]
pub struct NamedLink {
    pub from: ResourceId,
    pub to: ResourceId,
    pub relation: Relation,
    /// None: the relation's own.
    pub phases: Option<Phases>,
    pub evidence: Evidence,
}

/// How many resources came, went and changed since the snapshot before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotChanges {
    /// The id of the snapshot before.
    pub since: String,
    pub added: usize,
    pub removed: usize,
    /// Of which something else than the time of reading changed.
    pub changed: usize,
    /// Scopes of which fewer resources were read than before, the largest loss first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<ScopeDrop>,
}

/// Everything known of an estate at one time. Resources are sorted by id, links by their ends and relation;
/// there is one link for each pair of ends and relation.
#[derive(Debug, Clone)]
pub struct Inventory {
    /// The snapshot's id.
    pub id: String,
    pub taken_at: OffsetDateTime,
    /// Counted when it was taken; none for the first, and where nobody counted.
    pub changes: Option<SnapshotChanges>,
    /// Sorted by account and region.
    pub scopes: Vec<ScopeRecord>,
    /// Sorted.
    pub blind_spots: Vec<BlindSpot>,
    /// What AWS reported along with the rest and nothing names, such as a role that nobody uses: no part of the graph, and known
    /// all the same where a change comes to name it. Sorted by id.
    pub unnamed: Vec<Resource>,
    resources: Vec<Resource>,
    links: Vec<Link>,
    evidence: IndexSet<Evidence>,
}

/// Facts that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InventoryError {
    #[error("resource `{0}` is given twice")]
    Twice(ResourceId),
    #[error("a link names `{0}`, which is not among the resources")]
    UnknownEnd(ResourceId),
    #[error("more than four thousand million resources or links")]
    TooMany,
}

impl Inventory {
    /// An inventory without resources.
    pub fn empty(id: String, taken_at: OffsetDateTime) -> Self {
        Self {
            id,
            taken_at,
            changes: None,
            scopes: Vec::new(),
            blind_spots: Vec::new(),
            unnamed: Vec::new(),
            resources: Vec::new(),
            links: Vec::new(),
            evidence: IndexSet::new(),
        }
    }

    /// Sorts and joins the parts.
    pub fn new(
        id: String,
        taken_at: OffsetDateTime,
        mut scopes: Vec<ScopeRecord>,
        mut blind_spots: Vec<BlindSpot>,
        mut resources: Vec<Resource>,
        links: Vec<NamedLink>,
    ) -> Result<Self, InventoryError> {
        if u32::try_from(resources.len().max(links.len())).is_err() {
            return Err(InventoryError::TooMany);
        }
        scopes.sort_by(|one, other| one.scope.cmp(&other.scope));
        blind_spots.sort();
        blind_spots.dedup();
        resources.sort_by(|one, other| one.id.cmp(&other.id));
        if let Some(pair) = resources.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(InventoryError::Twice(pair[0].id.clone()));
        }
        let mut inventory = Self {
            id,
            taken_at,
            changes: None,
            scopes,
            blind_spots,
            unnamed: Vec::new(),
            resources,
            links: Vec::new(),
            evidence: IndexSet::new(),
        };
        inventory.add_links(links)?;
        Ok(inventory)
    }

    /// What a crawl that does not have a resource says of it: not found, not allowed to look, and not looked are three different things.
    pub fn presence_of_unseen(&self, kind: ResourceKind, arn: Option<&Arn>) -> Presence {
        let Some(arn) = arn else {
            return Presence::Outside;
        };
        let region = kind.region_of(arn);
        let crawled = self.scopes.iter().any(|record| {
            &*record.scope.account == arn.account() && &*record.scope.region == region
        });
        let blind = self.blind_spots.iter().any(|spot| {
            &*spot.account == arn.account() && &*spot.region == region && spot.kinds.contains(&kind)
        });
        match (crawled, blind) {
            (true, true) => Presence::Unreadable,
            (true, false) if KEPT_WHOLE.contains(&kind) => Presence::Missing,
            (false, _) | (true, false) => Presence::Outside,
        }
    }

    /// Adds links between resources that are here. Of several with the same ends and relation one stays:
    /// what AWS states before what is concluded, then the first by evidence; it has the phases of all.
    pub fn add_links(&mut self, links: Vec<NamedLink>) -> Result<(), InventoryError> {
        for link in links {
            let from = self
                .find(link.from.as_str())
                .ok_or(InventoryError::UnknownEnd(link.from))?;
            let to = self
                .find(link.to.as_str())
                .ok_or(InventoryError::UnknownEnd(link.to))?;
            let phases = link.phases.unwrap_or_else(|| link.relation.phases());
            let (evidence, _) = self.evidence.insert_full(link.evidence);
            let evidence = u32::try_from(evidence).map_err(|_too_many| InventoryError::TooMany)?;
            self.links.push(Link {
                from,
                to,
                relation: link.relation,
                phases,
                evidence,
            });
        }
        let evidence = &self.evidence;
        let rank = |link: &Link| {
            evidence
                .get_index(link.evidence as usize)
                .map(|evidence| (evidence.inferred, evidence))
        };
        self.links.sort_by(|one, other| {
            (one.from, one.to, one.relation)
                .cmp(&(other.from, other.to, other.relation))
                .then_with(|| rank(one).cmp(&rank(other)))
        });
        self.links.dedup_by(|later, first| {
            let same =
                (later.from, later.to, later.relation) == (first.from, first.to, first.relation);
            if same {
                first.phases = first.phases.union(later.phases);
            }
            same
        });
        Ok(())
    }

    /// Sorted by id.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// Sorted by dependent, dependency and relation.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// # Panics
    /// On an index of another inventory.
    pub fn resource(&self, index: ResourceIndex) -> &Resource {
        &self.resources[index.as_usize()]
    }

    /// How we know of a link of this inventory.
    ///
    /// # Panics
    /// On a link of another inventory.
    pub fn evidence(&self, link: &Link) -> &Evidence {
        &self.evidence[link.evidence as usize]
    }

    /// The place of the resource with this id.
    pub fn find(&self, id: &str) -> Option<ResourceIndex> {
        let place = self
            .resources
            .binary_search_by(|resource| resource.id.as_str().cmp(id))
            .ok()?;
        u32::try_from(place).ok().map(ResourceIndex)
    }

    /// What AWS reported of something that nothing here names.
    pub fn find_unnamed(&self, id: &str) -> Option<&Resource> {
        let place = self
            .unnamed
            .binary_search_by(|resource| resource.id.as_str().cmp(id));
        place.ok().and_then(|place| self.unnamed.get(place))
    }

    /// All places, in order.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = ResourceIndex> + use<> {
        let count = u32::try_from(self.resources.len()).unwrap_or(u32::MAX);
        (0..count).map(ResourceIndex)
    }
}
