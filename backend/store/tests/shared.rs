//! A store that several crawls share: what each sees makes one snapshot, in whatever order they come and whoever of them dies.
#![expect(clippy::unwrap_used, reason = "what fails in a test should end it")]

mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use blastmap_model::{
    Attributes, BlindSpotReason, GLOBAL, Inventory, Presence, Resource, ResourceId, ResourceKind,
    Scope, ScopeRecord, Tags,
};
use blastmap_store::{Refused, Retention, Seen, Store};
use common::{FIRST, ids, inventory, newest};
use time::Duration;

fn open(root: &Path) -> Store {
    Store::open(root.to_str().unwrap(), None).unwrap()
}

/// A crawl of one account and region, which has a cluster for each name.
fn crawl(account: &str, region: &str, minutes: i64, names: &[&str]) -> Inventory {
    let at = FIRST + Duration::minutes(minutes);
    let scopes = [region, GLOBAL].map(|region| ScopeRecord {
        scope: Scope::new(account, region),
        crawled_at: Some(at),
        duration_ms: None,
        api_calls: 1,
        kept: None,
    });
    let clusters = names.iter().map(|name| Resource {
        id: ResourceId::new(&format!("arn:aws:ecs:{region}:{account}:cluster/{name}")),
        kind: ResourceKind::EcsCluster,
        name: (*name).into(),
        account: account.into(),
        region: region.into(),
        presence: Presence::Live,
        tags: Tags::default(),
        attributes: Attributes::none(),
        observed_at: at,
    });
    let id = format!("crawl-{account}-{minutes}");
    let (scopes, clusters) = (scopes.to_vec(), clusters.collect());
    Inventory::new(id, at, scopes, Vec::new(), clusters, Vec::new()).unwrap()
}

async fn save(store: &Store, crawled: &Inventory) -> Inventory {
    let whole = store.save_shard(crawled).await.unwrap();
    store.save_snapshot(&whole).await.unwrap();
    whole
}

/// The clusters that a snapshot has.
fn clusters(inventory: &Inventory) -> Vec<String> {
    let resources = inventory.resources().iter();
    resources
        .map(|own| format!("{} {} {}", own.account, own.region, own.name))
        .collect()
}

async fn latest(store: &Store) -> Inventory {
    let (latest, refused) = store.load_latest().await.unwrap();
    assert_eq!(refused, []);
    latest.unwrap()
}

fn shards(root: &Path) -> Vec<PathBuf> {
    let inside = |folder: PathBuf| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    let accounts = inside(root.join("shards")).into_iter();
    let mut found: Vec<PathBuf> = accounts.flat_map(inside).flat_map(inside).collect();
    found.sort();
    found
}

#[tokio::test]
async fn shards_of_several_crawls_make_one_snapshot() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    assert!(!store.is_shared().await.unwrap());
    let first = save(&store, &crawl("1", "r", 0, &["a"])).await;
    assert!(store.is_shared().await.unwrap());
    let second = save(&store, &crawl("2", "r", 1, &["b"])).await;
    assert_eq!(clusters(&first), ["1 r a"]);
    assert_eq!(clusters(&second), ["1 r a", "2 r b"]);
    // What a scope has no more goes, what others have stays.
    let third = save(&store, &crawl("1", "r", 2, &["c", "d"])).await;
    assert_eq!(clusters(&third), ["1 r c", "1 r d", "2 r b"]);
    for store in [&store, &open(root.path())] {
        let latest = latest(store).await;
        assert_eq!(
            (latest.id.as_str(), clusters(&latest)),
            (third.id.as_str(), clusters(&third))
        );
        assert_eq!(latest.scopes.len(), 4);
        // The history has each.
        assert_eq!(ids(store).await, [&*third.id, &*second.id, &*first.id]);
    }
    assert!(
        root.path().join("shards/2/r").is_dir(),
        "by account and region"
    );
}

