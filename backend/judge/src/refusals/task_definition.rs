//! Task definitions that AWS refuses to register.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html>

use std::collections::BTreeMap;

use blastmap_change::Action;
use blastmap_graph::Overlay;
use blastmap_model::{
    ResourceIndex,
    kinds::ecs_task_definition::{ContainerDefinition, EcsTaskDefinition},
};

use super::{Asked, Refusal, Rule};
use crate::{fargate, needs::fargate_size::size_of};

const PARAMETERS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";
const ON_FARGATE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html";
const EFS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-efs-config.html";

pub(super) const SIZE: Rule = Rule {
    name: "fargate-size-invalid",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    sentence: "A task definition for Fargate with a CPU and memory that do not go together.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Choose a pair of CPU and memory that Fargate has.",
            |facts| {
                if !for_fargate(facts) || is_unknown(after, place, &["cpu", "memory"]) {
                    return Vec::new();
                }
                size_of(facts).err().into_iter().collect()
            },
        )
    },
};

pub(super) const STORAGE: Rule = Rule {
    name: "ephemeral-storage-invalid",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html",
    sentence: "A task definition with less than 21 or more than 200 GiB of ephemeral storage.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Choose between 21 and 200 GiB, or leave it out for 20.",
            |facts| {
                let size = facts.ephemeral_storage.as_ref().map(|own| own.size_in_gib);
                let wrong = size.filter(|size| !(21..=200).contains(size));
                let wrong = wrong
                    .map(|size| format!("ephemeral storage is between 21 and 200 GiB, not {size}"));
                wrong.into_iter().collect()
            },
        )
    },
};

pub(super) const NETWORK_MODE: Rule = Rule {
    name: "fargate-network-mode",
    documentation: ON_FARGATE,
    sentence: "A task definition for Fargate with another network mode than awsvpc.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Set the network mode to awsvpc.",
            |facts| {
                let mode = facts.network_mode.as_deref();
                if !for_fargate(facts)
                    || mode == Some("awsvpc")
                    || is_unknown(after, place, &["networkMode"])
                {
                    return Vec::new();
                }
                let mode = mode.unwrap_or("bridge");
                vec![format!("Fargate has network mode awsvpc alone, not {mode}")]
            },
        )
    },
};

pub(super) const FARGATE: Rule = Rule {
    name: "fargate-parameter-unsupported",
    documentation: ON_FARGATE,
    sentence: "A task definition for Fargate with a log driver, volume or privilege that Fargate does not have.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Use what Fargate supports, or run the task on instances.",
            |facts| {
                if for_fargate(facts) {
                    unsupported(facts)
                } else {
                    Vec::new()
                }
            },
        )
    },
};

pub(super) const CONTAINER_SIZE: Rule = Rule {
    name: "container-size-invalid",
    documentation: PARAMETERS,
    sentence: "Containers that ask for more CPU or memory than their task has, or say nothing of memory.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Let the containers' sizes fit into the task's.",
            |facts| {
                if is_unknown(after, place, &["cpu", "memory"]) {
                    Vec::new()
                } else {
                    too_large(facts)
                }
            },
        )
    },
};

pub(super) const HOST_PORT: Rule = Rule {
    name: "host-port-differs",
    documentation: PARAMETERS,
    sentence: "Host ports that are not the container's in network mode awsvpc or host.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Leave the host port out, or give it the container port's number.",
            |facts| {
                let mode = facts.network_mode.as_deref().unwrap_or("bridge");
                if !matches!(mode, "awsvpc" | "host") {
                    return Vec::new();
                }
                let differs = facts.container_definitions.iter().flat_map(|container| {
                container.port_mappings.iter().filter_map(|mapping| {
                    let (own, host) = (mapping.container_port?, mapping.host_port?);
                    let name = &container.name;
                    (host != 0 && host != own).then(|| {
                        format!("in network mode {mode}, port {own} of container {name} cannot be port {host} of its host")
                    })
                })
            });
                differs.collect()
            },
        )
    },
};

