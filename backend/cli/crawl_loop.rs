//! Crawls again and again while the server runs, and whenever somebody asks for it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use blastmap_api::{Crawl, CrawlCounts, CrawlProgress, CrawlRefused, CrawlRun, Snapshots};
use blastmap_aws::{Crawler, Progress};
use blastmap_graph::{Snapshot, count_changes};
use blastmap_store::Store;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

/// What the API sees of the crawls.
pub(crate) struct CrawlLoop {
    state: Mutex<State>,
    wanted: Notify,
    progress: watch::Sender<Option<CrawlProgress>>,
}

#[derive(Default)]
struct State {
    /// The crawl under way, or asked for.
    run: Option<CrawlRun>,
    counts: CrawlCounts,
    runs: u64,
}

/// Where crawls come from and where they go.
pub(crate) struct Plan {
    /// Opens the crawler; done again if it fails, for credentials come and go.
    pub(crate) open: Box<dyn Fn() -> futures::Opening + Send + Sync>,
    pub(crate) snapshots: Arc<Snapshots>,
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) owner_keys: Vec<String>,
    pub(crate) interval: Duration,
}

pub(crate) mod futures {
    use std::pin::Pin;

    use blastmap_aws::Crawler;

    /// A crawler on its way.
    pub(crate) type Opening = Pin<Box<dyn Future<Output = anyhow::Result<Crawler>> + Send>>;
}

impl CrawlLoop {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            wanted: Notify::new(),
            progress: watch::Sender::new(None),
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The crawl under way or asked for, or a new one; and whether it is new.
    fn begin(&self) -> (CrawlRun, bool) {
        let mut state = self.state();
        if let Some(run) = &state.run {
            return (run.clone(), false);
        }
        state.runs += 1;
        let run = CrawlRun {
            id: format!("crawl-{}", state.runs),
            started_at: OffsetDateTime::now_utc(),
        };
        state.run = Some(run.clone());
        (run, true)
    }

    /// Crawls until the program ends. `crawler` may be open already.
    pub(crate) async fn run(self: Arc<Self>, plan: Plan, mut crawler: Option<Crawler>) {
        loop {
            let (run, _) = self.begin();
            let ended = self.crawl(&run, &plan, &mut crawler).await;
            {
                let mut state = self.state();
                state.run = None;
                match &ended {
                    Ok(calls) => {
                        state.counts.succeeded += 1;
                        state.counts.api_calls += calls;
                    }
                    Err(_) => state.counts.failed += 1,
                }
            }
            if let Err(error) = ended {
                tracing::error!(
                    crawl.id = run.id,
                    "The crawl failed, the data stays as it was: {error:#}"
                );
            }
            self.progress.send_modify(|progress| {
                if let Some(progress) = progress {
                    progress.finished = true;
                }
            });
            tokio::select! {
                () = tokio::time::sleep(plan.interval) => {}
                () = self.wanted.notified() => {}
            }
        }
    }

    /// One crawl: into the store, and before the readers. Gives the number of calls.
    async fn crawl(
        &self,
        run: &CrawlRun,
        plan: &Plan,
        crawler: &mut Option<Crawler>,
    ) -> anyhow::Result<u64> {
        self.progress.send_replace(Some(CrawlProgress {
            run: run.id.clone(),
            ..CrawlProgress::default()
        }));
        let opened = match crawler.take().filter(|crawler| !crawler.opens_anew()) {
            Some(crawler) => crawler,
            None => (plan.open)().await?,
        };
        let crawler = crawler.insert(opened);
        let before = plan.snapshots.latest();
        let (sender, receiver) = watch::channel(Progress::default());
        let known = before.as_deref().map(Snapshot::inventory);
        let crawling = async move {
            let crawled = crawler.crawl(known, &sender).await;
            drop(sender);
            crawled
        };
        let (crawled, ()) = tokio::join!(crawling, self.pass_on(run, receiver));
        let crawled = crawled?;
        let calls = crawled.calls.values().sum();
        let counted = tokio::task::spawn_blocking(move || {
            let mut inventory = crawled.inventory;
            let before = before.as_deref().map(Snapshot::inventory);
            inventory.changes = before.map(|before| count_changes(before, &inventory));
            inventory
        });
        let inventory = counted
            .await
            .context("cannot compare the snapshot with the one before")?;
        if let Some(store) = &plan.store
            && let Err(error) = store.save_snapshot(&inventory).await
        {
            // The service goes on from memory.
            tracing::error!(
                "Cannot keep snapshot {}: {:#}",
                inventory.id,
                anyhow::Error::new(error)
            );
        }
        let owner_keys = plan.owner_keys.clone();
        let snapshot = tokio::task::spawn_blocking(move || Snapshot::new(inventory, owner_keys))
            .await
            .context("cannot build the graph")?;
        let snapshots = Arc::clone(&plan.snapshots);
        tokio::task::spawn_blocking(move || drop(snapshots.publish(snapshot)))
            .await
            .context("cannot publish the graph")?;
        Ok(calls)
    }

    async fn pass_on(&self, run: &CrawlRun, mut progress: watch::Receiver<Progress>) {
        while progress.changed().await.is_ok() {
            let now = progress.borrow_and_update().clone();
            self.progress.send_replace(Some(CrawlProgress {
                run: run.id.clone(),
                scopes_done: now.scopes_done,
                scopes_total: now.scopes_total,
                api_calls: usize::try_from(now.api_calls).unwrap_or(usize::MAX),
                resources: now.resources,
                // Only when readers see it.
                finished: false,
            }));
        }
    }
}

impl Crawl for CrawlLoop {
    fn start(&self) -> Result<CrawlRun, CrawlRefused> {
        let (run, new) = self.begin();
        // Whoever asks while a crawl is under way gets that one, and no other after it.
        if new {
            self.wanted.notify_one();
        }
        Ok(run)
    }

    fn progress(&self) -> watch::Receiver<Option<CrawlProgress>> {
        self.progress.subscribe()
    }

    fn counts(&self) -> CrawlCounts {
        self.state().counts
    }
}
