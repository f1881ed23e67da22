//! What is refused, with which status and code, and that what is asked in good faith passes.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, StatusCode, header},
};
use blastmap_api::{App, Documents};
use futures_util::stream;
use serde_json::json;

use crate::support::{Caller, FakeCrawl, app, empty, get, post, post_with, settings};

/// The introspection query as tools send it, with nine levels of types in types.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description queryType { name } mutationType { name }
  subscriptionType { name } types { ...FullType } directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { name description
    args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

const SMALL: &str = "{\"query\": \"{ __typename }\"}";

async fn refused(caller: &Caller, query: &str) -> (String, String) {
    let answer = caller.ask(query, json!({})).await;
    assert!(answer.json()["data"].is_null(), "{}", answer.text());
    (answer.code(), answer.message())
}

#[tokio::test]
async fn introspection_passes() {
    let schema = Caller::of(app()).data(INTROSPECTION, json!({})).await;
    assert!(schema["__schema"]["types"].as_array().unwrap().len() > 50);
}

#[tokio::test]
async fn a_query_forty_levels_deep_is_refused() {
    let levels = 40;
    let query = format!(
        "{{ resource(id: \"a\") {{ {} id {} }} }}",
        "links { nodes { to {".repeat((levels - 2) / 3),
        "} } }".repeat((levels - 2) / 3)
    );
    let (code, message) = refused(&Caller::of(app()), &query).await;
    assert_eq!(code, "TOO_COMPLEX");
    assert!(message.contains("levels deep, at most 20"), "{message}");
}

#[tokio::test]
async fn depth_is_counted_through_fragments() {
    let mut query = "{ resource(id: \"a\") { ...F0 } }".to_owned();
    for each in 0..12 {
        query += &format!(
            " fragment F{each} on Resource {{ links {{ nodes {{ to {{ ...F{} }} }} }} }}",
            each + 1
        );
    }
    query += " fragment F12 on Resource { id }";
    let (code, message) = refused(&Caller::of(app()), &query).await;
    assert_eq!(code, "TOO_COMPLEX");
    assert!(message.contains("38 levels deep"), "{message}");
}

#[tokio::test]
async fn twenty_thousand_aliases_are_refused() {
    let caller = Caller::of(app());
    for count in [20_000, 2001] {
        let aliases: String = (0..count)
            .map(|each| format!("a{each}:__typename "))
            .collect();
        let (code, message) = refused(&caller, &format!("{{ {aliases} }}")).await;
        assert_eq!(code, "TOO_COMPLEX", "{count}");
        assert!(message.contains("ask for less at a time"), "{message}");
    }
}

#[tokio::test]
async fn fragments_cannot_multiply() {
    // Each fragment spreads the next twice: 2^30 fields in a kilobyte.
    let mut query = "{ ...F0 }".to_owned();
    for each in 0..30 {
        query += &format!(" fragment F{each} on Query {{ ...F{0} ...F{0} }}", each + 1);
    }
    query += " fragment F30 on Query { __typename }";
    assert_eq!(refused(&Caller::of(app()), &query).await.0, "TOO_COMPLEX");
}

#[tokio::test]
async fn many_operations_and_fragments_cannot_multiply() {
    let fields: String = (0..1500)
        .map(|each| format!("a{each}:__typename "))
        .collect();
    let operations: String = (0..500)
        .map(|each| format!("query Q{each} {{ ...F }} "))
        .collect();
    let (code, _) = refused(
        &Caller::of(app()),
        &format!("{operations} fragment F on Query {{ {fields} }}"),
    )
    .await;
    assert_eq!(code, "TOO_COMPLEX");
    let spreads: String = (0..500)
        .map(|each| format!("fragment G{each} on Query {{ ...F }} "))
        .collect();
    let query = format!("{{ ...F }} {spreads} fragment F on Query {{ {fields} }}");
    assert_eq!(refused(&Caller::of(app()), &query).await.0, "TOO_COMPLEX");
}

#[tokio::test]
async fn a_fragment_that_spreads_itself_is_refused() {
    let query = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }";
    let (code, message) = refused(&Caller::of(app()), query).await;
    assert_eq!(code, "BAD_INPUT");
    assert!(message.contains("spreads itself"), "{message}");
    assert_eq!(
        refused(
            &Caller::of(app()),
            "{ __typename } fragment A on Query { ...A }"
        )
        .await
        .0,
        "BAD_INPUT"
    );
}

