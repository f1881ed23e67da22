//! What a person sees of a change: attributes before and after, without secrets.

use std::collections::BTreeSet;

use blastmap_model::{Redactor, ResourceKind};
use serde_json::{Map, Value};

use super::{fields::is_marked, plan::Entry};
use crate::{
    Action, AttributeChange, containers,
    redaction::{self, is_environment, is_of_headers, plain, redact},
};

/// Longer values are shortened.
const LONGEST: usize = 2_000;

/// Attributes of which only the name is shown, whether Terraform marks them or not. The `value` in an `aws_ecs_cluster`'s setting is public.
fn is_secret(type_name: &str, name: &str) -> bool {
    let own = plain(name);
    redaction::is_secret(&own)
        || is_environment(&own)
        || is_of_headers(&own)
        || (own == "value" && type_name != "aws_ecs_cluster")
}

/// Values that say nothing of where requests go, and may say what nobody else should know: texts of DNS records, and addresses of
/// people and programs outside AWS that are subscribed to a topic.
fn is_text_for_others(entry: &Entry, name: &str) -> bool {
    let sides = [&entry.before, &entry.after];
    let says = |field: &str, plain: &[&str]| {
        let mut said = sides
            .iter()
            .filter_map(|side| side.as_ref()?.get(field)?.as_str());
        said.any(|value| !plain.contains(&value))
    };
    match (entry.type_name.as_str(), name) {
        ("aws_route53_record", "records") => says("type", &["A", "AAAA", "CNAME"]),
        ("aws_sns_topic_subscription", "endpoint") => says("protocol", &["sqs", "lambda"]),
        _ => false,
    }
}

/// Attributes that change, sorted by name.
pub(super) fn changes(
    entry: &Entry,
    kind: Option<ResourceKind>,
    redactor: &Redactor,
) -> Vec<AttributeChange> {
    if entry.action == Action::Delete {
        return deciding(entry);
    }
    if !entry.action.changes_something() {
        return Vec::new();
    }
    let (none, judged) = (Map::new(), entry.is_of_aws());
    let before = entry.before.as_ref().unwrap_or(&none);
    let after = entry.after.as_ref().unwrap_or(&none);
    let clean = |side: &Map<String, Value>| {
        let mut side = Value::Object(side.clone());
        redact(kind, &mut side, redactor);
        side
    };
    let (clean_before, clean_after) = (clean(before), clean(after));
    let mut showing = Showing {
        entry,
        redactor,
        judged,
        before: &clean_before,
        after: &clean_after,
        shown: Vec::new(),
    };
    for name in names(before, after, &entry.unknown) {
        showing.attribute(name, before, after);
    }
    showing
        .shown
        .sort_by(|one, other| one.name.cmp(&other.name));
    showing.shown
}

/// What decides whether AWS accepts a deletion: whether Terraform empties first what it deletes, and whose association ends.
fn deciding(entry: &Entry) -> Vec<AttributeChange> {
    let told = ["force_delete", "force_destroy", "subnet_id"].into_iter();
    let told = told.filter_map(|name| {
        let value = entry.before.as_ref()?.get(name)?;
        let decides = match name {
            "subnet_id" => entry.type_name == "aws_route_table_association" && value.is_string(),
            _ => *value == Value::Bool(true),
        };
        decides.then(|| AttributeChange {
            name: name.to_owned(),
            before: Some(value.clone()),
            ..AttributeChange::default()
        })
    });
    told.collect()
}

fn names<'v>(
    before: &'v Map<String, Value>,
    after: &'v Map<String, Value>,
    unknown: &'v Value,
) -> BTreeSet<&'v str> {
    let unknown = unknown.as_object().into_iter().flat_map(Map::keys);
    before
        .keys()
        .chain(after.keys())
        .chain(unknown)
        .map(String::as_str)
        .collect()
}

struct Showing<'s> {
    entry: &'s Entry,
    redactor: &'s Redactor,
    judged: bool,
    /// All attributes without secrets.
    before: &'s Value,
    after: &'s Value,
    shown: Vec<AttributeChange>,
}

