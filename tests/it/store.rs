//! What is kept between two runs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{program::Machine, recording, server::Server};

pub(crate) const CRAWL: [&str; 5] = ["crawl", "--replay", recording::FOLDER, "--store", "store"];

/// The calls of a crawl, from its summary: action and how often.
pub(crate) fn calls(summary: &str) -> Vec<(&str, u64)> {
    let (_, list) = summary
        .split_once("\nAPI calls:\n")
        .expect("a list of calls");
    list.lines()
        .map_while(|line| {
            let (times, action) = line.trim_start().split_once("  ")?;
            Some((action, times.parse().ok()?))
        })
        .collect()
}

/// The names of the store's snapshot files, oldest first.
pub(crate) fn snapshots(machine: &Machine) -> Vec<String> {
    let mut files: Vec<(std::time::SystemTime, String)> =
        std::fs::read_dir(machine.path("store/snapshots"))
            .expect("the store has snapshots")
            .map(|entry| entry.expect("a file"))
            .map(|entry| {
                let written = entry.metadata().and_then(|own| own.modified());
                let name = entry.file_name().into_string().expect("UTF-8");
                (written.expect("a time"), format!("store/snapshots/{name}"))
            })
            .filter(|(_, name)| name.ends_with(".jsonl.zst"))
            .collect();
    files.sort();
    files.into_iter().map(|(_, name)| name).collect()
}

pub(crate) fn unpacked(machine: &Machine, name: &str) -> String {
    let plain = zstd::decode_all(&*machine.read(name)).expect("it can be decompressed");
    String::from_utf8(plain).expect("snapshots are UTF-8")
}

/// What stands in a snapshot, without when it was read.
fn facts(snapshot: &str) -> BTreeSet<String> {
    snapshot
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["resource"].is_object() || line["link"].is_object())
        .map(|mut line| {
            if let Some(resource) = line["resource"].as_object_mut() {
                resource.remove("observedAt");
            }
            if let Some(evidence) = line["link"]["evidence"].as_object_mut() {
                evidence.remove("observedAt");
            }
            line.to_string()
        })
        .collect()
}

#[tokio::test]
async fn a_second_crawl_asks_for_no_known_task_definition() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let definitions = |summary: &str| {
        let calls = calls(summary);
        assert!(calls.len() > 20, "{summary}");
        calls
            .iter()
            .find(|(action, _)| *action == "ecs:DescribeTaskDefinition")
            .map_or(0, |(_, times)| *times)
    };
    assert_eq!(definitions(&machine.prints(&CRAWL).await), 35);
    // What only rules and schedules name may have been retired since.
    assert_eq!(definitions(&machine.prints(&CRAWL).await), 5);
    let both: Vec<_> = snapshots(&machine)
        .iter()
        .map(|name| facts(&unpacked(&machine, name)))
        .collect();
    assert_eq!(both.len(), 2);
    assert!(both[0].len() > 2000);
    assert!(
        both[0] == both[1],
        "{:#?}",
        both[0].symmetric_difference(&both[1])
    );
}

#[tokio::test]
async fn a_snapshot_says_what_changed_since_the_one_before() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine.prints(&CRAWL).await;
    machine.prints(&CRAWL).await;
    let first_lines: Vec<Value> = snapshots(&machine)
        .iter()
        .map(|name| unpacked(&machine, name))
        .map(|text| serde_json::from_str(text.lines().next().unwrap()).unwrap())
        .collect();
    assert_eq!(first_lines[0]["changes"], json!(null));
    let nothing = |since: &Value| json!({ "since": since, "added": 0, "removed": 0, "changed": 0 });
    assert_eq!(first_lines[1]["changes"], nothing(&first_lines[0]["id"]));
    // A server goes on from the last one that is kept.
    let serve = ["--replay", recording::FOLDER, "--store", "store"];
    let server = Server::start(&machine, &serve).await;
    server
        .says(
            "/metrics",
            "blastmap_crawls_total{outcome=\"succeeded\"} 1\n",
        )
        .await;
    let query = "{ snapshots { nodes { id changes { since added removed changed } } } }";
    let data = server.query(query, json!({})).await;
    let listed = &data["snapshots"]["nodes"];
    assert_eq!(listed[0]["changes"], nothing(&listed[1]["id"]));
    assert_eq!(listed[1]["id"], first_lines[1]["id"]);
    assert_eq!(listed[1]["changes"], first_lines[1]["changes"]);
}

#[tokio::test]
async fn a_crawl_sums_up_what_it_saw_and_what_not() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"Snapshot \d{8}T\d{6}Z-[0-9a-f]{4}", "Snapshot [id]");
    settings.add_filter(r"in \d+\.\d s", "in [time] s");
    let summary = machine.prints(&CRAWL).await;
    settings.bind(|| insta::assert_snapshot!(summary));
}

