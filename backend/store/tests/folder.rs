//! A store in a folder, whatever happened to its files.
#![expect(clippy::unwrap_used, reason = "what fails in a test should end it")]

mod common;

use std::{fs, path::Path};

use blastmap_model::{SnapshotChanges, record::write_plain};
use blastmap_store::{Refused, Store, StoreError, StoreErrors, read_fingerprint_key};
use common::{FIRST, ids, inventory, newest};
use time::Duration;

fn open(root: &Path) -> Store {
    Store::open(root.to_str().unwrap(), None).unwrap()
}

fn file(root: &Path, id: &str) -> std::path::PathBuf {
    root.join(format!("snapshots/{id}.jsonl.zst"))
}

#[tokio::test]
async fn an_empty_store_has_nothing_and_is_no_error() {
    let root = tempfile::tempdir().unwrap();
    let store = open(&root.path().join("absent"));
    assert!(store.list_snapshots().await.unwrap().is_empty());
    assert!(matches!(store.load_latest().await.unwrap(), (None, refused) if refused.is_empty()));
}

#[tokio::test]
async fn what_is_saved_is_listed_and_loaded_newest_first() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    for (id, minutes) in [("b", 10), ("a", 20), ("c", 0)] {
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    // Another process sees the same as the one that saved.
    for store in [&store, &open(root.path())] {
        let entries = store.list_snapshots().await.unwrap();
        assert_eq!(ids(store).await, ["a", "b", "c"]);
        assert_eq!(
            (entries[0].taken_at, entries[0].resources, entries[0].links),
            (FIRST + Duration::minutes(20), 2, 1)
        );
        let (latest, refused) = store.load_latest().await.unwrap();
        assert_eq!((latest.unwrap().id, refused), ("a".to_owned(), Vec::new()));
        assert_eq!(store.load("b").await.unwrap().links().len(), 1);
    }
}

#[tokio::test]
async fn what_was_counted_is_listed_with_and_without_the_entry() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("a", 0)).await.unwrap();
    let mut later = inventory("b", 10);
    later.changes = Some(SnapshotChanges {
        since: "a".to_owned(),
        added: 1,
        removed: 2,
        changed: 3,
        drops: Vec::new(),
    });
    store.save_snapshot(&later).await.unwrap();
    let listed = async || {
        let entries = open(root.path()).list_snapshots().await.unwrap();
        let changes = entries.into_iter().map(|entry| entry.changes);
        changes.collect::<Vec<_>>()
    };
    let expected = [later.changes.clone(), None];
    assert_eq!(listed().await, expected);
    fs::remove_file(root.path().join("snapshots/b.json")).unwrap();
    assert_eq!(listed().await, expected);

    // As an earlier version wrote it.
    let entry = root.path().join("snapshots/b.json");
    let mut old: serde_json::Value = serde_json::from_slice(&fs::read(&entry).unwrap()).unwrap();
    old.as_object_mut().unwrap().remove("changes");
    fs::write(&entry, old.to_string()).unwrap();
    assert_eq!(listed().await, [None, None]);
}

#[tokio::test]
async fn memory_keeps_the_last_few_and_shares_nothing() {
    let store = Store::in_memory().keeping(newest(3));
    for minutes in 0..5 {
        let snapshot = inventory(&format!("s{minutes}"), minutes);
        store.save_snapshot(&snapshot).await.unwrap();
    }
    assert_eq!(ids(&store).await, ["s4", "s3", "s2"]);
    assert_eq!(store.load("s3").await.unwrap().resources().len(), 2);
    let gone = store.load("s0").await.unwrap_err().to_string();
    assert_eq!(gone, "there is no snapshot `s0` in memory");
    store.save_review("one", b"1".to_vec()).await.unwrap();
    assert_eq!(store.list_reviews().await.unwrap(), ["one"]);
    assert!(ids(&Store::in_memory()).await.is_empty());
}

#[tokio::test]
async fn raw_bytes_are_the_file() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("a", 0)).await.unwrap();
    let bytes = store.read_raw("a").await.unwrap();
    assert_eq!(bytes, fs::read(file(root.path(), "a")).unwrap());
    let read = blastmap_model::record::read(&*bytes).unwrap();
    assert_eq!(read.resources().len(), 2);
}

