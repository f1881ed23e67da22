//! Small estates and plans, written down as JSON.

use blastmap_change::{Proposal, terraform};
use blastmap_model::{
    After, Attributes, Inventory, Presence, Redactor, Resource, ResourceId, ResourceKind, Scope,
    ScopeRecord, Source, Tags, kinds,
};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

pub(crate) const EC2: &str = "arn:aws:ec2:eu-west-1:123456789012:";
pub(crate) const ECS: &str = "arn:aws:ecs:eu-west-1:123456789012:";
pub(crate) const ELB: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:";
pub(crate) const IAM: &str = "arn:aws:iam::123456789012:";

pub(crate) fn redactor() -> Redactor {
    Redactor::new([7; 32])
}

pub(crate) fn resource(
    id: &str,
    kind: ResourceKind,
    presence: Presence,
    facts: &Value,
) -> Resource {
    let id = ResourceId::new(id);
    let arn = id.arn();
    Resource {
        kind,
        name: kinds::name_from_id(kind, &id).into(),
        account: arn
            .as_ref()
            .map_or("123456789012", |arn| arn.account())
            .into(),
        region: arn
            .as_ref()
            .map_or("eu-west-1", |arn| kind.region_of(arn))
            .into(),
        id,
        presence,
        tags: Tags::default(),
        attributes: Attributes::from_value(facts),
        observed_at: OffsetDateTime::UNIX_EPOCH,
    }
}

pub(crate) fn live(id: &str, facts: Value) -> Resource {
    let arn = blastmap_model::Arn::parse(id).unwrap();
    let kind = ResourceKind::of_arn(&arn).unwrap();
    resource(id, kind, Presence::Live, &facts)
}

pub(crate) fn estate(resources: Vec<Resource>) -> Inventory {
    let scope = |region| ScopeRecord {
        scope: Scope::new("123456789012", region),
        crawled_at: None,
        duration_ms: None,
        api_calls: 0,
        kept: None,
    };
    let scopes = vec![scope("eu-west-1"), scope("global")];
    let none = Vec::new();
    Inventory::new(
        "test".to_owned(),
        OffsetDateTime::UNIX_EPOCH,
        scopes,
        none,
        resources,
        Vec::new(),
    )
    .unwrap()
}

/// One entry of a plan. `unknown` is written as Terraform writes it.
pub(crate) fn change(
    address: &str,
    actions: &[&str],
    before: Value,
    after: Value,
    unknown: Value,
) -> Value {
    let own = address.rsplit_once("module.").map_or(address, |(_, own)| {
        own.split_once('.').map_or(own, |(_, own)| own)
    });
    let (kind, name) = own.split_once('.').unwrap();
    json!({
        "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_name": "registry.opentofu.org/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown,
            "before_sensitive": {}, "after_sensitive": {}},
    })
}

pub(crate) fn create(address: &str, after: Value) -> Value {
    change(address, &["create"], Value::Null, after, json!({}))
}

pub(crate) fn delete(address: &str, before: Value) -> Value {
    change(address, &["delete"], before, Value::Null, json!({}))
}

/// `after` holds what becomes other than it was.
pub(crate) fn update(address: &str, before: Value, after: Value) -> Value {
    let after = over(&before, after);
    change(address, &["update"], before, after, json!({}))
}

pub(crate) fn over(before: &Value, after: Value) -> Value {
    let mut all: Map<String, Value> = before.as_object().cloned().unwrap();
    all.extend(after.as_object().cloned().unwrap());
    Value::Object(all)
}

pub(crate) fn plan(changes: Vec<Value>) -> Value {
    json!({"format_version": "1.2", "resource_changes": changes})
}

pub(crate) fn read(plan: &Value, inventory: &Inventory) -> Proposal {
    let proposal = terraform::read(plan.to_string().as_bytes(), inventory, &redactor()).unwrap();
    for (id, after) in &proposal.edits.after {
        if let After::Is(planned) = after {
            let (kind, facts) = (planned.resource.kind, &planned.resource.attributes);
            let declared = kinds::declare(kind, &planned.own, facts, Source::of("plan"));
            assert!(declared.is_ok(), "{id}: {declared:?} {facts:?}");
        }
    }
    proposal
}

/// The facts of a resource after the change; null where it is gone.
pub(crate) fn facts(proposal: &Proposal, id: &str) -> Value {
    match proposal.edits.after.get(&ResourceId::new(id)) {
        None => panic!("{id} is not in {:?}", proposal.edits.after.keys()),
        Some(After::Gone) => Value::Null,
        Some(After::Is(planned)) => planned.resource.attributes.to_value(),
    }
}

pub(crate) fn unknown(proposal: &Proposal, id: &str) -> Vec<String> {
    let planned = proposal.edits.planned(&ResourceId::new(id)).unwrap();
    planned.unknown.iter().cloned().collect()
}
