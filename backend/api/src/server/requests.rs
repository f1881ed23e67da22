//! Each request: an id, a line in the log, a place in the metrics; and a panic in one request ends that request alone.

use std::{
    hash::{BuildHasher as _, RandomState},
    panic::AssertUnwindSafe,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{
    extract::{MatchedPath, Request, State as From},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, StatusCode};
use tracing::{Instrument as _, Span, debug, error, error_span, field};

use super::trace_parent;
use crate::{
    problem::{Code, Problem},
    state::State,
};

/// Tells a caller which lines of the log are about its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What the log calls a request; in its extensions.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// Never taken from the caller: what stands in the log is the server's own.
fn new_id() -> String {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!(
        "{:016x}",
        KEY.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
    )
}

pub(super) async fn observe(
    From(state): From<Arc<State>>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = new_id();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("page", MatchedPath::as_str)
        .to_owned();
    // Not the path's query: it may hold what people look for. An error's line has the id at any level.
    let span = error_span!(
        "request",
        request.id = id,
        http.method = %method,
        http.route = route,
        http.status = field::Empty,
        graphql.operation = field::Empty,
    );
    trace_parent::follow(&span, request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let mut response = answer
        .instrument(span.clone())
        .await
        .unwrap_or_else(|panic| {
            let _in_span = span.enter();
            error!(
                panic = what(&*panic),
                "A request panicked, kept from the others"
            );
            Problem::new(
                Code::Internal,
                format!("the server failed on this request: its log says more under {id}"),
            )
            .with_status(StatusCode::INTERNAL_SERVER_ERROR)
        });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (response.status(), started.elapsed());
    state.metrics.request(&method, &route, status, took);
    span.record("http.status", status.as_u16());
    span.in_scope(|| {
        debug!(
            http.status = status.as_u16(),
            duration_ms = took.as_millis(),
            "Answered {status}"
        );
    });
    response
}

/// Names the operation in the log: its name only, never its variables.
pub(super) fn name_operation(name: Option<&str>) {
    if let Some(name) = name {
        let name: String = name.chars().take(60).collect();
        Span::current().record("graphql.operation", name);
    }
}

fn what(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
