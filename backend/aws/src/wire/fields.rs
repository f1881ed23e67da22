//! What of an answer a recording keeps: only the fields that a collector reads.

use std::collections::HashSet;

use quick_xml::{
    Reader, Writer,
    events::{BytesText, Event},
};
use serde_json::Value;

use super::redact;
use crate::collect;
use blastmap_model::Redactor;

/// Names that AWS's XML protocols use for structure.
/// <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>
const STRUCTURE: [&str; 6] = [
    "member",
    "item",
    "entry",
    "key",
    "value",
    "ResponseMetadata",
];

/// An answer, reduced to what collectors read and free of secrets. An answer of an action that no collector
/// makes is dropped whole.
pub(super) fn reduce(action: &str, status: u16, body: &[u8], redactor: &Redactor) -> String {
    // CBOR has no text of its own: it is written down as JSON.
    let as_json = super::cbor::to_json(body)
        .filter(Value::is_object)
        .map(|value| value.to_string());
    let Some(text) = as_json
        .as_deref()
        .or_else(|| std::str::from_utf8(body).ok())
    else {
        return String::new();
    };
    if status >= 400 {
        return redactor.scrub(text).into_owned();
    }
    let Some(fields) = collect::reads(action) else {
        return String::new();
    };
    let fields: HashSet<&str> = fields.iter().copied().collect();
    if text.trim_start().starts_with('<') {
        reduce_xml(text, &fields, redactor).unwrap_or_default()
    } else {
        let Ok(mut value) = serde_json::from_str(text) else {
            return String::new();
        };
        reduce_json(&mut value, &fields, false);
        redact::json(&mut value, redactor);
        value.to_string()
    }
}

/// Maps whose keys are names that people give, not fields.
const FREE_MAPS: [&str; 5] = [
    "Variables",
    "options",
    "dockerLabels",
    "SecretVersionsToStages",
    "secretVersionsToStages",
];

fn reduce_json(value: &mut Value, fields: &HashSet<&str>, free: bool) {
    match value {
        Value::Object(members) => {
            if !free {
                members
                    .retain(|name, _| fields.contains(name.as_str()) || name == super::cbor::TIME);
            }
            for (name, member) in members.iter_mut() {
                reduce_json(member, fields, FREE_MAPS.contains(&name.as_str()));
            }
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| reduce_json(value, fields, false)),
        _ => {}
    }
}

fn reduce_xml(text: &str, fields: &HashSet<&str>, redactor: &Redactor) -> Option<String> {
    let (mut reader, mut writer) = (Reader::from_str(text), Writer::new(Vec::new()));
    let mut path: Vec<String> = Vec::new();
    // Character data may come in several events around entities: it is gathered, and written at the next element.
    let mut pending = String::new();
    loop {
        let event = reader.read_event().ok()?;
        if !matches!(
            event,
            Event::Text(_) | Event::GeneralRef(_) | Event::CData(_)
        ) && !pending.is_empty()
        {
            let clean = redact::xml_text(&path, &pending, redactor);
            writer
                .write_event(Event::Text(BytesText::new(&clean)))
                .ok()?;
            pending.clear();
        }
        match event {
            Event::Start(start) => {
                let name = String::from_utf8_lossy(start.local_name().as_ref()).into_owned();
                let structural = path.is_empty()
                    || STRUCTURE.contains(&name.as_str())
                    || name.ends_with("Result");
                if structural || fields.contains(name.as_str()) {
                    writer.write_event(Event::Start(start)).ok()?;
                    path.push(name);
                } else {
                    reader.read_to_end(start.name()).ok()?;
                }
            }
            Event::End(end) => {
                path.pop();
                writer.write_event(Event::End(end)).ok()?;
            }
            Event::Empty(empty) => {
                let name = String::from_utf8_lossy(empty.local_name().as_ref()).into_owned();
                if fields.contains(name.as_str()) {
                    writer.write_event(Event::Empty(empty)).ok()?;
                }
            }
            Event::Text(part) => pending.push_str(&part.decode().ok()?),
            Event::CData(part) => pending.push_str(&part.decode().ok()?),
            Event::GeneralRef(entity) => pending.push_str(&resolve(&entity)?),
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    String::from_utf8(writer.into_inner()).ok()
}

/// `&amp;` and its like, and characters by number; AWS declares no entities of its own.
fn resolve(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return Some(character.to_string());
    }
    let name = entity.decode().ok()?;
    quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)
}
