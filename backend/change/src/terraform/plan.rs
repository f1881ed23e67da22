//! The parts of a plan that are read.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

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
    /// Everything that Terraform manages or has looked up, before the change: only read where somebody asks for it.
    #[serde(default)]
    pub(super) prior_state: Option<Box<RawValue>>,
    /// False where the apply will leave part of the configuration for a later plan; plans of versions before 1.8 do not say.
    #[serde(default)]
    pub(super) complete: Value,
    #[serde(default)]
    pub(super) errored: Value,
    #[serde(default)]
    pub(super) deferred_changes: Value,
    /// When it was made; plans of versions before 1.5 do not say.
    #[serde(default)]
    pub(super) timestamp: Value,
}

impl Plan {
    /// What a plan says of itself that a reader of the answer must know.
    pub(super) fn notes(&self) -> Vec<String> {
        let deferred = self.deferred_changes.as_array().map_or(0, Vec::len);
        let mut notes = Vec::new();
        if self.errored == Value::Bool(true) {
            notes.push("planning ended with an error: the plan may lack changes".to_owned());
        }
        if deferred > 0 {
            let changes = if deferred == 1 { "change" } else { "changes" };
            notes.push(format!(
                "the plan leaves {deferred} {changes} for a later plan, which are not judged"
            ));
        } else if self.complete == Value::Bool(false) {
            notes.push(
                "the plan is not complete: a later plan will hold changes that are not judged"
                    .to_owned(),
            );
        }
        notes
    }

    pub(super) fn made_at(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(self.timestamp.as_str()?, &Rfc3339).ok()
    }
}

/// One entry of `resource_changes`.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of the plan's own"
)]
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
    /// None for what is no object at all, or says neither what of nor what is to be done.
    pub(super) fn read(value: Value) -> Option<Self> {
        let Value::Object(mut entry) = value else {
            return None;
        };
        if !entry.contains_key("change") && !entry.get("address").is_some_and(Value::is_string) {
            return None;
        }
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

    /// A resource of the prior state, which the plan leaves as it is.
    fn of_state(mut resource: Map<String, Value>) -> Option<Self> {
        let mut text = |name: &str| match resource.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        let (address, type_name) = (text("address"), text("type"));
        let (mode, provider) = (text("mode"), text("provider_name"));
        let is_data = mode == "data";
        let Some(Value::Object(values)) = resource.remove("values") else {
            return None;
        };
        let sensitive = resource.remove("sensitive_values").unwrap_or_default();
        Some(Self {
            address,
            type_name,
            is_data,
            deposed: resource
                .get("deposed_key")
                .is_some_and(|key| !key.is_null()),
            provider,
            action: if is_data { Action::Read } else { Action::NoOp },
            forgets: false,
            deletes_first: false,
            before: Some(values.clone()),
            after: Some(values),
            unknown: Value::Null,
            before_sensitive: sensitive.clone(),
            after_sensitive: sensitive,
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

/// Modules in modules deeper than this are left alone.
const DEEPEST: usize = 60;

/// The resources of a prior state, those of all modules, in its order. What is no state has none.
///
/// <https://developer.hashicorp.com/terraform/internals/json-format#values-representation>
pub(super) fn state(prior: &RawValue) -> Vec<Entry> {
    let mut found = Vec::new();
    let Ok(Value::Object(mut state)) = serde_json::from_str(prior.get()) else {
        return found;
    };
    if let Some(Value::Object(mut values)) = state.remove("values") {
        module(values.remove("root_module"), 0, &mut found);
    }
    found
}

fn module(own: Option<Value>, depth: usize, found: &mut Vec<Entry>) {
    let Some(Value::Object(mut own)) = own.filter(|_| depth <= DEEPEST) else {
        return;
    };
    let mut list = |name: &str| match own.remove(name) {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    };
    for resource in list("resources") {
        if let Value::Object(resource) = resource {
            found.extend(Entry::of_state(resource));
        }
    }
    for inner in list("child_modules") {
        module(Some(inner), depth + 1, found);
    }
}
