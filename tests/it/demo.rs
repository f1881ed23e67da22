//! `serve --demo`: the whole path from recorded answers to page, API and files, without AWS.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

use crate::{
    program::{Machine, within},
    server::Server,
};

const CHECKOUT: &str = "arn:aws:ecs:us-east-1:123456789012:service/prod/checkout";
const KEY_THAT_MAY_NOT_BE_READ: &str =
    "arn:aws:kms:us-east-1:123456789012:key/aa110f83-ddea-4df5-8c24-228c213262d7";

async fn demo(machine: &Machine) -> (Server, Value) {
    let server = Server::start(machine, &["--demo"]).await;
    let ready = server.ready().await;
    (server, ready)
}

#[tokio::test]
async fn the_demo_is_ready_with_its_age_and_a_page() {
    let (server, ready) = demo(&Machine::new()).await;
    assert_eq!(
        (&ready["ready"], &ready["stale"]),
        (&json!(true), &json!(false))
    );
    assert!(ready["ageSeconds"].as_u64().unwrap() < 120, "{ready}");
    assert_eq!(server.text("/healthz").await, "ok\n");
    // The page, or what stands for it in a build without one.
    let page = server.get("/").await;
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(html.to_lowercase().starts_with("<!doctype html>"), "{html}");
    assert!(html.contains("blastmap"), "{html}");
    // The graph is there a moment before its crawl is counted.
    let counted = "blastmap_crawls_total{outcome=\"succeeded\"} 1\n";
    server.says("/metrics", counted).await;
}

#[tokio::test]
async fn the_demo_has_a_history_and_leaves_nothing_behind() {
    let machine = Machine::new();
    let (server, ready) = demo(&machine).await;
    let first = ready["snapshot"].clone();
    let crawled = |times: u32| format!("blastmap_crawls_total{{outcome=\"succeeded\"}} {times}\n");
    server.says("/metrics", &crawled(1)).await;
    server.query("mutation { crawl { id } }", json!({})).await;
    server.says("/metrics", &crawled(2)).await;
    let query = "{ snapshots { nodes { id changes { since added removed changed } } } }";
    let listed = server.query(query, json!({})).await["snapshots"]["nodes"].clone();
    let changes = json!({ "since": first, "added": 0, "removed": 0, "changed": 0 });
    assert_eq!(listed[0]["changes"], changes);
    assert_eq!(listed[1], json!({ "id": first, "changes": null }));
    let query =
        "query($from: ID!, $to: ID!) { diff(from: $from, to: $to) { addedCount from { id } } }";
    let variables = json!({ "from": first, "to": listed[0]["id"] });
    let diff = server.query(query, variables).await;
    assert_eq!(
        diff["diff"],
        json!({ "addedCount": 0, "from": { "id": first } })
    );
    let query = "query($id: ID!) { resourceHistory(id: $id) { snapshots entries { event } } }";
    let history = server.query(query, json!({ "id": CHECKOUT })).await;
    assert_eq!(
        history["resourceHistory"],
        json!({ "snapshots": 2, "entries": [{ "event": "FIRST_KNOWN" }] })
    );
    drop(server);
    let left = std::fs::read_dir(machine.path(".")).unwrap();
    assert_eq!(left.count(), 0, "nothing was written");
}

#[tokio::test]
async fn a_mark_of_a_reviewer_is_a_line_of_the_log() {
    let (server, _) = demo(&Machine::new()).await;
    let query = "mutation($change: ChangeInput!) { createReview(title: \"Monday\", change: $change) { id assessment { risks { id } } } }";
    let change = json!({ "resources": [{ "id": CHECKOUT, "action": "DELETE" }] });
    let kept = server.query(query, json!({ "change": change })).await;
    let kept = &kept["createReview"];
    let (review, risk) = (&kept["id"], &kept["assessment"]["risks"][0]["id"]);
    let query = "mutation($review: ID!, $risk: ID!) { markRisk(review: $review, risk: $risk, mark: ACCEPTED, note: \"plum\") { id } }";
    let variables = json!({ "review": review, "risk": risk });
    server.query(query, variables).await;
    let line = format!(
        "Marked risk {} of review {}: ACCEPTED",
        risk.as_str().unwrap(),
        review.as_str().unwrap()
    );
    let ended = server.terminate().await;
    assert!(ended.stderr.contains(&line), "{}", ended.stderr);
    assert!(!ended.stderr.contains("plum"), "{}", ended.stderr);
}

