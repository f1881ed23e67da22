//! Topics and who is subscribed to them, functions and what hands them messages, state machines.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic_subscription>
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_event_source_mapping>

use blastmap_model::{ResourceKind, kinds::state_machine};
use serde_json::{Map, Value, json};

use super::{
    fields::{Field, Shape, field, list, whole},
    mapping::{Find, Finish, Id, Part, Whole},
    side::Side,
};
use crate::Lookup;

pub(super) const TOPIC: Whole = Whole {
    own: |naming| naming.named("sns", "", "name"),
    finish: |finish| finish.set_new("TopicArn", finish.own.as_str()),
    ..Whole::of(ResourceKind::SnsTopic)
};

const SUBSCRIBED: &[Field] = &[
    field("endpoint", "Endpoint", Shape::Text),
    field("protocol", "Protocol", Shape::Text),
    field("arn", "SubscriptionArn", Shape::Text),
];

/// Only queues and functions: others are addresses of people.
pub(super) const SUBSCRIPTION: Part = Part {
    kind: ResourceKind::SnsTopic,
    owners: |finder, side| by(finder, ResourceKind::SnsTopic, side, "topic_arn"),
    remove: |owner| {
        let was = whole(SUBSCRIBED, owner.side.0);
        list(owner.facts, "Subscriptions").retain(|own| own["Endpoint"] != was["Endpoint"]);
    },
    add: |owner| {
        let made = whole(SUBSCRIBED, owner.side.0);
        let subscriptions = list(owner.facts, "Subscriptions");
        subscriptions.retain(|own| own["Endpoint"] != made["Endpoint"]);
        if matches!(made["Protocol"].as_str(), Some("sqs" | "lambda")) {
            subscriptions.push(made);
        }
    },
    last: false,
};

fn by(finder: &mut dyn Find, kind: ResourceKind, side: Side<'_>, attribute: &str) -> Vec<Lookup> {
    let names = side.names(&[attribute]);
    vec![finder.find(kind, &names)]
}

pub(super) const FUNCTION: Whole = Whole {
    names: |side| side.names(&["arn", "function_name"]),
    own: |naming| naming.named("lambda", "function:", "function_name"),
    id: Id::Name,
    fields: &[
        field("function_name", "FunctionName", Shape::Text),
        field("role", "Role", Shape::Text),
        field("kms_key_arn", "KMSKeyArn", Shape::Text),
        field(
            "vpc_config",
            "VpcConfig",
            Shape::Block(&[
                field("vpc_id", "VpcId", Shape::Text),
                field("subnet_ids", "SubnetIds", Shape::Texts),
                field("security_group_ids", "SecurityGroupIds", Shape::Texts),
            ]),
        ),
        field(
            "dead_letter_config",
            "DeadLetterConfig",
            Shape::Block(&[field("target_arn", "TargetArn", Shape::Text)]),
        ),
    ],
    finish: |finish| {
        finish.set_new("FunctionArn", finish.own.as_str());
        environment(finish);
    },
    ..Whole::of(ResourceKind::LambdaFunction)
};

/// Values become fingerprints, as in a crawl.
fn environment(finish: &mut Finish<'_>) {
    if !finish.is_set("environment") {
        return;
    }
    let given = finish.side().get("environment");
    let block = given.map(|own| own.get(0).unwrap_or(own));
    let variables = block.and_then(|own| own.get("variables")?.as_object());
    let variables: Map<String, Value> = variables
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = finish.redactor.fingerprint(value.as_str()?);
            Some((name.clone(), value.into()))
        })
        .collect();
    finish.set("Environment", json!({ "Variables": variables }));
}

const MAPPED: &[Field] = &[
    field("event_source_arn", "EventSourceArn", Shape::Text),
    field("uuid", "UUID", Shape::Text),
    field("state", "State", Shape::Text),
    field("enabled", "State", Shape::Word("Enabled", "Disabled")),
];

/// A function is named by its name, its ARN, or either with a version or alias behind it.
pub(super) const EVENT_SOURCE: Part = Part {
    kind: ResourceKind::LambdaFunction,
    owners: |finder, side| {
        let named = side
            .text("function_name")
            .or_else(|| side.text("function_arn"));
        let named = named.unwrap_or_default();
        let parts = if named.starts_with("arn:") { 7 } else { 1 };
        let name = named.split(':').take(parts).collect::<Vec<_>>().join(":");
        vec![finder.find(ResourceKind::LambdaFunction, &[name])]
    },
    remove: |owner| {
        let was = whole(MAPPED, owner.side.0);
        list(owner.facts, "EventSourceMappings")
            .retain(|own| own["EventSourceArn"] != was["EventSourceArn"]);
    },
    add: |owner| {
        let made = whole(MAPPED, owner.side.0);
        let mappings = list(owner.facts, "EventSourceMappings");
        mappings.retain(|own| own["EventSourceArn"] != made["EventSourceArn"]);
        mappings.push(made);
    },
    last: false,
};

pub(super) const STATE_MACHINE: Whole = Whole {
    own: |naming| naming.named("states", "stateMachine:", "name"),
    fields: &[
        field("name", "name", Shape::Text),
        field("role_arn", "roleArn", Shape::Text),
        field("definition", "runTasks", Shape::Custom(started)),
        field(
            "encryption_configuration",
            "encryptionConfiguration",
            Shape::Block(&[field("kms_key_id", "kmsKeyId", Shape::Text)]),
        ),
    ],
    finish: |finish| finish.set_new("stateMachineArn", finish.own.as_str()),
    ..Whole::of(ResourceKind::StateMachine)
};

/// Of a definition only what it starts.
fn started(definition: &Value) -> Value {
    let definition = definition.as_str().unwrap_or_default();
    let definition = serde_json::from_str(definition).unwrap_or_default();
    json!(state_machine::run_tasks(&definition))
}
