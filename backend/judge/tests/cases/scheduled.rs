//! Rules, schedules and scaling.

use blastmap_judge::{
    Outcome::{AtRisk, Degraded, Down, FailsOnNextStart},
    estate::{allow, arn, iam, patched, trust},
};
use blastmap_model::{
    Phase::{Scale, Schedule as Scheduled},
    kinds::{
        iam_role::IamRole,
        scalable_target::{ScalableTarget, SuspendedState},
        scaling_policy::ScalingPolicy,
    },
};
use serde_json::json;

use crate::{estates::*, harness::*};

pub(crate) fn cases() -> Vec<Case> {
    let on_role = |name: &'static str, change: fn(&mut IamRole)| {
        move |snapshot: &blastmap_graph::Snapshot| {
            patched::<IamRole>(snapshot, &iam(&format!("role/{name}")), change)
        }
    };
    let rule_fails = |case: Case| {
        case.hits(&event_rule(), FailsOnNextStart, Scheduled)
            .by("schedule-role")
    };
    let both = |case: Case| {
        case.hits(&event_rule(), FailsOnNextStart, Scheduled).hits(
            &schedule(),
            FailsOnNextStart,
            Scheduled,
        )
    };
    let other = arn("ecs", "cluster/other");
    vec![
        terraform("the schedule is disabled", nightly(), [tf_update("aws_scheduler_schedule", json!({
            "id": "default/nightly", "arn": schedule(), "name": "nightly", "group_name": "default", "state": "ENABLED",
        }), json!({"state": "DISABLED"}))])
        .hits(&schedule(), Down, Scheduled).by("schedule-enabled"),
        resources("the rule is disabled", nightly(), [update(&event_rule(), json!({"State": "DISABLED"}))]).hits(&event_rule(), Down, Scheduled),
        terraform("the rule runs at another hour", nightly(), [tf_update("aws_cloudwatch_event_rule", json!({
            "id": "nightly", "arn": event_rule(), "name": "nightly", "state": "ENABLED", "schedule_expression": "rate(1 day)",
        }), json!({"schedule_expression": "cron(0 3 * * ? *)", "description": "at three"}))]),
        rule_fails(edited("the rule's role may no longer pass the task role", nightly(), on_role("starter", |own| {
            own.role_policy_list[0].policy_document["Statement"][1]["Resource"] = json!(execution_role());
        }))),
        edited("the rule's role may pass every role", nightly(), on_role("starter", |own| {
            own.role_policy_list[0].policy_document["Statement"][1]["Resource"] = json!("*");
        })),
        rule_fails(edited("the rule's role may pass roles to another service", nightly(), on_role("starter", |own| {
            own.role_policy_list[0].policy_document["Statement"][1]["Condition"] = json!({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}});
        }))),
        rule_fails(edited("the rule's role may run another family", nightly(), on_role("starter", |own| own.role_policy_list[0].policy_document = may_run("task-definition/other:*")))),
        rule_fails(edited("the rule's role trusts the scheduler alone", nightly(), on_role("starter", |own| own.assume_role_policy_document = trust("scheduler.amazonaws.com")))),
        edited("the schedule's role trusts the bus alone", nightly(), on_role("scheduler", |own| own.assume_role_policy_document = trust("events.amazonaws.com")))
            .hits(&schedule(), FailsOnNextStart, Scheduled),
        edited("the schedule's role may do anything", nightly(), on_role("scheduler", |own| own.role_policy_list[0].policy_document = allow(&["*"], &["*"]))),
        resources("the schedule names a cluster that is not there", nightly(), [update(&schedule(), json!({"Target": {"Arn": other}}))])
            .hits(&schedule(), FailsOnNextStart, Scheduled).by("schedule-cluster"),
        both(resources("the revision that both run is deregistered", nightly(), [update(&definition(), json!({"status": "INACTIVE"}))])),
        both(resources("the parameter goes that service and schedules read", nightly(), [delete(&parameter())])
            .hits(&service(), FailsOnNextStart, blastmap_model::Phase::Start)),
        resources("the schedule's target is tried less often", nightly(), [update(&schedule(), json!({"Target": {"RetryPolicy": {"MaximumRetryAttempts": 1}}}))]),
        // Scaling.
        terraform("the scalable target is deleted", scaled(), [tf_delete("aws_appautoscaling_target", json!({
            "id": "service/main/web", "arn": scalable_target(), "resource_id": "service/main/web", "service_namespace": "ecs",
            "scalable_dimension": "ecs:service:DesiredCount", "min_capacity": 1, "max_capacity": 4,
        }))])
        .hits(&service(), AtRisk, Scale).hits(&policy(), Down, Scale).by("scales"),
        resources("one of the policy's two alarms is deleted", scaled(), [delete(&arn("cloudwatch", "alarm:high"))])
            .hits(&policy(), Degraded, Scale).share(1, 2).by("policy-can-act"),
        edited("scaling is suspended", scaled(), |snapshot| patched::<ScalableTarget>(snapshot, &scalable_target(), |own| {
            own.suspended_state = Some(SuspendedState { dynamic_scaling_in_suspended: true, dynamic_scaling_out_suspended: true, scheduled_scaling_suspended: true });
        }))
        .hits(&service(), AtRisk, Scale).hits(&scalable_target(), Down, Scale).by("target-can-act"),
        edited("scaling out is suspended", scaled(), |snapshot| patched::<ScalableTarget>(snapshot, &scalable_target(), |own| {
            own.suspended_state = Some(SuspendedState { dynamic_scaling_out_suspended: true, ..SuspendedState::default() });
        }))
        .hits(&scalable_target(), Degraded, Scale),
        resources("the scalable target may go higher", scaled(), [update(&scalable_target(), json!({"MaxCapacity": 20}))]),
        resources("the policy aims at another number", scaled(), [update(&policy(), json!({"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 80.0}}))]),
        resources("the minimum rises above what runs, and all of it fits", scaled(), [update(&scalable_target(), json!({"MinCapacity": 4}))]),
        resources("the minimum rises above what the subnets have addresses for", crowded(scaled()), [update(&scalable_target(), json!({"MinCapacity": 4}))])
            .hits(&service(), AtRisk, Scale).by("scales"),
        resources("the maximum falls below what runs", scaled(), [update(&scalable_target(), json!({"MaxCapacity": 1}))])
            .hits(&service(), AtRisk, Scale),
        resources("the only policy is deleted", scaled(), [delete(&policy())]).hits(&service(), AtRisk, Scale).hits(&scalable_target(), Down, Scale),
        edited("the metric's group is not there", scaled(), |snapshot| patched::<ScalingPolicy>(snapshot, &policy(), |own| {
            if let Some(tracking) = &mut own.target_tracking_scaling_policy_configuration
                && let Some(metric) = &mut tracking.predefined_metric_specification
            {
                metric.resource_label = Some("app/front/1/targetgroup/gone/9".to_owned());
            }
        }))
        .hits(&policy(), Down, Scale),
    ]
}
