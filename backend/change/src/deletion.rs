//! What deleting does: most things are gone, some stay and say of themselves that they are on their way out.

use blastmap_model::{ResourceId, ResourceKind};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

use crate::Workbench;

/// Deletes a resource in the usual way of its kind.
///
/// - A task definition is deregistered: services that run it go on to
///   (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html>).
/// - A key waits for its deletion and cannot be used meanwhile
///   (<https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>).
/// - A secret waits for its deletion and cannot be read meanwhile
///   (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>).
pub(crate) fn delete(workbench: &mut Workbench<'_>, id: &ResourceId) {
    // The day itself does not matter, and nothing here knows the time: that of the facts will do.
    let date = workbench.inventory().taken_at.format(&Rfc3339);
    delete_at(workbench, id, &date.unwrap_or_default());
}

/// The same, for an input that has a word of its own for the time.
pub(crate) fn delete_at(workbench: &mut Workbench<'_>, id: &ResourceId, date: &str) {
    let marks = match workbench.now(id).map(|resource| resource.kind) {
        Some(ResourceKind::EcsTaskDefinition) => json!({ "status": "INACTIVE" }),
        Some(ResourceKind::KmsKey) => json!({ "KeyState": "PendingDeletion", "Enabled": false }),
        Some(ResourceKind::Secret) => json!({ "DeletedDate": date }),
        _ => return workbench.remove(id),
    };
    workbench.change(id, |facts| {
        if !facts.is_object() {
            *facts = Value::Object(Map::new());
        }
        if let (Value::Object(facts), Value::Object(marks)) = (facts, marks) {
            facts.extend(marks);
        }
    });
}

#[cfg(test)]
mod tests {
    use blastmap_model::{After, Attributes, Inventory, Presence, Redactor, Resource};
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn some_things_stay_for_a_while() {
        let ecs = "arn:aws:ecs:eu-west-1:123456789012";
        let cases = [
            (
                format!("{ecs}:task-definition/web:1"),
                Some(r#"{"family":"web","status":"INACTIVE"}"#),
            ),
            (
                "arn:aws:kms:eu-west-1:123456789012:key/1".to_owned(),
                Some(r#"{"Enabled":false,"KeyState":"PendingDeletion","family":"web"}"#),
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3".to_owned(),
                Some(r#"{"DeletedDate":"1970-01-01T00:00:00Z","family":"web"}"#),
            ),
            (format!("{ecs}:service/prod/web"), None),
        ];
        for (id, expected) in cases {
            let id = ResourceId::new(&id);
            let kind = id.arn().and_then(|arn| ResourceKind::of_arn(&arn)).unwrap();
            let live = Resource {
                id: id.clone(),
                kind,
                name: "web".into(),
                account: "123456789012".into(),
                region: "eu-west-1".into(),
                presence: Presence::Live,
                tags: Box::default(),
                attributes: Attributes::from_value(&json!({ "family": "web" })),
                observed_at: OffsetDateTime::UNIX_EPOCH,
            };
            let inventory = Inventory::new(
                String::new(),
                OffsetDateTime::UNIX_EPOCH,
                Vec::new(),
                Vec::new(),
                vec![live],
                Vec::new(),
            )
            .unwrap();
            let redactor = Redactor::new([7; 32]);
            let mut workbench = Workbench::new(&inventory, &redactor);
            delete(&mut workbench, &id);
            let after = match &workbench.finish().after[&id] {
                After::Gone => None,
                After::Is(planned) => Some(planned.resource.attributes.as_str().to_owned()),
            };
            assert_eq!(after.as_deref(), expected, "{kind}");
        }
    }
}
