//! The loop: ask for everything that is listed, then follow references until nothing known is unseen.
//!
//! Collectors run side by side in rounds. After each round the facts are tied together, and each collector says what of them
//! it has to ask about; what was asked once in a crawl is not asked again.

use std::{
    collections::{BTreeMap, HashSet},
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use blastmap_model::{
    Elsewhere, Found, GLOBAL, Inventory, InventoryBuilder, Presence, ResourceId, Scope, ScopeRecord,
};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use sha2::{Digest as _, Sha256};
use time::{OffsetDateTime, macros::format_description};
use tokio::sync::watch;
use tracing::Instrument as _;

use crate::{
    clients::Clients,
    collect::{COLLECTORS, Collector, Place, Wanted},
    error::CrawlError,
    session::{Session, Settings},
};

/// How far a crawl is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub scopes_done: usize,
    pub scopes_total: usize,
    pub api_calls: u64,
    pub resources: usize,
    pub finished: bool,
}

/// What a crawl gave.
#[derive(Debug)]
pub struct Crawled {
    pub inventory: Inventory,
    /// Calls by action, retries included.
    pub calls: BTreeMap<String, u64>,
}

/// Crawls the same accounts and regions, any number of times.
pub struct Crawler {
    session: Session,
    /// True once a crawl has counted what opening took.
    counted: AtomicBool,
}

impl Crawler {
    /// Finds the accounts and regions, and makes sure that AWS answers there.
    pub async fn open(settings: Settings) -> Result<Self, CrawlError> {
        Ok(Self {
            // Its futures are large, and what awaits this would be.
            session: Box::pin(Session::open(settings)).await?,
            counted: AtomicBool::new(false),
        })
    }

    /// True if the accounts and regions should be found anew before the next crawl: some are not known for good.
    pub fn opens_anew(&self) -> bool {
        self.session.may_change() && self.counted.load(Ordering::Relaxed)
    }

    /// True if AWS says which accounts or regions there are: one that it lists no more is gone.
    pub fn is_told_scopes(&self) -> bool {
        self.session.is_told_scopes()
    }

    /// What a crawl covers, and what it should and cannot.
    pub fn scopes(&self) -> Vec<Scope> {
        let clients = self.session.clients();
        let open = clients.iter().map(Clients::scope);
        open.chain(self.session.closed()).cloned().collect()
    }

    /// One crawl. `previous` spares questions whose answers cannot have changed; `elsewhere` is what other crawls saw and has to do
    /// with these scopes; `progress` follows along.
    pub async fn crawl(
        &self,
        previous: Option<&Inventory>,
        elsewhere: Elsewhere,
        progress: &watch::Sender<Progress>,
    ) -> Result<Crawled, CrawlError> {
        let started = Instant::now();
        let clients = self.session.clients();
        let mut crawl = Crawl {
            builder: InventoryBuilder::new(self.scopes()).beside(elsewhere),
            rounds: 0,
            asked: HashSet::new(),
            session: &self.session,
            previous,
            clients: &clients,
            progress,
        };
        crawl.absorb_what_is_hidden();
        crawl.report();
        let mut running = FuturesUnordered::new();
        let mut jobs = crawl.jobs(|collector, _, _| collector.wanted.is_none().then(Vec::new));
        loop {
            if jobs.is_empty() {
                // Those that hold up nothing else may still name more.
                let Some(late) = running.next().await else {
                    break;
                };
                crawl.take_in(late);
            }
            crawl.round(jobs, &mut running).await;
            jobs = crawl.wanted();
        }
        let taken_at = OffsetDateTime::now_utc();
        let opening = self.session.counts().by_action();
        let counted = self.counted.swap(true, Ordering::Relaxed);
        let mut calls = if counted { BTreeMap::new() } else { opening };
        let mut scopes: Vec<_> = self.session.closed().iter().map(never_crawled).collect();
        for own in &clients {
            let counts = own.counts();
            for (action, times) in counts.by_action() {
                *calls.entry(action).or_default() += times;
            }
            let duration = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
            let (scope, api_calls) = (own.scope().clone(), counts.total());
            scopes.push(ScopeRecord {
                scope,
                crawled_at: Some(taken_at),
                duration_ms: Some(duration),
                api_calls,
                kept: None,
            });
        }
        crawl.refuse_silence()?;
        let inventory = crawl
            .builder
            .finish(snapshot_id(taken_at), taken_at, scopes)?;
        progress.send_replace(Progress {
            scopes_done: clients.len(),
            scopes_total: clients.len(),
            api_calls: calls.values().sum(),
            resources: inventory.resources().len(),
            finished: true,
        });
        tracing::info!(
            crawl.resources = inventory.resources().len(),
            crawl.links = inventory.links().len(),
            crawl.blind_spots = inventory.blind_spots.len(),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "Crawled {} scopes",
            clients.len()
        );
        Ok(Crawled { inventory, calls })
    }
}