#[tokio::test]
async fn brackets_without_end_are_refused_before_they_are_parsed() {
    let caller = Caller::of(app());
    for (open, times) in [
        ("{a", 100_000),
        ("{a(b:", 50_000),
        ("{a(b:[", 50_000),
        ("query($a:[", 1),
    ] {
        let query = open.repeat(times) + &"[".repeat(200_000);
        assert_eq!(refused(&caller, &query).await.0, "TOO_COMPLEX", "{open}");
    }
    let hidden = "{a(b:[\"\"\"\" ".to_owned() + &"[".repeat(200_000);
    assert_eq!(refused(&caller, &hidden).await.0, "BAD_INPUT");
}

#[tokio::test]
async fn lists_in_lists_are_weighed() {
    let caller = Caller::of(app());
    let heavy = [
        "{ resources(first: 1000) { nodes { links(first: 1000) { nodes { to { id name } } } } } }",
        "query($n: Int = 1000) { resources(first: $n) { nodes { links(first: $n) { nodes { to { id name } } } } } }",
        "{ resources { nodes { links { nodes { to { links { nodes { to { links { nodes { relation } } } } } } } } } } }",
        "{ blastRadius(of: [\"a\"], limit: 10000) { nodes { path { from { links { nodes { relation } } } } } } }",
        "{ resources(first: 1000) { ...P } } fragment P on ResourceConnection { nodes { ... on EcsService { links(first: 1000) { edges { node { relation } } } } } }",
        "{ __schema { types { fields { type { fields { type { fields { type { fields { type { fields { type { fields { type { fields { name } } } } } } } } } } } } } } } }",
        "{ __type(name: \"Resource\") { possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } } } } } }",
    ];
    for query in heavy {
        let (code, message) = refused(&caller, query).await;
        assert_eq!(code, "TOO_COMPLEX", "{query}");
        assert!(
            message.contains("values") || message.contains("levels"),
            "{query}: {message}"
        );
    }
    let over = caller.ask("query($n: Int) { resources(first: $n) { nodes { links(first: $n) { nodes { to { id name } } } } } }", json!({ "n": 1000 })).await;
    assert_eq!(over.code(), "TOO_COMPLEX");
    let many: String = (0..200)
        .map(|each| format!("a{each}: blastRadius(of: [\"a\"], limit: 1) {{ totalCount }} "))
        .collect();
    assert_eq!(
        refused(&caller, &format!("{{ {many} }}")).await.0,
        "TOO_COMPLEX",
        "each is a walk"
    );
}

#[tokio::test]
async fn what_the_page_asks_passes() {
    let caller = Caller::of(app());
    let card = "id kind name account region presence owner";
    let step = format!(
        "from {{ {card} }} to {{ {card} }} relation phases evidence {{ api field inferred }}"
    );
    let radius = format!(
        "query($of: [ID!]!, $limit: Int!, $paths: Boolean!) {{ blastRadius(of: $of, limit: $limit) {{ roots {{ {card} }}
        nodes {{ distance resource {{ {card} }} path @include(if: $paths) {{ {step} }} }} links {{ {step} }} totalCount }} }}"
    );
    let of = crate::support::WEB;
    for (limit, paths) in [(1000, true), (5000, true), (10_000, false)] {
        caller
            .data(
                &radius,
                json!({ "of": [of], "limit": limit, "paths": paths }),
            )
            .await;
    }
    caller.data("{ resources(first: 50) { nodes { id links(first: 100) { nodes { to { id name } relation } } } } }", json!({})).await;
    caller.data(&format!("{{ resources(first: 1000) {{ nodes {{ {card} tags {{ key value }} attributes }} }} }}"), json!({})).await;
}

#[tokio::test]
async fn only_json_by_post_is_taken() {
    let caller = Caller::of(app());
    let query = "/graphql?query=%7B__typename%7D";
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        let request = Request::builder()
            .method(method.clone())
            .uri(query)
            .header(header::HOST, "localhost")
            .body(Body::empty());
        let answer = caller.send(request.unwrap()).await;
        assert_eq!(
            (answer.status, answer.header(header::ALLOW)),
            (StatusCode::METHOD_NOT_ALLOWED, "POST"),
            "{method}"
        );
    }
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
    ] {
        let answer = caller
            .send(post_with(&[("content-type", kind)], SMALL))
            .await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_INPUT".to_owned()),
            "{kind}"
        );
    }
    for kind in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        assert_eq!(
            caller
                .send(post_with(&[("content-type", kind)], SMALL))
                .await
                .status,
            StatusCode::OK,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_no_operation_is_refused() {
    let caller = Caller::of(app());
    for body in [
        "",
        "{",
        "null",
        "7",
        "{}",
        "{\"query\": 7}",
        "{\"query\": \"{a}\", \"variables\": 7}",
        "\u{0}",
        &"[".repeat(100_000),
        &"{\"query\":".repeat(100_000),
    ] {
        let answer = caller.send(post_with(&[], body.to_owned())).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "BAD_INPUT".to_owned()),
            "{body:.40}"
        );
    }
    let nulls = json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": {} });
    assert_eq!(
        caller.send(post(&nulls)).await.json()["data"]["__typename"],
        "Query"
    );
    let unknown = json!({ "query": "query A { __typename }", "operationName": "B" });
    assert_eq!(caller.send(post(&unknown)).await.code(), "BAD_INPUT");
}

