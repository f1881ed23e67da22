//! Clusters, services, task definitions, task sets and capacity providers.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service>

use std::collections::HashMap;

use blastmap_model::{Arn, ResourceKind};
use serde_json::{Value, json};

use super::{
    fields::{Field, Shape, field, set, whole},
    mapping::{Finish, Id, Naming, Own, Part, Whole, owner},
};
use crate::{Workbench, containers, deletion, service::newest_deployment};

/// The provider writes these numbers as text.
fn decimal(value: &Value) -> Value {
    super::side::plain(value)
        .and_then(|text| text.parse::<f64>().ok())
        .map_or(Value::Null, Value::from)
}

fn whole_number(value: &Value) -> Value {
    super::side::plain(value)
        .and_then(|text| text.parse::<i32>().ok())
        .map_or(Value::Null, Value::from)
}

const STRATEGY: &[Field] = &[
    field("capacity_provider", "capacityProvider", Shape::Text),
    field("weight", "weight", Shape::Number),
    field("base", "base", Shape::Number),
];

const CONSTRAINT: &[Field] = &[
    field("type", "type", Shape::Text),
    field("expression", "expression", Shape::Text),
];

pub(super) const CLUSTER: Whole = Whole {
    own: |naming| naming.named("ecs", "cluster/", "name"),
    fields: &[
        field("name", "clusterName", Shape::Text),
        field(
            "setting",
            "settings",
            Shape::Blocks(&[
                field("name", "name", Shape::Text),
                field("value", "value", Shape::Text),
            ]),
        ),
        // Providers of version 4 kept these on the cluster.
        field("capacity_providers", "capacityProviders", Shape::Texts),
        field(
            "default_capacity_provider_strategy",
            "defaultCapacityProviderStrategy",
            Shape::Blocks(STRATEGY),
        ),
        field(
            "service_connect_defaults",
            "serviceConnectDefaults",
            Shape::Block(&[field("namespace", "namespace", Shape::Text)]),
        ),
        field(
            "configuration",
            "configuration",
            Shape::Block(&[
                field(
                    "execute_command_configuration",
                    "executeCommandConfiguration",
                    Shape::Block(&[
                        field("kms_key_id", "kmsKeyId", Shape::Text),
                        field("logging", "logging", Shape::Text),
                        field(
                            "log_configuration",
                            "logConfiguration",
                            Shape::Block(&[
                                field(
                                    "cloud_watch_log_group_name",
                                    "cloudWatchLogGroupName",
                                    Shape::Text,
                                ),
                                field("s3_bucket_name", "s3BucketName", Shape::Text),
                            ]),
                        ),
                    ]),
                ),
                field(
                    "managed_storage_configuration",
                    "managedStorageConfiguration",
                    Shape::Block(&[
                        field("kms_key_id", "kmsKeyId", Shape::Text),
                        field(
                            "fargate_ephemeral_storage_kms_key_id",
                            "fargateEphemeralStorageKmsKeyId",
                            Shape::Text,
                        ),
                    ]),
                ),
            ]),
        ),
    ],
    empty_when_new: &["setting", "capacity_providers"],
    finish: |finish| {
        finish.set_new("clusterArn", finish.own.as_str());
        finish.set_new("status", "ACTIVE");
        for count in [
            "registeredContainerInstancesCount",
            "runningTasksCount",
            "pendingTasksCount",
            "activeServicesCount",
        ] {
            finish.set_new(count, 0);
        }
    },
    ..Whole::of(ResourceKind::EcsCluster)
};

pub(super) const CLUSTER_CAPACITY: Part = Part {
    kind: ResourceKind::EcsCluster,
    owners: |finder, side| {
        owner(
            finder,
            ResourceKind::EcsCluster,
            side,
            &["cluster_name", "id"],
        )
    },
    remove: |owner| {
        set(owner.facts, "capacityProviders", Value::Null);
        set(owner.facts, "defaultCapacityProviderStrategy", Value::Null);
    },
    add: |owner| {
        let fields = &[
            field("capacity_providers", "capacityProviders", Shape::Texts),
            field(
                "default_capacity_provider_strategy",
                "defaultCapacityProviderStrategy",
                Shape::Blocks(STRATEGY),
            ),
        ];
        let made = whole(fields, owner.side.0);
        for (name, attribute) in [
            ("capacityProviders", "capacity_providers"),
            (
                "defaultCapacityProviderStrategy",
                "default_capacity_provider_strategy",
            ),
        ] {
            set(owner.facts, name, made[name].clone());
            if owner.is_unknown(attribute) {
                owner.unknown.push(name.to_owned());
            }
        }
    },
    last: false,
};

