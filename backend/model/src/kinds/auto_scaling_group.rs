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
    /// In the place of the policy's own.
    pub launch_template_specification: Option<LaunchTemplate>,
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

impl LaunchTemplate {
    /// Its id or, where that is not said, its name.
    pub fn named(&self) -> Option<&str> {
        let names = [&self.launch_template_id, &self.launch_template_name];
        names.into_iter().flatten().map(String::as_str).find(|own| !own.is_empty())
    }

    /// Where none is said, the default one.
    pub fn version(&self) -> &str {
        self.version.as_deref().filter(|own| !own.is_empty()).unwrap_or("$Default")
    }
}

impl AutoScalingGroup {
    /// The subnets that it starts instances in.
    pub fn subnets(&self) -> impl Iterator<Item = &str> {
        let ids = self.vpc_zone_identifier.iter().flat_map(|ids| ids.split(','));
        ids.map(str::trim).filter(|id| !id.is_empty())
    }

    /// The launch templates that it starts instances from, with the fields that name them.
    pub fn launch_templates(&self) -> impl Iterator<Item = (&LaunchTemplate, String)> {
        let own = self.launch_template.iter().map(|own| (own, "LaunchTemplate".to_owned()));
        let mixed = self.mixed_instances_policy.iter().filter_map(|policy| policy.launch_template.as_ref());
        own.chain(mixed.flat_map(|mixed| {
            let field = "MixedInstancesPolicy.LaunchTemplate";
            let common = mixed.launch_template_specification.iter().map(move |own| (own, format!("{field}.LaunchTemplateSpecification")));
            let overrides = mixed.overrides.iter().enumerate().filter_map(move |(place, own)| {
                let field = at(&format!("{field}.Overrides"), place, "LaunchTemplateSpecification");
                Some((own.launch_template_specification.as_ref()?, field))
            });
            common.chain(overrides)
        }))
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
        for (template, field) in self.launch_templates() {
            links.ec2(Relation::LaunchesFrom, ResourceKind::LaunchTemplate, template.named().unwrap_or_default(), field);
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

    #[test]
    fn templates_are_named_alone_and_in_a_policy_of_several() {
        let group: AutoScalingGroup = serde_json::from_value(serde_json::json!({
            "LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "one", "Version": "3"},
            "MixedInstancesPolicy": {"LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateName": "two"},
                "Overrides": [{"InstanceType": "m7g.large"}, {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-3", "Version": "$Latest"}}],
            }},
        }))
        .unwrap();
        let told: Vec<_> = group.launch_templates().map(|(own, field)| format!("{} {} by {field}", own.named().unwrap(), own.version())).collect();
        assert_eq!(
            told,
            [
                "lt-1 3 by LaunchTemplate",
                "two $Default by MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification",
                "lt-3 $Latest by MixedInstancesPolicy.LaunchTemplate.Overrides[1].LaunchTemplateSpecification",
            ]
        );
    }
}
