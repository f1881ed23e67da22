//! What goes over the wire: counted, and on wish recorded, or answered from a recording.

mod cbor;
pub(crate) mod fields;
pub(crate) mod recording;
mod redact;

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use tracing::{Instrument as _, Span, debug_span, field};

use crate::{
    clients::CallCounts,
    outcomes::{Outcome, Outcomes},
    retry::ATTEMPT,
};
pub(crate) use recording::{RecordedCall, Recorder, Request};
pub use recording::{Recording, RecordingError};

tokio::task_local! {
    /// The call that is under way.
    static CALL: Arc<Call>;
}

/// A call, which is one request or several.
struct Call {
    /// Requests of REST APIs do not name theirs.
    action: &'static str,
    span: Span,
    /// The last request's number.
    attempt: AtomicU32,
}

impl Drop for Call {
    fn drop(&mut self) {
        // Once, and only here: what listens to spans may keep each value that it is told.
        let attempts = self.attempt.load(Ordering::Relaxed);
        self.span.record("aws.attempts", attempts);
    }
}

/// Tells the wire which action the requests of `call` belong to, and the log and traces that it is under way: by its name and place, never
/// by what it asks. `action` is IAM's name for it.
pub(crate) async fn of_action<C: Future>(action: &'static str, region: &str, call: C) -> C::Output {
    let (service, operation) = action.split_once(':').unwrap_or(("", action));
    let span = debug_span!(
        "aws.call",
        aws.service = service,
        aws.operation = operation,
        aws.region = region,
        aws.attempts = field::Empty,
    );
    let own = Arc::new(Call {
        action,
        span: span.clone(),
        attempt: AtomicU32::new(0),
    });
    CALL.scope(own, call).instrument(span).await
}

/// Where calls go.
#[derive(Debug, Clone)]
enum Mode {
    Live,
    Record(Arc<Recorder>),
    Replay(Arc<Recording>),
}

/// The HTTP client below every SDK client: it counts calls, retries included.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    inner: SharedHttpClient,
    counts: CallCounts,
    outcomes: Outcomes,
    mode: Mode,
    service: &'static str,
    account: Arc<str>,
}

impl Wire {
    /// Calls go to AWS.
    pub(crate) fn live(outcomes: Outcomes) -> Self {
        Self {
            inner: https(),
            counts: CallCounts::default(),
            outcomes,
            mode: Mode::Live,
            service: "",
            account: "".into(),
        }
    }

    /// Calls go to AWS, and what the collectors read of the answers is written down.
    pub(crate) fn recording(recorder: Arc<Recorder>, outcomes: Outcomes) -> Self {
        Self {
            mode: Mode::Record(recorder),
            ..Self::live(outcomes)
        }
    }

    /// Nothing leaves this process.
    pub(crate) fn replaying(recording: Arc<Recording>, outcomes: Outcomes) -> Self {
        Self {
            mode: Mode::Replay(recording),
            ..Self::live(outcomes)
        }
    }

    pub(crate) fn counts(&self) -> &CallCounts {
        &self.counts
    }

    /// The same wire, counting from zero.
    pub(crate) fn counting_anew(&self) -> Self {
        Self {
            counts: CallCounts::default(),
            ..self.clone()
        }
    }

    /// The same wire for calls of one account.
    pub(crate) fn of_account(&self, account: &str) -> Self {
        Self {
            account: account.into(),
            ..self.clone()
        }
    }

    /// The wire of one service's client; `service` is what stands before the colon in IAM's action names.
    pub(crate) fn of_service(&self, service: &'static str) -> SharedHttpClient {
        SharedHttpClient::new(Self {
            service,
            ..self.clone()
        })
    }
}

fn https() -> SharedHttpClient {
    use aws_smithy_http_client::{
        Builder,
        tls::{Provider, rustls_provider::CryptoMode},
    };
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .build_https()
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connector {
            wire: self.clone(),
            inner,
        })
    }
}

#[derive(Debug)]
struct Connector {
    wire: Wire,
    inner: SharedHttpConnector,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let attempt = request.headers().get(ATTEMPT).map(str::to_owned);
        let number = attempt.as_deref().map_or(1, number_of);
        let action = CALL.try_with(|call| {
            call.attempt.store(number, Ordering::Relaxed);
            call.action
        });
        let action = action.ok();
        let described = Request::of(self.wire.service, action, &self.wire.account, &request);
        self.wire.counts.add(&described.action);
        let outcomes = self.wire.outcomes.clone();
        let (mode, inner) = (self.wire.mode.clone(), self.inner.clone());
        HttpConnectorFuture::new(async move {
            let under_way = outcomes.request(number);
            let mut answer = match mode {
                Mode::Live => inner.call(request).await?,
                Mode::Replay(recording) => response(recording.answer(&described))?,
                Mode::Record(recorder) => {
                    record(inner.call(request).await?, &recorder, described).await?
                }
            };
            under_way.ended(outcome_of(&mut answer).await?);
            if let Some(attempt) = attempt {
                answer.headers_mut().insert(ATTEMPT, attempt);
            }
            Ok(answer)
        })
    }
}

/// Which attempt a request is: `attempt=2; max=6`.
fn number_of(attempt: &str) -> u32 {
    let number = attempt.trim_start_matches("attempt=").split(';').next();
    number.and_then(|own| own.parse().ok()).unwrap_or(1)
}

/// What became of a request. Of an error the body is read, which is short, and put back.
async fn outcome_of(answer: &mut HttpResponse) -> Result<Outcome, ConnectorError> {
    use http_body_util::BodyExt as _;

    let status = answer.status().as_u16();
    if status < 400 {
        return Ok(Outcome::Answered);
    }
    let body = answer.take_body().collect().await;
    let body = body.map_err(ConnectorError::io)?.to_bytes();
    let outcome = Outcome::of(status, answer.headers(), &body);
    *answer.body_mut() = SdkBody::from(body);
    Ok(outcome)
}

async fn record(
    answer: HttpResponse,
    recorder: &Recorder,
    request: Request,
) -> Result<HttpResponse, ConnectorError> {
    use http_body_util::BodyExt as _;

    let status = answer.status();
    let headers: Vec<(String, String)> = answer
        .headers()
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(ConnectorError::io)?
        .to_bytes();
    recorder.write(request, status.as_u16(), &headers, &body);
    let mut answer = HttpResponse::new(status, SdkBody::from(body));
    for (name, value) in headers {
        answer.headers_mut().append(name, value);
    }
    Ok(answer)
}

fn response(call: RecordedCall) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(call.status)
        .map_err(|error| ConnectorError::other(error.into(), None))?;
    let is_cbor = call
        .headers
        .iter()
        .any(|(name, value)| cbor::MARK == (name.as_str(), value.as_str()));
    let body = if is_cbor {
        let document = serde_json::from_str(&call.body).unwrap_or_default();
        SdkBody::from(cbor::from_json(&document))
    } else {
        SdkBody::from(call.body)
    };
    let mut answer = HttpResponse::new(status, body);
    for (name, value) in call.headers {
        if let Err(error) = answer.headers_mut().try_append(name, value) {
            return Err(ConnectorError::other(error.into(), None));
        }
    }
    Ok(answer)
}