#[tokio::test]
async fn a_service_is_found_and_its_blast_radius_drawn() {
    let (server, _) = demo(&Machine::new()).await;
    let query = "{ search(text: \"checkout\") { id } }";
    let found = server.query(query, json!({})).await;
    let found = found["search"].as_array().unwrap();
    assert!(found.iter().any(|own| own["id"] == CHECKOUT), "{found:?}");

    let query = "query($of: [ID!]!) { blastRadius(of: $of) {
        totalCount truncated roots { id presence owner } byKind { kind count } blindSpots { api }
        nodes { distance resource { kind name } path { relation } } } }";
    let radius = server.query(query, json!({ "of": [CHECKOUT] })).await;
    let radius = &radius["blastRadius"];
    assert_eq!(
        radius["roots"],
        json!([{ "id": CHECKOUT, "presence": "LIVE", "owner": "checkout" }])
    );
    let nodes = radius["nodes"].as_array().unwrap();
    let balancer = nodes
        .iter()
        .find(|own| own["resource"]["kind"] == "LOAD_BALANCER");
    assert_eq!(
        balancer.unwrap(),
        &json!({
            "distance": 4,
            "resource": { "kind": "LOAD_BALANCER", "name": "edge" },
            "path": [
                { "relation": "REGISTERED_IN" }, { "relation": "FORWARDS_TO" },
                { "relation": "PART_OF" }, { "relation": "PART_OF" },
            ],
        })
    );
    assert_eq!(
        radius["totalCount"],
        radius["nodes"].as_array().unwrap().len()
    );
    assert_eq!(
        (&radius["truncated"], &radius["blindSpots"]),
        (&json!(false), &json!([]))
    );
}

#[tokio::test]
async fn a_denied_call_is_a_blind_spot_and_what_it_hides_is_unreadable() {
    let (server, ready) = demo(&Machine::new()).await;
    let query = "query($id: ID!, $of: [ID!]!) {
        coverage { blindSpots { api reason kinds region } scopes { account region crawledAt resources } }
        resource(id: $id) { presence }
        blastRadius(of: $of) { blindSpots { api } } }";
    let id = KEY_THAT_MAY_NOT_BE_READ;
    let data = server.query(query, json!({ "id": id, "of": [id] })).await;
    assert_eq!(
        data["coverage"]["blindSpots"],
        json!([{ "api": "kms:DescribeKey", "reason": "ACCESS_DENIED", "kinds": ["KMS_KEY"], "region": "us-east-1" }])
    );
    assert_eq!(data["resource"]["presence"], "UNREADABLE");
    assert_eq!(
        data["blastRadius"]["blindSpots"],
        json!([{ "api": "kms:DescribeKey" }])
    );
    let scopes = data["coverage"]["scopes"].as_array().unwrap();
    let regions: Vec<&Value> = scopes.iter().map(|scope| &scope["region"]).collect();
    assert_eq!(regions, [&json!("global"), &json!("us-east-1")]);
    let taken_at = ready["takenAt"].as_str().unwrap();
    for scope in scopes {
        let crawled_at = scope["crawledAt"].as_str().unwrap();
        assert!(crawled_at.starts_with(&taken_at[..19]), "{scope} {ready}");
    }
}

