//! What a reviewer ties by hand: an entry that leads to nothing by itself is the resource that they name.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{
    mapping::{Id, Mapping},
    plan::Entry,
    reader::Tied,
    side::Side,
};
use crate::{Lookup, Match, Workbench, mapped::Mapped};

/// Ties them, and lets the rest of the plan name them as the estate does.
pub(super) fn tie(
    entries: &mut [Entry],
    tied: &mut [Tied],
    mapped: &Mapped<'_>,
    workbench: &Workbench<'_>,
) {
    if mapped.is_empty() {
        return;
    }
    let mut names = HashMap::new();
    for (entry, tied) in entries.iter().zip(tied) {
        let resource = mapped.of(&entry.address).filter(|_| !entry.is_data);
        let (Some(resource), Some(Mapping::Whole(whole))) = (resource, tied.mapping) else {
            continue;
        };
        if entry.deposed || matches!(tied.found, Lookup::One(_)) {
            continue;
        }
        tied.found = Lookup::One(resource.id.clone());
        tied.matched = Match::Matched;
        tied.resource = Some(resource.id.clone());
        let (Some(before), Some(own)) = (&entry.before, workbench.own(&resource.id)) else {
            continue;
        };
        let side = Side(before);
        let mut stands_for = |old: Option<&str>, new: &str| {
            if let Some(old) = old.filter(|old| *old != new) {
                names.insert(old.to_owned(), new.to_owned());
            }
        };
        stands_for(side.text("arn"), own.as_str());
        match whole.id {
            Id::Arn => stands_for(side.text("id"), own.as_str()),
            Id::Last => stands_for(side.text("id"), own.last_part()),
            // A name may be that of many things.
            Id::Name | Id::None => {}
        }
    }
    if names.is_empty() {
        return;
    }
    for entry in entries {
        for side in [&mut entry.before, &mut entry.after].into_iter().flatten() {
            rename_in(side, &names);
        }
    }
}

fn rename_in(fields: &mut Map<String, Value>, names: &HashMap<String, String>) {
    for value in fields.values_mut() {
        rename(value, names);
    }
}

fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = names.get(text) {
                text.clone_from(new);
            }
        }
        Value::Array(values) => {
            for value in values {
                rename(value, names);
            }
        }
        Value::Object(fields) => rename_in(fields, names),
        _ => {}
    }
}
