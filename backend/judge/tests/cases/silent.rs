//! What runs on, and no longer gets its messages, or is watched no more.

use blastmap_judge::{
    Level, assess,
    estate::{Estate, arn},
};
use blastmap_model::{
    Redactor,
    kinds::{
        cloudwatch_alarm::{CloudwatchAlarm, Dimension},
        lambda_function::{EventSourceMapping, LambdaFunction},
        sns_topic::{SnsTopic, Subscription},
        sqs_queue::SqsQueue,
    },
};
use serde_json::{Value, json};

use crate::{estates::*, harness::*};

fn queue() -> String {
    arn("sqs", "orders")
}

fn topic() -> String {
    arn("sns", "sales")
}

fn function() -> String {
    arn("lambda", "function:packer")
}

fn alarm() -> String {
    arn("cloudwatch", "alarm:web-errors")
}

/// A topic to which a queue is subscribed, from which a function takes; and an alarm on a service that tells somebody.
fn estate() -> Estate {
    nat()
        .put(
            &queue(),
            &SqsQueue {
                queue_arn: queue(),
                queue_name: "orders".to_owned(),
                ..SqsQueue::default()
            },
        )
        .put(
            &topic(),
            &SnsTopic {
                topic_arn: topic(),
                subscriptions: vec![Subscription {
                    endpoint: queue(),
                    protocol: Some("sqs".to_owned()),
                    subscription_arn: Some(format!("{}:1", topic())),
                }],
            },
        )
        .put(
            &function(),
            &LambdaFunction {
                function_arn: function(),
                function_name: "packer".to_owned(),
                event_source_mappings: vec![EventSourceMapping {
                    event_source_arn: queue(),
                    uuid: "1".to_owned(),
                    state: Some("Enabled".to_owned()),
                }],
                ..LambdaFunction::default()
            },
        )
        .put(
            &alarm(),
            &CloudwatchAlarm {
                alarm_name: "web-errors".to_owned(),
                alarm_arn: alarm(),
                actions_enabled: Some(true),
                alarm_actions: vec![topic()],
                namespace: Some("AWS/ECS".to_owned()),
                dimensions: [("ClusterName", "main"), ("ServiceName", "web")]
                    .map(|(name, value)| Dimension {
                        name: name.to_owned(),
                        value: value.to_owned(),
                    })
                    .into(),
                ..CloudwatchAlarm::default()
            },
        )
}

/// A rule, its level and the risk's title.
type Told<'t> = (&'t str, Level, &'t str);

#[test]
fn what_no_longer_arrives_is_told() {
    let mapping = || json!({"uuid": "1", "function_name": "packer", "event_source_arn": queue(), "enabled": true});
    let subscription = || json!({"arn": format!("{}:1", topic()), "topic_arn": topic(), "endpoint": queue(), "protocol": "sqs"});
    let watching = || json!({"arn": alarm(), "alarm_name": "web-errors", "actions_enabled": true, "alarm_actions": [topic()]});
    let own_queue = || json!({"arn": queue(), "name": "orders"});
    let own_function = || json!({"arn": function(), "function_name": "packer"});
    let cases: [(&str, Vec<Value>, Option<Told<'_>>); 12] = [
        (
            "a subscription ends",
            vec![tf_delete("aws_sns_topic_subscription", subscription())],
            Some((
                "messages-end",
                Level::Medium,
                "orders no longer gets what is published to sales",
            )),
        ),
        (
            "a topic is deleted",
            vec![tf_delete(
                "aws_sns_topic",
                json!({"arn": topic(), "name": "sales"}),
            )],
            Some((
                "messages-end",
                Level::Medium,
                "orders no longer gets what is published to sales",
            )),
        ),
        (
            "a topic is deleted with its queue and function",
            vec![
                tf_delete("aws_sns_topic", json!({"arn": topic(), "name": "sales"})),
                tf_delete("aws_sqs_queue", own_queue()),
                tf_delete("aws_lambda_function", own_function()),
            ],
            None,
        ),
        (
            "an event source mapping ends",
            vec![tf_delete("aws_lambda_event_source_mapping", mapping())],
            Some((
                "messages-end",
                Level::Medium,
                "packer no longer gets the messages of orders",
            )),
        ),
        (
            "an event source mapping is switched off",
            vec![tf_update(
                "aws_lambda_event_source_mapping",
                mapping(),
                json!({"enabled": false}),
            )],
            Some((
                "messages-end",
                Level::Medium,
                "packer no longer gets the messages of orders",
            )),
        ),
        (
            "an event source mapping is what it was",
            vec![tf_update(
                "aws_lambda_event_source_mapping",
                mapping(),
                json!({"batch_size": 5}),
            )],
            None,
        ),
        (
            "a queue is deleted from which a function takes",
            vec![tf_delete("aws_sqs_queue", own_queue())],
            Some((
                "messages-end",
                Level::Medium,
                "packer no longer gets messages",
            )),
        ),
        (
            "an alarm is switched off",
            vec![tf_update(
                "aws_cloudwatch_metric_alarm",
                watching(),
                json!({"actions_enabled": false}),
            )],
            Some((
                "alarm-silenced",
                Level::Low,
                "Alarm web-errors no longer tells of web",
            )),
        ),
        (
            "an alarm tells nobody any more",
            vec![tf_update(
                "aws_cloudwatch_metric_alarm",
                watching(),
                json!({"alarm_actions": []}),
            )],
            Some((
                "alarm-silenced",
                Level::Low,
                "Alarm web-errors no longer tells of web",
            )),
        ),
        (
            "an alarm is deleted",
            vec![tf_delete("aws_cloudwatch_metric_alarm", watching())],
            Some((
                "alarm-silenced",
                Level::Low,
                "Alarm web-errors no longer tells of web",
            )),
        ),
        (
            "an alarm tells somebody else",
            vec![tf_update(
                "aws_cloudwatch_metric_alarm",
                watching(),
                json!({"alarm_actions": [arn("sns", "other")]}),
            )],
            None,
        ),
        (
            "a topic is as it was",
            vec![tf_update(
                "aws_sns_topic",
                json!({"arn": topic(), "name": "sales"}),
                json!({"display_name": "x"}),
            )],
            None,
        ),
    ];
    let snapshot = estate().snapshot();
    let redactor = Redactor::new([1; 32]);
    for (name, changes, expected) in cases {
        let plan = json!({"format_version": "1.2", "resource_changes": changes}).to_string();
        let proposal =
            blastmap_change::read(plan.as_bytes(), snapshot.inventory(), &redactor).unwrap();
        let found = assess(&snapshot, &proposal);
        let told = found
            .risks
            .iter()
            .filter(|risk| ["messages-end", "alarm-silenced"].contains(&&*risk.rule));
        let told: Vec<_> = told
            .map(|risk| (&*risk.rule, risk.level, risk.title.as_str()))
            .collect();
        assert_eq!(told, Vec::from_iter(expected), "{name}");
    }
}
