//! Between a load balancer and its targets: zones, ports, security groups, ACLs.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html>

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceIndex,
    kinds::{
        ecs_task_definition::{ContainerDefinition, EcsTaskDefinition},
        load_balancer::LoadBalancer,
        security_group::SecurityGroup,
        target_group::TargetGroup,
    },
};

use super::{
    acl, groups,
    listener_rules::{balancer_of, forwarding_to},
    lookup::{is_missing, linked, vpc_of, zone_of},
    peer::{Addresses, Cover, Ports, Way},
};
use crate::{Answer, Seat, Verdict};

/// The load balancers whose listeners or rules name a target group, and that are there.
pub fn balancers_of(overlay: &Overlay<'_>, group: ResourceIndex) -> Vec<ResourceIndex> {
    let forwarding = forwarding_to(overlay, group).into_iter();
    let all: BTreeSet<_> = forwarding
        .filter_map(|place| balancer_of(overlay, place))
        .filter(|balancer| overlay.is_there(*balancer))
        .collect();
    all.into_iter().collect()
}

/// The port of health checks, where the group has one of its own: None where they use the target's.
pub fn health_check_port(group: &TargetGroup) -> Option<u16> {
    let port = group.health_check_port.as_deref();
    port.and_then(|port| port.parse().ok())
}

/// Where a target is.
pub struct Target<'a> {
    /// What people call it.
    pub name: &'a str,
    pub seat: &'a Seat,
    /// None: anywhere in its subnet.
    pub address: Option<std::net::IpAddr>,
    /// None: that of its subnet.
    pub zone: Option<String>,
}

/// What is asked of the way to a target.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Traffic,
    HealthCheck,
}

/// Whether a balancer's nodes get through to a target.
pub fn gets_through(
    overlay: &Overlay<'_>,
    balancer: ResourceIndex,
    target: &Target<'_>,
    ports: Ports,
    purpose: Purpose,
) -> Verdict {
    let nodes: Vec<_> = overlay
        .needed(balancer, Relation::PlacedIn)
        .into_iter()
        .filter(|subnet| !is_missing(overlay, *subnet))
        .collect();
    let own_groups = overlay.needed(balancer, Relation::ProtectedBy);
    let vpc = vpc_of(overlay, target.seat.subnet);
    let target_groups = groups::or_default(overlay, &target.seat.groups, vpc);
    let mut client = groups::peer(overlay, &own_groups, within(overlay, &nodes));
    client.name = format!("load balancer {}", overlay.resource(balancer).name);
    let mut admits = groups::let_through(overlay, &target_groups, Way::In, ports, &client);
    // A network balancer may keep its clients' addresses, which are not known.
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation>
    if own_groups.is_empty()
        && purpose == Purpose::Traffic
        && admits.answer == Answer::Unmet
        && admit_anybody(overlay, &target_groups, ports)
    {
        admits = Verdict::met();
    }
    let address = target
        .address
        .map(|address| Addresses::Within(vec![address.into()]));
    let address = address.unwrap_or_else(|| Addresses::of_subnet(overlay, target.seat.subnet));
    let mut server = groups::peer(overlay, &target_groups, address);
    target.name.clone_into(&mut server.name);
    let sends = groups::let_through(overlay, &own_groups, Way::Out, ports, &server);
    let passes = nodes.iter().map(|node| {
        acl::let_through(
            overlay,
            *node,
            Some(target.seat.subnet),
            ports,
            &server.addresses,
        )
    });
    Verdict::all([admits, sends, some_node(passes.collect())])
}

