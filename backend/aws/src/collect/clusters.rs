//! ECS clusters.

use aws_sdk_ecs::types::{Cluster, ClusterField};
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::{
        ecs_cluster::{
            ClusterConfiguration, ClusterSetting, EcsCluster, ExecuteCommandConfiguration,
            ExecuteCommandLogConfiguration, ManagedStorageConfiguration, ServiceConnectDefaults,
        },
        ecs_service::CapacityProviderStrategyItem,
    },
};

use super::{Action, Collector, Place, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[
        ResourceKind::EcsCluster,
        ResourceKind::EcsService,
        ResourceKind::EcsTask,
        ResourceKind::EcsTaskDefinition,
        ResourceKind::EcsContainerInstance,
        ResourceKind::EcsTaskSet,
    ],
    actions: &[
        Action {
            name: "ecs:ListClusters",
            reads: &["clusterArns", "nextToken"],
        },
        Action {
            name: "ecs:DescribeClusters",
            reads: &[
                "clusters",
                "failures",
                "arn",
                "reason",
                "clusterArn",
                "clusterName",
                "status",
                "registeredContainerInstancesCount",
                "runningTasksCount",
                "pendingTasksCount",
                "activeServicesCount",
                "capacityProviders",
                "defaultCapacityProviderStrategy",
                "capacityProvider",
                "weight",
                "base",
                "settings",
                "name",
                "value",
                "configuration",
                "executeCommandConfiguration",
                "kmsKeyId",
                "logging",
                "logConfiguration",
                "cloudWatchLogGroupName",
                "s3BucketName",
                "managedStorageConfiguration",
                "fargateEphemeralStorageKmsKeyId",
                "serviceConnectDefaults",
                "namespace",
                "tags",
                "key",
            ],
        },
    ],
    place: Place::Region,
    wanted: None,
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// The most that one call describes.
const BATCH: usize = 100;

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let (mut arns, mut pages) = (Vec::new(), Pages::of("ecs:ListClusters"));
    let mut cut = None;
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .ecs
            .list_clusters()
            .max_results(100)
            .set_next_token(token);
        let answer = match clients.call("ecs:ListClusters", request.send()).await {
            Ok(answer) => answer,
            Err(error) => {
                cut = Some(error);
                break;
            }
        };
        arns.extend(answer.cluster_arns().iter().cloned());
        if let Err(error) = pages.turn(answer.next_token()) {
            cut = Some(error);
        }
    }
    let mut all_described = true;
    for batch in arns.chunks(BATCH) {
        let request = clients
            .ecs
            .describe_clusters()
            .set_clusters(Some(batch.to_vec()))
            .set_include(Some(vec![
                ClusterField::Tags,
                ClusterField::Settings,
                ClusterField::Configurations,
            ]));
        let answer = match clients.call("ecs:DescribeClusters", request.send()).await {
            Ok(answer) => answer,
            // What is in them is asked for by their names.
            Err(error) => {
                found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::EcsCluster]));
                for arn in batch {
                    found.unreadable(ResourceId::new(arn));
                }
                all_described = false;
                continue;
            }
        };
        for cluster in answer.clusters() {
            describe(cluster, found);
        }
    }
    if let Some(error) = cut {
        return Err(error);
    }
    if all_described {
        found.listed(ResourceKind::EcsCluster);
    }
    Ok(())
}

fn describe(cluster: &Cluster, found: &mut Found) {
    // A deleted cluster stays describable for a while.
    let Ok(arn) = Arn::parse(cluster.cluster_arn().unwrap_or_default()) else {
        return;
    };
    if cluster.status() == Some("INACTIVE") {
        return;
    }
    let configuration = cluster
        .configuration()
        .map(|configuration| ClusterConfiguration {
            execute_command_configuration: configuration.execute_command_configuration().map(
                |exec| ExecuteCommandConfiguration {
                    kms_key_id: owned(exec.kms_key_id()),
                    logging: text!(exec.logging()),
                    log_configuration: exec.log_configuration().map(|log| {
                        ExecuteCommandLogConfiguration {
                            cloud_watch_log_group_name: owned(log.cloud_watch_log_group_name()),
                            s3_bucket_name: owned(log.s3_bucket_name()),
                        }
                    }),
                },
            ),
            managed_storage_configuration: configuration.managed_storage_configuration().map(
                |storage| ManagedStorageConfiguration {
                    kms_key_id: owned(storage.kms_key_id()),
                    fargate_ephemeral_storage_kms_key_id: owned(
                        storage.fargate_ephemeral_storage_kms_key_id(),
                    ),
                },
            ),
        });
    let facts = EcsCluster {
        cluster_arn: arn.to_string(),
        cluster_name: cluster.cluster_name().unwrap_or_default().to_owned(),
        status: owned(cluster.status()),
        registered_container_instances_count: cluster.registered_container_instances_count(),
        running_tasks_count: cluster.running_tasks_count(),
        pending_tasks_count: cluster.pending_tasks_count(),
        active_services_count: cluster.active_services_count(),
        capacity_providers: cluster.capacity_providers().to_vec(),
        default_capacity_provider_strategy: cluster
            .default_capacity_provider_strategy()
            .iter()
            .map(strategy_item)
            .collect(),
        settings: cluster
            .settings()
            .iter()
            .map(|setting| ClusterSetting {
                name: text!(setting.name()),
                value: owned(setting.value()),
            })
            .collect(),
        configuration,
        service_connect_defaults: cluster.service_connect_defaults().map(|defaults| {
            ServiceConnectDefaults {
                namespace: owned(defaults.namespace()),
            }
        }),
    };
    found.resource(
        &arn,
        &facts,
        tags(cluster.tags()),
        Source::of("ecs:DescribeClusters"),
    );
}

pub(super) fn strategy_item(
    item: &aws_sdk_ecs::types::CapacityProviderStrategyItem,
) -> CapacityProviderStrategyItem {
    CapacityProviderStrategyItem {
        capacity_provider: item.capacity_provider().to_owned(),
        weight: item.weight(),
        base: item.base(),
    }
}

/// ECS's form of tags.
pub(super) fn tags(tags: &[aws_sdk_ecs::types::Tag]) -> Vec<(String, String)> {
    tags.iter()
        .map(|tag| {
            (
                tag.key().unwrap_or_default().to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}