#[tokio::test]
async fn a_restarted_server_answers_at_once_with_its_datas_age() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let summary = machine.prints(&CRAWL).await;
    let id = summary
        .strip_prefix("Snapshot ")
        .unwrap()
        .split(':')
        .next()
        .unwrap();

    // Without credentials nothing but the store can answer.
    let server = Server::start(&machine, &["--store", "store", "--region", "us-east-1"]).await;
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status(), 200, "it answers at once");
    let ready = server.ready().await;
    assert_eq!(ready["snapshot"], id);
    assert!(ready["ageSeconds"].is_u64(), "{ready}");
    let query = "{ coverage { scopes { crawledAt resources } } snapshots { nodes { id takenAt resources } } }";
    let data = server.query(query, json!({})).await;
    assert_eq!(
        data["snapshots"]["nodes"].as_array().unwrap().len(),
        1,
        "{data}"
    );
    assert_eq!(data["snapshots"]["nodes"][0]["id"], id);
    let taken_at = &data["snapshots"]["nodes"][0]["takenAt"];
    assert_eq!(taken_at, &ready["takenAt"]);
    assert_eq!(&data["coverage"]["scopes"][0]["crawledAt"], taken_at);
    let said = server.said();
    assert!(
        said.starts_with("warning: showing the last snapshot, for AWS cannot be crawled: no AWS credentials were found"),
        "{said}"
    );
}

#[tokio::test]
async fn a_served_crawl_is_kept_in_the_store() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let server = Server::start(
        &machine,
        &["--replay", recording::FOLDER, "--store", "store"],
    )
    .await;
    let ready = server.ready().await;
    let kept = snapshots(&machine);
    assert_eq!(
        kept,
        [format!(
            "store/snapshots/{}.jsonl.zst",
            ready["snapshot"].as_str().unwrap()
        )]
    );
    drop(server);
    let radius = machine
        .prints(&["radius", "edge", "--store", "store"])
        .await;
    assert!(radius.contains("2 listeners"), "{radius}");
}

#[tokio::test]
async fn a_plain_file_and_a_compressed_one_hold_the_same() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let crawl = ["crawl", "--replay", recording::FOLDER, "--out"];
    machine.prints(&[&crawl[..], &["x.jsonl"]].concat()).await;
    machine
        .prints(&[&crawl[..], &["x.jsonl.zst"]].concat())
        .await;
    let plain = String::from_utf8(machine.read("x.jsonl")).unwrap();
    assert!(plain.starts_with("{\"blastmap\":1,"));
    let (plain_facts, compressed) = (facts(&plain), facts(&unpacked(&machine, "x.jsonl.zst")));
    assert!(plain_facts.len() > 2000 && plain_facts == compressed);
    let tree = |file| ["radius", "edge", "--snapshot", file];
    assert_eq!(
        machine.prints(&tree("x.jsonl")).await,
        machine.prints(&tree("x.jsonl.zst")).await
    );
}

#[tokio::test]
async fn a_crawl_into_a_file_leaves_the_store_alone() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine
        .prints(&["crawl", "--replay", recording::FOLDER, "--out", "x.jsonl"])
        .await;
    let ended = machine.run(&["radius", "edge"]).await;
    assert!(
        ended.failure().starts_with("there is no snapshot in "),
        "{ended:?}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_stores_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine.prints(&CRAWL).await;
    let mode = |name: &str| machine.path(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("store/fingerprint.key"), 0o600);
    assert_eq!(mode(&snapshots(&machine)[0]), 0o600);
}

#[tokio::test]
async fn a_corrupt_newest_snapshot_is_named_and_the_one_before_used() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine.prints(&CRAWL).await;
    machine.prints(&CRAWL).await;
    let kept = snapshots(&machine);
    let [older, newest] = &kept[..] else {
        panic!("{kept:?}")
    };
    let whole = machine.read(newest);
    machine.write(newest, &whole[..whole.len() / 2]);
    let name = |file: &str| file.strip_prefix("store/").unwrap().to_owned();
    let warning = format!("warning: {} is not used: is cut short", name(newest));

    let ended = machine.run(&["radius", "edge", "--store", "store"]).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(ended.stderr.starts_with(&warning), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stdout.contains("2 listeners"), "{}", ended.stdout);

    let server = Server::start(&machine, &["--store", "store", "--region", "us-east-1"]).await;
    let used = server.ready().await["snapshot"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(format!("snapshots/{used}.jsonl.zst"), name(older));
    assert!(server.said().starts_with(&warning), "{}", server.said());

    let ended = machine.run(&CRAWL).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(ended.stderr.starts_with(&warning), "{}", ended.stderr);
}

#[tokio::test]
async fn a_newest_snapshot_that_cannot_be_read_is_a_problem_until_it_can() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    for _ in 0..2 {
        machine.prints(&CRAWL).await;
    }
    let newest = snapshots(&machine).pop().unwrap();
    let whole = machine.read(&newest);
    machine.write(&newest, "junk");
    let arguments = ["--no-crawl", "--store", "store", "--interval", "1s"];
    let server = Server::start(&machine, &arguments).await;
    let shown = server.ready().await;
    let problem = eventually(&server, |own| !own["problems"][0].is_null()).await;
    let said = problem["problems"][0].as_str().unwrap().to_owned();
    assert!(
        said.contains("is not a blastmap snapshot") && said.ends_with("the one before is shown"),
        "{said}"
    );
    machine.write(&newest, whole);
    let mended = eventually(&server, |own| own["problems"] == json!([])).await;
    assert_ne!(mended["snapshot"], shown["snapshot"]);
}

/// What `/readyz` says once it says this.
async fn eventually(server: &Server, says: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let own = server.ready().await;
            if says(&own) {
                return own;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    crate::program::within("what it says", asking).await
}
