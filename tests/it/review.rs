//! `blastmap review`: the demo's plans in every format, exit statuses, and what cannot be reviewed.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::program::{Ended, Machine, within};

const FORMATS: [&str; 5] = ["text", "json", "markdown", "html", "sarif"];

fn plan(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("backend/cli/demo/plans")
        .join(format!("{name}.json"))
}

async fn review(machine: &Machine, file: &str, more: &[&str]) -> Ended {
    machine
        .run(&[&["review", file, "--demo"], more].concat())
        .await
}

/// The report on one of the demo's plans.
async fn report(name: &str, format: &str) -> String {
    let file = plan(name);
    let ended = review(
        &Machine::new(),
        file.to_str().unwrap(),
        &["--format", format],
    )
    .await;
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (Some(0), ""),
        "{name} {format}"
    );
    ended.stdout
}

/// The demo is crawled anew each time, so the snapshot's name and time differ.
fn without_times() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{8}T\d{6}Z-[0-9a-f]+", "[snapshot]");
    settings.add_filter(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "[time]");
    settings
}

#[tokio::test]
async fn a_plan_that_only_tidies_up_hits_nothing() {
    let text = report("safe", "text").await;
    assert!(
        text.starts_with("NONE  Nothing that runs, serves or starts is hit\n"),
        "{text}"
    );
    without_times().bind(|| insta::assert_snapshot!(text));
}

#[tokio::test]
async fn a_plan_that_looks_harmless_is_seen_through() {
    let text = report("subtle", "text").await;
    without_times().bind(|| insta::assert_snapshot!("subtle-text", text));
    let markdown = report("subtle", "markdown").await;
    without_times().bind(|| insta::assert_snapshot!("subtle-markdown", markdown));
}

#[tokio::test]
async fn a_plan_that_deletes_the_network_is_critical_and_fits_a_comment() {
    let text = report("disastrous", "text").await;
    assert!(text.starts_with("CRITICAL  "), "{text}");
    assert!(text.contains("103 deletes\n"), "{text}");
    let markdown = report("disastrous", "markdown").await;
    assert!(markdown.chars().count() < 60_000, "{}", markdown.len());
}

#[tokio::test]
async fn reports_for_programs_are_what_they_say() {
    for (name, level) in [
        ("safe", "NONE"),
        ("subtle", "CRITICAL"),
        ("disastrous", "CRITICAL"),
    ] {
        let assessment: Value = serde_json::from_str(&report(name, "json").await).unwrap();
        assert_eq!(assessment["risk"], level, "{name}");
        let sarif: Value = serde_json::from_str(&report(name, "sarif").await).unwrap();
        assert_eq!(sarif["version"], "2.1.0", "{name}");
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.is_empty(), level == "NONE", "{name}: {results:?}");
        let html = report(name, "html").await;
        assert!(html.to_lowercase().starts_with("<!doctype html>"), "{name}");
        assert!(!html.contains("<script"), "{name}");
    }
}

#[tokio::test]
async fn the_exit_status_is_3_from_the_level_on_that_it_shall_fail_on() {
    let machine = Machine::new();
    for (name, level, status) in [
        ("safe", "low", 0),
        ("subtle", "never", 0),
        ("subtle", "critical", 3),
        ("subtle", "low", 3),
    ] {
        let file = plan(name);
        let ended = review(&machine, file.to_str().unwrap(), &["--fail-on", level]).await;
        assert_eq!(
            ended.status,
            Some(status),
            "{name} {level}: {}",
            ended.stderr
        );
        assert!(
            ended.stdout.contains("The change as understood"),
            "{name} {level}"
        );
    }
    let file = plan("subtle");
    let arguments = ["review", file.to_str().unwrap(), "--demo"];
    let ended = machine
        .run_with(&[("BLASTMAP_FAIL_ON", "high")], &arguments)
        .await;
    assert_eq!(ended.status, Some(3));
    let ended = review(
        &machine,
        file.to_str().unwrap(),
        &["--fail-on", "sometimes"],
    )
    .await;
    assert!(ended.usage().contains("--fail-on"), "{ended:?}");
}