pub(super) const DEPENDS_ON: Rule = Rule {
    name: "container-dependency-invalid",
    documentation: PARAMETERS,
    sentence: "Containers that wait for one another in a circle, or for what can never come.",
    refuses: |_, after, change, place| {
        refused(after, change, place, "Correct dependsOn.", |facts| {
            dependencies(&facts.container_definitions)
        })
    },
};

pub(super) const ESSENTIAL: Rule = Rule {
    name: "no-essential-container",
    documentation: PARAMETERS,
    sentence: "A task definition in which no container is essential.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Mark the container that the task is about as essential.",
            |facts| {
                let containers = &facts.container_definitions;
                let none = !containers.is_empty()
                    && containers.iter().all(|own| own.essential == Some(false));
                if none {
                    vec!["no container is essential".to_owned()]
                } else {
                    Vec::new()
                }
            },
        )
    },
};

pub(super) const ACCESS_POINT: Rule = Rule {
    name: "efs-volume-invalid",
    documentation: EFS,
    sentence: "An EFS volume with an access point and a root directory of its own, or with IAM or an access point and no encryption in transit.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Leave the root directory out and set transitEncryption to ENABLED.",
            volumes,
        )
    },
};

pub(super) const EXECUTION_ROLE: Rule = Rule {
    name: "execution-role-missing",
    documentation: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html",
    sentence: "A task definition that reads secrets, or logs from Fargate, without an execution role.",
    refuses: |_, after, change, place| {
        refused(
            after,
            change,
            place,
            "Give it an execution role.",
            |facts| {
                if facts.execution_role_arn.is_some()
                    || is_unknown(after, place, &["executionRoleArn"])
                {
                    return Vec::new();
                }
                let containers = &facts.container_definitions;
                let reads = containers.iter().any(|own| !own.secrets.is_empty());
                let logs = for_fargate(facts)
                    && containers.iter().any(|own| driver(own) == Some("awslogs"));
                let mut found = Vec::new();
                if reads {
                    found.push("it reads secrets and has no execution role".to_owned());
                }
                if logs {
                    found.push(
                        "it logs from Fargate with awslogs and has no execution role".to_owned(),
                    );
                }
                found
            },
        )
    },
};

fn refused(
    after: &Overlay<'_>,
    change: &Asked<'_>,
    place: ResourceIndex,
    remediation: &str,
    problems: impl Fn(&EcsTaskDefinition) -> Vec<String>,
) -> Vec<Refusal> {
    if !matches!(
        change.action,
        Action::Create | Action::Replace | Action::Update
    ) {
        return Vec::new();
    }
    let Some(facts) = after.facts::<EcsTaskDefinition>(place) else {
        return Vec::new();
    };
    // A revision that is only deregistered is not registered again.
    if facts.status.as_deref() == Some("INACTIVE") {
        return Vec::new();
    }
    let family = &facts.family;
    let refusal = |problem: String| Refusal {
        resource: place,
        text: format!(
            "AWS will refuse to register task definition {family}: {problem}; the apply stops there, and Terraform may already have deregistered the revision before it"
        ),
        aws_error: "ClientException",
        remediation: remediation.to_owned(),
    };
    problems(&facts).into_iter().map(refusal).collect()
}

fn is_unknown(overlay: &Overlay<'_>, place: ResourceIndex, fields: &[&str]) -> bool {
    fields.iter().any(|field| overlay.is_unknown(place, field))
}

fn for_fargate(facts: &EcsTaskDefinition) -> bool {
    facts
        .requires_compatibilities
        .iter()
        .any(|own| own == "FARGATE")
}

fn driver(container: &ContainerDefinition) -> Option<&str> {
    let log = container.log_configuration.as_ref()?;
    (!log.log_driver.is_empty()).then_some(log.log_driver.as_str())
}

