//! Numbers for Prometheus. Labels have few values, and none that names anybody or anything of an estate.

mod names;
mod process;
mod scrape;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use http::{Method, StatusCode};
use metrics::{Key, KeyName, Label, Level, Metadata, Recorder as _, Unit};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

use names::{COUNTERS, GAUGES, LATENCY, REQUESTS};
pub(super) use scrape::show;

/// Upper ends of the latency's buckets, in seconds.
const BUCKETS: &[f64] = &[
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

const ABOUT: Metadata<'static> = Metadata::new("blastmap", Level::INFO, None);

/// Names and values of labels that are known beforehand.
type Labels<'a> = &'a [(&'static str, &'static str)];

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
        for (name, description) in COUNTERS {
            recorder.describe_counter(KeyName::from_const_str(name), None, description.into());
        }
        for (name, description) in GAUGES {
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

    fn connections_refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
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
    fn gauge(&self, name: &'static str, labels: Labels<'_>, value: usize) {
        let gauge = self.recorder.register_gauge(&key(name, labels), &ABOUT);
        gauge.set(value as f64);
    }

    fn value(&self, name: &'static str, value: f64) {
        let gauge = self.recorder.register_gauge(&key(name, &[]), &ABOUT);
        gauge.set(value);
    }

    fn counter(&self, name: &'static str, labels: Labels<'_>, value: u64) {
        let counter = self.recorder.register_counter(&key(name, labels), &ABOUT);
        counter.absolute(value);
    }

    /// All of it, as Prometheus reads it.
    fn render(&self) -> String {
        self.handle.render()
    }
}

fn key(name: &'static str, labels: Labels<'_>) -> Key {
    let labels = labels.iter();
    let labels = labels.map(|(name, value)| Label::from_static_parts(name, value));
    Key::from_parts(name, labels.collect::<Vec<_>>())
}