#[tokio::test]
async fn a_broken_snapshot_is_refused_by_name_and_the_one_before_is_used() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    for (id, minutes) in [("good", 0), ("cut", 1), ("corrupt", 2), ("empty", 3)] {
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    let bytes = fs::read(file(root.path(), "cut")).unwrap();
    fs::write(file(root.path(), "cut"), &bytes[..bytes.len() / 2]).unwrap();
    let mut bytes = fs::read(file(root.path(), "corrupt")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    fs::write(file(root.path(), "corrupt"), bytes).unwrap();
    fs::write(file(root.path(), "empty"), "").unwrap();
    fs::write(
        file(root.path(), "newer"),
        "{\"blastmap\":2,\"id\":\"newer\",\"takenAt\":\"2027-01-01T00:00:00Z\"}\n",
    )
    .unwrap();

    let (latest, refused) = store.load_latest().await.unwrap();
    assert_eq!(latest.unwrap().id, "good");
    let said = |id: &str| {
        let name = format!("snapshots/{id}.jsonl.zst");
        let found = refused.iter().find(|refused| refused.name == name);
        found
            .map(|Refused { why, .. }| why.as_str())
            .unwrap_or_default()
    };
    assert_eq!(refused.len(), 4, "{refused:?}");
    assert!(said("cut").starts_with("is cut short"), "{}", said("cut"));
    assert!(
        said("newer").contains("format version 2, newer than 1"),
        "{}",
        said("newer")
    );
    assert!(said("newer").contains("upgrade blastmap"));
    assert!(
        said("empty").contains("is not a blastmap snapshot"),
        "{}",
        said("empty")
    );
    assert!(!said("corrupt").is_empty());

    assert!(matches!(
        store.load("cut").await.unwrap_err(),
        StoreError::Refused(Refused { name, .. }) if name == "snapshots/cut.jsonl.zst"
    ));
    // Of those, only the one whose size is still right needs a read to be found out.
    assert_eq!(ids(&store).await, ["corrupt", "good"]);
}

#[tokio::test]
async fn a_snapshot_cut_anywhere_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("a", 0)).await.unwrap();
    let whole = fs::read(file(root.path(), "a")).unwrap();
    for length in 0..whole.len() {
        fs::write(file(root.path(), "a"), &whole[..length]).unwrap();
        // The last bytes are a checksum: without them everything was read, and the end was seen.
        if let Ok(inventory) = store.load("a").await {
            assert!(
                length + 4 >= whole.len(),
                "cut at {length} of {}",
                whole.len()
            );
            assert_eq!(inventory.resources().len(), 2);
        }
    }
}

#[tokio::test]
async fn a_snapshot_without_its_entry_is_read_and_gets_one() {
    let root = tempfile::tempdir().unwrap();
    open(root.path())
        .save_snapshot(&inventory("a", 5))
        .await
        .unwrap();
    let entry = root.path().join("snapshots/a.json");
    for damage in [
        |path: &Path| fs::remove_file(path),
        |path: &Path| fs::write(path, "{"),
    ] {
        damage(&entry).unwrap();
        let listed = open(root.path()).list_snapshots().await.unwrap();
        assert_eq!(
            (listed[0].taken_at, listed[0].links),
            (FIRST + Duration::minutes(5), 1)
        );
        assert!(
            fs::read_to_string(&entry)
                .unwrap()
                .contains("\"resources\":2")
        );
    }
}

#[tokio::test]
async fn a_file_put_there_by_hand_goes_by_its_name() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("snapshots")).unwrap();
    let mut plain = Vec::new();
    write_plain(&inventory("inside", 0), &mut plain).unwrap();
    fs::write(file(root.path(), "outside"), plain).unwrap();
    fs::write(root.path().join("snapshots/notes.txt"), "not a snapshot").unwrap();
    let store = open(root.path());
    assert_eq!(ids(&store).await, ["outside"]);
    assert_eq!(store.load("outside").await.unwrap().id, "outside");
}

#[tokio::test]
async fn the_oldest_are_forgotten_and_the_one_just_saved_never() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path()).keeping(newest(2));
    for (id, minutes) in [("a", 1), ("b", 2), ("c", 3)] {
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    assert_eq!(ids(&store).await, ["c", "b"]);
    store
        .save_snapshot(&inventory("clock-was-wrong", 0))
        .await
        .unwrap();
    assert_eq!(ids(&store).await, ["c", "clock-was-wrong"]);
    assert_eq!(
        fs::read_dir(root.path().join("snapshots")).unwrap().count(),
        4,
        "nothing is left of those forgotten"
    );
}

