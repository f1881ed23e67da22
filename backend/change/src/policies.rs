//! Policies that stand on a resource, as facts keep them.

use blastmap_model::{Arn, Redactor, redact_policy_conditions};
use serde_json::{Value, json};

/// What AWS would answer of a policy on a resource; what is no document says that there is none.
pub(crate) fn on_resource(policy: &Value) -> Value {
    match document(policy) {
        Some(document) => json!({"Read": true, "Document": document}),
        None => json!({"Read": true}),
    }
}

/// Puts fingerprints in the place of what conditions compare with, in each policy document inside, be it written as JSON or as text.
pub(crate) fn redact(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Object(fields) if fields.contains_key("Statement") => {
            redact_policy_conditions(value, redactor);
        }
        Value::Object(fields) => fields.values_mut().for_each(|own| redact(own, redactor)),
        Value::Array(values) => values.iter_mut().for_each(|own| redact(own, redactor)),
        Value::String(text) if text.contains("\"Condition\"") => {
            let Some(mut own) = document(value).filter(|own| own.get("Statement").is_some()) else {
                return;
            };
            let before = own.clone();
            redact_policy_conditions(&mut own, redactor);
            if own != before {
                *value = Value::String(own.to_string());
            }
        }
        _ => {}
    }
}

/// A policy document, which many inputs keep as text.
pub(crate) fn document(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => serde_json::from_str(text)
            .ok()
            .filter(|document: &Value| document.is_object()),
        Value::Object(_) => Some(value.clone()),
        _ => None,
    }
}

/// The policy of a key that is given none.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(crate) fn account_decides(key: &Arn) -> Value {
    let root = format!("arn:{}:iam::{}:root", key.partition(), key.account());
    json!({"Version": "2012-10-17", "Id": "default", "Statement": [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*",
    }]})
}
