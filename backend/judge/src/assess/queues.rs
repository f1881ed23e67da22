//! Queues whose policies a change closes to the tasks that name them in their environment.

use std::collections::BTreeSet;

use blastmap_graph::Overlay;
use blastmap_model::{Phase, Relation, ResourceIndex, ResourceKind, kinds::sqs_queue::SqsQueue};

use super::{Impact, Outcome, climb::WhatIf, taken::task_role};
use crate::{
    iam::Answer,
    needs::permission::{Actor, Call, OnResource, context},
    words::listed,
};

/// What programs do with queues. Which of these a task does, no configuration says.
const ACTIONS: [&str; 3] = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"];

const PAGE: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html";

/// At risk where the task role could use a queue, and its policy does not let it any more.
pub(super) fn closed(what_if: &WhatIf<'_, '_>, service: ResourceIndex) -> Option<Impact> {
    let (before, after) = (what_if.before, what_if.after);
    if !before.holds(service) || !after.is_there(service) {
        return None;
    }
    let role = task_role(before, service)?;
    let definitions = before.needed(service, Relation::Runs).into_iter();
    let named = definitions.chain([service]);
    let named: BTreeSet<ResourceIndex> = named
        .flat_map(|place| before.needed(place, Relation::Consumes))
        .filter(|place| before.kind(*place) == ResourceKind::SqsQueue)
        .filter(|queue| what_if.touched.contains(queue) && after.is_there(*queue))
        .collect();
    named.into_iter().find_map(|queue| {
        let could = allowed(before, role, queue);
        let can = allowed(after, role, queue);
        let lost: Vec<&str> = could.difference(&can).copied().collect();
        if lost.is_empty() {
            return None;
        }
        let (queue_name, role_name) = (&before.resource(queue).name, &before.resource(role).name);
        Some(Impact {
            resource: service,
            outcome: Outcome::AtRisk,
            phase: Phase::Run,
            share: None,
            cause: format!(
                "The policy of queue {queue_name}, which it names in its environment, no longer lets its task role {role_name} do {}: check that its containers do not.",
                listed(&lost, 3)
            ),
            need: "queue-access".into(),
            about: Some(queue),
            from: vec![queue],
            aws_error: Some("AccessDenied".into()),
            documentation: Some(PAGE.into()),
        })
    })
}

/// The actions that are known to be allowed.
fn allowed(
    overlay: &Overlay<'_>,
    role: ResourceIndex,
    queue: ResourceIndex,
) -> BTreeSet<&'static str> {
    let resource = overlay.resource(queue);
    let (Ok(actor), Some(arn)) = (Actor::of(overlay, role), resource.id.arn()) else {
        return BTreeSet::new();
    };
    let facts = overlay.facts::<SqsQueue>(queue);
    let policy = facts.as_ref().and_then(|facts| facts.policy.as_ref());
    let context = context(overlay, arn.region(), Some(queue));
    let may = |action: &&str| {
        let call = Call {
            action,
            resource: arn.as_str(),
            policy: OnResource::of(overlay, queue, policy, "Policy"),
            context: &context,
        };
        actor.decide(&call).answer == Answer::Allowed
    };
    ACTIONS.into_iter().filter(may).collect()
}
