//! The ways by which a task's packets reach AWS's services from its subnets.
//!
//! An interface endpoint with private DNS catches its service's name for the whole VPC; a gateway endpoint is a route of the
//! subnet's table; whatever neither catches leaves by the default route.
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>

use std::collections::{BTreeSet, HashMap};

use super::{Estate, inferred};
use crate::{
    NamedLink, Relation, Resource, ResourceKind,
    kinds::{
        ecs_service::EcsService, ecs_task::EcsTask, network_interface::NetworkInterface,
        subnet::Subnet, vpc_endpoint::VpcEndpoint,
    },
};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let ways = Ways::of(estate);
    let mut links = Vec::new();
    for (service, facts) in estate.live::<EcsService>() {
        let public = facts
            .awsvpc()
            .is_some_and(|network| network.assign_public_ip.as_deref() == Some("ENABLED"));
        links.extend(ways.links_of(estate, service, public));
    }
    let public_interfaces: BTreeSet<&str> = estate
        .live::<NetworkInterface>()
        .filter(|(_, facts)| facts.public_ip.is_some())
        .map(|(resource, _)| resource.id.as_str())
        .collect();
    for (task, _) in estate.live::<EcsTask>() {
        let public = estate
            .dependencies(task, Relation::AttachedTo)
            .any(|interface| public_interfaces.contains(interface.id.as_str()));
        links.extend(ways.links_of(estate, task, public));
    }
    links
}

/// What each subnet's packets may pass, by the subnet's id.
struct Ways<'a> {
    by_subnet: HashMap<&'a str, Vec<Way<'a>>>,
}

struct Way<'a> {
    gateway: &'a Resource,
    api: &'static str,
    field: String,
    /// An internet gateway lets out only what has a public address.
    public_only: bool,
}

impl<'a> Ways<'a> {
    fn of(estate: &Estate<'a>) -> Self {
        let mut endpoints: HashMap<String, Vec<&Resource>> = HashMap::new();
        for (endpoint, facts) in estate.live::<VpcEndpoint>() {
            if facts.is_interface()
                && facts.private_dns_enabled == Some(true)
                && facts.is_available()
            {
                endpoints
                    .entry(facts.vpc_id.unwrap_or_default())
                    .or_default()
                    .push(endpoint);
            }
        }
        let mut by_subnet = HashMap::new();
        for (subnet, facts) in estate.live::<Subnet>() {
            let vpc = facts.vpc_id.unwrap_or_default();
            let caught = endpoints
                .get(&vpc)
                .into_iter()
                .flatten()
                .map(|endpoint| Way {
                    gateway: endpoint,
                    api: "ec2:DescribeVpcEndpoints",
                    field: "PrivateDnsEnabled".to_owned(),
                    public_only: false,
                });
            let mut ways: Vec<_> = caught.collect();
            if let Some((table, facts, _)) = estate.route_table_of(&facts.subnet_id, &vpc) {
                let gateways: HashMap<&str, &Resource> = estate
                    .dependencies(table, Relation::RoutesVia)
                    .map(|gateway| {
                        (
                            gateway.id.as_str().rsplit('/').next().unwrap_or_default(),
                            gateway,
                        )
                    })
                    .collect();
                for (place, route) in facts.routes.iter().enumerate() {
                    let Some((kind, id, field)) = route.gateway() else {
                        continue;
                    };
                    let (Some(gateway), true) = (
                        gateways.get(id),
                        kind == ResourceKind::VpcEndpoint || route.is_default(),
                    ) else {
                        continue;
                    };
                    ways.push(Way {
                        gateway,
                        api: "ec2:DescribeRouteTables",
                        field: format!("Routes[{place}].{field}"),
                        public_only: kind == ResourceKind::InternetGateway,
                    });
                }
            }
            by_subnet.insert(subnet.id.as_str(), ways);
        }
        Self { by_subnet }
    }

    fn links_of(&self, estate: &Estate<'a>, dependent: &Resource, public: bool) -> Vec<NamedLink> {
        estate
            .dependencies(dependent, Relation::PlacedIn)
            .filter_map(|subnet| self.by_subnet.get(subnet.id.as_str()))
            .flatten()
            .filter(|way| public || !way.public_only)
            .map(|way| {
                inferred(
                    &dependent.id,
                    Relation::ReachesAwsVia,
                    &way.gateway.id,
                    way.api,
                    &way.field,
                )
            })
            .collect()
    }
}
