//! What all requests share.

use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use blastmap_graph::Snapshot;
use blastmap_store::StoreError;
use http::StatusCode;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::error;

use crate::{
    App, Settings,
    fair::{Rates, Shares, Turns, Who},
    history::History,
    plans::Plans,
    problem::{Code, Problem},
    reviews::Reviews,
    server::Metrics,
};

/// How many earlier snapshots are kept ready.
const STORED_IN_MEMORY: usize = 2;

/// How many items all lists of one answer hold together.
const ITEMS: usize = 500_000;

pub(crate) struct State {
    pub(crate) app: App,
    pub(crate) metrics: Metrics,
    /// Queries, and other work, that may be done at once.
    pub(crate) turns: Turns,
    /// How often somebody may ask.
    pub(crate) rates: Rates,
    /// Connections that may be open, by network.
    pub(crate) connections: Shares<IpAddr>,
    /// WebSocket connections that may be open: of those who are signed in, and of networks.
    pub(crate) sockets: Shares<Who>,
    /// Bytes of plans that are on their way in, or wait.
    pub(crate) plans_coming: Shares<Who>,
    /// Of queries: large plans leave them their room.
    pub(crate) queries_coming: Shares<Who>,
    /// Bytes of answers that nobody has taken yet.
    pub(crate) untaken: Shares<Who>,
    /// Connections that are open, whatever they have become.
    pub(crate) open: TaskTracker,
    /// Cancelled when the server is to stop.
    pub(crate) stopping: CancellationToken,
    pub(crate) plans: Plans,
    pub(crate) reviews: Reviews,
    pub(crate) history: History,
    stored: Mutex<VecDeque<Arc<Snapshot>>>,
}

/// A person has a few pages open; an address may be a whole office's.
fn sockets(settings: &Settings) -> Shares<Who> {
    let (of_somebody, of_network) = (settings.sockets_per_caller, settings.sockets_per_address);
    Shares::by(settings.sockets, move |who| match who {
        Who::Somebody(..) => of_somebody,
        Who::Network(_) => of_network,
    })
}

/// Of which one has half at most.
fn halved(most: usize) -> Shares<Who> {
    Shares::new(most, most / 2)
}

impl State {
    pub(crate) fn new(app: App) -> Arc<Self> {
        Arc::new(Self {
            metrics: Metrics::new(),
            turns: Turns::new(app.settings.concurrent_queries),
            rates: Rates::new(app.settings.rate_limit),
            connections: Shares::new(
                app.settings.connections,
                app.settings.connections_per_address,
            ),
            sockets: sockets(&app.settings),
            // As much as the plans that are kept.
            plans_coming: halved(app.settings.max_plan.saturating_mul(4)),
            queries_coming: halved(app.settings.max_body.saturating_mul(64)),
            untaken: halved(app.settings.untaken_answers),
            open: TaskTracker::new(),
            stopping: CancellationToken::new(),
            plans: Plans::new(app.settings.max_plan),
            reviews: Reviews::new(app.store.clone()),
            history: History::new(app.store.clone()),
            stored: Mutex::default(),
            app,
        })
    }

    /// An earlier snapshot from the store. Those asked for at once wait for each other: memory holds a few, not many.
    pub(crate) async fn stored(&self, id: &str) -> Result<Arc<Snapshot>, Problem> {
        let unknown = || {
            Problem::new(
                Code::NotFound,
                format!("there is no snapshot `{}`", short(id)),
            )
        };
        let store = self.app.store.as_ref().ok_or_else(unknown)?;
        let mut ready = self.stored.lock().await;
        if let Some(place) = ready.iter().position(|snapshot| snapshot.id() == id)
            && let Some(found) = ready.remove(place)
        {
            ready.push_front(Arc::clone(&found));
            return Ok(found);
        }
        let inventory = store.load(id).await.map_err(|error| match error {
            StoreError::Id(_) | StoreError::Unknown { .. } => unknown(),
            StoreError::Refused(refused) => {
                Problem::new(Code::NotFound, format!("snapshot {refused}"))
            }
            error => store_failed(&error),
        })?;
        ready.truncate(STORED_IN_MEMORY - 1);
        let owner_keys = self.app.settings.owner_keys.clone();
        let built = tokio::task::spawn_blocking(move || Snapshot::new(inventory, owner_keys)).await;
        let snapshot = Arc::new(built.map_err(|gone| {
            error!(error = %gone, "Cannot build the graph of snapshot {id}");
            Problem::new(Code::Internal, "the snapshot could not be read")
        })?);
        ready.push_front(Arc::clone(&snapshot));
        Ok(snapshot)
    }
}

/// What a caller is told of a store that fails; the log has the rest.
pub(crate) fn store_failed(error: &StoreError) -> Problem {
    error!(error = error as &dyn std::error::Error, "The store failed");
    Problem::new(
        Code::Internal,
        "the store cannot be read: see the server's log",
    )
}

/// What the store gives until then. It may not answer at all, and who waits for it holds a place.
pub(crate) async fn in_time<T>(
    deadline: Instant,
    asked: impl Future<Output = T>,
) -> Result<T, (StatusCode, Problem)> {
    timeout_at(deadline, asked).await.map_err(|_late| {
        error!("The store did not answer in time");
        let problem = Problem::new(
            Code::Internal,
            "the store did not answer in time: try again later",
        );
        (StatusCode::SERVICE_UNAVAILABLE, problem)
    })
}

/// Text from outside, short enough for a message.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

/// The snapshot that a request sees, and what it may still take.
pub(crate) struct Pinned {
    pub(crate) snapshot: Option<Arc<Snapshot>>,
    items_left: AtomicUsize,
}

impl Pinned {
    pub(crate) fn new(snapshot: Option<Arc<Snapshot>>) -> Self {
        Self {
            snapshot,
            items_left: AtomicUsize::new(ITEMS),
        }
    }

    /// Takes items into the answer, as long as it is not too large.
    pub(crate) fn take(&self, items: usize) -> Result<(), Problem> {
        let left = |left: usize| left.checked_sub(items);
        let taken = self
            .items_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        taken.map(drop).map_err(|_left| {
            Problem::new(
                Code::TooLarge,
                format!("the answer has more than {ITEMS} items: ask for less, or page by page"),
            )
        })
    }
}
