//! What deleting does: most things are gone, some stay and say of themselves that they are on their way out.

use std::collections::BTreeSet;

use blastmap_model::{After, Attributes, Planned, Resource, ResourceKind};
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;

/// What a resource of the graph is after it was deleted in the usual way of its kind.
///
/// - A task definition is deregistered: services that run it go on to
///   (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html>).
/// - A key waits for its deletion and cannot be used meanwhile
///   (<https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html>).
/// - A secret waits for its deletion and cannot be read meanwhile
///   (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html>).
pub(crate) fn deleted(live: &Resource) -> After {
    let Some(own) = live.id.arn() else {
        return After::Gone;
    };
    let marks = match live.kind {
        ResourceKind::EcsTaskDefinition => json!({ "status": "INACTIVE" }),
        ResourceKind::KmsKey => json!({ "KeyState": "PendingDeletion", "Enabled": false }),
        ResourceKind::Secret => {
            // The day itself does not matter, and nothing here knows the time: that of the facts will do.
            let date = live.observed_at.format(&Rfc3339).unwrap_or_default();
            json!({ "DeletedDate": date })
        }
        _ => return After::Gone,
    };
    let mut facts = match live.attributes.to_value() {
        Value::Object(facts) => facts,
        _ => Map::new(),
    };
    if let Value::Object(marks) = marks {
        facts.extend(marks);
    }
    After::Is(Box::new(Planned {
        resource: Resource {
            attributes: Attributes::from_value(&Value::Object(facts)),
            ..live.clone()
        },
        own,
        also_named: BTreeSet::new(),
        unknown: BTreeSet::new(),
    }))
}

#[cfg(test)]
mod tests {
    use blastmap_model::{Presence, ResourceId};
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
                id,
                kind,
                name: "web".into(),
                account: "123456789012".into(),
                region: "eu-west-1".into(),
                presence: Presence::Live,
                tags: Box::default(),
                attributes: Attributes::from_value(&json!({ "family": "web" })),
                observed_at: OffsetDateTime::UNIX_EPOCH,
            };
            let after = match deleted(&live) {
                After::Gone => None,
                After::Is(planned) => Some(planned.resource.attributes.as_str().to_owned()),
            };
            assert_eq!(after.as_deref(), expected, "{kind}");
        }
    }
}
