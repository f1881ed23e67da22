//! Subscriptions: `graphql-transport-ws` over a WebSocket on `/graphql`.
//!
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>

mod kept_alive;

use std::sync::Arc;

use async_graphql::Data;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{FromRequestParts as _, Request, State as From, WebSocketUpgrade},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};

use self::kept_alive::{KeptAlive, Over};
use super::{hosts::is_own_origin, load, patient::Busy};
use crate::{
    auth::caller::Caller,
    engine::{Engine, Subscriptions},
    fair::Full,
    problem::{Code, Problem},
    state::State,
};

const PROTOCOL: &str = "graphql-transport-ws";

/// The largest message, in bytes.
const LARGEST_MESSAGE: usize = 128 * 1024;

/// What each connection holds ready in each direction, in bytes. Messages are small mostly; a larger one takes more while it is there.
const BUFFER: usize = 2 * 1024;

pub(super) async fn upgrade(
    From((state, engine)): From<(Arc<State>, Engine)>,
    request: Request,
) -> Response {
    let answered = upgrade_or_refuse(&state, engine, request).await;
    answered.unwrap_or_else(|(status, problem)| problem.with_status(status))
}

async fn upgrade_or_refuse(
    state: &Arc<State>,
    engine: Engine,
    request: Request,
) -> Result<Response, (StatusCode, Problem)> {
    let (mut parts, _body) = request.into_parts();
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return Ok(super::routes::only_post().await);
    };
    if !is_own_origin(&parts.uri, &parts.headers, &state.app.settings) {
        let problem = Problem::new(
            Code::Forbidden,
            "requests from other sites' pages are refused",
        );
        return Err((StatusCode::FORBIDDEN, problem));
    }
    let offered = parts.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
    let mut offered = offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    if !offered.any(|offer| offer.trim() == PROTOCOL) {
        let problem = Problem::bad_input(format!("offer the WebSocket protocol {PROTOCOL}"));
        return Err((StatusCode::BAD_REQUEST, problem));
    }
    // The library reads the protocol from this header: only one is spoken here.
    parts.headers.insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        http::HeaderValue::from_static(PROTOCOL),
    );
    let protocol = GraphQLProtocol::from_request_parts(&mut parts, &())
        .await
        .map_err(|status| {
            (
                status,
                Problem::bad_input("the WebSocket protocol is not known"),
            )
        })?;
    let who = load::who(&parts.extensions);
    let place = state.sockets.take(Some(&who), 1);
    let place = place.map_err(|full| {
        let (status, message) = match full {
            Full::One => (
                StatusCode::TOO_MANY_REQUESTS,
                "too many WebSocket connections of yours: close some of them",
            ),
            Full::All => (
                StatusCode::SERVICE_UNAVAILABLE,
                "too many WebSocket connections: try again later",
            ),
        };
        (status, Problem::new(Code::RateLimited, message))
    })?;
    // The connection is not at rest while this lives.
    let busy = parts.extensions.get::<Busy>().cloned();
    let open = state.open.token();
    let caller = parts.extensions.get::<Caller>().cloned();
    let admitted = caller.and_then(|caller| caller.admitted);
    let over: Over = match admitted {
        Some(admitted) => Box::pin(admitted.lasts.over()),
        None => Box::pin(std::future::pending()),
    };
    let stopping = state.stopping.clone();
    let silent = state.app.settings.patience.silent;
    Ok(upgrade
        .protocols([PROTOCOL])
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .on_upgrade(async move |socket| {
            let _while_open = (place, busy, open);
            let (socket, greeted) = KeptAlive::new(socket, stopping, over, silent);
            GraphQLWebSocket::new(socket, Subscriptions::new(engine, who), protocol)
                .on_connection_init(async move |_payload| {
                    greeted.say();
                    Ok(Data::default())
                })
                .serve()
                .await;
        })
        .into_response())
}