#[tokio::test]
async fn every_resource_of_the_demo_is_covered_or_elsewhere() {
    let (server, _) = demo(&Machine::new()).await;
    let query = "{ resources { totalCount } coverage { resources scopes { resources } elsewhere { account region resources namedOnly } } }";
    let data = server.query(query, json!({})).await;
    let coverage = &data["coverage"];
    assert_eq!(
        coverage["elsewhere"],
        json!([
            { "account": "", "region": "global", "resources": 6, "namedOnly": 6 },
            { "account": "210987654321", "region": "us-east-1", "resources": 4, "namedOnly": 4 },
            { "account": "123456789012", "region": "eu-west-1", "resources": 3, "namedOnly": 3 },
            { "account": "aws", "region": "global", "resources": 3, "namedOnly": 0 },
            { "account": "aws", "region": "us-east-1", "resources": 2, "namedOnly": 0 },
        ])
    );
    let sum = |list: &str| -> u64 {
        let all = coverage[list].as_array().unwrap().iter();
        all.map(|own| own["resources"].as_u64().unwrap()).sum()
    };
    assert_eq!(
        coverage["resources"],
        json!(sum("scopes") + sum("elsewhere"))
    );
    assert_eq!(coverage["resources"], data["resources"]["totalCount"]);
}

#[tokio::test]
async fn what_was_not_found_is_told_from_what_may_not_be_read_and_what_nobody_named() {
    let (server, _) = demo(&Machine::new()).await;
    let query = "query($missing: ID!, $unknown: ID!) {
        missing: resource(id: $missing) { presence } unknown: resource(id: $unknown) { presence } }";
    let variables = json!({
        "missing": "arn:aws:ssm:us-east-1:123456789012:parameter/prod/search/reindex-batch-size",
        "unknown": "arn:aws:ssm:us-east-1:123456789012:parameter/prod/search/nobody-names-this",
    });
    let data = server.query(query, variables).await;
    assert_eq!(
        data,
        json!({ "missing": { "presence": "MISSING" }, "unknown": null })
    );
}

type Socket = WebSocketStream<TcpStream>;

