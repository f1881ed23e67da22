//! The parts of a plan that are read.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Action;

/// A plan as `terraform show -json` prints it. Other parts, such as drift, are passed over.
#[derive(Deserialize)]
pub(super) struct Plan {
    pub(super) format_version: Option<Value>,
    #[serde(default)]
    pub(super) resource_changes: Option<Value>,
    #[serde(default)]
    pub(super) planned_values: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    pub(super) configuration: Value,
    #[serde(default)]
    pub(super) variables: Value,
}

/// One entry of `resource_changes`.
pub(super) struct Entry {
    pub(super) address: String,
    pub(super) type_name: String,
    pub(super) is_data: bool,
    pub(super) deposed: bool,
    pub(super) provider: String,
    pub(super) action: Action,
    /// The old object is let go of and stays.
    pub(super) forgets: bool,
    /// Replaced, and the old one goes before the new one comes.
    pub(super) deletes_first: bool,
    pub(super) before: Option<Map<String, Value>>,
    pub(super) after: Option<Map<String, Value>>,
    pub(super) unknown: Value,
    pub(super) before_sensitive: Value,
    pub(super) after_sensitive: Value,
}

impl Entry {
    /// None for what is no object at all.
    pub(super) fn read(value: Value) -> Option<Self> {
        let Value::Object(mut entry) = value else {
            return None;
        };
        let mut change = match entry.remove("change") {
            Some(Value::Object(change)) => change,
            _ => Map::new(),
        };
        let text = |name: &str| {
            entry
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let is_data = text("mode") == "data";
        let actions: Vec<&str> = change
            .get("actions")
            .and_then(Value::as_array)
            .map(|actions| actions.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let has = |name: &str| actions.contains(&name);
        let action = if is_data {
            Action::Read
        } else if has("create") && has("delete") {
            Action::Replace
        } else if has("create") {
            Action::Create
        } else if has("delete") {
            Action::Delete
        } else if has("update") {
            Action::Update
        } else if has("forget") {
            Action::Forget
        } else if has("read") {
            Action::Read
        } else {
            Action::NoOp
        };
        let forgets = has("forget");
        let deletes_first = action == Action::Replace && actions.first() == Some(&"delete");
        let address = text("address");
        let type_name = text("type");
        let provider = text("provider_name");
        let deposed = entry.get("deposed").is_some_and(|key| !key.is_null());
        let object = |value: Option<Value>| match value {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        Some(Self {
            address,
            type_name,
            is_data,
            deposed,
            provider,
            action,
            forgets,
            deletes_first,
            before: object(change.remove("before")),
            after: object(change.remove("after")),
            unknown: change.remove("after_unknown").unwrap_or_default(),
            before_sensitive: change.remove("before_sensitive").unwrap_or_default(),
            after_sensitive: change.remove("after_sensitive").unwrap_or_default(),
        })
    }

    /// True for the provider of AWS, from whatever registry it comes.
    pub(super) fn is_of_aws(&self) -> bool {
        let mut parts = self.provider.rsplit('/');
        let (name, namespace) = (parts.next(), parts.next());
        // Some writers leave the provider out.
        let known = name == Some("aws") && namespace.is_none_or(|owner| owner == "hashicorp");
        self.type_name.starts_with("aws_") && (known || self.provider.is_empty())
    }

    pub(super) fn makes_something(&self) -> bool {
        matches!(self.action, Action::Create | Action::Replace)
    }
}
