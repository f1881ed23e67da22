//! The attributes of one resource, before or after: read as far as they go, whatever their types.

use std::borrow::Cow;

use serde_json::{Map, Value};

pub(super) use crate::policies::document;

/// Attributes as Terraform names them. A wrong type reads as if the attribute were not set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'v>(pub(super) &'v Map<String, Value>);

impl<'v> Side<'v> {
    /// The value; none where it is not set.
    pub(super) fn get(self, name: &str) -> Option<&'v Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Text that is not empty.
    pub(super) fn text(self, name: &str) -> Option<&'v str> {
        text(self.get(name)?)
    }

    /// Text, or a number or flag as text.
    pub(super) fn plain(self, name: &str) -> Option<Cow<'v, str>> {
        plain(self.get(name)?)
    }

    pub(super) fn number(self, name: &str) -> Option<i32> {
        number(self.get(name)?)
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        flag(self.get(name)?)
    }

    /// The texts of a list or set.
    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.get(name).map(texts).unwrap_or_default()
    }

    /// The first block of this name, or the object.
    pub(super) fn block(self, name: &str) -> Option<Self> {
        self.blocks(name).into_iter().next()
    }

    /// All blocks of this name.
    pub(super) fn blocks(self, name: &str) -> Vec<Self> {
        match self.get(name) {
            Some(Value::Array(blocks)) => blocks
                .iter()
                .filter_map(Value::as_object)
                .map(Self)
                .collect(),
            Some(Value::Object(block)) => vec![Self(block)],
            _ => Vec::new(),
        }
    }

    /// A policy document, which Terraform keeps as text.
    pub(super) fn document(self, name: &str) -> Option<Value> {
        document(self.get(name)?)
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    value.as_str().filter(|text| !text.is_empty())
}

pub(super) fn plain(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) if !text.is_empty() => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Owned(flag.to_string())),
        _ => None,
    }
}

/// Numbers that do not fit are as good as none.
pub(super) fn number(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .and_then(|number| i32::try_from(number).ok())
            .or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Some writers put `80.0` for 80.
fn whole(number: f64) -> Option<i32> {
    let fits = number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole and within bounds"
    )]
    fits.then_some(number as i32)
}

pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values
            .iter()
            .filter_map(plain)
            .map(Cow::into_owned)
            .collect(),
        other => plain(other).map(Cow::into_owned).into_iter().collect(),
    }
}
