//! `/session`: who is signed in, and how one signs in and out.

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    extract::{Request, State as From},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    body::read,
    guard::{origin_of, refuse},
    post::check_content_type,
};
use crate::{
    auth::{
        Access, Guard, Identity, Refusal, SESSION_COOKIE, SignInOutcome,
        audit::{Event, note},
        caller::Admitted,
        oidc::Oidc,
    },
    problem::{Code, Problem},
    state::State,
};

/// The largest body that is read, in bytes.
const LARGEST: usize = 4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    token: String,
}

/// Says who asks, and by which methods one signs in.
pub(super) async fn show(From(state): From<Arc<State>>, request: Request) -> Response {
    let Access::Guarded(guard) = &state.app.access else {
        return Json(json!({ "guarded": false, "identity": null })).into_response();
    };
    let origin = origin_of(&state.app.settings, request.headers(), request.extensions());
    match guard.admit(request.headers(), origin.address).await {
        Ok(admitted) => {
            let can_end = guard.has_session(request.headers());
            described(guard, Some((&admitted.identity, can_end))).into_response()
        }
        Err(Refusal::Missing) => described(guard, None).into_response(),
        Err(refusal) => refuse(guard, &refusal, &origin),
    }
}

fn described(guard: &Guard, who: Option<(&Identity, bool)>) -> Json<Value> {
    let identity = who.map(|(who, can_end)| {
        json!({
            "name": who.name,
            "role": who.role.name(),
            "method": who.method.name(),
            // What a balancer or a program shows with each request cannot be ended here.
            "signOut": can_end,
        })
    });
    Json(json!({
        "guarded": true,
        "identity": identity,
        "methods": {
            "token": guard.takes_tokens(),
            "oidc": guard.oidc().and_then(Oidc::page_host),
        },
    }))
}

/// Opens a session for who has a token.
pub(super) async fn sign_in(From(state): From<Arc<State>>, request: Request) -> Response {
    let Access::Guarded(guard) = &state.app.access else {
        let problem = Problem::new(Code::NotFound, "this server asks nobody to sign in");
        return problem.with_status(StatusCode::NOT_FOUND);
    };
    let (parts, body) = request.into_parts();
    let origin = origin_of(&state.app.settings, &parts.headers, &parts.extensions);
    if let Err((status, problem)) = check_content_type(&parts.headers, "{\"token\": ...}") {
        return problem.with_status(status);
    }
    let usual = state.app.settings.request_timeout;
    let body = match read(body, LARGEST, usual, |_little| Ok(())).await {
        Ok(body) => body,
        Err((status, problem)) => return problem.with_status(status),
    };
    let Ok(SignIn { token }) = serde_json::from_slice(&body) else {
        // What was sent may be a token, if a crooked one: it is not repeated.
        return Problem::bad_input("the body is not {\"token\": \"...\"}")
            .with_status(StatusCode::BAD_REQUEST);
    };
    match guard.admit_token(token.trim(), origin.address) {
        Ok(admitted) => {
            guard.sign_out(&parts.headers);
            note(
                Event::SignIn,
                Some(&admitted.identity),
                &origin,
                "",
                &format!("Signed in: {}", admitted.identity.name),
            );
            let answer = described(guard, Some((&admitted.identity, true)));
            opened(guard, &admitted, answer.into_response())
        }
        Err(refusal) => refuse(guard, &refusal, &origin),
    }
}

/// Opens a session, and gives its cookie along with an answer.
pub(super) fn opened(guard: &Guard, admitted: &Admitted, mut answer: Response) -> Response {
    let Ok(secret) = guard.sessions().open(admitted, Instant::now()) else {
        return Problem::new(Code::Internal, "no session could be made")
            .with_status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    guard
        .sign_ins()
        .count(admitted.identity.method, SignInOutcome::SignedIn);
    let longest = guard.sessions().longest().as_secs();
    if let Some(cookie) = set_cookie(SESSION_COOKIE, &secret, longest) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Ends the session of this browser.
pub(super) async fn sign_out(From(state): From<Arc<State>>, request: Request) -> Response {
    let access = &state.app.access;
    if let Some(guard) = access.guard()
        && let Some(identity) = guard.sign_out(request.headers())
    {
        let origin = origin_of(&state.app.settings, request.headers(), request.extensions());
        let message = format!("Signed out: {}", identity.name);
        note(Event::SignOut, Some(&identity), &origin, "", &message);
    }
    let mut headers = HeaderMap::new();
    if let Some(cookie) = set_cookie(SESSION_COOKIE, "", 0) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}

pub(super) async fn other_method() -> Response {
    let allow = (header::ALLOW, HeaderValue::from_static("GET, POST, DELETE"));
    let problem =
        Problem::bad_input("GET /session says who is signed in, POST signs in, DELETE out");
    ([allow], problem.with_status(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}

/// For this host alone, kept from scripts, and not sent where another site's page asks, but for following a link.
pub(super) fn set_cookie(name: &str, value: &str, seconds: u64) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}
