//! ECS services, with their deployments and task sets.

use aws_sdk_ecs::types::{self, Service, ServiceField};
use blastmap_model::{
    Arn, Found, Redactor, ResourceKind, Source,
    kinds::{
        ecs_service::{
            AdvancedConfiguration, AwsVpcConfiguration, CanaryConfiguration, ClientAlias,
            Deployment, DeploymentAlarms, DeploymentCircuitBreaker, DeploymentConfiguration,
            DeploymentController, DeploymentLifecycleHook, EcsService, LinearConfiguration,
            ManagedEbsVolume, NetworkConfiguration, PlacementStrategy, ServiceConnectConfiguration,
            ServiceConnectResource, ServiceConnectService, ServiceLoadBalancer, ServiceRegistry,
            VolumeConfiguration, VpcLatticeConfiguration,
        },
        ecs_task_definition::PlacementConstraint,
        ecs_task_set::{EcsTaskSet, Scale},
    },
};
use futures_util::{StreamExt as _, stream};

use super::{
    Action, Collector, Place, Wanted,
    clusters::{strategy_item, tags},
    nonzero, owned,
    service_addresses::fingerprints,
    text, time,
};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcsService, ResourceKind::EcsTaskSet],
    actions: &[
        Action {
            name: "ecs:ListServices",
            reads: &["serviceArns", "nextToken"],
        },
        Action {
            name: "ecs:DescribeServices",
            reads: &[
                "services",
                "failures",
                "arn",
                "reason",
                "serviceArn",
                "serviceName",
                "clusterArn",
                "status",
                "taskDefinition",
                "desiredCount",
                "runningCount",
                "pendingCount",
                "launchType",
                "capacityProviderStrategy",
                "capacityProvider",
                "weight",
                "base",
                "platformVersion",
                "platformFamily",
                "schedulingStrategy",
                "availabilityZoneRebalancing",
                "roleArn",
                "deploymentController",
                "type",
                "deploymentConfiguration",
                "strategy",
                "bakeTimeInMinutes",
                "maximumPercent",
                "minimumHealthyPercent",
                "deploymentCircuitBreaker",
                "enable",
                "rollback",
                "alarms",
                "alarmNames",
                "lifecycleHooks",
                "targetType",
                "hookTargetArn",
                "lifecycleStages",
                "linearConfiguration",
                "stepPercent",
                "stepBakeTimeInMinutes",
                "canaryConfiguration",
                "canaryPercent",
                "canaryBakeTimeInMinutes",
                "deployments",
                "id",
                "failedTasks",
                "rolloutState",
                "rolloutStateReason",
                "createdAt",
                "updatedAt",
                "serviceConnectConfiguration",
                "enabled",
                "namespace",
                "portName",
                "discoveryName",
                "clientAliases",
                "ingressPortOverride",
                "port",
                "dnsName",
                "serviceConnectResources",
                "discoveryArn",
                "volumeConfigurations",
                "vpcLatticeConfigurations",
                "name",
                "managedEBSVolume",
                "encrypted",
                "kmsKeyId",
                "sizeInGiB",
                "volumeType",
                "loadBalancers",
                "targetGroupArn",
                "loadBalancerName",
                "containerName",
                "containerPort",
                "advancedConfiguration",
                "alternateTargetGroupArn",
                "productionListenerRule",
                "testListenerRule",
                "serviceRegistries",
                "registryArn",
                "networkConfiguration",
                "awsvpcConfiguration",
                "subnets",
                "securityGroups",
                "assignPublicIp",
                "healthCheckGracePeriodSeconds",
                "placementConstraints",
                "expression",
                "placementStrategy",
                "field",
                "enableExecuteCommand",
                "taskSets",
                "taskSetArn",
                "externalId",
                "computedDesiredCount",
                "scale",
                "value",
                "unit",
                "stabilityStatus",
                "tags",
                "key",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(Wanted::clusters),
    never_changes: None,
    collect: |clients, clusters, found| Box::pin(collect(clients, clusters, found)),
};

/// The most that one call describes.
const BATCH: usize = 10;

async fn collect(
    clients: &Clients,
    clusters: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let answers = stream::iter(clusters)
        .map(|cluster| of_cluster(clients, cluster))
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    let mut failed = None;
    for (services, error) in answers {
        for service in &services {
            describe(service, found);
        }
        failed = failed.or(error);
    }
    if let Some(error) = failed {
        Err(error)
    } else {
        found.listed(ResourceKind::EcsService);
        found.listed(ResourceKind::EcsTaskSet);
        Ok(())
    }
}

/// The services of one cluster, as far as they could be read.
async fn of_cluster(clients: &Clients, cluster: Wanted) -> (Vec<Service>, Option<CallError>) {
    let (mut arns, mut pages, mut failed) = (Vec::new(), Pages::of("ecs:ListServices"), None);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecs
            .list_services()
            .cluster(cluster.id.as_str())
            .max_results(100)
            .set_next_token(token);
        match clients.call("ecs:ListServices", request.send()).await {
            Ok(answer) => {
                arns.extend(answer.service_arns().iter().cloned());
                failed = failed.or(pages.turn(answer.next_token()).err());
            }
            Err(error) => failed = Some(error),
        }
    }
    let batches: Vec<Vec<String>> = arns.chunks(BATCH).map(<[String]>::to_vec).collect();
    let answers = stream::iter(batches)
        .map(|batch| {
            let request = clients
                .ecs
                .describe_services()
                .cluster(cluster.id.as_str())
                .set_services(Some(batch))
                .include(ServiceField::Tags);
            clients.call("ecs:DescribeServices", request.send())
        })
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    let mut services = Vec::new();
    for answer in answers {
        match answer {
            Ok(answer) => services.extend(answer.services.unwrap_or_default()),
            Err(error) => failed = Some(error),
        }
    }
    (services, failed)
}

fn describe(service: &Service, found: &mut Found) {
    let Ok(arn) = Arn::parse(service.service_arn().unwrap_or_default()) else {
        return;
    };
    // Deleted services stay describable for a while.
    if service.status() == Some("INACTIVE") {
        return;
    }
    let facts = EcsService {
        service_arn: arn.to_string(),
        service_name: service.service_name().unwrap_or_default().to_owned(),
        cluster_arn: service.cluster_arn().unwrap_or_default().to_owned(),
        status: owned(service.status()),
        task_definition: owned(service.task_definition()),
        desired_count: service.desired_count(),
        running_count: service.running_count(),
        pending_count: service.pending_count(),
        launch_type: text!(service.launch_type()),
        capacity_provider_strategy: service
            .capacity_provider_strategy()
            .iter()
            .map(strategy_item)
            .collect(),
        platform_version: owned(service.platform_version()),
        platform_family: owned(service.platform_family()),
        scheduling_strategy: text!(service.scheduling_strategy()),
        availability_zone_rebalancing: text!(service.availability_zone_rebalancing()),
        role_arn: owned(service.role_arn()),
        deployment_controller: service.deployment_controller().map(|controller| {
            DeploymentController {
                r#type: controller.r#type().as_str().to_owned(),
            }
        }),
        deployment_configuration: service
            .deployment_configuration()
            .map(deployment_configuration),
        deployments: service
            .deployments()
            .iter()
            .map(|own| deployment(own, found.redactor()))
            .collect(),
        load_balancers: service.load_balancers().iter().map(load_balancer).collect(),
        service_registries: service.service_registries().iter().map(registry).collect(),
        network_configuration: service.network_configuration().map(network),
        health_check_grace_period_seconds: service.health_check_grace_period_seconds(),
        placement_constraints: service
            .placement_constraints()
            .iter()
            .map(|constraint| PlacementConstraint {
                r#type: text!(constraint.r#type()),
                expression: owned(constraint.expression()),
            })
            .collect(),
        placement_strategy: service
            .placement_strategy()
            .iter()
            .map(|strategy| PlacementStrategy {
                r#type: text!(strategy.r#type()),
                field: owned(strategy.field()),
            })
            .collect(),
        enable_execute_command: Some(service.enable_execute_command()),
        created_at: time(service.created_at()),
    };
    let source = Source::of("ecs:DescribeServices");
    found.resource(&arn, &facts, tags(service.tags()), source);
    for set in service.task_sets() {
        let Ok(own) = Arn::parse(set.task_set_arn().unwrap_or_default()) else {
            continue;
        };
        found.resource(&own, &task_set(set, &arn), tags(set.tags()), source);
    }
}

fn task_set(set: &types::TaskSet, service: &Arn) -> EcsTaskSet {
    EcsTaskSet {
        id: owned(set.id()),
        task_set_arn: set.task_set_arn().unwrap_or_default().to_owned(),
        service_arn: Some(service.to_string()),
        cluster_arn: owned(set.cluster_arn()),
        external_id: owned(set.external_id()),
        status: owned(set.status()),
        task_definition: owned(set.task_definition()),
        computed_desired_count: set.computed_desired_count(),
        running_count: set.running_count(),
        pending_count: set.pending_count(),
        launch_type: text!(set.launch_type()),
        capacity_provider_strategy: set
            .capacity_provider_strategy()
            .iter()
            .map(strategy_item)
            .collect(),
        platform_version: owned(set.platform_version()),
        network_configuration: set.network_configuration().map(network),
        load_balancers: set.load_balancers().iter().map(load_balancer).collect(),
        service_registries: set.service_registries().iter().map(registry).collect(),
        scale: set.scale().map(|scale| Scale {
            value: scale.value(),
            unit: text!(scale.unit()),
        }),
        stability_status: text!(set.stability_status()),
    }
}

fn deployment_configuration(
    configuration: &types::DeploymentConfiguration,
) -> DeploymentConfiguration {
    DeploymentConfiguration {
        strategy: text!(configuration.strategy()),
        bake_time_in_minutes: configuration.bake_time_in_minutes(),
        maximum_percent: configuration.maximum_percent(),
        minimum_healthy_percent: configuration.minimum_healthy_percent(),
        deployment_circuit_breaker: configuration.deployment_circuit_breaker().map(|breaker| {
            DeploymentCircuitBreaker {
                enable: breaker.enable(),
                rollback: breaker.rollback(),
            }
        }),
        alarms: configuration.alarms().map(|alarms| DeploymentAlarms {
            alarm_names: alarms.alarm_names().to_vec(),
            enable: alarms.enable(),
            rollback: alarms.rollback(),
        }),
        lifecycle_hooks: configuration.lifecycle_hooks().iter().map(hook).collect(),
        linear_configuration: configuration.linear_configuration().map(|linear| {
            LinearConfiguration {
                step_percent: linear.step_percent(),
                step_bake_time_in_minutes: linear.step_bake_time_in_minutes(),
            }
        }),
        canary_configuration: configuration.canary_configuration().map(|canary| {
            CanaryConfiguration {
                canary_percent: canary.canary_percent(),
                canary_bake_time_in_minutes: canary.canary_bake_time_in_minutes(),
            }
        }),
    }
}

/// What a hook is told stays unread: it may be anything.
fn hook(hook: &types::DeploymentLifecycleHook) -> DeploymentLifecycleHook {
    DeploymentLifecycleHook {
        target_type: text!(hook.target_type()),
        hook_target_arn: owned(hook.hook_target_arn()),
        role_arn: owned(hook.role_arn()),
        lifecycle_stages: hook
            .lifecycle_stages()
            .iter()
            .map(|stage| stage.as_str().to_owned())
            .collect(),
    }
}

fn deployment(deployment: &types::Deployment, redactor: &Redactor) -> Deployment {
    Deployment {
        id: owned(deployment.id()),
        status: owned(deployment.status()),
        task_definition: owned(deployment.task_definition()),
        desired_count: deployment.desired_count(),
        running_count: deployment.running_count(),
        pending_count: deployment.pending_count(),
        failed_tasks: deployment.failed_tasks(),
        launch_type: text!(deployment.launch_type()),
        platform_version: owned(deployment.platform_version()),
        rollout_state: text!(deployment.rollout_state()),
        rollout_state_reason: owned(deployment.rollout_state_reason()),
        created_at: time(deployment.created_at()),
        updated_at: time(deployment.updated_at()),
        service_connect_configuration: deployment
            .service_connect_configuration()
            .map(|own| service_connect(own, redactor)),
        service_connect_resources: deployment
            .service_connect_resources()
            .iter()
            .map(|resource| ServiceConnectResource {
                discovery_name: owned(resource.discovery_name()),
                discovery_arn: owned(resource.discovery_arn()),
            })
            .collect(),
        volume_configurations: deployment
            .volume_configurations()
            .iter()
            .map(|volume| VolumeConfiguration {
                name: volume.name().to_owned(),
                managed_ebs_volume: volume.managed_ebs_volume().map(|volume| ManagedEbsVolume {
                    role_arn: Some(volume.role_arn().to_owned()),
                    encrypted: volume.encrypted(),
                    kms_key_id: owned(volume.kms_key_id()),
                    size_in_gib: volume.size_in_gib(),
                    volume_type: owned(volume.volume_type()),
                }),
            })
            .collect(),
        vpc_lattice_configurations: deployment
            .vpc_lattice_configurations()
            .iter()
            .map(|own| VpcLatticeConfiguration {
                role_arn: Some(own.role_arn().to_owned()),
                target_group_arn: Some(own.target_group_arn().to_owned()),
                port_name: Some(own.port_name().to_owned()),
            })
            .collect(),
    }
}

fn service_connect(
    configuration: &types::ServiceConnectConfiguration,
    redactor: &Redactor,
) -> ServiceConnectConfiguration {
    // Without a name of its own, an alias has that of the service in its namespace, which may be given by its ARN alone.
    let full_name = |service: &types::ServiceConnectService| {
        let namespace = configuration
            .namespace()
            .filter(|own| !own.starts_with("arn:"))?;
        let name = service.discovery_name().unwrap_or(service.port_name());
        Some(format!("{name}.{namespace}"))
    };
    ServiceConnectConfiguration {
        enabled: configuration.enabled(),
        namespace: owned(configuration.namespace()),
        services: configuration
            .services()
            .iter()
            .map(|service| ServiceConnectService {
                port_name: service.port_name().to_owned(),
                discovery_name: owned(service.discovery_name()),
                ingress_port_override: service.ingress_port_override(),
                client_aliases: service
                    .client_aliases()
                    .iter()
                    .map(|alias| {
                        let name = owned(alias.dns_name()).or_else(|| full_name(service));
                        let fingerprints =
                            name.map(|name| fingerprints(redactor, &name, Some(alias.port())));
                        ClientAlias {
                            port: alias.port(),
                            dns_name: owned(alias.dns_name()),
                            fingerprints: fingerprints.unwrap_or_default(),
                        }
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn load_balancer(load_balancer: &types::LoadBalancer) -> ServiceLoadBalancer {
    ServiceLoadBalancer {
        target_group_arn: owned(load_balancer.target_group_arn()),
        load_balancer_name: owned(load_balancer.load_balancer_name()),
        container_name: owned(load_balancer.container_name()),
        container_port: load_balancer.container_port(),
        advanced_configuration: load_balancer.advanced_configuration().map(|advanced| {
            AdvancedConfiguration {
                alternate_target_group_arn: owned(advanced.alternate_target_group_arn()),
                production_listener_rule: owned(advanced.production_listener_rule()),
                test_listener_rule: owned(advanced.test_listener_rule()),
                role_arn: owned(advanced.role_arn()),
            }
        }),
    }
}

fn registry(registry: &types::ServiceRegistry) -> ServiceRegistry {
    ServiceRegistry {
        registry_arn: owned(registry.registry_arn()),
        port: registry.port().and_then(nonzero),
        container_name: owned(registry.container_name()),
        container_port: registry.container_port().and_then(nonzero),
    }
}

fn network(configuration: &types::NetworkConfiguration) -> NetworkConfiguration {
    NetworkConfiguration {
        awsvpc_configuration: configuration.awsvpc_configuration().map(|awsvpc| {
            AwsVpcConfiguration {
                subnets: awsvpc.subnets().to_vec(),
                security_groups: awsvpc.security_groups().to_vec(),
                assign_public_ip: text!(awsvpc.assign_public_ip()),
            }
        }),
    }
}
