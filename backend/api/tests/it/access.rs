//! Who is let in, to what, and what the others are told.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    slice::from_ref,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use blastmap_api::{Access, App, Guard, Role, SessionTimes, Snapshots, Trouble, new_token};
use serde_json::{Value, json};

use crate::support::{Answer, Caller, FakeCrawl, app, get, post_with};

/// A server that asks, and tokens that it knows.
struct Guarded {
    caller: Caller,
    snapshots: Arc<Snapshots>,
    crawl: Arc<FakeCrawl>,
    viewer: String,
    operator: String,
    _folder: tempfile::TempDir,
}

fn guarded() -> Guarded {
    guarded_with(SessionTimes::default())
}

fn guarded_with(times: SessionTimes) -> Guarded {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.toml");
    let viewer = new_token("vera", Role::Viewer).unwrap();
    let operator = new_token("otto", Role::Operator).unwrap();
    fs::write(&path, format!("{}{}", viewer.block, operator.block)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let guard = Guard::new(times).with_tokens(&path).unwrap();
    let crawl = FakeCrawl::new();
    let app = App {
        access: Access::Guarded(Arc::new(guard)),
        crawl: Some(crawl.clone()),
        ..app()
    };
    Guarded {
        snapshots: Arc::clone(&app.snapshots),
        caller: Caller::of(app),
        crawl,
        viewer: viewer.token,
        operator: operator.token,
        _folder: folder,
    }
}

fn request(method: &str, path: &str, headers: &[(&'static str, String)]) -> Request<Body> {
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"query":"{ __typename }"}"#))
        .unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    request
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

impl Guarded {
    async fn sign_in(&self, token: &str) -> Answer {
        let body = json!({ "token": token }).to_string();
        let mut request = post_with(&[], body);
        *request.uri_mut() = "/session".parse().unwrap();
        self.caller.send(request).await
    }

    /// The cookie of a new session.
    async fn session(&self, token: &str) -> (&'static str, String) {
        let answer = self.sign_in(token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let cookie = answer.header(header::SET_COOKIE);
        ("cookie", cookie.split(';').next().unwrap().to_owned())
    }

    async fn who(&self, headers: &[(&'static str, String)]) -> Value {
        let answer = self.caller.send(request("GET", "/session", headers)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    async fn mutate(&self, query: &str, headers: &[(&'static str, String)]) -> Answer {
        let mut request = post_with(&[], json!({ "query": query }).to_string());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        self.caller.send(request).await
    }
}

const CRAWL: &str = "mutation { crawl { id } }";

/// Everything that tells of the estate, or takes something.
const GUARDED: [(&str, &str); 16] = [
    ("POST", "/graphql"),
    ("GET", "/graphql"),
    ("PUT", "/graphql"),
    ("OPTIONS", "/graphql"),
    ("GET", "/schema.graphql"),
    ("GET", "/metrics"),
    ("HEAD", "/metrics"),
    ("POST", "/plans"),
    ("GET", "/plans"),
    ("GET", "/snapshots/latest.jsonl.zst"),
    ("GET", "/snapshots/now.jsonl.zst"),
    ("HEAD", "/snapshots/latest.jsonl.zst"),
    ("GET", "/snapshots/unknown"),
    ("GET", "/reviews/x.md"),
    ("GET", "/reviews/x.html"),
    ("HEAD", "/reviews/x.json"),
];

/// What holds no data.
const OPEN: [(&str, &str); 11] = [
    ("GET", "/auth/login"),
    ("GET", "/auth/callback?code=a&state=b"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/session"),
    ("DELETE", "/session"),
    ("GET", "/"),
    ("GET", "/review/x"),
    ("GET", "/graphiql"),
    ("GET", "/assets/absent.js"),
    ("POST", "/no/such/page"),
];

#[tokio::test]
async fn data_is_for_those_who_are_signed_in_and_the_page_for_everybody() {
    let own = guarded();
    let wrong = bearer(&own.viewer.replace("blastmap_", "blastmap_x"));
    let over = ("cookie", "__Host-blastmap=over".to_owned());
    let basic = ("authorization", format!("Basic {}", own.viewer));
    let own_ways = [
        vec![bearer(&own.viewer)],
        vec![bearer(&own.operator)],
        vec![own.session(&own.viewer).await],
        vec![own.session(&own.operator).await],
    ];
    for (method, path) in GUARDED {
        for (what, headers) in [
            ("nothing", vec![]),
            ("a session that is over", vec![over.clone()]),
            ("another scheme", vec![basic.clone()]),
            (
                "a balancer's header",
                vec![("x-amzn-oidc-data", "a.b.c".to_owned())],
            ),
        ] {
            let answer = own.caller.send(request(method, path, &headers)).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{method} {path} {what}"
            );
            assert_eq!(
                answer.header(header::WWW_AUTHENTICATE),
                "Bearer realm=\"blastmap\""
            );
            if method != "HEAD" {
                assert_eq!(answer.code(), "UNAUTHENTICATED", "{method} {path} {what}");
            }
        }
        for headers in &own_ways {
            let answer = own.caller.send(request(method, path, headers)).await;
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
    let answer = own.caller.send(request("POST", "/graphql", &[wrong])).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    for (method, path) in OPEN {
        let answer = own.caller.send(request(method, path, &[])).await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
}

#[tokio::test]
async fn only_an_operator_starts_a_crawl() {
    let own = guarded();
    for headers in [bearer(&own.viewer), own.session(&own.viewer).await] {
        let answer = own.mutate(CRAWL, &[headers]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::OK, "FORBIDDEN")
        );
        let message = "starting a crawl takes the role operator: vera is signed in as viewer";
        assert_eq!(answer.message(), message);
    }
    assert_eq!(own.crawl.starts.load(Ordering::Relaxed), 0);
    for headers in [bearer(&own.operator), own.session(&own.operator).await] {
        let answer = own.mutate(CRAWL, &[headers]).await.json();
        assert_eq!(answer["data"]["crawl"]["id"], "run-1", "{answer}");
    }
    assert_eq!(own.crawl.starts.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_viewer_makes_reviews_and_marks_their_risks() {
    let own = guarded();
    let viewer = [bearer(&own.viewer)];
    let query = "mutation { createReview(title: \"Monday\", change: { resources: [{ id: \"web\", action: DELETE }] }) { id } }";
    let made = own.mutate(query, &viewer).await.json();
    let id = made["data"]["createReview"]["id"].as_str();
    let id = id.unwrap_or_else(|| panic!("{made}"));
    let query = format!("{{ review(id: \"{id}\") {{ id }} }}");
    let read = own.mutate(&query, &viewer).await.json();
    assert_eq!(read["data"]["review"]["id"], id);
    let query =
        format!("mutation {{ markRisk(review: \"{id}\", risk: \"x\", mark: WRONG) {{ id }} }}");
    assert_eq!(own.mutate(&query, &viewer).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_session_begins_with_a_token_and_ends_with_sign_out() {
    let own = guarded();
    let answer = own.sign_in(&format!(" {}\n", own.operator)).await;
    let cookie = answer.header(header::SET_COOKIE).to_owned();
    let (pair, attributes) = cookie.split_once(';').unwrap();
    assert_eq!(
        attributes,
        " Path=/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax"
    );
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("__Host-blastmap", 43));
    assert!(!own.operator.contains(secret));
    let session = ("cookie", format!("theme=dark; {pair}"));
    let who = json!({
        "guarded": true,
        "identity": { "name": "otto", "role": "operator", "method": "token", "signOut": true },
        "methods": { "token": true },
    });
    assert_eq!(
        own.who(from_ref(&session)).await["identity"],
        who["identity"]
    );
    assert_eq!(answer.json()["identity"], who["identity"]);
    let program = own.who(&[bearer(&own.viewer)]).await;
    assert_eq!(program["identity"]["signOut"], false);
    assert_eq!(own.who(&[]).await["identity"], Value::Null);

    let ended = own
        .caller
        .send(request("DELETE", "/session", from_ref(&session)))
        .await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert!(
        ended
            .header(header::SET_COOKIE)
            .starts_with("__Host-blastmap=; Path=/; Max-Age=0;")
    );
    assert_eq!(own.who(from_ref(&session)).await["identity"], Value::Null);
    assert_eq!(
        own.mutate(CRAWL, &[session]).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let own = guarded();
    let first = own.session(&own.viewer).await;
    let mut again = post_with(
        &[(first.0, &first.1)],
        json!({ "token": own.operator }).to_string(),
    );
    *again.uri_mut() = "/session".parse().unwrap();
    assert_eq!(own.caller.send(again).await.status, StatusCode::OK);
    assert_eq!(own.who(&[first]).await["identity"], Value::Null);
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    let own = guarded_with(SessionTimes {
        idle: Duration::from_millis(300),
        ..SessionTimes::default()
    });
    let session = own.session(&own.viewer).await;
    assert_eq!(
        own.who(from_ref(&session)).await["identity"]["name"],
        "vera"
    );
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(own.who(&[session]).await["identity"], Value::Null);
}

#[tokio::test]
async fn sign_ins_are_counted_by_method_and_outcome_and_never_by_name() {
    let own = guarded();
    own.session(&own.viewer).await;
    own.session(&own.operator).await;
    own.sign_in("wrong").await;
    own.caller
        .send(request("GET", "/metrics", &[bearer("wrong, too")]))
        .await;
    // Who shows nothing tried nothing.
    own.caller.send(request("GET", "/metrics", &[])).await;
    let asking = request("GET", "/metrics", &[bearer(&own.viewer)]);
    let text = own.caller.send(asking).await.text();
    for (method, outcome, times) in [
        ("token", "signed-in", 2),
        ("token", "refused", 2),
        ("token", "unavailable", 0),
        ("alb", "refused", 0),
    ] {
        let line =
            format!("blastmap_sign_ins_total{{method=\"{method}\",outcome=\"{outcome}\"}} {times}");
        assert!(text.lines().any(|own| own == line), "{line}\n{text}");
    }
    for name in ["vera", "otto"] {
        assert!(!text.contains(name), "{text}");
    }
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_one_are_answered_alike_and_guessing_is_slowed() {
    let own = guarded();
    let mut mistyped = own.viewer.clone();
    mistyped.pop();
    let unknown = new_token("nobody", Role::Operator).unwrap().token;
    let mut answers = Vec::new();
    for token in [&mistyped, &unknown, &String::new(), &"x".repeat(3000)] {
        let answer = own.sign_in(token).await;
        let by_header = own
            .caller
            .send(request("GET", "/metrics", &[bearer(token)]))
            .await;
        for answer in [answer, by_header] {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(answer.header(header::SET_COOKIE), "");
            answers.push(answer.text());
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    for _ in 8..10 {
        own.sign_in(&unknown).await;
    }
    let slowed = own.sign_in(&unknown).await;
    assert_eq!(
        (slowed.status, slowed.code().as_str()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED")
    );
    let wait: u64 = slowed.header(header::RETRY_AFTER).parse().unwrap();
    assert!((1..=7).contains(&wait), "{wait}");
    let right = own.sign_in(&own.viewer).await;
    assert_eq!(
        right.status,
        StatusCode::TOO_MANY_REQUESTS,
        "a guess that hits is not told either"
    );
}

#[tokio::test]
async fn what_is_wrong_with_the_store_is_for_those_who_are_signed_in() {
    let own = guarded();
    let text = "cannot read s3://team-data/blastmap";
    own.snapshots.trouble(Trouble::Store, text.to_owned());
    let ready = own.caller.get("/readyz").await.text();
    assert!(!ready.contains("team-data"), "{ready}");
    assert!(
        ready.contains("\"problems\":[\"sign in and look"),
        "{ready}"
    );
    let mut asked = request("POST", "/graphql", &[bearer(&own.viewer)]);
    *asked.body_mut() = Body::from(r#"{"query":"{ coverage { problems } }"}"#);
    let problems = own.caller.send(asked).await.text();
    assert!(problems.contains(text), "{problems}");
}

#[tokio::test]
async fn other_sites_can_neither_sign_in_nor_out() {
    let own = guarded();
    for method in ["POST", "DELETE"] {
        let headers = [
            ("origin", "https://evil.example".to_owned()),
            ("sec-fetch-site", "cross-site".to_owned()),
        ];
        let answer = own.caller.send(request(method, "/session", &headers)).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::FORBIDDEN, "FORBIDDEN")
        );
    }
    let form = [(
        "content-type",
        "application/x-www-form-urlencoded".to_owned(),
    )];
    let answer = own.caller.send(request("POST", "/session", &form)).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_body_that_is_no_sign_in_is_not_repeated() {
    let own = guarded();
    for body in [
        "",
        "blastmap_secret",
        "{\"token\": blastmap_secret}",
        "{\"token\":\"a\",\"b\":1}",
    ] {
        let mut request = post_with(&[], body);
        *request.uri_mut() = "/session".parse().unwrap();
        let answer = own.caller.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(!answer.text().contains("secret"), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_open_server_says_so() {
    let caller = Caller::of(app());
    let who = caller.get("/session").await.json();
    assert_eq!(who, json!({ "guarded": false, "identity": null }));
    let mut request = post_with(&[], "{\"token\":\"a\"}");
    *request.uri_mut() = "/session".parse().unwrap();
    assert_eq!(caller.send(request).await.status, StatusCode::NOT_FOUND);
    let answer = caller
        .send(get("/metrics").body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK);
}
