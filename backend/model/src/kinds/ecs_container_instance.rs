//! Container instances: the hosts of tasks that do not run on Fargate.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>

use serde::{Deserialize, Serialize};

use super::{Facts, ecs_task_definition::Attribute};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsContainerInstance {
    pub container_instance_arn: String,
    /// `i-...`, or `mi-...` for an external instance.
    pub ec2_instance_id: Option<String>,
    pub capacity_provider_name: Option<String>,
    pub status: Option<String>,
    pub status_reason: Option<String>,
    pub agent_connected: bool,
    pub running_tasks_count: i32,
    pub pending_tasks_count: i32,
    pub version_info: Option<VersionInfo>,
    pub registered_resources: Vec<HostResource>,
    pub remaining_resources: Vec<HostResource>,
    pub attributes: Vec<Attribute>,
    pub registered_at: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VersionInfo {
    pub agent_version: Option<String>,
    pub docker_version: Option<String>,
}

/// CPU, MEMORY, PORTS, `PORTS_UDP`, GPU.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostResource {
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub integer_value: Option<i32>,
    pub string_set_value: Vec<String>,
}

impl EcsContainerInstance {
    /// The cluster's name, which only the ARN says.
    fn cluster_name(arn: &Arn) -> Option<&str> {
        let mut parts = arn.resource().split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("container-instance"), Some(cluster), Some(_)) => Some(cluster),
            _ => None,
        }
    }
}

impl Facts for EcsContainerInstance {
    const KIND: ResourceKind = ResourceKind::EcsContainerInstance;

    fn name(&self) -> Option<String> {
        self.ec2_instance_id.clone()
    }

    fn links(&self, links: &mut Links<'_>) {
        let own = links.own().clone();
        if let Some(cluster) = Self::cluster_name(&own) {
            links.sibling(Relation::PartOf, ResourceKind::EcsCluster, "ecs", &format!("cluster/{cluster}"), "containerInstanceArn");
        }
        // Instances outside EC2 have ids of Systems Manager, which are no EC2 instances.
        if let Some(instance) = self.ec2_instance_id.as_ref().filter(|id| id.starts_with("i-")) {
            links.ec2(Relation::HostedOn, ResourceKind::Ec2Instance, instance, "ec2InstanceId");
        }
    }
}
