//! Capacity providers: Fargate, Fargate Spot, and Auto Scaling groups.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProvider.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EcsCapacityProvider {
    pub capacity_provider_arn: String,
    pub name: String,
    pub status: Option<String>,
    /// The only cluster that may use it, where it manages its instances itself.
    pub cluster: Option<String>,
    pub auto_scaling_group_provider: Option<AutoScalingGroupProvider>,
    pub managed_instances_provider: Option<ManagedInstancesProvider>,
    pub update_status: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AutoScalingGroupProvider {
    pub auto_scaling_group_arn: String,
    pub managed_scaling: Option<ManagedScaling>,
    pub managed_termination_protection: Option<String>,
    pub managed_draining: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedScaling {
    pub status: Option<String>,
    pub target_capacity: Option<i32>,
    pub minimum_scaling_step_size: Option<i32>,
    pub maximum_scaling_step_size: Option<i32>,
    pub instance_warmup_period: Option<i32>,
}

/// Instances that ECS starts, patches and ends by itself.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ManagedInstancesProvider.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedInstancesProvider {
    pub infrastructure_role_arn: Option<String>,
    pub instance_launch_template: Option<InstanceLaunchTemplate>,
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_InstanceLaunchTemplate.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceLaunchTemplate {
    pub ec2_instance_profile_arn: Option<String>,
    pub network_configuration: Option<ManagedInstancesNetwork>,
    /// `ON_DEMAND`, `SPOT` or `RESERVED`.
    pub capacity_option_type: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ManagedInstancesNetwork {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
}

fn managed_links(provider: &ManagedInstancesProvider, links: &mut Links<'_>) {
    if let Some(role) = &provider.infrastructure_role_arn {
        links.role(Relation::Assumes, role, "managedInstancesProvider.infrastructureRoleArn");
    }
    let Some(template) = &provider.instance_launch_template else { return };
    let field = "managedInstancesProvider.instanceLaunchTemplate";
    if let Some(profile) = &template.ec2_instance_profile_arn {
        links.arn(Relation::Assumes, ResourceKind::IamInstanceProfile, profile, format!("{field}.ec2InstanceProfileArn"));
    }
    let Some(network) = &template.network_configuration else { return };
    for (index, subnet) in network.subnets.iter().enumerate() {
        links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, format!("{field}.networkConfiguration.subnets[{index}]"));
    }
    for (index, group) in network.security_groups.iter().enumerate() {
        links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, format!("{field}.networkConfiguration.securityGroups[{index}]"));
    }
}

impl Facts for EcsCapacityProvider {
    const KIND: ResourceKind = ResourceKind::EcsCapacityProvider;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(provider) = &self.auto_scaling_group_provider {
            let field = "autoScalingGroupProvider.autoScalingGroupArn";
            links.arn(Relation::BackedBy, ResourceKind::AutoScalingGroup, &provider.auto_scaling_group_arn, field);
        }
        if let Some(provider) = &self.managed_instances_provider {
            managed_links(provider, links);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Arn, Source};

    #[test]
    fn instances_that_ecs_manages_have_roles_and_a_place() {
        let provider: EcsCapacityProvider = serde_json::from_value(json!({
            "name": "managed", "cluster": "main",
            "managedInstancesProvider": {
                "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
                "instanceLaunchTemplate": {
                    "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/hosts",
                    "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
                },
            },
        }))
        .unwrap();
        let own = Arn::parse("arn:aws:ecs:eu-central-1:123456789012:capacity-provider/managed").unwrap();
        let mut links = Links::of(&own, Source::of("ecs:DescribeCapacityProviders"));
        provider.links(&mut links);
        let links: Vec<String> = links.finish().0.iter().map(|link| format!("{} {}", link.relation, link.to.id.as_str())).collect();
        insta::assert_snapshot!(links.join("\n"), @"
        ASSUMES arn:aws:iam::123456789012:role/infrastructure
        ASSUMES arn:aws:iam::123456789012:instance-profile/hosts
        PLACED_IN arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1
        PROTECTED_BY arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1
        ");
    }
}