pub(super) const CAPACITY_PROVIDER: Whole = Whole {
    own: |naming| naming.named("ecs", "capacity-provider/", "name"),
    fields: &[
        field("name", "name", Shape::Text),
        field(
            "auto_scaling_group_provider",
            "autoScalingGroupProvider",
            Shape::Block(&[
                field("auto_scaling_group_arn", "autoScalingGroupArn", Shape::Text),
                field(
                    "managed_termination_protection",
                    "managedTerminationProtection",
                    Shape::Text,
                ),
                field("managed_draining", "managedDraining", Shape::Text),
                field(
                    "managed_scaling",
                    "managedScaling",
                    Shape::Block(&[
                        field("status", "status", Shape::Text),
                        field("target_capacity", "targetCapacity", Shape::Number),
                        field(
                            "minimum_scaling_step_size",
                            "minimumScalingStepSize",
                            Shape::Number,
                        ),
                        field(
                            "maximum_scaling_step_size",
                            "maximumScalingStepSize",
                            Shape::Number,
                        ),
                        field(
                            "instance_warmup_period",
                            "instanceWarmupPeriod",
                            Shape::Number,
                        ),
                    ]),
                ),
            ]),
        ),
        field("cluster", "cluster", Shape::Text),
        field(
            "managed_instances_provider",
            "managedInstancesProvider",
            Shape::Block(&[
                field(
                    "infrastructure_role_arn",
                    "infrastructureRoleArn",
                    Shape::Text,
                ),
                field(
                    "instance_launch_template",
                    "instanceLaunchTemplate",
                    Shape::Block(&[
                        field(
                            "ec2_instance_profile_arn",
                            "ec2InstanceProfileArn",
                            Shape::Text,
                        ),
                        field(
                            "network_configuration",
                            "networkConfiguration",
                            Shape::Block(&[
                                field("subnets", "subnets", Shape::Texts),
                                field("security_groups", "securityGroups", Shape::Texts),
                            ]),
                        ),
                        field("capacity_option_type", "capacityOptionType", Shape::Text),
                    ]),
                ),
            ]),
        ),
    ],
    empty_when_new: &["cluster", "managed_instances_provider"],
    finish: |finish| {
        finish.set_new("capacityProviderArn", finish.own.as_str());
        finish.set_new("status", "ACTIVE");
    },
    ..Whole::of(ResourceKind::EcsCapacityProvider)
};

const LOAD_BALANCER: Field = field(
    "load_balancer",
    "loadBalancers",
    Shape::Blocks(&[
        field("target_group_arn", "targetGroupArn", Shape::Text),
        field("elb_name", "loadBalancerName", Shape::Text),
        field("load_balancer_name", "loadBalancerName", Shape::Text),
        field("container_name", "containerName", Shape::Text),
        field("container_port", "containerPort", Shape::Number),
        field(
            "advanced_configuration",
            "advancedConfiguration",
            Shape::Block(&[
                field(
                    "alternate_target_group_arn",
                    "alternateTargetGroupArn",
                    Shape::Text,
                ),
                field(
                    "production_listener_rule",
                    "productionListenerRule",
                    Shape::Text,
                ),
                field("test_listener_rule", "testListenerRule", Shape::Text),
                field("role_arn", "roleArn", Shape::Text),
            ]),
        ),
    ]),
);

const REGISTRIES: Field = field(
    "service_registries",
    "serviceRegistries",
    Shape::Blocks(&[
        field("registry_arn", "registryArn", Shape::Text),
        field("port", "port", Shape::Custom(port)),
        field("container_name", "containerName", Shape::Text),
        field("container_port", "containerPort", Shape::Custom(port)),
    ]),
);

const NETWORK: Field = field(
    "network_configuration",
    "networkConfiguration.awsvpcConfiguration",
    Shape::Block(&[
        field("subnets", "subnets", Shape::Texts),
        field("security_groups", "securityGroups", Shape::Texts),
        field(
            "assign_public_ip",
            "assignPublicIp",
            Shape::Word("ENABLED", "DISABLED"),
        ),
    ]),
);

const CAPACITY: Field = field(
    "capacity_provider_strategy",
    "capacityProviderStrategy",
    Shape::Blocks(STRATEGY),
);

