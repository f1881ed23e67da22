//! Crawls again and again while the server runs, and whenever somebody asks for it.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use blastmap_api::{Crawl, CrawlCounts, CrawlProgress, CrawlRefused, CrawlRun, RequestCounts};
use blastmap_aws::{Crawler, Outcomes, Progress};
use blastmap_graph::Snapshot;
use blastmap_model::{Elsewhere, Inventory, Scope};
use blastmap_store::Store;
use futures_util::FutureExt as _;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};
use tracing::{Instrument as _, Span};

use crate::{crawling, publishing::Publisher, shards::Others};

/// What the API sees of the crawls.
pub(crate) struct CrawlLoop {
    state: Mutex<State>,
    outcomes: Outcomes,
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
    /// Where the crawlers that it opens count.
    pub(crate) outcomes: Outcomes,
    pub(crate) publisher: Publisher,
    pub(crate) store: Arc<Store>,
    /// Whether other crawls write into the store, too.
    pub(crate) shared: bool,
    /// Of how much of a scope, of a hundred, a crawl may lose sight; none: of all.
    pub(crate) max_drop: Option<u8>,
    pub(crate) interval: Duration,
}

pub(crate) mod futures {
    use std::pin::Pin;

    use blastmap_aws::Crawler;

    /// A crawler on its way.
    pub(crate) type Opening = Pin<Box<dyn Future<Output = anyhow::Result<Crawler>> + Send>>;
}

impl CrawlLoop {
    pub(crate) fn new(outcomes: Outcomes) -> Arc<Self> {
        Arc::new(Self {
            outcomes,
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
            id: crawling::new_id(state.runs),
            started_at: OffsetDateTime::now_utc(),
        };
        state.run = Some(run.clone());
        (run, true)
    }

    /// Crawls until the program ends. The first crawler may be on its way already.
    pub(crate) async fn run(self: Arc<Self>, plan: Plan, mut opening: Option<futures::Opening>) {
        let mut crawler = None;
        loop {
            let opening = opening.take().unwrap_or_else(|| (plan.open)());
            let (run, _) = self.begin();
            let (span, started) = (crawling::span(&run.id), Instant::now());
            let crawl = self.crawl(&run, &plan, opening, &mut crawler);
            // A defect ends this crawl, and not those that come after it.
            let crawl = AssertUnwindSafe(crawl).catch_unwind();
            let ended = crawl
                .instrument(span.clone())
                .await
                .unwrap_or_else(|_panic| {
                    Err(anyhow::anyhow!(
                        "it panicked: report it with the lines before this one"
                    ))
                });
            let took = started.elapsed();
            {
                let mut state = self.state();
                state.run = None;
                state.counts.last_took = Some(took);
                match &ended {
                    Ok(calls) => {
                        state.counts.succeeded += 1;
                        state.counts.api_calls += calls;
                    }
                    Err(_) => state.counts.failed += 1,
                }
            }
            span.in_scope(|| match ended {
                Ok(calls) => tracing::info!(
                    crawl.id = run.id,
                    crawl.api_calls = calls,
                    duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                    "The crawl ended, its snapshot is shown"
                ),
                Err(error) => tracing::error!(
                    crawl.id = run.id,
                    "The crawl failed, the data stays as it was: {error:#}"
                ),
            });
            // It ends here, and not after the pause.
            drop(span);
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
        opening: futures::Opening,
        crawler: &mut Option<Crawler>,
    ) -> anyhow::Result<u64> {
        self.progress.send_replace(Some(CrawlProgress {
            run: run.id.clone(),
            ..CrawlProgress::default()
        }));
        let opened = match crawler.take().filter(|crawler| !crawler.opens_anew()) {
            Some(crawler) => crawler,
            None => opening.await?,
        };
        let crawler = crawler.insert(opened);
        let before = plan.publisher.latest();
        let others = self.others(plan, crawler).await;
        let elsewhere = others
            .as_ref()
            .map_or_else(Elsewhere::default, Others::elsewhere);
        let (sender, receiver) = watch::channel(Progress::default());
        let known = before.as_deref().map(Snapshot::inventory);
        let crawling = async {
            let crawled = crawler.crawl(known, elsewhere, &sender).await;
            drop(sender);
            crawled
        };
        let (crawled, ()) = tokio::join!(crawling, self.pass_on(run, receiver));
        let crawled = crawled?;
        let calls = crawled.calls.values().sum();
        // Where the store does not tell, there may be others.
        let beside = others.as_ref().unwrap_or(&Others::Crawl(None));
        let own = beside.keep_dropped(crawled.inventory, known, crawler, plan.max_drop)?;
        let whole = keep(plan, others, own, known, &crawler.scopes()).await?;
        Span::current().record("snapshot.id", &whole.id);
        plan.publisher.publish(whole).await?;
        Ok(calls)
    }

    /// What other crawls saw. A store that cannot say hinders no crawl.
    async fn others(&self, plan: &Plan, crawler: &Crawler) -> Option<Others> {
        match Others::of(&plan.store, crawler, plan.shared).await {
            Ok(others) => Some(others),
            Err(error) => {
                tracing::error!(
                    "Crawling without what other crawls saw: {:#}",
                    anyhow::Error::new(error)
                );
                None
            }
        }
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

/// Keeps what was crawled. Where the store cannot, the service goes on from memory, and says so.
async fn keep(
    plan: &Plan,
    others: Option<Others>,
    crawled: Inventory,
    previous: Option<&Inventory>,
    covered: &[Scope],
) -> anyhow::Result<Inventory> {
    let id = crawled.id.clone();
    let saved = match &others {
        Some(others) => others
            .save(&plan.store, crawled.clone(), previous)
            .await
            .map_err(anyhow::Error::new),
        None => Err(anyhow::anyhow!("the store cannot be read")),
    };
    match saved {
        Ok(whole) => {
            plan.publisher.store_works();
            Ok(whole)
        }
        Err(error) => {
            tracing::error!("Cannot keep snapshot {id}, going on from memory: {error:#}");
            plan.publisher
                .store_fails(&format!("snapshot {id} is not kept: {error:#}"));
            let others = others.unwrap_or(Others::Crawl(None));
            Ok(others.without_store(crawled, previous, covered)?)
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
        let state = self.state();
        let requests = self.outcomes.counts();
        CrawlCounts {
            running: state.run.is_some(),
            requests: RequestCounts {
                answered: requests.answered,
                refused: requests.refused,
                throttled: requests.throttled,
                failed: requests.failed,
                repeated: requests.repeated,
            },
            ..state.counts
        }
    }
}