#[tokio::test]
async fn ids_from_outside_cannot_leave_the_folder() {
    let root = tempfile::tempdir().unwrap();
    let store = open(&root.path().join("store"));
    fs::write(root.path().join("x.jsonl.zst"), "outside").unwrap();
    for id in ["../../x", "..", "", "a/b", "/etc/passwd", ".hidden"] {
        assert!(
            matches!(store.read_raw(id).await, Err(StoreError::Id(_))),
            "{id}"
        );
        assert!(
            matches!(store.load(id).await, Err(StoreError::Id(_))),
            "{id}"
        );
        let refused = store.save_snapshot(&inventory(id, 0)).await;
        assert!(matches!(refused, Err(StoreError::Id(_))), "{id}");
    }
    let error = store.load("absent").await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Unknown { id, .. } if id == "absent"),
        "{error}"
    );
}

#[tokio::test]
async fn the_key_is_made_once_and_stays() {
    let root = tempfile::tempdir().unwrap();
    let first = open(root.path()).fingerprint_key().await.unwrap();
    let second = open(root.path()).fingerprint_key().await.unwrap();
    assert_eq!(first, second);
    assert_ne!(first, [0; 32]);
    let path = root.path().join("fingerprint.key");
    assert_eq!(read_fingerprint_key(&fs::read(&path).unwrap()), Some(first));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let other = tempfile::tempdir().unwrap();
    assert_ne!(open(other.path()).fingerprint_key().await.unwrap(), first);
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_not_replaced() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("fingerprint.key");
    fs::write(&path, "too short").unwrap();
    let error = open(root.path()).fingerprint_key().await.unwrap_err();
    assert!(matches!(error, StoreError::Key { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "too short");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_make_the_key_at_once_agree() {
    for _ in 0..20 {
        let root = tempfile::tempdir().unwrap();
        let makers: Vec<_> = (0..8)
            .map(|_| {
                let store = open(root.path());
                tokio::spawn(async move { store.fingerprint_key().await.unwrap() })
            })
            .collect();
        let mut keys = Vec::new();
        for maker in makers {
            keys.push(maker.await.unwrap());
        }
        keys.dedup();
        assert_eq!(keys.len(), 1);
    }
}

#[test]
fn s3_without_credentials_says_so() {
    let error = Store::open("s3://team-data/blastmap", None).unwrap_err();
    assert!(matches!(error, StoreError::NoCredentials(_)), "{error}");
}

#[tokio::test]
async fn reviews_are_kept_beside_the_snapshots() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    assert!(store.list_reviews().await.unwrap().is_empty());
    for id in ["one", "two"] {
        store.save_review(id, id.as_bytes().to_vec()).await.unwrap();
    }
    let other = open(root.path());
    let mut ids = other.list_reviews().await.unwrap();
    ids.sort();
    assert_eq!(ids, ["one", "two"]);
    let bytes = other.load_review("one").await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"one"[..]));
    assert!(other.load_review("three").await.unwrap().is_none());
    assert!(other.list_snapshots().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_reviews_id_is_no_path() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("outside"), "secret").unwrap();
    let store = open(&root.path().join("store"));
    let long = "x".repeat(101);
    for id in [
        "",
        ".",
        "..",
        "../outside",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "a\0b",
        "é",
        &long,
    ] {
        assert!(
            matches!(store.load_review(id).await, Err(StoreError::Id(_))),
            "{id:?}"
        );
        assert!(
            matches!(
                store.save_review(id, Vec::new()).await,
                Err(StoreError::Id(_))
            ),
            "{id:?}"
        );
    }
    assert_eq!(
        fs::read_dir(root.path()).unwrap().count(),
        1,
        "nothing was written"
    );
}

#[tokio::test]
async fn it_tells_how_many_it_keeps_and_how_often_it_failed() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path()).keeping(newest(2));
    for (minutes, id) in ["a", "b", "c"].into_iter().enumerate() {
        let minutes = i64::try_from(minutes).unwrap();
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    assert_eq!(store.snapshots_seen(), 2);
    assert_eq!(store.errors(), StoreErrors::default());

    // A file where the folder was.
    fs::remove_dir_all(root.path().join("snapshots")).unwrap();
    fs::write(root.path().join("snapshots"), "").unwrap();
    store.save_snapshot(&inventory("d", 4)).await.unwrap_err();
    store.list_snapshots().await.unwrap_err();
    let errors = store.errors();
    assert_eq!((errors.write, errors.list), (1, 1), "{errors:?}");
    assert_eq!((errors.read, errors.delete), (0, 0), "{errors:?}");
}
