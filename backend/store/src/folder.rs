//! A folder of files that are written beside their place and renamed into it.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use time::OffsetDateTime;

use crate::{
    StoreError,
    place::{Item, Tag},
};

/// The beginning of the names of files that are being written.
const HALF_WRITTEN: &str = ".writing-";

/// Whoever swaps holds this file.
const LOCK: &str = ".lock";

/// No write takes longer: an older half-written file belongs to a process that was killed.
const LONGEST_WRITE: Duration = Duration::from_hours(1);

#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder need not be there yet.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(crate) fn describe(&self) -> String {
        self.root.display().to_string()
    }

    pub(crate) async fn put(&self, name: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.run("write", name, move |root, path| {
            write(root, path, &bytes, true).map(drop)
        })
        .await
    }

    pub(crate) async fn create(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        self.run("write", name, move |root, path| {
            write(root, path, &bytes, false)
        })
        .await
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        self.run("read", name, |_root, path| match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub(crate) async fn list(&self, name: &str) -> Result<Vec<Item>, StoreError> {
        self.run("list", name, |_root, path| list(path)).await
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        self.run("delete", name, |_root, path| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    /// A folder has no conditional rename: those who swap wait for each other. The lock goes with the process that has it.
    pub(crate) async fn swap(
        &self,
        name: &str,
        bytes: Bytes,
        seen: &Tag,
    ) -> Result<bool, StoreError> {
        let seen = seen.clone();
        self.run("write", name, move |root, path| {
            let lock = File::options()
                .create(true)
                .append(true)
                .open(root.join(LOCK))?;
            lock.lock()?;
            let is_same = fs::read(path).is_ok_and(|own| own == seen.0);
            if is_same {
                write(root, path, &bytes, true)?;
            }
            Ok(is_same)
        })
        .await
    }

    pub(crate) async fn list_below(&self, name: &str) -> Result<Vec<Item>, StoreError> {
        self.run("list", name, |root, path| {
            let (mut items, mut folders) = (Vec::new(), vec![path.to_owned()]);
            while let Some(folder) = folders.pop() {
                let inside = folder.strip_prefix(root).unwrap_or(&folder);
                let inside = inside.display().to_string();
                items.extend(list(&folder)?.into_iter().map(|item| Item {
                    name: format!("{inside}/{}", item.name),
                    ..item
                }));
                folders.extend(folders_in(&folder)?);
            }
            Ok(items)
        })
        .await
    }

    /// Files block: they are handled beside the threads that answer.
    async fn run<T: Send + 'static>(
        &self,
        action: &'static str,
        name: &str,
        work: impl FnOnce(&Path, &Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (root, path) = (self.root.clone(), self.root.join(name));
        let done = tokio::task::spawn_blocking(move || work(&root, &path)).await;
        done.unwrap_or_else(|gone| Err(io::Error::other(gone)))
            .map_err(|source| StoreError::Folder {
                action,
                name: name.to_owned(),
                folder: self.describe(),
                source,
            })
    }
}

/// Writes a file whole or not at all, whenever the process or the machine stops. False where it was there and may not be replaced.
fn write(root: &Path, path: &Path, bytes: &[u8], replace: bool) -> io::Result<bool> {
    let parent = path.parent().unwrap_or(root);
    make_private_folder(parent)?;
    // Mode 0600, from the moment it exists.
    let mut file = tempfile::Builder::new()
        .prefix(HALF_WRITTEN)
        .tempfile_in(parent)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    if replace {
        file.persist(path)?;
    } else if let Err(refused) = file.persist_noclobber(path) {
        return if refused.error.kind() == io::ErrorKind::AlreadyExists {
            Ok(false)
        } else {
            Err(refused.error)
        };
    }
    // A rename lasts only once its folder is on the disk.
    File::open(parent)?.sync_all()?;
    if parent != root {
        File::open(root)?.sync_all()?;
    }
    Ok(true)
}

/// Creates a folder that only this user can read. One that is there stays as it is.
fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Links are not followed: what is listed may be deleted.
fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let folders = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let is_folder = entry.file_type().is_ok_and(|own| own.is_dir());
        is_folder.then(|| entry.path())
    });
    Ok(folders.collect())
}

fn list(folder: &Path) -> io::Result<Vec<Item>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut items = Vec::new();
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Another process may delete it meanwhile.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if name.starts_with(HALF_WRITTEN) {
            if modified.elapsed().is_ok_and(|age| age > LONGEST_WRITE) {
                drop(fs::remove_file(entry.path()));
            }
        } else if metadata.is_file() {
            items.push(Item {
                name,
                bytes: metadata.len(),
                modified: OffsetDateTime::from(modified),
            });
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half_written(folder: &Path) -> PathBuf {
        let path = folder.join(format!("{HALF_WRITTEN}abc"));
        fs::write(&path, "half").unwrap();
        path
    }

    #[tokio::test]
    async fn a_half_written_file_is_never_listed_and_goes_when_it_is_old() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().to_owned());
        folder
            .put("a/whole", Bytes::from_static(b"1"))
            .await
            .unwrap();
        let half = half_written(&root.path().join("a"));

        let names = |items: Vec<Item>| items.into_iter().map(|item| item.name).collect::<Vec<_>>();
        assert_eq!(names(folder.list("a").await.unwrap()), ["whole"]);
        assert!(half.exists(), "its writer may still be at it");

        File::options()
            .write(true)
            .open(&half)
            .unwrap()
            .set_modified(SystemTime::now() - LONGEST_WRITE * 2)
            .unwrap();
        assert_eq!(names(folder.list("a").await.unwrap()), ["whole"]);
        assert!(!half.exists());
    }

    #[tokio::test]
    async fn creating_twice_keeps_the_first() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().join("new"));
        assert!(folder.create("a", Bytes::from_static(b"1")).await.unwrap());
        assert!(!folder.create("a", Bytes::from_static(b"2")).await.unwrap());
        assert_eq!(folder.get("a").await.unwrap().unwrap(), "1");
        assert_eq!(
            folder.list("").await.unwrap().len(),
            1,
            "no half-written file is left"
        );
    }

    #[tokio::test]
    async fn what_is_not_there_reads_and_lists_as_nothing() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().join("absent"));
        assert!(folder.get("a").await.unwrap().is_none());
        assert!(folder.list("b").await.unwrap().is_empty());
        folder.delete("a").await.unwrap();
    }

    #[tokio::test]
    async fn an_error_says_what_where_and_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Folder::new(file.clone())
            .put("a/b", Bytes::new())
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "cannot write `a/b` in the folder {}: choose a folder, not a file",
                file.display()
            )
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn folders_and_files_are_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path().join("store"));
        folder.put("a/b", Bytes::new()).await.unwrap();
        let mode = |path: &str| {
            fs::metadata(root.path().join(path))
                .unwrap()
                .permissions()
                .mode()
                & 0o777
        };
        assert_eq!(
            (mode("store"), mode("store/a"), mode("store/a/b")),
            (0o700, 0o700, 0o600)
        );
    }
}