fn never_crawled(scope: &Scope) -> ScopeRecord {
    ScopeRecord {
        scope: scope.clone(),
        crawled_at: None,
        duration_ms: None,
        api_calls: 0,
        kept: None,
    }
}

/// `20261123T181627Z-1f2e`: sorts by time, and two of one second differ.
fn snapshot_id(taken_at: OffsetDateTime) -> String {
    let stamp = taken_at
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    let hash = Sha256::digest(taken_at.unix_timestamp_nanos().to_be_bytes());
    format!("{stamp}-{}", hex::encode(&hash[..2]))
}

/// A collector at work in one scope.
struct Job<'a> {
    clients: &'a Clients,
    collector: &'static Collector,
    wanted: Vec<Wanted>,
}

impl Job<'_> {
    /// What it finds; what it cannot is a blind spot.
    async fn run(self, mut found: Found) -> Found {
        let scope = self.clients.scope();
        let collected = (self.collector.collect)(self.clients, self.wanted, &mut found).await;
        if let Err(error) = collected {
            tracing::warn!(
                aws.action = error.action,
                aws.account = &*scope.account,
                aws.region = &*scope.region,
                "Going on without `{}`: {}",
                error.action,
                error.message
            );
            found.blind_spot(error.blind_spot(scope, self.collector.kinds));
        }
        found
    }
}

/// A round that makes no progress for so long goes on without those that hold it up: an API that hangs does not stop the others.
const PATIENCE: Duration = Duration::from_secs(5);

/// Jobs under way; each ends with the number of its round and what it found.
type Running<'a> = FuturesUnordered<Pin<Box<dyn Future<Output = (usize, Found)> + Send + 'a>>>;

/// A crawl under way.
struct Crawl<'a> {
    /// How many rounds there were.
    rounds: usize,
    builder: InventoryBuilder,
    /// What was asked: by which collector, where, about what and which part of it.
    asked: HashSet<(usize, usize, ResourceId, String)>,
    session: &'a Session,
    previous: Option<&'a Inventory>,
    clients: &'a [Clients],
    progress: &'a watch::Sender<Progress>,
}

impl<'a> Crawl<'a> {
    /// Jobs for every collector in every scope where it is at home, if `wanted` gives it one.
    fn jobs(
        &self,
        mut wanted: impl FnMut(&'static Collector, usize, usize) -> Option<Vec<Wanted>>,
    ) -> Vec<Job<'a>> {
        let mut jobs = Vec::new();
        for (place, clients) in self.clients.iter().enumerate() {
            let own = if &*clients.scope().region == GLOBAL {
                Place::Global
            } else {
                Place::Region
            };
            for (number, collector) in COLLECTORS
                .iter()
                .enumerate()
                .filter(|(_, collector)| collector.place == own)
            {
                if let Some(wanted) = wanted(collector, number, place) {
                    jobs.push(Job {
                        clients,
                        collector,
                        wanted,
                    });
                }
            }
        }
        jobs
    }

