//! What goes wrong, in the words and codes of the API.

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// The codes in `extensions.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    NotFound,
    BadInput,
    TooLarge,
    TooComplex,
    Forbidden,
    Unauthenticated,
    RateLimited,
    NotReady,
    Internal,
}

impl Code {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::BadInput => "BAD_INPUT",
            Self::TooLarge => "TOO_LARGE",
            Self::TooComplex => "TOO_COMPLEX",
            Self::Forbidden => "FORBIDDEN",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::RateLimited => "RATE_LIMITED",
            Self::NotReady => "NOT_READY",
            Self::Internal => "INTERNAL",
        }
    }
}

/// Seconds after which a busy server may be asked again.
const RETRY_AFTER: &str = "5";

/// One sentence on what went wrong, with its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: String,
    /// Of `NOT_FOUND`: ids that are there and look like the one asked for.
    pub(crate) nearest: Vec<String>,
}

impl Problem {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            nearest: Vec::new(),
        }
    }

    pub(crate) fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message)
    }

    /// An answer of HTTP, in the form of GraphQL's errors.
    pub(crate) fn with_status(self, status: StatusCode) -> Response {
        let body = json!({
            "errors": [{ "message": self.message, "extensions": { "code": self.code.name() } }],
        });
        let mut response = (status, Json(body)).into_response();
        // Who is told to come later is told when.
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            let later = HeaderValue::from_static(RETRY_AFTER);
            response.headers_mut().insert(header::RETRY_AFTER, later);
        }
        response
    }

    fn extensions(&self) -> ErrorExtensionValues {
        let mut values = ErrorExtensionValues::default();
        values.set("code", self.code.name());
        if !self.nearest.is_empty() {
            let nearest = self.nearest.iter().map(|id| Value::from(id.as_str()));
            values.set("nearest", Value::List(nearest.collect()));
        }
        values
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let extensions = Some(problem.extensions());
        Self {
            extensions,
            ..Self::new(problem.message)
        }
    }
}

impl From<Problem> for ServerError {
    fn from(problem: Problem) -> Self {
        let extensions = Some(problem.extensions());
        Self {
            extensions,
            ..Self::new(problem.message, None)
        }
    }
}

/// Gives a code to the errors that GraphQL itself finds: all of them are about what was asked.
pub(crate) fn with_codes(errors: &mut [ServerError]) {
    for error in errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", Code::BadInput.name());
        }
    }
}
