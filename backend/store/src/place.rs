//! A folder, a bucket or memory: named bytes that come to be whole or not at all.

use bytes::Bytes;
use time::OffsetDateTime;

use crate::{StoreError, bucket::Bucket, folder::Folder, memory::Memory};

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

#[derive(Debug)]
pub(crate) enum Place {
    Folder(Folder),
    Bucket(Bucket),
    Memory(Memory),
}

impl Place {
    /// Writes bytes, over what was there.
    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => folder.put(name, bytes).await,
            Self::Bucket(bucket) => bucket.put(name, bytes).await,
            Self::Memory(memory) => {
                memory.put(name, bytes);
                Ok(())
            }
        }
    }

    /// Writes bytes unless something is there: false, and nothing is changed.
    pub(crate) async fn create(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        match self {
            Self::Folder(folder) => folder.create(name, bytes).await,
            Self::Bucket(bucket) => bucket.create(name, bytes).await,
            Self::Memory(memory) => Ok(memory.create(name, bytes)),
        }
    }

    /// The bytes under a name; none where there is nothing.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Folder(folder) => folder.get(name).await,
            Self::Bucket(bucket) => bucket.get(name).await,
            Self::Memory(memory) => Ok(memory.get(name)),
        }
    }

    /// The bytes under a name, unless they are those that were seen.
    pub(crate) async fn get_new(
        &self,
        name: &str,
        seen: Option<&Tag>,
    ) -> Result<Tagged, StoreError> {
        match self {
            Self::Bucket(bucket) => bucket.get_new(name, seen).await,
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
        match (self, seen) {
            (_, None) => self.create(name, bytes).await,
            (Self::Folder(folder), Some(seen)) => folder.swap(name, bytes, seen).await,
            (Self::Bucket(bucket), Some(seen)) => bucket.swap(name, bytes, seen).await,
            (Self::Memory(memory), Some(seen)) => Ok(memory.swap(name, bytes, seen)),
        }
    }

    /// What lies in a folder of the store and in the folders in it, by its name in the store.
    pub(crate) async fn list_below(
        &self,
        folder_name: &'static str,
    ) -> Result<Vec<Item>, StoreError> {
        match self {
            Self::Folder(folder) => folder.list_below(folder_name).await,
            Self::Bucket(bucket) => bucket.list_below(folder_name).await,
            Self::Memory(memory) => {
                let mut items = memory.list(folder_name);
                for item in &mut items {
                    item.name = format!("{folder_name}/{}", item.name);
                }
                Ok(items)
            }
        }
    }

    /// What lies directly in a folder of the store, half-written files left out.
    pub(crate) async fn list(&self, folder_name: &'static str) -> Result<Vec<Item>, StoreError> {
        match self {
            Self::Folder(folder) => folder.list(folder_name).await,
            Self::Bucket(bucket) => bucket.list(folder_name).await,
            Self::Memory(memory) => Ok(memory.list(folder_name)),
        }
    }

    /// Removes a name; one that is not there is no error.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self {
            Self::Folder(folder) => folder.delete(name).await,
            Self::Bucket(bucket) => bucket.delete(name).await,
            Self::Memory(memory) => {
                memory.delete(name);
                Ok(())
            }
        }
    }

    /// For messages: the folder's path or `s3://bucket/prefix`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Folder(folder) => folder.describe(),
            Self::Bucket(bucket) => bucket.describe(),
            Self::Memory(_) => "memory".to_owned(),
        }
    }
}
