//! The paths beside `/graphql`.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use blastmap_model::record;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    Caller, FakeCrawl, TAKEN_AT, app, empty, get, inventory, links, post, resources, snapshot,
    with_store,
};

#[tokio::test]
async fn alive_is_not_ready() {
    let caller = Caller::of(empty());
    let alive = caller.get("/healthz").await;
    assert_eq!(
        (alive.status, alive.text().as_str()),
        (StatusCode::OK, "ok\n")
    );
    let ready = caller.get("/readyz").await;
    assert_eq!(
        (ready.status, &ready.json()["ready"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!(false))
    );
}

#[tokio::test]
async fn ready_says_how_old_the_data_is() {
    let mut app = app();
    app.settings.stale_after = std::time::Duration::from_secs(1);
    let ready = Caller::of(app.clone()).get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    let body = ready.json();
    let age = (time::OffsetDateTime::now_utc() - TAKEN_AT).whole_seconds();
    assert_eq!(
        (&body["ready"], &body["snapshot"], &body["takenAt"]),
        (&json!(true), &json!("now"), &json!("2026-11-23T18:00:00Z"))
    );
    assert!(
        (body["ageSeconds"].as_i64().unwrap() - age.max(0)).abs() <= 5,
        "{body}"
    );
    assert_eq!(body["stale"], age > 1);
}

#[tokio::test]
async fn the_schema_is_served() {
    let schema = Caller::of(empty()).get("/schema.graphql").await;
    assert_eq!(
        (schema.status, schema.text()),
        (StatusCode::OK, blastmap_api::schema_text())
    );
    assert_eq!(
        schema.header(header::CONTENT_TYPE),
        "text/plain; charset=utf-8"
    );
}

#[tokio::test]
async fn metrics_count() {
    let mut app = app();
    let crawl = FakeCrawl::new();
    app.crawl = Some(crawl.clone());
    let caller = Caller::of(app);
    caller.ask("{ __typename }", json!({})).await;
    caller.ask("{ __typename }", json!({})).await;
    caller.get("/no/such/page").await;
    caller
        .send(
            axum::http::Request::builder()
                .method("INVENTED")
                .uri("/")
                .header(header::HOST, "localhost")
                .body(Body::empty())
                .unwrap(),
        )
        .await;
    let metrics = caller.get("/metrics").await;
    assert_eq!(metrics.status, StatusCode::OK);
    let text = metrics.text();
    for line in [
        "blastmap_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"} 2",
        "blastmap_http_requests_total{method=\"other\",route=\"page\",status=\"405\"} 1",
        "blastmap_http_request_duration_seconds_count{route=\"/graphql\"} 2",
        "blastmap_http_request_duration_seconds_bucket{route=\"/graphql\",le=\"+Inf\"} 2",
        "blastmap_resources 7",
        "blastmap_links 6",
        "blastmap_graph_bytes 13000",
        "blastmap_snapshot_changes{change=\"added\"} 0",
        "blastmap_blind_spots 1",
        "blastmap_blind_spots_by_reason{reason=\"ACCESS_DENIED\"} 1",
        "blastmap_blind_spots_by_reason{reason=\"THROTTLED\"} 0",
        "blastmap_problems 0",
        "blastmap_crawl_running 1",
        "blastmap_crawl_duration_seconds 2.5",
        "blastmap_aws_requests_total{outcome=\"throttled\"} 3",
        "blastmap_aws_retries_total 4",
        "blastmap_queries_running 0",
        "blastmap_queries_waiting 0",
        "blastmap_sign_ins_total{method=\"oidc\",outcome=\"refused\"} 0",
        "blastmap_build_info{version=\"0.1.0\"} 1",
        "blastmap_crawls_total{outcome=\"succeeded\"} 0",
        "blastmap_aws_api_calls_total 0",
        "blastmap_websocket_connections 0",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    assert!(text.contains("blastmap_snapshot_age_seconds "));
    assert!(
        !text.contains("/no/such/page"),
        "callers could invent labels without end"
    );
    assert_eq!(crawl.starts.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn queries_at_work_and_in_line_are_counted() {
    let (crawl, release) = FakeCrawl::stuck();
    let mut app = app();
    app.crawl = Some(crawl);
    app.settings.concurrent_queries = 1;
    app.settings.request_timeout = std::time::Duration::from_secs(1);
    let caller = Caller::of(app);
    let crawling = post(&json!({ "query": "mutation { crawl { id } }" }));
    let says = async |line: &str| {
        while !caller.get("/metrics").await.text().contains(line) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::join!(caller.send(crawling), says("blastmap_queries_running 1\n"));
    // Its work goes on after its answer, so that the next one stands in line.
    let next = post(&json!({ "query": "{ __typename }" }));
    tokio::join!(caller.send(next), says("blastmap_queries_waiting 1\n"));
    says("blastmap_queries_waiting 0\n").await;
    drop(release);
    says("blastmap_queries_running 0\n").await;
}

#[tokio::test]
async fn snapshot_files_are_served() {
    let root = tempfile::tempdir().unwrap();
    let app = with_store(root.path());
    let store = app.store.clone().unwrap();
    store
        .save_snapshot(&inventory(
            "earlier",
            TAKEN_AT - Duration::days(1),
            resources(),
            links(),
        ))
        .await
        .unwrap();
    let caller = Caller::of(app);
    for (name, id) in [("latest", "now"), ("now", "now"), ("earlier", "earlier")] {
        let file = caller
            .send(
                get(&format!("/snapshots/{name}.jsonl.zst"))
                    .header(header::ACCEPT_ENCODING, "gzip")
                    .body(Body::empty())
                    .unwrap(),
            )
            .await;
        assert_eq!(
            (file.status, file.header(header::CONTENT_TYPE)),
            (StatusCode::OK, "application/zstd"),
            "{name}"
        );
        assert_eq!(
            file.header(header::CONTENT_ENCODING),
            "",
            "compressed once is enough"
        );
        assert_eq!(
            file.header(header::CONTENT_DISPOSITION),
            format!("attachment; filename=\"{id}.jsonl.zst\"")
        );
        let read = record::read(&*file.body).unwrap();
        assert_eq!(
            (read.id.as_str(), read.resources().len()),
            (id, snapshot().inventory().resources().len()),
            "{name}"
        );
    }
    for name in [
        "absent.jsonl.zst",
        "now",
        "now.json",
        "..%2F..%2Fetc%2Fpasswd.jsonl.zst",
        ".jsonl.zst",
        "%00.jsonl.zst",
    ] {
        let answer = caller.get(&format!("/snapshots/{name}")).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::NOT_FOUND, "NOT_FOUND".to_owned()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn without_a_snapshot_there_is_no_latest_file() {
    let answer = Caller::of(empty()).get("/snapshots/latest.jsonl.zst").await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "NOT_READY".to_owned())
    );
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_read_that() {
    let caller = Caller::of(app());
    let mut request = post(&json!({ "query": "{ __schema { types { name description } } }" }));
    request
        .headers_mut()
        .insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let answer = caller.send(request).await;
    assert_eq!(answer.header(header::CONTENT_ENCODING), "gzip");
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
    let plain = caller
        .ask("{ __schema { types { name description } } }", json!({}))
        .await;
    assert_eq!(plain.header(header::CONTENT_ENCODING), "");
    assert_eq!(
        plain.header(header::CONTENT_TYPE),
        "application/json; charset=utf-8"
    );
}

#[tokio::test]
async fn every_answer_is_fenced_by_headers() {
    let caller = Caller::of(app());
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/schema.graphql",
        "/graphql",
        "/snapshots/x",
        "/reviews/x.md",
        "/assets/absent.js",
    ] {
        let answer = caller.get(path).await;
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(
            answer.header("permissions-policy").contains("camera=()"),
            "{path}"
        );
        assert_ne!(answer.header(header::CACHE_CONTROL), "", "{path}");
    }
    assert_eq!(
        caller.get("/readyz").await.header(header::CACHE_CONTROL),
        "no-store"
    );
}

#[tokio::test]
async fn only_a_host_of_its_own_by_tls_is_said_to_be_always_so() {
    for url in [
        None,
        Some("http://blast.example.com"),
        Some("https://blast.example.com:8443"),
    ] {
        let mut app = app();
        app.settings.public_url = url.map(|url| url.parse().unwrap());
        let answer = Caller::of(app).get("/healthz").await;
        assert_eq!(answer.header(header::STRICT_TRANSPORT_SECURITY), "");
    }
}
