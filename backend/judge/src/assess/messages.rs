//! Messages that do not arrive any more: who took them runs on, and nothing reports what does not come.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{
    Relation, ResourceId, ResourceIndex, ResourceKind,
    kinds::{lambda_function::LambdaFunction, sns_topic::SnsTopic},
};

use super::less::Less;
use crate::{Level, words::listed};

/// Of the topics, queues and functions that the change alters.
pub(super) fn of(
    before: &Overlay<'_>,
    after: &Overlay<'_>,
    touched: &BTreeSet<ResourceIndex>,
) -> Vec<Less> {
    let were = touched
        .iter()
        .copied()
        .filter(|place| before.holds(*place) && before.is_there(*place));
    let lost = were.flat_map(|place| match before.kind(place) {
        ResourceKind::SnsTopic => unsubscribed(before, after, place),
        ResourceKind::LambdaFunction => not_handed(before, after, place),
        ResourceKind::SqsQueue => queue_gone(before, after, place),
        _ => Vec::new(),
    });
    lost.collect()
}

/// Queues and functions that are still there, and no longer get what is published to a topic.
fn unsubscribed(before: &Overlay<'_>, after: &Overlay<'_>, topic: ResourceIndex) -> Vec<Less> {
    let (Some(was), now) = (
        before.facts::<SnsTopic>(topic),
        after.facts::<SnsTopic>(topic),
    ) else {
        return Vec::new();
    };
    let still = |endpoint: &str| {
        now.as_ref().is_some_and(|now| {
            let mut own = now.subscriptions.iter();
            own.any(|own| own.endpoint == endpoint)
        })
    };
    let name = &before.resource(topic).name;
    let happens = if after.is_there(topic) {
        format!("Its subscription to {name} ends")
    } else {
        format!("Topic {name} is deleted")
    };
    let ended = was.subscriptions.iter().filter(|own| !still(&own.endpoint));
    let known = ended.filter_map(|own| stays(before, after, &ResourceId::new(&own.endpoint)));
    known
        .map(|place| Less {
            rule: RULE,
            level: Level::Medium,
            resource: place,
            title: format!(
                "{} no longer gets what is published to {name}",
                before.resource(place).name
            ),
            detail: format!("{happens}.{}", takers(after, place)),
            documentation: "https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html",
        })
        .collect()
}

/// Queues that are still there, and whose messages a function no longer takes.
fn not_handed(before: &Overlay<'_>, after: &Overlay<'_>, function: ResourceIndex) -> Vec<Less> {
    let (Some(was), Some(now)) = (
        before.facts::<LambdaFunction>(function),
        after.facts::<LambdaFunction>(function),
    ) else {
        return Vec::new();
    };
    let sources = |facts: &LambdaFunction| -> BTreeSet<String> {
        let own = facts.event_source_mappings.iter().filter(|own| own.is_on());
        own.map(|own| own.event_source_arn.clone()).collect()
    };
    let name = &before.resource(function).name;
    let (was, now) = (sources(&was), sources(&now));
    let ended = was.difference(&now);
    let known = ended.filter_map(|source| stays(before, after, &ResourceId::new(source)));
    known
        .map(|queue| {
            let queue_name = &before.resource(queue).name;
            Less {
                rule: RULE,
                level: Level::Medium,
                resource: function,
                title: format!("{name} no longer gets the messages of {queue_name}"),
                detail: format!(
                    "Its event source mapping ends: messages stay in {queue_name} until somebody else takes them or they expire."
                ),
                documentation: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
            }
        })
        .collect()
}

/// Functions that took from a queue that is deleted. Services that do are told of by what breaks.
fn queue_gone(before: &Overlay<'_>, after: &Overlay<'_>, queue: ResourceIndex) -> Vec<Less> {
    if after.is_there(queue) {
        return Vec::new();
    }
    let takers = before.needing(queue, Relation::Consumes).into_iter();
    let functions = takers.filter(|place| before.kind(*place) == ResourceKind::LambdaFunction);
    let queue_name = &before.resource(queue).name;
    functions
        .filter(|place| after.is_there(*place))
        .map(|place| Less {
            rule: RULE,
            level: Level::Medium,
            resource: place,
            title: format!("{} no longer gets messages", before.resource(place).name),
            detail: format!("Queue {queue_name}, whose messages Lambda hands it, is deleted."),
            documentation: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html",
        })
        .collect()
}

const RULE: &str = "messages-end";

/// What was there and is there after the change.
fn stays(before: &Overlay<'_>, after: &Overlay<'_>, id: &ResourceId) -> Option<ResourceIndex> {
    let place = before.find(id)?;
    (before.is_there(place) && after.is_there(place)).then_some(place)
}

/// Who takes them from a queue.
fn takers(after: &Overlay<'_>, queue: ResourceIndex) -> String {
    let takers = after.needing(queue, Relation::Consumes).into_iter();
    let names: BTreeSet<&str> = takers
        .filter(|place| after.kind(*place) != ResourceKind::EcsTaskDefinition)
        .map(|place| &*after.resource(place).name)
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    match names.len() {
        0 => String::new(),
        1 => format!(" {} takes its work from there.", names[0]),
        _ => format!(" {} take their work from there.", listed(&names, 3)),
    }
}
