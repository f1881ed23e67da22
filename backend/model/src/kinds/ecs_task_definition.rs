//! Task definitions: what a task is made of. A revision never changes, but for its status.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Facts, at, environment::named_by_value, ecr_repository, efs_file_system, firelens, s3_bucket, secret, ssm_parameter};
use crate::{Arn, Links, Relation, ResourceKind};

/// Values of environment variables, commands, labels and driver options are fingerprints.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsTaskDefinition {
    pub task_definition_arn: String,
    pub family: String,
    pub revision: i32,
    /// `ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`.
    pub status: Option<String>,
    pub task_role_arn: Option<String>,
    pub execution_role_arn: Option<String>,
    pub network_mode: Option<String>,
    /// CPU units, as text.
    pub cpu: Option<String>,
    /// MiB, as text.
    pub memory: Option<String>,
    pub requires_compatibilities: Vec<String>,
    pub compatibilities: Vec<String>,
    pub requires_attributes: Vec<Attribute>,
    pub placement_constraints: Vec<PlacementConstraint>,
    pub runtime_platform: Option<RuntimePlatform>,
    pub ephemeral_storage: Option<EphemeralStorage>,
    pub pid_mode: Option<String>,
    pub ipc_mode: Option<String>,
    pub proxy_configuration: Option<ProxyConfiguration>,
    pub enable_fault_injection: Option<bool>,
    pub container_definitions: Vec<ContainerDefinition>,
    pub volumes: Vec<Volume>,
    /// RFC 3339.
    pub registered_at: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attribute {
    pub name: String,
    pub value: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlacementConstraint {
    pub r#type: Option<String>,
    pub expression: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimePlatform {
    pub cpu_architecture: Option<String>,
    pub operating_system_family: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EphemeralStorage {
    #[serde(rename = "sizeInGiB")]
    pub size_in_gib: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProxyConfiguration {
    pub r#type: Option<String>,
    pub container_name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerDefinition {
    pub name: String,
    pub image: String,
    pub cpu: i32,
    pub memory: Option<i32>,
    pub memory_reservation: Option<i32>,
    pub essential: Option<bool>,
    pub version_consistency: Option<String>,
    pub readonly_root_filesystem: Option<bool>,
    pub privileged: Option<bool>,
    pub start_timeout: Option<i32>,
    pub stop_timeout: Option<i32>,
    pub restart_policy: Option<RestartPolicy>,
    pub port_mappings: Vec<PortMapping>,
    pub environment: Vec<KeyValue>,
    pub environment_files: Vec<EnvironmentFile>,
    pub secrets: Vec<SecretReference>,
    pub entry_point: Vec<String>,
    pub command: Vec<String>,
    pub docker_labels: BTreeMap<String, String>,
    pub depends_on: Vec<ContainerDependency>,
    pub links: Vec<String>,
    pub mount_points: Vec<MountPoint>,
    pub volumes_from: Vec<VolumeFrom>,
    pub log_configuration: Option<LogConfiguration>,
    pub health_check: Option<HealthCheck>,
    pub resource_requirements: Vec<ResourceRequirement>,
    pub repository_credentials: Option<RepositoryCredentials>,
    pub firelens_configuration: Option<FirelensConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestartPolicy {
    pub enabled: bool,
    pub restart_attempt_period: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortMapping {
    pub container_port: Option<i32>,
    pub host_port: Option<i32>,
    pub protocol: Option<String>,
    pub name: Option<String>,
    pub app_protocol: Option<String>,
    pub container_port_range: Option<String>,
}

/// A name, and the fingerprint of its value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyValue {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvironmentFile {
    pub value: String,
    pub r#type: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecretReference {
    pub name: String,
    /// A parameter's name or ARN, or a secret's ARN with `:json-key:version-stage:version-id`.
    pub value_from: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerDependency {
    pub container_name: String,
    pub condition: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MountPoint {
    pub source_volume: Option<String>,
    pub container_path: Option<String>,
    pub read_only: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeFrom {
    pub source_container: Option<String>,
    pub read_only: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogConfiguration {
    pub log_driver: String,
    /// Values of other drivers than awslogs are fingerprints.
    pub options: BTreeMap<String, String>,
    pub secret_options: Vec<SecretReference>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HealthCheck {
    pub command: Vec<String>,
    pub interval: Option<i32>,
    pub timeout: Option<i32>,
    pub retries: Option<i32>,
    pub start_period: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceRequirement {
    pub value: String,
    pub r#type: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RepositoryCredentials {
    pub credentials_parameter: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FirelensConfiguration {
    pub r#type: String,
    pub options: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    pub name: Option<String>,
    pub configured_at_launch: Option<bool>,
    pub host: Option<HostVolume>,
    pub docker_volume_configuration: Option<DockerVolume>,
    pub efs_volume_configuration: Option<EfsVolume>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostVolume {
    pub source_path: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DockerVolume {
    pub scope: Option<String>,
    pub driver: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EfsVolume {
    pub file_system_id: String,
    pub root_directory: Option<String>,
    pub transit_encryption: Option<String>,
    pub transit_encryption_port: Option<i32>,
    pub authorization_config: Option<EfsAuthorization>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EfsAuthorization {
    pub access_point_id: Option<String>,
    pub iam: Option<String>,
}

/// Options of a log driver that say where logs go and how, in words of AWS's own; without a driver those of `FireLens`'s router.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html>
pub fn is_plain_log_option(driver: Option<&str>, name: &str) -> bool {
    match driver {
        Some("awslogs") => matches!(
            name,
            "awslogs-group" | "awslogs-region" | "awslogs-stream-prefix" | "awslogs-create-group" | "awslogs-endpoint" | "mode" | "max-buffer-size"
        ),
        Some("awsfirelens") => firelens::is_plain_option(name),
        Some(_) => false,
        None => firelens::is_plain_router_option(name),
    }
}

impl Facts for EcsTaskDefinition {
    const KIND: ResourceKind = ResourceKind::EcsTaskDefinition;

    fn name(&self) -> Option<String> {
        Some(format!("{}:{}", self.family, self.revision))
    }

    fn names_in_environments(&self, own: &Arn) -> Vec<String> {
        let revision = format!("{}:{}", self.family, self.revision);
        vec![own.to_string(), revision, self.family.clone()]
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.execution_role_arn {
            links.role(Relation::ExecutionRole, role, "executionRoleArn");
        }
        if let Some(role) = &self.task_role_arn {
            links.role(Relation::TaskRole, role, "taskRoleArn");
        }
        for (index, container) in self.container_definitions.iter().enumerate() {
            container_links(container, &at("containerDefinitions", index, ""), links);
        }
        for (index, volume) in self.volumes.iter().enumerate() {
            volume_links(volume, &at("volumes", index, "efsVolumeConfiguration"), links);
        }
    }
}

fn container_links(container: &ContainerDefinition, field: &str, links: &mut Links<'_>) {
    if let Some(repository) = ecr_repository::of_image(&container.image, links.own().partition()) {
        links.id(Relation::PullsFrom, ResourceKind::EcrRepository, repository, format!("{field}.image"));
    }
    for (index, secret) in container.secrets.iter().enumerate() {
        secret_link(&secret.value_from, format!("{field}.secrets[{index}].valueFrom"), links);
    }
    if let Some(credentials) = &container.repository_credentials {
        secret_link(&credentials.credentials_parameter, format!("{field}.repositoryCredentials.credentialsParameter"), links);
    }
    for (index, file) in container.environment_files.iter().enumerate() {
        if let Some((bucket, _)) = Arn::parse(&file.value).ok().as_ref().and_then(s3_bucket::of_object) {
            links.id(Relation::ReadsSecret, ResourceKind::S3Bucket, bucket.into(), format!("{field}.environmentFiles[{index}].value"));
        }
    }
    for variable in &container.environment {
        let field = format!("containerDefinitions[{}].environment[{}].value", container.name, variable.name);
        for queue in named_by_value(ResourceKind::SqsQueue, links.own(), &variable.value) {
            links.matched(Relation::Consumes, ResourceKind::SqsQueue, queue, field.clone());
        }
        for table in named_by_value(ResourceKind::DynamodbTable, links.own(), &variable.value) {
            links.matched(Relation::UsesTable, ResourceKind::DynamodbTable, table, field.clone());
        }
    }
    if let Some(router) = &container.firelens_configuration {
        firelens::configured_by(&router.options, &format!("{field}.firelensConfiguration.options"), links);
    }
    let Some(log) = &container.log_configuration else { return };
    for (index, secret) in log.secret_options.iter().enumerate() {
        secret_link(&secret.value_from, format!("{field}.logConfiguration.secretOptions[{index}].valueFrom"), links);
    }
    if log.log_driver == "awsfirelens" {
        firelens::sends_to(&log.options, &format!("{field}.logConfiguration.options"), links);
    }
    if log.log_driver == "awslogs"
        && let Some(group) = log.options.get("awslogs-group")
    {
        let own = links.own();
        let region = log.options.get("awslogs-region").map_or(own.region(), String::as_str);
        if let Ok(arn) = crate::Arn::new(own.partition(), "logs", region, own.account(), &format!("log-group:{group}")) {
            links.id(Relation::LogsTo, ResourceKind::LogGroup, arn.into(), format!("{field}.logConfiguration.options.awslogs-group"));
        }
    }
}

/// A secret by its ARN, with or without suffixes; anything else is a parameter.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html>
fn secret_link(value_from: &str, field: String, links: &mut Links<'_>) {
    if let Some(id) = secret::of_value_from(value_from) {
        links.id(Relation::ReadsSecret, ResourceKind::Secret, id, field);
    } else if let Some(id) = ssm_parameter::forwarded_secret(value_from, links.own()) {
        links.id(Relation::ReadsSecret, ResourceKind::Secret, id, field);
    } else if let Some(id) = ssm_parameter::of_value_from(value_from, links.own()) {
        links.id(Relation::ReadsSecret, ResourceKind::SsmParameter, id, field);
    }
}

fn volume_links(volume: &Volume, field: &str, links: &mut Links<'_>) {
    let Some(efs) = &volume.efs_volume_configuration else { return };
    efs_file_system::link(Relation::Mounts, &efs.file_system_id, format!("{field}.fileSystemId"), links);
    if let Some(access_point) = efs.authorization_config.as_ref().and_then(|authorization| authorization.access_point_id.as_ref()) {
        let access_point = format!("access-point/{access_point}");
        let field = format!("{field}.authorizationConfig.accessPointId");
        links.sibling(Relation::Mounts, ResourceKind::EfsAccessPoint, "elasticfilesystem", &access_point, field);
    }
}
