//! `blastmap diff`: two snapshots, by file, by id, as `latest` and as `previous`.

use serde_json::{Value, json};

use crate::{
    program::Machine,
    recording,
    server::Server,
    store::{CRAWL, snapshots},
};

const WEB: &str = "arn:aws:ecs:eu-west-1:111111111111:service/shop/web";

/// A snapshot file: a service that runs a revision, with so many tasks.
fn file(id: &str, revision: u32, tasks: u32) -> String {
    let definition = format!("arn:aws:ecs:eu-west-1:111111111111:task-definition/web:{revision}");
    let observed = "2026-11-23T18:00:00Z";
    let mut resources = vec![
        json!({ "id": WEB, "kind": "ECS_SERVICE", "tags": { "team": "shop" }, "observedAt": observed,
            "attributes": { "desiredCount": tasks, "taskDefinition": definition } }),
        json!({ "id": definition, "kind": "ECS_TASK_DEFINITION", "name": format!("web:{revision}"), "observedAt": observed }),
        json!({ "id": "arn:aws:iam::111111111111:role/web", "kind": "IAM_ROLE", "observedAt": observed,
            "presence": if tasks > 2 { "LIVE" } else { "MISSING" } }),
    ];
    let mut links = vec![json!({ "from": WEB, "to": definition, "relation": "RUNS",
            "evidence": { "api": "ecs:DescribeServices", "field": "taskDefinition", "inferred": false } })];
    for number in 0..tasks {
        let task = format!("arn:aws:ecs:eu-west-1:111111111111:task/shop/{number:02}");
        links.push(json!({ "from": task, "to": WEB, "relation": "PART_OF",
            "evidence": { "api": "ecs:DescribeTasks", "field": "group", "inferred": true } }));
        resources.push(json!({ "id": task, "kind": "ECS_TASK", "observedAt": observed }));
    }
    let mut lines = vec![
        json!({ "blastmap": 1, "id": id, "takenAt": format!("2026-11-23T18:00:{revision:02}Z") }),
    ];
    let end = json!({ "end": { "resources": resources.len(), "links": links.len() } });
    lines.extend(resources.into_iter().map(|own| json!({ "resource": own })));
    lines.extend(links.into_iter().map(|own| json!({ "link": own })));
    lines.push(end);
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}

fn with_files() -> Machine {
    let machine = Machine::new();
    machine.write("before.jsonl", file("before", 7, 2));
    machine.write("after.jsonl", file("after", 8, 3));
    machine.write("many.jsonl", file("many", 8, 90));
    machine
}

#[tokio::test]
async fn text_says_what_came_went_and_changed() {
    let machine = with_files();
    insta::assert_snapshot!(
        machine
            .prints(&["diff", "before.jsonl", "after.jsonl"])
            .await
    );
}

#[tokio::test]
async fn json_has_the_shape_of_the_api() {
    let arguments = ["diff", "before.jsonl", "after.jsonl", "--format", "json"];
    insta::assert_snapshot!(with_files().prints(&arguments).await);
}

#[tokio::test]
async fn nothing_changed_is_said() {
    let said = with_files()
        .prints(&["diff", "after.jsonl", "./after.jsonl"])
        .await;
    assert!(said.ends_with("\n\nNothing changed.\n"), "{said}");
}

#[tokio::test]
async fn long_lists_are_counted_and_no_line_is_too_long() {
    let machine = with_files();
    let said = machine
        .prints(&["diff", "before.jsonl", "many.jsonl"])
        .await;
    assert!(said.contains("89 added"), "{said}");
    assert!(
        said.contains("\n  and 39 more: --format json has them all\n"),
        "{said}"
    );
    assert!(
        said.lines().all(|line| line.chars().count() <= 100),
        "{said}"
    );
    let whole = machine
        .prints(&["diff", "before.jsonl", "many.jsonl", "--format", "json"])
        .await;
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["added"].as_array().unwrap().len(), 89);
}

#[tokio::test]
async fn names_play_no_tricks_on_the_terminal() {
    let machine = with_files();
    let evil = file("evil", 8, 3).replace(
        "\"name\":\"web:8\"",
        "\"name\":\"\\u001b[2Jweb\\u202e\\n:8\"",
    );
    machine.write("evil.jsonl", evil);
    let said = machine
        .prints(&["diff", "before.jsonl", "evil.jsonl"])
        .await;
    assert!(said.contains("[2Jweb"), "{said}");
    assert!(
        !said.contains('\u{1b}') && !said.contains('\u{202e}'),
        "{said}"
    );
}

/// The ids of the store's snapshots, oldest first.
fn ids(machine: &Machine) -> Vec<String> {
    let named = snapshots(machine).into_iter();
    named
        .map(|name| {
            let file = name.rsplit('/').next().unwrap();
            file.trim_end_matches(".jsonl.zst").to_owned()
        })
        .collect()
}

