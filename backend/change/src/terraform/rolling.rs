//! What rolls services out from outside ECS: `CodeDeploy`'s deployment groups.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codedeploy_deployment_group>

use blastmap_model::ResourceKind;
use serde_json::Value;

use super::{
    fields::{Field, Shape, field},
    mapping::{Id, Own, Whole},
};

const ROUTE: &[Field] = &[field("listener_arns", "listenerArns", Shape::Texts)];

const PAIR: &[Field] = &[
    field(
        "target_group",
        "targetGroups",
        Shape::Blocks(&[field("name", "name", Shape::Text)]),
    ),
    field(
        "prod_traffic_route",
        "prodTrafficRoute",
        Shape::Block(ROUTE),
    ),
    field(
        "test_traffic_route",
        "testTrafficRoute",
        Shape::Block(ROUTE),
    ),
];

const BLUE_GREEN: &[Field] = &[
    field(
        "terminate_blue_instances_on_deployment_success",
        "terminateBlueInstancesOnDeploymentSuccess",
        Shape::Block(&[
            field("action", "action", Shape::Text),
            field(
                "termination_wait_time_in_minutes",
                "terminationWaitTimeInMinutes",
                Shape::Custom(minutes),
            ),
        ]),
    ),
    field(
        "deployment_ready_option",
        "deploymentReadyOption",
        Shape::Block(&[
            field("action_on_timeout", "actionOnTimeout", Shape::Text),
            field(
                "wait_time_in_minutes",
                "waitTimeInMinutes",
                Shape::Custom(minutes),
            ),
        ]),
    ),
];

/// None is as good as zero.
fn minutes(value: &Value) -> Value {
    super::side::number(value).unwrap_or_default().into()
}

pub(super) const DEPLOYMENT_GROUP: Whole = Whole {
    own: |naming| {
        let application = naming.side.text("app_name")?;
        let group = naming.side.text("deployment_group_name")?;
        let resource = format!("deploymentgroup:{application}/{group}");
        Some(Own {
            arn: naming.place.arn("codedeploy", &resource)?,
            certain: true,
        })
    },
    id: Id::None,
    names: |side| side.names(&["arn"]),
    fields: &[
        field("app_name", "applicationName", Shape::Text),
        field("deployment_group_name", "deploymentGroupName", Shape::Text),
        field(
            "deployment_config_name",
            "deploymentConfigName",
            Shape::Text,
        ),
        field("service_role_arn", "serviceRoleArn", Shape::Text),
        field("compute_platform", "computePlatform", Shape::Text),
        field(
            "deployment_style",
            "deploymentStyle",
            Shape::Block(&[
                field("deployment_type", "deploymentType", Shape::Text),
                field("deployment_option", "deploymentOption", Shape::Text),
            ]),
        ),
        field(
            "alarm_configuration",
            "alarmConfiguration",
            Shape::Block(&[
                field("enabled", "enabled", Shape::Flag),
                field(
                    "ignore_poll_alarm_failure",
                    "ignorePollAlarmFailure",
                    Shape::Flag,
                ),
                field("alarms", "alarms", Shape::TextsIn("name")),
            ]),
        ),
        field(
            "auto_rollback_configuration",
            "autoRollbackConfiguration",
            Shape::Block(&[
                field("enabled", "enabled", Shape::Flag),
                field("events", "events", Shape::Texts),
            ]),
        ),
        field(
            "blue_green_deployment_config",
            "blueGreenDeploymentConfiguration",
            Shape::Block(BLUE_GREEN),
        ),
        field(
            "load_balancer_info",
            "loadBalancerInfo",
            Shape::Block(&[field(
                "target_group_pair_info",
                "targetGroupPairInfoList",
                Shape::Blocks(PAIR),
            )]),
        ),
        field(
            "ecs_service",
            "ecsServices",
            Shape::Blocks(&[
                field("cluster_name", "clusterName", Shape::Text),
                field("service_name", "serviceName", Shape::Text),
            ]),
        ),
    ],
    ..Whole::of(ResourceKind::CodedeployGroup)
};
