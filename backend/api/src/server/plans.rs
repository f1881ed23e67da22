//! `POST /plans`: a plan, change set or task definition that is too large for a query.

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    extract::{Request, State as From},
    response::{IntoResponse as _, Response},
};
use blastmap_change::check;
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::{body::read, load, post::check_content_type, routes::refuse_method};
use crate::{
    auth::{audit::Event, caller::Caller},
    fair::Turn,
    problem::{Code, Problem},
    state::State,
};

/// What is taken.
const WHAT: &str = "a plan, change set or task definition";

/// What reading one takes of whoever sends it, beside the request's own point.
const POINTS: u32 = 10;

pub(super) async fn only_post() -> Response {
    refuse_method(format!(
        "send {WHAT} to /plans by POST: its id goes into a query as `planId`"
    ))
}

pub(super) async fn take(From(state): From<Arc<State>>, request: Request) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    if let Err((status, problem)) = check_content_type(request.headers(), WHAT) {
        return problem.with_status(status);
    }
    let (bytes, turn) = match come(&state, request).await {
        Ok(come) => come,
        Err((status, problem)) => return problem.with_status(status),
    };
    // Beside the threads that answer: a large one takes a moment.
    let checked = tokio::task::spawn_blocking(move || {
        let _until_done = turn;
        check(&bytes).map(|()| bytes)
    });
    let bytes = match checked.await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => {
            return Problem::bad_input(format!("the change cannot be read: {error}"))
                .with_status(StatusCode::BAD_REQUEST);
        }
        Err(_gone) => {
            return Problem::new(Code::Internal, "the plan could not be looked at")
                .with_status(StatusCode::INTERNAL_SERVER_ERROR);
        }
    };
    match state.plans.keep(bytes) {
        Ok(id) => {
            if let Some(caller) = caller {
                caller.note(Event::Plan, &id, &format!("Took plan {id}"));
            }
            (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
        }
        Err(problem) => problem.with_status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// The plan's bytes, and a place to look at them.
async fn come(state: &State, request: Request) -> Result<(Bytes, Turn), (StatusCode, Problem)> {
    let who = load::who(request.extensions());
    let settings = &state.app.settings;
    let (most, usual) = (settings.max_plan, settings.request_timeout);
    let mut coming = load::Coming::of(&state.plans_coming, &who)?;
    let bytes = read(request.into_body(), most, usual, |bytes| coming.take(bytes)).await?;
    // A large one may have taken longer than that to come.
    let deadline = tokio::time::Instant::now() + usual;
    state.rates.charge(&who, POINTS, Instant::now());
    let turn = load::turn(state, &who, deadline).await?;
    Ok((bytes, turn))
}
