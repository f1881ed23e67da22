//! Policies that stand on a resource, as facts keep them.

use blastmap_model::{Arn, Redactor, redact_policy_conditions};
use serde_json::{Value, json};

use crate::redaction::in_text;

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
        Value::Object(fields) => {
            fields.values_mut().for_each(|own| redact(own, redactor));
            redact_policy_conditions(value, redactor);
        }
        Value::Array(values) => values.iter_mut().for_each(|own| redact(own, redactor)),
        Value::String(text) => in_text(text, |inner| redact(inner, redactor)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found_in_any_case_and_in_texts_of_texts() {
        let redactor = Redactor::new([7; 32]);
        let document =
            json!({"statement": {"condition": {"StringEquals": {"sts:ExternalId": "hunter2"}}}});
        let text = document.to_string();
        let list = json!([{ "policy": text }]).to_string();
        for mut value in [document, json!(text), json!({ "body": list })] {
            redact(&mut value, &redactor);
            let told = value.to_string();
            assert!(
                !told.contains("hunter2") && told.contains("fingerprint:"),
                "{told}"
            );
        }
        let mut other = json!("{ \"statement\": 1 }");
        redact(&mut other, &redactor);
        assert_eq!(other, json!("{ \"statement\": 1 }"));
    }
}
