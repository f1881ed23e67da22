//! A load balancer gets through to what is registered, for traffic and for health checks.

use blastmap_graph::Overlay;
use blastmap_model::{
    Phase, Relation, ResourceIndex, ResourceKind,
    kinds::{
        ec2_instance::Ec2Instance,
        ecs_task::EcsTask,
        ecs_task_definition::EcsTaskDefinition,
        target_group::{TargetGroup, TargetHealthDescription},
    },
};

use super::{Need, Subject};
use crate::{
    Seat, Verdict,
    network::{
        lookup::goes_by,
        peer::Ports,
        targets::{
            Purpose, Target, balancers_of, gets_through, health_check_answered, health_check_port,
            zone_is_enabled,
        },
    },
};

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html>
pub(super) const NEED: Need = Need {
    name: "targets-healthy",
    phase: Phase::Traffic,
    subject: Subject::Of(&[ResourceKind::TargetGroup], judge),
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html",
    sentence: "The load balancer gets through to each registered target: its zone is enabled, and security groups and network ACLs let traffic and health checks through.",
};

fn judge(overlay: &Overlay<'_>, group: ResourceIndex) -> Verdict {
    let Some(facts) = overlay.facts::<TargetGroup>(group) else {
        return Verdict::met();
    };
    let balancers = balancers_of(overlay, group);
    let targets = facts.target_health_descriptions.iter().flatten();
    let parts = targets.filter(|target| serves(target)).map(|target| {
        let Some(found) = find(overlay, group, &facts, target) else {
            return Verdict::met();
        };
        let each = balancers.iter();
        Verdict::any(
            each.map(|balancer| is_healthy(overlay, *balancer, group, &facts, target, &found)),
        )
    });
    Verdict::shared(parts).reported_as("Target.Timeout")
}

/// What does not serve today can be lost no more.
fn serves(target: &TargetHealthDescription) -> bool {
    let state = target.target_health.state.as_deref();
    matches!(state, None | Some("healthy" | "initial"))
}

/// What a target's address or id stands for.
struct Found {
    seat: Seat,
    task: Option<ResourceIndex>,
}

fn is_healthy(
    overlay: &Overlay<'_>,
    balancer: ResourceIndex,
    group: ResourceIndex,
    facts: &TargetGroup,
    description: &TargetHealthDescription,
    found: &Found,
) -> Verdict {
    let target = Target {
        name: &description.target.id,
        seat: &found.seat,
        address: description.target.id.parse().ok(),
        zone: description.target.availability_zone.clone(),
    };
    let port = description.target.port.or(facts.port);
    let port = port.and_then(|port| u16::try_from(port).ok());
    let mut parts = vec![zone_is_enabled(overlay, balancer, &target)];
    if let Some(port) = port {
        parts.push(gets_through(
            overlay,
            balancer,
            &target,
            Ports::one(port),
            Purpose::Traffic,
        ));
    }
    if facts.health_check_enabled != Some(false) {
        let own = health_check_port(facts);
        if let Some(port) = own.or(port) {
            parts.push(gets_through(
                overlay,
                balancer,
                &target,
                Ports::one(port),
                Purpose::HealthCheck,
            ));
        }
        // A port that it answers at today needs no mapping to prove it.
        let today = description.health_check_port.as_deref();
        let today = today.and_then(|port| port.parse::<u16>().ok());
        if let (Some(port), Some(task)) = (own.filter(|own| Some(*own) != today), found.task) {
            let definition = overlay.needed(task, Relation::Runs).into_iter();
            let definition =
                definition.filter_map(|place| overlay.facts::<EcsTaskDefinition>(place));
            parts.extend(
                definition
                    .map(|definition| health_check_answered(overlay, group, port, &definition)),
            );
        }
    }
    Verdict::all(parts)
}

