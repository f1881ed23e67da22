//! Container definitions as JSON that AWS's API takes: what of them becomes facts, with values fingerprinted as a crawl does.

use std::collections::BTreeMap;

use blastmap_model::{
    Redactor, ResourceKind,
    kinds::{self, ecs_task_definition::ContainerDefinition},
};
use serde_json::{Map, Value};

use crate::redaction::redact;

/// Reads a list of container definitions, given as JSON or as text of JSON. What is of a wrong type counts as not set.
pub fn read(value: &Value, redactor: &Redactor) -> Option<Vec<ContainerDefinition>> {
    let parsed;
    let list = match value {
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            parsed.as_array()?
        }
        other => other.as_array()?,
    };
    Some(list.iter().map(|own| container(own, redactor)).collect())
}

/// Facts of containers by their names.
pub(crate) fn by_name(containers: &[ContainerDefinition]) -> BTreeMap<String, Value> {
    containers
        .iter()
        .map(|container| (container.name.clone(), kinds::attributes(container)))
        .collect()
}

fn container(value: &Value, redactor: &Redactor) -> ContainerDefinition {
    let fields: Map<String, Value> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (first_small(name), tidy(name, value)))
            .collect(),
        _ => Map::new(),
    };
    let whole = serde_json::from_value(Value::Object(fields.clone()));
    let container: ContainerDefinition = whole.unwrap_or_else(|_shape| {
        // Field by field: one of a wrong type takes none of the others with it.
        let mut kept = Map::new();
        for (name, value) in fields {
            let mut alone = Map::new();
            alone.insert(name.clone(), value.clone());
            if serde_json::from_value::<ContainerDefinition>(Value::Object(alone)).is_ok() {
                kept.insert(name, value);
            }
        }
        serde_json::from_value(Value::Object(kept)).unwrap_or_default()
    });
    let mut facts = serde_json::to_value(container).unwrap_or_default();
    redact(Some(ResourceKind::EcsTaskDefinition), &mut facts, redactor);
    // Whatever has a shape keeps it: a text stays a text.
    serde_json::from_value(facts).unwrap_or_default()
}

/// `CloudFormation` and older modules write the first letter large.
fn first_small(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// Nulls go; numbers and flags that are written as text, or the other way round, become what AWS takes them for.
fn tidy(name: &str, value: &Value) -> Value {
    const NUMBERS: &[&str] = &[
        "cpu",
        "memory",
        "memoryReservation",
        "containerPort",
        "hostPort",
        "startTimeout",
        "stopTimeout",
        "interval",
        "timeout",
        "retries",
        "startPeriod",
        "restartAttemptPeriod",
    ];
    const TEXTS: &[&str] = &["value"];
    let small = first_small(name);
    match value {
        Value::String(text) if NUMBERS.contains(&small.as_str()) => text
            .trim()
            .parse::<i32>()
            .map_or_else(|_not_a_number| value.clone(), Value::from),
        Value::String(text) if text == "true" || text == "false" => {
            let flags = [
                "essential",
                "privileged",
                "readonlyRootFilesystem",
                "readOnly",
                "enabled",
            ];
            if flags.contains(&small.as_str()) {
                Value::Bool(text == "true")
            } else {
                value.clone()
            }
        }
        Value::Number(number) if NUMBERS.contains(&small.as_str()) => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0);
            match whole {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "it is whole; what does not fit is refused later"
                )]
                Some(number) => Value::from(number as i64),
                None => value.clone(),
            }
        }
        Value::Number(_) | Value::Bool(_) if TEXTS.contains(&small.as_str()) => {
            Value::String(value.to_string())
        }
        Value::Array(values) => values
            .iter()
            .filter(|value| !value.is_null())
            .map(|value| tidy("", value))
            .collect(),
        Value::Object(fields) => {
            // Keys of these are the user's own.
            let own_keys = matches!(small.as_str(), "dockerLabels" | "options");
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| {
                    if own_keys {
                        let value = match value {
                            Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
                            other => other.clone(),
                        };
                        (key.clone(), value)
                    } else {
                        (first_small(key), tidy(key, value))
                    }
                })
                .collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_fingerprints_and_names_stay() {
        let redactor = Redactor::new([7; 32]);
        let text = json!([{
            "name": "web", "image": "web:1", "cpu": "256", "memory": 512.0, "essential": "true", "stopTimeout": null,
            "environment": [{"name": "A", "value": "swordfish"}, {"name": "B", "value": 3}],
            "command": ["--password", "swordfish"],
            "secrets": [{"name": "S", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/s"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "tag": "swordfish"}},
        }])
        .to_string();
        let containers = read(&Value::String(text), &redactor).unwrap();
        let web = &containers[0];
        assert_eq!(
            (web.cpu, web.memory, web.essential),
            (256, Some(512), Some(true))
        );
        assert_eq!(web.environment[0].value, redactor.fingerprint("swordfish"));
        assert_eq!(web.environment[1].value, redactor.fingerprint("3"));
        let log = web.log_configuration.as_ref().unwrap();
        assert_eq!(log.options["awslogs-group"], "/ecs/web");
        assert!(!format!("{containers:?}").contains("swordfish"));
    }

    #[test]
    fn a_wrong_type_takes_nothing_else_with_it() {
        let redactor = Redactor::new([7; 32]);
        let value = json!([{"name": "web", "image": ["x"], "cpu": 99_999_999_999_i64, "portMappings": "8080", "memory": 64}, "text", null]);
        let containers = read(&value, &redactor).unwrap();
        assert_eq!(containers.len(), 3);
        assert_eq!(
            (
                containers[0].name.as_str(),
                containers[0].memory,
                containers[0].cpu
            ),
            ("web", Some(64), 0)
        );
        assert!(read(&json!("not json"), &redactor).is_none());
    }
}
