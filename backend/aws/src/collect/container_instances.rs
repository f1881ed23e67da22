//! ECS container instances.

use aws_sdk_ecs::types::{ContainerInstance, ContainerInstanceField};
use blastmap_model::{
    Arn, Found, InventoryBuilder, ResourceKind, Scope, Source,
    kinds::{
        ecs_cluster::EcsCluster,
        ecs_container_instance::{EcsContainerInstance, HostResource, VersionInfo},
        ecs_task_definition::Attribute,
    },
};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted, clusters::tags, owned, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::EcsContainerInstance],
    actions: &[
        Action {
            name: "ecs:ListContainerInstances",
            reads: &["containerInstanceArns", "nextToken"],
        },
        Action {
            name: "ecs:DescribeContainerInstances",
            reads: &[
                "containerInstances",
                "failures",
                "arn",
                "reason",
                "containerInstanceArn",
                "ec2InstanceId",
                "capacityProviderName",
                "status",
                "statusReason",
                "agentConnected",
                "runningTasksCount",
                "pendingTasksCount",
                "versionInfo",
                "agentVersion",
                "dockerVersion",
                "registeredResources",
                "remainingResources",
                "name",
                "type",
                "integerValue",
                "stringSetValue",
                "attributes",
                "value",
                "registeredAt",
                "tags",
                "key",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(wanted),
    never_changes: None,
    collect: |clients, clusters, found| Box::pin(collect(clients, clusters, found)),
};

/// Clusters that say that they have none are not asked.
fn wanted(builder: &InventoryBuilder, scope: &Scope) -> Vec<Wanted> {
    let mut clusters = Wanted::clusters(builder, scope);
    clusters.retain(|cluster| {
        cluster.known.as_ref().is_none_or(|cluster| {
            cluster
                .attributes
                .facts::<EcsCluster>()
                .is_ok_and(|facts| facts.registered_container_instances_count > 0)
        })
    });
    clusters
}

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
    for (instances, error) in answers {
        for instance in &instances {
            describe(instance, found);
        }
        failed = failed.or(error);
    }
    if let Some(error) = failed {
        Err(error)
    } else {
        found.listed(ResourceKind::EcsContainerInstance);
        Ok(())
    }
}

async fn of_cluster(
    clients: &Clients,
    cluster: Wanted,
) -> (Vec<ContainerInstance>, Option<CallError>) {
    let (mut arns, mut pages, mut failed) =
        (Vec::new(), Pages::of("ecs:ListContainerInstances"), None);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecs
            .list_container_instances()
            .cluster(cluster.id.as_str())
            .max_results(100)
            .set_next_token(token);
        match clients
            .call("ecs:ListContainerInstances", request.send())
            .await
        {
            Ok(answer) => {
                arns.extend(answer.container_instance_arns().iter().cloned());
                failed = failed.or(pages.turn(answer.next_token()).err());
            }
            Err(error) => failed = Some(error),
        }
    }
    let mut instances = Vec::new();
    for batch in arns.chunks(BATCH) {
        let request = clients
            .ecs
            .describe_container_instances()
            .cluster(cluster.id.as_str())
            .set_container_instances(Some(batch.to_vec()))
            .include(ContainerInstanceField::Tags);
        match clients
            .call("ecs:DescribeContainerInstances", request.send())
            .await
        {
            Ok(answer) => instances.extend(answer.container_instances.unwrap_or_default()),
            Err(error) => failed = Some(error),
        }
    }
    (instances, failed)
}

fn describe(instance: &ContainerInstance, found: &mut Found) {
    let Ok(arn) = Arn::parse(instance.container_instance_arn().unwrap_or_default()) else {
        return;
    };
    if instance.status() == Some("INACTIVE") {
        return;
    }
    let facts = EcsContainerInstance {
        container_instance_arn: arn.to_string(),
        ec2_instance_id: owned(instance.ec2_instance_id()),
        capacity_provider_name: owned(instance.capacity_provider_name()),
        status: owned(instance.status()),
        status_reason: owned(instance.status_reason()),
        agent_connected: instance.agent_connected(),
        running_tasks_count: instance.running_tasks_count(),
        pending_tasks_count: instance.pending_tasks_count(),
        version_info: instance.version_info().map(|version| VersionInfo {
            agent_version: owned(version.agent_version()),
            docker_version: owned(version.docker_version()),
        }),
        registered_resources: instance
            .registered_resources()
            .iter()
            .map(host_resource)
            .collect(),
        remaining_resources: instance
            .remaining_resources()
            .iter()
            .map(host_resource)
            .collect(),
        attributes: instance
            .attributes()
            .iter()
            .map(|attribute| Attribute {
                name: attribute.name().to_owned(),
                value: owned(attribute.value()),
            })
            .collect(),
        registered_at: time(instance.registered_at()),
    };
    found.resource(
        &arn,
        &facts,
        tags(instance.tags()),
        Source::of("ecs:DescribeContainerInstances"),
    );
}

fn host_resource(resource: &aws_sdk_ecs::types::Resource) -> HostResource {
    HostResource {
        name: owned(resource.name()),
        r#type: owned(resource.r#type()),
        integer_value: (resource.r#type() == Some("INTEGER")).then(|| resource.integer_value()),
        string_set_value: resource.string_set_value().to_vec(),
    }
}
