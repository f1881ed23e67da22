//! A policy document, read once into typed statements.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    condition::Condition,
    principal::Principals,
    wildcard::{Pattern, Wildcards},
};

/// The version of the policy language.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Without policy variables; what a document without a version has.
    V2008,
    V2012,
}

/// Why a document, or a statement of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("the policy document is not JSON")]
    NotJson,
    #[error("the policy document is redacted")]
    Redacted,
    #[error("the policy document is not an object with statements")]
    NotAPolicy,
    #[error("the policy document's version is not one that AWS knows")]
    Version,
    #[error("the statement is not an object")]
    NotAStatement,
    #[error("the statement's {0} is missing or not what AWS documents")]
    Element(&'static str),
    #[error("the statement has an element that AWS does not document")]
    UnknownElement,
    #[error("the statement has both {0} and Not{0}, or neither")]
    OneOfTwo(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// An element, or its Not form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Either<T> {
    These(T),
    AllBut(T),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) effect: Effect,
    /// Resource-based policies have one, others none.
    pub(super) principal: Option<Either<Principals>>,
    pub(super) action: Either<Vec<Pattern>>,
    /// Trust policies and repository policies have none: they mean what they are attached to.
    pub(super) resource: Option<Either<Vec<Pattern>>>,
    pub(super) conditions: Vec<Condition>,
}

/// A statement under the name by which reasons call it: its Sid, or its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    /// A statement that cannot be read leaves the others standing: their Deny still counts.
    pub(super) statement: Result<Statement, DocumentError>,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub(super) statements: Vec<Named>,
}

impl Document {
    /// Reads a document as AWS reports it, or as a text that holds it.
    pub fn parse(value: &Value) -> Result<Self, DocumentError> {
        let value = document_value(value)?;
        let document = value.as_object().ok_or(DocumentError::NotAPolicy)?;
        let version = match element(document, "Version") {
            None => Version::V2008,
            Some(version) => match version.as_str() {
                Some("2008-10-17") => Version::V2008,
                Some("2012-10-17") => Version::V2012,
                _ => return Err(DocumentError::Version),
            },
        };
        let statements = element(document, "Statement").ok_or(DocumentError::NotAPolicy)?;
        if !statements.is_object() && !statements.is_array() {
            return Err(DocumentError::NotAPolicy);
        }
        let statements = one_or_many(statements)
            .enumerate()
            .map(|(index, statement)| {
                let sid = statement
                    .as_object()
                    .and_then(|statement| element(statement, "Sid"))
                    .and_then(Value::as_str);
                let name = match sid {
                    Some(sid) if !sid.is_empty() => sid.to_owned(),
                    _ => format!("[{index}]"),
                };
                Named {
                    name,
                    statement: statement_of(statement, version),
                }
            })
            .collect();
        Ok(Self { statements })
    }
}

/// A document that may be a text holding JSON, as plans have it.
pub fn document_value(value: &Value) -> Result<Cow<'_, Value>, DocumentError> {
    match value {
        Value::String(text)
            if super::wildcard::holds_fingerprint(text) && !text.trim_start().starts_with('{') =>
        {
            Err(DocumentError::Redacted)
        }
        Value::String(text) => serde_json::from_str(text)
            .map(Cow::Owned)
            .map_err(|_malformed| DocumentError::NotJson),
        value => Ok(Cow::Borrowed(value)),
    }
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

fn statement_of(value: &Value, version: Version) -> Result<Statement, DocumentError> {
    let statement = value.as_object().ok_or(DocumentError::NotAStatement)?;
    // A misspelt Condition must not be a statement without one.
    if statement.keys().any(|key| {
        !ELEMENTS
            .iter()
            .any(|element| element.eq_ignore_ascii_case(key))
    }) {
        return Err(DocumentError::UnknownElement);
    }
    let effect = match element(statement, "Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(DocumentError::Element("Effect")),
    };
    // Actions know no variables.
    let actions = |value: &Value| patterns(value, "Action", Version::V2008);
    let resources = |value: &Value| patterns(value, "Resource", version);
    let action = either(statement, "Action", "NotAction", actions)?
        .ok_or(DocumentError::OneOfTwo("Action"))?;
    let conditions = match element(statement, "Condition") {
        None => Vec::new(),
        Some(value) => conditions_of(value, version)?,
    };
    Ok(Statement {
        effect,
        principal: either(statement, "Principal", "NotPrincipal", Principals::parse)?,
        action,
        resource: either(statement, "Resource", "NotResource", resources)?,
        conditions,
    })
}

fn conditions_of(value: &Value, version: Version) -> Result<Vec<Condition>, DocumentError> {
    let malformed = DocumentError::Element("Condition");
    let mut conditions = Vec::new();
    for (operator, keys) in value.as_object().ok_or(malformed.clone())? {
        for (key, values) in keys.as_object().ok_or(malformed.clone())? {
            let values = one_or_many(values)
                .map(scalar)
                .collect::<Option<Vec<_>>>()
                .ok_or(malformed.clone())?;
            conditions.push(Condition::new(operator, key, values, version));
        }
    }
    Ok(conditions)
}

/// An element by its name; AWS accepts another case. Null is as if it were not there.
fn element<'v>(map: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let found = map.get(name).or_else(|| {
        map.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    });
    found.filter(|value| !value.is_null())
}

fn either<T>(
    statement: &Map<String, Value>,
    name: &'static str,
    not_name: &str,
    read: impl Fn(&Value) -> Result<T, DocumentError>,
) -> Result<Option<Either<T>>, DocumentError> {
    match (element(statement, name), element(statement, not_name)) {
        (Some(_), Some(_)) => Err(DocumentError::OneOfTwo(name)),
        (Some(these), None) => read(these).map(|these| Some(Either::These(these))),
        (None, Some(these)) => read(these).map(|these| Some(Either::AllBut(these))),
        (None, None) => Ok(None),
    }
}

fn patterns(
    value: &Value,
    name: &'static str,
    version: Version,
) -> Result<Vec<Pattern>, DocumentError> {
    let text = |value: &Value| match value {
        // Actions are compared in lower case.
        Value::String(text) if name == "Action" => Some(Pattern::new(
            &text.to_ascii_lowercase(),
            Wildcards::Mean,
            version,
        )),
        Value::String(text) => Some(Pattern::new(text, Wildcards::Mean, version)),
        _ => None,
    };
    one_or_many(value)
        .map(text)
        .collect::<Option<_>>()
        .ok_or(DocumentError::Element(name))
}

/// AWS allows a single value wherever a list may stand.
pub(crate) fn one_or_many(value: &Value) -> impl Iterator<Item = &Value> {
    let many = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let one = (!value.is_array()).then_some(value);
    one.into_iter().chain(many)
}

/// Booleans and numbers may stand without quotes.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
