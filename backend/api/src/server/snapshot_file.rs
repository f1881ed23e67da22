//! `GET /snapshots/ID.jsonl.zst`: a snapshot as a file, for `--server` and for bug reports.

use std::{sync::Arc, time::Instant};

use axum::{
    Extension,
    extract::{Path, State as From},
    response::{IntoResponse as _, Response},
};
use blastmap_model::record;
use blastmap_store::StoreError;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use super::load;
use crate::{
    auth::{audit::Event, caller::Caller},
    problem::{Code, Problem},
    state::{State, in_time, short, store_failed},
};

const ENDING: &str = ".jsonl.zst";

/// What one takes of whoever asks, beside the request's own point: all of the graph is written.
const POINTS: u32 = 100;

pub(super) async fn download(
    From(state): From<Arc<State>>,
    Path(name): Path<String>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let answered = read_or_refuse(&state, &name, &caller).await;
    answered.unwrap_or_else(|(status, problem)| problem.with_status(status))
}

async fn read_or_refuse(
    state: &State,
    name: &str,
    caller: &Caller,
) -> Result<Response, (StatusCode, Problem)> {
    let Some(id) = name.strip_suffix(ENDING) else {
        return Err(unknown(name));
    };
    let who = caller.who();
    let deadline = tokio::time::Instant::now() + state.app.settings.request_timeout;
    let turn = load::turn_to_answer(state, &who, deadline).await?;
    state.rates.charge(&who, POINTS, Instant::now());
    let latest = state.app.snapshots.latest();
    let (turn, id, bytes) = match latest {
        None if id == "latest" => {
            let problem = Problem::new(
                Code::NotReady,
                "there is no graph yet: the first crawl is not done",
            );
            return Err((StatusCode::SERVICE_UNAVAILABLE, problem));
        }
        Some(latest) if id == "latest" || id == latest.id() => {
            let id = latest.id().to_owned();
            let written = tokio::task::spawn_blocking(move || {
                let mut bytes = Vec::new();
                let written = record::write_compressed(latest.inventory(), &mut bytes);
                (turn, written.map(|()| Bytes::from(bytes)))
            });
            let Ok((turn, Ok(bytes))) = written.await else {
                let problem = Problem::new(Code::Internal, "the snapshot could not be written");
                return Err((StatusCode::INTERNAL_SERVER_ERROR, problem));
            };
            (turn, id, bytes)
        }
        _ => {
            let Some(store) = &state.app.store else {
                return Err(unknown(name));
            };
            match in_time(deadline, store.read_raw(id)).await? {
                Ok(bytes) => (turn, id.to_owned(), bytes),
                Err(StoreError::Id(_) | StoreError::Unknown { .. }) => return Err(unknown(name)),
                Err(error) => {
                    return Err((StatusCode::INTERNAL_SERVER_ERROR, store_failed(&error)));
                }
            }
        }
    };
    caller.note_read(Event::SnapshotRead, &id, &format!("Read snapshot {id}"));
    Ok(file(&id, load::counted(state, &who, turn, bytes)))
}

fn file(id: &str, bytes: Bytes) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zstd"),
    );
    // Ids of files that others wrote may hold anything.
    let plain = id
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{id}{ENDING}\""))
        && plain
    {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

fn unknown(name: &str) -> (StatusCode, Problem) {
    let problem = Problem::new(
        Code::NotFound,
        format!(
            "there is no snapshot file `{}`: ask for ID{ENDING}, or latest{ENDING}",
            short(name)
        ),
    );
    (StatusCode::NOT_FOUND, problem)
}
