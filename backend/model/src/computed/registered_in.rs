//! A task is registered where a target group names its address, or its host and port.

use std::collections::HashMap;

use super::{Estate, inferred};
use crate::{
    NamedLink, Relation, Resource, ResourceKind,
    kinds::{
        ecs_container_instance::EcsContainerInstance, ecs_service::EcsService, ecs_task::EcsTask,
        target_group::TargetGroup,
    },
};

/// An account and an address or host in it; the port where several share the host.
type Target = (String, Option<i32>);

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let groups: Vec<(&Resource, TargetGroup)> = estate.live().collect();
    let mut by_target: HashMap<Target, Vec<(&Resource, usize)>> = HashMap::new();
    for (resource, group) in &groups {
        let by_instance = group.target_type.as_deref() == Some("instance");
        for (place, description) in group
            .target_health_descriptions
            .iter()
            .flatten()
            .enumerate()
        {
            // Addresses are a task's own, whatever the port; a host's ports are those of its tasks.
            let port = if by_instance {
                description.target.port
            } else {
                None
            };
            let target = (
                format!("{}/{}", resource.account, description.target.id),
                port,
            );
            by_target.entry(target).or_default().push((resource, place));
        }
    }
    let hosts: HashMap<String, String> = estate
        .live::<EcsContainerInstance>()
        .filter_map(|(resource, facts)| Some((resource.id.to_string(), facts.ec2_instance_id?)))
        .collect();

    let mut links = Vec::new();
    for (task, facts) in estate.live::<EcsTask>() {
        let mut registered = Vec::new();
        for target in targets_of(task, &facts, &hosts) {
            let by_host = target.1.is_some();
            let groups = by_target.get(&target).into_iter().flatten();
            registered.extend(groups.map(|(group, place)| (*group, *place, by_host)));
        }
        // Two VPCs may use the same addresses: the group must be in the task's.
        let vpc = vpc_of(estate, task);
        for (group, place, by_host) in registered {
            let same_vpc = match (vpc, estate.dependencies(group, Relation::InVpc).next()) {
                (Some(own), Some(other)) => own.id == other.id,
                // Whose address it is cannot be told, if nobody read the task's subnet.
                (None, Some(_)) => by_host,
                _ => true,
            };
            if same_vpc {
                let field = format!("TargetHealthDescriptions[{place}].Target.Id");
                links.push(inferred(
                    &task.id,
                    Relation::RegisteredIn,
                    &group.id,
                    "elasticloadbalancing:DescribeTargetHealth",
                    &field,
                ));
            }
        }
        if links.last().is_none_or(|link| link.from != task.id) {
            links.extend(through_service(estate, task));
        }
    }
    links
}

/// How target groups can name a task.
fn targets_of(task: &Resource, facts: &EcsTask, hosts: &HashMap<String, String>) -> Vec<Target> {
    let own = |id: &str| format!("{}/{id}", task.account);
    let addresses = ["privateIPv4Address", "privateIPv6Address"];
    let mut targets: Vec<_> = facts
        .attachments
        .iter()
        .flat_map(|attachment| addresses.iter().filter_map(|name| attachment.detail(name)))
        .map(|address| (own(address), None))
        .collect();
    if let Some(host) = facts
        .container_instance_arn
        .as_ref()
        .and_then(|arn| hosts.get(arn))
    {
        let ports = facts
            .containers
            .iter()
            .flat_map(|container| &container.network_bindings)
            .filter_map(|binding| binding.host_port);
        targets.extend(ports.map(|port| (own(host), Some(port))));
    }
    targets
}

fn vpc_of<'a>(estate: &Estate<'a>, task: &Resource) -> Option<&'a Resource> {
    let subnet = estate.dependencies(task, Relation::PlacedIn).next()?;
    estate.dependencies(subnet, Relation::InVpc).next()
}

/// Where a group's health could not be read, its service's registration speaks for the task.
fn through_service(estate: &Estate<'_>, task: &Resource) -> Vec<NamedLink> {
    let services = estate
        .dependencies(task, Relation::PartOf)
        .filter(|whole| whole.kind == ResourceKind::EcsService);
    let groups = services.flat_map(|service| {
        let facts = service.attributes.facts::<EcsService>().ok();
        let balancers = facts.into_iter().flat_map(|facts| facts.load_balancers);
        let own: Vec<String> = balancers.filter_map(|own| own.target_group_arn).collect();
        // A group that stands by for the next deployment is its service's, and no task's.
        let groups = estate.dependencies(service, Relation::RegisteredIn);
        groups.filter(move |group| own.iter().any(|own| own == group.id.as_str()))
    });
    groups
        .filter(|group| {
            group.kind == ResourceKind::TargetGroup
                && group
                    .attributes
                    .facts::<TargetGroup>()
                    .is_ok_and(|facts| facts.target_health_descriptions.is_none())
        })
        .map(|group| {
            inferred(
                &task.id,
                Relation::RegisteredIn,
                &group.id,
                "ecs:DescribeServices",
                "loadBalancers",
            )
        })
        .collect()
}
