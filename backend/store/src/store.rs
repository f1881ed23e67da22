//! Snapshots in a place: saved, listed, loaded, forgotten.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use blastmap_model::{Inventory, ResourceId, memory, record};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use time::OffsetDateTime;
use tokio::runtime::{Handle, RuntimeFlavor};
use tracing::warn;

use crate::{
    Refused, S3Settings, SnapshotEntry, StoreError, StoreErrors,
    bucket::Bucket,
    error::chain,
    fingerprint_key,
    folder::Folder,
    location::Location,
    memory::Memory as InMemory,
    place::{Item, Medium, Place},
    retention::Retention,
    snapshots::{
        FOLDER, REVIEWS, UnreadableSnapshot, check_id, entry_name, id_of_entry, id_of_review,
        id_of_snapshot, review_marks_name, review_name, review_summary_name, snapshot_name,
    },
};

/// How many small files are asked for at once.
const AT_ONCE: usize = 8;

/// Named bytes in a folder, in S3 or in memory.
#[derive(Debug)]
pub struct Store {
    pub(crate) place: Place,
    pub(crate) keep: Retention,
    /// The most memory that whoever reads has.
    most_memory: Option<u64>,
    /// Snapshots never change, nor do their entries.
    entries: Mutex<HashMap<String, SnapshotEntry>>,
    /// Snapshots that were there when it was last looked.
    seen: AtomicUsize,
}

/// A listed snapshot and what is known of it.
pub(crate) struct Candidate {
    pub(crate) id: String,
    item: Item,
    entry: Option<SnapshotEntry>,
}

impl Candidate {
    /// When it was taken; when it was written, where that is not known.
    pub(crate) fn age(&self) -> OffsetDateTime {
        self.entry
            .as_ref()
            .map_or(self.item.modified, |entry| entry.taken_at)
    }
}

impl Store {
    /// Opens `file:///folder`, a plain folder, or `s3://bucket/prefix`, which needs settings. Nothing is read or written yet.
    pub fn open(url: &str, s3: Option<&S3Settings>) -> Result<Self, StoreError> {
        let medium = match Location::parse(url)? {
            Location::Folder(root) => Medium::Folder(Folder::new(root)),
            Location::Bucket { bucket, prefix } => {
                let settings = s3.ok_or_else(|| StoreError::NoCredentials(url.to_owned()))?;
                Medium::Bucket(Bucket::new(&bucket, prefix, settings)?)
            }
        };
        Ok(Self::of(medium))
    }

    /// A store that is gone with the process, and writes nothing to a disk.
    pub fn in_memory() -> Self {
        let own = Self::of(Medium::Memory(InMemory::default()));
        own.keeping(Retention {
            days: 0,
            ..Retention::default()
        })
    }

    fn of(medium: Medium) -> Self {
        Self {
            place: medium.into(),
            keep: Retention::default(),
            most_memory: None,
            entries: Mutex::default(),
            seen: AtomicUsize::new(0),
        }
    }

    /// Which snapshots stay when one is saved.
    #[must_use]
    pub fn keeping(self, keep: Retention) -> Self {
        Self { keep, ..self }
    }

    /// Refuses snapshots that take more memory than this when they are read.
    #[must_use]
    pub fn within(self, most_memory: Option<u64>) -> Self {
        Self {
            most_memory,
            ..self
        }
    }

    /// Refuses what is too large, by name.
    pub(crate) fn check_size(
        &self,
        name: &str,
        resources: usize,
        links: usize,
    ) -> Result<(), StoreError> {
        memory::check(self.most_memory, resources, links).map_err(|why| {
            let name = name.to_owned();
            StoreError::Refused(Refused { name, why })
        })
    }

    /// For messages: the folder's path or `s3://bucket/prefix`.
    pub fn describe(&self) -> String {
        self.place.describe()
    }

    /// How many snapshots it kept when it was last listed, which saving one does; nothing is asked for this.
    pub fn snapshots_seen(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }

    /// How often it failed since it was opened, whoever was told.
    pub fn errors(&self) -> StoreErrors {
        self.place.errors()
    }

    /// The 32 bytes that key fingerprints; made and kept where there are none.
    pub async fn fingerprint_key(&self) -> Result<[u8; 32], StoreError> {
        fingerprint_key::fingerprint_key(&self.place).await
    }

    /// Writes a snapshot whole or not at all, then forgets those that are not to stay.
    pub async fn save_snapshot(&self, inventory: &Inventory) -> Result<SnapshotEntry, StoreError> {
        check_id(&inventory.id)?;
        let bytes = encode(inventory)?;
        let entry = SnapshotEntry::of(inventory, bytes.len() as u64);
        self.place.put(&snapshot_name(&inventory.id), bytes).await?;
        self.remember(&entry).await;
        if let Err(error) = self.forget_old(&entry.id).await {
            warn!(
                error = chain(&error),
                "Cannot delete old snapshots: they stay"
            );
        }
        Ok(entry)
    }

