//! One connection, from its handshake to its end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::task_tracker::TaskTrackerToken};
use tower::ServiceExt as _;
use tracing::debug;

use super::{
    headers, health,
    hosts::Arrived,
    patient::{Activity, Patient},
    tls::Tls,
    under_way::UnderWay,
};
use crate::{
    Patience,
    fair::Share,
    problem::{Code, Problem},
};

/// How much of a request's head, and of an answer, one connection holds, in bytes.
const BUFFER: usize = 64 * 1024;

/// How much of bodies that nobody has read yet one connection of HTTP/2 holds, in bytes. Large enough for a plan to come from far away.
const WINDOW: u32 = 128 * 1024;

/// How many requests one connection of HTTP/2 has at once.
const STREAMS: u32 = 64;

/// How many streams of HTTP/2 may be taken back before they were answered, by the other end and by us, until the connection ends.
const RESETS: usize = 20;
const OWN_RESETS: usize = 256;

/// How long somebody may take to hear that there is no place.
const FAREWELL: Duration = Duration::from_secs(5);

/// A connection as it came.
pub(super) struct Opened {
    pub(super) stream: TcpStream,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) arrived: Arrived,
    pub(super) patience: Patience,
}

/// What is held as long as a connection is open, whatever it has become.
pub(super) struct Held {
    _place: Share<std::net::IpAddr>,
    _open: TaskTrackerToken,
}

impl Held {
    pub(super) fn new(place: Share<std::net::IpAddr>, open: TaskTrackerToken) -> Self {
        Self {
            _place: place,
            _open: open,
        }
    }
}

/// Answers what comes; once told to stop, only what came already.
pub(super) async fn serve(opened: Opened, router: Router, stopping: CancellationToken, held: Held) {
    let Opened {
        stream,
        tls,
        arrived,
        patience,
    } = opened;
    match tls {
        None => serve_on(stream, arrived, patience, router, stopping, held).await,
        Some(tls) => {
            let shaken = tokio::select! {
                shaken = tls.shake_hands(stream) => shaken,
                () = stopping.cancelled() => None,
            };
            if let Some(stream) = shaken {
                // The state of TLS is large, and boxed where it lies.
                serve_on(Box::new(stream), arrived, patience, router, stopping, held).await;
            }
        }
    }
}

async fn serve_on<S>(
    stream: S,
    arrived: Arrived,
    patience: Patience,
    router: Router,
    stopping: CancellationToken,
    held: Held,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Activity::new();
    let stream = Patient::new(stream, Arc::clone(&activity), patience, held);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        let busy = activity.begin(request.version());
        request.extensions_mut().insert(ConnectInfo(arrived));
        request.extensions_mut().insert(busy.clone());
        let answer = router.clone().oneshot(request);
        let activity = Arc::clone(&activity);
        async move {
            let answer = answer.await;
            let answer =
                answer.map(|answer| answer.map(|body| UnderWay::new(body, activity.answer())));
            drop(busy);
            answer
        }
    });
    let builder = builder();
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut connection = Box::pin(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(error = %error, "A connection broke off");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(BUFFER);
    builder
        .http2()
        // WebSockets over HTTP/2
        .enable_connect_protocol()
        .max_concurrent_streams(STREAMS)
        .initial_connection_window_size(WINDOW)
        .initial_stream_window_size(WINDOW)
        .max_send_buf_size(BUFFER)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(OWN_RESETS);
    builder
}

/// Tells that there is no place, and closes. That the process lives is told even then.
pub(super) async fn refuse(opened: Opened) {
    let farewell = async {
        match opened.tls {
            None => refuse_on(opened.stream).await,
            Some(tls) => {
                if let Some(stream) = tls.shake_hands(opened.stream).await {
                    refuse_on(stream).await;
                }
            }
        }
    };
    // Who does not ask in time is closed without a word.
    drop(timeout(FAREWELL, Box::pin(farewell)).await);
}

async fn refuse_on<S>(stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(async |request: hyper::Request<Incoming>| {
        let answer = if request.uri().path() == "/healthz" {
            health::alive().await.into_response()
        } else {
            no_place()
        };
        Ok::<_, Infallible>(headers::secure(answer).await)
    });
    let mut builder = builder();
    builder.http1().keep_alive(false);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    drop(connection.await);
}

fn no_place() -> Response {
    let problem = Problem::new(
        Code::RateLimited,
        "the server has as many connections as it takes, or as it takes from one address: try again later",
    );
    let mut answer = problem.with_status(StatusCode::SERVICE_UNAVAILABLE);
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
    answer
}
