//! `EventBridge` rules that start tasks.

use aws_sdk_eventbridge::types::{Rule, Target};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::event_rule::{DeadLetterConfig, EventRule, EventTarget, RetryPolicy, Tag, is_cluster},
};
use futures_util::{StreamExt as _, stream};

use super::{
    Action, Collector, Place, Wanted, owned,
    starts::{ecs_parameters, override_roles, reads},
    text,
};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const BUSES: &str = "events:ListEventBuses";
const RULES: &str = "events:ListRules";
const TARGETS: &str = "events:ListTargetsByRule";

const KINDS: &[ResourceKind] = &[ResourceKind::EventRule];

/// The bus that every account has.
const DEFAULT_BUS: &str = "default";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[
        Action {
            name: BUSES,
            reads: &["EventBuses", "Name", "NextToken"],
        },
        Action {
            name: RULES,
            reads: &[
                "Rules",
                "Arn",
                "Name",
                "EventBusName",
                "State",
                "ScheduleExpression",
                "EventPattern",
                "RoleArn",
                "ManagedBy",
                "NextToken",
            ],
        },
        Action {
            name: TARGETS,
            reads: reads!["Targets", "Id"],
        },
    ],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

const SOURCE: Source = Source {
    api: RULES,
    by_field: &[("Targets", TARGETS)],
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut complete = true;
    let mut note = |error: CallError, found: &mut Found| {
        complete = false;
        found.blind_spot(error.blind_spot(clients.scope(), KINDS));
    };
    let (mut buses, mut rules) = (vec![DEFAULT_BUS.to_owned()], Vec::new());
    if let Err(error) = list_buses(clients, &mut buses).await {
        note(error, found);
    }
    for bus in buses {
        if let Err(error) = list_rules(clients, &bus, &mut rules).await {
            note(error, found);
        }
    }
    // What a service of AWS manages is that service's own.
    rules.retain(|rule| rule.managed_by().is_none());
    let mut answers = stream::iter(rules)
        .map(|rule| async move {
            let targets = list_targets(clients, &rule).await;
            (rule, targets)
        })
        .buffer_unordered(16);
    while let Some((rule, targets)) = answers.next().await {
        match targets {
            Ok(targets) => describe(&rule, &targets, found),
            // Removed since it was listed.
            Err(error) if error.has_code(&["ResourceNotFoundException"]) => {}
            Err(error) => note(error, found),
        }
    }
    if complete {
        found.listed(ResourceKind::EventRule);
    }
    Ok(())
}

async fn list_buses(clients: &Clients, buses: &mut Vec<String>) -> Result<(), CallError> {
    let mut pages = Pages::of(BUSES);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .events
            .list_event_buses()
            .limit(100)
            .set_next_token(token);
        let answer = clients.call(BUSES, request.send()).await?;
        let names = answer.event_buses().iter().filter_map(|bus| bus.name());
        buses.extend(names.filter(|name| *name != DEFAULT_BUS).map(str::to_owned));
        pages.turn(answer.next_token())?;
    }
    Ok(())
}

async fn list_rules(clients: &Clients, bus: &str, rules: &mut Vec<Rule>) -> Result<(), CallError> {
    let mut pages = Pages::of(RULES);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .events
            .list_rules()
            .event_bus_name(bus)
            .limit(100)
            .set_next_token(token);
        let answer = clients.call(RULES, request.send()).await?;
        rules.extend_from_slice(answer.rules());
        pages.turn(answer.next_token())?;
    }
    Ok(())
}

async fn list_targets(clients: &Clients, rule: &Rule) -> Result<Vec<Target>, CallError> {
    let (mut targets, mut pages) = (Vec::new(), Pages::of(TARGETS));
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .events
            .list_targets_by_rule()
            .set_rule(owned(rule.name()))
            .set_event_bus_name(owned(rule.event_bus_name()))
            .limit(100)
            .set_next_token(token);
        let answer = clients.call(TARGETS, request.send()).await?;
        targets.extend_from_slice(answer.targets());
        pages.turn(answer.next_token())?;
    }
    Ok(targets)
}

/// Only rules that start tasks are kept.
fn describe(rule: &Rule, targets: &[Target], found: &mut Found) {
    let Ok(arn) = Arn::parse(rule.arn().unwrap_or_default()) else {
        return;
    };
    let targets: Vec<EventTarget> = targets
        .iter()
        .filter(|target| is_cluster(target.arn()))
        .map(describe_target)
        .collect();
    if targets.is_empty() {
        return;
    }
    let facts = EventRule {
        arn: arn.to_string(),
        name: rule.name().unwrap_or_default().to_owned(),
        event_bus_name: owned(rule.event_bus_name()),
        state: text!(rule.state()),
        schedule_expression: owned(rule.schedule_expression()),
        event_pattern: owned(rule.event_pattern()),
        role_arn: owned(rule.role_arn()),
        targets,
    };
    found.resource(&arn, &facts, [], SOURCE);
}

fn describe_target(target: &Target) -> EventTarget {
    let roles = override_roles(target.input());
    EventTarget {
        id: target.id().to_owned(),
        arn: target.arn().to_owned(),
        role_arn: owned(target.role_arn()),
        ecs_parameters: target.ecs_parameters().map(|own| {
            let tags = own.tags().iter().map(|tag| Tag {
                key: tag.key().to_owned(),
                value: tag.value().to_owned(),
            });
            ecs_parameters!(
                own,
                Some(own.enable_ecs_managed_tags()),
                Some(own.enable_execute_command()),
                tags.collect()
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
