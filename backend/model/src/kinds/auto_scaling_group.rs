//! Auto Scaling groups that capacity providers get their instances from.
//!
//! <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AutoScalingGroup.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AutoScalingGroup {
    #[serde(rename = "AutoScalingGroupARN")]
    pub auto_scaling_group_arn: String,
    pub auto_scaling_group_name: String,
    pub min_size: Option<i32>,
    pub max_size: Option<i32>,
    pub desired_capacity: Option<i32>,
    pub availability_zones: Vec<String>,
    /// Ids of subnets, with commas between.
    #[serde(rename = "VPCZoneIdentifier")]
    pub vpc_zone_identifier: Option<String>,
    pub instances: Vec<GroupInstance>,
    pub launch_configuration_name: Option<String>,
    pub launch_template: Option<LaunchTemplate>,
    pub mixed_instances_policy: Option<MixedInstancesPolicy>,
    pub new_instances_protected_from_scale_in: Option<bool>,
    pub suspended_processes: Vec<SuspendedProcess>,
    /// Set while the group is being deleted.
    pub status: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupInstance {
    pub instance_id: String,
    pub instance_type: Option<String>,
    pub availability_zone: Option<String>,
    pub lifecycle_state: Option<String>,
    pub health_status: Option<String>,
    pub protected_from_scale_in: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchTemplate {
    pub launch_template_id: Option<String>,
    pub launch_template_name: Option<String>,
    pub version: Option<String>,
}

/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_MixedInstancesPolicy.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MixedInstancesPolicy {
    pub launch_template: Option<MixedLaunchTemplate>,
    pub instances_distribution: Option<InstancesDistribution>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MixedLaunchTemplate {
    pub launch_template_specification: Option<LaunchTemplate>,
    pub overrides: Vec<LaunchTemplateOverride>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LaunchTemplateOverride {
    pub instance_type: Option<String>,
    pub weighted_capacity: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InstancesDistribution {
    pub on_demand_base_capacity: Option<i32>,
    pub on_demand_percentage_above_base_capacity: Option<i32>,
    pub spot_allocation_strategy: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SuspendedProcess {
    pub process_name: String,
    pub suspension_reason: Option<String>,
}

impl AutoScalingGroup {
    /// The subnets that it starts instances in.
    pub fn subnets(&self) -> impl Iterator<Item = &str> {
        let ids = self.vpc_zone_identifier.iter().flat_map(|ids| ids.split(','));
        ids.map(str::trim).filter(|id| !id.is_empty())
    }
}

impl Facts for AutoScalingGroup {
    const KIND: ResourceKind = ResourceKind::AutoScalingGroup;

    fn name(&self) -> Option<String> {
        Some(self.auto_scaling_group_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for (index, instance) in self.instances.iter().enumerate() {
            links.ec2(Relation::BackedBy, ResourceKind::Ec2Instance, &instance.instance_id, at("Instances", index, "InstanceId"));
        }
        for subnet in self.subnets() {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, "VPCZoneIdentifier");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_are_what_stands_between_the_commas() {
        let cases: [(Option<&str>, &[&str]); 4] = [(None, &[]), (Some(""), &[]), (Some("subnet-1"), &["subnet-1"]), (Some("subnet-1, subnet-2,"), &["subnet-1", "subnet-2"])];
        for (ids, expected) in cases {
            let group = AutoScalingGroup { vpc_zone_identifier: ids.map(str::to_owned), ..AutoScalingGroup::default() };
            assert_eq!(group.subnets().collect::<Vec<_>>(), expected, "{ids:?}");
        }
    }
}
