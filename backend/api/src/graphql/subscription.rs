//! The root of subscriptions.

use async_graphql::{Context, ID, SimpleObject, Subscription as Subscriptions};
use futures_util::{Stream, StreamExt as _, future::ready, stream};
use tokio_stream::wrappers::WatchStream;

use crate::{
    graphql::{int, pinned::state, snapshot::StoredSnapshot},
    snapshots::Change,
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Subscription;

/// How far a crawl has come.
#[derive(SimpleObject)]
struct CrawlProgress {
    run: ID,
    scopes_done: i32,
    scopes_total: i32,
    api_calls: i32,
    resources: i32,
    finished: bool,
}

/// A new snapshot, and how many resources changed.
#[derive(SimpleObject)]
struct GraphChange {
    snapshot: StoredSnapshot,
    added: i32,
    removed: i32,
    changed: i32,
}

#[Subscriptions]
impl Subscription {
    /// How far the crawl under way, or the last one, has come: now, and at each step.
    async fn crawl_progress(&self, ctx: &Context<'_>) -> impl Stream<Item = CrawlProgress> + use<> {
        match &state(ctx).app.crawl {
            // A server that never crawls has nothing to tell, and nothing to end either: an end would be asked for again.
            None => stream::pending().boxed(),
            Some(crawl) => WatchStream::new(crawl.progress())
                .filter_map(|progress| ready(progress.map(CrawlProgress::from)))
                .boxed(),
        }
    }

    /// After each change of the graph: the new snapshot and how many resources changed.
    async fn graph_changed(&self, ctx: &Context<'_>) -> impl Stream<Item = GraphChange> + use<> {
        WatchStream::from_changes(state(ctx).app.snapshots.changes())
            .filter_map(|change| ready(change.map(GraphChange::from)))
    }
}

impl From<crate::CrawlProgress> for CrawlProgress {
    fn from(progress: crate::CrawlProgress) -> Self {
        Self {
            run: ID(progress.run),
            scopes_done: int(progress.scopes_done),
            scopes_total: int(progress.scopes_total),
            api_calls: int(progress.api_calls),
            resources: int(progress.resources),
            finished: progress.finished,
        }
    }
}

impl From<Change> for GraphChange {
    fn from(change: Change) -> Self {
        Self {
            snapshot: (&*change.snapshot).into(),
            added: int(change.added),
            removed: int(change.removed),
            changed: int(change.changed),
        }
    }
}