/// Whether the balancer has nodes in a target's zone: without, it sends nothing there.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html>
pub fn zone_is_enabled(
    overlay: &Overlay<'_>,
    balancer: ResourceIndex,
    target: &Target<'_>,
) -> Verdict {
    let own = target
        .zone
        .clone()
        .or_else(|| zone_of(overlay, target.seat.subnet));
    // `all` is a target outside of the VPC.
    let Some(own) = own.filter(|zone| zone != "all") else {
        return Verdict::met();
    };
    let Some(facts) = overlay.facts::<LoadBalancer>(balancer) else {
        return Verdict::met();
    };
    let enabled = facts.availability_zones.iter().map(|zone| {
        let by_subnet = || {
            let subnet = linked(
                overlay,
                balancer,
                Relation::PlacedIn,
                zone.subnet_id.as_deref()?,
            )?;
            zone_of(overlay, subnet)
        };
        zone.zone_name.clone().or_else(by_subnet)
    });
    let enabled: Vec<Option<String>> = enabled.collect();
    if enabled.is_empty() || enabled.iter().flatten().any(|zone| *zone == own) {
        return Verdict::met();
    }
    let (name, target) = (&overlay.resource(balancer).name, target.name);
    if enabled.contains(&None) || overlay.is_unknown(balancer, "AvailabilityZones") {
        return Verdict::unknown(
            balancer,
            format!("check that load balancer {name} has a subnet in zone {own} of {target}"),
        );
    }
    Verdict::unmet(
        balancer,
        format!("load balancer {name} has no subnet in zone {own} of {target}"),
    )
}

/// The ports at which a container takes connections.
pub fn maps(container: &ContainerDefinition, port: u16) -> bool {
    let port = i32::from(port);
    container.port_mappings.iter().any(|mapping| {
        let range = mapping.container_port_range.as_deref();
        let range = range.and_then(|range| range.split_once('-'));
        let range = range.and_then(|(from, to)| Some(from.parse().ok()?..=to.parse::<i32>().ok()?));
        mapping.container_port == Some(port)
            || mapping.host_port == Some(port)
            || range.is_some_and(|range| range.contains(&port))
    })
}

/// Whether a container of a definition listens for health checks at a port of their own.
pub fn health_check_answered(
    overlay: &Overlay<'_>,
    group: ResourceIndex,
    port: u16,
    definition: &EcsTaskDefinition,
) -> Verdict {
    let mut containers = definition.container_definitions.iter();
    if containers.any(|container| maps(container, port)) {
        return Verdict::met();
    }
    let (name, family, revision) = (
        &overlay.resource(group).name,
        &definition.family,
        definition.revision,
    );
    Verdict::unmet(
        group,
        format!(
            "target group {name} checks health at port {port}, which no container of {family}:{revision} maps"
        ),
    )
}

fn within(overlay: &Overlay<'_>, subnets: &[ResourceIndex]) -> Addresses {
    let mut nets = Vec::new();
    for subnet in subnets {
        match Addresses::of_subnet(overlay, *subnet) {
            Addresses::Within(own) => nets.extend(own),
            _ => return Addresses::Unknown,
        }
    }
    if nets.is_empty() {
        Addresses::Unknown
    } else {
        Addresses::Within(nets)
    }
}

fn admit_anybody(overlay: &Overlay<'_>, groups: &[ResourceIndex], ports: Ports) -> bool {
    let facts = groups
        .iter()
        .filter_map(|group| overlay.facts::<SecurityGroup>(*group));
    facts.into_iter().any(|facts| {
        facts.ip_permissions.iter().any(|rule| {
            let named = !rule.ip_ranges.is_empty()
                || !rule.ipv6_ranges.is_empty()
                || !rule.prefix_list_ids.is_empty()
                || !rule.user_id_group_pairs.is_empty();
            named && groups::covers_ports(rule, ports) == Cover::Whole
        })
    })
}

/// Each node sends for itself: it is over when none gets through.
fn some_node(nodes: Vec<Verdict>) -> Verdict {
    let through = nodes.iter().any(Verdict::is_met);
    let mut verdict = Verdict::all(nodes);
    if through && verdict.answer == Answer::Unmet {
        verdict.answer = Answer::Unknown;
    }
    verdict
}