/// A plan whose names are older than the estate's.
#[tokio::test]
async fn an_address_is_mapped_by_hand() {
    let machine = Machine::new();
    let plan = json!({ "format_version": "1.2", "resource_changes": [{
        "address": "aws_ecs_service.own[\"a=b\"]", "mode": "managed", "type": "aws_ecs_service", "name": "own",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": { "actions": ["delete"], "before": { "id": "old", "name": "old" }, "after": null,
            "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {} },
    }] });
    machine.write("plan.json", plan.to_string().as_bytes());
    let ended = review(&machine, "plan.json", &[]).await;
    assert!(ended.stdout.contains("was not judged"), "{ended:?}");
    let map =
        "aws_ecs_service.own[\"a=b\"]=arn:aws:ecs:us-east-1:123456789012:service/prod/checkout";
    let ended = review(&machine, "plan.json", &["--map", map]).await;
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
    assert!(!ended.stdout.contains("was not judged"), "{ended:?}");
    assert!(
        ended.stdout.contains("service checkout, mapped by hand"),
        "{ended:?}"
    );

    let ended = review(
        &machine,
        "plan.json",
        &[
            "--map",
            "aws_ecs_service.x=arn:aws:ecs:us-east-1:123456789012:service/prod/checkout",
        ],
    )
    .await;
    assert!(ended.failure().contains("no such address"), "{ended:?}");
    let ended = review(
        &machine,
        "plan.json",
        &["--map", "aws_ecs_service.x=no-such-thing"],
    )
    .await;
    assert!(ended.failure().contains("no-such-thing"), "{ended:?}");
    let ended = review(&machine, "plan.json", &["--map", "checkout"]).await;
    assert!(ended.usage().contains("ADDRESS=ID"), "{ended:?}");
}

