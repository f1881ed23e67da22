//! Crawling into a store that several crawls share.

use blastmap_aws::Crawler;
use blastmap_graph::count_changes;
use blastmap_model::{Elsewhere, Inventory, Part, Scope, merge};
use blastmap_store::{Store, StoreError};

/// What others crawled into the store of one crawl; none where it is not shared.
pub(crate) enum Others {
    /// This crawl is the whole snapshot.
    Nobody,
    /// This crawl is a shard, beside those of others if there are any.
    Crawl(Option<Box<Inventory>>),
}

impl Others {
    /// `shared` is what the user says; a store that was shared once stays so.
    pub(crate) async fn of(
        store: &Store,
        crawler: &Crawler,
        shared: bool,
    ) -> Result<Self, StoreError> {
        if !shared && !store.is_shared().await? {
            return Ok(Self::Nobody);
        }
        let others = store.load_others(&crawler.scopes()).await?;
        Ok(Self::Crawl(others.map(Box::new)))
    }

    /// What this crawl has to look for because others name it.
    pub(crate) fn elsewhere(&self) -> Elsewhere {
        match self {
            Self::Crawl(Some(others)) => Elsewhere::of(others),
            Self::Nobody | Self::Crawl(None) => Elsewhere::default(),
        }
    }

    /// What a crawl saw, with the old data of scopes of which too much is gone.
    pub(crate) fn keep_dropped(
        &self,
        crawled: Inventory,
        previous: Option<&Inventory>,
        crawler: &Crawler,
        max_drop: Option<u8>,
    ) -> anyhow::Result<Inventory> {
        let (Some(previous), Some(percent)) = (previous, max_drop) else {
            return Ok(crawled);
        };
        let scopes = crawler.scopes();
        // Where AWS says which accounts and regions there are, one that is no longer among them is missed, too.
        let is_wanted = |scope: &Scope| {
            scopes.contains(scope) || matches!(self, Self::Nobody) && crawler.opens_anew()
        };
        let kept = blastmap_model::keep_dropped(previous, crawled, is_wanted, percent)?;
        for record in &kept.scopes {
            if let Some(own) = &record.kept {
                tracing::warn!(
                    scope.account = &*record.scope.account,
                    scope.region = &*record.scope.region,
                    "Keeping the data of {} as it was: the crawl read {} resources there",
                    record.scope,
                    own.found
                );
            }
        }
        Ok(kept)
    }

    /// Keeps what was crawled in the store, and gives the snapshot that it is, or is a part of.
    pub(crate) async fn save(
        &self,
        store: &Store,
        mut crawled: Inventory,
        previous: Option<&Inventory>,
    ) -> Result<Inventory, StoreError> {
        if matches!(self, Self::Crawl(_)) {
            crawled = store.save_shard(&crawled).await?;
        }
        if previous.is_some_and(|previous| previous.id == crawled.id) {
            // Others were newer in all that was crawled: nothing came of it.
            return Ok(crawled);
        }
        let whole = counted(crawled, previous);
        store.save_snapshot(&whole).await?;
        Ok(whole)
    }

    /// The snapshot as it would be if the store could keep it.
    pub(crate) fn without_store(
        self,
        crawled: Inventory,
        previous: Option<&Inventory>,
    ) -> Inventory {
        let own = crawled.clone();
        let whole = match self {
            Self::Crawl(Some(others)) => merge(
                crawled.id.clone(),
                vec![whole_part(crawled), whole_part(*others)],
            ),
            Self::Nobody | Self::Crawl(None) => Ok(crawled),
        };
        counted(whole.unwrap_or(own), previous)
    }
}

fn whole_part(inventory: Inventory) -> Part {
    let scopes = inventory.scopes.iter().map(|record| record.scope.clone());
    Part {
        holds: scopes.collect(),
        inventory,
    }
}

fn counted(mut inventory: Inventory, previous: Option<&Inventory>) -> Inventory {
    inventory.changes = previous.map(|previous| count_changes(previous, &inventory));
    inventory
}
