//! Which path goes where, and what each request passes on the way.

use std::sync::{Arc, LazyLock};

use axum::{
    Router, middleware,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{HeaderValue, StatusCode, header};
use tower_http::{
    compression::{CompressionLayer, Predicate, predicate::SizeAbove},
    csrf::{CsrfLayer, ProtectionError},
};

use super::{
    guard, headers, health, hosts, metrics, page, plans, post as graphql, requests, review_file,
    session, sign_in, snapshot_file, socket,
};
use crate::{
    App,
    engine::Engine,
    graphql::schema_text,
    problem::{Code, Problem},
    state::State,
};

/// The server's answers to all paths.
pub fn router(app: App) -> Router {
    routes(&State::new(app))
}

pub(super) fn routes(state: &Arc<State>) -> Router {
    let engine = Engine::new(state);
    let api = Router::new()
        .route(
            "/graphql",
            post(graphql::answer)
                .get(socket::upgrade)
                .connect(socket::upgrade)
                .fallback(only_post)
                .with_state((Arc::clone(state), engine)),
        )
        .route("/schema.graphql", get(schema))
        .route(
            "/reviews/{name}",
            get(review_file::show).with_state(Arc::clone(state)),
        )
        .route("/metrics", get(metrics::show).with_state(Arc::clone(state)))
        .layer(compression());
    // Whatever tells of the estate, or takes something, asks first who it is. What is new goes here.
    let guarded = Router::new()
        .merge(api)
        .route(
            "/plans",
            post(plans::take)
                .fallback(plans::only_post)
                .with_state(Arc::clone(state)),
        )
        .route(
            "/snapshots/{name}",
            get(snapshot_file::download).with_state(Arc::clone(state)),
        )
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(state),
            guard::require,
        ));
    // The page's files hold no data; and who is not signed in has to be shown where to.
    let open = Router::new()
        .route("/graphiql", get(page::console))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready).with_state(Arc::clone(state)))
        .route(
            "/session",
            get(session::show)
                .post(session::sign_in)
                .delete(session::sign_out)
                .fallback(session::other_method)
                .with_state(Arc::clone(state)),
        )
        .route(
            "/auth/login",
            get(sign_in::login).with_state(Arc::clone(state)),
        )
        .route(
            "/auth/callback",
            get(sign_in::callback).with_state(Arc::clone(state)),
        )
        .fallback(page::file);
    guarded
        .merge(open)
        .layer(cross_site(state))
        .layer(middleware::from_fn_with_state(
            Arc::clone(state),
            hosts::check,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(state),
            requests::observe,
        ))
        .layer(middleware::map_response(headers::secure))
        .layer(middleware::map_response_with_state(
            Arc::clone(state),
            headers::only_by_tls,
        ))
}

async fn schema() -> Response {
    static TEXT: LazyLock<String> = LazyLock::new(schema_text);
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], TEXT.as_str()).into_response()
}

pub(super) async fn only_post() -> Response {
    refuse_method("send queries to /graphql by POST, subscriptions by WebSocket")
}

/// For a path to which something is posted.
pub(super) fn refuse_method(message: impl Into<String>) -> Response {
    let allow = (header::ALLOW, HeaderValue::from_static("POST"));
    let problem = Problem::bad_input(message);
    ([allow], problem.with_status(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}

fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(SizeAbove::new(1024))
}

/// Refuses what another site's page makes a browser send.
fn cross_site(state: &State) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let mut layer = CsrfLayer::new();
    if let Some(url) = &state.app.settings.public_url {
        layer = match layer.clone().add_trusted_origin(url.origin()) {
            Ok(trusting) => trusting,
            Err(error) => {
                tracing::warn!(error = %error, "Cannot trust the public URL's origin: its pages cannot write");
                layer
            }
        };
    }
    layer.with_rejection_response(|_error| {
        Problem::new(
            Code::Forbidden,
            "requests from other sites' pages are refused",
        )
        .with_status(StatusCode::FORBIDDEN)
    })
}
