//! Scalable targets of Application Auto Scaling: the bounds of a service's desired count.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalableTarget.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, Relation, ResourceKind};

/// Which service it scales and by which policies is in `computed/scaled_by.rs`: the names say so, and no resource alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScalableTarget {
    #[serde(rename = "ScalableTargetARN")]
    pub scalable_target_arn: String,
    pub service_namespace: String,
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
    pub scalable_dimension: String,
    pub min_capacity: Option<i32>,
    pub max_capacity: Option<i32>,
    #[serde(rename = "RoleARN")]
    pub role_arn: Option<String>,
    pub suspended_state: Option<SuspendedState>,
    pub scheduled_actions: Vec<ScheduledAction>,
    /// RFC 3339.
    pub creation_time: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SuspendedState {
    pub dynamic_scaling_in_suspended: bool,
    pub dynamic_scaling_out_suspended: bool,
    pub scheduled_scaling_suspended: bool,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScheduledAction.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScheduledAction {
    pub scheduled_action_name: String,
    pub schedule: String,
    pub timezone: Option<String>,
    pub scalable_target_action: Option<ScalableTargetAction>,
    /// RFC 3339.
    pub start_time: Option<String>,
    /// RFC 3339.
    pub end_time: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScalableTargetAction {
    pub min_capacity: Option<i32>,
    pub max_capacity: Option<i32>,
}

impl Facts for ScalableTarget {
    const KIND: ResourceKind = ResourceKind::ScalableTarget;

    fn name(&self) -> Option<String> {
        Some(self.resource_id.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.role_arn {
            links.role(Relation::Assumes, role, "RoleARN");
        }
    }
}
