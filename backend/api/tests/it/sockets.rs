//! Subscriptions over a real connection.

use std::{net::SocketAddr, os::unix::fs::PermissionsExt as _, sync::Arc};

use blastmap_api::{
    Access, App, CrawlProgress, Guard, Proxies, Role, SessionTimes, new_token, serve,
};
use blastmap_graph::Snapshot;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest as _,
        handshake::client::Response,
        http::{HeaderValue, StatusCode},
    },
};

use crate::floods::get_over;
use crate::support::{FakeCrawl, TAKEN_AT, app, inventory, owner_keys, resources};

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
}

pub(crate) async fn start(mut app: App) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    app.settings.listen = address;
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(serve(listener, None, app, async move {
        drop(stopped.await);
    }));
    Running {
        address,
        stop,
        done,
    }
}

pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Opens a connection with these headers beside the protocol's.
pub(crate) async fn connect(
    address: SocketAddr,
    headers: &[(&'static str, &str)],
) -> Result<(Socket, Response), Error> {
    let mut request = format!("ws://{address}/graphql").into_client_request()?;
    request.headers_mut().insert(
        "sec-websocket-protocol",
        HeaderValue::from_static("graphql-transport-ws"),
    );
    for (name, value) in headers {
        if value.is_empty() {
            request.headers_mut().remove(*name);
        } else {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
    }
    let stream = TcpStream::connect(address).await.unwrap();
    tokio_tungstenite::client_async(request, stream).await
}

pub(crate) async fn say(socket: &mut Socket, message: Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

/// The next message that is not about keeping the connection alive.
pub(crate) async fn hear(socket: &mut Socket) -> Value {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(frame) => {
                return json!({ "closed": frame.map(|frame| u16::from(frame.code)) });
            }
            _ => {}
        }
    }
}

pub(crate) async fn greeted(address: SocketAddr) -> Socket {
    let (mut socket, response) = connect(address, &[]).await.unwrap();
    assert_eq!(
        response.headers()["sec-websocket-protocol"],
        "graphql-transport-ws"
    );
    say(&mut socket, json!({ "type": "connection_init" })).await;
    assert_eq!(hear(&mut socket).await, json!({ "type": "connection_ack" }));
    socket
}

async fn subscribe(socket: &mut Socket, id: &str, query: &str) {
    say(
        socket,
        json!({ "id": id, "type": "subscribe", "payload": { "query": query } }),
    )
    .await;
}

#[tokio::test]
async fn a_crawl_is_followed() {
    let crawl = FakeCrawl::new();
    let mut app = app();
    app.crawl = Some(crawl.clone());
    let server = start(app).await;
    let mut socket = greeted(server.address).await;
    subscribe(
        &mut socket,
        "1",
        "subscription { crawlProgress { run scopesDone scopesTotal apiCalls resources finished } }",
    )
    .await;
    let progress = |done: usize| CrawlProgress {
        run: "run-1".to_owned(),
        scopes_done: done,
        scopes_total: 2,
        api_calls: 10 * done,
        resources: 100 * done,
        finished: done == 2,
    };
    for done in 0..=2 {
        crawl.progress.send_replace(Some(progress(done)));
        let message = hear(&mut socket).await;
        assert_eq!(
            message["payload"]["data"]["crawlProgress"],
            json!({ "run": "run-1", "scopesDone": done, "scopesTotal": 2, "apiCalls": 10 * done, "resources": 100 * done, "finished": done == 2 }),
            "{message}"
        );
    }
    // Who comes later hears at once how it stands.
    let mut late = greeted(server.address).await;
    subscribe(
        &mut late,
        "1",
        "subscription { crawlProgress { finished } }",
    )
    .await;
    assert_eq!(
        hear(&mut late).await["payload"]["data"]["crawlProgress"]["finished"],
        true
    );
}

#[tokio::test]
async fn a_new_graph_is_told() {
    let app = app();
    let snapshots = app.snapshots.clone();
    let server = start(app).await;
    let mut socket = greeted(server.address).await;
    subscribe(
        &mut socket,
        "g",
        "subscription { graphChanged { added removed changed snapshot { id resources } } }",
    )
    .await;
    // The answer to a second operation shows that the first is listening.
    subscribe(&mut socket, "x", "subscription { nothing }").await;
    assert_eq!(hear(&mut socket).await["id"], "x");
    assert_eq!(
        hear(&mut socket).await,
        json!({ "type": "complete", "id": "x" })
    );

    let mut changed = resources();
    changed.pop();
    changed[0].name = "renamed".into();
    changed[1].observed_at = TAKEN_AT + time::Duration::hours(1);
    snapshots.publish(Snapshot::new(
        inventory("next", TAKEN_AT, changed, Vec::new()),
        owner_keys(),
    ));
    assert_eq!(
        hear(&mut socket).await,
        json!({ "type": "next", "id": "g", "payload": { "data": { "graphChanged": {
            "added": 0, "removed": 1, "changed": 1, "snapshot": { "id": "next", "resources": 6 },
        } } } })
    );
}

#[tokio::test]
async fn only_subscriptions_and_only_light_ones_are_taken() {
    let server = start(app()).await;
    let mut socket = greeted(server.address).await;
    let aliases: String = (0..3000)
        .map(|each| format!("a{each}:__typename "))
        .collect();
    for (query, code) in [
        ("{ __typename }".to_owned(), "BAD_INPUT"),
        ("mutation { crawl { id } }".to_owned(), "BAD_INPUT"),
        ("subscription {".to_owned(), "BAD_INPUT"),
        (format!("subscription {{ {aliases} }}"), "TOO_COMPLEX"),
        ("{".repeat(50_000), "TOO_COMPLEX"),
    ] {
        subscribe(&mut socket, "1", &query).await;
        let message = hear(&mut socket).await;
        assert_eq!(
            message["payload"]["errors"][0]["extensions"]["code"], code,
            "{message}"
        );
        assert_eq!(hear(&mut socket).await["type"], "complete");
    }
}

#[tokio::test]
async fn one_connection_has_so_many_subscriptions_and_no_more() {
    let mut app = app();
    app.settings.subscriptions_per_socket = 2;
    let server = start(app).await;
    let mut socket = greeted(server.address).await;
    let query = "subscription { graphChanged { added } }";
    for id in ["1", "2", "3"] {
        subscribe(&mut socket, id, query).await;
    }
    let message = hear(&mut socket).await;
    assert_eq!(
        (
            &message["id"],
            &message["payload"]["errors"][0]["extensions"]["code"]
        ),
        (&json!("3"), &json!("RATE_LIMITED"))
    );
    assert_eq!(hear(&mut socket).await["type"], "complete");
    // One that ended makes room.
    say(&mut socket, json!({ "id": "1", "type": "complete" })).await;
    assert_eq!(
        hear(&mut socket).await,
        json!({ "type": "complete", "id": "1" })
    );
    subscribe(&mut socket, "4", query).await;
    subscribe(&mut socket, "5", query).await;
    assert_eq!(
        hear(&mut socket).await["id"],
        "5",
        "the fourth is open, the fifth is refused"
    );
}

#[tokio::test]
async fn one_caller_has_so_many_connections_and_others_have_theirs() {
    let mut app = app();
    app.settings.sockets_per_address = 1;
    app.settings.proxies = Proxies::new(vec!["127.0.0.1/32".parse().unwrap()]);
    let server = start(app).await;
    let from = |client: &'static str| async move {
        connect(server.address, &[("x-forwarded-for", client)]).await
    };
    let first = from("192.0.2.1").await.unwrap();
    let Err(Error::Http(refused)) = from("192.0.2.1").await else {
        panic!("a second one is taken")
    };
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    let _other = from("192.0.2.2").await.unwrap();
    drop(first);
    while from("192.0.2.1").await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn whoever_is_silent_is_given_up_and_who_answers_stays() {
    let mut app = app();
    app.settings.patience.silent = std::time::Duration::from_millis(300);
    let server = start(app).await;
    let mut there = greeted(server.address).await;
    let gone = greeted(server.address).await;
    assert_eq!(open_sockets(server.address).await, 2);
    // Who reads answers pings by the way.
    let reading = tokio::spawn(async move { hear(&mut there).await });
    while open_sockets(server.address).await > 1 {
        tokio::task::yield_now().await;
    }
    assert!(!reading.is_finished(), "the other one stays");
    drop(gone);
}

async fn open_sockets(address: SocketAddr) -> u64 {
    let metrics = get_over(address, "/metrics").await;
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("blastmap_websocket_connections "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn so_many_connections_are_open_and_no_more() {
    let mut app = app();
    app.settings.sockets = 1;
    let server = start(app).await;
    let first = greeted(server.address).await;
    assert_eq!(
        status(connect(server.address, &[]).await),
        StatusCode::SERVICE_UNAVAILABLE
    );
    drop(first);
    // The place is free once the server has seen the end.
    while connect(server.address, &[]).await.is_err() {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn status(answer: Result<(Socket, Response), Error>) -> StatusCode {
    match answer {
        Err(Error::Http(response)) => response.status(),
        Err(error) => panic!("no HTTP answer: {error}"),
        Ok(_) => StatusCode::SWITCHING_PROTOCOLS,
    }
}

#[tokio::test]
async fn upgrades_pass_the_same_fences() {
    let server = start(app()).await;
    let own = format!("http://{}", server.address);
    let cases = [
        (
            vec![("host", "evil.example")],
            StatusCode::MISDIRECTED_REQUEST,
        ),
        (
            vec![("origin", "http://evil.example")],
            StatusCode::FORBIDDEN,
        ),
        (vec![("origin", "null")], StatusCode::FORBIDDEN),
        (
            vec![("sec-websocket-protocol", "graphql-ws")],
            StatusCode::BAD_REQUEST,
        ),
        (
            vec![("sec-websocket-protocol", "")],
            StatusCode::BAD_REQUEST,
        ),
        (
            vec![("origin", own.as_str())],
            StatusCode::SWITCHING_PROTOCOLS,
        ),
        (
            vec![("origin", "https://blast.example.com")],
            StatusCode::SWITCHING_PROTOCOLS,
        ),
        (vec![], StatusCode::SWITCHING_PROTOCOLS),
    ];
    for (headers, expected) in cases {
        assert_eq!(
            status(connect(server.address, &headers).await),
            expected,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_connection() {
    let server = start(app()).await;
    let mut socket = greeted(server.address).await;
    let large =
        json!({ "id": "1", "type": "subscribe", "payload": { "query": "a".repeat(200 * 1024) } });
    drop(socket.send(Message::text(large.to_string())).await);
    while let Some(Ok(message)) = socket.next().await {
        assert!(!message.is_text(), "{message}");
    }
}

#[tokio::test]
async fn nothing_is_told_before_the_greeting() {
    let server = start(app()).await;
    let (mut socket, _) = connect(server.address, &[]).await.unwrap();
    subscribe(&mut socket, "1", "subscription { graphChanged { added } }").await;
    assert!(hear(&mut socket).await["closed"].is_number());
}

#[tokio::test]
async fn a_server_that_stops_says_good_bye() {
    let server = start(app()).await;
    let mut socket = greeted(server.address).await;
    subscribe(&mut socket, "1", "subscription { graphChanged { added } }").await;
    server.stop.send(()).unwrap();
    assert_eq!(hear(&mut socket).await, json!({ "closed": 1001 }));
    drop(socket);
    server.done.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_connection_ends_with_the_session_that_opened_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tokens.toml");
    let (vera, otto) = (
        new_token("vera", Role::Viewer).unwrap(),
        new_token("otto", Role::Viewer).unwrap(),
    );
    // All at once, so that it is never read half written.
    let write = |text: &str| {
        let whole = folder.path().join("whole.toml");
        std::fs::write(&whole, text).unwrap();
        std::fs::set_permissions(&whole, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::rename(&whole, &path).unwrap();
    };
    write(&format!("{}{}", vera.block, otto.block));
    let guard = Guard::new(SessionTimes::default())
        .with_tokens(&path)
        .unwrap();
    let server = start(App {
        access: Access::Guarded(Arc::new(guard)),
        ..app()
    })
    .await;
    let refused = connect(server.address, &[]).await.unwrap_err();
    let Error::Http(response) = refused else {
        panic!("{refused}")
    };
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);

    let (of_vera, of_otto) = (
        format!("Bearer {}", vera.token),
        format!("Bearer {}", otto.token),
    );
    let (mut gone, _) = connect(server.address, &[("authorization", &of_vera)])
        .await
        .unwrap();
    let (mut stays, _) = connect(server.address, &[("authorization", &of_otto)])
        .await
        .unwrap();
    for socket in [&mut gone, &mut stays] {
        say(socket, json!({ "type": "connection_init" })).await;
        assert_eq!(hear(socket).await, json!({ "type": "connection_ack" }));
    }
    write(&otto.block);
    assert_eq!(hear(&mut gone).await, json!({ "closed": 4401 }));
    say(&mut stays, json!({ "type": "ping" })).await;
    assert_eq!(hear(&mut stays).await, json!({ "type": "pong" }));
    let refused = connect(server.address, &[("authorization", &of_vera)]).await;
    assert!(refused.is_err());
    server.stop.send(()).unwrap();
    server.done.await.unwrap().unwrap();
}
