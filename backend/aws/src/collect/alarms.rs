//! `CloudWatch` alarms that watch what a crawl holds.

use aws_sdk_cloudwatch::types::{
    AlarmType, CompositeAlarm, Dimension as SdkDimension, MetricAlarm, MetricDataQuery as SdkQuery,
};
use blastmap_model::{
    Arn, Found, ResourceKind, Source,
    kinds::cloudwatch_alarm::{CloudwatchAlarm, Dimension, Metric, MetricDataQuery, MetricStat},
};

use super::{Action, Collector, Place, Wanted, owned, text};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const LIST: &str = "cloudwatch:DescribeAlarms";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::CloudwatchAlarm],
    actions: &[Action {
        name: LIST,
        reads: &[
            "MetricAlarms",
            "CompositeAlarms",
            "AlarmName",
            "AlarmArn",
            "StateValue",
            "ActionsEnabled",
            "AlarmActions",
            "Namespace",
            "MetricName",
            "Dimensions",
            "Name",
            "Value",
            "Statistic",
            "ExtendedStatistic",
            "Period",
            "EvaluationPeriods",
            "DatapointsToAlarm",
            "Threshold",
            "ComparisonOperator",
            "TreatMissingData",
            "Metrics",
            "Id",
            "MetricStat",
            "Metric",
            "Stat",
            "Expression",
            "AccountId",
            "AlarmRule",
            "NextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(LIST);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(100)
            .set_next_token(token);
        let answer = clients.call(LIST, request.send()).await?;
        for alarm in answer.metric_alarms() {
            keep(&describe_metric(alarm), found);
        }
        for alarm in answer.composite_alarms() {
            keep(&describe_composite(alarm), found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::CloudwatchAlarm);
    Ok(())
}

/// An alarm is kept for what it watches or drives, and for the alarms that it is composed of.
fn keep(facts: &CloudwatchAlarm, found: &mut Found) {
    let Ok(arn) = Arn::parse(&facts.alarm_arn) else {
        return;
    };
    let watched = facts.watched(&arn).into_iter().map(|own| own.id);
    let subjects: Vec<_> = watched.chain(facts.composed_of(&arn)).collect();
    let id = (&arn).into();
    found.follow(&id, &arn, facts, [], Source::of(LIST), subjects);
}

fn describe_metric(alarm: &MetricAlarm) -> CloudwatchAlarm {
    CloudwatchAlarm {
        alarm_name: alarm.alarm_name().unwrap_or_default().to_owned(),
        alarm_arn: alarm.alarm_arn().unwrap_or_default().to_owned(),
        state_value: text!(alarm.state_value()),
        actions_enabled: alarm.actions_enabled(),
        alarm_actions: alarm.alarm_actions().to_vec(),
        namespace: owned(alarm.namespace()),
        metric_name: owned(alarm.metric_name()),
        dimensions: alarm.dimensions().iter().map(dimension).collect(),
        statistic: text!(alarm.statistic()),
        extended_statistic: owned(alarm.extended_statistic()),
        period: alarm.period(),
        evaluation_periods: alarm.evaluation_periods(),
        datapoints_to_alarm: alarm.datapoints_to_alarm(),
        threshold: alarm.threshold(),
        comparison_operator: text!(alarm.comparison_operator()),
        treat_missing_data: owned(alarm.treat_missing_data()),
        metrics: alarm.metrics().iter().map(query).collect(),
        alarm_rule: None,
    }
}

fn describe_composite(alarm: &CompositeAlarm) -> CloudwatchAlarm {
    CloudwatchAlarm {
        alarm_name: alarm.alarm_name().unwrap_or_default().to_owned(),
        alarm_arn: alarm.alarm_arn().unwrap_or_default().to_owned(),
        state_value: text!(alarm.state_value()),
        actions_enabled: alarm.actions_enabled(),
        alarm_actions: alarm.alarm_actions().to_vec(),
        alarm_rule: owned(alarm.alarm_rule()),
        ..CloudwatchAlarm::default()
    }
}

fn dimension(dimension: &SdkDimension) -> Dimension {
    Dimension {
        name: dimension.name().unwrap_or_default().to_owned(),
        value: dimension.value().unwrap_or_default().to_owned(),
    }
}

fn query(query: &SdkQuery) -> MetricDataQuery {
    MetricDataQuery {
        id: query.id().unwrap_or_default().to_owned(),
        metric_stat: query.metric_stat().map(|own| MetricStat {
            metric: own.metric().map(|metric| Metric {
                namespace: owned(metric.namespace()),
                metric_name: owned(metric.metric_name()),
                dimensions: metric.dimensions().iter().map(dimension).collect(),
            }),
            period: own.period(),
            stat: owned(own.stat()),
        }),
        expression: owned(query.expression()),
        account_id: owned(query.account_id()),
    }
}