/// Terraform says 0 where nothing is set.
fn port(value: &Value) -> Value {
    let number = super::side::number(value).filter(|number| *number != 0);
    number.map_or(Value::Null, Value::from)
}

pub(super) const SERVICE: Whole = Whole {
    rank: 1,
    names: |side| {
        let mut names = side.names(&["arn", "id"]);
        let cluster = side.text("cluster").map(last_part);
        match (cluster, side.text("name")) {
            (Some(cluster), Some(name)) => names.push(format!("{cluster}/{name}")),
            (None, Some(name)) => names.push(name.to_owned()),
            _ => {}
        }
        names
    },
    own: |naming| {
        let cluster = naming.side.text("cluster").map(last_part);
        let known = cluster.is_some() || !naming.side.0.contains_key("cluster");
        let cluster = cluster.unwrap_or("default").to_owned();
        let own = naming.named("ecs", &format!("service/{cluster}/"), "name")?;
        let certain = own.certain && known && !cluster.starts_with("planned-");
        Some(Own { certain, ..own })
    },
    fields: &[
        field("name", "serviceName", Shape::Text),
        field("desired_count", "desiredCount", Shape::Number),
        field("launch_type", "launchType", Shape::Text),
        CAPACITY,
        field("platform_version", "platformVersion", Shape::Text),
        field("scheduling_strategy", "schedulingStrategy", Shape::Text),
        field(
            "availability_zone_rebalancing",
            "availabilityZoneRebalancing",
            Shape::Text,
        ),
        field("iam_role", "roleArn", Shape::Text),
        field(
            "deployment_controller",
            "deploymentController",
            Shape::Block(&[field("type", "type", Shape::Text)]),
        ),
        field(
            "deployment_configuration",
            "",
            Shape::Block(&[
                field("strategy", "deploymentConfiguration.strategy", Shape::Text),
                field(
                    "bake_time_in_minutes",
                    "deploymentConfiguration.bakeTimeInMinutes",
                    Shape::Number,
                ),
                field(
                    "lifecycle_hook",
                    "deploymentConfiguration.lifecycleHooks",
                    Shape::Blocks(&[
                        field("hook_target_arn", "hookTargetArn", Shape::Text),
                        field("role_arn", "roleArn", Shape::Text),
                        field("lifecycle_stages", "lifecycleStages", Shape::Texts),
                    ]),
                ),
                field(
                    "linear_configuration",
                    "deploymentConfiguration.linearConfiguration",
                    Shape::Block(&[
                        field("step_percent", "stepPercent", Shape::Custom(decimal)),
                        field(
                            "step_bake_time_in_minutes",
                            "stepBakeTimeInMinutes",
                            Shape::Custom(whole_number),
                        ),
                    ]),
                ),
                field(
                    "canary_configuration",
                    "deploymentConfiguration.canaryConfiguration",
                    Shape::Block(&[
                        field("canary_percent", "canaryPercent", Shape::Custom(decimal)),
                        field(
                            "canary_bake_time_in_minutes",
                            "canaryBakeTimeInMinutes",
                            Shape::Custom(whole_number),
                        ),
                    ]),
                ),
            ]),
        ),
        field(
            "deployment_maximum_percent",
            "deploymentConfiguration.maximumPercent",
            Shape::Number,
        ),
        field(
            "deployment_minimum_healthy_percent",
            "deploymentConfiguration.minimumHealthyPercent",
            Shape::Number,
        ),
        field(
            "deployment_circuit_breaker",
            "deploymentConfiguration.deploymentCircuitBreaker",
            Shape::Block(&[
                field("enable", "enable", Shape::Flag),
                field("rollback", "rollback", Shape::Flag),
            ]),
        ),
        field(
            "alarms",
            "deploymentConfiguration.alarms",
            Shape::Block(&[
                field("alarm_names", "alarmNames", Shape::Texts),
                field("enable", "enable", Shape::Flag),
                field("rollback", "rollback", Shape::Flag),
            ]),
        ),
        LOAD_BALANCER,
        REGISTRIES,
        NETWORK,
        field(
            "health_check_grace_period_seconds",
            "healthCheckGracePeriodSeconds",
            Shape::Number,
        ),
        field(
            "placement_constraints",
            "placementConstraints",
            Shape::Blocks(CONSTRAINT),
        ),
        field(
            "ordered_placement_strategy",
            "placementStrategy",
            Shape::Blocks(&[
                field("type", "type", Shape::Text),
                field("field", "field", Shape::Text),
            ]),
        ),
        field(
            "enable_execute_command",
            "enableExecuteCommand",
            Shape::Flag,
        ),
    ],
    finish: finish_service,
    ..Whole::of(ResourceKind::EcsService)
};

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn finish_service(finish: &mut Finish<'_>) {
    if finish.is_new {
        finish.set("serviceArn", finish.own.as_str());
        finish.set("status", "ACTIVE");
        finish.set("runningCount", 0);
        finish.set("pendingCount", 0);
        if finish.facts.get("schedulingStrategy").is_none() {
            finish.set("schedulingStrategy", "REPLICA");
        }
        if finish.facts.get("deploymentController").is_none() {
            finish.set("deploymentController", json!({"type": "ECS"}));
        }
        cluster_arn(finish);
    }
    task_definition(finish, "taskDefinition");
    let connect = finish.writing.changes("service_connect_configuration");
    let volumes = finish.writing.changes("volume_configuration");
    if !connect && !volumes {
        return;
    }
    // What tells Service Connect and volumes is the newest deployment.
    let made = whole(DEPLOYMENT, finish.writing.after);
    if let Some(deployment) = newest_deployment(finish.facts) {
        for (changed, name) in [
            (connect, "serviceConnectConfiguration"),
            (volumes, "volumeConfigurations"),
        ] {
            if changed {
                set(deployment, name, made[name].clone());
            }
        }
    }
    if super::fields::is_marked(
        finish
            .writing
            .unknown
            .get("service_connect_configuration")
            .unwrap_or(&Value::Null),
    ) {
        finish.unknown.push("deployments".to_owned());
    }
}

