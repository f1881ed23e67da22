//! A store that several crawls share: each writes its shard, and a manifest says which shards make the snapshot.

use std::time::Duration;

use blastmap_model::{GLOBAL, Inventory, Part, Scope, ScopeRecord, merge, record, stale};
use bytes::Bytes;
use time::OffsetDateTime;
use tracing::{debug, warn};

use crate::{
    Refused, Store, StoreError,
    error::chain,
    manifest::{self, Gone, Manifest, SHARDS, Shard},
    place::{Tag, Tagged},
    snapshots::{check_id, snapshot_name},
    store::{Candidate, beside_other_tasks, decode, encode},
};

/// How often a crawl that others overtake tries again. Each time one of them has come through.
const MOST_TRIES: u32 = 100;

/// How often a reader begins anew whose shards went away while it read: each time the manifest was another.
const MOST_READS: u32 = 10;

/// A shard that no manifest names stays so long: whoever read the manifest before may still be at it.
const SHARD_STAYS: time::Duration = time::Duration::HOUR;

/// A shard that nobody renews holds so long at least, however few days of snapshots are kept.
const SHARD_HOLDS: time::Duration = time::Duration::days(30);

/// What nobody has crawled for so long may be other by now.
const SCOPE_IS_OLD: time::Duration = time::Duration::days(2);

/// What a reader has seen of a store.
#[derive(Debug, Default)]
pub struct Seen {
    manifest: Option<Tag>,
    /// The newest snapshot that was listed.
    listed: Option<String>,
}

impl Store {
    /// True where crawls have shared this store before: it stays so.
    pub async fn is_shared(&self) -> Result<bool, StoreError> {
        Ok(self.place.get(manifest::NAME).await?.is_some())
    }

    /// Writes what one crawl saw as a shard, puts it into the manifest, and gives the snapshot that the shards make now. That is
    /// not in the history before it is saved, too.
    pub async fn save_shard(&self, inventory: &Inventory) -> Result<Inventory, StoreError> {
        check_id(&inventory.id)?;
        let bytes = encode(inventory)?;
        let mut unique = [0; 4];
        getrandom::fill(&mut unique).map_err(|error| StoreError::Random(error.to_string()))?;
        let folder = manifest::folder_of(inventory);
        let name = format!(
            "{folder}/{}-{}.jsonl.zst",
            inventory.id,
            hex::encode(unique)
        );
        self.place.put(&name, bytes).await?;
        let manifest = self
            .put_into_manifest(&Shard::of(inventory, name.clone()))
            .await?;
        if let Err(error) = self.forget_shards(&manifest).await {
            warn!(error = chain(&error), "Cannot delete old shards: they stay");
        }
        self.merged(manifest, Some((&name, inventory))).await
    }

    /// Changes the manifest on condition that nobody else did meanwhile; else reads it again.
    async fn put_into_manifest(&self, shard: &Shard) -> Result<Manifest, StoreError> {
        let longest = SHARD_HOLDS.max(time::Duration::days(self.keep.days.into()));
        for attempt in 0..MOST_TRIES {
            let (before, tag) = match self.place.get_new(manifest::NAME, None).await? {
                Tagged::New(bytes, tag) => (self.read_for_writing(&bytes)?, Some(tag)),
                Tagged::Absent | Tagged::Same => (self.first_manifest().await?, None),
            };
            let after = before.with(shard.clone(), longest);
            if after == before {
                return Ok(after);
            }
            let bytes = Bytes::from(after.to_bytes());
            if self.place.swap(manifest::NAME, bytes, tag.as_ref()).await? {
                return Ok(after);
            }
            debug!(attempt, "Another crawl changed the manifest: trying again");
            tokio::time::sleep(jitter(attempt)).await;
        }
        Err(StoreError::Contended {
            name: manifest::NAME.to_owned(),
            place: self.describe(),
        })
    }

    /// Of a store that is shared from now on. What lay there before is not in the snapshot any more: that is said.
    async fn first_manifest(&self) -> Result<Manifest, StoreError> {
        let (before, _) = self.load_latest().await?;
        Ok(before
            .as_ref()
            .map_or_else(Manifest::empty, Manifest::after))
    }