/// The ids of the two snapshots that were compared.
async fn compared(machine: &Machine, arguments: &[&str]) -> (String, String) {
    let arguments = [&["diff"], arguments, &["--format", "json"]].concat();
    let told: Value = serde_json::from_str(&machine.prints(&arguments).await).unwrap();
    let id = |end: &str| told[end]["id"].as_str().unwrap().to_owned();
    (id("from"), id("to"))
}

#[tokio::test]
async fn snapshots_of_the_store_go_by_id_and_by_age() {
    let machine = with_files();
    let from_store = |from: &'static str, to: &'static str| [from, to, "--store", "store"];
    let empty = machine
        .run(&[&["diff"][..], &from_store("previous", "latest")].concat())
        .await;
    assert!(
        empty
            .failure()
            .contains("there is no snapshot before the latest"),
        "{empty:?}"
    );

    recording::write(&machine, |_| {});
    for _ in 0..3 {
        machine.prints(&CRAWL).await;
    }
    let [first, second, third] = ids(&machine).try_into().unwrap();
    assert_eq!(
        compared(&machine, &from_store("previous", "latest")).await,
        (second.clone(), third.clone())
    );
    assert_eq!(
        compared(&machine, &[&first, &second, "--store", "store"]).await,
        (first.clone(), second.clone())
    );
    assert_eq!(
        compared(&machine, &from_store("before.jsonl", "latest")).await,
        ("before".to_owned(), third.clone())
    );

    // The same from a server over that store, which has no other way to them.
    let server = Server::start(&machine, &["--store", "store", "--region", "us-east-1"]).await;
    let from_server = |from, to| [from, to, "--server", &*server.url];
    assert_eq!(
        compared(&machine, &from_server("previous", "latest")).await,
        (second.clone(), third.clone())
    );
    assert_eq!(
        compared(&machine, &from_server(&first, &third)).await,
        (first.clone(), third.clone())
    );
    let absent = machine
        .run(&[&["diff"][..], &from_server("absent", "latest")].concat())
        .await;
    assert!(
        absent
            .failure()
            .contains("/snapshots/absent.jsonl.zst answered 404"),
        "{absent:?}"
    );
    drop(server);

    let unknown = machine
        .run(&[&["diff"][..], &from_store("absent", "latest")].concat())
        .await;
    let said = unknown.failure();
    assert!(
        said.starts_with("there is no file and no snapshot `absent` in "),
        "{said}"
    );
    assert!(
        said.ends_with(&format!("the newest are {third}, {second}, {first}")),
        "{said}"
    );

    // A damaged one is named and not used.
    let path = format!("store/snapshots/{second}.jsonl.zst");
    let bytes = machine.read(&path);
    machine.write(&path, &bytes[..bytes.len() / 2]);
    assert_eq!(
        compared(&machine, &from_store("previous", "latest")).await,
        (first.clone(), third.clone())
    );
    let server = Server::start(&machine, &["--store", "store", "--region", "us-east-1"]).await;
    let from_server = ["previous", "latest", "--server", &*server.url];
    assert_eq!(
        compared(&machine, &from_server).await,
        (first.clone(), third.clone())
    );
    let damaged = machine
        .run(&["diff", &second, "latest", "--store", "store"])
        .await;
    assert!(damaged.failure().contains("is cut short"), "{damaged:?}");
}

#[tokio::test]
async fn one_snapshot_has_none_before_it() {
    let machine = with_files();
    for source in [&["--demo"][..], &["--snapshot", "after.jsonl"]] {
        for name in ["previous", "some-id"] {
            let ended = machine
                .run(&[&["diff", name, "latest"], source].concat())
                .await;
            let said = ended.failure();
            assert!(
                said.starts_with(&format!(
                    "`{name}` is no file, and there is one snapshot only"
                )),
                "{said}"
            );
        }
    }
    assert_eq!(
        compared(
            &machine,
            &["before.jsonl", "latest", "--snapshot", "after.jsonl"]
        )
        .await,
        ("before".to_owned(), "after".to_owned())
    );
    let (_, demo) = compared(&machine, &["before.jsonl", "latest", "--demo"]).await;
    assert!(!demo.is_empty());
}

#[tokio::test]
async fn two_snapshots_are_asked_for() {
    let machine = Machine::new();
    for arguments in [&["diff"][..], &["diff", "latest"], &["diff", "a", "b", "c"]] {
        assert!(
            machine
                .run(arguments)
                .await
                .usage()
                .contains("Usage: blastmap diff")
        );
    }
    let absent = machine.run(&["diff", "./absent.jsonl", "latest"]).await;
    assert!(
        absent.failure().starts_with("cannot open ./absent.jsonl"),
        "{absent:?}"
    );
}
