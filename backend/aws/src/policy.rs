//! Policy documents as AWS sends them.

use blastmap_model::{Redactor, kinds::resource_policy::ResourcePolicy, redact_policy_conditions};
use serde_json::Value;

/// Reads a policy document, percent-encoded (as IAM sends it) or plain. What is no JSON is null.
pub(crate) fn document(text: &str, redactor: &Redactor) -> Value {
    let text = text.trim();
    let decoded = if text.starts_with('%') || text.contains("%22") && !text.contains('"') {
        percent_decode(text)
    } else {
        text.to_owned()
    };
    let Ok(mut document) = serde_json::from_str::<Value>(&decoded) else {
        return Value::Null;
    };
    redact_policy_conditions(&mut document, redactor);
    document
}

/// The policy on a resource as AWS answered: without a text, there is none. A text that is no policy counts as not read.
pub(crate) fn on_resource(text: Option<&str>, redactor: &Redactor) -> Option<ResourcePolicy> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Some(ResourcePolicy::none());
    };
    let document = document(text, redactor);
    document.is_object().then(|| ResourcePolicy::of(document))
}

fn percent_decode(text: &str) -> String {
    let (bytes, mut decoded, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(bytes[at]));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        Redactor::new([1; 32])
    }

    #[test]
    fn reads_encoded_and_plain_documents() {
        let plain = r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
        assert_eq!(document(plain, &redactor()), document(encoded, &redactor()));
        assert_eq!(document("no json", &redactor()), Value::Null);
        assert_eq!(document("%", &redactor()), Value::Null);
    }

    #[test]
    fn a_resource_without_a_policy_is_not_one_whose_policy_was_not_read() {
        let none = Some(ResourcePolicy::none());
        let cases = [
            (None, none.clone()),
            (Some(""), none),
            (Some("no json"), None),
            (Some("null"), None),
            (
                Some(r#"{"Statement":1}"#),
                Some(ResourcePolicy::of(serde_json::json!({"Statement": 1}))),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(on_resource(text, &redactor()), expected, "{text:?}");
        }
    }

    #[test]
    fn keeps_what_is_compared_only_where_it_is_a_name() {
        let text = r#"{"Statement":{"Condition":{
            "StringEquals":{"sts:ExternalId":"shared-secret","aws:SourceAccount":"123456789012"},
            "StringLike":{"aws:ResourceTag/team":["a","b"],"x:y":["one",true]}}}}"#;
        let document = document(text, &redactor()).to_string();
        assert!(
            !document.contains("shared-secret") && !document.contains("\"one\""),
            "{document}"
        );
        assert!(
            document.contains("123456789012") && document.contains(r#"["a","b"]"#),
            "{document}"
        );
    }
}
