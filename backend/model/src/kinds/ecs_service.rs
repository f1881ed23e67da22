//! Services: how many tasks of which definition, where, behind what.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at, ecs_task_definition::PlacementConstraint, kms_key};
use crate::{Arn, Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsService {
    pub service_arn: String,
    pub service_name: String,
    pub cluster_arn: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: Option<String>,
    pub task_definition: Option<String>,
    pub desired_count: i32,
    pub running_count: i32,
    pub pending_count: i32,
    pub launch_type: Option<String>,
    pub capacity_provider_strategy: Vec<CapacityProviderStrategyItem>,
    pub platform_version: Option<String>,
    pub platform_family: Option<String>,
    pub scheduling_strategy: Option<String>,
    pub availability_zone_rebalancing: Option<String>,
    pub role_arn: Option<String>,
    pub deployment_controller: Option<DeploymentController>,
    pub deployment_configuration: Option<DeploymentConfiguration>,
    pub deployments: Vec<Deployment>,
    pub load_balancers: Vec<ServiceLoadBalancer>,
    pub service_registries: Vec<ServiceRegistry>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub health_check_grace_period_seconds: Option<i32>,
    pub placement_constraints: Vec<PlacementConstraint>,
    pub placement_strategy: Vec<PlacementStrategy>,
    pub enable_execute_command: Option<bool>,
    /// RFC 3339.
    pub created_at: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CapacityProviderStrategyItem {
    /// A name or an ARN.
    pub capacity_provider: String,
    pub weight: i32,
    pub base: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentController {
    pub r#type: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentConfiguration {
    pub strategy: Option<String>,
    pub bake_time_in_minutes: Option<i32>,
    pub maximum_percent: Option<i32>,
    pub minimum_healthy_percent: Option<i32>,
    pub deployment_circuit_breaker: Option<DeploymentCircuitBreaker>,
    pub alarms: Option<DeploymentAlarms>,
    pub lifecycle_hooks: Vec<DeploymentLifecycleHook>,
    pub linear_configuration: Option<LinearConfiguration>,
    pub canary_configuration: Option<CanaryConfiguration>,
}

/// What is asked at stages of a deployment whether it may go on.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentLifecycleHook.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentLifecycleHook {
    pub target_type: Option<String>,
    pub hook_target_arn: Option<String>,
    pub role_arn: Option<String>,
    pub lifecycle_stages: Vec<String>,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LinearConfiguration {
    pub step_percent: Option<f64>,
    pub step_bake_time_in_minutes: Option<i32>,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CanaryConfiguration {
    pub canary_percent: Option<f64>,
    pub canary_bake_time_in_minutes: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeploymentCircuitBreaker {
    pub enable: bool,
    pub rollback: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentAlarms {
    pub alarm_names: Vec<String>,
    pub enable: bool,
    pub rollback: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Deployment {
    pub id: Option<String>,
    /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
    pub status: Option<String>,
    pub task_definition: Option<String>,
    pub desired_count: i32,
    pub running_count: i32,
    pub pending_count: i32,
    pub failed_tasks: i32,
    pub launch_type: Option<String>,
    pub platform_version: Option<String>,
    pub rollout_state: Option<String>,
    pub rollout_state_reason: Option<String>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
    pub service_connect_configuration: Option<ServiceConnectConfiguration>,
    pub service_connect_resources: Vec<ServiceConnectResource>,
    pub volume_configurations: Vec<VolumeConfiguration>,
    pub vpc_lattice_configurations: Vec<VpcLatticeConfiguration>,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VpcLatticeConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VpcLatticeConfiguration {
    pub role_arn: Option<String>,
    pub target_group_arn: Option<String>,
    pub port_name: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceConnectConfiguration {
    pub enabled: bool,
    pub namespace: Option<String>,
    pub services: Vec<ServiceConnectService>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceConnectService {
    pub port_name: String,
    pub discovery_name: Option<String>,
    pub client_aliases: Vec<ClientAlias>,
    /// The port at which the proxy listens, where it is not of its own choosing.
    pub ingress_port_override: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientAlias {
    pub port: i32,
    pub dns_name: Option<String>,
    /// Of what clients write to reach it: how it is known again in their environments.
    pub fingerprints: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceConnectResource {
    pub discovery_name: Option<String>,
    pub discovery_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeConfiguration {
    pub name: String,
    #[serde(rename = "managedEBSVolume")]
    pub managed_ebs_volume: Option<ManagedEbsVolume>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedEbsVolume {
    pub role_arn: Option<String>,
    pub encrypted: Option<bool>,
    pub kms_key_id: Option<String>,
    #[serde(rename = "sizeInGiB")]
    pub size_in_gib: Option<i32>,
    pub volume_type: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceLoadBalancer {
    pub target_group_arn: Option<String>,
    pub load_balancer_name: Option<String>,
    pub container_name: Option<String>,
    pub container_port: Option<i32>,
    pub advanced_configuration: Option<AdvancedConfiguration>,
}

/// Native blue/green deployments.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AdvancedConfiguration {
    pub alternate_target_group_arn: Option<String>,
    pub production_listener_rule: Option<String>,
    pub test_listener_rule: Option<String>,
    pub role_arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceRegistry {
    pub registry_arn: Option<String>,
    pub port: Option<i32>,
    pub container_name: Option<String>,
    pub container_port: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkConfiguration {
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AwsVpcConfiguration {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    /// `ENABLED` or `DISABLED`.
    pub assign_public_ip: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlacementStrategy {
    pub r#type: Option<String>,
    pub field: Option<String>,
}

impl EcsService {
    /// The subnets and groups of its tasks, where they have addresses of their own.
    pub fn awsvpc(&self) -> Option<&AwsVpcConfiguration> {
        self.network_configuration.as_ref()?.awsvpc_configuration.as_ref()
    }

    /// The deployment that new tasks belong to: its Service Connect and volumes are the service's.
    pub fn newest_deployment(&self) -> Option<&Deployment> {
        let primary = self.deployments.iter().find(|own| own.status.as_deref() == Some("PRIMARY"));
        primary.or(self.deployments.first())
    }
}

impl Facts for EcsService {
    const KIND: ResourceKind = ResourceKind::EcsService;

    fn name(&self) -> Option<String> {
        Some(self.service_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        links.arn(Relation::PartOf, ResourceKind::EcsCluster, &self.cluster_arn, "clusterArn");
        if let Some(definition) = &self.task_definition {
            links.arn(Relation::Runs, ResourceKind::EcsTaskDefinition, definition, "taskDefinition");
        }
        for (index, deployment) in self.deployments.iter().enumerate() {
            deployment_links(deployment, index, links);
        }
        capacity_links(&self.capacity_provider_strategy, links);
        if let Some(role) = &self.role_arn {
            links.role(Relation::Assumes, role, "roleArn");
        }
        load_balancer_links(&self.load_balancers, links);
        registry_links(&self.service_registries, links);
        if let Some(network) = self.awsvpc() {
            network_links(network, links);
        }
        let configuration = self.deployment_configuration.as_ref();
        if let Some(alarms) = configuration.and_then(|own| own.alarms.as_ref()).filter(|own| own.enable) {
            for (index, name) in alarms.alarm_names.iter().enumerate() {
                let field = at("deploymentConfiguration.alarms.alarmNames", index, "");
                links.sibling(Relation::WatchedBy, ResourceKind::CloudwatchAlarm, "cloudwatch", &format!("alarm:{name}"), field);
            }
        }
        for (index, hook) in configuration.iter().flat_map(|own| &own.lifecycle_hooks).enumerate() {
            if let Some(function) = hook.hook_target_arn.as_deref().and_then(function_of) {
                let field = at("deploymentConfiguration.lifecycleHooks", index, "hookTargetArn");
                links.id(Relation::HookedBy, ResourceKind::LambdaFunction, function.into(), field);
            }
            if let Some(role) = &hook.role_arn {
                links.role(Relation::Assumes, role, at("deploymentConfiguration.lifecycleHooks", index, "roleArn"));
            }
        }
        // Tasks name their service by cluster and name; services from before long ARNs have no cluster in theirs.
        if let Some(cluster) = Arn::parse(&self.cluster_arn).ok().map(|cluster| cluster.last_part().to_owned())
            && let Ok(long) = links.own().sibling("ecs", &format!("service/{cluster}/{}", self.service_name))
        {
            links.also_named(long.into());
        }
    }
}

fn deployment_links(deployment: &Deployment, index: usize, links: &mut Links<'_>) {
    if let Some(definition) = &deployment.task_definition {
        links.arn(Relation::Runs, ResourceKind::EcsTaskDefinition, definition, at("deployments", index, "taskDefinition"));
    }
    for (place, resource) in deployment.service_connect_resources.iter().enumerate() {
        if let Some(arn) = &resource.discovery_arn {
            let field = format!("deployments[{index}].serviceConnectResources[{place}].discoveryArn");
            links.arn(Relation::DiscoveredBy, ResourceKind::CloudMapService, arn, field);
        }
    }
    for (place, volume) in deployment.volume_configurations.iter().enumerate() {
        let Some(volume) = &volume.managed_ebs_volume else { continue };
        let field = format!("deployments[{index}].volumeConfigurations[{place}].managedEBSVolume");
        if let Some(role) = &volume.role_arn {
            links.role(Relation::Assumes, role, format!("{field}.roleArn"));
        }
        if let Some(key) = &volume.kms_key_id {
            kms_key::link(key, format!("{field}.kmsKeyId"), links);
        }
    }
    for (place, lattice) in deployment.vpc_lattice_configurations.iter().enumerate() {
        let field = format!("deployments[{index}].vpcLatticeConfigurations[{place}]");
        if let Some(group) = &lattice.target_group_arn {
            links.arn(Relation::RegisteredIn, ResourceKind::VpcLatticeTargetGroup, group, format!("{field}.targetGroupArn"));
        }
        if let Some(role) = &lattice.role_arn {
            links.role(Relation::Assumes, role, format!("{field}.roleArn"));
        }
    }
}

/// The function that an ARN names, without the version or alias that may stand behind it.
fn function_of(arn: &str) -> Option<Arn> {
    let arn = Arn::parse(arn).ok()?;
    let name = arn.resource().strip_prefix("function:")?.split(':').next()?;
    let function = Arn::new(arn.partition(), "lambda", arn.region(), arn.account(), &format!("function:{name}"));
    function.ok().filter(|_| arn.service() == "lambda" && !name.is_empty())
}

/// Names become ARNs of the same account and region.
pub(super) fn capacity_links(strategy: &[CapacityProviderStrategyItem], links: &mut Links<'_>) {
    for (index, item) in strategy.iter().enumerate() {
        let field = at("capacityProviderStrategy", index, "capacityProvider");
        capacity_provider_link(&item.capacity_provider, field, links);
    }
}

pub(super) fn capacity_provider_link(provider: &str, field: String, links: &mut Links<'_>) {
    if provider.starts_with("arn:") {
        links.arn(Relation::CapacityFrom, ResourceKind::EcsCapacityProvider, provider, field);
    } else if !provider.is_empty() {
        let resource = format!("capacity-provider/{provider}");
        links.sibling(Relation::CapacityFrom, ResourceKind::EcsCapacityProvider, "ecs", &resource, field);
    }
}

pub(super) fn load_balancer_links(load_balancers: &[ServiceLoadBalancer], links: &mut Links<'_>) {
    for (index, load_balancer) in load_balancers.iter().enumerate() {
        if let Some(group) = &load_balancer.target_group_arn {
            links.arn(Relation::RegisteredIn, ResourceKind::TargetGroup, group, at("loadBalancers", index, "targetGroupArn"));
        }
        let Some(advanced) = &load_balancer.advanced_configuration else { continue };
        if let Some(group) = &advanced.alternate_target_group_arn {
            let field = at("loadBalancers", index, "advancedConfiguration.alternateTargetGroupArn");
            links.arn(Relation::RegisteredIn, ResourceKind::TargetGroup, group, field);
        }
        for (rule, field) in [(&advanced.production_listener_rule, "productionListenerRule"), (&advanced.test_listener_rule, "testListenerRule")] {
            // A rule of an application load balancer, or a listener of a network load balancer.
            let Some(arn) = rule.as_deref().and_then(|rule| Arn::parse(rule).ok()) else { continue };
            if let Some(kind @ (ResourceKind::ListenerRule | ResourceKind::Listener)) = ResourceKind::of_arn(&arn) {
                links.id(Relation::Shifts, kind, arn.into(), at("loadBalancers", index, &format!("advancedConfiguration.{field}")));
            }
        }
        if let Some(role) = &advanced.role_arn {
            links.role(Relation::Assumes, role, at("loadBalancers", index, "advancedConfiguration.roleArn"));
        }
    }
}

pub(super) fn registry_links(registries: &[ServiceRegistry], links: &mut Links<'_>) {
    for (index, registry) in registries.iter().enumerate() {
        if let Some(arn) = &registry.registry_arn {
            links.arn(Relation::DiscoveredBy, ResourceKind::CloudMapService, arn, at("serviceRegistries", index, "registryArn"));
        }
    }
}

pub(super) fn network_links(network: &AwsVpcConfiguration, links: &mut Links<'_>) {
    for (index, subnet) in network.subnets.iter().enumerate() {
        let field = at("networkConfiguration.awsvpcConfiguration.subnets", index, "");
        links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, field);
    }
    for (index, group) in network.security_groups.iter().enumerate() {
        let field = at("networkConfiguration.awsvpcConfiguration.securityGroups", index, "");
        links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, field);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn a_service_names_what_it_shifts_and_what_it_asks() {
        let service: EcsService = serde_json::from_value(json!({
            "serviceName": "web",
            "deploymentConfiguration": {"strategy": "BLUE_GREEN", "lifecycleHooks": [
                {"hookTargetArn": "arn:aws:lambda:eu-central-1:123456789012:function:check:live", "roleArn": "arn:aws:iam::123456789012:role/hooks"},
                {"targetType": "PAUSE"},
            ]},
            "loadBalancers": [
                {"advancedConfiguration": {
                    "productionListenerRule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/a/1/2/3",
                    "testListenerRule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/net/b/1/2",
                }},
                {"advancedConfiguration": {"productionListenerRule": "arn:aws:sns:eu-central-1:123456789012:topic", "testListenerRule": ""}},
            ],
        }))
        .unwrap();
        let own = Arn::parse("arn:aws:ecs:eu-central-1:123456789012:service/main/web").unwrap();
        let mut links = Links::of(&own, Source::of("ecs:DescribeServices"));
        service.links(&mut links);
        let links: Vec<String> = links.finish().0.iter().map(|link| format!("{} {} by {}", link.relation, link.to.id.as_str(), link.field)).collect();
        insta::assert_snapshot!(links.join("\n"), @"
        SHIFTS arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/a/1/2/3 by loadBalancers[0].advancedConfiguration.productionListenerRule
        SHIFTS arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/net/b/1/2 by loadBalancers[0].advancedConfiguration.testListenerRule
        HOOKED_BY arn:aws:lambda:eu-central-1:123456789012:function:check by deploymentConfiguration.lifecycleHooks[0].hookTargetArn
        ASSUMES arn:aws:iam::123456789012:role/hooks by deploymentConfiguration.lifecycleHooks[0].roleArn
        ");
    }
}
