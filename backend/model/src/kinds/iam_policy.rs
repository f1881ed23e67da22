//! Managed policies, and what policy documents name.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Facts, secret};
use crate::{Arn, Declared, Links, Reference, Relation, Resource, ResourceId, ResourceKind, Source};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IamPolicy {
    pub policy_name: String,
    pub arn: String,
    pub path: Option<String>,
    pub default_version_id: Option<String>,
    /// The document of the default version.
    pub policy_document: Value,
}

impl Facts for IamPolicy {
    const KIND: ResourceKind = ResourceKind::IamPolicy;

    fn name(&self) -> Option<String> {
        (!self.policy_name.is_empty()).then(|| self.policy_name.clone())
    }

    fn links(&self, _links: &mut Links<'_>) {
        // What a policy names matters to the roles that have it: see `grants_of`.
    }
}

/// The links that a policy gives to each role that has it.
pub(crate) fn grants_of(policy: &Resource, source: Source) -> Vec<Declared> {
    let (Some(arn), Ok(facts)) = (policy.id.arn(), policy.attributes.facts::<IamPolicy>()) else { return Vec::new() };
    let mut links = Links::of(&arn, source);
    grant_links(&facts.policy_document, &format!("{}.PolicyDocument", facts.policy_name), &mut links);
    links.finish().0
}

/// Links to each resource that Allow statements of a document name in full.
pub(super) fn grant_links(document: &Value, field: &str, links: &mut Links<'_>) {
    for (index, statement) in one_or_many(document.get("Statement")).enumerate() {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        for (place, resource) in one_or_many(statement.get("Resource")).enumerate() {
            if let Some(Reference { kind, id }) = resource.as_str().and_then(named_in_full) {
                links.id(Relation::GrantedOn, kind, id, format!("{field}.Statement[{index}].Resource[{place}]"));
            }
        }
    }
}

/// True if some Allow statement of a document is about an action, whatever its resources and conditions: what may be, not what is.
pub fn may_allow(document: &Value, action: &str) -> bool {
    let any = |patterns: Option<&Value>| one_or_many(patterns).filter_map(Value::as_str).any(|pattern| matches_action(pattern, action));
    one_or_many(document.get("Statement")).filter(|own| own.get("Effect").and_then(Value::as_str) == Some("Allow")).any(|own| {
        match own.get("NotAction") {
            Some(others) => !any(Some(others)),
            None => any(own.get("Action")),
        }
    })
}

/// Whether an action is one that a pattern such as `ecr:Get*` means. Actions are not case-sensitive.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>
pub fn matches_action(pattern: &str, action: &str) -> bool {
    fits(pattern.to_ascii_lowercase().as_bytes(), action.to_ascii_lowercase().as_bytes())
}

fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut here, mut star) = (0, 0, None);
    while here < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, here));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[here] => {
                at += 1;
                here += 1;
            }
            // The last star takes one more.
            _ => {
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                at = place + 1;
                here = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// Policy documents allow a single value wherever a list may stand.
fn one_or_many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let many = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = value.filter(|value| !value.is_array());
    one.into_iter().chain(many)
}

/// The resource that a policy's pattern means, if it is one of a kind that we hold and not a set:
/// the wildcards with which people name one log group, one secret or one bucket's objects are allowed for.
fn named_in_full(pattern: &str) -> Option<Reference> {
    let arn = Arn::parse(pattern).ok()?;
    let text = match arn.service() {
        "logs" => {
            let group = pattern.split_once(":log-stream:").map_or(pattern, |(group, _)| group);
            group.strip_suffix(":*").unwrap_or(group)
        }
        "s3" => pattern.split_once('/').map_or(pattern, |(bucket, _)| bucket),
        // The indexes and the stream of a table.
        "dynamodb" => pattern.match_indices('/').nth(1).map_or(pattern, |(end, _)| &pattern[..end]),
        "secretsmanager" => secret::without_wildcard(pattern),
        _ => pattern,
    };
    if text.contains(['*', '?', '$']) {
        return None;
    }
    let arn = Arn::parse(text).ok()?;
    Some(Reference { kind: ResourceKind::of_arn(&arn)?, id: ResourceId::from(arn) })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_statement_is_about_the_actions_that_it_names() {
        let cases = [
            (json!({"Effect": "Allow", "Action": "*"}), true),
            (json!({"Effect": "Allow", "Action": ["s3:GetObject", "ECS:Run*"]}), true),
            (json!({"Effect": "Allow", "Action": "ecs:R?nTask", "Resource": "x", "Condition": {}}), true),
            (json!({"Effect": "Allow", "Action": "ecs:*Service"}), false),
            (json!({"Effect": "Allow", "Action": "e*s:*T*k"}), true),
            (json!({"Effect": "Deny", "Action": "*"}), false),
            (json!({"Effect": "Allow", "NotAction": "iam:*"}), true),
            (json!({"Effect": "Allow", "NotAction": ["ecs:*"]}), false),
            (json!({}), false),
        ];
        for (statement, allowed) in cases {
            assert_eq!(may_allow(&json!({"Statement": statement}), "ecs:RunTask"), allowed, "{statement}");
        }
    }

    #[test]
    fn tells_one_resource_from_a_set() {
        let cases = [
            ("arn:aws:logs:eu-west-1:1:log-group:/ecs/web:*", Some("arn:aws:logs:eu-west-1:1:log-group:/ecs/web")),
            ("arn:aws:logs:eu-west-1:1:log-group:/ecs/web:log-stream:*", Some("arn:aws:logs:eu-west-1:1:log-group:/ecs/web")),
            ("arn:aws:logs:eu-west-1:1:log-group:/ecs/*", None),
            ("arn:aws:s3:::bucket/*", Some("arn:aws:s3:::bucket")),
            ("arn:aws:s3:::bucket-*", None),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:db-??????", Some("arn:aws:secretsmanager:eu-west-1:1:secret:db")),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:db-*", Some("arn:aws:secretsmanager:eu-west-1:1:secret:db")),
            ("arn:aws:secretsmanager:eu-west-1:1:secret:*", None),
            ("arn:aws:dynamodb:eu-west-1:1:table/orders", Some("arn:aws:dynamodb:eu-west-1:1:table/orders")),
            ("arn:aws:dynamodb:eu-west-1:1:table/orders/index/*", Some("arn:aws:dynamodb:eu-west-1:1:table/orders")),
            ("arn:aws:dynamodb:eu-west-1:1:table/*", None),
            ("arn:aws:sqs:eu-west-1:1:jobs", Some("arn:aws:sqs:eu-west-1:1:jobs")),
            ("arn:aws:iam::1:role/${aws:username}", None),
            ("*", None),
        ];
        for (pattern, id) in cases {
            assert_eq!(named_in_full(pattern).map(|reference| reference.id.to_string()).as_deref(), id, "{pattern}");
        }
    }
}
