//! What moves desired counts and instances: scalable targets, scaling policies, alarms, Auto Scaling groups.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/appautoscaling_target>

use blastmap_model::ResourceKind;
use serde_json::{Value, json};

use super::{
    fields::{Field, Shape, field, list, whole},
    mapping::{Id, Own, Part, Whole},
    side::{Side, texts},
};
use crate::Workbench;

pub(super) const TARGET: Whole = Whole {
    names: |side| side.names(&["arn", "resource_id"]),
    own: |naming| naming.invented("application-autoscaling", "scalable-target/"),
    id: Id::None,
    fields: &[
        field("service_namespace", "ServiceNamespace", Shape::Text),
        field("resource_id", "ResourceId", Shape::Text),
        field("scalable_dimension", "ScalableDimension", Shape::Text),
        field("min_capacity", "MinCapacity", Shape::Number),
        field("max_capacity", "MaxCapacity", Shape::Number),
        field("role_arn", "RoleARN", Shape::Text),
        field(
            "suspended_state",
            "SuspendedState",
            Shape::Block(&[
                field(
                    "dynamic_scaling_in_suspended",
                    "DynamicScalingInSuspended",
                    Shape::Flag,
                ),
                field(
                    "dynamic_scaling_out_suspended",
                    "DynamicScalingOutSuspended",
                    Shape::Flag,
                ),
                field(
                    "scheduled_scaling_suspended",
                    "ScheduledScalingSuspended",
                    Shape::Flag,
                ),
            ]),
        ),
    ],
    empty_when_new: &["role_arn"],
    finish: |finish| finish.set_new("ScalableTargetARN", finish.own.as_str()),
    delete: |workbench, id, side| {
        // Its policies and scheduled actions go with it.
        // https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
        remove_policies(workbench, side);
        workbench.remove(id);
    },
    ..Whole::of(ResourceKind::ScalableTarget)
};

fn remove_policies(workbench: &mut Workbench<'_>, side: Side<'_>) {
    let dimension = side.text("scalable_dimension");
    let resource = side.text("resource_id").unwrap_or_default();
    for policy in workbench.having(ResourceKind::ScalingPolicy, "ResourceId", resource) {
        let facts = workbench.facts(&policy).unwrap_or_default();
        if dimension.is_none_or(|dimension| facts["ScalableDimension"] == dimension) {
            workbench.remove(&policy);
        }
    }
}

const TRACKING: &[Field] = &[
    field("target_value", "TargetValue", Shape::Custom(decimal)),
    field("scale_in_cooldown", "ScaleInCooldown", Shape::Number),
    field("scale_out_cooldown", "ScaleOutCooldown", Shape::Number),
    field("disable_scale_in", "DisableScaleIn", Shape::Flag),
    field(
        "predefined_metric_specification",
        "PredefinedMetricSpecification",
        Shape::Block(&[
            field(
                "predefined_metric_type",
                "PredefinedMetricType",
                Shape::Text,
            ),
            field("resource_label", "ResourceLabel", Shape::Text),
        ]),
    ),
    field(
        "customized_metric_specification",
        "CustomizedMetricSpecification",
        Shape::Block(&[
            field("metric_name", "MetricName", Shape::Text),
            field("namespace", "Namespace", Shape::Text),
            field("statistic", "Statistic", Shape::Text),
            field("unit", "Unit", Shape::Text),
        ]),
    ),
];

