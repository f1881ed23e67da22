//! `GET /reviews/ID.md` and the like: a kept review as a file, to send, to print and to attach.

use std::{
    sync::{Arc, LazyLock},
    time::Instant,
};

use axum::{
    Extension,
    extract::{Path, RawQuery, State as From},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use blastmap_judge::report::{Kept, STYLE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};

use super::{hosts::origin_of, load};
use crate::{
    auth::{audit::Event, caller::Caller},
    problem::{Code, Problem},
    report::{self, Format},
    state::{State, in_time, short},
};

/// The report's own style and nothing else: no script, no request, nobody's frame.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// What one takes of whoever asks, beside the request's own point.
const POINTS: u32 = 10;

/// HTML is shown, all else is saved; `?download` saves HTML, too.
pub(super) async fn show(
    From(state): From<Arc<State>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    Extension(caller): Extension<Caller>,
) -> Response {
    let who = caller.who();
    let deadline = tokio::time::Instant::now() + state.app.settings.request_timeout;
    let turn = match load::turn_to_answer(&state, &who, deadline).await {
        Ok(turn) => turn,
        Err((status, problem)) => return problem.with_status(status),
    };
    state.rates.charge(&who, POINTS, Instant::now());
    let parts = name.rsplit_once('.');
    let Some((id, format)) = parts.and_then(|(id, end)| Some((id, Format::of_ending(end)?))) else {
        return unknown(&name);
    };
    let kept = match in_time(deadline, state.reviews.get(id)).await {
        Ok(Ok(Some(kept))) => kept,
        Ok(Ok(None)) => return unknown(&name),
        Ok(Err(problem)) => return problem.with_status(StatusCode::INTERNAL_SERVER_ERROR),
        Err((status, problem)) => return problem.with_status(status),
    };
    caller.note_read(Event::ReviewRead, id, &format!("Read review {id}"));
    let marks = match in_time(deadline, state.reviews.marks(id)).await {
        Ok(Ok(marks)) => marks,
        Ok(Err(problem)) => return problem.with_status(StatusCode::INTERNAL_SERVER_ERROR),
        Err((status, problem)) => return problem.with_status(status),
    };
    let link = origin_of(&uri, &headers, &state.app.settings).of_review(id);
    // Beside the threads that answer: a large one takes a while.
    let written = tokio::task::spawn_blocking(move || {
        let kept = Kept {
            review: &kept,
            marks: &marks,
            link: &link,
        };
        (turn, report::write(kept, format))
    });
    let Ok((turn, text)) = written.await else {
        let problem = Problem::new(Code::Internal, "the report could not be written");
        return problem.with_status(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = load::counted(&state, &who, turn, text).into_response();
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_static(format.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    if format == Format::Html {
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    }
    let asked = query.is_some_and(|query| query.split('&').any(|own| own == "download"));
    if (asked || format != Format::Html)
        // The store takes ids of letters, digits and a few signs.
        && let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"blastmap-{name}\""))
    {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

fn unknown(name: &str) -> Response {
    Problem::new(
        Code::NotFound,
        format!(
            "there is no review file `{}`: ask for ID.md, ID.html, ID.json, ID.sarif or ID.txt",
            short(name)
        ),
    )
    .with_status(StatusCode::NOT_FOUND)
}
