//! A store in S3, against an endpoint that stands in for it: `BLASTMAP_TEST_S3=http://127.0.0.1:PORT cargo test -p blastmap-store --test s3`.
//! Without the variable there is nothing to test against and the tests pass without a look.
#![expect(clippy::unwrap_used, reason = "what fails in a test should end it")]

mod common;

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use blastmap_model::{GLOBAL, Inventory, Scope, ScopeRecord};
use blastmap_store::{S3Keys, S3Settings, Seen, Store, StoreError};
use common::{ids, inventory, newest};

/// The endpoint, and a bucket made on it for this run.
fn endpoint(name: &str) -> Option<(String, String)> {
    let bucket = format!("{name}-{}", std::process::id());
    let endpoint = std::env::var_os("BLASTMAP_TEST_S3")?.into_string().unwrap();
    let host = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "PUT /{bucket} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Some((endpoint, bucket))
}

fn open(url: &str, endpoint: String) -> Store {
    let keys = S3Keys {
        key_id: "test".to_owned(),
        secret_key: "test".to_owned(),
        session_token: None,
    };
    let settings = S3Settings::with_keys(Some("us-east-1".to_owned()), Some(endpoint), keys);
    Store::open(url, Some(&settings)).unwrap()
}

#[tokio::test]
async fn snapshots_are_kept_listed_and_forgotten() {
    let Some((endpoint, bucket)) = endpoint("blastmap-snapshots") else {
        return;
    };
    let store = open(&format!("s3://{bucket}/a/b"), endpoint.clone()).keeping(newest(2));
    assert!(store.list_snapshots().await.unwrap().is_empty());
    for (id, minutes) in [("one", 1), ("three", 3), ("two", 2)] {
        store.save_snapshot(&inventory(id, minutes)).await.unwrap();
    }
    let other = open(&format!("s3://{bucket}/a/b/"), endpoint.clone());
    assert_eq!(ids(&other).await, ["three", "two"]);
    let (latest, refused) = other.load_latest().await.unwrap();
    assert_eq!((latest.unwrap().id.as_str(), refused.len()), ("three", 0));
    assert!(matches!(
        other.load("one").await,
        Err(StoreError::Unknown { .. })
    ));

    let root = open(&format!("s3://{bucket}"), endpoint);
    root.save_snapshot(&inventory("at-the-root", 0))
        .await
        .unwrap();
    assert_eq!(ids(&root).await, ["at-the-root"]);
}

#[tokio::test]
async fn reviews_are_kept_and_listed() {
    let Some((endpoint, bucket)) = endpoint("blastmap-reviews") else {
        return;
    };
    let store = open(&format!("s3://{bucket}/r"), endpoint.clone());
    assert!(store.list_reviews().await.unwrap().is_empty());
    store.save_review("one", b"1".to_vec()).await.unwrap();
    let other = open(&format!("s3://{bucket}/r"), endpoint);
    assert_eq!(other.list_reviews().await.unwrap(), ["one"]);
    let bytes = other.load_review("one").await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"1"[..]));
    assert!(other.load_review("two").await.unwrap().is_none());
    assert!(matches!(
        other.load_review("../one").await,
        Err(StoreError::Id(_))
    ));
}

#[tokio::test]
async fn those_who_make_the_key_at_once_agree() {
    let Some((endpoint, bucket)) = endpoint("blastmap-key") else {
        return;
    };
    let makers: Vec<_> = (0..6)
        .map(|_| {
            let store = open(&format!("s3://{bucket}/k"), endpoint.clone());
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

#[tokio::test]
async fn an_absent_bucket_is_an_error_that_names_it() {
    let Some((endpoint, bucket)) = endpoint("blastmap-present") else {
        return;
    };
    let store = open(&format!("s3://{bucket}-absent/p"), endpoint);
    let error = store.save_snapshot(&inventory("a", 0)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("s3://{bucket}-absent/p")),
        "{error}"
    );
}

/// A crawl of one account, which has nothing.
fn crawl(account: usize, minutes: i64) -> Inventory {
    let scopes = ["eu-west-1", GLOBAL].map(|region| ScopeRecord {
        scope: Scope::new(&account.to_string(), region),
        crawled_at: None,
        duration_ms: None,
        api_calls: 0,
        kept: None,
    });
    let mut crawled = inventory(&format!("crawl-{account}-{minutes}"), minutes);
    crawled.scopes = scopes.to_vec();
    crawled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_writes_at_once_takes_nothing_from_the_others() {
    let Some((endpoint, bucket)) = endpoint("blastmap-shared") else {
        return;
    };
    let url = format!("s3://{bucket}/a/b");
    let writers: Vec<_> = (0..4)
        .map(|account| {
            let store = open(&url, endpoint.clone());
            tokio::spawn(async move {
                for minutes in 0..4 {
                    store.save_shard(&crawl(account, minutes)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let reader = open(&url, endpoint);
    let mut seen = Seen::default();
    let (latest, refused) = reader.load_new(&mut seen).await.unwrap().unwrap();
    assert_eq!(refused, []);
    assert_eq!(latest.unwrap().scopes.len(), 8);
    assert!(
        reader.load_new(&mut seen).await.unwrap().is_none(),
        "nothing is new"
    );
    reader.save_shard(&crawl(9, 9)).await.unwrap();
    let (latest, _) = reader.load_new(&mut seen).await.unwrap().unwrap();
    assert_eq!(latest.unwrap().scopes.len(), 10);
}
