//! Clusters.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html>

use serde::{Deserialize, Serialize};

use super::{
    Facts, at,
    ecs_service::{CapacityProviderStrategyItem, capacity_provider_link},
    kms_key,
};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsCluster {
    pub cluster_arn: String,
    pub cluster_name: String,
    pub status: Option<String>,
    pub registered_container_instances_count: i32,
    pub running_tasks_count: i32,
    pub pending_tasks_count: i32,
    pub active_services_count: i32,
    pub capacity_providers: Vec<String>,
    pub default_capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    pub settings: Vec<ClusterSetting>,
    pub configuration: Option<ClusterConfiguration>,
    pub service_connect_defaults: Option<ServiceConnectDefaults>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterSetting {
    pub name: Option<String>,
    pub value: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterConfiguration {
    pub execute_command_configuration: Option<ExecuteCommandConfiguration>,
    pub managed_storage_configuration: Option<ManagedStorageConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecuteCommandConfiguration {
    pub kms_key_id: Option<String>,
    pub logging: Option<String>,
    pub log_configuration: Option<ExecuteCommandLogConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecuteCommandLogConfiguration {
    pub cloud_watch_log_group_name: Option<String>,
    pub s3_bucket_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedStorageConfiguration {
    pub kms_key_id: Option<String>,
    pub fargate_ephemeral_storage_kms_key_id: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceConnectDefaults {
    pub namespace: Option<String>,
}

impl Facts for EcsCluster {
    const KIND: ResourceKind = ResourceKind::EcsCluster;

    fn name(&self) -> Option<String> {
        Some(self.cluster_name.clone())
    }

    fn names_in_environments(&self, own: &Arn) -> Vec<String> {
        vec![own.to_string(), self.cluster_name.clone()]
    }

    fn links(&self, links: &mut Links<'_>) {
        for (index, provider) in self.capacity_providers.iter().enumerate() {
            capacity_provider_link(provider, at("capacityProviders", index, ""), links);
        }
        let Some(configuration) = &self.configuration else { return };
        if let Some(storage) = &configuration.managed_storage_configuration {
            let keys = [(&storage.kms_key_id, "kmsKeyId"), (&storage.fargate_ephemeral_storage_kms_key_id, "fargateEphemeralStorageKmsKeyId")];
            for (key, field) in keys {
                if let Some(key) = key {
                    kms_key::link(key, format!("configuration.managedStorageConfiguration.{field}"), links);
                }
            }
        }
        let Some(exec) = &configuration.execute_command_configuration else { return };
        let field = "configuration.executeCommandConfiguration";
        if let Some(key) = &exec.kms_key_id {
            kms_key::link(key, format!("{field}.kmsKeyId"), links);
        }
        let Some(log) = &exec.log_configuration else { return };
        if let Some(group) = log.cloud_watch_log_group_name.as_ref().filter(|group| !group.is_empty()) {
            let field = format!("{field}.logConfiguration.cloudWatchLogGroupName");
            links.sibling(Relation::LogsTo, ResourceKind::LogGroup, "logs", &format!("log-group:{group}"), field);
        }
        if let Some(bucket) = log.s3_bucket_name.as_ref().filter(|bucket| !bucket.is_empty()) {
            let arn = format!("arn:{}:s3:::{bucket}", links.own().partition());
            links.arn(Relation::LogsTo, ResourceKind::S3Bucket, &arn, format!("{field}.logConfiguration.s3BucketName"));
        }
    }
}
