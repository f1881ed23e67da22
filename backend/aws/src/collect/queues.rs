//! SQS queues: their names, and what AWS says of those that something names.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName as Attribute;
use blastmap_model::{Arn, Found, ResourceKind, Source, kinds::sqs_queue::SqsQueue};
use futures_util::{StreamExt as _, stream};

use super::{Action, Collector, Place, Wanted};
use crate::{
    clients::Clients,
    error::CallError,
    pages::{Page, Pages},
    policy,
};

const LIST: &str = "sqs:ListQueues";
const ATTRIBUTES: &str = "sqs:GetQueueAttributes";

const KINDS: &[ResourceKind] = &[ResourceKind::SqsQueue];

/// Environments name queues, and only the crawler can tell: so it has to know them all by name.
pub(super) const COLLECTOR: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: LIST,
        reads: &["QueueUrls", "NextToken"],
    }],
    place: Place::Region,
    wanted: Some(Wanted::once_there_are_clusters),
    never_changes: None,
    collect: |clients, _, found| Box::pin(collect(clients, found)),
};

pub(super) const DETAILS: Collector = Collector {
    kinds: KINDS,
    actions: &[Action {
        name: ATTRIBUTES,
        reads: &[
            "Attributes",
            "QueueArn",
            "RedrivePolicy",
            "KmsMasterKeyId",
            "SqsManagedSseEnabled",
            "Policy",
            "VisibilityTimeout",
            "MessageRetentionPeriod",
            "FifoQueue",
        ],
    }],
    place: Place::Region,
    wanted: Some(|builder, scope| Wanted::kept(builder, ResourceKind::SqsQueue, scope)),
    never_changes: None,
    collect: |clients, wanted, found| Box::pin(details(clients, wanted, found)),
};

const SOURCE: Source = Source {
    api: ATTRIBUTES,
    by_field: &[("QueueUrl", LIST)],
};

async fn collect(clients: &Clients, found: &mut Found) -> Result<(), CallError> {
    let mut pages = Pages::of(LIST);
    while let Some(Page(token)) = pages.next() {
        let request = clients
            .sqs
            .list_queues()
            .max_results(1000)
            .set_next_token(token);
        let answer = clients.call(LIST, request.send()).await?;
        for url in answer.queue_urls() {
            describe(clients, url, found);
        }
        pages.turn(answer.next_token())?;
    }
    found.listed(ResourceKind::SqsQueue);
    Ok(())
}

fn describe(clients: &Clients, url: &str, found: &mut Found) {
    let Some(arn) = arn_of(url, &clients.partition, &clients.scope().region) else {
        return;
    };
    let mut facts = SqsQueue {
        queue_arn: arn.to_string(),
        queue_url: Some(url.to_owned()),
        queue_name: arn.resource().to_owned(),
        ..SqsQueue::default()
    };
    facts.set_fingerprints(&arn, clients.redactor());
    found.offer(&arn, &facts, [], Source::of(LIST));
}

/// A URL ends with the account and the name.
fn arn_of(url: &str, partition: &str, region: &str) -> Option<Arn> {
    let mut parts = url.rsplit('/');
    let (name, account) = (parts.next()?, parts.next()?);
    Arn::new(partition, "sqs", region, account, name).ok()
}

async fn details(
    clients: &Clients,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> Result<(), CallError> {
    const ASKED: [Attribute; 8] = [
        Attribute::QueueArn,
        Attribute::RedrivePolicy,
        Attribute::KmsMasterKeyId,
        Attribute::SqsManagedSseEnabled,
        Attribute::Policy,
        Attribute::VisibilityTimeout,
        Attribute::MessageRetentionPeriod,
        Attribute::FifoQueue,
    ];
    let known = wanted.into_iter().filter_map(|wanted| {
        let facts = wanted.known?.attributes.facts::<SqsQueue>().ok()?;
        Some((wanted.id.arn()?, facts))
    });
    let mut answers = stream::iter(known)
        .map(|(arn, facts)| async move {
            let request = clients
                .sqs
                .get_queue_attributes()
                .set_queue_url(facts.queue_url.clone())
                .set_attribute_names(Some(ASKED.to_vec()));
            let answer = clients.call(ATTRIBUTES, request.send()).await;
            (arn, facts, answer)
        })
        .buffer_unordered(8);
    while let Some((arn, mut facts, answer)) = answers.next().await {
        match answer {
            Ok(answer) => {
                let nothing = HashMap::new();
                tell(clients, answer.attributes().unwrap_or(&nothing), &mut facts);
                found.replace(&arn, &facts, SOURCE);
            }
            // Deleted since it was listed.
            Err(error)
                if error.has_code(&[
                    "QueueDoesNotExist",
                    "AWS.SimpleQueueService.NonExistentQueue",
                ]) => {}
            Err(error) => found.blind_spot(error.blind_spot(clients.scope(), KINDS)),
        }
    }
    Ok(())
}

fn tell(clients: &Clients, attributes: &HashMap<Attribute, String>, facts: &mut SqsQueue) {
    let text = |name: Attribute| attributes.get(&name).map(String::as_str);
    let number = |name: Attribute| text(name)?.parse().ok();
    let flag = |name: Attribute| text(name).map(|text| text == "true");
    facts.redrive_policy = text(Attribute::RedrivePolicy)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    facts.kms_master_key_id = text(Attribute::KmsMasterKeyId).map(str::to_owned);
    facts.sqs_managed_sse_enabled = flag(Attribute::SqsManagedSseEnabled);
    facts.policy = policy::on_resource(text(Attribute::Policy), clients.redactor());
    facts.visibility_timeout = number(Attribute::VisibilityTimeout);
    facts.message_retention_period = number(Attribute::MessageRetentionPeriod);
    facts.fifo_queue = flag(Attribute::FifoQueue);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_tells_account_and_name() {
        let cases = [
            (
                "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs.fifo",
                Some("arn:aws:sqs:eu-west-1:123456789012:jobs.fifo"),
            ),
            (
                "https://eu-west-1.queue.amazonaws.com/123456789012/jobs",
                Some("arn:aws:sqs:eu-west-1:123456789012:jobs"),
            ),
            ("jobs", None),
        ];
        for (url, expected) in cases {
            let arn = arn_of(url, "aws", "eu-west-1");
            assert_eq!(arn.as_ref().map(Arn::as_str), expected, "{url}");
        }
    }
}
