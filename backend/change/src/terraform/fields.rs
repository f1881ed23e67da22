//! Attributes of Terraform as facts of AWS: tables of which becomes which.

use serde_json::{Map, Value, json};

use super::side;

/// One attribute, and the fact that it is.
pub(super) struct Field {
    /// Terraform's name.
    pub(super) from: &'static str,
    /// AWS's name, with dots between levels. Empty: the fields of the block lie where the block does.
    pub(super) to: &'static str,
    pub(super) shape: Shape,
}

/// How a value is written in the facts.
pub(super) enum Shape {
    /// Text; an empty one is as good as none.
    Text,
    Number,
    /// A number that AWS writes as text.
    NumberAsText,
    Flag,
    /// A flag that AWS writes in one of two words.
    Word(&'static str, &'static str),
    Texts,
    /// JSON that Terraform keeps as text.
    Document,
    /// A block that is there once at most.
    Block(&'static [Field]),
    Blocks(&'static [Field]),
    /// Each text of a list as an object with this one field.
    TextsIn(&'static str),
    Custom(fn(&Value) -> Value),
}

/// A row of a table.
pub(super) const fn field(from: &'static str, to: &'static str, shape: Shape) -> Field {
    Field { from, to, shape }
}

/// What is to be written into facts.
pub(super) struct Writing<'w> {
    /// None: everything is new.
    pub(super) before: Option<&'w Map<String, Value>>,
    pub(super) after: &'w Map<String, Value>,
    /// Terraform's marks of what only the apply will tell.
    pub(super) unknown: &'w Value,
}

impl Writing<'_> {
    /// True where this attribute becomes other than it was, or may.
    pub(super) fn changes(&self, name: &str) -> bool {
        let unknown = self.unknown.get(name).is_some_and(is_marked);
        let after = self.after.get(name).unwrap_or(&Value::Null);
        let Some(before) = self.before else {
            return unknown || !after.is_null();
        };
        unknown || before.get(name).unwrap_or(&Value::Null) != after
    }

    /// Writes what changes; returns the facts that are not known yet.
    pub(super) fn write(&self, fields: &[Field], facts: &mut Value) -> Vec<String> {
        let mut unknown = Vec::new();
        for field in fields.iter().filter(|field| self.changes(field.from)) {
            let mark = self.unknown.get(field.from).unwrap_or(&Value::Null);
            let value = self.after.get(field.from).unwrap_or(&Value::Null);
            if mark == &Value::Bool(true) {
                set(facts, field.to, Value::Null);
                unknown.push(field.to.to_owned());
                continue;
            }
            if let (true, Shape::Block(inner)) = (field.to.is_empty(), &field.shape) {
                let nothing = Map::new();
                let old = self.before.and_then(|before| before.get(field.from));
                let writing = Writing {
                    before: old.and_then(first_block),
                    after: first_block(value).unwrap_or(&nothing),
                    unknown: mark.get(0).unwrap_or(mark),
                };
                unknown.extend(writing.write(inner, facts));
                continue;
            }
            note_unknown(field, mark, &mut unknown);
            set(facts, field.to, field.shape.write(value));
        }
        unknown
    }
}

/// Facts inside a block that are not known yet; of several blocks, the whole list.
fn note_unknown(field: &Field, mark: &Value, unknown: &mut Vec<String>) {
    if !is_marked(mark) {
        return;
    }
    let Shape::Block(inner) = &field.shape else {
        if !field.to.is_empty() && shows(field, mark) {
            unknown.push(field.to.to_owned());
        }
        return;
    };
    let mark = mark.get(0).unwrap_or(mark);
    for own in *inner {
        let Some(mark) = mark.get(own.from) else {
            continue;
        };
        let to = [field.to, own.to];
        let to = to.into_iter().filter(|part| !part.is_empty());
        let path = to.collect::<Vec<_>>().join(".");
        if mark == &Value::Bool(true) {
            unknown.push(path);
        } else {
            let mut deeper = Vec::new();
            note_unknown(own, mark, &mut deeper);
            let prefix = if field.to.is_empty() {
                String::new()
            } else {
                format!("{}.", field.to)
            };
            unknown.extend(deeper.into_iter().map(|path| format!("{prefix}{path}")));
        }
    }
}

/// True where what is marked becomes a fact: an action's order does not matter to anybody.
fn shows(field: &Field, mark: &Value) -> bool {
    match (&field.shape, mark) {
        (Shape::Blocks(inner), Value::Array(marks)) => marks.iter().any(|mark| {
            inner
                .iter()
                .any(|own| mark.get(own.from).is_some_and(is_marked))
        }),
        _ => true,
    }
}

/// True where Terraform marks the value, or something inside it.
pub(super) fn is_marked(mark: &Value) -> bool {
    match mark {
        Value::Bool(marked) => *marked,
        Value::Array(marks) => marks.iter().any(is_marked),
        Value::Object(marks) => marks.values().any(is_marked),
        _ => false,
    }
}

impl Shape {
    fn write(&self, value: &Value) -> Value {
        let optional = |made: Option<Value>| made.unwrap_or(Value::Null);
        match self {
            Self::Text => optional(side::plain(value).map(|text| json!(text))),
            Self::Number => optional(side::number(value).map(Value::from)),
            Self::NumberAsText => optional(side::plain(value).map(|text| json!(text))),
            Self::Flag => optional(side::flag(value).map(Value::from)),
            Self::Word(yes, no) => {
                optional(side::flag(value).map(|flag| json!(if flag { yes } else { no })))
            }
            Self::Texts => json!(side::texts(value)),
            Self::Document => optional(side::document(value)),
            Self::Block(fields) => optional(first_block(value).map(|block| whole(fields, block))),
            Self::Blocks(fields) => {
                let blocks = match value {
                    Value::Array(blocks) => blocks.as_slice(),
                    other => std::slice::from_ref(other),
                };
                let blocks = blocks.iter().filter_map(Value::as_object);
                blocks.map(|block| whole(fields, block)).collect()
            }
            Self::TextsIn(name) => side::texts(value)
                .into_iter()
                .map(|text| json!({ *name: text }))
                .collect(),
            Self::Custom(write) => write(value),
        }
    }
}

/// All facts that a block says.
pub(super) fn whole(fields: &[Field], block: &Map<String, Value>) -> Value {
    let mut facts = json!({});
    let writing = Writing {
        before: None,
        after: block,
        unknown: &Value::Null,
    };
    writing.write(fields, &mut facts);
    facts
}

fn first_block(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Array(blocks) => blocks.first().and_then(Value::as_object),
        other => other.as_object(),
    }
}

/// Sets a fact at a dotted path; null takes it away.
pub(super) fn set(facts: &mut Value, path: &str, value: Value) {
    if !facts.is_object() {
        *facts = json!({});
    }
    let Some(object) = facts.as_object_mut() else {
        return;
    };
    match path.split_once('.') {
        Some((first, rest)) => {
            if value.is_null() && !object.contains_key(first) {
                return;
            }
            set(
                object.entry(first).or_insert_with(|| json!({})),
                rest,
                value,
            );
        }
        None if value.is_null() => {
            object.remove(path);
        }
        None => {
            object.insert(path.to_owned(), value);
        }
    }
}

/// A list of facts, made where it is not there.
pub(super) fn list<'f>(facts: &'f mut Value, name: &str) -> &'f mut Vec<Value> {
    if !facts.is_object() {
        *facts = json!({});
    }
    let slot = &mut facts[name];
    if !slot.is_array() {
        *slot = json!([]);
    }
    slot.as_array_mut().expect("it was made an array above")
}