    /// All snapshots that can be read, newest first.
    pub async fn list_snapshots(&self) -> Result<Vec<SnapshotEntry>, StoreError> {
        let (entries, unreadable) = self.list_all_snapshots().await?;
        for own in unreadable {
            warn!(
                snapshot.id = own.id,
                error = own.why,
                "Cannot list snapshot {}: left out",
                own.id
            );
        }
        Ok(entries)
    }

    /// The snapshots that can be read and those that cannot, each newest first. One that was damaged and kept its size is found out when it
    /// is read.
    pub async fn list_all_snapshots(
        &self,
    ) -> Result<(Vec<SnapshotEntry>, Vec<UnreadableSnapshot>), StoreError> {
        let candidates = self.candidates().await?;
        let mut entries = Vec::with_capacity(candidates.len());
        let mut unreadable = Vec::new();
        for candidate in candidates {
            match candidate.entry {
                Some(entry) => entries.push(entry),
                None => match self.load(&candidate.id).await {
                    Ok(inventory) => {
                        let entry = SnapshotEntry::of(&inventory, candidate.item.bytes);
                        self.remember(&entry).await;
                        entries.push(entry);
                    }
                    // Another process forgot it meanwhile.
                    Err(StoreError::Unknown { .. }) => {}
                    Err(error) => unreadable.push(UnreadableSnapshot {
                        why: chain(&error),
                        id: candidate.id,
                        written_at: candidate.item.modified,
                    }),
                },
            }
        }
        entries.sort_by(|one, other| {
            newest_first((one.taken_at, &one.id), (other.taken_at, &other.id))
        });
        Ok((entries, unreadable))
    }