pub(super) const POLICY: Whole = Whole {
    names: |side| side.names(&["arn"]),
    own: |naming| {
        let name = naming.side.text("name").unwrap_or(&naming.made_up);
        let resource = naming.side.text("resource_id").unwrap_or("service");
        let service = naming.side.text("service_namespace").unwrap_or("ecs");
        let text = format!(
            "scalingPolicy:{}:resource/{service}/{resource}:policyName/{name}",
            naming.made_up
        );
        let arn = naming.place.arn("autoscaling", &text)?;
        Some(Own {
            arn,
            certain: false,
        })
    },
    id: Id::None,
    fields: &[
        field("name", "PolicyName", Shape::Text),
        field("policy_type", "PolicyType", Shape::Text),
        field("service_namespace", "ServiceNamespace", Shape::Text),
        field("resource_id", "ResourceId", Shape::Text),
        field("scalable_dimension", "ScalableDimension", Shape::Text),
        field(
            "step_scaling_policy_configuration",
            "StepScalingPolicyConfiguration",
            Shape::Block(&[
                field("adjustment_type", "AdjustmentType", Shape::Text),
                field("cooldown", "Cooldown", Shape::Number),
                field(
                    "metric_aggregation_type",
                    "MetricAggregationType",
                    Shape::Text,
                ),
                field(
                    "min_adjustment_magnitude",
                    "MinAdjustmentMagnitude",
                    Shape::Number,
                ),
                field(
                    "step_adjustment",
                    "StepAdjustments",
                    Shape::Blocks(&[
                        field(
                            "metric_interval_lower_bound",
                            "MetricIntervalLowerBound",
                            Shape::Custom(decimal),
                        ),
                        field(
                            "metric_interval_upper_bound",
                            "MetricIntervalUpperBound",
                            Shape::Custom(decimal),
                        ),
                        field("scaling_adjustment", "ScalingAdjustment", Shape::Number),
                    ]),
                ),
            ]),
        ),
        field(
            "target_tracking_scaling_policy_configuration",
            "TargetTrackingScalingPolicyConfiguration",
            Shape::Block(TRACKING),
        ),
    ],
    finish: |finish| finish.set_new("PolicyARN", finish.own.as_str()),
    ..Whole::of(ResourceKind::ScalingPolicy)
};

/// Terraform writes some numbers as text.
fn decimal(value: &Value) -> Value {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number
        .filter(|number| number.is_finite())
        .map_or(Value::Null, Value::from)
}

const ACTION: &[Field] = &[
    field("name", "ScheduledActionName", Shape::Text),
    field("schedule", "Schedule", Shape::Text),
    field("timezone", "Timezone", Shape::Text),
    field("start_time", "StartTime", Shape::Text),
    field("end_time", "EndTime", Shape::Text),
    field(
        "scalable_target_action",
        "ScalableTargetAction",
        Shape::Block(&[
            field("min_capacity", "MinCapacity", Shape::Number),
            field("max_capacity", "MaxCapacity", Shape::Number),
        ]),
    ),
];

pub(super) const SCHEDULED_ACTION: Part = Part {
    kind: ResourceKind::ScalableTarget,
    owners: |finder, side| {
        super::mapping::owner(finder, ResourceKind::ScalableTarget, side, &["resource_id"])
    },
    remove: |owner| {
        let name = owner.side.text("name").map(str::to_owned);
        list(owner.facts, "ScheduledActions")
            .retain(|own| own["ScheduledActionName"].as_str() != name.as_deref());
    },
    add: |owner| {
        let made = whole(ACTION, owner.side.0);
        let actions = list(owner.facts, "ScheduledActions");
        actions.retain(|own| own["ScheduledActionName"] != made["ScheduledActionName"]);
        actions.push(made);
    },
    last: false,
};

/// A metric's dimensions, which Terraform keeps as a map.
fn dimensions(value: &Value) -> Value {
    let dimensions = value.as_object().into_iter().flatten();
    dimensions
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect()
}

const QUERY: &[Field] = &[
    field("id", "Id", Shape::Text),
    field("expression", "Expression", Shape::Text),
    field("account_id", "AccountId", Shape::Text),
    field(
        "metric",
        "MetricStat",
        Shape::Block(&[
            field("metric_name", "Metric.MetricName", Shape::Text),
            field("namespace", "Metric.Namespace", Shape::Text),
            field("dimensions", "Metric.Dimensions", Shape::Custom(dimensions)),
            field("period", "Period", Shape::Number),
            field("stat", "Stat", Shape::Text),
        ]),
    ),
];

