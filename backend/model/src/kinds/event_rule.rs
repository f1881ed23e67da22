//! `EventBridge` rules that start tasks, and what they share with schedules: where a task starts and how.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html>

use serde::{Deserialize, Serialize};

use super::{Facts, at};
use crate::{Arn, Links, Relation, ResourceKind};

/// A rule with those of its targets that start tasks. What a target hands to the tasks is not kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventRule {
    pub arn: String,
    pub name: String,
    pub event_bus_name: Option<String>,
    /// `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`.
    pub state: Option<String>,
    pub schedule_expression: Option<String>,
    /// JSON, as text.
    pub event_pattern: Option<String>,
    pub role_arn: Option<String>,
    pub targets: Vec<EventTarget>,
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EventTarget {
    pub id: String,
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

/// How a rule or a schedule starts tasks; both APIs write it alike.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html>
/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html>
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EcsParameters {
    /// Without a revision: the latest active one.
    pub task_definition_arn: String,
    pub task_count: Option<i32>,
    pub launch_type: Option<String>,
    pub network_configuration: Option<NetworkConfiguration>,
    pub platform_version: Option<String>,
    pub group: Option<String>,
    pub capacity_provider_strategy: Vec<super::ecs_service::CapacityProviderStrategyItem>,
    #[serde(rename = "EnableECSManagedTags")]
    pub enable_ecs_managed_tags: Option<bool>,
    pub enable_execute_command: Option<bool>,
    pub placement_constraints: Vec<super::ecs_task_definition::PlacementConstraint>,
    pub placement_strategy: Vec<super::ecs_service::PlacementStrategy>,
    pub propagate_tags: Option<String>,
    pub reference_id: Option<String>,
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkConfiguration {
    #[serde(rename = "awsvpcConfiguration")]
    pub awsvpc_configuration: Option<AwsVpcConfiguration>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AwsVpcConfiguration {
    pub subnets: Vec<String>,
    pub security_groups: Vec<String>,
    /// `ENABLED` or `DISABLED`.
    pub assign_public_ip: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeadLetterConfig {
    pub arn: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RetryPolicy {
    pub maximum_event_age_in_seconds: Option<i32>,
    pub maximum_retry_attempts: Option<i32>,
}

impl EcsParameters {
    /// The subnets and groups of the tasks, where they have addresses of their own.
    pub fn awsvpc(&self) -> Option<&AwsVpcConfiguration> {
        self.network_configuration.as_ref()?.awsvpc_configuration.as_ref()
    }
}

impl Facts for EventRule {
    const KIND: ResourceKind = ResourceKind::EventRule;

    fn name(&self) -> Option<String> {
        Some(self.name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(role) = &self.role_arn {
            links.role(Relation::Assumes, role, "RoleArn");
        }
        for (index, target) in self.targets.iter().enumerate() {
            let parts = StartsTasks {
                cluster: &target.arn,
                role: target.role_arn.as_deref(),
                parameters: target.ecs_parameters.as_ref(),
                dead_letters: target.dead_letter_config.as_ref(),
            };
            parts.links(&at("Targets", index, ""), links);
        }
    }
}

/// True for the ARN of a cluster: the target of a rule or a schedule that starts tasks.
pub fn is_cluster(arn: &str) -> bool {
    Arn::parse(arn).is_ok_and(|arn| ResourceKind::of_arn(&arn) == Some(ResourceKind::EcsCluster))
}

/// What a rule's target and a schedule's have in common.
pub(super) struct StartsTasks<'a> {
    pub(super) cluster: &'a str,
    pub(super) role: Option<&'a str>,
    pub(super) parameters: Option<&'a EcsParameters>,
    pub(super) dead_letters: Option<&'a DeadLetterConfig>,
}

impl StartsTasks<'_> {
    pub(super) fn links(&self, field: &str, links: &mut Links<'_>) {
        if is_cluster(self.cluster) {
            links.arn(Relation::StartsIn, ResourceKind::EcsCluster, self.cluster, format!("{field}.Arn"));
        }
        if let Some(role) = self.role {
            links.role(Relation::Assumes, role, format!("{field}.RoleArn"));
        }
        if let Some(queue) = self.dead_letters.and_then(|own| own.arn.as_ref()) {
            links.arn(Relation::DeadLettersTo, ResourceKind::SqsQueue, queue, format!("{field}.DeadLetterConfig.Arn"));
        }
        let Some(parameters) = self.parameters else { return };
        let field = format!("{field}.EcsParameters");
        links.arn(Relation::Starts, ResourceKind::EcsTaskDefinition, &parameters.task_definition_arn, format!("{field}.TaskDefinitionArn"));
        let Some(network) = parameters.awsvpc() else { return };
        let field = format!("{field}.NetworkConfiguration.awsvpcConfiguration");
        for (index, subnet) in network.subnets.iter().enumerate() {
            links.ec2(Relation::PlacedIn, ResourceKind::Subnet, subnet, at(&format!("{field}.Subnets"), index, ""));
        }
        for (index, group) in network.security_groups.iter().enumerate() {
            links.ec2(Relation::ProtectedBy, ResourceKind::SecurityGroup, group, at(&format!("{field}.SecurityGroups"), index, ""));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn a_rule_names_all_that_its_tasks_start_with() {
        let rule: EventRule = serde_json::from_value(json!({
            "Arn": "arn:aws:events:eu-central-1:123456789012:rule/nightly",
            "Name": "nightly",
            "RoleArn": "arn:aws:iam::123456789012:role/bus",
            "Targets": [{
                "Id": "1",
                "Arn": "arn:aws:ecs:eu-central-1:123456789012:cluster/batch",
                "RoleArn": "arn:aws:iam::123456789012:role/starter",
                "EcsParameters": {
                    "TaskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/report",
                    "EnableECSManagedTags": true,
                    "NetworkConfiguration": {"awsvpcConfiguration": {"Subnets": ["subnet-1", ""], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}},
                    "CapacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
                },
                "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-central-1:123456789012:dead"},
            }],
        }))
        .unwrap();
        let own = Arn::parse(&rule.arn).unwrap();
        let mut links = Links::of(&own, Source::of("events:ListTargetsByRule"));
        rule.links(&mut links);
        let links: Vec<String> = links.finish().0.iter().map(|link| format!("{} {} by {}", link.relation, link.to.id.as_str(), link.field)).collect();
        insta::assert_snapshot!(links.join("\n"), @"
        ASSUMES arn:aws:iam::123456789012:role/bus by RoleArn
        STARTS_IN arn:aws:ecs:eu-central-1:123456789012:cluster/batch by Targets[0].Arn
        ASSUMES arn:aws:iam::123456789012:role/starter by Targets[0].RoleArn
        DEAD_LETTERS_TO arn:aws:sqs:eu-central-1:123456789012:dead by Targets[0].DeadLetterConfig.Arn
        STARTS arn:aws:ecs:eu-central-1:123456789012:task-definition/report by Targets[0].EcsParameters.TaskDefinitionArn
        PLACED_IN arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1 by Targets[0].EcsParameters.NetworkConfiguration.awsvpcConfiguration.Subnets[0]
        PROTECTED_BY arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1 by Targets[0].EcsParameters.NetworkConfiguration.awsvpcConfiguration.SecurityGroups[0]
        ");
    }

    #[test]
    fn only_clusters_are_where_tasks_start() {
        let cases = [
            ("arn:aws:ecs:eu-central-1:123456789012:cluster/batch", true),
            ("arn:aws:ecs:eu-central-1:123456789012:service/batch/web", false),
            ("arn:aws:lambda:eu-central-1:123456789012:function:batch", false),
            ("arn:aws:scheduler:::aws-sdk:ecs:runTask", false),
            ("batch", false),
        ];
        for (arn, expected) in cases {
            assert_eq!(is_cluster(arn), expected, "{arn}");
        }
    }
}
