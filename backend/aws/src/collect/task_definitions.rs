//! Task definitions that something names, each revision once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_ecs::types::{self, TaskDefinitionField};
use blastmap_model::{
    Arn, Found, InventoryBuilder, Redactor, Relation, ResourceId, ResourceKind, Scope, Source,
    kinds::ecs_task_definition::{
        Attribute, ContainerDefinition, ContainerDependency, DockerVolume, EcsTaskDefinition,
        EfsAuthorization, EfsVolume, EnvironmentFile, EphemeralStorage, FirelensConfiguration,
        HealthCheck, HostVolume, KeyValue, LogConfiguration, MountPoint, PlacementConstraint,
        PortMapping, ProxyConfiguration, RepositoryCredentials, ResourceRequirement, RestartPolicy,
        RuntimePlatform, SecretReference, Volume, VolumeFrom, is_plain_log_option,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, clusters::tags, not_read, owned, text, time};
use crate::{clients::Clients, error::CallError};

const API: &str = "ecs:DescribeTaskDefinition";

/// How the facts of a definition are known, whether asked for now or in an earlier crawl.
pub(crate) const SOURCE: Source = Source::of(API);

const KINDS: &[ResourceKind] = &[ResourceKind::EcsTaskDefinition];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: API,
        reads: &[
            "taskDefinition",
            "taskDefinitionArn",
            "family",
            "revision",
            "status",
            "taskRoleArn",
            "executionRoleArn",
            "networkMode",
            "cpu",
            "memory",
            "requiresCompatibilities",
            "compatibilities",
            "requiresAttributes",
            "name",
            "value",
            "placementConstraints",
            "type",
            "expression",
            "runtimePlatform",
            "cpuArchitecture",
            "operatingSystemFamily",
            "ephemeralStorage",
            "sizeInGiB",
            "pidMode",
            "ipcMode",
            "proxyConfiguration",
            "containerName",
            "enableFaultInjection",
            "containerDefinitions",
            "image",
            "memoryReservation",
            "essential",
            "versionConsistency",
            "readonlyRootFilesystem",
            "privileged",
            "startTimeout",
            "stopTimeout",
            "restartPolicy",
            "enabled",
            "restartAttemptPeriod",
            "portMappings",
            "containerPort",
            "hostPort",
            "protocol",
            "appProtocol",
            "containerPortRange",
            "environment",
            "environmentFiles",
            "secrets",
            "valueFrom",
            "entryPoint",
            "command",
            "dockerLabels",
            "dependsOn",
            "condition",
            "links",
            "mountPoints",
            "sourceVolume",
            "containerPath",
            "readOnly",
            "volumesFrom",
            "sourceContainer",
            "logConfiguration",
            "logDriver",
            "options",
            "secretOptions",
            "healthCheck",
            "interval",
            "timeout",
            "retries",
            "startPeriod",
            "resourceRequirements",
            "repositoryCredentials",
            "credentialsParameter",
            "firelensConfiguration",
            "volumes",
            "configuredAtLaunch",
            "host",
            "sourcePath",
            "dockerVolumeConfiguration",
            "scope",
            "driver",
            "efsVolumeConfiguration",
            "fileSystemId",
            "rootDirectory",
            "transitEncryption",
            "transitEncryptionPort",
            "authorizationConfig",
            "accessPointId",
            "iam",
            "registeredAt",
            "tags",
            "key",
        ],
    }],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: Some(SOURCE),
    collect: |clients, wanted, found| Box::pin(collect(clients, wanted, found)),
};

/// Rules and schedules start the definition they name whether or not it is still active, and ECS refuses one that is not: where
/// no service or task names it too, its status is asked for again in each crawl.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let mut wanted = Wanted::unseen(builder, ResourceKind::EcsTaskDefinition, scope);
    // A family's answer is its latest revision: whoever names that one too need not ask for it.
    let families: BTreeSet<String> = wanted
        .iter()
        .map(|own| own.id.as_str())
        .filter(|id| family_of(id).is_none())
        .map(str::to_owned)
        .collect();
    wanted.retain(|own| family_of(own.id.as_str()).is_none_or(|family| !families.contains(family)));
    let started = builder.targets_of(Relation::Starts);
    if !started.is_empty() {
        let run = builder.targets_of(Relation::Runs);
        for own in &mut wanted {
            if started.contains(&own.id) && !run.contains(&own.id) {
                own.parts.insert("status".to_owned());
            }
        }
    }
    wanted
}

/// The family of a revision's ARN; none for what is a family already.
fn family_of(id: &str) -> Option<&str> {
    let (family, revision) = id.rsplit_once(':')?;
    let is_revision = family.contains("task-definition/")
        && !revision.is_empty()
        && revision.bytes().all(|byte| byte.is_ascii_digit());
    is_revision.then_some(family)
}

