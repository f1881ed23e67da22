//! From arguments to a crawler.

use std::sync::Arc;

use anyhow::Context as _;
use blastmap_aws::{Crawler, Origin, Outcomes, Recording, Settings};
use blastmap_model::{Elsewhere, Inventory, Redactor};
use blastmap_store::Store;
use time::{OffsetDateTime, macros::format_description};
use tokio::sync::{OnceCell, watch};
use tracing::{Instrument as _, Span, error_span, field};

use crate::args::Scope;

/// Of the demo and of what is compared with it: as anybody's plan may be, nobody else has it, and it ends with this process.
static DEMO_KEY: OnceCell<[u8; 32]> = OnceCell::const_new();

/// A crawler of what the arguments name.
pub(crate) async fn open(
    scope: &Scope,
    redactor: Redactor,
    outcomes: Outcomes,
) -> anyhow::Result<Crawler> {
    let origin = match (&scope.record, &scope.replay) {
        (Some(folder), _) => Origin::Record(folder.clone()),
        (None, Some(folder)) => {
            let recording = Recording::open(folder)
                .with_context(|| format!("cannot replay {}", folder.display()))?;
            Origin::Replay(Arc::new(recording))
        }
        (None, None) => Origin::Live,
    };
    let settings = Settings {
        regions: scope.region.clone(),
        role_arns: scope.role_arn.clone(),
        organization: scope.organization.clone(),
        origin,
        redactor,
        outcomes,
        deadline: scope.deadline,
    };
    Ok(Crawler::open(settings).await?)
}

/// What fingerprints the demo's values.
pub(crate) async fn demo_redactor() -> anyhow::Result<Redactor> {
    let key = DEMO_KEY.get_or_try_init(|| async { Store::in_memory().fingerprint_key().await });
    Ok(Redactor::new(*key.await?))
}

/// A crawler of the built-in demo estate.
pub(crate) async fn open_demo(outcomes: Outcomes) -> anyhow::Result<Crawler> {
    let recording = blastmap_aws::demo().context("the demo estate cannot be read")?;
    let settings = Settings {
        regions: Vec::new(),
        role_arns: Vec::new(),
        organization: None,
        origin: Origin::Replay(Arc::new(recording)),
        redactor: demo_redactor().await?,
        outcomes,
        deadline: blastmap_aws::DEADLINE,
    };
    Ok(Crawler::open(settings).await?)
}

/// One crawl that nobody watches.
pub(crate) async fn once(
    crawler: &Crawler,
    previous: Option<&Inventory>,
) -> anyhow::Result<Inventory> {
    let (progress, _) = watch::channel(blastmap_aws::Progress::default());
    let span = span(&new_id(1));
    let crawled = crawler
        .crawl(previous, Elsewhere::default(), &progress)
        .instrument(span.clone())
        .await?;
    Ok(crawled.inventory)
}

/// What log and API call a crawl that begins now, the `number`th of this process: no other process gives the same.
pub(crate) fn new_id(number: u64) -> String {
    let stamp = OffsetDateTime::now_utc().format(format_description!(
        "[year][month][day]T[hour][minute][second]Z"
    ));
    format!("crawl-{}-{number}", stamp.unwrap_or_default())
}

/// All lines of the log about a crawl stand in this, at whatever level they are; it is told its snapshot at the end.
pub(crate) fn span(id: &str) -> Span {
    error_span!("crawl", crawl.id = id, snapshot.id = field::Empty)
}
