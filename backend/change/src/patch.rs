//! Changes to facts: put together, taken apart, and shown.

use std::collections::BTreeSet;

use blastmap_model::{Redactor, ResourceKind};
use serde_json::{Map, Value};

use crate::{
    AttributeChange,
    redaction::{is_secret, plain, redact},
    shape::Shaped,
};

/// Longer texts than this are cut where a person reads them.
const LONGEST_SHOWN: usize = 2000;

/// Puts `patch` over `facts`: objects are merged, everything else takes the place of what was there, null takes it away.
///
/// <https://www.rfc-editor.org/rfc/rfc7386>
pub(crate) fn merge(facts: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *facts = patch;
        return;
    };
    if !facts.is_object() {
        *facts = Value::Object(Map::new());
    }
    let Value::Object(facts) = facts else { return };
    for (name, value) in patch {
        if value.is_null() {
            facts.remove(&name);
        } else {
            merge(facts.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// The patch that makes `after` of `before`.
pub(crate) fn difference(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Map<String, Value> {
    let mut patch = Map::new();
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(name), after.get(name)) {
            (one, other) if one == other => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                patch.insert(name.clone(), Value::Object(difference(before, after)));
            }
            (_, Some(after)) => {
                patch.insert(name.clone(), after.clone());
            }
            (_, None) => {
                patch.insert(name.clone(), Value::Null);
            }
        }
    }
    patch
}

/// An attribute as a person reads it: without secrets, not too long, and only if it changes.
pub(crate) fn shown(
    kind: Option<ResourceKind>,
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    unknown: bool,
    redactor: &Redactor,
) -> Vec<AttributeChange> {
    let own = plain(name);
    // What has a value of its own has nothing else to keep.
    let sensitive = is_secret(&own) || own == "value";
    let clean = |value: Option<&Value>| {
        let value = value.filter(|value| !value.is_null())?;
        // The rules of what is secret look at names: give them this one.
        let mut whole = Value::Object(Map::from_iter([(name.to_owned(), value.clone())]));
        redact(kind, &mut whole, redactor);
        match whole {
            Value::Object(mut whole) => whole.remove(name),
            _ => None,
        }
    };
    let (before, after) = (clean(before), clean(after));
    if before == after && !unknown {
        return Vec::new();
    }
    let change = AttributeChange {
        name: redactor.scrub(name).into_owned(),
        before,
        after,
        unknown,
        sensitive,
    };
    if sensitive {
        return vec![AttributeChange {
            before: None,
            after: None,
            ..change
        }];
    }
    let parts = by_container(&change).unwrap_or_else(|| vec![change]);
    parts
        .into_iter()
        .map(|part| AttributeChange {
            before: part.before.map(shorten),
            after: part.after.map(shorten),
            ..part
        })
        .collect()
}

/// A name that no fact has: it may hold anything, so its value is not shown.
pub(crate) fn strange(name: &str, redactor: &Redactor) -> AttributeChange {
    AttributeChange {
        name: redactor.scrub(name).into_owned(),
        sensitive: true,
        ..AttributeChange::default()
    }
}

/// Container definitions one by one, each with what changes of it alone.
fn by_container(change: &AttributeChange) -> Option<Vec<AttributeChange>> {
    if !change.name.eq_ignore_ascii_case("containerDefinitions") {
        return None;
    }
    let (before, after) = (
        named(change.before.as_ref())?,
        named(change.after.as_ref())?,
    );
    let names: BTreeSet<&String> = before.iter().chain(&after).map(|(name, _)| name).collect();
    let find = |list: &[(String, Map<String, Value>)], name: &str| {
        let mut own = list.iter().filter(|(own, _)| own == name);
        own.next().map(|(_, container)| container.clone())
    };
    let changes = names.into_iter().filter_map(|name| {
        let (mut before, mut after) = (find(&before, name), find(&after, name));
        if before == after {
            return None;
        }
        if let (Some(before), Some(after)) = (&mut before, &mut after) {
            let other = after.clone();
            after.retain(|field, value| before.get(field) != Some(value));
            before.retain(|field, value| other.get(field) != Some(value));
        }
        Some(AttributeChange {
            name: format!("{}.{name}", change.name),
            before: before.map(Value::Object),
            after: after.map(Value::Object),
            ..change.clone()
        })
    });
    Some(changes.collect())
}

fn named(list: Option<&Value>) -> Option<Vec<(String, Map<String, Value>)>> {
    let Some(list) = list else {
        return Some(Vec::new());
    };
    let containers = list.as_array()?.iter().map(|container| {
        let fields = container.as_object()?;
        let (_, name) = fields
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case("name"))?;
        Some((name.as_str()?.to_owned(), fields.clone()))
    });
    containers.collect()
}

