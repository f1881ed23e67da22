//! Schedules of `EventBridge` Scheduler that start tasks.
//!
//! <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html>

use serde::{Deserialize, Serialize};

use super::{
    Facts,
    event_rule::{DeadLetterConfig, EcsParameters, RetryPolicy, StartsTasks},
    kms_key,
};
use crate::{Links, ResourceKind};

/// What the schedule hands to the tasks is not kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Schedule {
    pub arn: String,
    pub name: String,
    pub group_name: Option<String>,
    /// `ENABLED` or `DISABLED`.
    pub state: Option<String>,
    pub schedule_expression: Option<String>,
    pub schedule_expression_timezone: Option<String>,
    /// RFC 3339.
    pub start_date: Option<String>,
    /// RFC 3339.
    pub end_date: Option<String>,
    pub kms_key_arn: Option<String>,
    pub target: ScheduleTarget,
}

/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ScheduleTarget {
    /// The cluster.
    pub arn: String,
    pub role_arn: Option<String>,
    pub ecs_parameters: Option<EcsParameters>,
    /// The task role that the target's input names in place of the task definition's.
    pub override_task_role_arn: Option<String>,
    /// The execution role that the target's input names in place of the task definition's.
    pub override_execution_role_arn: Option<String>,
    pub dead_letter_config: Option<DeadLetterConfig>,
    pub retry_policy: Option<RetryPolicy>,
}

impl Facts for Schedule {
    const KIND: ResourceKind = ResourceKind::Schedule;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(key) = &self.kms_key_arn {
            kms_key::link(key, "KmsKeyArn", links);
        }
        let parts = StartsTasks {
            cluster: &self.target.arn,
            role: self.target.role_arn.as_deref(),
            parameters: self.target.ecs_parameters.as_ref(),
            dead_letters: self.target.dead_letter_config.as_ref(),
        };
        parts.links("Target", links);
    }
}