impl<'s> Showing<'s> {
    fn attribute(&mut self, name: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        let mark = self.entry.unknown.get(name).unwrap_or(&Value::Null);
        let unknown = is_marked(mark);
        let (old, new) = (before.get(name), after.get(name));
        let (old, new) = (old.filter(is_said), new.filter(is_said));
        let creates = self.entry.before.is_none();
        // `tags_all` is `tags` and what the provider adds.
        let twice = name == "tags_all" && before.contains_key("tags") == after.contains_key("tags");
        if (old == new && !unknown) || (creates && new.is_none()) || twice {
            return;
        }
        let marks = [&self.entry.before_sensitive, &self.entry.after_sensitive];
        let sensitive = is_secret(&self.entry.type_name, name)
            || is_text_for_others(self.entry, name)
            || marks
                .iter()
                .any(|marks| is_marked(marks.get(name).unwrap_or(&Value::Null)) || **marks == true);
        let clean = (
            old.and_then(|_| self.before.get(name)),
            new.and_then(|_| self.after.get(name)),
        );
        if sensitive || !self.judged {
            self.push(name, None, None, unknown, sensitive);
        } else if name == "container_definitions" {
            self.containers(clean.0, clean.1, unknown);
        } else if let (Some(old), Some(new)) = (one_block(old), one_block(new)) {
            for inner in names(old, new, mark.get(0).unwrap_or(mark)) {
                let (one, other) = (old.get(inner), new.get(inner));
                let mark = mark.get(0).unwrap_or(mark).get(inner);
                let unknown = mark.is_some_and(is_marked);
                if one.filter(is_said) == other.filter(is_said) && !unknown {
                    continue;
                }
                let sensitive = is_secret(&self.entry.type_name, inner);
                let inside = |side: Option<&'s Value>| {
                    let block = one_block(side).filter(|_| !sensitive)?;
                    block.get(inner)
                };
                let (one, other) = (inside(clean.0), inside(clean.1));
                self.push(&format!("{name}.{inner}"), one, other, unknown, sensitive);
            }
        } else {
            self.push(name, clean.0, clean.1, unknown, false);
        }
    }

    /// Containers by name, each with what changes of it.
    fn containers(&mut self, old: Option<&Value>, new: Option<&Value>, unknown: bool) {
        let read = |value: Option<&Value>| {
            value
                .and_then(|value| containers::read(value, self.redactor))
                .map(|containers| containers::by_name(&containers))
                .unwrap_or_default()
        };
        let (old, new) = (read(old), read(new));
        if unknown && new.is_empty() {
            self.push("container_definitions", None, None, true, false);
            return;
        }
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            let (mut one, mut other) = (old.get(name).cloned(), new.get(name).cloned());
            if one == other {
                continue;
            }
            if let (Some(Value::Object(one)), Some(Value::Object(other))) = (&mut one, &mut other) {
                let same: Vec<String> = one
                    .iter()
                    .filter(|(field, value)| other.get(*field) == Some(value))
                    .map(|(field, _)| field.clone())
                    .collect();
                for field in same {
                    one.remove(&field);
                    other.remove(&field);
                }
            }
            let path = format!("container_definitions.{name}");
            self.push(&path, one.as_ref(), other.as_ref(), unknown, false);
        }
    }

    fn push(
        &mut self,
        name: &str,
        before: Option<&Value>,
        after: Option<&Value>,
        unknown: bool,
        sensitive: bool,
    ) {
        let shown = |value: &Value| shorten(value.clone());
        let (before, after) = (
            before.filter(|value| !value.is_null()).map(shown),
            after.filter(|value| !value.is_null()).map(shown),
        );
        let name = self.redactor.scrub(name).into_owned();
        self.shown.push(AttributeChange {
            name,
            before,
            after,
            unknown,
            sensitive,
        });
    }
}

/// False for what is as good as not set.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "it filters options of references"
)]
fn is_said(value: &&Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// The block, where there is exactly one.
fn one_block(value: Option<&Value>) -> Option<&Map<String, Value>> {
    match value? {
        Value::Array(blocks) if blocks.len() == 1 => blocks[0].as_object(),
        _ => None,
    }
}

/// No more than [`LONGEST`] characters.
pub(crate) fn shorten(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => value.to_string(),
        _ => return value,
    };
    if text.len() <= LONGEST || text.chars().count() <= LONGEST {
        return value;
    }
    let mut short: String = text.chars().take(LONGEST - 1).collect();
    short.push('…');
    Value::String(short)
}