fn unsupported(facts: &EcsTaskDefinition) -> Vec<String> {
    let mut found = Vec::new();
    for container in &facts.container_definitions {
        let name = &container.name;
        if let Some(driver) = driver(container)
            && !matches!(driver, "awslogs" | "splunk" | "awsfirelens")
        {
            found.push(format!(
                "Fargate does not have log driver {driver} of container {name}"
            ));
        }
        if container.privileged == Some(true) {
            found.push(format!(
                "Fargate runs no privileged containers such as {name}"
            ));
        }
        if !container.links.is_empty() {
            found.push(format!(
                "Fargate has no links between containers such as those of {name}"
            ));
        }
        if container
            .resource_requirements
            .iter()
            .any(|own| own.r#type == "GPU")
        {
            found.push(format!(
                "Fargate has no GPUs, which container {name} asks for"
            ));
        }
    }
    for volume in &facts.volumes {
        let name = volume.name.as_deref().unwrap_or_default();
        let path = volume
            .host
            .as_ref()
            .and_then(|host| host.source_path.as_ref());
        if path.is_some_and(|path| !path.is_empty()) {
            found.push(format!(
                "on Fargate volume {name} cannot be a path of the host"
            ));
        }
        if volume.docker_volume_configuration.is_some() {
            found.push(format!(
                "on Fargate volume {name} cannot be a Docker volume"
            ));
        }
    }
    if !facts.placement_constraints.is_empty() {
        found.push("Fargate has no placement constraints".to_owned());
    }
    found
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#container_definition_limits>
fn too_large(facts: &EcsTaskDefinition) -> Vec<String> {
    let task_memory = facts
        .memory
        .as_deref()
        .and_then(fargate::memory_mib)
        .map(i64::from);
    let task_cpu = facts
        .cpu
        .as_deref()
        .and_then(fargate::cpu_units)
        .map(i64::from);
    let mut found = Vec::new();
    for container in &facts.container_definitions {
        let name = &container.name;
        let memory = container.memory.map(i64::from);
        let reserved = container.memory_reservation.map(i64::from);
        if let (Some(memory), Some(task)) = (memory, task_memory)
            && memory > task
        {
            found.push(format!(
                "container {name} has {memory} MiB of memory, and its task {task}"
            ));
        }
        if let (Some(memory), Some(reserved)) = (memory, reserved)
            && reserved > memory
        {
            found.push(format!(
                "container {name} reserves {reserved} MiB of memory and may use {memory}"
            ));
        }
        if memory.is_none() && reserved.is_none() && facts.memory.is_none() && !for_fargate(facts) {
            found.push(format!(
                "neither container {name} nor its task says how much memory it has"
            ));
        }
    }
    let containers = facts.container_definitions.iter();
    let reserved =
        containers.map(|own| i64::from(own.memory_reservation.or(own.memory).unwrap_or(0)));
    let reserved: i64 = reserved.sum();
    if let Some(task) = task_memory
        && found.is_empty()
        && reserved > task
    {
        found.push(format!(
            "its containers reserve {reserved} MiB of memory, and it has {task}"
        ));
    }
    let cpu: i64 = facts
        .container_definitions
        .iter()
        .map(|own| i64::from(own.cpu))
        .sum();
    if let Some(task) = task_cpu
        && for_fargate(facts)
        && cpu > task
    {
        found.push(format!(
            "its containers reserve {cpu} CPU units, and it has {task}"
        ));
    }
    found
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
fn dependencies(containers: &[ContainerDefinition]) -> Vec<String> {
    let by_name: BTreeMap<&str, &ContainerDefinition> = containers
        .iter()
        .map(|own| (own.name.as_str(), own))
        .collect();
    let mut found = Vec::new();
    for container in containers {
        let name = &container.name;
        for dependency in &container.depends_on {
            let on = dependency.container_name.as_str();
            let Some(other) = by_name.get(on) else {
                found.push(format!(
                    "container {name} waits for {on}, which is not there"
                ));
                continue;
            };
            match dependency.condition.as_str() {
                "HEALTHY" if other.health_check.is_none() => {
                    found.push(format!(
                        "container {name} waits for {on} to be healthy, which has no health check"
                    ));
                }
                condition @ ("COMPLETE" | "SUCCESS") if other.essential != Some(false) => {
                    found.push(format!(
                        "container {name} waits for {condition} of {on}, which is essential"
                    ));
                }
                _ => {}
            }
        }
    }
    if let Some(name) = in_circle(&by_name) {
        found.push(format!("container {name} waits for itself by dependsOn"));
    }
    found
}

/// A container that is reached from itself: what is left when, again and again, those that wait for nobody left are taken out.
fn in_circle<'c>(by_name: &BTreeMap<&'c str, &'c ContainerDefinition>) -> Option<&'c str> {
    let mut left = by_name.clone();
    loop {
        let free: Vec<&str> = left
            .iter()
            .filter(|(_, own)| {
                let mut waits = own.depends_on.iter();
                !waits.any(|on| left.contains_key(on.container_name.as_str()))
            })
            .map(|(name, _)| *name)
            .collect();
        if free.is_empty() {
            // Those that only wait for a circle stand in none themselves, yet lead to it.
            return left.keys().next().copied();
        }
        for name in free {
            left.remove(name);
        }
    }
}

fn volumes(facts: &EcsTaskDefinition) -> Vec<String> {
    let mut found = Vec::new();
    for volume in &facts.volumes {
        let Some(efs) = &volume.efs_volume_configuration else {
            continue;
        };
        let name = volume.name.as_deref().unwrap_or_default();
        let authorization = efs.authorization_config.as_ref();
        let point = authorization.is_some_and(|own| own.access_point_id.is_some());
        let iam = authorization.is_some_and(|own| own.iam.as_deref() == Some("ENABLED"));
        let root = efs.root_directory.as_deref().unwrap_or("/");
        if point && !matches!(root, "" | "/") {
            found.push(format!(
                "volume {name} has an access point and another root directory than its"
            ));
        }
        if (point || iam) && efs.transit_encryption.as_deref() != Some("ENABLED") {
            let what = if point {
                "an access point"
            } else {
                "IAM authorization"
            };
            found.push(format!(
                "volume {name} has {what} and no encryption in transit"
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use blastmap_model::kinds::ecs_task_definition::{
        ContainerDependency, EfsAuthorization, EfsVolume, EphemeralStorage, HealthCheck, Volume,
    };

    use super::*;
    use crate::{
        estate::{Estate, arn, planned, web_definition},
        refusals::{ALL, tests::refusals},
    };

    #[expect(
        clippy::unnecessary_wraps,
        reason = "most of AWS's fields are optional"
    )]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn waits(name: &str, on: &str, condition: &str) -> ContainerDefinition {
        ContainerDefinition {
            name: name.to_owned(),
            depends_on: vec![ContainerDependency {
                container_name: on.to_owned(),
                condition: condition.to_owned(),
            }],
            ..ContainerDefinition::default()
        }
    }

    fn efs(point: bool, root: &str, encrypted: bool) -> Volume {
        Volume {
            name: some("data"),
            efs_volume_configuration: Some(EfsVolume {
                file_system_id: "fs-1".to_owned(),
                root_directory: some(root),
                transit_encryption: some(if encrypted { "ENABLED" } else { "DISABLED" }),
                authorization_config: point.then(|| EfsAuthorization {
                    access_point_id: some("fsap-1"),
                    iam: None,
                }),
                ..EfsVolume::default()
            }),
            ..Volume::default()
        }
    }

    #[test]
    fn what_cannot_be_registered() {
        type Spoil = fn(&mut EcsTaskDefinition);
        let cases: [(Spoil, Option<&str>); 31] = [
            (|_| {}, None),
            (
                |own| own.memory = some("4096"),
                Some("fargate-size-invalid"),
            ),
            (|own| own.memory = None, Some("fargate-size-invalid")),
            (
                |own| own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 21 }),
                None,
            ),
            (
                |own| own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 20 }),
                Some("ephemeral-storage-invalid"),
            ),
            (
                |own| own.ephemeral_storage = Some(EphemeralStorage { size_in_gib: 201 }),
                Some("ephemeral-storage-invalid"),
            ),
            (
                |own| own.network_mode = some("bridge"),
                Some("fargate-network-mode"),
            ),
            (|own| own.network_mode = None, Some("fargate-network-mode")),
            (
                |own| {
                    own.network_mode = some("bridge");
                    own.requires_compatibilities = vec!["EC2".to_owned()];
                },
                None,
            ),
            (
                |own| {
                    own.container_definitions[0]
                        .log_configuration
                        .as_mut()
                        .unwrap()
                        .log_driver = "json-file".to_owned();
                },
                Some("fargate-parameter-unsupported"),
            ),
            (
                |own| {
                    own.container_definitions[0]
                        .log_configuration
                        .as_mut()
                        .unwrap()
                        .log_driver = "awsfirelens".to_owned();
                },
                None,
            ),
            (
                |own| own.container_definitions[0].privileged = Some(true),
                Some("fargate-parameter-unsupported"),
            ),
            (|own| own.container_definitions[0].memory = Some(512), None),
            (
                |own| own.container_definitions[0].memory = Some(1024),
                Some("container-size-invalid"),
            ),
            (
                |own| own.container_definitions[0].cpu = 512,
                Some("container-size-invalid"),
            ),
            (
                |own| {
                    own.container_definitions[0].memory = Some(256);
                    own.container_definitions[0].memory_reservation = Some(300);
                },
                Some("container-size-invalid"),
            ),
            (
                |own| own.container_definitions[0].port_mappings[0].host_port = None,
                None,
            ),
            (
                |own| own.container_definitions[0].port_mappings[0].host_port = Some(80),
                Some("host-port-differs"),
            ),
            (
                |own| {
                    own.container_definitions
                        .push(waits("side", "web", "START"));
                },
                None,
            ),
            (
                |own| {
                    own.container_definitions
                        .push(waits("side", "none", "START"));
                },
                Some("container-dependency-invalid"),
            ),
            (
                |own| {
                    own.container_definitions
                        .push(waits("side", "web", "HEALTHY"));
                },
                Some("container-dependency-invalid"),
            ),
            (
                |own| {
                    own.container_definitions[0].health_check = Some(HealthCheck {
                        command: vec!["CMD".to_owned()],
                        ..HealthCheck::default()
                    });
                    own.container_definitions
                        .push(waits("side", "web", "HEALTHY"));
                },
                None,
            ),
            (
                |own| {
                    own.container_definitions
                        .push(waits("side", "web", "SUCCESS"));
                },
                Some("container-dependency-invalid"),
            ),
            (
                |own| {
                    own.container_definitions.push(waits("a", "b", "START"));
                    own.container_definitions.push(waits("b", "a", "START"));
                },
                Some("container-dependency-invalid"),
            ),
            (
                |own| own.container_definitions[0].essential = Some(false),
                Some("no-essential-container"),
            ),
            (|own| own.container_definitions[0].essential = None, None),
            (|own| own.volumes.push(efs(true, "/", true)), None),
            (
                |own| own.volumes.push(efs(true, "/data", true)),
                Some("efs-volume-invalid"),
            ),
            (
                |own| own.volumes.push(efs(true, "/", false)),
                Some("efs-volume-invalid"),
            ),
            (|own| own.volumes.push(efs(false, "/data", false)), None),
            (|own| own.status = some("INACTIVE"), None),
        ];
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        for (number, (spoil, expected)) in cases.into_iter().enumerate() {
            let mut facts = web_definition();
            facts.revision = 2;
            spoil(&mut facts);
            let id = "planned:aws_ecs_task_definition.web";
            let edits = planned(id, &arn("ecs", "task-definition/web:2"), &facts);
            let found = refusals(ALL, &snapshot, &edits, Action::Replace, id);
            let names: Vec<_> = found.iter().map(|(rule, _)| *rule).collect();
            assert_eq!(names, Vec::from_iter(expected), "{number}: {found:?}");
            assert!(found.iter().all(|(_, refusal)| {
                refusal
                    .text
                    .starts_with("AWS will refuse to register task definition web: ")
            }));
        }
    }

    #[test]
    fn secrets_and_fargates_logs_take_a_role() {
        let snapshot = Estate::new().vpc_with_nat().fargate_service().snapshot();
        let mut facts = web_definition();
        facts.execution_role_arn = None;
        let id = "planned:aws_ecs_task_definition.web";
        let edits = planned(id, &arn("ecs", "task-definition/web:2"), &facts);
        let found = refusals(ALL, &snapshot, &edits, Action::Create, id);
        let names: Vec<_> = found.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(names, ["execution-role-missing", "execution-role-missing"]);
    }
}
