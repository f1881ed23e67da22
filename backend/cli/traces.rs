//! Traces for OpenTelemetry: the spans of requests and crawls, sent to a collector by OTLP over HTTP.
//!
//! Where they go, and which, is said by the standard's own variables. Spans hold names, numbers and ids alone; lines of the log, which may
//! quote AWS, are not sent.

use std::{
    error::Error,
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use opentelemetry::{Key, KeyValue, global, trace::TracerProvider as _};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Subscriber, warn};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// Without one of them nothing is sent.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// How long one batch may take, its answer included.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the end of the program waits for the last batch.
const FAREWELL: Duration = Duration::from_secs(5);

/// What the service is called where nobody says otherwise.
const NAME: &str = "blastmap";

/// Sends spans until it is ended.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends what is left. The runtime still has to run, for it does the sending.
    pub(crate) fn end(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(FAREWELL)
        {
            warn!("The last traces could not be sent: {error}");
        }
    }
}

/// What listens to spans; nothing where no collector is named.
pub(crate) fn open<S>(runtime: &Handle) -> (Option<impl Layer<S> + use<S>>, Traces)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let Some(provider) = provider(runtime) else {
        return (None, Traces(None));
    };
    // Whose `traceparent` a request brings is whose span its own is a part of.
    global::set_text_map_propagator(TraceContextPropagator::new());
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(NAME))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(|own| {
            own.is_span() && own.target().starts_with("blastmap")
        }));
    (Some(layer), Traces(Some(provider)))
}

fn provider(runtime: &Handle) -> Option<SdkTracerProvider> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the standard's own variables, not configuration of ours"
    )]
    let named = |name: &&str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    ENDPOINTS.iter().find(|name| named(name))?;
    let client = Client::new(runtime.clone()).inspect_err(complain).ok()?;
    let exporter = SpanExporter::builder().with_http().with_http_client(client);
    let exporter = exporter.build().inspect_err(complain).ok()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(resource())
        .with_batch_exporter(exporter);
    Some(provider.build())
}

/// The log does not run yet.
fn complain(error: &impl fmt::Display) {
    crate::output::say(&format!("warning: no traces are sent: {error}"));
}

/// As `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say.
fn resource() -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let usual = Resource::builder().with_attribute(version.clone()).build();
    let named = usual.get(&Key::from_static_str("service.name"));
    if named.is_some_and(|name| !name.as_str().starts_with("unknown_service")) {
        return usual;
    }
    let builder = Resource::builder().with_attribute(version);
    builder.with_service_name(NAME).build()
}

/// Sends batches on the program's own runtime: the SDK asks from a thread without one.
struct Client {
    runtime: Handle,
    http: reqwest::Client,
    fails: AtomicBool,
}

impl Client {
    fn new(runtime: Handle) -> Result<Self, reqwest::Error> {
        let builder = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            runtime,
            http: builder.build()?,
            fails: AtomicBool::new(false),
        })
    }

    /// Says once that it does not work, and once that it works again.
    fn note(&self, result: Result<(), &(dyn Error + 'static)>) {
        let fails = result.is_err();
        if self.fails.swap(fails, Ordering::Relaxed) == fails {
            return;
        }
        match result {
            Ok(()) => warn!("Traces are sent again"),
            Err(error) => warn!(error, "Traces cannot be sent, going on without"),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            let refused = answer.error_for_status_ref().err();
            let status = answer.status();
            let body = answer.bytes().await?;
            Ok::<_, reqwest::Error>((status, body, refused))
        });
        let answered = sent.await?;
        self.note(match &answered {
            Ok((_, _, None)) => Ok(()),
            Ok((_, _, Some(refused))) => Err(refused),
            Err(error) => Err(error),
        });
        let (status, body, _) = answered?;
        Ok(Response::builder().status(status).body(body)?)
    }
}
