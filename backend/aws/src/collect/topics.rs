//! SNS topics to which queues and functions are subscribed.

use std::collections::BTreeMap;

use aws_sdk_sns::types::Subscription as SdkSubscription;
use blastmap_model::{
    Arn, Found, ResourceId, ResourceKind, Source,
    kinds::sns_topic::{SnsTopic, Subscription},
};

use super::{Action, Collector, Place, Wanted, owned};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
};

const LIST: &str = "sns:ListSubscriptions";

pub(super) const COLLECTOR: Collector = Collector {
    kinds: &[ResourceKind::SnsTopic],
    actions: &[Action {
        name: LIST,
        reads: &[
            "Subscriptions",
            "SubscriptionArn",
            "Protocol",
            "Endpoint",
            "TopicArn",
            "NextToken",
        ],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

/// Topics that nobody is subscribed to are not on this list: what is not found may be there.
async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let (mut topics, mut pages) = (BTreeMap::new(), Pages::of(LIST));
    while let Some(Page(token)) = pages.next() {
        let request = clients.sns.list_subscriptions().set_next_token(token);
        let answer = clients.call(LIST, request.send()).await?;
        for subscription in answer.subscriptions() {
            note(subscription, &mut topics);
        }
        pages.turn(answer.next_token())?;
    }
    for (topic, mut subscriptions) in topics {
        subscriptions.sort();
        let subjects: Vec<_> = subscriptions
            .iter()
            .map(|own| ResourceId::new(&own.endpoint))
            .collect();
        let facts = SnsTopic {
            topic_arn: topic.to_string(),
            subscriptions,
        };
        let id = (&topic).into();
        found.follow(&id, &topic, &facts, [], Source::of(LIST), subjects);
    }
    Ok(())
}

/// Only subscriptions of queues and functions: others are addresses of people.
fn note(subscription: &SdkSubscription, topics: &mut BTreeMap<Arn, Vec<Subscription>>) {
    let endpoint = subscription.endpoint().unwrap_or_default();
    let Ok(endpoint) = Arn::parse(endpoint) else {
        return;
    };
    let kind = ResourceKind::of_arn(&endpoint);
    let topic = Arn::parse(subscription.topic_arn().unwrap_or_default());
    if let (Some(ResourceKind::SqsQueue | ResourceKind::LambdaFunction), Ok(topic)) = (kind, topic)
    {
        topics.entry(topic).or_default().push(Subscription {
            endpoint: endpoint.to_string(),
            protocol: owned(subscription.protocol()),
            subscription_arn: owned(subscription.subscription_arn()),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_no_address_of_a_person() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:orders";
        let cases = [
            ("arn:aws:sqs:eu-west-1:123456789012:jobs", 1),
            ("arn:aws:lambda:eu-west-1:123456789012:function:watch", 1),
            (
                "arn:aws:firehose:eu-west-1:123456789012:deliverystream/x",
                0,
            ),
            ("somebody@example.com", 0),
            ("+4915112345678", 0),
        ];
        for (endpoint, kept) in cases {
            let mut topics = BTreeMap::new();
            let subscription = SdkSubscription::builder()
                .topic_arn(topic)
                .endpoint(endpoint);
            note(&subscription.build(), &mut topics);
            let subscriptions: usize = topics.values().map(Vec::len).sum();
            assert_eq!(subscriptions, kept, "{endpoint}");
        }
    }
}
