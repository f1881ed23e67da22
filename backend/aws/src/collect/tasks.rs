//! ECS tasks that run.

use aws_sdk_ecs::types::{Task, TaskField};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::{
        ecs_task::{
            Attachment, Container, ContainerInterface, EcsTask, NetworkBinding, TaskOverride,
        },
        ecs_task_definition::Attribute,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, clusters::tags, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcsTask],
    actions: &[
        Action {
            name: "ecs:ListTasks",
            reads: &["taskArns", "nextToken"],
        },
        Action {
            name: "ecs:DescribeTasks",
            reads: &[
                "tasks",
                "failures",
                "arn",
                "reason",
                "taskArn",
                "clusterArn",
                "taskDefinitionArn",
                "group",
                "startedBy",
                "launchType",
                "capacityProviderName",
                "containerInstanceArn",
                "availabilityZone",
                "lastStatus",
                "desiredStatus",
                "healthStatus",
                "connectivity",
                "platformVersion",
                "platformFamily",
                "cpu",
                "memory",
                "attributes",
                "name",
                "value",
                "attachments",
                "id",
                "type",
                "status",
                "details",
                "containers",
                "image",
                "imageDigest",
                "exitCode",
                "networkBindings",
                "bindIP",
                "containerPort",
                "hostPort",
                "protocol",
                "networkInterfaces",
                "attachmentId",
                "privateIpv4Address",
                "overrides",
                "executionRoleArn",
                "taskRoleArn",
                "createdAt",
                "startedAt",
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
const BATCH: usize = 100;

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
    for (tasks, error) in answers {
        for task in &tasks {
            describe(task, found);
        }
        failed = failed.or(error);
    }
    if let Some(error) = failed {
        Err(error)
    } else {
        found.listed(ResourceKind::EcsTask);
        Ok(())
    }
}

/// The tasks of one cluster, as far as they could be read.
async fn of_cluster(clients: &Clients, cluster: Wanted) -> (Vec<Task>, Option<CallError>) {
    let (mut arns, mut pages, mut failed) = (Vec::new(), Pages::of("ecs:ListTasks"), None);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecs
            .list_tasks()
            .cluster(cluster.id.as_str())
            .max_results(100)
            .set_next_token(token);
        match clients.call("ecs:ListTasks", request.send()).await {
            Ok(answer) => {
                arns.extend(answer.task_arns().iter().cloned());
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
                .describe_tasks()
                .cluster(cluster.id.as_str())
                .set_tasks(Some(batch))
                .include(TaskField::Tags);
            clients.call("ecs:DescribeTasks", request.send())
        })
        .buffer_unordered(16)
        .collect::<Vec<_>>()
        .await;
    let mut tasks = Vec::new();
    for answer in answers {
        match answer {
            Ok(answer) => tasks.extend(answer.tasks.unwrap_or_default()),
            Err(error) => failed = Some(error),
        }
    }
    (tasks, failed)
}

fn describe(task: &Task, found: &mut Found) {
    let Ok(arn) = Arn::parse(task.task_arn().unwrap_or_default()) else {
        return;
    };
    // It may have stopped between the list and the description.
    if task.last_status() == Some("STOPPED") {
        return;
    }
    let facts = EcsTask {
        task_arn: arn.to_string(),
        cluster_arn: task.cluster_arn().unwrap_or_default().to_owned(),
        task_definition_arn: task.task_definition_arn().unwrap_or_default().to_owned(),
        group: owned(task.group()),
        started_by: owned(task.started_by()),
        launch_type: text!(task.launch_type()),
        capacity_provider_name: owned(task.capacity_provider_name()),
        container_instance_arn: owned(task.container_instance_arn()),
        availability_zone: owned(task.availability_zone()),
        last_status: owned(task.last_status()),
        desired_status: owned(task.desired_status()),
        health_status: text!(task.health_status()),
        connectivity: text!(task.connectivity()),
        platform_version: owned(task.platform_version()),
        platform_family: owned(task.platform_family()),
        cpu: owned(task.cpu()),
        memory: owned(task.memory()),
        attributes: task
            .attributes()
            .iter()
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                value: owned(attribute.value()),
            })
            .collect(),
        attachments: task
            .attachments()
            .iter()
            .map(|attachment| Attachment {
                id: owned(attachment.id()),
                r#type: owned(attachment.r#type()),
                status: owned(attachment.status()),
                details: attachment
                    .details()
                    .iter()
                    .map(|detail| Attribute {
                        name: detail.name().unwrap_or_default().to_owned(),
                        value: owned(detail.value()),
                    })
                    .collect(),
            })
            .collect(),
        containers: task.containers().iter().map(container).collect(),
        overrides: task.overrides().map(|overrides| TaskOverride {
            cpu: owned(overrides.cpu()),
            memory: owned(overrides.memory()),
            execution_role_arn: owned(overrides.execution_role_arn()),
            task_role_arn: owned(overrides.task_role_arn()),
        }),
        created_at: time(task.created_at()),
        started_at: time(task.started_at()),
    };
    found.resource(
        &arn,
        &facts,
        tags(task.tags()),
        Source::of("ecs:DescribeTasks"),
    );
}

fn container(container: &aws_sdk_ecs::types::Container) -> Container {
    Container {
        name: owned(container.name()),
        image: owned(container.image()),
        image_digest: owned(container.image_digest()),
        last_status: owned(container.last_status()),
        health_status: text!(container.health_status()),
        exit_code: container.exit_code(),
        network_bindings: container
            .network_bindings()
            .iter()
            .map(|binding| NetworkBinding {
                bind_ip: owned(binding.bind_ip()),
                container_port: binding.container_port(),
                host_port: binding.host_port(),
                protocol: text!(binding.protocol()),
            })
            .collect(),
        network_interfaces: container
            .network_interfaces()
            .iter()
            .map(|interface| ContainerInterface {
                attachment_id: owned(interface.attachment_id()),
                private_ipv4_address: owned(interface.private_ipv4_address()),
            })
            .collect(),
    }
}
