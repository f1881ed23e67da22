//! What of an answer a recording keeps: only the fields that a collector reads.

use std::collections::HashSet;

use quick_xml::{
    Reader, Writer,
    events::{BytesText, Event},
};
use serde_json::Value;

use super::redact;
use crate::{collect, error::shown};
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
        return reduce_error(text);
    }
    let Some(fields) = collect::reads(action) else {
        return String::new();
    };
    let fields: HashSet<&str> = fields.iter().copied().collect();
    if text.trim_start().starts_with('<') {
        let clean = |path: &[String], text: &str| redact::xml_text(path, text, redactor);
        reduce_xml(text, &fields, &clean).unwrap_or_default()
    } else {
        let Ok(mut value) = serde_json::from_str(text) else {
            return String::new();
        };
        reduce_json(&mut value, &fields, false);
        redact::json(&mut value, redactor);
        value.to_string()
    }
}

/// What errors say of themselves in AWS's protocols, in lower case.
const OF_ERRORS: [&str; 5] = ["__type", "code", "errorcode", "type", "message"];

/// Code and message, as logs have them: a message may repeat what was asked.
fn reduce_error(text: &str) -> String {
    if text.trim_start().starts_with('<') {
        let fields = HashSet::from(["Errors", "Error", "Code", "Message", "Type"]);
        return reduce_xml(text, &fields, &|_, text| shown(text)).unwrap_or_default();
    }
    let Ok(Value::Object(mut said)) = serde_json::from_str(text) else {
        return String::new();
    };
    said.retain(|name, value| {
        value.is_string() && OF_ERRORS.contains(&name.to_ascii_lowercase().as_str())
    });
    for (_, value) in &mut said {
        *value = shown(value.as_str().unwrap_or_default()).into();
    }
    Value::Object(said).to_string()
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

fn reduce_xml(
    text: &str,
    fields: &HashSet<&str>,
    clean: &dyn Fn(&[String], &str) -> String,
) -> Option<String> {
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
            writer
                .write_event(Event::Text(BytesText::new(&clean(&path, &pending))))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reduced(action: &str, status: u16, body: &str) -> String {
        reduce(action, status, body.as_bytes(), &Redactor::new([7; 32]))
    }

    #[test]
    fn of_an_error_code_and_message_are_kept_without_credentials() {
        let url = "https://app:hunter2@example.com";
        let long = format!("{}{url}", "x".repeat(480));
        for body in [
            json!({"__type": "X#Failed", "message": long, "resource": "hunter2"}).to_string(),
            json!({"Code": "Failed", "Message": long, "details": [{"message": "hunter2"}]})
                .to_string(),
            format!(
                "<ErrorResponse><Error><Code>Failed</Code><Message>{long}</Message><Detail>hunter2</Detail></Error></ErrorResponse>"
            ),
        ] {
            let kept = reduced("ecs:ListClusters", 400, &body);
            assert!(!kept.contains("hunter"), "{kept}");
            assert!(kept.contains("Failed") && kept.contains("xxx"), "{kept}");
            assert!(kept.len() < 700, "{kept}");
        }
        assert_eq!(reduced("ecs:ListClusters", 502, "hunter2"), "");
    }

    #[test]
    fn credentials_are_cut_out_of_what_else_is_kept() {
        let url = "https://app:hunter2@example.com";
        let policy = json!({"Statement": [{"Sid": url, "Effect": "Allow"}]}).to_string();
        let definition = json!({"taskDefinition": {"containerDefinitions": [{
            "environment": [{"name": url, "value": "x"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": url}},
        }]}});
        let function = json!({"Functions": [{"Environment": {"Variables": {url: "x"}}}]});
        for (action, body) in [
            ("ecs:DescribeTaskDefinition", definition.to_string()),
            ("lambda:ListFunctions", function.to_string()),
            ("kms:GetKeyPolicy", json!({ "Policy": policy }).to_string()),
            (
                "iam:GetRolePolicy",
                format!(
                    "<GetRolePolicyResponse><GetRolePolicyResult><PolicyDocument>{}</PolicyDocument></GetRolePolicyResult></GetRolePolicyResponse>",
                    quick_xml::escape::escape(&policy)
                ),
            ),
        ] {
            let kept = reduced(action, 200, &body);
            assert!(!kept.contains("hunter2"), "{kept}");
            assert!(kept.contains("fingerprint:"), "{action}: {kept}");
        }
    }

    #[test]
    fn of_an_integration_only_an_arn_is_kept() {
        let body = json!({"items": [{"integrationUri": "https://example.com/?key=hunter2"}, {"integrationUri": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/1/2"}]});
        let kept = reduced("apigateway:GET", 200, &body.to_string());
        assert!(
            !kept.contains("hunter2") && kept.contains("listener/app/web"),
            "{kept}"
        );
    }
}