    /// What is no manifest is begun anew, but one of a newer blastmap is left alone.
    fn read_for_writing(&self, bytes: &[u8]) -> Result<Manifest, StoreError> {
        Manifest::read(bytes).or_else(|why| {
            if why.contains("newer than") {
                return Err(refused(manifest::NAME, why));
            }
            let place = self.describe();
            warn!("`{}` in {place} {why}: it is begun anew", manifest::NAME);
            Ok(Manifest::empty())
        })
    }

    /// What all crawls but one saw: of scopes that this one does not crawl. None where nobody else crawls into this store.
    pub async fn load_others(&self, scopes: &[Scope]) -> Result<Option<Inventory>, StoreError> {
        let Some(bytes) = self.place.get(manifest::NAME).await? else {
            return Ok(None);
        };
        let mut manifest = self.read_for_writing(&bytes)?;
        let is_global = |scope: &Scope| &*scope.region == GLOBAL;
        for shard in &mut manifest.shards {
            let own = &mut shard.scopes;
            own.retain(|scope| is_global(scope) || !scopes.contains(scope));
        }
        manifest.gone.retain(|own| !scopes.contains(&own.scope));
        let left = |shard: &Shard| !shard.scopes.iter().all(is_global);
        manifest.shards.retain(left);
        if manifest.shards.is_empty() {
            return Ok(None);
        }
        match self.merged(manifest, None).await {
            Ok(others) => Ok(Some(others)),
            // Its crawl comes again.
            Err(StoreError::Refused(why)) => {
                warn!("Crawling without what other crawls saw: {why}");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The newest snapshot, if it is not the one that was seen last. Where nothing is new, one small request tells.
    pub async fn load_new(
        &self,
        seen: &mut Seen,
    ) -> Result<Option<(Option<Inventory>, Vec<Refused>)>, StoreError> {
        match self
            .place
            .get_new(manifest::NAME, seen.manifest.as_ref())
            .await?
        {
            Tagged::Same => return Ok(None),
            Tagged::New(_, tag) => seen.manifest = Some(tag),
            Tagged::Absent => {
                let newest = self.candidates().await?.into_iter().next();
                let newest = newest.map(|candidate| candidate.id);
                if newest == seen.listed {
                    return Ok(None);
                }
                seen.listed = newest;
            }
        }
        let loaded = self.load_latest().await;
        let is_whole = |(_, refused): &(_, Vec<Refused>)| refused.iter().all(Refused::is_too_large);
        if !loaded.as_ref().is_ok_and(is_whole) {
            // It is looked at again: what cannot be read may be put right.
            *seen = Seen::default();
        }
        loaded.map(Some)
    }

    /// The snapshot that the manifest names, unless what is listed is newer: an earlier blastmap writes no manifest.
    pub(crate) async fn load_shared(
        &self,
        candidates: &[Candidate],
        refusals: &mut Vec<Refused>,
    ) -> Result<Option<Inventory>, StoreError> {
        let mut last: Option<Manifest> = None;
        for _ in 0..MOST_READS {
            let Some(bytes) = self.place.get(manifest::NAME).await? else {
                return Ok(None);
            };
            let manifest = match Manifest::read(&bytes) {
                Ok(manifest) => manifest,
                Err(why) => {
                    let name = manifest::NAME.to_owned();
                    refusals.push(Refused { name, why });
                    return Ok(None);
                }
            };
            let newest = candidates.first().map(Candidate::age);
            if manifest.shards.is_empty() || newest > Some(manifest.taken_at) {
                return Ok(None);
            }
            match self.load(&manifest.snapshot).await {
                Ok(inventory) => return Ok(Some(inventory)),
                // Nobody has written it whole yet: its shards make it.
                Err(StoreError::Unknown { .. }) => {}
                Err(StoreError::Refused(why)) => refusals.push(why),
                Err(error) => return Err(error),
            }
            match self.merged(manifest.clone(), None).await {
                Ok(inventory) => return Ok(Some(inventory)),
                Err(StoreError::Refused(why)) => {
                    // Another manifest may have taken its place, and the shard be gone with it.
                    if last.as_ref() == Some(&manifest) {
                        refusals.push(why);
                        return Ok(None);
                    }
                    last = Some(manifest);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Reads the shards of a manifest, but for one that is at hand, and makes one snapshot of them.
    async fn merged(
        &self,
        manifest: Manifest,
        known: Option<(&str, &Inventory)>,
    ) -> Result<Inventory, StoreError> {
        let count = |of: fn(&Shard) -> usize| manifest.shards.iter().map(of).sum();
        let (resources, links) = (count(|own| own.resources), count(|own| own.links));
        if known.is_none() {
            self.check_size(&snapshot_name(&manifest.snapshot), resources, links)?;
        }
        let mut parts = Vec::with_capacity(manifest.shards.len());
        for shard in &manifest.shards {
            let inventory = match known {
                Some((name, inventory)) if name == shard.name => inventory.clone(),
                _ => self.load_shard(&shard.name).await?,
            };
            parts.push(Part {
                inventory,
                holds: shard.scopes.clone(),
            });
        }
        let id = manifest.snapshot.clone();
        let merged = beside_other_tasks(|| merge(id, parts)).map_err(|error| {
            let name = snapshot_name(&manifest.snapshot);
            refused(&name, format!("does not fit together: {error}"))
        });
        Ok(with_what_is_old(merged?, &manifest))
    }

    async fn load_shard(&self, name: &str) -> Result<Inventory, StoreError> {
        // Names come from a file: they are of this folder, or not used.
        let is_own = name.starts_with(&format!("{SHARDS}/")) && !name.contains("..");
        let bytes = if is_own {
            self.place.get(name).await?
        } else {
            None
        };
        match bytes {
            Some(bytes) => decode(name, bytes, |bytes| record::read(bytes)).await,
            None => Err(refused(
                name,
                "is gone: crawl its account and region again".to_owned(),
            )),
        }
    }

    /// Deletes shards that no manifest has named for a while.
    async fn forget_shards(&self, manifest: &Manifest) -> Result<(), StoreError> {
        let now = OffsetDateTime::now_utc();
        for item in self.place.list_below(SHARDS).await? {
            if !manifest.names(&item.name) && now - item.modified > SHARD_STAYS {
                self.place.delete(&item.name).await?;
            }
        }
        Ok(())
    }
}

/// Says of accounts and regions that nobody has crawled for long, or whose last shard went, that they are not known as they are now.
fn with_what_is_old(mut inventory: Inventory, manifest: &Manifest) -> Inventory {
    let day = |at: OffsetDateTime| at.date();
    for record in &inventory.scopes {
        if let Some(crawled_at) = record.crawled_at
            && manifest.taken_at - crawled_at > SCOPE_IS_OLD
        {
            let message = format!("no crawl has come here since {}", day(crawled_at));
            inventory.blind_spots.push(stale(&record.scope, message));
        }
    }
    for Gone { scope, since } in &manifest.gone {
        let message = format!(
            "what was known is gone since {}: crawl it again, or wait until this is forgotten",
            day(*since)
        );
        inventory.blind_spots.push(stale(scope, message));
        inventory.scopes.push(ScopeRecord {
            scope: scope.clone(),
            crawled_at: None,
            duration_ms: None,
            api_calls: 0,
            kept: None,
        });
    }
    inventory
        .scopes
        .sort_by(|one, other| one.scope.cmp(&other.scope));
    inventory.blind_spots.sort();
    inventory.blind_spots.dedup();
    inventory
}

fn refused(name: &str, why: String) -> StoreError {
    let name = name.to_owned();
    StoreError::Refused(Refused { name, why })
}

/// Those who collide do not come back at the same moment.
fn jitter(attempt: u32) -> Duration {
    let mut random = [0; 2];
    // Without random bytes all wait the longest.
    let part = getrandom::fill(&mut random).map_or(u16::MAX, |()| u16::from_le_bytes(random));
    let longest = 20_u64 << attempt.min(6);
    Duration::from_millis(longest * u64::from(part) / u64::from(u16::MAX))
}
