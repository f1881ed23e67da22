//! A folder, a bucket or memory: named bytes that come to be whole or not at all.

use bytes::Bytes;
use time::OffsetDateTime;

use crate::{
    StoreError,
    bucket::Bucket,
    errors::{Failures, Operation, StoreErrors},
    folder::Folder,
    memory::Memory,
};

/// What a listing says of one name.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The name after the listed folder's.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) modified: OffsetDateTime,
}

/// Which version of a name was read: S3's mark of it, elsewhere the bytes themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(pub(crate) Bytes);

/// What is under a name, for who has seen it before.
#[derive(Debug)]
pub(crate) enum Tagged {
    Absent,
    /// What it was.
    Same,
    New(Bytes, Tag),
}

impl Tagged {
    /// Of a place whose bytes are their own mark.
    pub(crate) fn of(bytes: Option<Bytes>, seen: Option<&Tag>) -> Self {
        match bytes {
            None => Self::Absent,
            Some(bytes) if seen.is_some_and(|seen| seen.0 == bytes) => Self::Same,
            Some(bytes) => Self::New(bytes.clone(), Tag(bytes)),
        }
    }
}

/// Where bytes are put. What fails there is counted.
#[derive(Debug)]
pub(crate) struct Place {
    medium: Medium,
    failures: Failures,
}

#[derive(Debug)]
pub(crate) enum Medium {
    Folder(Folder),
    Bucket(Bucket),
    Memory(Memory),
}

impl From<Medium> for Place {
    fn from(medium: Medium) -> Self {
        Self {
            medium,
            failures: Failures::default(),
        }
    }
}

impl Place {
    /// Failures so far.
    pub(crate) fn errors(&self) -> StoreErrors {
        self.failures.counts()
    }

    /// Writes bytes, over what was there.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        let put = match &self.medium {
            Medium::Folder(folder) => folder.put(name, bytes).await,
            Medium::Bucket(bucket) => bucket.put(name, bytes).await,
            Medium::Memory(memory) => {
                memory.put(name, bytes);
                Ok(())
            }
        };
        self.failures.of(Operation::Write, put)
    }

    /// Writes bytes unless something is there: false, and nothing is changed.
    pub(crate) async fn create(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        let created = match &self.medium {
            Medium::Folder(folder) => folder.create(name, bytes).await,
            Medium::Bucket(bucket) => bucket.create(name, bytes).await,
            Medium::Memory(memory) => Ok(memory.create(name, bytes)),
        };
        self.failures.of(Operation::Write, created)
    }

    /// The bytes under a name; none where there is nothing.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let bytes = match &self.medium {
            Medium::Folder(folder) => folder.get(name).await,
            Medium::Bucket(bucket) => bucket.get(name).await,
            Medium::Memory(memory) => Ok(memory.get(name)),
        };
        self.failures.of(Operation::Read, bytes)
    }

    /// The bytes under a name, unless they are those that were seen.
    pub(crate) async fn get_new(
        &self,
        name: &str,
        seen: Option<&Tag>,
    ) -> Result<Tagged, StoreError> {
        match &self.medium {
            Medium::Bucket(bucket) => {
                let tagged = bucket.get_new(name, seen).await;
                self.failures.of(Operation::Read, tagged)
            }
            _ => Ok(Tagged::of(self.get(name).await?, seen)),
        }
    }

    /// Writes bytes over those that were seen, or where nothing was: false, and nothing is changed, if another was faster.
    pub(crate) async fn swap(
        &self,
        name: &str,
        bytes: Bytes,
        seen: Option<&Tag>,
    ) -> Result<bool, StoreError> {
        let Some(seen) = seen else {
            return self.create(name, bytes).await;
        };
        let swapped = match &self.medium {
            Medium::Folder(folder) => folder.swap(name, bytes, seen).await,
            Medium::Bucket(bucket) => bucket.swap(name, bytes, seen).await,
            Medium::Memory(memory) => Ok(memory.swap(name, bytes, seen)),
        };
        self.failures.of(Operation::Write, swapped)
    }

    /// What lies in a folder of the store and in the folders in it, by its name in the store.
    pub(crate) async fn list_below(
        &self,
        folder_name: &'static str,
    ) -> Result<Vec<Item>, StoreError> {
        let items = match &self.medium {
            Medium::Folder(folder) => folder.list_below(folder_name).await,
            Medium::Bucket(bucket) => bucket.list_below(folder_name).await,
            Medium::Memory(memory) => {
                let mut items = memory.list(folder_name);
                for item in &mut items {
                    item.name = format!("{folder_name}/{}", item.name);
                }
                Ok(items)
            }
        };
        self.failures.of(Operation::List, items)
    }

    /// What lies directly in a folder of the store, half-written files left out.
    pub(crate) async fn list(&self, folder_name: &'static str) -> Result<Vec<Item>, StoreError> {
        let items = match &self.medium {
            Medium::Folder(folder) => folder.list(folder_name).await,
            Medium::Bucket(bucket) => bucket.list(folder_name).await,
            Medium::Memory(memory) => Ok(memory.list(folder_name)),
        };
        self.failures.of(Operation::List, items)
    }

    /// Removes a name; one that is not there is no error.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        let deleted = match &self.medium {
            Medium::Folder(folder) => folder.delete(name).await,
            Medium::Bucket(bucket) => bucket.delete(name).await,
            Medium::Memory(memory) => {
                memory.delete(name);
                Ok(())
            }
        };
        self.failures.of(Operation::Delete, deleted)
    }

    /// For messages: the folder's path or `s3://bucket/prefix`.
    pub(crate) fn describe(&self) -> String {
        match &self.medium {
            Medium::Folder(folder) => folder.describe(),
            Medium::Bucket(bucket) => bucket.describe(),
            Medium::Memory(_) => "memory".to_owned(),
        }
    }
}