async fn say(socket: &mut Socket, message: Value) {
    let message = Message::text(message.to_string());
    socket.send(message).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Value {
    loop {
        let message = within("a message", socket.next()).await.unwrap().unwrap();
        if let Message::Text(text) = message {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// The first progress that fits.
async fn hear_progress(socket: &mut Socket, fits: impl Fn(&Value) -> bool) -> Value {
    loop {
        let message = hear(socket).await;
        assert_eq!(message["type"], "next", "{message}");
        let progress = &message["payload"]["data"]["crawlProgress"];
        if fits(progress) {
            return progress.clone();
        }
    }
}

/// A connection on which this is subscribed to.
async fn subscribed(server: &Server, query: &str) -> Socket {
    let address = server.url.strip_prefix("http://").unwrap();
    let mut request = format!("ws://{address}/graphql")
        .into_client_request()
        .unwrap();
    request.headers_mut().insert(
        "sec-websocket-protocol",
        HeaderValue::from_static("graphql-transport-ws"),
    );
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream)
        .await
        .unwrap();
    say(&mut socket, json!({ "type": "connection_init" })).await;
    assert_eq!(hear(&mut socket).await, json!({ "type": "connection_ack" }));
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": { "query": query } });
    say(&mut socket, subscribe).await;
    socket
}

#[tokio::test]
async fn a_new_snapshot_is_announced() {
    let (server, before) = demo(&Machine::new()).await;
    let query = "subscription { graphChanged { snapshot { id resources } added removed changed } }";
    let mut socket = subscribed(&server, query).await;
    // Only once it is heard that the subscription stands is a crawl sure to be announced.
    let after = loop {
        server.query("mutation { crawl { id } }", json!({})).await;
        let heard = tokio::time::timeout(Duration::from_secs(5), hear(&mut socket)).await;
        if let Ok(message) = heard {
            break message["payload"]["data"]["graphChanged"].clone();
        }
    };
    assert_ne!(after["snapshot"]["id"], before["snapshot"]);
    assert!(
        after["snapshot"]["resources"].as_u64().unwrap() > 400,
        "{after}"
    );
    assert_eq!(
        (&after["added"], &after["removed"], &after["changed"]),
        (&json!(0), &json!(0), &json!(0)),
        "the recording says the same each time"
    );
}

#[tokio::test]
async fn a_review_is_kept_listed_and_served_as_a_file() {
    let (server, _) = demo(&Machine::new()).await;
    let change = json!({ "resources": [{
        "id": "arn:aws:ssm:us-east-1:123456789012:parameter/prod/checkout/tax-api-url", "action": "DELETE",
    }] });
    let keep = "mutation($change: ChangeInput!) { createReview(title: \"Monday\", change: $change) { id } }";
    let kept = server.query(keep, json!({ "change": change })).await;
    let id = kept["createReview"]["id"].as_str().unwrap();
    let list = "{ reviews { nodes { id title risk problem counts { failsOnNextStart } } } }";
    let listed = server.query(list, json!({})).await;
    let own = &listed["reviews"]["nodes"][0];
    assert_eq!(
        (&own["id"], &own["title"], &own["problem"]),
        (&json!(id), &json!("Monday"), &json!(null))
    );
    assert!(
        own["counts"]["failsOnNextStart"].as_u64().unwrap() > 0,
        "{own}"
    );
    let file = server.get(&format!("/reviews/{id}.md")).await;
    assert_eq!(file.status(), 200);
    let text = file.text().await.unwrap();
    assert!(text.contains(own["risk"].as_str().unwrap()), "{text}");
}

#[tokio::test]
async fn a_crawl_is_asked_for_followed_to_its_end_and_seen() {
    let (server, before) = demo(&Machine::new()).await;
    let query = "subscription { crawlProgress { run scopesDone scopesTotal resources finished } }";
    let mut socket = subscribed(&server, query).await;
    // The crawl at the start; until it ends, asking for one gives this one.
    hear_progress(&mut socket, |own| own["finished"] == true).await;

    let run = server
        .query("mutation { crawl { id startedAt } }", json!({}))
        .await;
    let run = &run["crawl"]["id"];
    let end = hear_progress(&mut socket, |own| {
        &own["run"] == run && own["finished"] == true
    })
    .await;
    assert_eq!(
        (&end["scopesDone"], &end["scopesTotal"]),
        (&json!(2), &json!(2))
    );
    assert!(end["resources"].as_u64().unwrap() > 400, "{end}");
    // Whoever hears that it is finished sees what it gave.
    let after = server.ready().await;
    assert_ne!(after["snapshot"], before["snapshot"]);
    say(&mut socket, json!({ "id": "1", "type": "complete" })).await;
}

#[tokio::test]
async fn the_snapshot_reads_the_same_as_a_file_and_from_the_server() {
    let machine = Machine::new();
    let (server, _) = demo(&machine).await;
    machine.write(
        "estate.jsonl.zst",
        server.bytes("/snapshots/latest.jsonl.zst").await,
    );
    for format in ["tree", "json"] {
        let radius = ["radius", CHECKOUT, "--format", format];
        let of_server = machine
            .prints(&[&radius[..], &["--server", &server.url]].concat())
            .await;
        let of_file = machine
            .prints(&[&radius[..], &["--snapshot", "estate.jsonl.zst"]].concat())
            .await;
        assert!(of_server.contains("edge"), "{of_server}");
        assert_eq!(of_server, of_file);
    }
    let file = Server::start(&machine, &["--snapshot", "estate.jsonl.zst"]).await;
    assert_eq!(
        file.ready().await["snapshot"],
        server.ready().await["snapshot"]
    );
}

#[tokio::test]
async fn another_sites_name_is_refused() {
    let (server, _) = demo(&Machine::new()).await;
    for path in ["/", "/graphql", "/readyz", "/snapshots/latest.jsonl.zst"] {
        let request = server
            .client
            .get(format!("{}{path}", server.url))
            .header("host", "evil.example");
        assert_eq!(request.send().await.unwrap().status(), 421, "{path}");
    }
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_ends_well() {
    let (server, _) = demo(&Machine::new()).await;
    let ended = server.terminate().await;
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""));
}
