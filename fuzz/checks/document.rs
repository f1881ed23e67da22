//! What must hold for GraphQL requests of any bytes. The fuzz target runs it, and a test of `blastmap-api` on the corpus.

use std::sync::{Arc, LazyLock};

use axum::{Router, body::Body};
use blastmap_api::{Access, App, Settings, Snapshots, router};
use blastmap_graph::Snapshot;
use blastmap_judge::estate::Estate;
use blastmap_model::Redactor;
use http::{Request, header};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime")
});

static SERVER: LazyLock<Router> = LazyLock::new(|| {
    let snapshots = Arc::new(Snapshots::new());
    let estate: Snapshot = Estate::new()
        .vpc_with_nat()
        .fargate_service()
        .alb()
        .snapshot();
    snapshots.publish(estate);
    router(App {
        snapshots,
        store: None,
        crawl: None,
        access: Access::Open,
        redactor: Redactor::new([7; 32]),
        settings: Settings::new(([127, 0, 0, 1], 8080).into()),
    })
});

/// Bytes are the text of a query: it is answered in JSON, with data or with an error that has a code, and never with a fault of the server.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else {
        return;
    };
    let body = serde_json::json!({ "query": query }).to_string();
    let request = Request::post("/graphql")
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .expect("a request");
    RUNTIME.block_on(async {
        let response = SERVER.clone().oneshot(request).await.expect("an answer");
        let status = response.status();
        assert!(status.as_u16() < 500, "{status}");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .expect("a body");
        let answer: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        let errors = answer["errors"].as_array();
        assert!(answer.get("data").is_some() || errors.is_some(), "{answer}");
        for error in errors.into_iter().flatten() {
            assert!(error["extensions"]["code"].is_string(), "{error}");
            assert_ne!(error["extensions"]["code"], "INTERNAL", "{error}");
        }
    });
}
