//! What Terraform marks as sensitive never becomes a fact.

use serde_json::{Map, Value};

use super::plan::Entry;

/// Takes marked values out of both sides of a change. One that changes is from then on as if only the apply told it.
pub(super) fn remove(entry: &mut Entry) {
    let marks = [&entry.before_sensitive, &entry.after_sensitive].map(Clone::clone);
    for mark in &marks {
        let before = entry.before.as_mut();
        let after = entry.after.as_mut();
        match (before, after) {
            (Some(before), Some(after)) => both(mark, before, after, &mut entry.unknown),
            (Some(before), None) => one(mark, before),
            (None, Some(after)) => both(mark, &mut Map::new(), after, &mut entry.unknown),
            (None, None) => {}
        }
    }
}

fn one(mark: &Value, side: &mut Map<String, Value>) {
    both(mark, side, &mut Map::new(), &mut Value::Null);
}

fn both(
    mark: &Value,
    before: &mut Map<String, Value>,
    after: &mut Map<String, Value>,
    unknown: &mut Value,
) {
    match mark {
        Value::Bool(true) => {
            before.clear();
            for name in after.keys() {
                note(unknown, name);
            }
            after.clear();
        }
        Value::Object(marks) => {
            for (name, mark) in marks {
                // Of these, all that may be a secret becomes a fingerprint.
                if name == "container_definitions" || !super::fields::is_marked(mark) {
                    continue;
                }
                let (old, new) = (before.get_mut(name), after.get_mut(name));
                let same = old.as_deref() == new.as_deref();
                if mark != &Value::Bool(true)
                    && let Some(inner) = inside(mark)
                    && let Some(new) = new.and_then(block)
                {
                    let mut nothing = Map::new();
                    let old = old.and_then(block).unwrap_or(&mut nothing);
                    let mut own = Value::Object(Map::new());
                    both(inner, old, new, &mut own);
                    if super::fields::is_marked(&own) {
                        merge(unknown, name, own);
                    }
                    continue;
                }
                before.remove(name);
                let had = after.remove(name).is_some_and(|value| !value.is_null());
                if !same && had {
                    note(unknown, name);
                }
            }
        }
        _ => {}
    }
}

/// The marks of a block that is there once.
fn inside(mark: &Value) -> Option<&Value> {
    match mark {
        Value::Array(marks) if marks.len() == 1 => marks.first().filter(|own| own.is_object()),
        Value::Object(_) => Some(mark),
        _ => None,
    }
}

fn block(value: &mut Value) -> Option<&mut Map<String, Value>> {
    match value {
        Value::Array(blocks) if blocks.len() == 1 => blocks[0].as_object_mut(),
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn note(unknown: &mut Value, name: &str) {
    if !unknown.is_object() {
        *unknown = Value::Object(Map::new());
    }
    unknown[name] = Value::Bool(true);
}

fn merge(unknown: &mut Value, name: &str, own: Value) {
    if !unknown.is_object() {
        *unknown = Value::Object(Map::new());
    }
    let slot = unknown.get(name);
    let mut marks = match slot {
        Some(Value::Array(marks)) if marks.len() == 1 => marks[0].clone(),
        Some(Value::Object(_)) => slot.cloned().unwrap_or_default(),
        _ => Value::Object(Map::new()),
    };
    if let (Value::Object(marks), Value::Object(own)) = (&mut marks, own) {
        marks.extend(own);
    }
    unknown[name] = Value::Array(vec![marks]);
}
