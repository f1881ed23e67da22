//! `GET /snapshots/ID.jsonl.zst`: a snapshot as a file, for `--server` and for bug reports.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State as From},
    response::{IntoResponse as _, Response},
};
use blastmap_model::record;
use blastmap_store::StoreError;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::{
    auth::{audit::Event, caller::Caller},
    problem::{Code, Problem},
    state::{State, short, store_failed},
};

const ENDING: &str = ".jsonl.zst";

pub(super) async fn download(
    From(state): From<Arc<State>>,
    Path(name): Path<String>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let Some(id) = name.strip_suffix(ENDING) else {
        return unknown(&name);
    };
    let latest = state.app.snapshots.latest();
    let bytes = match latest {
        None if id == "latest" => {
            let problem = Problem::new(
                Code::NotReady,
                "there is no graph yet: the first crawl is not done",
            );
            return problem.with_status(StatusCode::SERVICE_UNAVAILABLE);
        }
        Some(latest) if id == "latest" || id == latest.id() => {
            let id = latest.id().to_owned();
            let written = tokio::task::spawn_blocking(move || {
                let mut bytes = Vec::new();
                record::write_compressed(latest.inventory(), &mut bytes)
                    .map(|()| Bytes::from(bytes))
            });
            let Ok(Ok(bytes)) = written.await else {
                let problem = Problem::new(Code::Internal, "the snapshot could not be written");
                return problem.with_status(StatusCode::INTERNAL_SERVER_ERROR);
            };
            (id, bytes)
        }
        _ => {
            let Some(store) = &state.app.store else {
                return unknown(&name);
            };
            match store.read_raw(id).await {
                Ok(bytes) => (id.to_owned(), bytes),
                Err(StoreError::Id(_) | StoreError::Unknown { .. }) => return unknown(&name),
                Err(error) => {
                    return store_failed(&error).with_status(StatusCode::INTERNAL_SERVER_ERROR);
                }
            }
        }
    };
    let (id, bytes) = bytes;
    caller.note_read(Event::SnapshotRead, &id, &format!("Read snapshot {id}"));
    file(&id, bytes)
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

fn unknown(name: &str) -> Response {
    Problem::new(
        Code::NotFound,
        format!(
            "there is no snapshot file `{}`: ask for ID{ENDING}, or latest{ENDING}",
            short(name)
        ),
    )
    .with_status(StatusCode::NOT_FOUND)
}
