//! Whether the server lives, and whether it can answer.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as From,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::state::State;

/// `/healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// What the server goes on without. Where somebody has to sign in, a text may tell what only they may know: a bucket, an account, how
/// large the estate is. `coverage { problems }` has them.
fn troubles(state: &State) -> Vec<String> {
    let mut troubles = state.app.snapshots.troubles();
    if state.app.access.guard().is_some() {
        for text in &mut troubles {
            "sign in and look at Coverage, or ask { coverage { problems } }".clone_into(text);
        }
    }
    troubles
}

/// `/readyz`: there is a graph to answer from, so old, and what the server goes on without.
pub(super) async fn ready(From(state): From<Arc<State>>) -> Response {
    let troubles = troubles(&state);
    let Some(snapshot) = state.app.snapshots.latest() else {
        let body = json!({
            "ready": false,
            "why": match state.app.crawl {
                Some(_) => "there is no graph yet: the first crawl is not done",
                None => "there is no graph yet: the store has no snapshot that can be read",
            },
            "problems": troubles,
        });
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    };
    let age = OffsetDateTime::now_utc() - snapshot.taken_at();
    Json(json!({
        "ready": true,
        "snapshot": snapshot.id(),
        "takenAt": snapshot.taken_at().format(&Rfc3339).ok(),
        "ageSeconds": age.whole_seconds().max(0),
        "problems": troubles,
        "stale": age > state.app.settings.stale_after,
    }))
    .into_response()
}