    /// What has to be asked next.
    fn wanted(&mut self) -> Vec<Job<'a>> {
        let mut asked = std::mem::take(&mut self.asked);
        let mut known = Vec::new();
        let jobs = self.jobs(|collector, number, place| {
            let clients = &self.clients[place];
            let mut wanted = collector.wanted?(&self.builder, clients.scope());
            wanted.retain_mut(|wanted| {
                if wanted.parts.is_empty() {
                    return asked.insert((number, place, wanted.id.clone(), String::new()));
                }
                wanted
                    .parts
                    .retain(|part| asked.insert((number, place, wanted.id.clone(), part.clone())));
                !wanted.parts.is_empty()
            });
            if let Some(source) = collector.never_changes {
                let mut found = self.found(clients);
                // A part that is asked about is one that does change.
                wanted.retain(|wanted| match self.remembered(wanted) {
                    Some(resource) if wanted.parts.is_empty() => !found.known(resource, source),
                    _ => true,
                });
                known.push(found);
            }
            (!wanted.is_empty()).then_some(wanted)
        });
        self.asked = asked;
        let remembered = known.iter().any(|found| !found.is_empty());
        for found in known {
            self.builder.absorb(found);
        }
        // What was remembered names more: it joins what is asked in this round.
        if remembered && jobs.is_empty() {
            self.wanted()
        } else {
            jobs
        }
    }

    /// What an earlier crawl read of something that AWS never changes.
    fn remembered(&self, wanted: &Wanted) -> Option<&'a blastmap_model::Resource> {
        let previous = self.previous?;
        let resource = previous.resource(previous.find(wanted.id.as_str())?);
        (resource.presence == Presence::Live).then_some(resource)
    }

    fn found(&self, clients: &Clients) -> Found {
        Found::new(
            clients.scope().clone(),
            OffsetDateTime::now_utc(),
            self.session.redactor().clone(),
        )
    }

    /// Runs jobs side by side, beside those of earlier rounds, and takes in what they find, until these are done or held up.
    async fn round(&mut self, jobs: Vec<Job<'a>>, running: &mut Running<'a>) {
        self.rounds += 1;
        let round = self.rounds;
        let mut open = jobs.len();
        for job in jobs {
            let found = self.found(job.clients);
            let span = job.clients.span().clone();
            let run = async move { (round, job.run(found).await) };
            running.push(Box::pin(run.instrument(span)));
        }
        while open > 0 {
            let Ok(Some(done)) = tokio::time::timeout(PATIENCE, running.next()).await else {
                return;
            };
            open -= usize::from(done.0 == round);
            self.take_in(done);
        }
    }

    fn take_in(&mut self, (_, found): (usize, Found)) {
        self.builder.absorb(found);
        self.report();
    }

    /// Where not one call of any region was answered, and none was denied, there is no such region.
    fn refuse_silence(&self) -> Result<(), CrawlError> {
        let regions = self
            .clients
            .iter()
            .map(Clients::scope)
            .filter(|scope| &*scope.region != GLOBAL);
        let silent = regions.clone().all(|scope| self.builder.is_silent(scope));
        let Some(spot) = self.builder.blind_spots().find(|spot| {
            regions
                .clone()
                .any(|own| own.account == spot.account && own.region == spot.region)
        }) else {
            return Ok(());
        };
        if !silent {
            return Ok(());
        }
        let regions: Vec<&str> = regions.map(|scope| &*scope.region).collect();
        Err(CrawlError::NothingAnswers {
            regions: regions.join(", "),
            message: format!("{}: {}", spot.api, spot.message),
        })
    }

    fn absorb_what_is_hidden(&mut self) {
        for spot in self.session.blind_spots() {
            let scope = Scope::new(&spot.account, &spot.region);
            let (now, redactor) = (OffsetDateTime::now_utc(), self.session.redactor().clone());
            let mut found = Found::new(scope, now, redactor);
            found.blind_spot(spot.clone());
            self.builder.absorb(found);
        }
    }

    fn report(&self) {
        self.progress.send_replace(Progress {
            scopes_done: 0,
            scopes_total: self.clients.len(),
            api_calls: self.clients.iter().map(|own| own.counts().total()).sum(),
            resources: self.builder.len(),
            finished: false,
        });
    }
}
