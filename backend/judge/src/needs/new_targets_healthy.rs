//! A load balancer will get through to the tasks that a service starts.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex,
    kinds::{
        ecs_service::{EcsService, ServiceLoadBalancer},
        ecs_task_definition::{ContainerDefinition, EcsTaskDefinition},
        target_group::TargetGroup,
    },
};

use super::{Need, Subject};
use crate::{
    Launch, Seat, Verdict,
    network::{
        lookup::{linked, there},
        peer::Ports,
        targets::{
            Purpose, Target, balancers_of, gets_through, health_check_answered, health_check_port,
            maps, zone_is_enabled,
        },
    },
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html>
pub(super) const NEED: Need = Need {
    name: "new-targets-healthy",
    phase: Phase::Start,
    subject: Subject::Start(judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
    sentence: "New tasks of a service behind a load balancer become healthy targets: the group is there, the container port is mapped, zones are enabled, and security groups and network ACLs let traffic and health checks through.",
};

fn judge(overlay: &Overlay<'_>, launch: &Launch) -> Verdict {
    let Some(facts) = overlay.facts::<EcsService>(launch.subject) else {
        return Verdict::met();
    };
    let seats = launch.seats(overlay);
    let each = facts.load_balancers.iter();
    let parts = each.filter_map(|entry| {
        let arn = entry.target_group_arn.as_deref()?;
        let group = linked(overlay, launch.subject, Relation::RegisteredIn, arn)?;
        Some(of_group(overlay, launch, &seats, entry, group))
    });
    Verdict::all(parts).reported_as("Task failed ELB health checks")
}

fn of_group(
    overlay: &Overlay<'_>,
    launch: &Launch,
    seats: &[Seat],
    entry: &ServiceLoadBalancer,
    group: ResourceIndex,
) -> Verdict {
    let Some(facts) = overlay.facts::<TargetGroup>(group) else {
        return there(overlay, group);
    };
    let definition = launch.definition.as_deref();
    let port = entry
        .container_port
        .and_then(|port| u16::try_from(port).ok());
    let mapped = mapped(overlay, launch, entry, port);
    if !mapped.is_met() {
        return mapped;
    }
    let traffic = port.map(|port| ports_of(launch, entry, port));
    let checked = facts.health_check_enabled != Some(false);
    let own = health_check_port(&facts).filter(|_| checked);
    let mut parts = Vec::new();
    if let (Some(own), Some(definition)) = (own, definition) {
        // The sign that today's targets answer there is as good as a mapping.
        let today = facts
            .target_health_descriptions
            .iter()
            .flatten()
            .any(|target| {
                target.target_health.state.as_deref() == Some("healthy")
                    && target.health_check_port.as_deref() == facts.health_check_port.as_deref()
            });
        if !today {
            parts.push(health_check_answered(overlay, group, own, definition));
        }
    }
    let checks = own.map(Ports::one).or(traffic).filter(|_| checked);
    let balancers = balancers_of(overlay, group);
    for seat in seats {
        let name = format!("tasks in subnet {}", overlay.resource(seat.subnet).name);
        let target = Target {
            name: &name,
            seat,
            address: None,
            zone: None,
        };
        let each = balancers.iter().map(|balancer| {
            let zone = zone_is_enabled(overlay, *balancer, &target);
            let traffic = traffic
                .map(|ports| gets_through(overlay, *balancer, &target, ports, Purpose::Traffic));
            let checks = checks.map(|ports| {
                gets_through(overlay, *balancer, &target, ports, Purpose::HealthCheck)
            });
            Verdict::all([Some(zone), traffic, checks].into_iter().flatten())
        });
        parts.push(Verdict::any(each));
    }
    Verdict::all(parts)
}

/// Whether the container that the service names takes connections at the port that it names.
fn mapped(
    overlay: &Overlay<'_>,
    launch: &Launch,
    entry: &ServiceLoadBalancer,
    port: Option<u16>,
) -> Verdict {
    let (Some(definition), Some(place), Some(name), Some(port)) = (
        launch.definition.as_deref(),
        launch.definition_place,
        entry.container_name.as_deref(),
        port,
    ) else {
        return Verdict::met();
    };
    if overlay.is_unknown(place, "containerDefinitions") {
        return Verdict::met();
    }
    let own = &overlay.resource(place).name;
    match container_named(definition, name) {
        None => Verdict::unmet(place, format!("task definition {own} has no container {name} for the load balancer")),
        Some(container) if maps(container, port) => Verdict::met(),
        Some(_) => Verdict::unmet(
            place,
            format!("container {name} of task definition {own} maps no port {port} for the load balancer"),
        ),
    }
    .reported_as("InvalidParameterException")
}

fn container_named<'d>(
    definition: &'d EcsTaskDefinition,
    name: &str,
) -> Option<&'d ContainerDefinition> {
    let mut containers = definition.container_definitions.iter();
    containers.find(|container| container.name == name)
}