    /// The newest snapshot that can be used, and those that were refused on the way to it.
    pub async fn load_latest(&self) -> Result<(Option<Inventory>, Vec<Refused>), StoreError> {
        let mut refused = Vec::new();
        let candidates = self.candidates().await?;
        if let Some(inventory) = self.load_shared(&candidates, &mut refused).await? {
            return Ok((Some(inventory), refused));
        }
        for candidate in candidates {
            match self.load(&candidate.id).await {
                Ok(inventory) => return Ok((Some(inventory), refused)),
                Err(StoreError::Refused(why)) => {
                    if !refused.contains(&why) {
                        refused.push(why);
                    }
                }
                // Another process forgot it meanwhile.
                Err(StoreError::Unknown { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((None, refused))
    }

    /// Reads one snapshot. Ids may come from outside.
    pub async fn load(&self, id: &str) -> Result<Inventory, StoreError> {
        check_id(id)?;
        if self.most_memory.is_some()
            && let Some(entry) = self.entry(id).await
        {
            self.check_size(&snapshot_name(id), entry.resources, entry.links)?;
        }
        let mut inventory = self.read_with(id, |bytes| record::read(bytes)).await?;
        // A file that was renamed goes by its name.
        id.clone_into(&mut inventory.id);
        Ok(inventory)
    }

    /// Reads a few resources of one snapshot, and the links of one. Ids may come from outside.
    pub async fn load_part(
        &self,
        id: &str,
        resources: BTreeSet<ResourceId>,
        links_of: Option<ResourceId>,
    ) -> Result<record::Part, StoreError> {
        let read = move |bytes: &[u8]| {
            let ids = resources.iter().map(ResourceId::as_str).collect();
            record::read_part(bytes, &ids, links_of.as_ref().map(ResourceId::as_str))
        };
        self.read_with(id, read).await
    }

    async fn read_with<T: Send + 'static>(
        &self,
        id: &str,
        read: impl FnOnce(&[u8]) -> Result<T, record::RecordError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let bytes = self.read_raw(id).await?;
        decode(&snapshot_name(id), bytes, read).await
    }

    /// The bytes of one snapshot file. Ids may come from outside.
    pub async fn read_raw(&self, id: &str) -> Result<Bytes, StoreError> {
        check_id(id)?;
        self.place
            .get(&snapshot_name(id))
            .await?
            .ok_or_else(|| StoreError::Unknown {
                id: id.to_owned(),
                place: self.place.describe(),
            })
    }

    /// Keeps a review's bytes.
    pub async fn save_review(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_id(id)?;
        self.place.put(&review_name(id), bytes.into()).await
    }

    /// Keeps what a list shows of a review, beside it.
    pub async fn save_review_summary(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_id(id)?;
        self.place.put(&review_summary_name(id), bytes.into()).await
    }

    /// What a list shows of a review; none where nothing was kept. Ids may come from outside.
    pub async fn load_review_summary(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        check_id(id)?;
        self.place.get(&review_summary_name(id)).await
    }

    /// Keeps what reviewers said of a review, beside it, over what was there.
    pub async fn save_review_marks(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_id(id)?;
        self.place.put(&review_marks_name(id), bytes.into()).await
    }

    /// What reviewers said of a review; none where nothing was kept. Ids may come from outside.
    pub async fn load_review_marks(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        check_id(id)?;
        self.place.get(&review_marks_name(id)).await
    }

    /// The bytes of a review; none where there is no such review. Ids may come from outside.
    pub async fn load_review(&self, id: &str) -> Result<Option<Bytes>, StoreError> {
        check_id(id)?;
        self.place.get(&review_name(id)).await
    }

    /// The ids of all reviews, in no order.
    pub async fn list_reviews(&self) -> Result<Vec<String>, StoreError> {
        let items = self.place.list(REVIEWS).await?;
        let ids = items.iter().filter_map(|item| id_of_review(&item.name));
        Ok(ids.map(str::to_owned).collect())
    }

    /// What lies in the folder of snapshots, newest first.
    pub(crate) async fn candidates(&self) -> Result<Vec<Candidate>, StoreError> {
        let items = self.place.list(FOLDER).await?;
        let with_entry: HashSet<String> = items
            .iter()
            .filter_map(|item| id_of_entry(&item.name).map(str::to_owned))
            .collect();
        let snapshots: Vec<(String, Item)> = items
            .into_iter()
            .filter_map(|item| Some((id_of_snapshot(&item.name)?.to_owned(), item)))
            .collect();
        self.seen.store(snapshots.len(), Ordering::Relaxed);
        let mut candidates: Vec<Candidate> = stream::iter(snapshots)
            .map(|(id, item)| {
                let known = with_entry.contains(&id);
                async move {
                    let entry = if known { self.entry(&id).await } else { None };
                    // An entry that speaks of another file says nothing of this one.
                    let entry = entry.filter(|entry| entry.bytes == item.bytes);
                    Candidate { id, item, entry }
                }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        candidates
            .sort_by(|one, other| newest_first((one.age(), &one.id), (other.age(), &other.id)));
        Ok(candidates)
    }

    /// What stands beside a snapshot; none where that is gone or broken.
    async fn entry(&self, id: &str) -> Option<SnapshotEntry> {
        let known = {
            let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            entries.get(id).cloned()
        };
        if known.is_some() {
            return known;
        }
        let bytes = self.place.get(&entry_name(id)).await.ok()??;
        let entry: SnapshotEntry = serde_json::from_slice(&bytes).ok()?;
        let entry = SnapshotEntry {
            id: id.to_owned(),
            ..entry
        };
        self.keep_in_memory(&entry);
        Some(entry)
    }

    fn keep_in_memory(&self, entry: &SnapshotEntry) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entry.id.clone(), entry.clone());
    }

    /// Writes the entry beside its snapshot. Without one the list is slower, not wrong.
    async fn remember(&self, entry: &SnapshotEntry) {
        self.keep_in_memory(entry);
        let bytes = serde_json::to_vec(entry).unwrap_or_default();
        if let Err(error) = self.place.put(&entry_name(&entry.id), bytes.into()).await {
            warn!(
                snapshot.id = entry.id,
                error = chain(&error),
                "Cannot write the entry of snapshot {}: it is read each time",
                entry.id
            );
        }
    }

    /// Deletes the snapshots that are not to stay, but never the one just saved.
    async fn forget_old(&self, saved: &str) -> Result<(), StoreError> {
        let candidates = self.candidates().await?;
        let ages: Vec<OffsetDateTime> = candidates.iter().map(Candidate::age).collect();
        let is_saved = candidates.iter().position(|own| own.id == saved);
        for place in self.keep.to_forget(&ages, is_saved) {
            let id = &candidates[place].id;
            // The entry last: alone it is never taken for a snapshot.
            self.place.delete(&snapshot_name(id)).await?;
            self.seen.fetch_sub(1, Ordering::Relaxed);
            self.place.delete(&entry_name(id)).await?;
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            entries.remove(id);
        }
        Ok(())
    }
}

/// A snapshot's file.
pub(crate) fn encode(inventory: &Inventory) -> Result<Bytes, StoreError> {
    let mut bytes = Vec::new();
    beside_other_tasks(|| record::write_compressed(inventory, &mut bytes)).map_err(|source| {
        StoreError::Encode {
            id: inventory.id.clone(),
            source,
        }
    })?;
    Ok(bytes.into())
}

/// Reads the file of this name, beside the threads that answer.
pub(crate) async fn decode<T: Send + 'static>(
    name: &str,
    bytes: Bytes,
    read: impl FnOnce(&[u8]) -> Result<T, record::RecordError> + Send + 'static,
) -> Result<T, StoreError> {
    let refuse = |why: String| {
        StoreError::Refused(Refused {
            name: name.to_owned(),
            why,
        })
    };
    match tokio::task::spawn_blocking(move || read(&bytes)).await {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(error)) => Err(refuse(chain(&error))),
        Err(gone) => Err(refuse(format!("could not be read: {gone}"))),
    }
}

fn newest_first(
    (one, one_id): (OffsetDateTime, &str),
    (other, other_id): (OffsetDateTime, &str),
) -> std::cmp::Ordering {
    other.cmp(&one).then_with(|| other_id.cmp(one_id))
}

/// Long work on borrowed data: other tasks go on, where the runtime has threads for them.
pub(crate) fn beside_other_tasks<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
