//! `POST /plans`: a plan, change set or task definition that is too large for a query.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State as From},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde_json::json;
use tokio::time::timeout;

use super::post::{check_content_type, read};
use crate::{problem::Problem, state::State};

pub(super) async fn take(From(state): From<Arc<State>>, request: Request) -> Response {
    if let Err((status, problem)) = check_content_type(request.headers()) {
        return problem.with_status(status);
    }
    let settings = &state.app.settings;
    let body = read(request.into_body(), settings.max_plan);
    let bytes = match timeout(settings.request_timeout, body).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err((status, problem))) => return problem.with_status(status),
        Err(_slow) => {
            return Problem::bad_input("the plan took too long to come")
                .with_status(StatusCode::REQUEST_TIMEOUT);
        }
    };
    match state.plans.keep(bytes) {
        Ok(id) => (StatusCode::CREATED, Json(json!({ "id": id }))).into_response(),
        Err(problem) => problem.with_status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
