//! Named bytes in memory, gone with the process: for what should be looked at and not be kept.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use time::OffsetDateTime;

use crate::place::{Item, Tag};

/// How much all names together hold at most; the oldest go first.
const MOST: usize = 64 * 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Memory {
    files: Mutex<Files>,
}

#[derive(Debug, Default)]
struct Files {
    named: BTreeMap<String, File>,
    held: usize,
    written: u64,
}

#[derive(Debug)]
struct File {
    bytes: Bytes,
    modified: OffsetDateTime,
    /// Which write it was: the oldest goes first.
    order: u64,
}

impl Files {
    fn put(&mut self, name: &str, bytes: Bytes) {
        self.remove(name);
        self.held += bytes.len();
        self.written += 1;
        let file = File {
            bytes,
            modified: OffsetDateTime::now_utc(),
            order: self.written,
        };
        self.named.insert(name.to_owned(), file);
        while self.held > MOST {
            let oldest = self.named.iter().min_by_key(|(_, file)| file.order);
            let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
                break;
            };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, name: &str) {
        if let Some(file) = self.named.remove(name) {
            self.held -= file.bytes.len();
        }
    }
}

impl Memory {
    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn put(&self, name: &str, bytes: Bytes) {
        self.files().put(name, bytes);
    }

    pub(crate) fn create(&self, name: &str, bytes: Bytes) -> bool {
        let mut files = self.files();
        let is_new = !files.named.contains_key(name);
        if is_new {
            files.put(name, bytes);
        }
        is_new
    }

    pub(crate) fn swap(&self, name: &str, bytes: Bytes, seen: &Tag) -> bool {
        let mut files = self.files();
        let is_same = files.named.get(name).is_some_and(|own| own.bytes == seen.0);
        if is_same {
            files.put(name, bytes);
        }
        is_same
    }

    pub(crate) fn get(&self, name: &str) -> Option<Bytes> {
        let files = self.files();
        files.named.get(name).map(|file| file.bytes.clone())
    }

    pub(crate) fn list(&self, folder: &str) -> Vec<Item> {
        let files = self.files();
        let all = files.named.iter();
        all.filter_map(|(name, file)| {
            let name = name.strip_prefix(folder)?.strip_prefix('/')?;
            Some(Item {
                name: name.to_owned(),
                bytes: file.bytes.len() as u64,
                modified: file.modified,
            })
        })
        .collect()
    }

    pub(crate) fn delete(&self, name: &str) {
        self.files().remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(memory: &Memory) -> Vec<String> {
        let items = memory.list("a").into_iter();
        items.map(|item| item.name).collect()
    }

    #[test]
    fn what_is_put_is_listed_and_read_until_it_is_deleted() {
        let memory = Memory::default();
        memory.put("a/1", Bytes::from_static(b"one"));
        memory.put("a/1", Bytes::from_static(b"uno"));
        memory.put("ab/2", Bytes::from_static(b"two"));
        assert!(!memory.create("a/1", Bytes::new()));
        assert!(memory.create("a/3", Bytes::new()));
        assert_eq!(memory.get("a/1").unwrap(), "uno");
        assert_eq!(names(&memory), ["1", "3"]);
        memory.delete("a/1");
        memory.delete("a/1");
        assert_eq!(
            (memory.get("a/1"), names(&memory)),
            (None, vec!["3".to_owned()])
        );
    }

    #[test]
    fn the_oldest_make_room() {
        let memory = Memory::default();
        let third = Bytes::from(vec![0; MOST / 3]);
        for name in ["a/1", "a/2", "a/3", "a/1", "a/4"] {
            memory.put(name, third.clone());
        }
        assert_eq!(names(&memory), ["1", "3", "4"]);
        memory.put("a/5", Bytes::from(vec![0; MOST + 1]));
        assert_eq!(
            names(&memory),
            [""; 0],
            "what is larger than all room is not kept"
        );
        memory.put("a/6", third);
        assert_eq!(names(&memory), ["6"]);
    }
}
