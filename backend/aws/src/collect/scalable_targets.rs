//! What scales services: scalable targets with their scheduled actions, and scaling policies.

use std::collections::HashMap;

use aws_sdk_applicationautoscaling::types::{
    self, ScalableTarget as SdkTarget, ScalingPolicy as SdkPolicy, ServiceNamespace,
};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::{
        scalable_target::{ScalableTarget, ScalableTargetAction, ScheduledAction, SuspendedState},
        scaling_policy::{
            Alarm, CustomizedMetric, PredefinedMetric, ScalingPolicy, StepAdjustment, StepScaling,
            TargetTracking,
        },
    },
};

use super::{Action, Collector, Place, Wanted, owned, text, time};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const TARGETS: &str = "application-autoscaling:DescribeScalableTargets";
const ACTIONS: &str = "application-autoscaling:DescribeScheduledActions";
const POLICIES: &str = "application-autoscaling:DescribeScalingPolicies";

const SOURCE: Source = Source {
    api: TARGETS,
    by_field: &[("ScheduledActions", ACTIONS)],
};

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::ScalableTarget, ResourceKind::ScalingPolicy],
    actions: &[
        Action {
            name: TARGETS,
            reads: &[
                "ScalableTargets",
                "ScalableTargetARN",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                "MinCapacity",
                "MaxCapacity",
                "RoleARN",
                "CreationTime",
                "SuspendedState",
                "DynamicScalingInSuspended",
                "DynamicScalingOutSuspended",
                "ScheduledScalingSuspended",
                "NextToken",
            ],
        },
        Action {
            name: ACTIONS,
            reads: &[
                "ScheduledActions",
                "ScheduledActionName",
                "ScheduledActionARN",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                "Schedule",
                "Timezone",
                "StartTime",
                "EndTime",
                "CreationTime",
                "ScalableTargetAction",
                "MinCapacity",
                "MaxCapacity",
                "NextToken",
            ],
        },
        Action {
            name: POLICIES,
            reads: &[
                "ScalingPolicies",
                "PolicyARN",
                "PolicyName",
                "PolicyType",
                "ServiceNamespace",
                "ResourceId",
                "ScalableDimension",
                "CreationTime",
                "StepScalingPolicyConfiguration",
                "AdjustmentType",
                "StepAdjustments",
                "MetricIntervalLowerBound",
                "MetricIntervalUpperBound",
                "ScalingAdjustment",
                "MinAdjustmentMagnitude",
                "Cooldown",
                "MetricAggregationType",
                "TargetTrackingScalingPolicyConfiguration",
                "TargetValue",
                "PredefinedMetricSpecification",
                "PredefinedMetricType",
                "ResourceLabel",
                "CustomizedMetricSpecification",
                "MetricName",
                "Namespace",
                "Statistic",
                "Unit",
                "ScaleOutCooldown",
                "ScaleInCooldown",
                "DisableScaleIn",
                "Alarms",
                "AlarmName",
                "AlarmARN",
                "NextToken",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// What a scheduled action acts on: a target's name and which number of it.
type Scaled = (String, String);

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    match list_targets(clients).await {
        Ok(targets) => {
            found.listed(ResourceKind::ScalableTarget);
            // Policies and actions go with their target: without one there are none to ask for.
            if targets.is_empty() {
                found.listed(ResourceKind::ScalingPolicy);
                return Ok(());
            }
            describe_targets(clients, &targets, found).await;
        }
        // The policies can be listed all the same.
        Err(error) => {
            found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::ScalableTarget]));
        }
    }
    match list_policies(clients).await {
        Ok(policies) => {
            for policy in &policies {
                describe_policy(policy, found);
            }
            found.listed(ResourceKind::ScalingPolicy);
        }
        Err(error) => {
            found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::ScalingPolicy]));
        }
    }
    Ok(())
}

async fn describe_targets(clients: &Clients, targets: &[SdkTarget], found: &mut Found) {
    let mut actions = list_actions(clients).await.unwrap_or_else(|error| {
        found.blind_spot(error.blind_spot(clients.scope(), &[ResourceKind::ScalableTarget]));
        HashMap::new()
    });
    for target in targets {
        let scaled = (
            target.resource_id().to_owned(),
            target.scalable_dimension().as_str().to_owned(),
        );
        describe_target(
            clients,
            target,
            actions.remove(&scaled).unwrap_or_default(),
            found,
        );
    }
}

async fn list_targets(clients: &Clients) -> Result<Vec<SdkTarget>, CallError> {
    let (mut targets, mut pages) = (Vec::new(), Pages::of(TARGETS));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .scaling
            .describe_scalable_targets()
            .service_namespace(ServiceNamespace::Ecs)
            .max_results(50)
            .set_next_token(token);
        let answer = clients.call(TARGETS, request.send()).await?;
        targets.extend_from_slice(answer.scalable_targets());
        pages.turn(answer.next_token())?;
    }
    Ok(targets)
}

async fn list_actions(
    clients: &Clients,
) -> Result<HashMap<Scaled, Vec<ScheduledAction>>, CallError> {
    let (mut actions, mut pages) = (HashMap::<_, Vec<_>>::new(), Pages::of(ACTIONS));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .scaling
            .describe_scheduled_actions()
            .service_namespace(ServiceNamespace::Ecs)
            .max_results(50)
            .set_next_token(token);
        let answer = clients.call(ACTIONS, request.send()).await?;
        for action in answer.scheduled_actions() {
            let dimension = text!(action.scalable_dimension()).unwrap_or_default();
            let scaled = (action.resource_id().to_owned(), dimension);
            actions
                .entry(scaled)
                .or_default()
                .push(scheduled_action(action));
        }
        pages.turn(answer.next_token())?;
    }
    Ok(actions)
}

