//! Secrets of a change stop here, as those of a crawl do where facts are described: values of environments, commands, labels and the
//! like become fingerprints, in whatever case a format writes their names. Equal values stay equal to those that a crawl saw.

use blastmap_model::{Redactor, ResourceKind, kinds::ecs_task_definition::is_plain_log_option};
use serde_json::{Map, Value};

/// Puts fingerprints in the place of what is or may be secret in facts or properties of a kind.
pub(crate) fn redact(kind: Option<ResourceKind>, value: &mut Value, redactor: &Redactor) {
    walk(kind, value, redactor);
    crate::policies::redact(value, redactor);
    redactor.scrub_value(value);
}

fn walk(kind: Option<ResourceKind>, value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(values) => {
            for value in values {
                walk(kind, value, redactor);
            }
        }
        Value::Object(fields) => {
            let driver = log_driver(fields);
            if kind == Some(ResourceKind::ListenerRule) {
                conditions(fields, redactor);
            }
            for (name, value) in fields {
                match name.to_ascii_lowercase().as_str() {
                    "environment" => environment(value, redactor),
                    "command" | "entrypoint" | "dockerlabels" | "driveropts" | "userdata"
                    | "headervalue" => {
                        hide(value, redactor);
                    }
                    "options" => options(value, driver.as_deref(), redactor),
                    // The name of a parameter's value, of a target's input and of an override is a plain one.
                    "value" if kind == Some(ResourceKind::SsmParameter) => hide(value, redactor),
                    "input" | "inputtemplate" | "containeroverrides"
                        if matches!(
                            kind,
                            Some(ResourceKind::EventRule | ResourceKind::Schedule)
                        ) =>
                    {
                        hide(value, redactor);
                    }
                    name if is_secret_name(name) => hide(value, redactor),
                    _ => walk(kind, value, redactor),
                }
            }
        }
        _ => {}
    }
}

/// True for names of fields that hold a secret itself, in lower case. Names that hold where a secret is (`secretOptions`, `secretArn`) do not.
pub(crate) fn is_secret_name(name: &str) -> bool {
    matches!(
        name,
        "secretstring"
            | "secretbinary"
            | "clientsecret"
            | "secretaccesskey"
            | "privatekey"
            | "authtoken"
            | "sharedsecret"
            | "token"
    ) || name.ends_with("password")
}

/// Every text, number and boolean inside becomes a fingerprint.
fn hide(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, redactor)),
        Value::Object(fields) => fields.values_mut().for_each(|value| hide(value, redactor)),
        Value::String(text) => *text = redactor.fingerprint(text),
        Value::Number(_) | Value::Bool(_) => {
            *value = Value::String(redactor.fingerprint(&value.to_string()));
        }
        Value::Null => {}
    }
}

/// Names of variables stay, in a list of names and values as in an object.
fn environment(value: &mut Value, redactor: &Redactor) {
    let Value::Array(variables) = value else {
        return hide(value, redactor);
    };
    for variable in variables {
        let Value::Object(fields) = variable else {
            hide(variable, redactor);
            continue;
        };
        for (name, value) in fields {
            if !name.eq_ignore_ascii_case("name") {
                hide(value, redactor);
            }
        }
    }
}

/// The log driver whose fields these are: of some, options say where logs go.
fn log_driver(fields: &Map<String, Value>) -> Option<String> {
    let mut fields = fields.iter();
    let (_, driver) = fields.find(|(name, _)| name.eq_ignore_ascii_case("logDriver"))?;
    driver.as_str().map(str::to_owned)
}

fn options(value: &mut Value, driver: Option<&str>, redactor: &Redactor) {
    let Value::Object(options) = value else {
        return hide(value, redactor);
    };
    for (name, value) in options {
        if !is_plain_log_option(driver, name) {
            hide(value, redactor);
        }
    }
}