#[tokio::test]
async fn a_list_of_operations_is_refused() {
    let answer = Caller::of(app())
        .send(post(&json!([{ "query": "{ __typename }" }])))
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_REQUEST, "BAD_INPUT".to_owned())
    );
    assert!(
        answer.message().contains("one operation"),
        "{}",
        answer.message()
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let caller = Caller::of(app());
    let large = json!({ "query": "{ __typename }", "variables": { "a": "a".repeat(1024 * 1024) } })
        .to_string();
    let answer = caller.send(post_with(&[], large.clone())).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE".to_owned())
    );
    // Without a length: counted as it comes.
    let pieces: Vec<Result<Bytes, std::io::Error>> = large
        .as_bytes()
        .chunks(10_000)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let answer = caller
        .send(post_with(&[], Body::from_stream(stream::iter(pieces))))
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE".to_owned())
    );

    let within =
        json!({ "query": "{ __typename }", "variables": { "a": "a".repeat(1024 * 1000) } });
    assert_eq!(caller.send(post(&within)).await.status, StatusCode::OK);
    let broken: Vec<Result<Bytes, std::io::Error>> = vec![
        Ok(Bytes::from_static(b"{")),
        Err(std::io::Error::other("gone")),
    ];
    assert_eq!(
        caller
            .send(post_with(&[], Body::from_stream(stream::iter(broken))))
            .await
            .status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn other_sites_cannot_write() {
    let caller = Caller::of(app());
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "http://evil.example")],
        vec![("origin", "null")],
        vec![("origin", "http://localhost:9999")],
        vec![
            ("origin", "http://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
    ] {
        let answer = caller.send(post_with(&headers, SMALL)).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::FORBIDDEN, "FORBIDDEN".to_owned()),
            "{headers:?}"
        );
    }
    for headers in [
        vec![],
        vec![
            ("sec-fetch-site", "same-origin"),
            ("origin", "http://localhost:8080"),
        ],
        vec![("origin", "http://localhost:8080")],
        vec![
            ("origin", "https://blast.example.com"),
            ("sec-fetch-site", "cross-site"),
        ],
    ] {
        assert_eq!(
            caller.send(post_with(&headers, SMALL)).await.status,
            StatusCode::OK,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_foreign_host_is_refused_everywhere() {
    let caller = Caller::of(app());
    for path in [
        "/",
        "/graphql",
        "/graphiql",
        "/healthz",
        "/readyz",
        "/metrics",
        "/schema.graphql",
        "/snapshots/latest.jsonl.zst",
        "/assets/a.js",
    ] {
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "192.0.2.7",
        ] {
            let request = Request::get(path)
                .header(header::HOST, host)
                .body(Body::empty())
                .unwrap();
            let answer = caller.send(request).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::MISDIRECTED_REQUEST, "FORBIDDEN".to_owned()),
                "{path} {host}"
            );
        }
    }
    let answer = caller
        .send(post_with(&[("host", "evil.example")], SMALL))
        .await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    // HTTP/2 has no Host: the name stands in the URI.
    let by_authority = |uri: &str| Request::get(uri).body(Body::empty()).unwrap();
    assert_eq!(
        caller
            .send(by_authority("http://evil.example/healthz"))
            .await
            .status,
        StatusCode::MISDIRECTED_REQUEST
    );
    assert_eq!(
        caller
            .send(by_authority("http://localhost:8080/healthz"))
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        caller.send(by_authority("/healthz")).await.status,
        StatusCode::MISDIRECTED_REQUEST,
        "no host at all"
    );
    for host in [
        "localhost",
        "127.0.0.1:8080",
        "[::1]:8080",
        "blast.example.com",
    ] {
        let answer = caller.send(post_with(&[("host", host)], SMALL)).await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn subscriptions_do_not_go_by_post() {
    let (code, message) =
        refused(&Caller::of(app()), "subscription { crawlProgress { run } }").await;
    assert_eq!(code, "BAD_INPUT");
    assert!(message.contains("WebSocket"), "{message}");
}

fn with_crawl(crawl: Arc<FakeCrawl>) -> App {
    let mut app = app();
    app.crawl = Some(crawl);
    app.settings = settings();
    app
}

#[tokio::test]
async fn a_panic_ends_one_request_alone() {
    let caller = Caller::of(with_crawl(FakeCrawl::doing(|| panic!("on purpose"))));
    let answer = caller
        .send(post(&json!({ "query": "mutation { crawl { id } }" })))
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL".to_owned())
    );
    let id = answer.header("x-request-id");
    assert!(
        id.len() == 16 && answer.message().contains(id),
        "{}",
        answer.message()
    );
    assert!(!answer.text().contains("on purpose"), "the log's business");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        caller.send(post_with(&[], SMALL)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn queries_wait_their_turn_and_are_given_up_in_time() {
    let (crawl, release) = FakeCrawl::stuck();
    let mut app = with_crawl(crawl);
    app.settings.concurrent_queries = 1;
    app.settings.request_timeout = Duration::from_millis(200);
    let caller = Caller::of(app);
    let stuck = {
        let caller = caller.clone();
        tokio::spawn(async move {
            caller
                .send(post(&json!({ "query": "mutation { crawl { id } }" })))
                .await
        })
    };
    let stuck = stuck.await.unwrap();
    assert_eq!(
        (stuck.status, stuck.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "TOO_COMPLEX".to_owned())
    );
    // Its work goes on, and holds the only place.
    let waiting = caller.send(post_with(&[], SMALL)).await;
    assert_eq!(
        (waiting.status, waiting.code()),
        (StatusCode::SERVICE_UNAVAILABLE, "RATE_LIMITED".to_owned())
    );
    assert_eq!(caller.get("/healthz").await.status, StatusCode::OK);
    drop(release);
    while caller.send(post_with(&[], SMALL)).await.status != StatusCode::OK {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_asks_is_told_what_it_cost_and_when_to_come_again() {
    let caller = Caller::of(app());
    let answer = caller
        .ask("{ resources(first: 3) { nodes { id name } } }", json!({}))
        .await;
    let cost = &answer.json()["extensions"]["cost"];
    assert_eq!((&cost["fields"], &cost["depth"]), (&json!(4), &json!(3)));
    assert!(cost["values"].as_u64().unwrap() >= 6, "{cost}");
    for most in ["mostFields", "mostDepth", "mostValues"] {
        assert!(cost[most].as_u64().unwrap() > 4, "{cost}");
    }
    let busy = Caller::of(empty()).get("/snapshots/latest.jsonl.zst").await;
    assert_eq!(
        (busy.status, busy.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
}

#[tokio::test]
async fn the_schema_is_told_unless_it_is_not_to_be() {
    const WHAT: &str = "{ __schema { types { name } } coverage { resources } }";
    let mut closed = app();
    closed.settings.introspection = false;
    for (app, told) in [(app(), true), (closed, false)] {
        let answer = Caller::of(app).ask(WHAT, json!({})).await.json();
        assert_eq!(answer["data"]["__schema"].is_object(), told, "{answer}");
    }
}

#[tokio::test]
async fn only_documents_of_the_list_are_answered_where_there_is_one() {
    let mut listed = app();
    let documents = Documents::read("[\"{ coverage { resources } }\"]").unwrap();
    listed.settings.documents = Some(Arc::new(documents));
    let caller = Caller::of(listed);
    caller.data("{ coverage { resources } }", json!({})).await;
    let freshness =
        "query Freshness{coverage{scopes{account region crawledAt resources}blindSpots{reason}}}";
    caller.data(freshness, json!({})).await;
    for other in [
        "{ coverage { resources blindSpots { api } } }",
        "{ __typename }",
    ] {
        assert_eq!(
            caller.ask(other, json!({})).await.code(),
            "FORBIDDEN",
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let mut app = app();
    app.settings.request_timeout = Duration::from_millis(50);
    let never = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let answer = Caller::of(app).send(post_with(&[], never)).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::REQUEST_TIMEOUT, "BAD_INPUT".to_owned())
    );
}

#[tokio::test]
async fn each_answer_has_its_own_id_and_nobody_elses() {
    let caller = Caller::of(app());
    let request = get("/healthz")
        .header("x-request-id", "mine")
        .body(Body::empty())
        .unwrap();
    let first = caller.send(request).await.header("x-request-id").to_owned();
    let second = caller
        .get("/healthz")
        .await
        .header("x-request-id")
        .to_owned();
    assert!(
        first != second && first != "mine" && first.len() == 16,
        "{first} {second}"
    );
}
