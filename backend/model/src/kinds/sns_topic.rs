//! Topics of SNS to which something in the graph is subscribed.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Subscription.html>

use serde::{Deserialize, Serialize};

use super::Facts;
use crate::{Links, ResourceKind};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SnsTopic {
    pub topic_arn: String,
    /// Those of queues and functions, sorted by endpoint; addresses of people are not kept.
    pub subscriptions: Vec<Subscription>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subscription {
    /// The ARN of a queue or a function.
    pub endpoint: String,
    /// `sqs` or `lambda`.
    pub protocol: Option<String>,
    pub subscription_arn: Option<String>,
}

impl Facts for SnsTopic {
    const KIND: ResourceKind = ResourceKind::SnsTopic;

    fn links(&self, _links: &mut Links<'_>) {
        // Who is subscribed depends on the topic, not the topic on them: see `computed::subscribed_to`.
    }
}
