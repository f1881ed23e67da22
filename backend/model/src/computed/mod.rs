//! Links that no single resource declares: they follow from several, and are marked as inferred.

mod calls;
mod deployed_by;
mod filtered_by;
mod host_names;
mod network_names;
mod pulled_through;
mod reaches_aws_via;
mod registered_in;
mod replicated_from;
mod routing;
mod scaled_by;
mod subscribed_to;
mod task_groups;
mod watched_by;

use std::collections::HashMap;

use crate::{
    Evidence, Inventory, NamedLink, Presence, Relation, Resource, ResourceId, ResourceIndex,
    kinds::{Facts, route_table::RouteTable},
};

/// Every link that follows from the facts of an inventory taken together.
pub fn links(inventory: &Inventory) -> Vec<NamedLink> {
    let estate = Estate::of(inventory);
    let mut links = registered_in::links(&estate);
    links.extend(task_groups::links(&estate));
    links.extend(routing::links(&estate));
    links.extend(scaled_by::links(&estate));
    links.extend(deployed_by::links(&estate));
    links.extend(network_names::links(&estate));
    links.extend(pulled_through::links(&estate));
    links.extend(replicated_from::links(&estate));
    links.extend(calls::links(&estate));
    links.extend(host_names::links(&estate));
    links.extend(filtered_by::links(&estate));
    links.extend(watched_by::links(&estate));
    links.extend(subscribed_to::links(&estate));
    links.extend(reaches_aws_via::links(&estate));
    links
}

/// An inventory, with what the rules here look up again and again.
struct Estate<'a> {
    inventory: &'a Inventory,
    /// The declared links of each dependent.
    dependencies: HashMap<ResourceIndex, Vec<(Relation, ResourceIndex)>>,
    route_tables: Vec<(&'a Resource, RouteTable)>,
}

impl<'a> Estate<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut dependencies: HashMap<_, Vec<_>> = HashMap::new();
        for link in inventory.links() {
            dependencies
                .entry(link.from)
                .or_default()
                .push((link.relation, link.to));
        }
        let mut estate = Self {
            inventory,
            dependencies,
            route_tables: Vec::new(),
        };
        estate.route_tables = estate.live().collect();
        estate
    }

    /// Every resource of a kind that was read, with its facts. What another program wrote into a snapshot in a shape
    /// that we do not know has no facts.
    fn live<F: Facts>(&self) -> impl Iterator<Item = (&'a Resource, F)> + use<'a, F> {
        self.inventory
            .resources()
            .iter()
            .filter(|resource| resource.kind == F::KIND && resource.presence == Presence::Live)
            .filter_map(|resource| Some((resource, resource.attributes.facts().ok()?)))
    }

    /// What a resource depends on by one relation.
    fn dependencies(
        &self,
        resource: &Resource,
        relation: Relation,
    ) -> impl Iterator<Item = &'a Resource> {
        let index = self.inventory.find(resource.id.as_str());
        index
            .and_then(|index| self.dependencies.get(&index))
            .into_iter()
            .flatten()
            .filter(move |(own, _)| *own == relation)
            .map(|(_, to)| self.inventory.resource(*to))
    }

    /// The route table that a subnet's packets follow: its own, or its VPC's main one; with the place of the association.
    fn route_table_of(
        &self,
        subnet_id: &str,
        vpc_id: &str,
    ) -> Option<(&'a Resource, &RouteTable, usize)> {
        let find = |fits: &dyn Fn(&RouteTable, usize) -> bool| {
            self.route_tables.iter().find_map(|(resource, table)| {
                let place = (0..table.associations.len()).find(|place| fits(table, *place))?;
                Some((*resource, table, place))
            })
        };
        find(&|table, place| table.associations[place].subnet_id.as_deref() == Some(subnet_id))
            .or_else(|| {
                find(&|table, place| {
                    table.associations[place].main && table.vpc_id.as_deref() == Some(vpc_id)
                })
            })
    }
}

fn inferred(
    from: &ResourceId,
    relation: Relation,
    to: &ResourceId,
    api: &str,
    field: &str,
) -> NamedLink {
    NamedLink {
        from: from.clone(),
        to: to.clone(),
        relation,
        phases: None,
        evidence: Evidence {
            api: api.into(),
            field: field.into(),
            inferred: true,
            observed_at: None,
        },
    }
}

fn stated(
    from: &ResourceId,
    relation: Relation,
    to: &ResourceId,
    api: &str,
    field: &str,
) -> NamedLink {
    let mut link = inferred(from, relation, to, api, field);
    link.evidence.inferred = false;
    link
}