const DEPLOYMENT: &[Field] = &[
    field(
        "service_connect_configuration",
        "serviceConnectConfiguration",
        Shape::Block(&[
            field("enabled", "enabled", Shape::Flag),
            field("namespace", "namespace", Shape::Text),
            field(
                "service",
                "services",
                Shape::Blocks(&[
                    field("port_name", "portName", Shape::Text),
                    field("discovery_name", "discoveryName", Shape::Text),
                    field(
                        "ingress_port_override",
                        "ingressPortOverride",
                        Shape::Custom(port),
                    ),
                    field(
                        "client_alias",
                        "clientAliases",
                        Shape::Blocks(&[
                            field("port", "port", Shape::Number),
                            field("dns_name", "dnsName", Shape::Text),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
    field(
        "volume_configuration",
        "volumeConfigurations",
        Shape::Blocks(&[
            field("name", "name", Shape::Text),
            field(
                "managed_ebs_volume",
                "managedEBSVolume",
                Shape::Block(&[
                    field("role_arn", "roleArn", Shape::Text),
                    field("encrypted", "encrypted", Shape::Flag),
                    field("kms_key_id", "kmsKeyId", Shape::Text),
                    field("size_in_gb", "sizeInGiB", Shape::Number),
                    field("volume_type", "volumeType", Shape::Text),
                ]),
            ),
        ]),
    ),
];

/// Services may name their cluster by its name alone, and none means `default`.
fn cluster_arn(finish: &mut Finish<'_>) {
    if finish.writing.unknown.get("cluster") == Some(&Value::Bool(true)) {
        finish.unknown.push("clusterArn".to_owned());
        return;
    }
    let cluster = finish
        .side()
        .text("cluster")
        .unwrap_or("default")
        .to_owned();
    let arn = if cluster.starts_with("arn:") {
        Arn::parse(&cluster).ok()
    } else {
        finish
            .finder
            .arn_of(ResourceKind::EcsCluster, &cluster)
            .or_else(|| {
                finish
                    .own
                    .sibling("ecs", &format!("cluster/{cluster}"))
                    .ok()
            })
    };
    if let Some(arn) = arn {
        finish.set("clusterArn", arn.as_str());
    }
}

/// A revision by its ARN; a family alone means its latest revision that is active.
fn task_definition(finish: &mut Finish<'_>, to: &str) {
    if !finish.writing.changes("task_definition") {
        return;
    }
    if !finish.is_set("task_definition") {
        finish.set(to, Value::Null);
        finish.unknown.push(to.to_owned());
        return;
    }
    let Some(name) = finish.side().text("task_definition").map(str::to_owned) else {
        finish.set(to, Value::Null);
        return;
    };
    let short =
        Arn::parse(&name).map_or_else(|_| name.clone(), |arn| arn.resource_name().to_owned());
    let arn = if short.contains(':') {
        if name.starts_with("arn:") {
            Some(name)
        } else {
            finish
                .own
                .sibling("ecs", &format!("task-definition/{name}"))
                .ok()
                .map(|arn| arn.to_string())
        }
    } else {
        latest(finish, &short)
    };
    finish.set(to, arn.map_or(Value::Null, Value::from));
}

fn latest(finish: &mut Finish<'_>, family: &str) -> Option<String> {
    let mut best: Option<(i64, String)> = None;
    for id in finish.finder.there(ResourceKind::EcsTaskDefinition) {
        let Some(facts) = finish.finder.facts(&id) else {
            continue;
        };
        let revision = facts["revision"].as_i64().unwrap_or_default();
        let active = facts["status"] != "INACTIVE" && facts["family"] == family;
        if active && best.as_ref().is_none_or(|(highest, _)| revision > *highest) {
            best = Some((
                revision,
                facts["taskDefinitionArn"]
                    .as_str()
                    .unwrap_or(id.as_str())
                    .to_owned(),
            ));
        }
    }
    best.map(|(_, arn)| arn)
}

pub(super) const TASK_DEFINITION: Whole = Whole {
    // The attribute `id` is the family, which every revision has.
    names: |side| {
        let mut names = side.names(&["arn"]);
        if let (Some(family), Some(revision)) = (side.text("family"), side.plain("revision")) {
            names.push(format!("{family}:{revision}"));
        }
        names
    },
    own: revision,
    id: Id::None,
    fields: &[
        field("family", "family", Shape::Text),
        field("task_role_arn", "taskRoleArn", Shape::Text),
        field("execution_role_arn", "executionRoleArn", Shape::Text),
        field("network_mode", "networkMode", Shape::Text),
        field("cpu", "cpu", Shape::NumberAsText),
        field("memory", "memory", Shape::NumberAsText),
        field(
            "requires_compatibilities",
            "requiresCompatibilities",
            Shape::Texts,
        ),
        field(
            "placement_constraints",
            "placementConstraints",
            Shape::Blocks(CONSTRAINT),
        ),
        field(
            "runtime_platform",
            "runtimePlatform",
            Shape::Block(&[
                field("cpu_architecture", "cpuArchitecture", Shape::Text),
                field(
                    "operating_system_family",
                    "operatingSystemFamily",
                    Shape::Text,
                ),
            ]),
        ),
        field(
            "ephemeral_storage",
            "ephemeralStorage",
            Shape::Block(&[field("size_in_gib", "sizeInGiB", Shape::Number)]),
        ),
        field("pid_mode", "pidMode", Shape::Text),
        field("ipc_mode", "ipcMode", Shape::Text),
        field(
            "proxy_configuration",
            "proxyConfiguration",
            Shape::Block(&[
                field("type", "type", Shape::Text),
                field("container_name", "containerName", Shape::Text),
            ]),
        ),
        field(
            "enable_fault_injection",
            "enableFaultInjection",
            Shape::Flag,
        ),
        field(
            "volume",
            "volumes",
            Shape::Blocks(&[
                field("name", "name", Shape::Text),
                field("configure_at_launch", "configuredAtLaunch", Shape::Flag),
                field("host_path", "host.sourcePath", Shape::Text),
                field(
                    "docker_volume_configuration",
                    "dockerVolumeConfiguration",
                    Shape::Block(&[
                        field("scope", "scope", Shape::Text),
                        field("driver", "driver", Shape::Text),
                    ]),
                ),
                field(
                    "efs_volume_configuration",
                    "efsVolumeConfiguration",
                    Shape::Block(&[
                        field("file_system_id", "fileSystemId", Shape::Text),
                        field("root_directory", "rootDirectory", Shape::Text),
                        field("transit_encryption", "transitEncryption", Shape::Text),
                        field(
                            "transit_encryption_port",
                            "transitEncryptionPort",
                            Shape::Custom(port),
                        ),
                        field(
                            "authorization_config",
                            "authorizationConfig",
                            Shape::Block(&[
                                field("access_point_id", "accessPointId", Shape::Text),
                                field("iam", "iam", Shape::Text),
                            ]),
                        ),
                    ]),
                ),
            ]),
        ),
    ],
    finish: finish_definition,
    delete: |workbench, id, side| {
        if side.flag("skip_destroy") != Some(true) {
            deletion::delete(workbench, id);
        }
    },
    ..Whole::of(ResourceKind::EcsTaskDefinition)
};

/// AWS numbers revisions; the next is the likely one.
fn revision(naming: &mut Naming<'_, '_>) -> Option<Own> {
    let family = naming
        .side
        .text("family")
        .unwrap_or(&naming.made_up)
        .to_owned();
    let workbench = naming.workbench;
    let revisions = naming.revisions.get_or_insert_with(|| highest(workbench));
    let number = revisions.entry(family.clone()).or_default();
    *number = number.saturating_add(1);
    let arn = naming
        .place
        .arn("ecs", &format!("task-definition/{family}:{number}"))?;
    Some(Own {
        arn,
        certain: false,
    })
}

/// The highest revision of each family that was seen.
fn highest(workbench: &Workbench<'_>) -> HashMap<String, i32> {
    let mut highest = HashMap::new();
    for definition in workbench.live(ResourceKind::EcsTaskDefinition) {
        let arn = definition.id.arn();
        let name = arn
            .as_ref()
            .and_then(|arn| arn.resource_name().rsplit_once(':'));
        if let Some((family, revision)) = name
            && let Ok(revision) = revision.parse::<i32>()
        {
            let known = highest.entry(family.to_owned()).or_insert(revision);
            *known = revision.max(*known);
        }
    }
    highest
}

fn finish_definition(finish: &mut Finish<'_>) {
    if finish.is_new {
        finish.set("taskDefinitionArn", finish.own.as_str());
        finish.set("status", "ACTIVE");
        let name = finish.own.resource_name().to_owned();
        if let Some((family, revision)) = name.rsplit_once(':') {
            finish.set("family", family);
            if let Ok(revision) = revision.parse::<i32>() {
                finish.set("revision", revision);
            }
        }
        if finish.facts.get("compatibilities").is_none() {
            let compatible = match finish.facts.get("requiresCompatibilities") {
                Some(Value::Array(own)) if !own.is_empty() => own.clone(),
                _ => vec![json!("EC2")],
            };
            finish.set("compatibilities", compatible);
        }
    }
    if !finish.writing.changes("container_definitions") {
        return;
    }
    let read = finish
        .writing
        .after
        .get("container_definitions")
        .and_then(|value| containers::read(value, finish.redactor));
    if let Some(containers) = read {
        let containers = blastmap_model::kinds::attributes(&containers);
        finish.set("containerDefinitions", containers);
    } else {
        finish.set("containerDefinitions", Value::Null);
        finish.unknown.push("containerDefinitions".to_owned());
    }
}

pub(super) const TASK_SET: Whole = Whole {
    rank: 2,
    names: |side| {
        let mut names = side.names(&["arn"]);
        names.extend(side.text("task_set_id").map(str::to_owned));
        names
    },
    own: |naming| {
        let service = naming
            .side
            .text("service")
            .map_or("service", last_part)
            .to_owned();
        let cluster = naming
            .side
            .text("cluster")
            .map_or("default", last_part)
            .to_owned();
        naming.invented("ecs", &format!("task-set/{cluster}/{service}/"))
    },
    id: Id::None,
    fields: &[
        field("external_id", "externalId", Shape::Text),
        field("launch_type", "launchType", Shape::Text),
        CAPACITY,
        field("platform_version", "platformVersion", Shape::Text),
        NETWORK,
        LOAD_BALANCER,
        REGISTRIES,
        field(
            "scale",
            "scale",
            Shape::Block(&[
                field(
                    "value",
                    "value",
                    Shape::Custom(|value| value.as_f64().map_or(Value::Null, Value::from)),
                ),
                field("unit", "unit", Shape::Text),
            ]),
        ),
    ],
    finish: |finish| {
        if finish.is_new {
            finish.set("taskSetArn", finish.own.as_str());
            finish.set("status", "ACTIVE");
            cluster_arn(finish);
            let name = finish.own.resource_name().to_owned();
            let mut parts = name.split('/');
            if let (Some(cluster), Some(service)) = (parts.next(), parts.next())
                && let Ok(arn) = finish
                    .own
                    .sibling("ecs", &format!("service/{cluster}/{service}"))
            {
                finish.set("serviceArn", arn.as_str());
            }
        }
        task_definition(finish, "taskDefinition");
    },
    ..Whole::of(ResourceKind::EcsTaskSet)
};
