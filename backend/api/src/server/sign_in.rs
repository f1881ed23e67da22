//! `/auth/login` and `/auth/callback`: to the provider, and back from it.

use std::sync::Arc;

use axum::{
    extract::{Query, Request, State as From},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{
    guard::{origin_of, refuse},
    session::{opened, set_cookie},
};
use crate::{
    auth::{
        Access, Guard, Method,
        audit::{Event, note},
        caller::Origin,
        cookie,
        oidc::{LOGIN_COOKIE, Login, Oidc, Returned, SignInFailure, safe_place},
    },
    problem::{Code, Problem},
    state::State,
};

/// How long a sign-in may take, in seconds.
const PATIENCE: u64 = 600;

#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The place of the page to come back to.
    #[serde(default, rename = "return")]
    place: String,
}

/// Sends a browser to the provider.
pub(super) async fn login(
    From(state): From<Arc<State>>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    let Some((guard, oidc)) = provider(&state.app.access) else {
        return no_provider();
    };
    let Ok(login) = Login::new(&wanted.place) else {
        return Problem::new(Code::Internal, "no sign-in could be made")
            .with_status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    match oidc.login_url(&login).await {
        Ok(url) => {
            let mut answer = redirect(&url);
            if let Some(cookie) = set_cookie(LOGIN_COOKIE, &login.cookie(), PATIENCE) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            answer
        }
        Err(failure) => {
            guard.sign_ins().count(Method::Oidc, (&failure).into());
            let origin = origin_of(&state.app.settings, request.headers(), request.extensions());
            failed(guard, safe_place(&wanted.place), &failure, &origin)
        }
    }
}

/// Takes who comes back from there.
pub(super) async fn callback(
    From(state): From<Arc<State>>,
    Query(returned): Query<Returned>,
    request: Request,
) -> Response {
    let access = &state.app.access;
    let Some((guard, oidc)) = provider(access) else {
        return no_provider();
    };
    let headers: &HeaderMap = request.headers();
    let origin = origin_of(&state.app.settings, headers, request.extensions());
    if let Err(refusal) = guard.may_come_back(origin.address) {
        guard.sign_ins().refused(Method::Oidc, &refusal);
        return refuse(guard, &refusal, &origin);
    }
    let Some(login) = cookie(headers, LOGIN_COOKIE).and_then(Login::of_cookie) else {
        let why = SignInFailure::Wrong("the browser has no sign-in under way".to_owned());
        guard.sign_ins().count(Method::Oidc, (&why).into());
        return failed(guard, "/", &why, &origin);
    };
    let mut answer = match oidc.finish(&login, returned).await {
        Ok(admitted) => {
            guard.sign_out(headers);
            let message = format!("Signed in: {}", admitted.identity.name);
            note(
                Event::SignIn,
                Some(&admitted.identity),
                &origin,
                "",
                &message,
            );
            opened(guard, &admitted, redirect(login.place()))
        }
        Err(failure) => {
            guard.sign_ins().count(Method::Oidc, (&failure).into());
            if !matches!(failure, SignInFailure::NoRole(_)) {
                guard.came_back_wrong(origin.address);
            }
            failed(guard, login.place(), &failure, &origin)
        }
    };
    if let Some(over) = set_cookie(LOGIN_COOKIE, "", 0) {
        answer.headers_mut().append(header::SET_COOKIE, over);
    }
    answer
}

fn provider(access: &Access) -> Option<(&Guard, &Oidc)> {
    let guard = access.guard()?;
    let oidc = guard.oidc().filter(|oidc| oidc.page_host().is_some())?;
    Some((guard, oidc))
}

fn no_provider() -> Response {
    Problem::new(Code::NotFound, "this server signs nobody in by a provider")
        .with_status(StatusCode::NOT_FOUND)
}

/// Back to the page, which says what happened: the log alone says why.
fn failed(guard: &Guard, place: &str, failure: &SignInFailure, origin: &Origin) -> Response {
    let (word, why) = match failure {
        SignInFailure::Wrong(why) => ("failed", why.clone()),
        SignInFailure::Provider(why) => ("unreachable", format!("the provider: {why}")),
        SignInFailure::NoRole(name) => ("no-role", format!("{name} has no role here")),
    };
    guard.note_refused(origin, &why);
    let place = place.split('#').next().unwrap_or("/");
    redirect(&format!("{place}#sign-in={word}"))
}

fn redirect(to: &str) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else {
        return Problem::new(Code::Internal, "the provider's address cannot be sent")
            .with_status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}
