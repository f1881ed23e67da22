//! Secrets of a change stop here, as those of a crawl do where facts are described: values of environments, commands, labels and the
//! like become fingerprints, in whatever case a format writes their names. Equal values stay equal to those that a crawl saw.

use std::net::IpAddr;

use blastmap_model::{
    Redactor, ResourceKind, is_host_name, kinds::ecs_task_definition::is_plain_log_option,
};
use serde_json::{Map, Value};

use crate::shape::KNOWN_AFTER_APPLY;

/// Names of fields that hold a secret itself or what people hand to programs, as [`plain`] writes them. Names that hold where a secret is
/// (`secretOptions`, `secretArn`) do not. The page has the same words in `web/src/data/secrets.ts`.
const SECRET: &str = "command entrypoint dockerlabels driveropts userdata userdatabase64 input inputtemplate inputtransformer containeroverrides definition definitionstring definitionsubstitutions defaultarguments nonoverridablearguments secretstring secretstringwo secretbinary clientsecret secretaccesskey secretkey privatekey keymaterialbase64 authtoken accesstoken oauthtoken sharedsecret token basicauthcredentials apikeyvalue valuewo insecurevalue beforevalue aftervalue headervalue searchstring requestparameters responseparameters headerparameters querystringparameters bodyparameters httpparameters invocationhttpparameters";

/// Puts fingerprints in the place of what is or may be secret in facts or properties of a kind.
pub(crate) fn redact(kind: Option<ResourceKind>, value: &mut Value, redactor: &Redactor) {
    walk(kind, value, redactor);
    crate::policies::redact(value, redactor);
    redactor.scrub_value(value);
}

/// `SecretString`, `secret_string` and `--secret-string` are one.
pub(crate) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !matches!(letter, '_' | '-'));
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// True for plain names of fields that hold secrets.
pub(crate) fn is_secret(plain: &str) -> bool {
    SECRET.split(' ').any(|own| own == plain) || plain.ends_with("password")
}

/// True for plain names of fields that hold variables by their names.
pub(crate) fn is_environment(plain: &str) -> bool {
    matches!(plain, "environment" | "variables" | "stagevariables")
        || plain.ends_with("environmentvariables")
}

/// True for plain names of fields whose `value` or `values` a header or a query has: it may be a secret by which a balancer or an origin
/// knows who asks.
pub(crate) fn is_of_headers(plain: &str) -> bool {
    matches!(
        plain,
        "httpheader"
            | "httpheaderconfig"
            | "querystring"
            | "querystringconfig"
            | "customheader"
            | "insertheader"
            | "insertheaders"
    )
}

/// True for types that are not AWS's own: what their attributes mean nobody knows here.
pub(crate) fn is_foreign(cloudformation_type: &str) -> bool {
    !cloudformation_type.starts_with("AWS::")
        || cloudformation_type == "AWS::CloudFormation::CustomResource"
}

/// Changes JSON that is written as text.
pub(crate) fn in_text(text: &mut String, change: impl FnOnce(&mut Value)) {
    if !text.trim_start().starts_with(['{', '[']) {
        return;
    }
    let Ok(was) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut is = was.clone();
    change(&mut is);
    if is != was {
        *text = is.to_string();
    }
}

fn walk(kind: Option<ResourceKind>, value: &mut Value, redactor: &Redactor) {
    match value {
        Value::String(text) => in_text(text, |inner| walk(kind, inner, redactor)),
        Value::Array(values) => {
            for value in values {
                walk(kind, value, redactor);
            }
        }
        Value::Object(fields) => {
            let around = Around::of(kind, fields);
            for (name, value) in fields {
                match plain(name).as_str() {
                    // A tag may have any name.
                    "tags" | "tagsall" => {}
                    name if is_environment(name) => environment(value, redactor),
                    name if is_of_headers(name) => of_headers(value, redactor),
                    name if is_secret(name) => hide(value, redactor),
                    "options" if !value.is_array() => {
                        options(value, around.driver.as_deref(), redactor);
                    }
                    "values" if around.of_headers => of_header(value, redactor),
                    // The name of a parameter's value and of a setting's is a plain one.
                    "value" if around.of_value => hide(value, redactor),
                    "endpoint" if around.of_subscription && !is_arn(value) => hide(value, redactor),
                    "records" | "resourcerecords" => records(value, &around, redactor),
                    _ => walk(kind, value, redactor),
                }
            }
        }
        _ => {}
    }
}

/// What the fields of an object say of each other.
#[derive(Default)]
struct Around {
    /// The log driver: of some, options say where logs go.
    driver: Option<String>,
    /// Of a record: what it holds.
    of_type: Option<String>,
    of_headers: bool,
    of_subscription: bool,
    of_value: bool,
}

impl Around {
    fn of(kind: Option<ResourceKind>, fields: &Map<String, Value>) -> Self {
        let mut around = Self {
            of_value: kind == Some(ResourceKind::SsmParameter),
            ..Self::default()
        };
        for (name, value) in fields {
            let Some(text) = value.as_str() else { continue };
            match plain(name).as_str() {
                "logdriver" => around.driver = Some(text.to_owned()),
                "type" => around.of_type = Some(text.to_owned()),
                "field" => around.of_headers = matches!(text, "http-header" | "query-string"),
                "protocol" => around.of_subscription = true,
                // Elastic Beanstalk's.
                "namespace" => around.of_value |= text.starts_with("aws:"),
                _ => {}
            }
        }
        around
    }
}

/// Every text, number and boolean inside becomes a fingerprint; what only the change itself will tell stays unknown.
fn hide(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, redactor)),
        Value::Object(fields) => fields.values_mut().for_each(|value| hide(value, redactor)),
        Value::String(text) if text.contains(KNOWN_AFTER_APPLY) => {
            KNOWN_AFTER_APPLY.clone_into(text);
        }
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

/// Of headers and queries, wherever in it these stand.
fn of_headers(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| of_headers(value, redactor)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if matches!(plain(name).as_str(), "value" | "values") {
                    of_header(value, redactor);
                }
            }
        }
        _ => {}
    }
}

/// The key of a query's pair is no secret.
fn of_header(value: &mut Value, redactor: &Redactor) {
    match value {
        Value::Array(values) => {
            for value in values {
                if value.is_object() {
                    of_headers(value, redactor);
                } else {
                    hide(value, redactor);
                }
            }
        }
        _ => hide(value, redactor),
    }
}

/// Of a DNS record other names stay; addresses become what they are in facts, and what else it holds is for others.
fn records(value: &mut Value, around: &Around, redactor: &Redactor) {
    match value {
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| records(value, around, redactor)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| records(value, around, redactor)),
        Value::String(name)
            if around.of_type.as_deref().is_none_or(|own| own == "CNAME")
                && is_host_name(name.trim())
                && name.trim().parse::<IpAddr>().is_err() => {}
        _ => hide(value, redactor),
    }
}

fn is_arn(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("arn:"))
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
    fn the_page_knows_the_same_words() {
        let page = include_str!("../../../web/src/data/secrets.ts");
        assert!(page.contains(&format!("\"{SECRET}\"")));
    }

    #[test]
    fn credentials_are_cut_out_of_anything() {
        let redactor = Redactor::new([7; 32]);
        let mut value = json!({"Description": "postgres://app:hunter2@db/app"});
        redact(None, &mut value, &redactor);
        assert!(!value.to_string().contains("hunter2"), "{value}");
    }
}