/// The ports under which a task is registered: its own, or a port of its host, of Docker's choice where the definition says none.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html>
fn ports_of(launch: &Launch, entry: &ServiceLoadBalancer, port: u16) -> Ports {
    let mode = launch
        .definition
        .as_ref()
        .and_then(|own| own.network_mode.as_deref());
    if launch.has_own_addresses() || mode == Some("host") {
        return Ports::one(port);
    }
    let container = launch
        .definition
        .as_deref()
        .zip(entry.container_name.as_deref());
    let container = container.and_then(|(definition, name)| container_named(definition, name));
    let mappings = container
        .map(|container| container.port_mappings.as_slice())
        .unwrap_or_default();
    let mapping = mappings
        .iter()
        .find(|own| own.container_port == Some(i32::from(port)));
    let fixed = mapping
        .and_then(|own| own.host_port)
        .and_then(|port| u16::try_from(port).ok());
    fixed
        .filter(|port| *port > 0)
        .map_or(Ports::EPHEMERAL, Ports::one)
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{load_balancer::LoadBalancer, security_group::SecurityGroup},
    };

    use super::*;
    use crate::{
        Answer,
        estate::{Estate, arn, ec2, gone, patched, place, tcp, together},
    };

    fn elb(resource: &str) -> String {
        arn("elasticloadbalancing", resource)
    }

    fn service(snapshot: &Snapshot, change: impl FnOnce(&mut EcsService)) -> Edits {
        patched(snapshot, &arn("ecs", "service/main/web"), change)
    }

    fn definition(snapshot: &Snapshot, change: impl FnOnce(&mut EcsTaskDefinition)) -> Edits {
        patched(snapshot, &arn("ecs", "task-definition/web:1"), change)
    }

    fn on_instances() -> Estate {
        let group = elb("targetgroup/web/1");
        // The balancer's part needs a service to hang on.
        Estate::new()
            .vpc_with_nat()
            .fargate_service()
            .alb()
            .ec2_cluster()
            .ec2_service()
            .with::<EcsService>(&arn("ecs", "service/main/web"), |facts| {
                facts.load_balancers.push(ServiceLoadBalancer {
                    target_group_arn: Some(group.clone()),
                    container_name: Some("web".to_owned()),
                    container_port: Some(8080),
                    ..ServiceLoadBalancer::default()
                });
            })
            .with::<TargetGroup>(&group, |facts| {
                facts.target_type = Some("instance".to_owned());
                facts.target_health_descriptions = Some(Vec::new());
            })
            .with::<SecurityGroup>(&ec2("sg-hosts"), |facts| {
                facts.ip_permissions.push(tcp((32768, 65535), "sg-front"));
            })
    }

    #[test]
    fn new_tasks_become_healthy_targets() {
        type Change = fn(&Snapshot) -> Edits;
        let healthy = || Estate::new().vpc_with_nat().fargate_service().alb();
        let cases: Vec<(&str, Estate, Change, Answer, &str)> = vec![
            ("healthy", healthy(), |_| together([]), Answer::Met, ""),
            (
                "no balancer",
                Estate::new().vpc_with_nat().fargate_service(),
                |_| together([]),
                Answer::Met,
                "",
            ),
            (
                "group goes",
                healthy(),
                |_| gone(&elb("targetgroup/web/1")),
                Answer::Unmet,
                "target group web is not there",
            ),
            (
                "another port",
                healthy(),
                |s| service(s, |f| f.load_balancers[0].container_port = Some(9090)),
                Answer::Unmet,
                "maps no port 9090",
            ),
            (
                "another container",
                healthy(),
                |s| {
                    service(s, |f| {
                        f.load_balancers[0].container_name = Some("app".to_owned());
                    })
                },
                Answer::Unmet,
                "has no container app",
            ),
            (
                "the definition maps another port",
                healthy(),
                |s| {
                    definition(s, |f| {
                        f.container_definitions[0].port_mappings[0].container_port = Some(9090);
                    })
                },
                Answer::Met,
                "",
            ),
            (
                "the definition maps another port alone",
                healthy(),
                |s| {
                    definition(s, |f| {
                        let mapping = &mut f.container_definitions[0].port_mappings[0];
                        (mapping.container_port, mapping.host_port) = (Some(9090), Some(9090));
                    })
                },
                Answer::Unmet,
                "maps no port 8080",
            ),
            (
                "another group",
                healthy(),
                |s| {
                    service(s, |f| {
                        f.network_configuration
                            .as_mut()
                            .unwrap()
                            .awsvpc_configuration
                            .as_mut()
                            .unwrap()
                            .security_groups = vec!["sg-front".to_owned()];
                    })
                },
                Answer::Unmet,
                "does not let in port 8080",
            ),
            (
                "a zone without the balancer",
                healthy(),
                |s| {
                    patched(
                        s,
                        &elb("loadbalancer/app/front/1"),
                        |f: &mut LoadBalancer| {
                            f.availability_zones.pop();
                        },
                    )
                },
                Answer::Unmet,
                "zone eu-west-1b",
            ),
            (
                "hosts with ports of Docker's choice",
                on_instances(),
                |_| together([]),
                Answer::Met,
                "",
            ),
            (
                "hosts that open the container's port",
                on_instances(),
                |s| {
                    patched(s, &ec2("sg-hosts"), |f: &mut SecurityGroup| {
                        f.ip_permissions = vec![tcp((8080, 8080), "sg-front")];
                    })
                },
                Answer::Unmet,
                "ports 32768 to 60999",
            ),
            (
                "hosts that open a part",
                on_instances(),
                |s| {
                    patched(s, &ec2("sg-hosts"), |f: &mut SecurityGroup| {
                        f.ip_permissions = vec![tcp((49153, 65535), "sg-front")];
                    })
                },
                Answer::Unknown,
                "a part",
            ),
        ];
        for (case, estate, change, expected, why) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let service = place(&overlay, &arn("ecs", "service/main/web"));
            let launches = Launch::of(&overlay, service);
            let verdict = Verdict::all(launches.iter().map(|launch| judge(&overlay, launch)));
            assert_eq!(verdict.answer, expected, "{case}: {verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains(why));
            assert!(said || why.is_empty(), "{case}: {verdict:?}");
        }
    }
}