async fn collect(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    let mut answers = stream::iter(wanted)
        .map(|wanted| async move {
            let request = clients
                .ecs
                .describe_task_definition()
                .task_definition(wanted.id.as_str())
                .include(TaskDefinitionField::Tags);
            let answer = clients.call(API, request.send()).await;
            (wanted, answer)
        })
        .buffer_unordered(16);
    while let Some((wanted, answer)) = answers.next().await {
        match answer {
            Ok(answer) => {
                let facts = answer
                    .task_definition()
                    .map(|definition| describe(definition, clients.redactor()));
                match facts
                    .and_then(|facts| Some((Arn::parse(&facts.task_definition_arn).ok()?, facts)))
                {
                    Some((arn, facts)) => {
                        let id = ResourceId::from(arn.clone());
                        // A family stands for its latest active revision.
                        if id != wanted.id {
                            found.also_named(wanted.id, id);
                        }
                        found.offer(&arn, &facts, tags(answer.tags()), SOURCE);
                    }
                    None => found.unreadable(wanted.id),
                }
            }
            // AWS says so of a revision that it does not have, or that is deleted for good.
            Err(error) => not_read(
                &error,
                wanted.id,
                &["ClientException"],
                KINDS,
                clients,
                found,
            ),
        }
    }
    Ok(())
}

fn describe(definition: &types::TaskDefinition, redactor: &Redactor) -> EcsTaskDefinition {
    EcsTaskDefinition {
        task_definition_arn: definition
            .task_definition_arn()
            .unwrap_or_default()
            .to_owned(),
        family: definition.family().unwrap_or_default().to_owned(),
        revision: definition.revision(),
        status: text!(definition.status()),
        task_role_arn: owned(definition.task_role_arn()),
        execution_role_arn: owned(definition.execution_role_arn()),
        network_mode: text!(definition.network_mode()),
        cpu: owned(definition.cpu()),
        memory: owned(definition.memory()),
        requires_compatibilities: definition
            .requires_compatibilities()
            .iter()
            .map(|own| own.as_str().to_owned())
            .collect(),
        compatibilities: definition
            .compatibilities()
            .iter()
            .map(|own| own.as_str().to_owned())
            .collect(),
        requires_attributes: definition
            .requires_attributes()
            .iter()
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                value: owned(attribute.value()),
            })
            .collect(),
        placement_constraints: definition
            .placement_constraints()
            .iter()
            .map(|constraint| PlacementConstraint {
                r#type: text!(constraint.r#type()),
                expression: owned(constraint.expression()),
            })
            .collect(),
        runtime_platform: definition
            .runtime_platform()
            .map(|platform| RuntimePlatform {
                cpu_architecture: text!(platform.cpu_architecture()),
                operating_system_family: text!(platform.operating_system_family()),
            }),
        ephemeral_storage: definition
            .ephemeral_storage()
            .map(|storage| EphemeralStorage {
                size_in_gib: storage.size_in_gib(),
            }),
        pid_mode: text!(definition.pid_mode()),
        ipc_mode: text!(definition.ipc_mode()),
        proxy_configuration: definition
            .proxy_configuration()
            .map(|proxy| ProxyConfiguration {
                r#type: text!(proxy.r#type()),
                container_name: proxy.container_name().to_owned(),
            }),
        enable_fault_injection: definition.enable_fault_injection(),
        container_definitions: definition
            .container_definitions()
            .iter()
            .map(|own| container(own, redactor))
            .collect(),
        volumes: definition.volumes().iter().map(volume).collect(),
        registered_at: time(definition.registered_at()),
    }
}

