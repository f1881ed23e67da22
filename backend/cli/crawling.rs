//! From arguments to a crawler.

use std::sync::Arc;

use anyhow::Context as _;
use blastmap_aws::{Crawler, Origin, Recording, Settings};
use blastmap_model::{Elsewhere, Inventory, Redactor};
use tokio::sync::watch;

use crate::args::Scope;

/// The demo's fingerprints are the same for everybody.
const DEMO_KEY: [u8; 32] = *b"blastmap demo estate, no secret!";

/// A crawler of what the arguments name.
pub(crate) async fn open(scope: &Scope, redactor: Redactor) -> anyhow::Result<Crawler> {
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
        deadline: scope.deadline,
    };
    Ok(Crawler::open(settings).await?)
}

/// What fingerprints the demo's values.
pub(crate) fn demo_redactor() -> Redactor {
    Redactor::new(DEMO_KEY)
}

/// A crawler of the built-in demo estate.
pub(crate) async fn open_demo() -> anyhow::Result<Crawler> {
    let recording = blastmap_aws::demo().context("the demo estate cannot be read")?;
    let settings = Settings {
        regions: Vec::new(),
        role_arns: Vec::new(),
        organization: None,
        origin: Origin::Replay(Arc::new(recording)),
        redactor: demo_redactor(),
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
    Ok(crawler
        .crawl(previous, Elsewhere::default(), &progress)
        .await?
        .inventory)
}