pub(super) const ALARM: Whole = Whole {
    names: |side| side.names(&["arn", "alarm_name", "id"]),
    own: |naming| naming.named("cloudwatch", "alarm:", "alarm_name"),
    id: Id::Name,
    fields: &[
        field("alarm_name", "AlarmName", Shape::Text),
        field("actions_enabled", "ActionsEnabled", Shape::Flag),
        field("alarm_actions", "AlarmActions", Shape::Texts),
        field("namespace", "Namespace", Shape::Text),
        field("metric_name", "MetricName", Shape::Text),
        field("dimensions", "Dimensions", Shape::Custom(dimensions)),
        field("statistic", "Statistic", Shape::Text),
        field("extended_statistic", "ExtendedStatistic", Shape::Text),
        field("period", "Period", Shape::Number),
        field("evaluation_periods", "EvaluationPeriods", Shape::Number),
        field("datapoints_to_alarm", "DatapointsToAlarm", Shape::Number),
        field("threshold", "Threshold", Shape::Custom(decimal)),
        field("comparison_operator", "ComparisonOperator", Shape::Text),
        field("treat_missing_data", "TreatMissingData", Shape::Text),
        field("metric_query", "Metrics", Shape::Blocks(QUERY)),
        field("alarm_rule", "AlarmRule", Shape::Text),
    ],
    finish: |finish| finish.set_new("AlarmArn", finish.own.as_str()),
    ..Whole::of(ResourceKind::CloudwatchAlarm)
};

/// How a policy of several types of instances names a template.
const TEMPLATE: &[Field] = &[
    field("launch_template_id", "LaunchTemplateId", Shape::Text),
    field("launch_template_name", "LaunchTemplateName", Shape::Text),
    field("version", "Version", Shape::Text),
];

pub(super) const GROUP: Whole = Whole {
    own: |naming| {
        let name = naming.side.text("name").unwrap_or(&naming.made_up);
        let text = format!(
            "autoScalingGroup:{}:autoScalingGroupName/{name}",
            naming.made_up
        );
        let arn = naming.place.arn("autoscaling", &text)?;
        Some(Own {
            arn,
            certain: false,
        })
    },
    id: Id::Last,
    fields: &[
        field("name", "AutoScalingGroupName", Shape::Text),
        field("min_size", "MinSize", Shape::Number),
        field("max_size", "MaxSize", Shape::Number),
        field("desired_capacity", "DesiredCapacity", Shape::Number),
        field("availability_zones", "AvailabilityZones", Shape::Texts),
        field(
            "vpc_zone_identifier",
            "VPCZoneIdentifier",
            Shape::Custom(|value| {
                let subnets = texts(value);
                if subnets.is_empty() {
                    Value::Null
                } else {
                    json!(subnets.join(","))
                }
            }),
        ),
        field(
            "launch_configuration",
            "LaunchConfigurationName",
            Shape::Text,
        ),
        field(
            "launch_template",
            "LaunchTemplate",
            Shape::Block(&[
                field("id", "LaunchTemplateId", Shape::Text),
                field("name", "LaunchTemplateName", Shape::Text),
                field("version", "Version", Shape::Text),
            ]),
        ),
        field(
            "mixed_instances_policy",
            "MixedInstancesPolicy",
            Shape::Block(&[
                field(
                    "launch_template",
                    "LaunchTemplate",
                    Shape::Block(&[
                        field(
                            "launch_template_specification",
                            "LaunchTemplateSpecification",
                            Shape::Block(TEMPLATE),
                        ),
                        field(
                            "override",
                            "Overrides",
                            Shape::Blocks(&[
                                field("instance_type", "InstanceType", Shape::Text),
                                field("weighted_capacity", "WeightedCapacity", Shape::Text),
                                field(
                                    "launch_template_specification",
                                    "LaunchTemplateSpecification",
                                    Shape::Block(TEMPLATE),
                                ),
                            ]),
                        ),
                    ]),
                ),
                field(
                    "instances_distribution",
                    "InstancesDistribution",
                    Shape::Block(&[
                        field(
                            "on_demand_base_capacity",
                            "OnDemandBaseCapacity",
                            Shape::Number,
                        ),
                        field(
                            "on_demand_percentage_above_base_capacity",
                            "OnDemandPercentageAboveBaseCapacity",
                            Shape::Number,
                        ),
                        field(
                            "spot_allocation_strategy",
                            "SpotAllocationStrategy",
                            Shape::Text,
                        ),
                    ]),
                ),
            ]),
        ),
        field(
            "protect_from_scale_in",
            "NewInstancesProtectedFromScaleIn",
            Shape::Flag,
        ),
        field(
            "suspended_processes",
            "SuspendedProcesses",
            Shape::TextsIn("ProcessName"),
        ),
    ],
    finish: |finish| {
        finish.set_new("AutoScalingGroupARN", finish.own.as_str());
        let name = finish.own.last_part();
        finish.set_new("AutoScalingGroupName", name);
    },
    ..Whole::of(ResourceKind::AutoScalingGroup)
};
