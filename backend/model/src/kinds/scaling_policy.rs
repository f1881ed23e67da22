//! Scaling policies of Application Auto Scaling: what moves a service's desired count.
//!
//! <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingPolicy.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Links, Relation, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScalingPolicy {
    #[serde(rename = "PolicyARN")]
    pub policy_arn: String,
    pub policy_name: String,
    /// `TargetTrackingScaling`, `StepScaling` or `PredictiveScaling`.
    pub policy_type: String,
    pub service_namespace: String,
    /// `service/CLUSTER/SERVICE`.
    pub resource_id: String,
    pub scalable_dimension: String,
    pub step_scaling_policy_configuration: Option<StepScaling>,
    pub target_tracking_scaling_policy_configuration: Option<TargetTracking>,
    pub alarms: Vec<Alarm>,
    /// RFC 3339.
    pub creation_time: Option<String>,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepScalingPolicyConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StepScaling {
    pub adjustment_type: Option<String>,
    pub step_adjustments: Vec<StepAdjustment>,
    pub min_adjustment_magnitude: Option<i32>,
    pub cooldown: Option<i32>,
    pub metric_aggregation_type: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct StepAdjustment {
    pub metric_interval_lower_bound: Option<f64>,
    pub metric_interval_upper_bound: Option<f64>,
    pub scaling_adjustment: i32,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TargetTracking {
    pub target_value: f64,
    pub predefined_metric_specification: Option<PredefinedMetric>,
    pub customized_metric_specification: Option<CustomizedMetric>,
    pub scale_out_cooldown: Option<i32>,
    pub scale_in_cooldown: Option<i32>,
    pub disable_scale_in: Option<bool>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PredefinedMetric {
    pub predefined_metric_type: Option<String>,
    /// `app/BALANCER/ID/targetgroup/GROUP/ID`, of requests for each target.
    pub resource_label: Option<String>,
}

/// Which metric it is, without its dimensions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CustomizedMetric {
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    pub statistic: Option<String>,
    pub unit: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Alarm {
    pub alarm_name: String,
    #[serde(rename = "AlarmARN")]
    pub alarm_arn: String,
}

impl Facts for ScalingPolicy {
    const KIND: ResourceKind = ResourceKind::ScalingPolicy;

    fn name(&self) -> Option<String> {
        Some(self.policy_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        for (index, alarm) in self.alarms.iter().enumerate() {
            links.arn(Relation::WatchedBy, ResourceKind::CloudwatchAlarm, &alarm.alarm_arn, at("Alarms", index, "AlarmARN"));
        }
    }
}
