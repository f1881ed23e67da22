//! Crawling into a store that several crawls share.

use std::collections::BTreeSet;

use blastmap_aws::Crawler;
use blastmap_graph::count_changes;
use blastmap_model::{Elsewhere, GLOBAL, Inventory, InventoryError, Part, Scope, merge};
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
            scopes.contains(scope) || matches!(self, Self::Nobody) && crawler.is_told_scopes()
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

    /// The snapshot as it would be if the store could keep it. What others crawled stays as it was shown last where the store does not
    /// tell: what nobody can read now is not gone.
    pub(crate) fn without_store(
        self,
        crawled: Inventory,
        previous: Option<&Inventory>,
        covered: &[Scope],
    ) -> Result<Inventory, InventoryError> {
        let beside = match self {
            Self::Nobody => None,
            Self::Crawl(Some(others)) => Some(whole_part(*others)),
            Self::Crawl(None) => previous.and_then(|previous| rest_of(previous, covered)),
        };
        let whole = match beside {
            Some(beside) => merge(crawled.id.clone(), vec![whole_part(crawled), beside])?,
            None => crawled,
        };
        Ok(counted(whole, previous))
    }
}

fn whole_part(inventory: Inventory) -> Part {
    let scopes = inventory.scopes.iter().map(|record| record.scope.clone());
    Part {
        holds: scopes.collect(),
        inventory,
    }
}

/// What a snapshot has beside the scopes that a crawl covers; none where that is nothing.
fn rest_of(snapshot: &Inventory, covered: &[Scope]) -> Option<Part> {
    let scopes = snapshot.scopes.iter().map(|record| &record.scope);
    let regional = scopes.clone().filter(|scope| &*scope.region != GLOBAL);
    let left: BTreeSet<&Scope> = regional.filter(|scope| !covered.contains(scope)).collect();
    let has_more = |scope: &Scope| left.iter().any(|own| own.account == scope.account);
    let global = scopes.filter(|scope| &*scope.region == GLOBAL && has_more(scope));
    let holds: BTreeSet<Scope> = left.iter().copied().chain(global).cloned().collect();
    (!holds.is_empty()).then(|| Part {
        inventory: snapshot.clone(),
        holds,
    })
}

fn counted(mut inventory: Inventory, previous: Option<&Inventory>) -> Inventory {
    inventory.changes = previous.map(|previous| count_changes(previous, &inventory));
    inventory
}

#[cfg(test)]
mod tests {
    use blastmap_model::ScopeRecord;
    use time::OffsetDateTime;

    use super::*;

    fn inventory(id: &str, scopes: &[(&str, &str)]) -> Inventory {
        let records = scopes.iter().map(|(account, region)| ScopeRecord {
            scope: Scope::new(account, region),
            crawled_at: Some(OffsetDateTime::UNIX_EPOCH),
            duration_ms: None,
            api_calls: 0,
            kept: None,
        });
        let records = records.collect();
        Inventory::new(
            id.to_owned(),
            OffsetDateTime::UNIX_EPOCH,
            records,
            Vec::new(),
            Vec::new(),
            Vec::new(),
        )
        .unwrap()
    }

    #[test]
    fn what_others_crawled_stays_where_the_store_does_not_tell() {
        let all = [
            ("1", "global"),
            ("1", "r"),
            ("2", "global"),
            ("2", "r"),
            ("2", "s"),
        ];
        let before = inventory("before", &all);
        let covered = [("1", "global"), ("1", "r"), ("2", "global"), ("2", "s")];
        let crawled = inventory("crawled", &covered);
        let covered = covered.map(|(account, region)| Scope::new(account, region));
        let beside = |others: Others, previous| {
            let whole = others.without_store(crawled.clone(), previous, &covered);
            let whole = whole.unwrap();
            assert_eq!(whole.id, "crawled");
            let scopes = whole.scopes.iter().map(|own| own.scope.to_string());
            scopes.collect::<Vec<_>>()
        };
        let (own, more) = (
            ["1 global", "1 r", "2 global", "2 s"],
            ["1 global", "1 r", "2 global", "2 r", "2 s"],
        );
        assert_eq!(beside(Others::Nobody, Some(&before)), own);
        assert_eq!(beside(Others::Crawl(None), None), own);
        assert_eq!(beside(Others::Crawl(None), Some(&before)), more);
        let others = inventory("others", &[("2", "global"), ("2", "r")]);
        assert_eq!(beside(Others::Crawl(Some(Box::new(others))), None), more);
    }
}
