//! Lines of the log say which request or crawl they are about.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    program::{Machine, within},
    recording,
    server::Server,
};

const LOG: [&str; 3] = ["--log-json", "--log", "warn,blastmap=debug"];

fn lines(said: &str) -> Vec<Value> {
    let lines = said.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// A field of the first span around a line that has it.
fn of_span<'l>(line: &'l Value, field: &str) -> Option<&'l str> {
    let spans = line["spans"].as_array()?;
    spans.iter().find_map(|span| span[field].as_str())
}

fn message(line: &Value) -> &str {
    line["fields"]["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn every_line_of_a_crawl_has_its_id_and_the_last_its_snapshot() {
    let machine = Machine::new();
    let server = Server::start(&machine, &[&["--demo"], &LOG[..]].concat()).await;
    let first = server.ready().await["snapshot"].clone();
    let crawled = "blastmap_crawls_total{outcome=\"succeeded\"} ";
    server.says("/metrics", &format!("{crawled}1\n")).await;
    let asked = server.query("mutation { crawl { id } }", json!({})).await;
    server.says("/metrics", &format!("{crawled}2\n")).await;
    let later = server.ready().await["snapshot"].clone();
    let ended = server.terminate().await;

    let all = lines(&ended.stderr);
    let crawls = all.iter().filter(|line| {
        let target = line["target"].as_str().unwrap_or_default();
        target.starts_with("blastmap_aws") || target == "blastmap::crawl_loop"
    });
    let crawls: Vec<&Value> = crawls.collect();
    let ids: BTreeSet<&str> = crawls
        .iter()
        .map(|line| of_span(line, "crawl.id").unwrap_or_else(|| panic!("no id: {line}")))
        .collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(crawls.len() > 200, "each call has a line: {}", crawls.len());
    let last = |id: &str| {
        let of_this = |line: &&&Value| of_span(line, "crawl.id") == Some(id);
        crawls.iter().rfind(of_this).copied().unwrap().clone()
    };
    let second = asked["crawl"]["id"].as_str().unwrap();
    let before = ids.iter().find(|id| **id != second).unwrap();
    for (id, snapshot) in [(*before, &first), (second, &later)] {
        let line = last(id);
        assert_eq!(message(&line), "The crawl ended, its snapshot is shown");
        assert_eq!(of_span(&line, "snapshot.id"), snapshot.as_str(), "{line}");
    }

    // Each call stands in its scope, and is named.
    let call = crawls
        .iter()
        .find(|line| message(line) == "Calling ecs:ListClusters");
    let call = call.unwrap_or_else(|| panic!("no call: {}", ended.stderr));
    let names: Vec<&str> = call["spans"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|span| span["name"].as_str())
        .collect();
    assert_eq!(names, ["crawl", "scope", "aws.call"], "{call}");
    assert_eq!(of_span(call, "aws.account"), Some("123456789012"));
    assert_eq!(
        (of_span(call, "aws.service"), of_span(call, "aws.operation")),
        (Some("ecs"), Some("ListClusters"))
    );
}

#[tokio::test]
async fn a_crawl_of_the_command_line_has_an_id_too() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let arguments = ["crawl", "--replay", recording::FOLDER, "--out", "own.jsonl"];
    let ended = machine.run(&[&arguments, &LOG[..]].concat()).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let all = lines(&ended.stderr);
    let ids: BTreeSet<Option<&str>> = all.iter().map(|line| of_span(line, "crawl.id")).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(ids.first().unwrap().is_some());
}

#[tokio::test]
async fn a_line_of_a_request_has_its_id_at_the_usual_level() {
    let machine = Machine::new();
    // A store that cannot be read: a file stands where the snapshots would.
    machine.write("store/snapshots", "");
    let folder = machine.path("store");
    let arguments = [
        "--no-crawl",
        "--log-json",
        "--store",
        folder.to_str().unwrap(),
    ];
    let server = Server::start(&machine, &arguments).await;
    let request = server
        .client
        .post(format!("{}/graphql", server.url))
        .header("content-type", "application/json")
        .body(json!({ "query": "{ snapshots { nodes { id } } }" }).to_string())
        .send();
    let answer = within("an answer", request).await.unwrap();
    let id = answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let ended = server.terminate().await;
    let failed = lines(&ended.stderr)
        .into_iter()
        .find(|line| message(line) == "The store failed")
        .unwrap_or_else(|| panic!("{}", ended.stderr));
    assert_eq!(
        of_span(&failed, "request.id"),
        Some(id.as_str()),
        "{failed}"
    );
}
