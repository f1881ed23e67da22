//! `/metrics`: most numbers are read off when somebody asks.

use std::sync::Arc;

use axum::{
    extract::State as From,
    response::{IntoResponse as _, Response},
};
use blastmap_graph::Snapshot;
use blastmap_model::{BlindSpotReason, memory};
use blastmap_store::Store;
use http::{HeaderValue, header};
use time::OffsetDateTime;

use super::{Metrics, names, process};
use crate::{
    CrawlCounts,
    auth::{Access, Method, SignInOutcome},
    state::State,
};

/// `/metrics`
pub(in crate::server) async fn show(From(state): From<Arc<State>>) -> Response {
    let metrics = &state.metrics;
    if let Some(snapshot) = state.app.snapshots.latest() {
        of_snapshot(metrics, &snapshot);
    }
    metrics.gauge(names::PROBLEMS, &[], state.app.snapshots.troubles().len());
    if let Some(crawl) = &state.app.crawl {
        of_crawls(metrics, crawl.counts());
    }
    if let Some(store) = &state.app.store {
        of_store(metrics, store);
    }
    metrics.gauge(names::QUERIES_RUNNING, &[], state.turns.running());
    metrics.gauge(names::QUERIES_WAITING, &[], state.turns.waiting());
    metrics.gauge(names::CONNECTIONS, &[], state.connections.taken());
    metrics.counter(
        names::CONNECTIONS_REFUSED,
        &[],
        metrics.connections_refused(),
    );
    metrics.gauge(names::SOCKETS, &[], state.sockets.taken());
    of_sign_ins(metrics, &state.app.access);
    metrics.gauge(names::BUILD, &[("version", env!("CARGO_PKG_VERSION"))], 1);
    if let Some(bytes) = process::resident_bytes() {
        metrics.gauge(names::RESIDENT, &[], bytes);
    }
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], metrics.render()).into_response()
}

fn of_snapshot(metrics: &Metrics, snapshot: &Snapshot) {
    let inventory = snapshot.inventory();
    let age = OffsetDateTime::now_utc() - snapshot.taken_at();
    metrics.value(names::SNAPSHOT_AGE, age.as_seconds_f64().max(0.0));
    let (resources, links) = (inventory.resources().len(), inventory.links().len());
    metrics.gauge(names::RESOURCES, &[], resources);
    metrics.gauge(names::LINKS, &[], links);
    let bytes = memory::estimate(resources, links);
    metrics.gauge(
        names::GRAPH_BYTES,
        &[],
        usize::try_from(bytes).unwrap_or(usize::MAX),
    );
    // Nothing came before the first: nothing changed.
    let changes = inventory.changes.as_ref();
    let changes = changes.map_or((0, 0, 0), |own| (own.added, own.changed, own.removed));
    metrics.gauge(names::CHANGES, &[("change", "added")], changes.0);
    metrics.gauge(names::CHANGES, &[("change", "changed")], changes.1);
    metrics.gauge(names::CHANGES, &[("change", "removed")], changes.2);
    metrics.gauge(names::BLIND_SPOTS, &[], inventory.blind_spots.len());
    let drops = inventory.changes.iter().flat_map(|own| &own.drops);
    let lost = drops.map(|drop| drop.before.saturating_sub(drop.after));
    metrics.gauge(names::RESOURCES_LOST, &[], lost.sum());
    let kept = inventory.scopes.iter().filter(|own| own.kept.is_some());
    metrics.gauge(names::KEPT_SCOPES, &[], kept.count());
    for reason in BlindSpotReason::ALL {
        let spots = inventory.blind_spots.iter();
        let count = spots.filter(|spot| spot.reason == reason).count();
        metrics.gauge(
            names::BLIND_SPOTS_BY_REASON,
            &[("reason", reason.name())],
            count,
        );
    }
}

fn of_crawls(metrics: &Metrics, counts: CrawlCounts) {
    metrics.counter(names::CRAWLS, &[("outcome", "succeeded")], counts.succeeded);
    metrics.counter(names::CRAWLS, &[("outcome", "failed")], counts.failed);
    metrics.gauge(names::CRAWL_RUNNING, &[], usize::from(counts.running));
    if let Some(took) = counts.last_took {
        metrics.value(names::CRAWL_DURATION, took.as_secs_f64());
    }
    metrics.counter(names::API_CALLS, &[], counts.api_calls);
    let requests = counts.requests;
    for (outcome, count) in [
        ("answered", requests.answered),
        ("refused", requests.refused),
        ("throttled", requests.throttled),
        ("failed", requests.failed),
    ] {
        metrics.counter(names::AWS_REQUESTS, &[("outcome", outcome)], count);
    }
    metrics.counter(names::AWS_RETRIES, &[], requests.repeated);
}

fn of_store(metrics: &Metrics, store: &Store) {
    let errors = store.errors();
    for (operation, count) in [
        ("read", errors.read),
        ("write", errors.write),
        ("list", errors.list),
        ("delete", errors.delete),
    ] {
        metrics.counter(names::STORE_ERRORS, &[("operation", operation)], count);
    }
    metrics.gauge(names::STORE_SNAPSHOTS, &[], store.snapshots_seen());
}

fn of_sign_ins(metrics: &Metrics, access: &Access) {
    for method in Method::ALL {
        for outcome in SignInOutcome::ALL {
            let guard = access.guard();
            let count = guard.map_or(0, |guard| guard.sign_ins().so_far(method, outcome));
            let labels = [("method", method.name()), ("outcome", outcome.name())];
            metrics.counter(names::SIGN_INS, &labels, count);
        }
    }
}