#[tokio::test]
async fn a_plan_comes_from_standard_input_and_a_report_goes_to_a_file() {
    let machine = Machine::new();
    let mut command = machine.command(&["review", "-", "--demo", "--out", "report.txt"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(&std::fs::read(plan("safe")).unwrap())
        .await
        .unwrap();
    drop(input);
    let output = within("a review", child.wait_with_output()).await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (output.stdout.as_slice(), output.stderr.as_slice()),
        (&b""[..], &b""[..])
    );
    let written = String::from_utf8(machine.read("report.txt")).unwrap();
    assert!(
        written.contains("Nothing that runs, serves or starts is hit"),
        "{written}"
    );
    assert!(!written.contains('\u{1b}'), "a file has no colours");
}

#[tokio::test]
async fn what_cannot_be_reviewed_is_told_in_one_line() {
    let machine = Machine::new();
    let whole = std::fs::read(plan("subtle")).unwrap();
    let cut_short = &whole[..whole.len() / 2];
    let cases: [(&str, &[u8], &str); 7] = [
        ("empty.json", b"", "empty"),
        ("cut-short.json", cut_short, "ends before its end"),
        ("plan.tfplan", b"PK\x03\x04\x14\x00\x08\x00", "terraform show -json"),
        (
            "terraform.tfstate",
            br#"{"version":4,"terraform_version":"1.13.5","serial":3,"lineage":"x","outputs":{},"resources":[]}"#,
            "state",
        ),
        (
            "main.tf",
            b"resource \"aws_vpc\" \"prod\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
            "terraform",
        ),
        ("words.txt", b"this is no JSON", "JSON"),
        ("other.json", br#"{"some":"thing"}"#, "JSON"),
    ];
    for (name, content, says) in cases {
        machine.write(name, content);
        let ended = review(&machine, name, &[]).await;
        let failure = ended.failure();
        assert!(failure.starts_with(name), "{name}: {failure}");
        assert!(failure.contains(says), "{name}: {failure}");
    }
    let ended = review(&machine, "not-there.json", &[]).await;
    assert!(
        ended.failure().starts_with("cannot read not-there.json"),
        "{ended:?}"
    );
    let ended = review(&machine, "empty.json", &["--out", "no/such/folder.txt"]).await;
    ended.failure();
}

/// A new definition for the cart, with secrets wherever a plan can hold them in the clear.
fn with_secrets() -> Value {
    let containers = json!([{
        "name": "cart", "essential": true, "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/checkout/cart:2026.11.3",
        "environment": [{ "name": "DATABASE_PASSWORD", "value": "planted-environment-value" }],
        "command": ["serve", "--password", "planted-command-argument"],
        "logConfiguration": { "logDriver": "splunk", "options": { "splunk-token": "planted-log-option" } },
    }]);
    let definition = |containers: &Value| {
        json!({
            "family": "cart", "container_definitions": containers.to_string(), "cpu": "512", "memory": "1024",
            "network_mode": "awsvpc", "requires_compatibilities": ["FARGATE"],
            "execution_role_arn": "arn:aws:iam::123456789012:role/platform/ecs-task-execution",
            "task_role_arn": "arn:aws:iam::123456789012:role/cart-task",
        })
    };
    let old = json!({
        "family": "cart", "arn": "arn:aws:ecs:us-east-1:123456789012:task-definition/cart:1", "revision": 1,
        "container_definitions": "[{\"name\":\"cart\",\"image\":\"x\",\"environment\":[{\"name\":\"A\",\"value\":\"planted-old-value\"}]}]",
    });
    let change = |type_name: &str,
                  actions: Value,
                  before: Value,
                  after: Value,
                  sensitive: Value| {
        json!({
            "address": format!("{type_name}.cart"), "mode": "managed", "type": type_name, "name": "cart",
            "provider_name": "terraform.example.com/hashicorp/aws",
            "change": { "actions": actions, "before": before, "after": after, "after_unknown": {},
                        "before_sensitive": sensitive, "after_sensitive": sensitive },
        })
    };
    let parameter = |value: &str| {
        json!({
            "arn": "arn:aws:ssm:us-east-1:123456789012:parameter/prod/checkout/cart-ttl", "name": "/prod/checkout/cart-ttl",
            "id": "/prod/checkout/cart-ttl", "type": "String", "value": value,
        })
    };
    let secret = |value: &str| json!({ "secret_id": "prod/checkout/session-signing", "secret_string": value });
    json!({
        "format_version": "1.2", "terraform_version": "1.13.5",
        "variables": { "password": { "value": "planted-variable" } },
        "planned_values": { "root_module": {} },
        "resource_changes": [
            change("aws_ecs_task_definition", json!(["delete", "create"]), old, definition(&containers), json!({})),
            change("aws_ssm_parameter", json!(["update"]), parameter("planted-old-value"), parameter("planted-parameter-value"), json!({ "value": true })),
            change("aws_secretsmanager_secret_version", json!(["create"]), Value::Null, secret("planted-secret-string"), json!({ "secret_string": true })),
            change("aws_db_instance", json!(["create"]), Value::Null, json!({ "password": "planted-password" }), json!({ "password": true })),
        ],
    })
}

#[tokio::test]
async fn no_secret_of_a_plan_is_in_a_report() {
    let machine = Machine::new();
    machine.write("secrets.json", with_secrets().to_string());
    for format in FORMATS {
        let ended = review(&machine, "secrets.json", &["--format", format]).await;
        assert_eq!(ended.status, Some(0), "{format}: {}", ended.stderr);
        assert!(ended.stdout.contains("cart"), "{format}");
        assert!(
            !ended.stdout.contains("planted"),
            "{format}: {}",
            ended.stdout
        );
        assert!(
            !ended.stderr.contains("planted"),
            "{format}: {}",
            ended.stderr
        );
    }
}

/// What a record leads to runs on, and nothing else says that nobody finds it any more.
#[tokio::test]
async fn a_name_that_leads_nowhere_any_more_is_told_and_texts_of_records_are_not() {
    let machine = Machine::new();
    let zone = "larkspur.example";
    let plan = json!({"format_version": "1.2", "resource_changes": [
        {"address": "aws_route53_record.partners", "type": "aws_route53_record", "name": "partners", "mode": "managed",
         "provider_name": "terraform.example.com/hashicorp/aws", "change": {"actions": ["delete"], "after": null, "before": {
            "zone_id": "Z", "name": format!("partners.{zone}"), "fqdn": format!("partners.{zone}"), "type": "A", "id": format!("Z_partners.{zone}_A")}}},
        {"address": "aws_route53_record.text", "type": "aws_route53_record", "name": "text", "mode": "managed",
         "provider_name": "terraform.example.com/hashicorp/aws", "change": {"actions": ["create"], "before": null, "after": {
            "zone_id": "Z", "name": zone, "type": "TXT", "ttl": 60, "records": ["planted-text-of-a-record"]}}},
    ]});
    // The certificate and the zone have one name: the answer gives both ids.
    let both = machine.run(&["radius", zone, "--demo"]).await.stderr;
    let id = both.split("hostedzone/").nth(1).unwrap();
    let id: String = id.chars().take_while(char::is_ascii_alphanumeric).collect();
    let file = machine.path("names.json");
    std::fs::write(
        &file,
        plan.to_string().replace("\"Z\"", &format!("\"{id}\"")),
    )
    .unwrap();
    let told = review(&machine, file.to_str().unwrap(), &["--format", "json"])
        .await
        .stdout;
    assert!(told.contains("name-leads-away"), "{told}");
    assert!(told.contains("no longer leads to partners"), "{told}");
    assert!(!told.contains("planted-text-of-a-record"), "{told}");
}
