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

/// Puts fingerprints in the place of values of conditions in a policy document, but for those of keys that hold no secret. A value that is a
/// fingerprint already stays.
pub fn redact_policy_conditions(document: &mut Value, redactor: &Redactor) {
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().collect(),
        Some(one) => vec![one],
        None => return,
    };
    let operators = statements
        .into_iter()
        .filter_map(|statement| statement.get_mut("Condition")?.as_object_mut());
    for (key, values) in operators
        .flatten()
        .filter_map(|(_, keys)| keys.as_object_mut())
        .flatten()
    {
        let key = key.to_ascii_lowercase();
        if PLAIN_KEYS.contains(&key.as_str())
            || PLAIN_BEGINNINGS
                .iter()
                .any(|beginning| key.starts_with(beginning))
        {
            continue;
        }
        match values {
            Value::String(text) => *text = redactor.fingerprint(text),
            Value::Array(values) => {
                for value in values {
                    if let Value::String(text) = value {
                        *text = redactor.fingerprint(text);
                    }
                }
            }
            _ => {}
        }
    }
}