async fn list_policies(clients: &Clients) -> Result<Vec<SdkPolicy>, CallError> {
    let (mut policies, mut pages) = (Vec::new(), Pages::of(POLICIES));
    while let Some(Page(token)) = pages.next() {
        // Ten is the most that a page holds.
        let request = clients
            .scaling
            .describe_scaling_policies()
            .service_namespace(ServiceNamespace::Ecs)
            .max_results(10)
            .set_next_token(token);
        let answer = clients.call(POLICIES, request.send()).await?;
        policies.extend_from_slice(answer.scaling_policies());
        pages.turn(answer.next_token())?;
    }
    Ok(policies)
}

fn scheduled_action(action: &types::ScheduledAction) -> ScheduledAction {
    ScheduledAction {
        scheduled_action_name: action.scheduled_action_name().to_owned(),
        schedule: action.schedule().to_owned(),
        timezone: owned(action.timezone()),
        scalable_target_action: action
            .scalable_target_action()
            .map(|own| ScalableTargetAction {
                min_capacity: own.min_capacity(),
                max_capacity: own.max_capacity(),
            }),
        start_time: time(action.start_time()),
        end_time: time(action.end_time()),
    }
}

fn describe_target(
    clients: &Clients,
    target: &SdkTarget,
    mut actions: Vec<ScheduledAction>,
    found: &mut Found,
) {
    let (region, account) = (&clients.scope().region, &clients.scope().account);
    // Targets registered before AWS gave them ARNs are named by what they scale.
    let by_name = || {
        let name = format!("scalable-target/{}", target.resource_id());
        let service = "application-autoscaling";
        Arn::new(&clients.partition, service, region, account, &name)
    };
    let arn = target
        .scalable_target_arn()
        .map_or_else(by_name, Arn::parse);
    let Ok(arn) = arn else {
        return;
    };
    actions.sort_by(|a, b| a.scheduled_action_name.cmp(&b.scheduled_action_name));
    let facts = ScalableTarget {
        scalable_target_arn: arn.to_string(),
        service_namespace: target.service_namespace().as_str().to_owned(),
        resource_id: target.resource_id().to_owned(),
        scalable_dimension: target.scalable_dimension().as_str().to_owned(),
        min_capacity: Some(target.min_capacity()),
        max_capacity: Some(target.max_capacity()),
        role_arn: Some(target.role_arn().to_owned()).filter(|role| !role.is_empty()),
        suspended_state: target.suspended_state().map(|state| SuspendedState {
            dynamic_scaling_in_suspended: state.dynamic_scaling_in_suspended() == Some(true),
            dynamic_scaling_out_suspended: state.dynamic_scaling_out_suspended() == Some(true),
            scheduled_scaling_suspended: state.scheduled_scaling_suspended() == Some(true),
        }),
        scheduled_actions: actions,
        creation_time: time(Some(target.creation_time())),
    };
    found.resource(&arn, &facts, [], SOURCE);
}

fn describe_policy(policy: &SdkPolicy, found: &mut Found) {
    let Ok(arn) = Arn::parse(policy.policy_arn()) else {
        return;
    };
    let facts = ScalingPolicy {
        policy_arn: arn.to_string(),
        policy_name: policy.policy_name().to_owned(),
        policy_type: policy.policy_type().as_str().to_owned(),
        service_namespace: policy.service_namespace().as_str().to_owned(),
        resource_id: policy.resource_id().to_owned(),
        scalable_dimension: policy.scalable_dimension().as_str().to_owned(),
        step_scaling_policy_configuration: policy
            .step_scaling_policy_configuration()
            .map(step_scaling),
        target_tracking_scaling_policy_configuration: policy
            .target_tracking_scaling_policy_configuration()
            .map(target_tracking),
        alarms: policy
            .alarms()
            .iter()
            .map(|alarm| Alarm {
                alarm_name: alarm.alarm_name().to_owned(),
                alarm_arn: alarm.alarm_arn().to_owned(),
            })
            .collect(),
        creation_time: time(Some(policy.creation_time())),
    };
    found.resource(&arn, &facts, [], Source::of(POLICIES));
}

fn step_scaling(steps: &types::StepScalingPolicyConfiguration) -> StepScaling {
    StepScaling {
        adjustment_type: text!(steps.adjustment_type()),
        step_adjustments: steps
            .step_adjustments()
            .iter()
            .map(|step| StepAdjustment {
                metric_interval_lower_bound: step.metric_interval_lower_bound(),
                metric_interval_upper_bound: step.metric_interval_upper_bound(),
                scaling_adjustment: step.scaling_adjustment(),
            })
            .collect(),
        min_adjustment_magnitude: steps.min_adjustment_magnitude(),
        cooldown: steps.cooldown(),
        metric_aggregation_type: text!(steps.metric_aggregation_type()),
    }
}

fn target_tracking(tracking: &types::TargetTrackingScalingPolicyConfiguration) -> TargetTracking {
    TargetTracking {
        target_value: tracking.target_value(),
        predefined_metric_specification: tracking.predefined_metric_specification().map(|metric| {
            PredefinedMetric {
                predefined_metric_type: Some(metric.predefined_metric_type().as_str().to_owned()),
                resource_label: owned(metric.resource_label()),
            }
        }),
        customized_metric_specification: tracking.customized_metric_specification().map(|metric| {
            CustomizedMetric {
                metric_name: owned(metric.metric_name()),
                namespace: owned(metric.namespace()),
                statistic: text!(metric.statistic()),
                unit: owned(metric.unit()),
            }
        }),
        scale_out_cooldown: tracking.scale_out_cooldown(),
        scale_in_cooldown: tracking.scale_in_cooldown(),
        disable_scale_in: tracking.disable_scale_in(),
    }
}
