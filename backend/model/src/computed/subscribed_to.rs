//! Queues and functions get what is published to the topics that they are subscribed to.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-create-subscribe-endpoint-to-topic.html>

use super::{Estate, stated};
use crate::{NamedLink, Presence, Relation, ResourceKind, kinds::sns_topic::SnsTopic};

pub(super) fn links(estate: &Estate<'_>) -> Vec<NamedLink> {
    let mut links = Vec::new();
    for (topic, facts) in estate.live::<SnsTopic>() {
        for (index, subscription) in facts.subscriptions.iter().enumerate() {
            let place = estate.inventory.find(&subscription.endpoint);
            let known = place.map(|place| estate.inventory.resource(place));
            let known = known.filter(|own| {
                own.presence == Presence::Live
                    && matches!(
                        own.kind,
                        ResourceKind::SqsQueue | ResourceKind::LambdaFunction
                    )
            });
            links.extend(known.map(|known| {
                stated(
                    &known.id,
                    Relation::SubscribedTo,
                    &topic.id,
                    "sns:ListSubscriptions",
                    &format!("Subscriptions[{index}].Endpoint"),
                )
            }));
        }
    }
    links
}
