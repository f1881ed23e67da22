//! Traces of a program that was built with the feature `otlp`, as a collector gets them: `make test-otlp`.

#![expect(clippy::unwrap_used, reason = "what a test does not get fails it")]

mod collector;
#[path = "../it/program.rs"]
#[expect(dead_code, reason = "shared with the tests that need more of it")]
mod program;
#[path = "../it/server.rs"]
#[expect(dead_code, reason = "shared with the tests that need more of it")]
mod server;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use collector::{Collector, Span};
use program::Machine;
use server::Server;

/// What spans may say; a new attribute comes here only if it can hold no secret.
const ATTRIBUTES: [&str; 13] = [
    "aws.account",
    "aws.attempts",
    "aws.operation",
    "aws.region",
    "aws.service",
    "crawl.id",
    "graphql.operation",
    "http.method",
    "http.route",
    "http.status",
    "request.id",
    "snapshot.id",
    "target",
];

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

async fn serve(machine: &Machine, collector: &Collector, more: &[(&str, &str)]) -> Server {
    let mut command = machine.command(&["serve", "--listen", "127.0.0.1:0", "--demo"]);
    command
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        // What comes in time comes because a batch is full, or because the program ends.
        .env("OTEL_BSP_SCHEDULE_DELAY", "3600000")
        .env("OTEL_BSP_MAX_QUEUE_SIZE", "50000")
        .envs(more.iter().copied());
    Server::of(command).await
}

#[tokio::test]
async fn requests_and_crawls_are_traced_down_to_each_call_and_sent_before_the_end() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let server = serve(&machine, &collector, &[("OTEL_SERVICE_NAME", "the-estate")]).await;
    server.ready().await;
    let counted = "blastmap_crawls_total{outcome=\"succeeded\"} 1\n";
    server.says("/metrics", counted).await;
    let query = "query Named($id: ID!) { resource(id: $id) { id } }";
    let body = json!({ "query": query, "operationName": "Named", "variables": { "id": "a-name-that-is-asked-for" } });
    let answer = server
        .client
        .post(format!("{}/graphql?looked=for", server.url))
        .header("content-type", "application/json")
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .header("authorization", "Bearer what-nobody-may-see")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let ended = server.terminate().await;
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));

    let spans = collector.spans();
    let names: BTreeSet<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(
        names,
        BTreeSet::from(["aws.call", "crawl", "request", "scope"])
    );
    let by_id: BTreeMap<&str, &Span> = spans.iter().map(|span| (span.id.as_str(), span)).collect();

    let crawl = spans.iter().find(|span| span.name == "crawl").unwrap();
    assert!(crawl.attributes["crawl.id"].starts_with("crawl-"));
    assert!(crawl.attributes.contains_key("snapshot.id"), "{crawl:?}");
    let mut operations = BTreeSet::new();
    let within = |span: &&Span| span.name == "aws.call" && span.trace == crawl.trace;
    for call in spans.iter().filter(within) {
        operations.insert(call.attributes["aws.operation"].as_str());
        assert_eq!(call.attributes["aws.attempts"], "1", "{call:?}");
        // Those that find the accounts belong to no scope.
        let scope = by_id[call.parent.as_str()];
        let top = if scope.name == "scope" {
            by_id[scope.parent.as_str()]
        } else {
            scope
        };
        assert_eq!(top.id, crawl.id, "{call:?}");
    }
    assert!(
        operations.contains("ListClusters") && operations.len() > 30,
        "{operations:?}"
    );

    let of_request = |span: &&Span| span.attributes.get("request.id") == Some(&id);
    let request = spans.iter().find(of_request).unwrap();
    assert_eq!(
        (request.trace.as_str(), request.parent.as_str()),
        (TRACE, PARENT)
    );
    for (name, value) in [
        ("http.method", "POST"),
        ("http.route", "/graphql"),
        ("http.status", "200"),
        ("graphql.operation", "Named"),
    ] {
        assert_eq!(request.attributes[name], value, "{request:?}");
    }

    let attributes: BTreeSet<&str> = spans
        .iter()
        .flat_map(|span| span.attributes.keys())
        .map(String::as_str)
        .collect();
    assert!(
        attributes.is_subset(&BTreeSet::from(ATTRIBUTES)),
        "{attributes:?}"
    );
    let raw = collector.raw();
    for secret in [
        "what-nobody-may-see",
        "a-name-that-is-asked-for",
        "looked=for",
        "arn:aws:",
        "query Named",
    ] {
        assert!(!raw.contains(secret), "{secret}");
    }
    assert!(raw.contains("the-estate"));
}

#[tokio::test]
async fn the_standards_variables_turn_it_off() {
    let collector = Collector::start().await;
    let machine = Machine::new();
    let server = serve(
        &machine,
        &collector,
        &[("OTEL_TRACES_SAMPLER", "always_off")],
    )
    .await;
    server.ready().await;
    assert_eq!(server.terminate().await.status, Some(0));
    assert_eq!(collector.raw(), "");
}

#[tokio::test]
async fn a_collector_that_is_not_there_hinders_nothing_and_is_told_once() {
    let machine = Machine::new();
    let mut command = machine.command(&["serve", "--listen", "127.0.0.1:0", "--demo"]);
    command
        .env(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://127.0.0.1:1/v1/traces",
        )
        .env("OTEL_BSP_SCHEDULE_DELAY", "50");
    let server = Server::of(command).await;
    server.ready().await;
    for _ in 0..5 {
        server.get("/healthz").await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let ended = server.terminate().await;
    assert_eq!(ended.status, Some(0));
    let told = ended
        .stderr
        .matches("Traces cannot be sent, going on without")
        .count();
    assert_eq!(told, 1, "{}", ended.stderr);
}
