//! Many requests, many connections, slow ones: nobody takes more than a part, and who is refused is told when to come again.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use blastmap_api::{App, Patience, Proxies};
use blastmap_store::{S3Keys, S3Settings, Store};
use futures_util::{StreamExt as _, future::join_all, stream};
use h2::{Ping, RecvStream, client::SendRequest};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    assessments::{keep, stored},
    sockets::start,
    support::{Answer, Caller, FakeCrawl, app, get, post, post_with},
};

const SMALL: &str = r#"{"query":"{ __typename }"}"#;
const CRAWL: &str = "mutation { crawl { id } }";
const ANN: &str = "192.0.2.1";
const BOB: &str = "192.0.2.2";

/// Requests of the tests come from nowhere, and are believed when they say from where.
fn by_proxy(mut app: App) -> App {
    app.settings.proxies = Proxies::new(vec!["0.0.0.0/32".parse().unwrap()]);
    app
}

fn of(client: &str, body: impl Into<Body>) -> Request<Body> {
    post_with(&[("x-forwarded-for", client)], body)
}

async fn small(caller: &Caller, client: &str) -> Answer {
    caller.send(of(client, SMALL)).await
}

fn seconds_to_wait(refused: &Answer) -> u64 {
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED".to_owned()),
        "{}",
        refused.text()
    );
    refused.header("retry-after").parse().unwrap()
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_again_and_others_are_answered() {
    let mut app = by_proxy(app());
    app.settings.rate_limit = 3;
    let caller = Caller::of(app);
    for _ in 0..3 {
        assert_eq!(small(&caller, ANN).await.status, StatusCode::OK);
    }
    let refused = small(&caller, ANN).await;
    assert!((1..=20).contains(&seconds_to_wait(&refused)));
    assert_eq!(small(&caller, BOB).await.status, StatusCode::OK);
    // What costs nothing is not counted.
    assert_eq!(caller.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(caller.get("/").await.headers.get("retry-after"), None);
}

#[tokio::test]
async fn much_work_counts_more_than_once() {
    let mut app = by_proxy(app());
    app.settings.rate_limit = 30;
    let caller = Caller::of(app);
    // Reading kept snapshots is much work, though there are none here.
    let kept: String = (0..6)
        .map(|each| format!("a{each}: resources(snapshot: \"kept\") {{ totalCount }} "))
        .collect();
    let body = json!({ "query": format!("{{ {kept} }}") }).to_string();
    let answer = caller.send(of(ANN, body)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let values = &answer.json()["extensions"]["cost"]["values"];
    assert!(values.as_u64().unwrap() > 500_000, "{}", answer.text());
    // It was answered, and is owed.
    assert!(seconds_to_wait(&small(&caller, ANN).await) > 2);
    assert_eq!(small(&caller, BOB).await.status, StatusCode::OK);
}

#[tokio::test]
async fn there_may_be_no_limit() {
    let mut app = app();
    app.settings.rate_limit = 0;
    let caller = Caller::of(app);
    for _ in 0..50 {
        let answer = caller.send(post_with(&[], SMALL)).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_flood_of_one_leaves_places_for_others() {
    let (crawl, release) = FakeCrawl::stuck();
    let mut app = by_proxy(app());
    app.crawl = Some(crawl.clone());
    app.settings.concurrent_queries = 4;
    let caller = Caller::of(app);
    let flood: Vec<JoinHandle<Answer>> = (0..292)
        .map(|_| {
            let caller = caller.clone();
            let body = json!({ "query": CRAWL }).to_string();
            tokio::spawn(async move { caller.send(of(ANN, body)).await })
        })
        .collect();
    // Two of them are worked on, 254 wait, the others are refused.
    while flood.iter().filter(|own| own.is_finished()).count() < 36 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..10 {
        assert_eq!(small(&caller, BOB).await.status, StatusCode::OK);
    }
    drop(release);
    let mut statuses = std::collections::BTreeMap::new();
    for own in flood {
        let answer = own.await.unwrap();
        if answer.status != StatusCode::OK {
            seconds_to_wait(&answer);
        }
        *statuses.entry(answer.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(statuses, [(200, 256), (429, 36)].into());
    assert_eq!(small(&caller, ANN).await.status, StatusCode::OK);
}

#[tokio::test]
async fn answers_that_nobody_fetches_do_not_fill_the_memory() {
    let query = "{ resources(first: 100) { nodes { id name kind account region } } }";
    let large = json!({ "query": query }).to_string();
    let mut app = by_proxy(app());
    let once = Caller::of(app.clone()).send(of(ANN, large.clone())).await;
    app.settings.untaken_answers = 2 * once.body.len();
    let caller = Caller::of(app);
    // A body that is not read to its end: the answer lies there.
    let untaken = caller.begin(of(ANN, large.clone())).await;
    assert_eq!(untaken.status(), StatusCode::OK);
    seconds_to_wait(&small(&caller, ANN).await);
    drop(untaken);
    assert_eq!(small(&caller, ANN).await.status, StatusCode::OK);
    // Where others fill it, whoever asks is told that the server is busy.
    let _of_ann = caller.begin(of(ANN, large.clone())).await;
    let _of_bob = caller.begin(of(BOB, large)).await;
    let busy = small(&caller, "192.0.2.3").await;
    assert_eq!(
        (busy.status, busy.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
}

#[tokio::test]
async fn many_answers_at_once_that_nobody_fetches_do_not_fill_the_memory() {
    let root = tempfile::tempdir().unwrap();
    let mut app = by_proxy(stored(root.path()));
    app.settings.concurrent_queries = 4;
    let caller = Caller::of(app.clone());
    let review = keep(&caller, "Monday").await;
    let review = format!("/reviews/{}.json", review["id"].as_str().unwrap());
    let query = "{ resources(first: 100) { nodes { id name } } }";
    let query = json!({ "query": query }).to_string();
    let request = |path: &str| match path {
        "/graphql" => of(ANN, query.clone()),
        _ => get(path)
            .header("x-forwarded-for", ANN)
            .body(Body::empty())
            .unwrap(),
    };
    for path in ["/graphql", &review, "/snapshots/latest.jsonl.zst"] {
        let once = caller.send(request(path)).await.body.len();
        // Room for three of one caller's, who has two places to be worked in.
        app.settings.untaken_answers = 6 * once;
        let caller = Caller::of(app.clone());
        let all = (0..40).map(|_| caller.begin(request(path)));
        let all = join_all(all).await;
        let untaken = all.iter().filter(|own| own.status() == StatusCode::OK);
        let untaken = untaken.count();
        assert!((3..=4).contains(&untaken), "{path}: {untaken}");
        let refused = all
            .iter()
            .filter(|own| own.status() == StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.count(), 40 - untaken, "{path}");
        drop(all);
        let again = caller.send(request(path)).await;
        assert_eq!(again.status, StatusCode::OK, "{path}");
    }
}

fn plan(client: &str, body: impl Into<Body>) -> Request<Body> {
    let mut request = of(client, body);
    *request.uri_mut() = "/plans".parse().unwrap();
    request
}

/// A body of which so many bytes come, and then nothing.
fn unfinished(bytes: usize) -> Body {
    let come = stream::iter([Ok::<_, std::io::Error>(Bytes::from(vec![b' '; bytes]))]);
    Body::from_stream(come.chain(stream::pending()))
}

/// Sends requests that do not end, until their server has had time to read what there is of them.
async fn on_their_way(
    caller: &Caller,
    requests: impl IntoIterator<Item = Request<Body>>,
) -> Vec<JoinHandle<Answer>> {
    let all = requests.into_iter().map(|request| {
        let caller = caller.clone();
        tokio::spawn(async move { caller.send(request).await })
    });
    let all: Vec<_> = all.collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(all.iter().all(|own| !own.is_finished()));
    all
}

#[tokio::test]
async fn requests_on_their_way_do_not_fill_the_memory() {
    const MIB: usize = 1024 * 1024;
    let mut app = by_proxy(app());
    app.settings.max_plan = MIB;
    let caller = Caller::of(app);
    let of_ann = on_their_way(&caller, [(); 2].map(|()| plan(ANN, unfinished(MIB)))).await;
    seconds_to_wait(&caller.send(plan(ANN, unfinished(1))).await);
    let of_bob = on_their_way(&caller, [(); 2].map(|()| plan(BOB, unfinished(MIB)))).await;
    let busy = caller.send(plan("192.0.2.3", unfinished(1))).await;
    assert_eq!(
        (busy.status, busy.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "5")
    );
    // Queries have room of their own.
    for client in [ANN, BOB, "192.0.2.3"] {
        assert_eq!(small(&caller, client).await.status, StatusCode::OK);
    }
    for own in of_ann.into_iter().chain(of_bob) {
        own.abort();
        drop(own.await);
    }
    let answer = caller.send(plan(ANN, "{\"resources\": []}")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_said_to_come_takes_no_room_before_it_comes() {
    let mut app = by_proxy(app());
    app.settings.max_plan = 1024 * 1024;
    let caller = Caller::of(app);
    let said = (0..20).map(|_| {
        let mut request = plan(ANN, unfinished(1));
        let length = "1048576".parse().unwrap();
        request.headers_mut().insert("content-length", length);
        request
    });
    let said = on_their_way(&caller, said).await;
    for client in [ANN, BOB] {
        let answer = caller.send(plan(client, "{\"resources\": []}")).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(small(&caller, client).await.status, StatusCode::OK);
    }
    for own in said {
        own.abort();
    }
}

#[tokio::test]
async fn a_plan_may_take_longer_where_it_comes_fast_enough() {
    let mut app = app();
    app.settings.request_timeout = Duration::from_millis(200);
    let caller = Caller::of(app);
    for (bytes, status) in [
        (16 * 1024, StatusCode::CREATED),
        (16, StatusCode::REQUEST_TIMEOUT),
    ] {
        let parts = stream::iter(0..30).then(move |each| async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let part = if each == 0 { "{\"resources\": []}" } else { "" };
            Ok::<_, std::io::Error>(Bytes::from(format!("{part:bytes$}")))
        });
        let answer = caller.send(plan(ANN, Body::from_stream(parts))).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

/// An answer of a real connection, to its end.
pub(crate) async fn get_over(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    ask(&mut stream, path).await
}

async fn ask(stream: &mut TcpStream, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Whoever is closed at once may not read all of it.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads to the end, which has to come.
async fn ended(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut all)).await;
    drop(read.expect("the server ends it"));
    all
}

fn impatient() -> App {
    let mut app = app();
    app.settings.patience = Patience {
        head: Duration::from_millis(200),
        idle: Duration::from_millis(600),
        stalled: Duration::from_millis(200),
        ..Patience::default()
    };
    app
}

#[tokio::test]
async fn who_asks_nothing_or_too_slowly_is_closed() {
    let server = start(impatient()).await;
    let silent = TcpStream::connect(server.address).await.unwrap();
    let mut unfinished = TcpStream::connect(server.address).await.unwrap();
    unfinished
        .write_all(b"GET / HTTP/1.1\r\nhost: ")
        .await
        .unwrap();
    let mut unsure = TcpStream::connect(server.address).await.unwrap();
    unsure.write_all(b"PRI").await.unwrap();
    let (mut slow, trickle) = (
        TcpStream::connect(server.address).await.unwrap(),
        async |slow: &mut TcpStream| {
            while slow.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        },
    );
    slow.write_all(b"GET / HTTP/1.1\r\nx-a: ").await.unwrap();
    timeout(Duration::from_secs(30), trickle(&mut slow))
        .await
        .expect("the server ends it");
    for stream in [silent, unfinished, unsure] {
        assert_eq!(ended(stream).await, b"");
    }
    assert!(get_over(server.address, "/healthz").await.ends_with("ok\n"));
}

#[tokio::test]
async fn a_connection_rests_longer_than_a_request_takes_to_come() {
    let server = start(impatient()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = [0; 4096];
    assert!(stream.read(&mut answer).await.unwrap() > 0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    stream.write_all(request).await.unwrap();
    assert!(
        stream.read(&mut answer).await.unwrap() > 0,
        "it is still there"
    );
    assert_eq!(
        ended(stream).await,
        b"",
        "and closed once it rests for longer"
    );
}

#[tokio::test]
async fn who_does_not_read_is_closed() {
    let server = start(impatient()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = b"GET /schema.graphql HTTP/1.1\r\nhost: localhost\r\n\r\n";
    // More answers than the system takes in for somebody who does not read.
    let asked = timeout(Duration::from_secs(30), async {
        let mut asked = 0;
        while asked < 2000 && stream.write_all(request).await.is_ok() {
            asked += 1;
        }
    });
    drop(asked.await);
    while connections(server.address).await > 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(get_over(server.address, "/healthz").await.ends_with("ok\n"));
}

/// A client of HTTP/2 that takes so many bytes of each answer before it says that it took them.
async fn by_frames(
    address: SocketAddr,
    window: u32,
) -> (SendRequest<Bytes>, JoinHandle<Result<(), h2::Error>>) {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut builder = h2::client::Builder::new();
    builder.initial_window_size(window);
    let (client, mut connection) = builder.handshake(stream).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let ended = tokio::spawn(async move {
        let pinging = async {
            while pings.ping(Ping::opaque()).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            ended = connection => ended,
            () = pinging => Ok(()),
        }
    });
    (client, ended)
}

/// Begins to get an answer of more than three frames.
async fn begun(client: &mut SendRequest<Bytes>) -> RecvStream {
    let mut request = Request::new(());
    *request.uri_mut() = "http://localhost/schema.graphql".parse().unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    let response = response.await.unwrap();
    let length = response.headers()["content-length"].to_str().unwrap();
    assert!(length.parse::<usize>().unwrap() > 48 * 1024, "{length}");
    response.into_body()
}

/// Takes an answer to its end, piece by piece.
async fn taken(mut body: RecvStream, pause: Duration) -> Result<usize, h2::Error> {
    let mut taken = 0;
    while let Some(part) = body.data().await {
        let length = part?.len();
        taken += length;
        tokio::time::sleep(pause).await;
        body.flow_control().release_capacity(length)?;
    }
    Ok(taken)
}

#[tokio::test]
async fn who_takes_nothing_of_answers_in_frames_is_closed_though_it_pings() {
    let server = start(impatient()).await;
    let (client, ended) = by_frames(server.address, 0).await;
    let mut client = client.ready().await.unwrap();
    let mut untaken = Vec::new();
    for _ in 0..8 {
        untaken.push(begun(&mut client).await);
    }
    let ended = timeout(Duration::from_secs(5), ended).await;
    drop(ended.expect("the server ends it"));
    while connections(server.address).await > 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn who_takes_answers_in_frames_too_slowly_is_closed_and_who_does_not_may_rest() {
    let server = start(impatient()).await;
    let (client, ended) = by_frames(server.address, 16 * 1024).await;
    let mut client = client.ready().await.unwrap();
    let (slow, quick) = (begun(&mut client).await, begun(&mut client).await);
    let quick = tokio::spawn(taken(quick, Duration::ZERO));
    let slow = taken(slow, Duration::from_millis(150)).await;
    assert!(slow.is_err(), "{slow:?}");
    assert!(quick.await.unwrap().is_ok());
    drop(ended.await);

    let (client, ended) = by_frames(server.address, 64 * 1024).await;
    let mut client = client.ready().await.unwrap();
    for _ in 0..2 {
        let body = begun(&mut client).await;
        taken(body, Duration::from_millis(10)).await.unwrap();
        // Longer than an answer may wait: there is none.
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    assert!(!ended.is_finished());
}

/// How many connections are open, the one that asks among them.
async fn connections(address: SocketAddr) -> u64 {
    let metrics = get_over(address, "/metrics").await;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("blastmap_connections "));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

/// A connection of this address.
async fn from(own: &str, to: SocketAddr) -> TcpStream {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(format!("{own}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

#[cfg(target_os = "linux")] // elsewhere loopback is one address
#[tokio::test]
async fn whether_it_lives_is_told_though_others_take_all_places_and_ask_nothing() {
    let mut app = app();
    app.settings.connections = 12;
    app.settings.connections_per_address = 2;
    let server = start(app).await;
    let places = (2..8).flat_map(|last| [last; 2]);
    let mut silent = Vec::new();
    // One address asks for more than its two places, and holds what it gets.
    for last in places.chain([2; 4]) {
        let mut stream = from(&format!("127.0.0.{last}"), server.address).await;
        // Whoever finds no place may be closed by now.
        drop(stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ").await);
        silent.push(stream);
    }
    let mut balancer = from("127.0.0.9", server.address).await;
    let answer = ask(&mut balancer, "/healthz").await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[cfg(target_os = "linux")] // elsewhere loopback is one address
#[tokio::test]
async fn one_address_has_so_many_connections_and_who_finds_no_place_is_told() {
    let mut app = app();
    app.settings.connections = 4;
    app.settings.connections_per_address = 2;
    let server = start(app).await;
    let open = async |address: &str| from(address, server.address).await;
    let first = open("127.0.0.2").await;
    let _second = open("127.0.0.2").await;
    let mut third = open("127.0.0.2").await;
    let refused = ask(&mut third, "/").await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\nretry-after: 5"), "{head}");
    assert!(head.contains("\r\nconnection: close"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    // Others are answered, until all places are taken; and even then whoever asks whether the process lives.
    let _other = open("127.0.0.3").await;
    let mut last = open("127.0.0.4").await;
    last.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 4096];
    assert!(last.read(&mut answer).await.unwrap() > 0);
    let mut late = open("127.0.0.5").await;
    assert!(ask(&mut late, "/").await.starts_with("HTTP/1.1 503 "));
    let mut balancer = open("127.0.0.5").await;
    assert!(
        ask(&mut balancer, "/healthz")
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    // A place that is given back is there for others.
    drop(first);
    loop {
        let mut again = open("127.0.0.6").await;
        if ask(&mut again, "/").await.starts_with("HTTP/1.1 503 ") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        } else {
            break;
        }
    }
    let metrics = get_over(server.address, "/metrics").await;
    assert!(
        metrics.contains("\nblastmap_connections_refused_total "),
        "{metrics}"
    );
}

#[tokio::test]
async fn connections_by_a_proxy_are_not_one_callers() {
    let mut app = app();
    app.settings.connections_per_address = 1;
    app.settings.proxies = Proxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let server = start(app).await;
    let _first = TcpStream::connect(server.address).await.unwrap();
    assert!(get_over(server.address, "/healthz").await.ends_with("ok\n"));
}

#[tokio::test]
async fn what_waits_to_be_worked_on_is_refused_in_time() {
    let (crawl, release) = FakeCrawl::stuck();
    let mut app = app();
    app.crawl = Some(crawl);
    app.settings.concurrent_queries = 1;
    app.settings.request_timeout = Duration::from_millis(100);
    let caller = Caller::of(app);
    let stuck = caller.send(post(&json!({ "query": CRAWL }))).await;
    assert_eq!(stuck.status, StatusCode::SERVICE_UNAVAILABLE);
    for path in ["/snapshots/latest.jsonl.zst", "/reviews/1.md"] {
        let busy = caller.get(path).await;
        assert_eq!(
            (busy.status, busy.code(), busy.header("retry-after")),
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "RATE_LIMITED".to_owned(),
                "5"
            ),
            "{path}"
        );
    }
    drop(release);
}

/// A store that takes what it is asked, and never answers.
async fn silent_store() -> (Store, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let keys = S3Keys {
        key_id: "test".to_owned(),
        secret_key: "test".to_owned(),
        session_token: None,
    };
    let settings = S3Settings::with_keys(None, Some(endpoint), keys);
    let store = Store::open("s3://bucket/silent", Some(&settings)).unwrap();
    (store, listener)
}

#[tokio::test]
async fn a_store_that_does_not_answer_leaves_places_for_what_is_in_memory() {
    let (store, _listener) = silent_store().await;
    let mut app = by_proxy(app());
    app.store = Some(Arc::new(store));
    app.settings.concurrent_queries = 2;
    app.settings.request_timeout = Duration::from_millis(300);
    let caller = Caller::of(app);
    let stored = "{ resources(snapshot: \"kept\") { totalCount } }";
    let history = "{ resourceHistory(id: \"a\") { entries { event } } }";
    for query in [stored, history] {
        let query = json!({ "query": query }).to_string();
        // One place is of one caller.
        let all = [ANN, BOB].map(|client| caller.send(of(client, query.clone())));
        for given_up in join_all(all).await {
            assert_eq!(
                (given_up.status, given_up.code()),
                (StatusCode::SERVICE_UNAVAILABLE, "TOO_COMPLEX".to_owned())
            );
        }
        for client in [ANN, BOB] {
            let answer = small(&caller, client).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        }
    }
    for path in ["/reviews/1.json", "/snapshots/kept.jsonl.zst"] {
        let all = [(); 2].map(|()| caller.get(path));
        for given_up in join_all(all).await {
            assert_eq!(
                (given_up.status, given_up.header("retry-after")),
                (StatusCode::SERVICE_UNAVAILABLE, "5"),
                "{path}"
            );
        }
        assert_eq!(small(&caller, ANN).await.status, StatusCode::OK, "{path}");
    }
}