fn find(
    overlay: &Overlay<'_>,
    group: ResourceIndex,
    facts: &TargetGroup,
    description: &TargetHealthDescription,
) -> Option<Found> {
    let id = description.target.id.as_str();
    let by_instance = facts.target_type.as_deref() == Some("instance");
    let registered = overlay.needing(group, Relation::RegisteredIn).into_iter();
    let task = registered
        .filter_map(|place| Some((place, overlay.facts::<EcsTask>(place)?)))
        .find(|(_, task)| {
            if by_instance {
                let mut bindings = task.containers.iter().flat_map(|own| &own.network_bindings);
                bindings.any(|binding| binding.host_port == description.target.port)
                    && machine_of(overlay, task, id)
            } else {
                let mut attachments = task.attachments.iter();
                attachments.any(|own| {
                    ["privateIPv4Address", "privateIPv6Address"]
                        .iter()
                        .any(|name| own.detail(name) == Some(id))
                })
            }
        })
        .map(|(place, _)| place);
    let machine = by_instance
        .then(|| machine_named(overlay, group, id))
        .flatten();
    let at = machine.or(task)?;
    Some(Found {
        seat: Seat {
            subnet: *overlay.needed(at, Relation::PlacedIn).first()?,
            groups: overlay.needed(at, Relation::ProtectedBy),
            public_ip: false,
        },
        task,
    })
}

fn machine_of(overlay: &Overlay<'_>, task: &EcsTask, id: &str) -> bool {
    let host = task.container_instance_arn.as_deref();
    let host = host.and_then(|arn| overlay.find(&blastmap_model::ResourceId::new(arn)));
    let machines = host
        .map(|host| overlay.needed(host, Relation::HostedOn))
        .unwrap_or_default();
    machines
        .into_iter()
        .any(|machine| goes_by(overlay, machine, id))
}

fn machine_named(overlay: &Overlay<'_>, group: ResourceIndex, id: &str) -> Option<ResourceIndex> {
    let own = overlay.resource(group).own_arn()?;
    let arn = own.sibling("ec2", &format!("instance/{id}")).ok()?;
    let place = overlay.find(&arn.into())?;
    overlay.facts::<Ec2Instance>(place).map(|_| place)
}

#[cfg(test)]
mod tests {
    use blastmap_graph::Snapshot;
    use blastmap_model::{
        Edits,
        kinds::{
            load_balancer::LoadBalancer, security_group::SecurityGroup, subnet::Subnet,
            target_group::TargetHealth,
        },
    };

    use super::*;
    use crate::estate::{Estate, arn, ec2, everything_out, gone, patched, place, tcp, together};

    fn elb(resource: &str) -> String {
        arn("elasticloadbalancing", resource)
    }

    fn group(snapshot: &Snapshot, change: impl FnOnce(&mut TargetGroup)) -> Edits {
        patched(snapshot, &elb("targetgroup/web/1"), change)
    }

    fn protects(snapshot: &Snapshot, id: &str, change: impl FnOnce(&mut SecurityGroup)) -> Edits {
        patched(snapshot, &ec2(id), change)
    }

    fn balancer(snapshot: &Snapshot, change: impl FnOnce(&mut LoadBalancer)) -> Edits {
        patched(snapshot, &elb("loadbalancer/app/front/1"), change)
    }