#[tokio::test]
async fn a_crawl_that_dies_anywhere_leaves_a_whole_snapshot() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    save(&store, &crawl("1", "r", 0, &["a"])).await;
    let before = latest(&store).await;
    // After its shard, before the manifest.
    let manifest = fs::read(root.path().join("manifest.json")).unwrap();
    store.save_shard(&crawl("2", "r", 1, &["b"])).await.unwrap();
    let after = fs::read(root.path().join("manifest.json")).unwrap();
    fs::write(root.path().join("manifest.json"), manifest).unwrap();
    assert_eq!(clusters(&latest(&store).await), clusters(&before));
    // After the manifest, before its snapshot.
    fs::write(root.path().join("manifest.json"), after).unwrap();
    let latest = latest(&open(root.path())).await;
    assert_eq!(clusters(&latest), ["1 r a", "2 r b"]);
    assert!(
        !ids(&store).await.contains(&latest.id),
        "nobody has written it whole"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_writes_at_once_takes_nothing_from_the_others() {
    let root = tempfile::tempdir().unwrap();
    let writers: Vec<_> = (0..8)
        .map(|account| {
            let store = open(root.path());
            tokio::spawn(async move {
                for minutes in 0..5 {
                    let name = format!("c{minutes}");
                    let crawled = crawl(&account.to_string(), "r", minutes, &[&name]);
                    store.save_shard(&crawled).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let expected: Vec<String> = (0..8).map(|account| format!("{account} r c4")).collect();
    assert_eq!(clusters(&latest(&open(root.path())).await), expected);
}

#[tokio::test]
async fn others_are_what_a_crawl_does_not_crawl_itself() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let own = [Scope::new("1", "r"), Scope::new("1", GLOBAL)];
    assert!(store.load_others(&own).await.unwrap().is_none());
    save(&store, &crawl("1", "r", 0, &["a"])).await;
    assert!(store.load_others(&own).await.unwrap().is_none());
    save(&store, &crawl("2", "r", 0, &["b"])).await;
    let others = store.load_others(&own).await.unwrap().unwrap();
    assert_eq!(clusters(&others), ["2 r b"]);
}

#[tokio::test]
async fn shards_that_no_manifest_names_go_after_an_hour() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    for minutes in 0..3 {
        save(&store, &crawl("1", "r", minutes, &["a"])).await;
    }
    save(&store, &crawl("2", "r", 0, &["b"])).await;
    assert_eq!(
        shards(root.path()).len(),
        4,
        "who read the manifest before may still read them"
    );
    let old = SystemTime::now() - std::time::Duration::from_hours(2);
    for shard in shards(root.path()) {
        let file = fs::File::options().write(true).open(shard).unwrap();
        file.set_modified(old).unwrap();
    }
    save(&store, &crawl("1", "r", 4, &["c"])).await;
    let names: BTreeSet<String> = shards(root.path())
        .iter()
        .map(|own| own.file_name().unwrap().to_string_lossy()[..9].to_owned())
        .collect();
    assert_eq!(
        names,
        BTreeSet::from(["crawl-1-4".to_owned(), "crawl-2-0".to_owned()])
    );
    assert_eq!(clusters(&latest(&store).await), ["1 r c", "2 r b"]);
}

#[tokio::test]
async fn a_reader_is_told_what_is_new_and_only_that() {
    let root = tempfile::tempdir().unwrap();
    let (writer, reader) = (open(root.path()), open(root.path()));
    let mut seen = Seen::default();
    let news = async |seen: &mut Seen| {
        let loaded = reader.load_new(seen).await.unwrap();
        loaded.and_then(|(latest, _)| latest).map(|own| own.id)
    };
    assert_eq!(news(&mut seen).await, None);
    // Of one crawl that is the whole.
    writer.save_snapshot(&inventory("a", 0)).await.unwrap();
    assert_eq!(news(&mut seen).await.as_deref(), Some("a"));
    assert_eq!(news(&mut seen).await, None);
    // Of several.
    for minutes in 1..4 {
        let whole = writer
            .save_shard(&crawl("1", "r", minutes, &["a"]))
            .await
            .unwrap();
        assert_eq!(news(&mut seen).await, Some(whole.id));
        assert_eq!(news(&mut seen).await, None);
    }
}

#[tokio::test]
async fn a_store_that_is_shared_since_today_still_has_its_history() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("before", 0)).await.unwrap();
    let whole = save(&store, &crawl("1", "r", 5, &["a"])).await;
    assert_eq!(ids(&store).await, [&*whole.id, "before"]);
    assert_eq!(latest(&store).await.id, whole.id);
    // An earlier blastmap knows of no manifest.
    store.save_snapshot(&inventory("after", 10)).await.unwrap();
    assert_eq!(latest(&store).await.id, "after");
}

#[tokio::test]
async fn a_shard_that_is_gone_is_told_and_the_snapshot_before_used() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("before", 0)).await.unwrap();
    store.save_shard(&crawl("1", "r", 5, &["a"])).await.unwrap();
    fs::remove_file(&shards(root.path())[0]).unwrap();
    let (latest, refused) = store.load_latest().await.unwrap();
    assert_eq!(latest.unwrap().id, "before");
    assert!(refused[0].why.starts_with("is gone"), "{refused:?}");

    for (text, why) in [
        ("{}", "is no manifest"),
        ("{\"blastmap\":9}", "newer than 1"),
    ] {
        fs::write(root.path().join("manifest.json"), text).unwrap();
        let (latest, refused) = store.load_latest().await.unwrap();
        assert_eq!(latest.unwrap().id, "before");
        assert_eq!(refused[0].name, "manifest.json");
        assert!(refused[0].why.contains(why), "{refused:?}");
    }
    let refused = store
        .save_shard(&crawl("1", "r", 6, &["a"]))
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("upgrade blastmap"),
        "{refused}"
    );
    fs::write(root.path().join("manifest.json"), "{}").unwrap();
    let whole = store.save_shard(&crawl("1", "r", 6, &["a"])).await.unwrap();
    assert_eq!(
        clusters(&whole),
        ["1 r a"],
        "what is no manifest is begun anew"
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_the_one_before_used() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    store.save_snapshot(&inventory("small", 0)).await.unwrap();
    let names: Vec<String> = (0..20_000).map(|number| format!("c{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    store
        .save_snapshot(&crawl("1", "r", 1, &names))
        .await
        .unwrap();
    let most = Some(100 << 20);
    for shared in [false, true] {
        if shared {
            store.save_shard(&crawl("1", "r", 2, &names)).await.unwrap();
        }
        let reader = open(root.path()).within(most);
        let (latest, refused) = reader.load_latest().await.unwrap();
        assert_eq!(latest.unwrap().id, "small");
        assert!(refused.iter().all(Refused::is_too_large) && !refused.is_empty());
        assert!(refused[0].why.contains("20000 resources"), "{refused:?}");
    }
    let (latest, _) = store.load_latest().await.unwrap();
    assert_eq!(latest.unwrap().resources().len(), 20_000);
}

#[tokio::test]
async fn the_last_of_each_day_stays() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path()).keeping(Retention {
        days: 3,
        ..newest(2)
    });
    let day = 24 * 60;
    for (id, minutes) in [
        ("a1", 0),
        ("a2", 1),
        ("b1", day),
        ("b2", day + 1),
        ("c1", 2 * day),
        ("d1", 3 * day),
        ("d2", 3 * day + 1),
        ("d3", 3 * day + 2),
    ] {
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    assert_eq!(ids(&store).await, ["d3", "d2", "c1", "b2"]);
}

/// `scope: message` of what is old.
fn old(inventory: &Inventory) -> Vec<String> {
    let spots = inventory.blind_spots.iter();
    let old = spots.filter(|spot| spot.reason == BlindSpotReason::Stale);
    old.map(|spot| format!("{} {}: {}", spot.account, spot.region, spot.message))
        .collect()
}

#[tokio::test]
async fn what_nobody_crawls_any_more_is_told() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let day = 24 * 60;
    save(&store, &crawl("1", "r", 0, &["a"])).await;
    let fresh = save(&store, &crawl("2", "r", day, &["b"])).await;
    assert_eq!(old(&fresh), <[&str; 0]>::default());
    let stale = save(&store, &crawl("2", "r", 3 * day, &["b"])).await;
    assert_eq!(clusters(&stale), ["1 r a", "2 r b"]);
    let told = old(&stale);
    assert!(
        told.len() == 2 && told[1].starts_with("1 r: no crawl has come here since "),
        "{told:?}"
    );
    let gone = save(&store, &crawl("2", "r", 31 * day, &["b"])).await;
    assert_eq!(clusters(&gone), ["2 r b"]);
    let told = old(&gone);
    assert!(
        told.len() == 2 && told[1].starts_with("1 r: what was known is gone since "),
        "{told:?}"
    );
    assert_eq!(old(&latest(&store).await), told);
    let records = gone.scopes.iter();
    let crawled = records.map(|own| (own.scope.to_string(), own.crawled_at.is_some()));
    assert_eq!(
        crawled.collect::<Vec<_>>(),
        [
            ("1 global", false),
            ("1 r", false),
            ("2 global", true),
            ("2 r", true)
        ]
        .map(|(scope, crawled)| (scope.to_owned(), crawled))
    );
    let back = save(&store, &crawl("1", "r", 32 * day, &["a"])).await;
    assert_eq!(old(&back), <[&str; 0]>::default());
}

#[tokio::test]
async fn few_days_of_snapshots_are_no_few_days_of_shards() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path()).keeping(Retention { newest: 1, days: 0 });
    save(&store, &crawl("1", "r", 0, &["a"])).await;
    let later = save(&store, &crawl("2", "r", 24 * 60 + 1, &["b"])).await;
    assert_eq!(clusters(&later), ["1 r a", "2 r b"]);
}

#[tokio::test]
async fn a_store_that_is_shared_since_today_tells_what_only_its_history_has() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let before = crawl("1", "r", 0, &["a"]);
    store.save_snapshot(&before).await.unwrap();
    let whole = save(&store, &crawl("2", "r", 5, &["b"])).await;
    assert_eq!(clusters(&whole), ["2 r b"]);
    let told = old(&whole);
    assert!(
        told[1].starts_with("1 r: what was known is gone"),
        "{told:?}"
    );
}