/// Headers and queries may carry a shared secret by which a balancer knows who asks.
fn conditions(fields: &mut Map<String, Value>, redactor: &Redactor) {
    let of_header = fields.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("field") && (value == "http-header" || value == "query-string")
    });
    for (name, value) in fields {
        let own = match name.to_ascii_lowercase().as_str() {
            "values" if of_header => Some(value),
            "httpheaderconfig" | "querystringconfig" => value.as_object_mut().and_then(|config| {
                let mut members = config.iter_mut();
                members
                    .find(|(name, _)| name.eq_ignore_ascii_case("values"))
                    .map(|(_, values)| values)
            }),
            _ => None,
        };
        for value in own.and_then(Value::as_array_mut).into_iter().flatten() {
            match value {
                // The key of a query's pair is no secret.
                Value::Object(pair) => {
                    for (name, value) in pair {
                        if name.eq_ignore_ascii_case("value") {
                            hide(value, redactor);
                        }
                    }
                }
                _ => hide(value, redactor),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_become_fingerprints_in_any_case() {
        let redactor = Redactor::new([7; 32]);
        let print = |text: &str| redactor.fingerprint(text);
        let cases = [
            (
                ResourceKind::EcsTaskDefinition,
                json!({"containerDefinitions": [{
                    "environment": [{"name": "DB", "value": "hunter2"}],
                    "command": ["run", "--token=x"],
                    "entryPoint": ["sh"],
                    "dockerLabels": {"a": "b"},
                    "healthCheck": {"command": ["CMD"], "interval": 5},
                    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "other": "x"}},
                    "secrets": [{"name": "KEY", "valueFrom": "/prod/key"}],
                }]}),
                json!({"containerDefinitions": [{
                    "environment": [{"name": "DB", "value": print("hunter2")}],
                    "command": [print("run"), print("--token=x")],
                    "entryPoint": [print("sh")],
                    "dockerLabels": {"a": print("b")},
                    "healthCheck": {"command": [print("CMD")], "interval": 5},
                    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "other": print("x")}},
                    "secrets": [{"name": "KEY", "valueFrom": "/prod/key"}],
                }]}),
            ),
            (
                ResourceKind::EcsTaskDefinition,
                json!({"ContainerDefinitions": [{
                    "Environment": [{"Name": "PORT", "Value": 80}],
                    "LogConfiguration": {"LogDriver": "splunk", "Options": {"splunk-token": "x"}},
                    "FirelensConfiguration": {"Type": "fluentbit", "Options": {"config": "x", "config-file-type": "s3"}},
                }, {
                    "LogConfiguration": {"LogDriver": "awsfirelens", "Options": {"Name": "firehose", "delivery_stream": "logs", "apikey": "x"}},
                }]}),
                json!({"ContainerDefinitions": [{
                    "Environment": [{"Name": "PORT", "Value": print("80")}],
                    "LogConfiguration": {"LogDriver": "splunk", "Options": {"splunk-token": print("x")}},
                    "FirelensConfiguration": {"Type": "fluentbit", "Options": {"config": print("x"), "config-file-type": "s3"}},
                }, {
                    "LogConfiguration": {"LogDriver": "awsfirelens", "Options": {"Name": "firehose", "delivery_stream": "logs", "apikey": print("x")}},
                }]}),
            ),
            (
                ResourceKind::SsmParameter,
                json!({"Name": "/prod/db", "Value": "hunter2"}),
                json!({"Name": "/prod/db", "Value": print("hunter2")}),
            ),
            (
                ResourceKind::Secret,
                json!({"SecretString": "hunter2", "Name": "db"}),
                json!({"SecretString": print("hunter2"), "Name": "db"}),
            ),
            (
                ResourceKind::ListenerRule,
                json!({"Conditions": [
                    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-From", "Values": ["hunter2"]}},
                    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": "hunter2"}]}},
                    {"Field": "path-pattern", "Values": ["/a"]},
                ]}),
                json!({"Conditions": [
                    {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-From", "Values": [print("hunter2")]}},
                    {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "k", "Value": print("hunter2")}]}},
                    {"Field": "path-pattern", "Values": ["/a"]},
                ]}),
            ),
        ];
        for (kind, mut value, expected) in cases {
            redact(Some(kind), &mut value, &redactor);
            assert_eq!(value, expected, "{kind}");
            redact(Some(kind), &mut value, &redactor);
            assert_eq!(value, expected, "twice: {kind}");
        }
    }

    #[test]
    fn credentials_are_cut_out_of_anything() {
        let redactor = Redactor::new([7; 32]);
        let mut value = json!({"Description": "postgres://app:hunter2@db/app"});
        redact(None, &mut value, &redactor);
        assert!(!value.to_string().contains("hunter2"), "{value}");
    }
}
