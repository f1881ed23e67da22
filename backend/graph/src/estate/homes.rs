//! In which VPC, cluster or service a resource is, found through its links.

use blastmap_model::{
    Relation::{self, *},
    ResourceIndex,
    ResourceKind::{self, *},
};

use crate::Snapshot;

/// What makes a resource part of a larger one.
pub(crate) struct Home {
    /// What the larger one is.
    kind: ResourceKind,
    /// A resource is where the other end of such a link is, the first that is anywhere.
    within: &'static [Relation],
    /// A resource that is nowhere by itself is where all those are that have such a link to it.
    used_by: &'static [Relation],
}

pub(super) const VPC: Home = Home {
    kind: Vpc,
    within: &[
        InVpc,
        PlacedIn,
        AttachedTo,
        PartOf,
        HostedOn,
        RegisteredIn,
        ProtectedBy,
    ],
    used_by: &[],
};

pub(super) const CLUSTER: Home = Home {
    kind: EcsCluster,
    within: &[PartOf],
    used_by: OWN_THINGS,
};

pub(crate) const SERVICE: Home = Home {
    kind: EcsService,
    within: &[PartOf],
    used_by: OWN_THINGS,
};

/// A definition, target group, interface, name or scaling that only one service has is that service's own.
const OWN_THINGS: &[Relation] = &[Runs, RegisteredIn, AttachedTo, DiscoveredBy, ScaledBy];

/// More links than lie between a thing and its home: snapshots of others may hold any chain.
const FARTHEST: usize = 8;

impl Home {
    /// For each resource, the larger one that it is in.
    pub(crate) fn of_all(&self, snapshot: &Snapshot) -> Vec<Option<ResourceIndex>> {
        let all = || snapshot.inventory().indices();
        let mut homes: Vec<_> = all()
            .map(|index| (snapshot.kind(index) == self.kind).then_some(index))
            .collect();
        for _ in 0..FARTHEST {
            let found: Vec<_> = all()
                .filter(|index| homes[index.as_usize()].is_none())
                .filter_map(|index| Some((index, self.home_within(snapshot, index, &homes)?)))
                .collect();
            if found.is_empty() {
                break;
            }
            for (index, home) in found {
                homes[index.as_usize()] = Some(home);
            }
        }
        let owned: Vec<_> = all()
            .filter(|index| homes[index.as_usize()].is_none())
            .filter_map(|index| Some((index, self.home_of_users(snapshot, index, &homes)?)))
            .collect();
        for (index, home) in owned {
            homes[index.as_usize()] = Some(home);
        }
        homes
    }

    fn home_within(
        &self,
        snapshot: &Snapshot,
        index: ResourceIndex,
        homes: &[Option<ResourceIndex>],
    ) -> Option<ResourceIndex> {
        let links = snapshot.topology().dependencies(index).iter();
        let ranked = links.filter_map(|link| {
            let link = snapshot.link(*link);
            let rank = self
                .within
                .iter()
                .position(|relation| *relation == link.relation)?;
            Some((rank, homes[link.to.as_usize()]?))
        });
        // Of equals the first.
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, home)| home)
    }

    fn home_of_users(
        &self,
        snapshot: &Snapshot,
        index: ResourceIndex,
        homes: &[Option<ResourceIndex>],
    ) -> Option<ResourceIndex> {
        let mut users = snapshot
            .topology()
            .dependents(index)
            .iter()
            .map(|link| snapshot.link(*link))
            .filter(|link| self.used_by.contains(&link.relation))
            .map(|link| homes[link.from.as_usize()]);
        let home = users.next()??;
        users.all(|other| other == Some(home)).then_some(home)
    }
}
