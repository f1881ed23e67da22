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
    pub auto_scaling_group_provider: Option<AutoScalingGroupProvider>,
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
    }
}
