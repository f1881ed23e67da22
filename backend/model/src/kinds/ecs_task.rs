//! Tasks: what runs.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>

use serde::{Deserialize, Serialize};

use super::{Facts, ecs_service::capacity_provider_link, ecs_task_definition::Attribute};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsTask {
    pub task_arn: String,
    pub cluster_arn: String,
    pub task_definition_arn: String,
    /// `service:NAME` for a service's task, `family:NAME` for a standalone one.
    pub group: Option<String>,
    pub started_by: Option<String>,
    pub launch_type: Option<String>,
    pub capacity_provider_name: Option<String>,
    pub container_instance_arn: Option<String>,
    pub availability_zone: Option<String>,
    pub last_status: Option<String>,
    pub desired_status: Option<String>,
    pub health_status: Option<String>,
    pub connectivity: Option<String>,
    pub platform_version: Option<String>,
    pub platform_family: Option<String>,
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub attributes: Vec<Attribute>,
    pub attachments: Vec<Attachment>,
    pub containers: Vec<Container>,
    pub overrides: Option<TaskOverride>,
    pub created_at: Option<String>,
    pub started_at: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    pub id: Option<String>,
    pub r#type: Option<String>,
    pub status: Option<String>,
    pub details: Vec<Attribute>,
}

impl Attachment {
    /// The value of a detail, such as `subnetId`, `networkInterfaceId`, `privateIPv4Address`.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|detail| detail.name == name)?.value.as_deref()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: Option<String>,
    pub image: Option<String>,
    pub image_digest: Option<String>,
    pub last_status: Option<String>,
    pub health_status: Option<String>,
    pub exit_code: Option<i32>,
    pub network_bindings: Vec<NetworkBinding>,
    pub network_interfaces: Vec<ContainerInterface>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkBinding {
    #[serde(rename = "bindIP")]
    pub bind_ip: Option<String>,
    pub container_port: Option<i32>,
    pub host_port: Option<i32>,
    pub protocol: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerInterface {
    pub attachment_id: Option<String>,
    pub private_ipv4_address: Option<String>,
}

/// What a task was started with instead of its definition's; commands and environments never get here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskOverride {
    pub cpu: Option<String>,
    pub memory: Option<String>,
    pub execution_role_arn: Option<String>,
    pub task_role_arn: Option<String>,
}

impl EcsTask {
    /// The name of the service that started it.
    pub fn service_name(&self) -> Option<&str> {
        self.group.as_deref()?.strip_prefix("service:")
    }

    /// Its own network interface's attachment.
    pub fn interface(&self) -> Option<&Attachment> {
        self.attachments.iter().find(|attachment| attachment.detail("networkInterfaceId").is_some() || attachment.detail("subnetId").is_some())
    }
}

impl Facts for EcsTask {
    const KIND: ResourceKind = ResourceKind::EcsTask;

    fn links(&self, links: &mut Links<'_>) {
        let cluster = Arn::parse(&self.cluster_arn).ok();
        match (self.service_name(), &cluster) {
            (Some(service), Some(cluster)) => {
                let service = format!("service/{}/{service}", cluster.last_part());
                links.sibling(Relation::PartOf, ResourceKind::EcsService, "ecs", &service, "group");
            }
            _ => links.arn(Relation::PartOf, ResourceKind::EcsCluster, &self.cluster_arn, "clusterArn"),
        }
        links.arn(Relation::Runs, ResourceKind::EcsTaskDefinition, &self.task_definition_arn, "taskDefinitionArn");
        if let Some(instance) = &self.container_instance_arn {
            links.arn(Relation::HostedOn, ResourceKind::EcsContainerInstance, instance, "containerInstanceArn");
        }
        if let Some(provider) = &self.capacity_provider_name {
            capacity_provider_link(provider, "capacityProviderName".to_owned(), links);
        }
        for (index, attachment) in self.attachments.iter().enumerate() {
            for (place, detail) in attachment.details.iter().enumerate() {
                let value = detail.value.as_deref().unwrap_or_default();
                let field = format!("attachments[{index}].details[{place}].value");
                match detail.name.as_str() {
                    "subnetId" => links.ec2(Relation::PlacedIn, ResourceKind::Subnet, value, field),
                    "networkInterfaceId" => links.ec2(Relation::AttachedTo, ResourceKind::NetworkInterface, value, field),
                    _ => {}
                }
            }
        }
        let Some(overrides) = &self.overrides else { return };
        if let Some(role) = &overrides.execution_role_arn {
            links.role(Relation::ExecutionRole, role, "overrides.executionRoleArn");
        }
        if let Some(role) = &overrides.task_role_arn {
            links.role(Relation::TaskRole, role, "overrides.taskRoleArn");
        }
    }
}
