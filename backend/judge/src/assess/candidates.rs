//! Who can be hit although no harm travels to them: whoever contends for what a change makes scarcer or catches.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{Relation, ResourceId, ResourceIndex, ResourceKind, kinds::web_acl::WebAcl};

/// Contenders of the touched resources, in the estate before or after: one step, and no further.
pub(super) fn contenders(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    touched: &BTreeSet<ResourceIndex>,
    reached: &BTreeSet<ResourceIndex>,
) -> BTreeSet<ResourceIndex> {
    let mut found = BTreeSet::new();
    for estate in [before, after] {
        for place in touched.iter().filter(|place| estate.holds(**place)) {
            match estate.kind(*place) {
                ResourceKind::ListenerRule | ResourceKind::Listener => {
                    found.extend(rules_beside(estate, *place));
                }
                ResourceKind::VpcEndpoint => found.extend(whom_it_catches(estate, *place)),
                ResourceKind::EcsContainerInstance => found.extend(same_cluster(estate, *place)),
                ResourceKind::WebAcl => found.extend(whom_it_filters(estate, *place)),
                _ => {}
            }
        }
        let services = reached.iter().filter(|place| {
            estate.holds(**place)
                && estate.kind(**place) == ResourceKind::EcsService
                && may_take_more(estate, **place, touched)
        });
        for service in services {
            found.extend(same_cluster(estate, *service));
            found.extend(same_subnets(estate, *service));
        }
    }
    found
}

/// A service whose own count or size a change may alter.
fn may_take_more(
    estate: &Overlay<'_>,
    service: ResourceIndex,
    touched: &BTreeSet<ResourceIndex>,
) -> bool {
    let runs = estate.needed(service, Relation::Runs);
    touched.contains(&service) || runs.iter().any(|definition| touched.contains(definition))
}

/// The first rule that matches decides: all rules of the listener, with the groups and services behind them.
fn rules_beside(estate: &Overlay<'_>, place: ResourceIndex) -> BTreeSet<ResourceIndex> {
    let listeners = match estate.kind(place) {
        ResourceKind::Listener => vec![place],
        _ => estate.needed(place, Relation::PartOf),
    };
    let mut found = BTreeSet::new();
    for listener in listeners {
        let mut rules = estate.needing(listener, Relation::PartOf);
        rules.push(listener);
        for rule in rules {
            found.insert(rule);
            for group in estate.needed(rule, Relation::ForwardsTo) {
                found.insert(group);
                found.extend(estate.needing(group, Relation::RegisteredIn));
            }
        }
        found.extend(estate.needed(listener, Relation::PartOf));
    }
    found
}

/// An endpoint catches names for its whole VPC, whoever else uses it.
fn whom_it_catches(estate: &Overlay<'_>, endpoint: ResourceIndex) -> BTreeSet<ResourceIndex> {
    let mut found = BTreeSet::new();
    for vpc in estate.needed(endpoint, Relation::InVpc) {
        for subnet in estate.needing(vpc, Relation::InVpc) {
            if estate.kind(subnet) == ResourceKind::Subnet {
                found.extend(starters(estate, subnet));
            }
            if estate.kind(subnet) == ResourceKind::VpcEndpoint {
                found.insert(subnet);
            }
        }
    }
    found
}

/// The balancers before which a web ACL stands, which its association alone tells; of anything else none.
pub(super) fn whom_it_filters(estate: &Overlay<'_>, acl: ResourceIndex) -> Vec<ResourceIndex> {
    let facts = estate.facts::<WebAcl>(acl);
    let arns = facts.iter().flat_map(|facts| &facts.resource_arns);
    arns.filter_map(|arn| estate.find(&ResourceId::new(arn)))
        .collect()
}

fn starters(estate: &Overlay<'_>, subnet: ResourceIndex) -> impl Iterator<Item = ResourceIndex> {
    let placed = estate.needing(subnet, Relation::PlacedIn);
    let kinds: Vec<_> = placed.iter().map(|place| estate.kind(*place)).collect();
    placed.into_iter().zip(kinds).filter_map(|(place, kind)| {
        let starts = matches!(
            kind,
            ResourceKind::EcsService
                | ResourceKind::EcsTask
                | ResourceKind::EventRule
                | ResourceKind::Schedule
        );
        starts.then_some(place)
    })
}

/// Services that share hosts.
fn same_cluster(estate: &Overlay<'_>, place: ResourceIndex) -> BTreeSet<ResourceIndex> {
    let mut found = BTreeSet::new();
    for cluster in estate.needed(place, Relation::PartOf) {
        if estate.kind(cluster) != ResourceKind::EcsCluster {
            continue;
        }
        let members = estate.needing(cluster, Relation::PartOf);
        let hosts = members
            .iter()
            .any(|member| estate.kind(*member) == ResourceKind::EcsContainerInstance);
        if hosts {
            let services = members.into_iter();
            found
                .extend(services.filter(|member| estate.kind(*member) == ResourceKind::EcsService));
        }
    }
    found
}

/// Whoever takes addresses from the same subnets.
fn same_subnets(estate: &Overlay<'_>, service: ResourceIndex) -> BTreeSet<ResourceIndex> {
    let subnets = estate.needed(service, Relation::PlacedIn).into_iter();
    subnets
        .flat_map(|subnet| {
            let placed: Vec<_> = starters(estate, subnet).collect();
            placed
        })
        .filter(|place| estate.kind(*place) != ResourceKind::EcsTask)
        .collect()
}
