//! Services that AWS refuses to create or update.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html>

use std::rc::Rc;

use blastmap_change::Action;
use blastmap_graph::Overlay;
use blastmap_model::{
    Presence, Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{
        ecs_cluster::EcsCluster,
        ecs_service::{CapacityProviderStrategyItem, EcsService},
        ecs_task_definition::EcsTaskDefinition,
        target_group::TargetGroup,
    },
};

use super::{Asked, Refusal, Rule, is_in};
use crate::{Host, Launch, fargate, launch::last};

const PARAMETERS: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html";
const BALANCING: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-load-balancers.html";

pub(super) const BALANCED_CONTAINER: Rule = Rule {
    name: "lb-port-or-name-changed",
    documentation: BALANCING,
    sentence: "A service whose load balancers name a container or port that its task definition does not have.",
    refuses: |before, after, change, place| {
        let remediation = "Keep the container's name and port in the task definition, or change the service's load balancers with it.";
        refused(
            before,
            after,
            change,
            place,
            "InvalidParameterException",
            remediation,
            balanced_container,
        )
    },
};

pub(super) const CONNECT_PORT: Rule = Rule {
    name: "service-connect-port-name",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts.html",
    sentence: "A service whose Service Connect configuration names a port that its task definition does not.",
    refuses: |before, after, change, place| {
        let remediation = "Name the port in the port mappings of the task definition.";
        refused(
            before,
            after,
            change,
            place,
            "InvalidParameterException",
            remediation,
            connect_port,
        )
    },
};

pub(super) const NETWORK: Rule = Rule {
    name: "network-mode-or-target-type-mismatch",
    documentation: PARAMETERS,
    sentence: "A service whose network configuration or target groups do not go with its task definition's network mode.",
    refuses: |before, after, change, place| {
        let remediation = "With awsvpc give the service a network configuration and target groups of type ip; without it no network configuration, and target groups of type instance.";
        refused(
            before,
            after,
            change,
            place,
            "InvalidParameterException",
            remediation,
            network,
        )
    },
};

pub(super) const INACTIVE: Rule = Rule {
    name: "task-definition-inactive",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html",
    sentence: "A service that is moved to a task definition that is inactive or does not exist.",
    refuses: |before, after, change, place| {
        let remediation = "Register the revision anew, or use an active one.";
        let moved = definition_of(before, place) != definition_of(after, place);
        if !moved {
            return Vec::new();
        }
        refused(
            before,
            after,
            change,
            place,
            "ClientException",
            remediation,
            inactive,
        )
    },
};

pub(super) const PLATFORM: Rule = Rule {
    name: "fargate-platform-feature",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html",
    sentence: "A service on a Fargate platform version that lacks what its task definition uses.",
    refuses: |before, after, change, place| {
        let remediation = "Use platform version 1.4.0 or LATEST.";
        refused(
            before,
            after,
            change,
            place,
            "PlatformTaskDefinitionIncompatibilityException",
            remediation,
            platform,
        )
    },
};

pub(super) const UNASSOCIATED: Rule = Rule {
    name: "tg-unassociated",
    documentation: BALANCING,
    sentence: "A service with a target group to which no listener forwards.",
    refuses: |before, after, change, place| {
        let remediation = "Let a listener or a rule forward to the target group first.";
        let had = is_in(before, place).then(|| before.needed(place, Relation::RegisteredIn));
        let had = had.unwrap_or_default();
        // A group that the service has already is not looked at again.
        refused(
            before,
            after,
            change,
            place,
            "InvalidParameterException",
            remediation,
            |overlay, place, facts| unassociated(overlay, place, facts, &had),
        )
    },
};

pub(super) const CAPACITY: Rule = Rule {
    name: "capacity-provider-strategy-invalid",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    sentence: "A service with a capacity provider strategy that names providers which its cluster does not have, mixes Fargate with Auto Scaling groups, or has more than one base or no weight.",
    refuses: |before, after, change, place| {
        let remediation = "Name providers that are associated with the cluster, all of Fargate or none, one of them with a base at most and one with a weight.";
        refused(
            before,
            after,
            change,
            place,
            "InvalidParameterException",
            remediation,
            capacity,
        )
    },
};