fn shorten(value: Value) -> Value {
    let text = match &value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => value.to_string(),
        _ => return value,
    };
    if text.chars().count() <= LONGEST_SHOWN {
        return value;
    }
    let short: String = text.chars().take(LONGEST_SHOWN - 1).collect();
    Value::String(format!("{short}…"))
}

/// What of it is not judged, in words.
pub(crate) fn problems(kind: ResourceKind, shaped: &Shaped) -> Vec<String> {
    let strange = shaped.strange.iter().map(|name| {
        format!("attribute {name} of this {kind} is not known to blastmap: not judged")
    });
    let unfit = shaped
        .unfit
        .iter()
        .map(|(field, expected)| format!("attribute {field} should be {expected}: not judged"));
    strange.chain(unfit).collect()
}

/// As [`problems`], for formats that give whatever AWS knows: what blastmap does not judge of it is told in one line.
pub(crate) fn unjudged(kind: ResourceKind, shaped: &Shaped, harmless: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = shaped
        .strange
        .iter()
        .filter(|name| !harmless.iter().any(|own| own.eq_ignore_ascii_case(name)))
        .map(|name| (*name).clone())
        .collect();
    names.sort();
    let more = names.len().saturating_sub(MOST_NAMES);
    names.truncate(MOST_NAMES);
    let fits = Shaped {
        unfit: shaped.unfit.clone(),
        ..Shaped::default()
    };
    let mut lines = problems(kind, &fits);
    if !names.is_empty() {
        let names = names.join(", ");
        let more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        lines.push(format!("not judged: {names}{more}"));
    }
    lines
}

/// More names than these are counted, not told.
const MOST_NAMES: usize = 10;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_put_over_what_was_gives_what_is() {
        let cases = [
            (json!({"a": 1}), json!({"a": 2})),
            (
                json!({"a": {"b": 1, "c": [1]}}),
                json!({"a": {"c": [2], "d": {}}}),
            ),
            (json!({"a": 1, "b": 2}), json!({})),
            (json!({}), json!({"a": {"b": [{"c": 1}]}})),
            (json!({"a": [1]}), json!({"a": {"b": 1}})),
        ];
        for (before, after) in cases {
            let patch = difference(before.as_object().unwrap(), after.as_object().unwrap());
            let mut merged = before.clone();
            merge(&mut merged, Value::Object(patch));
            assert_eq!(merged, after, "{before}");
        }
    }

    #[test]
    fn containers_are_shown_one_by_one_without_what_stays() {
        let redactor = Redactor::new([7; 32]);
        let before =
            json!([{"name": "web", "image": "web:1", "cpu": 1}, {"name": "log", "image": "log:1"}]);
        let after = json!([{"name": "web", "image": "web:2", "cpu": 1, "environment": [{"name": "A", "value": "hunter2"}]}, {"name": "log", "image": "log:1"}]);
        let changes = shown(
            Some(ResourceKind::EcsTaskDefinition),
            "containerDefinitions",
            Some(&before),
            Some(&after),
            false,
            &redactor,
        );
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].name, "containerDefinitions.web");
        assert_eq!(changes[0].before, Some(json!({"image": "web:1"})));
        let print = redactor.fingerprint("hunter2");
        let expected = json!({"image": "web:2", "environment": [{"name": "A", "value": print}]});
        assert_eq!(changes[0].after, Some(expected));
    }
}
