//! Schedules of `EventBridge` Scheduler that start tasks.

use aws_sdk_scheduler::{
    operation::get_schedule::GetScheduleOutput,
    types::{ScheduleSummary, Target},
};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::{
        event_rule::{DeadLetterConfig, RetryPolicy, Tag, is_cluster},
        schedule::{Schedule, ScheduleTarget},
    },
};
use futures_util::{StreamExt as _, stream};

use super::{
    Action, Collector, Place, Wanted, owned,
    starts::{ecs_parameters, override_roles, reads},
    text, time,
};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const LIST: &str = "scheduler:ListSchedules";
const GET: &str = "scheduler:GetSchedule";

const KINDS: &[ResourceKind] = &[ResourceKind::Schedule];

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: LIST,
            reads: &[
                "Schedules",
                "Arn",
                "Name",
                "GroupName",
                "Target",
                "NextToken",
            ],
        },
        Action {
            name: GET,
            reads: reads![
                "Name",
                "GroupName",
                "State",
                "ScheduleExpression",
                "ScheduleExpressionTimezone",
                "StartDate",
                "EndDate",
                "KmsKeyArn",
                "Target",
            ],
        },
    ],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let (mut schedules, mut pages) = (Vec::new(), Pages::of(LIST));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .scheduler
            .list_schedules()
            .max_results(100)
            .set_next_token(token);
        let answer = clients.call(LIST, request.send()).await?;
        schedules.extend_from_slice(answer.schedules());
        pages.turn(answer.next_token())?;
    }
    schedules.retain(starts_tasks);
    let mut answers = stream::iter(schedules)
        .map(|schedule| {
            let request = clients
                .scheduler
                .get_schedule()
                .set_name(owned(schedule.name()))
                .set_group_name(owned(schedule.group_name()));
            clients.call(GET, request.send())
        })
        .buffer_unordered(16);
    let mut complete = true;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => describe(&answer, found),
            // Removed since it was listed.
            Err(error) if error.has_code(&["ResourceNotFoundException"]) => {}
            Err(error) => {
                complete = false;
                found.blind_spot(error.blind_spot(clients.scope(), KINDS));
            }
        }
    }
    if complete {
        found.listed(ResourceKind::Schedule);
    }
    Ok(())
}

fn starts_tasks(schedule: &ScheduleSummary) -> bool {
    schedule
        .target()
        .is_some_and(|target| is_cluster(target.arn()))
}

fn describe(schedule: &GetScheduleOutput, found: &mut Found) {
    let (Ok(arn), Some(target)) = (
        Arn::parse(schedule.arn().unwrap_or_default()),
        schedule.target(),
    ) else {
        return;
    };
    let facts = Schedule {
        arn: arn.to_string(),
        name: schedule.name().unwrap_or_default().to_owned(),
        group_name: owned(schedule.group_name()),
        state: text!(schedule.state()),
        schedule_expression: owned(schedule.schedule_expression()),
        schedule_expression_timezone: owned(schedule.schedule_expression_timezone()),
        start_date: time(schedule.start_date()),
        end_date: time(schedule.end_date()),
        kms_key_arn: owned(schedule.kms_key_arn()),
        target: describe_target(target),
    };
    found.resource(&arn, &facts, [], Source::of(GET));
}

fn describe_target(target: &Target) -> ScheduleTarget {
    let roles = override_roles(target.input());
    ScheduleTarget {
        arn: target.arn().to_owned(),
        role_arn: Some(target.role_arn().to_owned()),
        ecs_parameters: target.ecs_parameters().map(|own| {
            ecs_parameters!(
                own,
                own.enable_ecs_managed_tags(),
                own.enable_execute_command(),
                own.tags().iter().filter_map(tag).collect()
            )
        }),
        override_task_role_arn: roles.task,
        override_execution_role_arn: roles.execution,
        dead_letter_config: target.dead_letter_config().map(|own| DeadLetterConfig {
            arn: owned(own.arn()),
        }),
        retry_policy: target.retry_policy().map(|policy| RetryPolicy {
            maximum_event_age_in_seconds: policy.maximum_event_age_in_seconds(),
            maximum_retry_attempts: policy.maximum_retry_attempts(),
        }),
    }
}

/// The scheduler's API writes each tag as a map with the entries `key` and `value`.
///
/// <https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html>
fn tag(tag: &std::collections::HashMap<String, String>) -> Option<Tag> {
    let entry = |names: [&str; 2]| names.iter().find_map(|name| tag.get(*name)).cloned();
    Some(Tag {
        key: entry(["key", "Key"])?,
        value: entry(["value", "Value"]).unwrap_or_default(),
    })
}