fn container(container: &types::ContainerDefinition, redactor: &Redactor) -> ContainerDefinition {
    let hide = |values: &[String]| {
        values
            .iter()
            .map(|value| redactor.fingerprint(value))
            .collect::<Vec<_>>()
    };
    ContainerDefinition {
        name: container.name().unwrap_or_default().to_owned(),
        image: container.image().unwrap_or_default().to_owned(),
        cpu: container.cpu(),
        memory: container.memory(),
        memory_reservation: container.memory_reservation(),
        essential: container.essential(),
        version_consistency: text!(container.version_consistency()),
        readonly_root_filesystem: container.readonly_root_filesystem(),
        privileged: container.privileged(),
        start_timeout: container.start_timeout(),
        stop_timeout: container.stop_timeout(),
        restart_policy: container.restart_policy().map(|policy| RestartPolicy {
            enabled: policy.enabled(),
            restart_attempt_period: policy.restart_attempt_period(),
        }),
        port_mappings: container
            .port_mappings()
            .iter()
            .map(|port| PortMapping {
                container_port: port.container_port(),
                host_port: port.host_port(),
                protocol: text!(port.protocol()),
                name: owned(port.name()),
                app_protocol: text!(port.app_protocol()),
                container_port_range: owned(port.container_port_range()),
            })
            .collect(),
        environment: container
            .environment()
            .iter()
            .map(|variable| KeyValue {
                name: variable.name().unwrap_or_default().to_owned(),
                value: redactor.fingerprint(variable.value().unwrap_or_default()),
            })
            .collect(),
        environment_files: container
            .environment_files()
            .iter()
            .map(|file| EnvironmentFile {
                value: file.value().to_owned(),
                r#type: file.r#type().as_str().to_owned(),
            })
            .collect(),
        secrets: container.secrets().iter().map(secret).collect(),
        entry_point: hide(container.entry_point()),
        command: hide(container.command()),
        docker_labels: container
            .docker_labels()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), redactor.fingerprint(value)))
            .collect(),
        depends_on: container
            .depends_on()
            .iter()
            .map(|on| ContainerDependency {
                container_name: on.container_name().to_owned(),
                condition: on.condition().as_str().to_owned(),
            })
            .collect(),
        links: container.links().to_vec(),
        mount_points: container
            .mount_points()
            .iter()
            .map(|mount| MountPoint {
                source_volume: owned(mount.source_volume()),
                container_path: owned(mount.container_path()),
                read_only: mount.read_only(),
            })
            .collect(),
        volumes_from: container
            .volumes_from()
            .iter()
            .map(|from| VolumeFrom {
                source_container: owned(from.source_container()),
                read_only: from.read_only(),
            })
            .collect(),
        log_configuration: container
            .log_configuration()
            .map(|log| log_configuration(log, redactor)),
        health_check: container.health_check().map(|check| HealthCheck {
            command: hide(check.command()),
            interval: check.interval(),
            timeout: check.timeout(),
            retries: check.retries(),
            start_period: check.start_period(),
        }),
        resource_requirements: container
            .resource_requirements()
            .iter()
            .map(|own| ResourceRequirement {
                value: own.value().to_owned(),
                r#type: own.r#type().as_str().to_owned(),
            })
            .collect(),
        repository_credentials: container.repository_credentials().map(|own| {
            RepositoryCredentials {
                credentials_parameter: own.credentials_parameter().to_owned(),
            }
        }),
        firelens_configuration: container.firelens_configuration().map(|firelens| {
            FirelensConfiguration {
                r#type: firelens.r#type().as_str().to_owned(),
                options: options(None, firelens.options(), redactor),
            }
        }),
    }
}

fn secret(secret: &types::Secret) -> SecretReference {
    SecretReference {
        name: secret.name().to_owned(),
        value_from: secret.value_from().to_owned(),
    }
}

fn log_configuration(log: &types::LogConfiguration, redactor: &Redactor) -> LogConfiguration {
    let driver = log.log_driver().as_str();
    LogConfiguration {
        log_driver: driver.to_owned(),
        options: options(Some(driver), log.options(), redactor),
        secret_options: log.secret_options().iter().map(secret).collect(),
    }
}

/// Of a log driver or, without one, of `FireLens`'s router: only what says where logs go stays.
fn options(
    driver: Option<&str>,
    options: Option<&HashMap<String, String>>,
    redactor: &Redactor,
) -> BTreeMap<String, String> {
    let options = options.into_iter().flatten();
    let kept = options.map(|(name, value)| {
        let kept = if is_plain_log_option(driver, name) {
            value.clone()
        } else {
            redactor.fingerprint(value)
        };
        (name.clone(), kept)
    });
    kept.collect()
}

fn volume(volume: &types::Volume) -> Volume {
    Volume {
        name: owned(volume.name()),
        configured_at_launch: volume.configured_at_launch(),
        host: volume.host().map(|host| HostVolume {
            source_path: owned(host.source_path()),
        }),
        docker_volume_configuration: volume.docker_volume_configuration().map(|docker| {
            DockerVolume {
                scope: text!(docker.scope()),
                driver: owned(docker.driver()),
            }
        }),
        efs_volume_configuration: volume.efs_volume_configuration().map(|efs| EfsVolume {
            file_system_id: efs.file_system_id().to_owned(),
            root_directory: owned(efs.root_directory()),
            transit_encryption: text!(efs.transit_encryption()),
            transit_encryption_port: efs.transit_encryption_port(),
            authorization_config: efs.authorization_config().map(|authorization| {
                EfsAuthorization {
                    access_point_id: owned(authorization.access_point_id()),
                    iam: text!(authorization.iam()),
                }
            }),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_family_from_a_revision() {
        let arn = |name: &str| format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/{name}");
        let cases = [
            ("web:12", Some("web")),
            ("web", None),
            ("7", None),
            ("web:latest", None),
        ];
        for (name, family) in cases {
            assert_eq!(family_of(&arn(name)), family.map(arn).as_deref(), "{name}");
        }
    }
}
