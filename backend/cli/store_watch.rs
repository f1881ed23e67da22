//! Publishes what other processes write into the store.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use blastmap_model::Inventory;
use blastmap_store::{Refused, Seen, Store};
use futures_util::FutureExt as _;

use crate::publishing::Publisher;

/// How often the store is looked at, however rarely crawls come.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Looks until the program ends.
pub(crate) async fn run(store: Arc<Store>, publisher: Publisher, interval: Duration) {
    let mut seen = Seen::default();
    loop {
        // A defect ends this look, and not those that come after it.
        let look = AssertUnwindSafe(look(&store, &publisher, &mut seen)).catch_unwind();
        let looked = look.await.unwrap_or_else(|_panic| {
            Err(anyhow::anyhow!(
                "reading it panicked: report it with the lines before this one"
            ))
        });
        match looked {
            Ok(None) => publisher.store_works(),
            Ok(Some(refused)) => publisher.store_fails(&refused),
            Err(error) => {
                tracing::error!("The store cannot be read, the data stays as it was: {error:#}");
                publisher.store_fails(&format!("{error:#}"));
            }
        }
        tokio::time::sleep(interval.min(LOOK_EVERY)).await;
    }
}

/// Shows what is new; says which newer one cannot be used.
async fn look(
    store: &Store,
    publisher: &Publisher,
    seen: &mut Seen,
) -> anyhow::Result<Option<String>> {
    let Some((latest, refused)) = store.load_new(seen).await? else {
        return Ok(None);
    };
    for own in &refused {
        tracing::warn!("Not used: {own}");
    }
    if let Some(latest) = latest {
        show(publisher, latest).await?;
    }
    if let Some(own) = refused.iter().find(|own| own.is_too_large()) {
        publisher.refuse(&own.to_string());
    }
    Ok(not_used(&refused))
}

/// A snapshot that cannot be read, though it is newer than what is shown.
pub(crate) fn not_used(refused: &[Refused]) -> Option<String> {
    let broken = refused.iter().find(|own| !own.is_too_large());
    broken.map(|own| format!("{own}, the one before is shown"))
}

async fn show(publisher: &Publisher, latest: Inventory) -> anyhow::Result<()> {
    let shown = publisher.latest();
    // What was refused for its size leads to one that is older than what is shown.
    let is_news =
        shown.is_none_or(|shown| shown.id() != latest.id && shown.taken_at() <= latest.taken_at);
    if is_news {
        let (id, resources) = (latest.id.clone(), latest.resources().len());
        publisher.publish(latest).await?;
        tracing::info!(
            snapshot.id = id,
            snapshot.resources = resources,
            "Read snapshot {id}"
        );
    }
    Ok(())
}
