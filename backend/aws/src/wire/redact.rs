//! Secrets in wire form: the same redactor as the collectors', before anything is written to a recording.

use blastmap_model::{
    Redactor, is_fingerprint, is_host_name, kinds::ecs_task_definition::is_plain_log_option,
};
use serde_json::Value;

use crate::{
    collect::{starts::only_roles, state_machines::only_run_tasks},
    policy,
};

/// Lists of texts that may hold secrets.
const LISTS: [&str; 2] = ["command", "entryPoint"];

/// Texts that are policy documents.
const POLICIES: [&str; 3] = ["Policy", "policyText", "ResourcePolicy"];

/// Fingerprints the values that never get past the crawler, wherever in an answer they stand, and cuts credentials out of the rest.
pub(super) fn json(value: &mut Value, redactor: &Redactor) {
    values(value, redactor);
    redactor.scrub_value(value);
}

fn values(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Object(members) => {
            let driver = members
                .get("logDriver")
                .and_then(Value::as_str)
                .map(str::to_owned);
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    list if LISTS.contains(&list) => fingerprint_all(member, redactor, &|_| true),
                    name if POLICIES.contains(&name) && member.is_string() => {
                        *member = policy_text(member.as_str().unwrap_or_default(), redactor).into();
                    }
                    // An address that is no ARN may hold anything.
                    "integrationUri" => {
                        if let Value::String(uri) = member
                            && !uri.starts_with("arn:")
                        {
                            *uri = redactor.fingerprint(uri);
                        }
                    }
                    "environment" => environment(member, redactor),
                    // What a rule or a schedule hands to its tasks.
                    "Input" => {
                        if let Value::String(input) = member {
                            *input = only_roles(input);
                        }
                    }
                    // Of a state machine, what it starts.
                    "definition" if member.is_string() => {
                        *member = only_run_tasks(member.as_str().unwrap_or_default()).into();
                    }
                    "dockerLabels" | "Variables" => fingerprint_all(member, redactor, &|_| true),
                    "options" => {
                        let driver = driver.as_deref();
                        let secret = |option: &str| !is_plain_log_option(driver, option);
                        fingerprint_all(member, redactor, &secret);
                    }
                    _ => values(member, redactor),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| values(value, redactor)),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A policy document as collectors keep it.
fn policy_text(text: &str, redactor: &Redactor) -> String {
    let mut document = policy::document(text, redactor);
    redactor.scrub_value(&mut document);
    document.to_string()
}

fn fingerprint_all(value: &mut Value, redactor: &Redactor, secret: &dyn Fn(&str) -> bool) {
    match value {
        Value::String(text) => *text = redactor.fingerprint(text),
        Value::Array(values) => {
            for value in values {
                fingerprint_all(value, redactor, secret);
            }
        }
        Value::Object(members) => {
            for (_, member) in members.iter_mut().filter(|(name, _)| secret(name)) {
                fingerprint_all(member, redactor, secret);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn environment(value: &mut Value, redactor: &Redactor) {
    for variable in value.as_array_mut().into_iter().flatten() {
        if let Some(Value::String(text)) = variable.get_mut("value") {
            *text = redactor.fingerprint(text);
        }
    }
}

/// Character data of an XML answer; `path` are the names of the elements around it.
pub(super) fn xml_text(path: &[String], text: &str, redactor: &Redactor) -> String {
    let name = path.last().map_or("", String::as_str);
    if name.eq_ignore_ascii_case("policyDocument")
        || name == "AssumeRolePolicyDocument"
        || name == "Document"
    {
        return policy_text(text, redactor);
    }
    // Where people are told: an address or a number, if it is nothing of AWS's.
    if name == "Endpoint" && !text.starts_with("arn:") && !text.trim().is_empty() {
        return redactor.fingerprint(text);
    }
    let header_or_query = path
        .iter()
        .any(|name| name == "HttpHeaderConfig" || name == "QueryStringConfig");
    if header_or_query && matches!(name, "member" | "Value") && !text.trim().is_empty() {
        return redactor.fingerprint(text);
    }
    // Of a DNS record nothing but another name, and addresses to compare.
    let of_record = path.iter().any(|name| name == "ResourceRecord");
    if of_record && name == "Value" && text.trim().parse::<std::net::Ipv4Addr>().is_ok() {
        return redactor.fingerprint(text.trim());
    }
    if of_record && name == "Value" && is_fingerprint(text.trim()) {
        return text.to_owned();
    }
    if of_record && name == "Value" && !is_host_name(text.trim()) {
        return String::new();
    }
    redactor.scrub(text).into_owned()
}