    #[test]
    fn each_target_is_judged() {
        type Change = fn(&Snapshot) -> Edits;
        let healthy = || Estate::new().vpc_with_nat().fargate_service().alb();
        let network = || {
            healthy().with::<LoadBalancer>(&elb("loadbalancer/app/front/1"), |facts| {
                facts.r#type = Some("network".to_owned());
                facts.security_groups.clear();
            })
        };
        let cases: Vec<(&str, Estate, Change, usize, &str)> = vec![
            ("healthy", healthy(), |_| together([]), 0, ""),
            (
                "group closes",
                healthy(),
                |s| protects(s, "sg-web", |f| f.ip_permissions.clear()),
                2,
                "security group web does not let in port 8080 from load balancer front",
            ),
            (
                "group opens to the balancer's subnets",
                healthy(),
                |s| {
                    protects(s, "sg-web", |f| {
                        f.ip_permissions = vec![
                            tcp((8080, 8080), "10.0.101.0/24"),
                            tcp((8080, 8080), "10.0.102.0/24"),
                        ];
                    })
                },
                0,
                "",
            ),
            (
                "balancer's egress closes",
                healthy(),
                |s| protects(s, "sg-front", |f| f.ip_permissions_egress.clear()),
                2,
                "security group front does not let out port 8080",
            ),
            (
                "balancer's egress to one target",
                healthy(),
                |s| {
                    protects(s, "sg-front", |f| {
                        f.ip_permissions_egress = vec![tcp((0, 65535), "10.0.1.11/32")];
                    })
                },
                1,
                "10.0.2.12",
            ),
            (
                "balancer leaves a zone",
                healthy(),
                |s| {
                    balancer(s, |f| {
                        f.availability_zones.pop();
                    })
                },
                1,
                "has no subnet in zone eu-west-1b",
            ),
            (
                "zones by subnets alone",
                healthy(),
                |s| {
                    balancer(s, |f| {
                        f.availability_zones
                            .iter_mut()
                            .for_each(|zone| zone.zone_name = None);
                    })
                },
                0,
                "",
            ),
            (
                "health check at a port of nobody",
                healthy(),
                |s| {
                    together([
                        group(s, |f| f.health_check_port = Some("9000".to_owned())),
                        protects(s, "sg-web", |f| f.ip_permissions = vec![everything_out()]),
                    ])
                },
                2,
                "checks health at port 9000, which no container of web:1 maps",
            ),
            (
                "health check at a closed port",
                healthy(),
                |s| group(s, |f| f.health_check_port = Some("8081".to_owned())),
                2,
                "8081",
            ),
            (
                "health check at the port, by number",
                healthy(),
                |s| group(s, |f| f.health_check_port = Some("8080".to_owned())),
                0,
                "",
            ),
            (
                "a zone's ACL closes",
                healthy(),
                |s| {
                    patched(s, &ec2("subnet-b"), |f: &mut Subnet| {
                        f.network_acl.as_mut().unwrap().entries.clear();
                    })
                },
                1,
                "network ACL acl-1 of subnet subnet-b",
            ),
            (
                "unhealthy today",
                healthy(),
                |s| {
                    together([
                        group(s, |f| {
                            let targets = f.target_health_descriptions.as_mut().unwrap();
                            targets[0].target_health = TargetHealth {
                                state: Some("unhealthy".to_owned()),
                                ..TargetHealth::default()
                            };
                        }),
                        protects(s, "sg-web", |f| f.ip_permissions.clear()),
                    ])
                },
                1,
                "port 8080",
            ),
            (
                "rule goes: another need says so",
                healthy(),
                |_| gone(&elb("listener-rule/app/front/1/80/10")),
                0,
                "",
            ),
            (
                "network balancer, its clients admitted",
                network(),
                |s| {
                    protects(s, "sg-web", |f| {
                        f.ip_permissions = vec![tcp((8080, 8080), "0.0.0.0/0")];
                    })
                },
                0,
                "",
            ),
            (
                "network balancer, its health checks not",
                network(),
                |s| {
                    protects(s, "sg-web", |f| {
                        f.ip_permissions = vec![tcp((8080, 8080), "203.0.113.0/24")];
                    })
                },
                2,
                "port 8080",
            ),
        ];
        for (case, estate, change, lost, why) in cases {
            let snapshot = estate.snapshot();
            let overlay = Overlay::with(&snapshot, &change(&snapshot));
            let verdict = judge(&overlay, place(&overlay, &elb("targetgroup/web/1")));
            let own = verdict.share.map_or(0, |share| share.lost);
            assert_eq!(own, lost, "{case}: {verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|reason| reason.text.contains(why));
            assert!(
                said || why.is_empty() && verdict.is_met(),
                "{case}: {verdict:?}"
            );
        }
    }
}
