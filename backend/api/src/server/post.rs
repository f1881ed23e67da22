//! `POST /graphql`: one operation in a JSON body.

use std::sync::Arc;

use async_graphql::{Request as Query, Variables};
use axum::{
    extract::{Request, State as From},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use tokio::{
    runtime::Handle,
    time::{error::Elapsed, timeout_at},
};
use tracing::{Instrument as _, Span};

use super::{body::read, hosts::origin_of, load, requests::name_operation};
use crate::{
    auth::caller::Caller,
    engine::Engine,
    problem::{Code, Problem},
    state::State,
};

/// A refusal before any operation runs.
type Refused = (StatusCode, Problem);

#[derive(Deserialize)]
struct Operation {
    query: String,
    #[serde(default, rename = "operationName")]
    name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
}

pub(super) async fn answer(
    From((state, engine)): From<(Arc<State>, Engine)>,
    request: Request,
) -> Response {
    let answered = answer_or_refuse(&state, engine, request).await;
    answered.unwrap_or_else(|(status, problem)| problem.with_status(status))
}

async fn answer_or_refuse(
    state: &State,
    engine: Engine,
    request: Request,
) -> Result<Response, Refused> {
    let deadline = tokio::time::Instant::now() + state.app.settings.request_timeout;
    check_content_type(request.headers(), "the query")?;
    let origin = origin_of(request.uri(), request.headers(), &state.app.settings);
    let caller = request.extensions().get::<Caller>().cloned();
    let who = load::who(request.extensions());
    let settings = &state.app.settings;
    let (most, usual) = (settings.max_body, settings.request_timeout);
    let mut coming = load::Coming::of(&state.queries_coming, &who)?;
    let body = read(request.into_body(), most, usual, |bytes| coming.take(bytes)).await?;
    let mut query = parse(&body)?.data(origin);
    if let Some(caller) = caller {
        query = query.data(caller);
    }
    name_operation(query.operation_name.as_deref());

    let turn = load::turn_to_answer(state, &who, deadline).await?;
    // Beside the threads that answer: a query may compute for a while without a pause.
    let runtime = Handle::current();
    let asks = who.clone();
    let span = Span::current();
    let work = tokio::task::spawn_blocking(move || {
        let _until_done = coming;
        let response = engine.execute(query, &asks).instrument(span);
        // A query that waits, as for the store, is given up here too: its place is for others.
        let response = runtime.block_on(async { timeout_at(deadline, response).await });
        response.map(|response| (turn, serde_json::to_vec(&response)))
    });
    let done = timeout_at(deadline, work).await.map_err(too_late)?;
    let done = done.unwrap_or_else(|gone| std::panic::resume_unwind(gone.into_panic()));
    let (turn, bytes) = done.map_err(too_late)?;
    let bytes = bytes.map_err(|_no_json| {
        let problem = Problem::new(Code::Internal, "the answer could not be written");
        (StatusCode::INTERNAL_SERVER_ERROR, problem)
    })?;
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    let bytes = load::counted(state, &who, turn, bytes);
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn too_late(_: Elapsed) -> Refused {
    let problem = Problem::new(
        Code::TooComplex,
        "the query took too long: ask for less at a time",
    );
    (StatusCode::SERVICE_UNAVAILABLE, problem)
}

/// A browser sends JSON to another site only after asking it. `what` is sent.
pub(super) fn check_content_type(headers: &HeaderMap, what: &str) -> Result<(), Refused> {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    if kind.trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let message = format!("send {what} as JSON, with content-type: application/json");
    Err((
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Problem::bad_input(message),
    ))
}

fn parse(body: &[u8]) -> Result<Query, Refused> {
    let refuse = |message: String| (StatusCode::BAD_REQUEST, Problem::bad_input(message));
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(refuse(
            "send one operation a request, not a list of them".to_owned(),
        ));
    }
    let operation: Operation = serde_json::from_slice(body).map_err(|error| {
        refuse(format!(
            "the body is not {{\"query\": ..., \"variables\": {{...}}}}: {error}"
        ))
    })?;
    let mut query = Query::new(operation.query);
    query.operation_name = operation.name;
    let variables = operation.variables.unwrap_or_default();
    query.variables = Variables::from_json(variables.into());
    Ok(query)
}