/// What is wrong after the change and was not before: what AWS accepted once is no reason to refuse another change.
fn refused(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
    aws_error: &'static str,
    remediation: &str,
    problems: impl Fn(&Overlay<'_>, ResourceIndex, &EcsService) -> Vec<String>,
) -> Vec<Refusal> {
    if !matches!(
        change.action,
        Action::Create | Action::Replace | Action::Update
    ) {
        return Vec::new();
    }
    let Some(facts) = after.facts::<EcsService>(place) else {
        return Vec::new();
    };
    let known = is_in(before, place)
        .then(|| before.facts::<EcsService>(place))
        .flatten();
    let known = known
        .map(|facts| problems(before, place, &facts))
        .unwrap_or_default();
    let name = &facts.service_name;
    let created = change.action == Action::Create;
    let verb = if created { "create" } else { "update" };
    let mut found = problems(after, place, &facts);
    found.retain(|problem| !known.contains(problem));
    let refusal = |problem: String| Refusal {
        resource: place,
        text: format!(
            "AWS will refuse to {verb} service {name}: {problem}; the apply stops there with what came before it done: Terraform may already have deregistered the old task definition"
        ),
        aws_error,
        remediation: remediation.to_owned(),
    };
    found.into_iter().map(refusal).collect()
}

fn definition_of(overlay: &Overlay<'_>, place: ResourceIndex) -> Option<ResourceIndex> {
    if !is_in(overlay, place) {
        return None;
    }
    Launch::of(overlay, place).first()?.definition_place
}

fn definition(overlay: &Overlay<'_>, place: ResourceIndex) -> Option<Rc<EcsTaskDefinition>> {
    let launches = Launch::of(overlay, place);
    let launch = launches.into_iter().next()?;
    let unknown = launch
        .definition_place
        .is_some_and(|definition| overlay.is_unknown(definition, "containerDefinitions"));
    if unknown || overlay.is_unknown(place, "taskDefinition") {
        return None;
    }
    launch.definition
}

fn balanced_container(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    facts: &EcsService,
) -> Vec<String> {
    let Some(definition) = definition(overlay, place) else {
        return Vec::new();
    };
    if overlay.is_unknown(place, "loadBalancers") {
        return Vec::new();
    }
    let family = overlay_name(overlay, place);
    let problems = facts.load_balancers.iter().filter_map(|balancer| {
        let name = balancer.container_name.as_deref()?;
        let Some(container) = definition.container_definitions.iter().find(|own| own.name == name) else {
            return Some(format!("its load balancer sends to container {name}, which {family} does not have"));
        };
        let port = balancer.container_port?;
        let has = container.port_mappings.iter().any(|mapping| {
            mapping.container_port == Some(port)
                || mapping.container_port_range.as_deref().is_some_and(|range| is_in_range(range, port))
        });
        (!has).then(|| format!("its load balancer sends to port {port} of container {name}, which {family} does not map"))
    });
    problems.collect()
}

fn is_in_range(range: &str, port: i32) -> bool {
    let bounds = range
        .split_once('-')
        .and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    bounds.is_some_and(|(from, to): (i32, i32)| (from..=to).contains(&port))
}

fn overlay_name(overlay: &Overlay<'_>, place: ResourceIndex) -> String {
    let definition = definition_of(overlay, place);
    definition
        .map(|own| overlay.resource(own).name.to_string())
        .unwrap_or_default()
}

fn connect_port(overlay: &Overlay<'_>, place: ResourceIndex, facts: &EcsService) -> Vec<String> {
    let Some(definition) = definition(overlay, place) else {
        return Vec::new();
    };
    let configuration = facts
        .newest_deployment()
        .and_then(|own| own.service_connect_configuration.as_ref());
    let Some(configuration) = configuration.filter(|own| own.enabled) else {
        return Vec::new();
    };
    let named = |port: &str| {
        let mappings = definition
            .container_definitions
            .iter()
            .flat_map(|own| &own.port_mappings);
        mappings
            .into_iter()
            .any(|mapping| mapping.name.as_deref() == Some(port))
    };
    let family = overlay_name(overlay, place);
    let problems = configuration
        .services
        .iter()
        .filter(|own| !named(&own.port_name));
    problems
        .map(|own| {
            format!(
                "Service Connect offers port {}, which {family} does not name",
                own.port_name
            )
        })
        .collect()
}

fn network(overlay: &Overlay<'_>, place: ResourceIndex, facts: &EcsService) -> Vec<String> {
    let Some(definition) = definition(overlay, place) else {
        return Vec::new();
    };
    let mode = definition.network_mode.as_deref().unwrap_or("bridge");
    let own_addresses = mode == "awsvpc";
    let mut found = Vec::new();
    if !overlay.is_unknown(place, "networkConfiguration") {
        let given = facts.awsvpc().is_some();
        if own_addresses && !given {
            found.push("network mode awsvpc needs a network configuration".to_owned());
        }
        if !own_addresses && given {
            found.push(format!(
                "network mode {mode} takes no network configuration"
            ));
        }
    }
    let wanted = if own_addresses { "ip" } else { "instance" };
    for group in overlay.needed(place, Relation::RegisteredIn) {
        let Some(group_facts) = overlay.facts::<TargetGroup>(group) else {
            continue;
        };
        let Some(kind) = group_facts.target_type.as_deref() else {
            continue;
        };
        if kind != wanted
            && matches!(kind, "ip" | "instance")
            && !overlay.is_unknown(group, "TargetType")
        {
            let name = &group_facts.target_group_name;
            found.push(format!("network mode {mode} needs target groups of type {wanted}, and {name} is of type {kind}"));
        }
    }
    found
}

fn inactive(overlay: &Overlay<'_>, place: ResourceIndex, _facts: &EcsService) -> Vec<String> {
    let Some(definition) = definition_of(overlay, place) else {
        return Vec::new();
    };
    let resource = overlay.resource(definition);
    let name = &resource.name;
    if resource.presence == Presence::Missing {
        return vec![format!("task definition {name} does not exist")];
    }
    let facts = overlay.facts::<EcsTaskDefinition>(definition);
    let status = facts.as_ref().and_then(|facts| facts.status.as_deref());
    match status {
        None | Some("ACTIVE") => Vec::new(),
        Some(status) => vec![format!("task definition {name} is {status}")],
    }
}

fn platform(overlay: &Overlay<'_>, place: ResourceIndex, facts: &EcsService) -> Vec<String> {
    let Some(launch) = Launch::of(overlay, place).into_iter().next() else {
        return Vec::new();
    };
    let version = facts.platform_version.as_deref();
    if launch.host != Host::Fargate
        || !fargate::is_before_1_4(version)
        || overlay.is_unknown(place, "platformVersion")
    {
        return Vec::new();
    }
    let (Some(definition), Some(version)) = (definition(overlay, place), version) else {
        return Vec::new();
    };
    let cpu = definition.cpu.as_deref().and_then(fargate::cpu_units);
    let uses = [
        (
            "EFS volumes",
            definition
                .volumes
                .iter()
                .any(|own| own.efs_volume_configuration.is_some()),
        ),
        (
            "ephemeral storage of a chosen size",
            definition.ephemeral_storage.is_some(),
        ),
        (
            "environment files",
            definition
                .container_definitions
                .iter()
                .any(|own| !own.environment_files.is_empty()),
        ),
        ("tasks of 8 or 16 vCPU", cpu.is_some_and(|cpu| cpu > 4096)),
    ];
    let lacking = uses.into_iter().filter(|(_, used)| *used);
    lacking
        .map(|(what, _)| format!("Fargate's platform version {version} has no {what}"))
        .collect()
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-capacity-providers.html>
fn capacity(overlay: &Overlay<'_>, place: ResourceIndex, facts: &EcsService) -> Vec<String> {
    let strategy = &facts.capacity_provider_strategy;
    if strategy.is_empty() || overlay.is_unknown(place, "capacityProviderStrategy") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let cluster = overlay.find(&ResourceId::new(&facts.cluster_arn));
    let cluster = cluster.filter(|cluster| !overlay.is_unknown(*cluster, "capacityProviders"));
    if let Some(cluster) = cluster.and_then(|cluster| overlay.facts::<EcsCluster>(cluster)) {
        let known: Vec<&str> = cluster
            .capacity_providers
            .iter()
            .map(|own| last(own))
            .collect();
        let names = strategy.iter().map(|item| last(&item.capacity_provider));
        found.extend(names.filter(|name| !known.contains(name)).map(|name| {
            let cluster = &cluster.cluster_name;
            format!("capacity provider {name} is not associated with cluster {cluster}")
        }));
    }
    let of_fargate = |item: &&CapacityProviderStrategyItem| {
        matches!(last(&item.capacity_provider), "FARGATE" | "FARGATE_SPOT")
    };
    let fargate = strategy.iter().filter(of_fargate).count();
    if fargate > 0 && fargate < strategy.len() {
        found.push("its strategy mixes Fargate with Auto Scaling groups".to_owned());
    }
    if strategy.iter().filter(|item| item.base > 0).count() > 1 {
        found.push("its strategy has more than one base".to_owned());
    }
    if strategy.len() > 1 && strategy.iter().all(|item| item.weight <= 0) {
        found.push("no capacity provider of its strategy has a weight above 0".to_owned());
    }
    found
}

fn unassociated(
    overlay: &Overlay<'_>,
    place: ResourceIndex,
    facts: &EcsService,
    had: &[ResourceIndex],
) -> Vec<String> {
    // CodeDeploy and task sets attach their groups by themselves.
    let controller = facts
        .deployment_controller
        .as_ref()
        .map(|own| own.r#type.as_str());
    if !matches!(controller, None | Some("" | "ECS")) || actions_unknown(overlay) {
        return Vec::new();
    }
    let groups = overlay.needed(place, Relation::RegisteredIn).into_iter();
    let alone = groups.filter(|group| {
        let facts = overlay.facts::<TargetGroup>(*group);
        !had.contains(group) && facts.is_some() && !listeners_unread(overlay, *group) && {
            let forwards = overlay.needing(*group, Relation::ForwardsTo);
            !forwards.into_iter().any(|from| overlay.is_there(from))
        }
    });
    alone
        .map(|group| {
            let name = &overlay.resource(group).name;
            format!("no listener forwards to target group {name}")
        })
        .collect()
}

/// Whether a listener or rule may forward to what only the apply will tell.
fn actions_unknown(overlay: &Overlay<'_>) -> bool {
    overlay
        .touched()
        .into_iter()
        .any(|place| match overlay.kind(place) {
            ResourceKind::Listener => overlay.is_unknown(place, "DefaultActions"),
            ResourceKind::ListenerRule => overlay.is_unknown(place, "Actions"),
            _ => false,
        })
}

/// Whether listeners of the group's account and region were not all read.
fn listeners_unread(overlay: &Overlay<'_>, group: ResourceIndex) -> bool {
    let own = overlay.resource(group);
    overlay
        .snapshot()
        .inventory()
        .blind_spots
        .iter()
        .any(|spot| {
            spot.account == own.account
                && spot.region == own.region
                && spot.kinds.iter().any(|kind| {
                    matches!(
                        kind,
                        ResourceKind::Listener
                            | ResourceKind::ListenerRule
                            | ResourceKind::LoadBalancer
                    )
                })
        })
}

#[cfg(test)]
mod tests {
    use blastmap_model::{
        Edits,
        kinds::{
            ecs_service::{
                ServiceConnectConfiguration, ServiceConnectService, ServiceLoadBalancer,
            },
            ecs_task_definition::EphemeralStorage,
            listener_rule::ListenerRule,
        },
    };

    use super::*;
    use crate::{
        estate::{Estate, arn, gone, patched, planned, together, web_definition},
        refusals::{ALL, tests::refusals},
    };

    const SERVICE: &str = "arn:aws:ecs:eu-west-1:123456789012:service/main/web";
    const NEW: &str = "planned:aws_ecs_task_definition.web";

    fn estate() -> Estate {
        let estate = Estate::new().vpc_with_nat().fargate_service().alb();
        estate.with::<EcsCluster>(&arn("ecs", "cluster/main"), |facts| {
            facts.capacity_providers = vec!["FARGATE".to_owned(), "FARGATE_SPOT".to_owned()];
        })
    }

    /// The service moves to a revision that is changed like this, and is itself changed like that.
    fn moves(definition: fn(&mut EcsTaskDefinition), service: fn(&mut EcsService)) -> Edits {
        let mut facts = web_definition();
        facts.revision = 2;
        definition(&mut facts);
        let snapshot = estate().snapshot();
        let moved = patched(&snapshot, SERVICE, |facts: &mut EcsService| {
            facts.task_definition = Some(NEW.to_owned());
            service(facts);
        });
        together([
            planned(NEW, &arn("ecs", "task-definition/web:2"), &facts),
            moved,
        ])
    }

    /// Name, weight, base.
    fn provided(service: &mut EcsService, strategy: &[(&str, i32, i32)]) {
        service.launch_type = None;
        let items = strategy
            .iter()
            .map(|(name, weight, base)| CapacityProviderStrategyItem {
                capacity_provider: (*name).to_owned(),
                weight: *weight,
                base: *base,
            });
        service.capacity_provider_strategy = items.collect();
    }

    fn names(snapshot: &blastmap_graph::Snapshot, edits: &Edits) -> Vec<&'static str> {
        let found = refusals(ALL, snapshot, edits, Action::Update, SERVICE);
        assert!(found.iter().all(|(_, refusal)| {
            refusal
                .text
                .starts_with("AWS will refuse to update service web: ")
        }));
        found.into_iter().map(|(rule, _)| rule).collect()
    }

    #[test]
    fn what_a_service_cannot_become() {
        let snapshot = estate().snapshot();
        let cases = [
            (moves(|_| {}, |_| {}), None),
            (
                moves(
                    |own| own.container_definitions[0].name = "app".to_owned(),
                    |_| {},
                ),
                Some("lb-port-or-name-changed"),
            ),
            (
                moves(
                    |own| own.container_definitions[0].name = "app".to_owned(),
                    |own| own.load_balancers[0].container_name = Some("app".to_owned()),
                ),
                None,
            ),
            (
                moves(
                    |own| {
                        own.container_definitions[0].port_mappings[0].container_port = Some(9090);
                    },
                    |_| {},
                ),
                Some("lb-port-or-name-changed"),
            ),
            (
                moves(
                    |_| {},
                    |own| {
                        own.deployments[0].service_connect_configuration =
                            Some(ServiceConnectConfiguration {
                                enabled: true,
                                services: vec![ServiceConnectService {
                                    port_name: "http".to_owned(),
                                    ..ServiceConnectService::default()
                                }],
                                ..ServiceConnectConfiguration::default()
                            });
                    },
                ),
                None,
            ),
            (
                moves(
                    |_| {},
                    |own| {
                        own.deployments[0].service_connect_configuration =
                            Some(ServiceConnectConfiguration {
                                enabled: true,
                                services: vec![ServiceConnectService {
                                    port_name: "grpc".to_owned(),
                                    ..ServiceConnectService::default()
                                }],
                                ..ServiceConnectConfiguration::default()
                            });
                    },
                ),
                Some("service-connect-port-name"),
            ),
            (
                moves(|_| {}, |own| own.network_configuration = None),
                Some("network-mode-or-target-type-mismatch"),
            ),
            (
                moves(|own| own.status = Some("INACTIVE".to_owned()), |_| {}),
                Some("task-definition-inactive"),
            ),
            (
                moves(
                    |own| own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 50 }),
                    |own| own.platform_version = Some("1.3.0".to_owned()),
                ),
                Some("fargate-platform-feature"),
            ),
            (
                moves(|_| {}, |own| provided(own, &[("FARGATE_SPOT", 1, 0)])),
                None,
            ),
            (
                moves(|_| {}, |own| provided(own, &[("gpu", 1, 0)])),
                Some("capacity-provider-strategy-invalid"),
            ),
            (
                moves(
                    |_| {},
                    |own| provided(own, &[("FARGATE", 1, 1), ("FARGATE_SPOT", 1, 1)]),
                ),
                Some("capacity-provider-strategy-invalid"),
            ),
            (
                moves(
                    |_| {},
                    |own| provided(own, &[("FARGATE", 0, 0), ("FARGATE_SPOT", 0, 0)]),
                ),
                Some("capacity-provider-strategy-invalid"),
            ),
            (
                moves(
                    |own| own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 50 }),
                    |_| {},
                ),
                None,
            ),
            (
                moves(
                    |_| {},
                    |own| own.platform_version = Some("1.3.0".to_owned()),
                ),
                None,
            ),
        ];
        for (number, (edits, expected)) in cases.into_iter().enumerate() {
            assert_eq!(
                names(&snapshot, &edits),
                Vec::from_iter(expected),
                "{number}"
            );
        }
    }

    #[test]
    fn an_inactive_revision_that_stays_is_fine() {
        let snapshot = estate().snapshot();
        let inactive = patched(
            &snapshot,
            &arn("ecs", "task-definition/web:1"),
            |facts: &mut EcsTaskDefinition| {
                facts.status = Some("INACTIVE".to_owned());
            },
        );
        let more = patched(&snapshot, SERVICE, |facts: &mut EcsService| {
            facts.desired_count = 4;
        });
        assert_eq!(
            names(&snapshot, &together([inactive, more])),
            Vec::<&str>::new()
        );
    }

    #[test]
    fn a_group_needs_a_listener() {
        let group = arn("elasticloadbalancing", "targetgroup/new/1");
        let facts = TargetGroup {
            target_group_arn: group.clone(),
            target_group_name: "new".to_owned(),
            target_type: Some("ip".to_owned()),
            ..TargetGroup::default()
        };
        let snapshot = estate().put(&group, &facts).snapshot();
        let added = patched(&snapshot, SERVICE, |facts: &mut EcsService| {
            facts.load_balancers.push(ServiceLoadBalancer {
                target_group_arn: Some(group.clone()),
                container_name: Some("web".to_owned()),
                container_port: Some(8080),
                ..ServiceLoadBalancer::default()
            });
        });
        let rule = arn("elasticloadbalancing", "listener-rule/app/front/1/80/10");
        let forwarded = patched(&snapshot, &rule, |facts: &mut ListenerRule| {
            facts.actions[0].target_group_arn = Some(group.clone());
        });
        let count = patched(&snapshot, SERVICE, |facts: &mut EcsService| {
            facts.desired_count = 3;
        });
        let cases = [
            (added.clone(), vec!["tg-unassociated"]),
            (count.clone(), vec![]),
            (together([added, forwarded]), vec![]),
            // What it has is not looked at again.
            (together([gone(&rule), count]), vec![]),
        ];
        for (number, (edits, expected)) in cases.into_iter().enumerate() {
            assert_eq!(names(&snapshot, &edits), expected, "{number}");
        }
    }
}
