//! Whoever asks for data is let in first, or not.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{ConnectInfo, Request, State as From},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};

use super::{hosts::Arrived, requests::RequestId};
use crate::{
    Settings,
    auth::{
        Access, Guard, Refusal,
        caller::{Caller, Origin},
    },
    problem::{Code, Problem},
    state::State,
};

/// Lets a request through with its [`Caller`], or answers 401.
pub(super) async fn require(
    From(state): From<Arc<State>>,
    mut request: Request,
    next: Next,
) -> Response {
    let origin = origin_of(&state.app.settings, request.headers(), request.extensions());
    let admitted = match &state.app.access {
        Access::Open => None,
        Access::Guarded(guard) => match guard.admit(request.headers(), origin.address).await {
            Ok(admitted) => Some(admitted),
            Err(refusal) => return refuse(guard, &refusal, &origin),
        },
    };
    let caller = Caller { admitted, origin };
    if let Err(wait) = state.rates.request(&caller.who(), Instant::now()) {
        return too_often(wait);
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

/// Where a request came from.
pub(super) fn origin_of(
    settings: &Settings,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Origin {
    let arrived = extensions.get::<ConnectInfo<Arrived>>();
    let peer = arrived.and_then(|ConnectInfo(arrived)| arrived.peer());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let request = extensions.get::<RequestId>();
    Origin {
        address: settings.proxies.client(peer, headers),
        request: request.map_or_else(String::new, |RequestId(id)| id.clone()),
    }
}

/// Tells when there is something left to take.
fn too_often(wait: Duration) -> Response {
    let problem = Problem::new(
        Code::RateLimited,
        "too many requests of yours, or too large ones: wait as long as Retry-After says",
    );
    later(problem, wait)
}

/// The same answer for whatever is missing, wrong or over: the log has more.
pub(super) fn refuse(guard: &Guard, refusal: &Refusal, origin: &Origin) -> Response {
    match refusal {
        Refusal::TooOften(wait) => {
            let problem = Problem::new(
                Code::RateLimited,
                "too many sign-ins failed from this address: try again later",
            );
            return later(problem, *wait);
        }
        Refusal::NoRole(name) => {
            guard.note_refused(origin, &format!("{name} has no role here"));
            let problem = Problem::new(
                Code::Forbidden,
                format!("{name} is known, and has no role here"),
            );
            return problem.with_status(StatusCode::FORBIDDEN);
        }
        Refusal::Unavailable => {
            let problem = Problem::new(
                Code::Internal,
                "who you are cannot be checked, for the provider cannot be reached: see the server's log",
            );
            return problem.with_status(StatusCode::SERVICE_UNAVAILABLE);
        }
        Refusal::Wrong(why) => {
            guard.note_refused(origin, why);
        }
        Refusal::Missing => {}
    }
    let problem = Problem::new(
        Code::Unauthenticated,
        "sign in first: nothing was shown that is valid here",
    );
    let challenge = HeaderValue::from_static("Bearer realm=\"blastmap\"");
    let challenge = (header::WWW_AUTHENTICATE, challenge);
    ([challenge], problem.with_status(StatusCode::UNAUTHORIZED)).into_response()
}

fn later(problem: Problem, wait: Duration) -> Response {
    let seconds = wait.as_secs().saturating_add(1);
    let wait = (header::RETRY_AFTER, HeaderValue::from(seconds));
    ([wait], problem.with_status(StatusCode::TOO_MANY_REQUESTS)).into_response()
}
