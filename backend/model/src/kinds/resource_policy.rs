//! Policies that stand on a resource: on a key, a repository, a secret, a file system.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What AWS said of the policy on a resource. Where a resource's facts have none of these, it was not asked for or could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ResourcePolicy {
    /// True: AWS answered. Without a document, it said that the resource has no policy.
    pub read: bool,
    pub document: Value,
}

impl ResourcePolicy {
    /// AWS answered with this document.
    pub fn of(document: Value) -> Self {
        Self {
            read: true,
            document,
        }
    }

    /// AWS answered that there is no policy.
    pub fn none() -> Self {
        Self::of(Value::Null)
    }

    /// The document, where there is one.
    pub fn document(&self) -> Option<&Value> {
        (!self.document.is_null()).then_some(&self.document)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::{attributes, secret::Secret};

    #[test]
    fn none_and_not_read_are_told_apart_after_pruning() {
        let document = json!({"Statement": []});
        let cases = [
            (None, json!({})),
            (
                Some(ResourcePolicy::none()),
                json!({"ResourcePolicy": {"Read": true}}),
            ),
            (
                Some(ResourcePolicy::of(json!({"Version": "2012-10-17"}))),
                json!({"ResourcePolicy": {"Read": true, "Document": {"Version": "2012-10-17"}}}),
            ),
            // A document that allows nothing is as good as none.
            (
                Some(ResourcePolicy::of(document)),
                json!({"ResourcePolicy": {"Read": true}}),
            ),
        ];
        for (policy, expected) in cases {
            let mut shown = attributes(&Secret {
                resource_policy: policy.clone(),
                ..Secret::default()
            });
            let shown = shown.as_object_mut().unwrap();
            shown.remove("ARN");
            shown.remove("Name");
            assert_eq!(
                serde_json::Value::Object(shown.clone()),
                expected,
                "{policy:?}"
            );
            let read: Secret = serde_json::from_value(expected).unwrap();
            assert_eq!(read.resource_policy.is_some(), policy.is_some());
            assert_eq!(
                read.resource_policy.is_some_and(|policy| policy.read),
                policy.is_some_and(|policy| policy.read)
            );
        }
    }
}
