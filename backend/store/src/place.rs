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
