//! Queues of SQS.
//!
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Facts,
    environment::{by_address, by_name, is_distinctive},
    kms_key,
    resource_policy::ResourcePolicy,
};
use crate::{Arn, Links, Redactor, Relation, ResourceKind};

/// Of a queue that nothing names, AWS is asked no more than its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SqsQueue {
    pub queue_arn: String,
    pub queue_url: Option<String>,
    pub queue_name: String,
    /// Where messages go that were taken too often: `deadLetterTargetArn` and `maxReceiveCount`.
    pub redrive_policy: Value,
    pub kms_master_key_id: Option<String>,
    pub sqs_managed_sse_enabled: Option<bool>,
    /// None: not asked for (nothing names the queue), or not readable.
    pub policy: Option<ResourcePolicy>,
    /// Seconds.
    pub visibility_timeout: Option<i64>,
    /// Seconds.
    pub message_retention_period: Option<i64>,
    pub fifo_queue: Option<bool>,
    /// Fingerprints of its ARN and its URLs, by which environments call it.
    pub address_fingerprints: Vec<String>,
    /// The fingerprint of its name, if no other value is likely to equal it.
    pub name_fingerprint: Option<String>,
}

impl Facts for SqsQueue {
    const KIND: ResourceKind = ResourceKind::SqsQueue;

    fn name(&self) -> Option<String> {
        (!self.queue_name.is_empty()).then(|| self.queue_name.clone())
    }

    fn links(&self, links: &mut Links<'_>) {
        if let Some(dead) = self.redrive_policy.get("deadLetterTargetArn").and_then(Value::as_str) {
            links.arn(Relation::DeadLettersTo, ResourceKind::SqsQueue, dead, "RedrivePolicy.deadLetterTargetArn");
        }
        if let Some(key) = &self.kms_master_key_id {
            kms_key::link(key, "KmsMasterKeyId", links);
        }
        for fingerprint in &self.address_fingerprints {
            links.also_named(by_address(Self::KIND, fingerprint));
        }
        if let Some(fingerprint) = &self.name_fingerprint {
            let name = by_name(Self::KIND, links.own(), fingerprint);
            links.also_named(name);
        }
    }
}

/// A queue's ARN and its URLs: all by which an environment may call it wherever it runs.
///
/// <https://docs.aws.amazon.com/general/latest/gr/sqs-service.html>
pub fn addresses(arn: &Arn, url: Option<&str>) -> Vec<String> {
    let (region, account, name) = (arn.region(), arn.account(), arn.resource());
    let domain = if arn.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let mut hosts = vec![format!("sqs.{region}.{domain}"), format!("{region}.queue.{domain}"), format!("sqs.{region}.api.aws")];
    if region == "us-east-1" {
        hosts.push(format!("queue.{domain}"));
    }
    let urls = hosts.iter().map(|host| format!("https://{host}/{account}/{name}"));
    let mut addresses: Vec<String> = urls.chain(url.map(str::to_owned)).chain([arn.to_string()]).collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

impl SqsQueue {
    /// Notes by what environments may call the queue.
    pub fn set_fingerprints(&mut self, arn: &Arn, redactor: &Redactor) {
        let addresses = addresses(arn, self.queue_url.as_deref());
        self.address_fingerprints = addresses.iter().map(|address| redactor.fingerprint(address)).collect();
        self.name_fingerprint = is_distinctive(arn.resource()).then(|| redactor.fingerprint(arn.resource()));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Source;

    #[test]
    fn environments_name_a_queue_by_its_arn_and_its_urls() {
        let arn = Arn::parse("arn:aws:sqs:us-east-1:123456789012:orders-eu").unwrap();
        assert_eq!(
            addresses(&arn, Some("https://sqs.us-east-1.amazonaws.com/123456789012/orders-eu")),
            [
                "arn:aws:sqs:us-east-1:123456789012:orders-eu",
                "https://queue.amazonaws.com/123456789012/orders-eu",
                "https://sqs.us-east-1.amazonaws.com/123456789012/orders-eu",
                "https://sqs.us-east-1.api.aws/123456789012/orders-eu",
                "https://us-east-1.queue.amazonaws.com/123456789012/orders-eu",
            ]
        );
    }

    #[test]
    fn a_queue_hangs_on_its_key_and_its_dead_letter_queue() {
        let own = Arn::parse("arn:aws:sqs:eu-west-1:123456789012:jobs").unwrap();
        let queue: SqsQueue = serde_json::from_value(json!({
            "RedrivePolicy": {"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "maxReceiveCount": "5"},
            "KmsMasterKeyId": "alias/queues",
            "AddressFingerprints": ["fingerprint:1"],
            "NameFingerprint": "fingerprint:2",
        }))
        .unwrap();
        let mut links = Links::of(&own, Source::of("sqs:GetQueueAttributes"));
        queue.links(&mut links);
        let (declared, names) = links.finish();
        let declared: Vec<_> = declared.iter().map(|own| format!("{} {} by {}", own.relation, own.to.id, own.field)).collect();
        assert_eq!(
            declared,
            [
                "DEAD_LETTERS_TO arn:aws:sqs:eu-west-1:123456789012:dead by RedrivePolicy.deadLetterTargetArn",
                "ENCRYPTED_BY arn:aws:kms:eu-west-1:123456789012:alias/queues by KmsMasterKeyId",
            ]
        );
        assert_eq!(names, [by_address(SqsQueue::KIND, "fingerprint:1"), by_name(SqsQueue::KIND, &own, "fingerprint:2")]);
    }
}
