//! What event rules and schedules have in common: how they start tasks.

use serde_json::{Map, Value};

/// The roles that a target's input may name in place of the task definition's.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html>
const ROLES: [&str; 2] = ["taskRoleArn", "executionRoleArn"];

/// Roles that an input names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OverrideRoles {
    pub(super) task: Option<String>,
    pub(super) execution: Option<String>,
}

/// The roles that a target's input names. The rest of it is never looked at: it is values.
pub(super) fn override_roles(input: Option<&str>) -> OverrideRoles {
    let Some(Value::Object(input)) = input.and_then(|input| serde_json::from_str(input).ok())
    else {
        return OverrideRoles::default();
    };
    let [task, execution] = ROLES.map(|name| Some(input.get(name)?.as_str()?.to_owned()));
    OverrideRoles { task, execution }
}

/// An input with nothing in it but the roles, for a recording.
pub(crate) fn only_roles(input: &str) -> String {
    let OverrideRoles { task, execution } = override_roles(Some(input));
    let roles = ROLES.into_iter().zip([task, execution]);
    let kept: Map<String, Value> = roles
        .filter_map(|(name, role)| Some((name.to_owned(), role?.into())))
        .collect();
    Value::Object(kept).to_string()
}

/// The fields that `ecs_parameters` and what stands around them read, after those of the call's own.
macro_rules! reads {
    ($($own:literal),* $(,)?) => {
        &[
            $($own,)*
            "Arn",
            "RoleArn",
            "Input",
            "EcsParameters",
            "TaskDefinitionArn",
            "TaskCount",
            "LaunchType",
            "NetworkConfiguration",
            "awsvpcConfiguration",
            "Subnets",
            "SecurityGroups",
            "AssignPublicIp",
            "PlatformVersion",
            "Group",
            "CapacityProviderStrategy",
            "capacityProvider",
            "weight",
            "base",
            "EnableECSManagedTags",
            "EnableExecuteCommand",
            "PlacementConstraints",
            "PlacementStrategy",
            "type",
            "expression",
            "field",
            "PropagateTags",
            "ReferenceId",
            "Tags",
            "Key",
            "Value",
            "DeadLetterConfig",
            "RetryPolicy",
            "MaximumEventAgeInSeconds",
            "MaximumRetryAttempts",
            "NextToken",
        ]
    };
}
pub(super) use reads;

/// The parameters of a task that is started, out of the types of either SDK: they are alike but for the tags and one default.
macro_rules! ecs_parameters {
    ($own:expr, $managed_tags:expr, $execute_command:expr, $tags:expr) => {
        blastmap_model::kinds::event_rule::EcsParameters {
            task_definition_arn: $own.task_definition_arn().to_owned(),
            task_count: $own.task_count(),
            launch_type: text!($own.launch_type()),
            network_configuration: $own.network_configuration().map(|network| {
                blastmap_model::kinds::event_rule::NetworkConfiguration {
                    awsvpc_configuration: network.awsvpc_configuration().map(|awsvpc| {
                        blastmap_model::kinds::event_rule::AwsVpcConfiguration {
                            subnets: awsvpc.subnets().to_vec(),
                            security_groups: awsvpc.security_groups().to_vec(),
                            assign_public_ip: text!(awsvpc.assign_public_ip()),
                        }
                    }),
                }
            }),
            platform_version: owned($own.platform_version()),
            group: owned($own.group()),
            capacity_provider_strategy: $own
                .capacity_provider_strategy()
                .iter()
                .map(
                    |item| blastmap_model::kinds::ecs_service::CapacityProviderStrategyItem {
                        capacity_provider: item.capacity_provider().to_owned(),
                        weight: item.weight(),
                        base: item.base(),
                    },
                )
                .collect(),
            enable_ecs_managed_tags: $managed_tags,
            enable_execute_command: $execute_command,
            placement_constraints: $own
                .placement_constraints()
                .iter()
                .map(
                    |constraint| blastmap_model::kinds::ecs_task_definition::PlacementConstraint {
                        r#type: text!(constraint.r#type()),
                        expression: owned(constraint.expression()),
                    },
                )
                .collect(),
            placement_strategy: $own
                .placement_strategy()
                .iter()
                .map(
                    |strategy| blastmap_model::kinds::ecs_service::PlacementStrategy {
                        r#type: text!(strategy.r#type()),
                        field: owned(strategy.field()),
                    },
                )
                .collect(),
            propagate_tags: text!($own.propagate_tags()),
            reference_id: owned($own.reference_id()),
            tags: $tags,
        }
    };
}
pub(super) use ecs_parameters;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_of_an_input_the_roles_alone() {
        let cases = [
            ("no json", "{}"),
            ("[1]", "{}"),
            (r#"{"containerOverrides":[{"command":["secret"]}]}"#, "{}"),
            (
                r#"{"taskRoleArn":"arn:aws:iam::1:role/a","environment":"secret","executionRoleArn":7}"#,
                r#"{"taskRoleArn":"arn:aws:iam::1:role/a"}"#,
            ),
            (
                r#"{"executionRoleArn":"e","taskRoleArn":"t"}"#,
                r#"{"executionRoleArn":"e","taskRoleArn":"t"}"#,
            ),
        ];
        for (input, expected) in cases {
            assert_eq!(only_roles(input), expected, "{input}");
        }
        assert_eq!(override_roles(None), OverrideRoles::default());
    }
}
