//! Numbers for Prometheus.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::State as From,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use time::OffsetDateTime;

use crate::state::State;

const REQUESTS: &str = "blastmap_http_requests_total";
const LATENCY: &str = "blastmap_http_request_duration_seconds";
const SNAPSHOT_AGE: &str = "blastmap_snapshot_age_seconds";
const RESOURCES: &str = "blastmap_resources";
const LINKS: &str = "blastmap_links";
const BLIND_SPOTS: &str = "blastmap_blind_spots";
const CRAWLS: &str = "blastmap_crawls_total";
const API_CALLS: &str = "blastmap_aws_api_calls_total";
const CONNECTIONS: &str = "blastmap_connections";
const REFUSED: &str = "blastmap_connections_refused_total";
const SOCKETS: &str = "blastmap_websocket_connections";

/// Upper ends of the latency's buckets, in seconds.
const BUCKETS: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

const ABOUT: Metadata<'static> = Metadata::new("blastmap", Level::INFO, None);

/// This server's own numbers: two servers in one process do not share them.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
    refused: AtomicU64,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let recorder = PrometheusBuilder::new()
            .set_buckets(BUCKETS)
            .expect("the list of buckets is not empty")
            .build_recorder();
        for (name, description) in [
            (REQUESTS, "Requests answered."),
            (CRAWLS, "Crawls ended since the server started."),
            (API_CALLS, "Calls to AWS since the server started."),
            (
                REFUSED,
                "Connections for which there was no place since the server started.",
            ),
        ] {
            recorder.describe_counter(KeyName::from_const_str(name), None, description.into());
        }
        for (name, description) in [
            (
                SNAPSHOT_AGE,
                "Seconds since the snapshot was taken that is answered from.",
            ),
            (RESOURCES, "Resources in the snapshot."),
            (LINKS, "Links in the snapshot."),
            (BLIND_SPOTS, "Calls that failed in the snapshot's crawl."),
            (CONNECTIONS, "Connections that are open."),
            (SOCKETS, "WebSocket connections that are open."),
        ] {
            recorder.describe_gauge(KeyName::from_const_str(name), None, description.into());
        }
        recorder.describe_histogram(
            KeyName::from_const_str(LATENCY),
            Some(Unit::Seconds),
            "Time from a request's head to its answer's.".into(),
        );
        let handle = recorder.handle();
        let refused = AtomicU64::new(0);
        Self {
            recorder,
            handle,
            refused,
        }
    }

    /// Counts a connection for which there was no place.
    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request.
    pub(super) fn request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let method = match *method {
            Method::GET | Method::HEAD | Method::POST | Method::OPTIONS => method.as_str(),
            // Callers may invent methods without end.
            _ => "other",
        };
        let labels = vec![
            Label::new("method", method.to_owned()),
            Label::new("route", route.to_owned()),
            Label::new("status", status.as_str().to_owned()),
        ];
        let counter = self
            .recorder
            .register_counter(&Key::from_parts(REQUESTS, labels), &ABOUT);
        counter.increment(1);
        let route = vec![Label::new("route", route.to_owned())];
        let histogram = self
            .recorder
            .register_histogram(&Key::from_parts(LATENCY, route), &ABOUT);
        histogram.record(took.as_secs_f64());
    }

    /// Folds what was recorded into the buckets: without it memory grows until somebody asks.
    pub(super) fn tidy(&self) {
        self.handle.run_upkeep();
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^52")]
    fn gauge(&self, name: &'static str, value: usize) {
        self.seconds(name, value as f64);
    }

    fn seconds(&self, name: &'static str, value: f64) {
        let gauge = self
            .recorder
            .register_gauge(&Key::from_static_name(name), &ABOUT);
        gauge.set(value);
    }

    fn counter(&self, name: &'static str, labels: Vec<Label>, value: u64) {
        let counter = self
            .recorder
            .register_counter(&Key::from_parts(name, labels), &ABOUT);
        counter.absolute(value);
    }
}

/// `/metrics`
pub(super) async fn show(From(state): From<Arc<State>>) -> Response {
    let metrics = &state.metrics;
    if let Some(snapshot) = state.app.snapshots.latest() {
        let inventory = snapshot.inventory();
        let age = OffsetDateTime::now_utc() - snapshot.taken_at();
        metrics.seconds(SNAPSHOT_AGE, age.as_seconds_f64().max(0.0));
        metrics.gauge(RESOURCES, inventory.resources().len());
        metrics.gauge(LINKS, inventory.links().len());
        metrics.gauge(BLIND_SPOTS, inventory.blind_spots.len());
    }
    if let Some(crawl) = &state.app.crawl {
        let counts = crawl.counts();
        let outcome = |outcome: &'static str| vec![Label::from_static_parts("outcome", outcome)];
        metrics.counter(CRAWLS, outcome("succeeded"), counts.succeeded);
        metrics.counter(CRAWLS, outcome("failed"), counts.failed);
        metrics.counter(API_CALLS, Vec::new(), counts.api_calls);
    }
    metrics.gauge(CONNECTIONS, state.connections.taken());
    metrics.gauge(SOCKETS, state.sockets.taken());
    let refused = metrics.refused.load(Ordering::Relaxed);
    metrics.counter(REFUSED, Vec::new(), refused);
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], metrics.handle.render()).into_response()
}
