//! Values in the conditions of policies: what is no name of AWS's own may be a secret that two accounts share.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html>

use serde_json::Value;

use crate::Redactor;

/// Condition keys whose values are names of AWS's own, and not secrets. What else is compared, such as an external id,
/// stays as a fingerprint.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const PLAIN_KEYS: [&str; 35] = [
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:multifactorauthpresent",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:securetransport",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tagkeys",
    "aws:viaawsservice",
    "aws:vpcsourceip",
    "ecs:cluster",
    "elasticfilesystem:accessedviamounttarget",
    "elasticfilesystem:accesspointarn",
    "iam:passedtoservice",
    "kms:calleraccount",
    "kms:encryptioncontext:aws:logs:arn",
    "kms:encryptioncontext:parameter_arn",
    "kms:encryptioncontext:secretarn",
    "kms:grantisforawsresource",
    "kms:viaservice",
];

/// Tags are shown, so are conditions on them.
const PLAIN_BEGINNINGS: [&str; 6] = [
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "ecs:resourcetag/",
    "secretsmanager:resourcetag/",
    "ssm:resourcetag/",
];

/// Operators whose numbers, booleans, dates and networks are what they compare by, and not secrets.
const PLAIN_OPERATORS: [&str; 6] = [
    "bool",
    "null",
    "numeric",
    "date",
    "ipaddress",
    "notipaddress",
];

/// Puts fingerprints in the place of values of conditions in a policy document, but for those of keys that hold no secret. A value that is a
/// fingerprint already stays.
pub fn redact_policy_conditions(document: &mut Value, redactor: &Redactor) {
    for statements in elements(document, "Statement") {
        match statements {
            Value::Array(statements) => {
                for statement in statements {
                    redact_conditions_of(statement, redactor);
                }
            }
            one => redact_conditions_of(one, redactor),
        }
    }
}

/// Elements by their name: AWS accepts another case.
fn elements<'v>(value: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    let fields = value.as_object_mut().into_iter().flatten();
    fields
        .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn redact_conditions_of(statement: &mut Value, redactor: &Redactor) {
    let operators = elements(statement, "Condition").filter_map(Value::as_object_mut);
    for (operator, keys) in operators.flatten() {
        let operator = operator.to_ascii_lowercase();
        let (_, test) = operator.rsplit_once(':').unwrap_or(("", &operator));
        let texts_alone = PLAIN_OPERATORS.iter().any(|own| test.starts_with(own));
        for (key, values) in keys.as_object_mut().into_iter().flatten() {
            let key = key.to_ascii_lowercase();
            let plain = PLAIN_KEYS.contains(&key.as_str())
                || PLAIN_BEGINNINGS.iter().any(|own| key.starts_with(own));
            if !plain {
                hide(values, texts_alone, redactor);
            }
        }
    }
}

fn hide(value: &mut Value, texts_alone: bool, redactor: &Redactor) {
    match value {
        Value::String(text) => *text = redactor.fingerprint(text),
        Value::Number(_) | Value::Bool(_) if !texts_alone => {
            *value = Value::String(redactor.fingerprint(&value.to_string()));
        }
        Value::Array(values) => {
            for value in values {
                hide(value, texts_alone, redactor);
            }
        }
        Value::Object(fields) => {
            for (_, value) in fields {
                hide(value, texts_alone, redactor);
            }
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_count_in_any_case_and_numbers_as_texts_do() {
        let redactor = Redactor::new([7; 32]);
        let print = |text: &str| redactor.fingerprint(text);
        let mut document = json!({"statement": [{"condition": {
            "StringEquals": {"sts:ExternalId": ["hunter2", 4711, true], "aws:SourceAccount": 123_456_789_012_u64},
            "ForAnyValue:NumericLessThanIfExists": {"x:size": 10},
            "Bool": {"x:done": true},
            "Null": {"sts:ExternalId": false},
        }}]});
        redact_policy_conditions(&mut document, &redactor);
        let expected = json!({"statement": [{"condition": {
            "StringEquals": {"sts:ExternalId": [print("hunter2"), print("4711"), print("true")], "aws:SourceAccount": 123_456_789_012_u64},
            "ForAnyValue:NumericLessThanIfExists": {"x:size": 10},
            "Bool": {"x:done": true},
            "Null": {"sts:ExternalId": false},
        }}]});
        assert_eq!(document, expected);
    }
}
