//! A resource over time, and what changed between two times.

use std::{path::Path, sync::Arc};

use blastmap_api::App;
use blastmap_graph::Snapshot;
use blastmap_model::{Attributes, Presence, Relation, Resource, ResourceKind};
use blastmap_store::{Retention, Store};
use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    CLUSTER, Caller, DEFINITION, ROLE, TAKEN_AT, WEB, app, empty, inventory, link, links,
    owner_keys, resource, resources,
};

const HISTORY: &str = "query($id: ID!, $first: Int, $after: String, $dependents: Boolean! = true) {
    resourceHistory(id: $id, first: $first, after: $after, dependents: $dependents) {
        snapshots pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        entries { event problem snapshot { id } before { id } resource { id name presence attributes owner }
            attributes { name before after } linksAddedCount linksRemovedCount
            linksAdded { from { id kind } to { id kind } relation evidence { api } } linksRemoved(first: 1) { from { id } to { id } relation } }
    } }";

/// The small estate without these resources, and without their links.
fn without(ids: &[&str]) -> (Vec<Resource>, Vec<blastmap_model::NamedLink>) {
    let has = |id: &str| ids.contains(&id);
    (
        resources()
            .into_iter()
            .filter(|own| !has(own.id.as_str()))
            .collect(),
        links()
            .into_iter()
            .filter(|own| !has(own.from.as_str()) && !has(own.to.as_str()))
            .collect(),
    )
}

fn store(root: &Path) -> Arc<Store> {
    let store = Store::open(root.to_str().unwrap(), None).unwrap();
    Arc::new(store.keeping(Retention {
        newest: 100,
        days: 0,
    }))
}

/// A week: the service is not there, comes, grows, is not changed, cannot be read, loses its role's link, goes, and is there now.
async fn week(root: &Path) -> App {
    let store = store(root);
    let grown = |count: u32| {
        let (mut all, ties) = (resources(), links());
        for own in &mut all {
            if own.id.as_str() == WEB {
                own.attributes = Attributes::from_value(&json!({ "desiredCount": count }));
                own.observed_at += Duration::days(i64::from(count));
            }
        }
        (all, ties)
    };
    let mut moved = grown(5);
    moved.1.retain(|own| own.relation != Relation::Runs);
    moved.1.push(link(WEB, Relation::Runs, ROLE));
    for (day, (all, ties)) in [
        without(&[WEB]),
        grown(3),
        grown(5),
        grown(5),
        grown(7),
        moved,
        without(&[WEB]),
    ]
    .into_iter()
    .enumerate()
    {
        let taken_at = TAKEN_AT - Duration::days(7 - i64::try_from(day).unwrap());
        let inventory = inventory(&format!("day-{day}"), taken_at, all, ties);
        store.save_snapshot(&inventory).await.unwrap();
    }
    damage(root, "day-4");
    App {
        store: Some(store),
        ..app()
    }
}

/// The size stays, so that only reading finds it out.
fn damage(root: &Path, id: &str) {
    let path = root.join(format!("snapshots/{id}.jsonl.zst"));
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    std::fs::write(path, bytes).unwrap();
}

async fn history(caller: &Caller, variables: Value) -> Value {
    caller.data(HISTORY, variables).await["resourceHistory"].clone()
}

/// `EVENT snapshot` of each entry.
fn say(history: &Value) -> Vec<String> {
    let entries = history["entries"].as_array().unwrap().iter();
    entries
        .map(|own| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!("{} {}", text(&own["event"]), text(&own["snapshot"]["id"]))
        })
        .collect()
}

#[tokio::test]
async fn a_resource_is_followed_through_the_snapshots() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(week(root.path()).await);
    let told = history(&caller, json!({ "id": WEB })).await;
    assert_eq!(
        say(&told),
        [
            "ADDED now",
            "REMOVED day-6",
            "CHANGED day-5",
            "UNREADABLE day-4",
            "CHANGED day-2",
            "ADDED day-1"
        ]
    );
    assert_eq!(told["snapshots"], 8);
    assert_eq!(told["pageInfo"]["hasNextPage"], false);

    let removed = &told["entries"][1];
    assert_eq!(removed["before"]["id"], "day-5");
    assert_eq!(
        removed["resource"]["attributes"],
        json!({ "desiredCount": 5 }),
        "as it was"
    );
    assert_eq!(removed["resource"]["owner"], "shop");
    assert_eq!(
        (
            &removed["linksRemovedCount"],
            removed["linksRemoved"].as_array().unwrap().len()
        ),
        (&json!(2), 1),
        "as many as asked for"
    );

    // What cannot be read is passed over: the one before it is day 3.
    let moved = &told["entries"][2];
    assert_eq!(moved["before"]["id"], "day-3");
    assert_eq!(moved["attributes"], json!([]));
    assert_eq!(
        moved["linksAdded"],
        json!([{ "from": { "id": WEB, "kind": "ECS_SERVICE" }, "to": { "id": ROLE, "kind": "IAM_ROLE" },
            "relation": "RUNS", "evidence": { "api": "ecs:DescribeServices" } }])
    );
    assert_eq!(moved["linksRemoved"][0]["to"]["id"], DEFINITION);

    let unreadable = &told["entries"][3];
    assert!(!unreadable["problem"].as_str().unwrap().is_empty());
    assert_eq!(
        (&unreadable["resource"], &unreadable["before"]),
        (&json!(null), &json!(null))
    );

    let grown = &told["entries"][4];
    assert_eq!(
        grown["attributes"],
        json!([{ "name": "desiredCount", "before": 3, "after": 5 }])
    );
    assert_eq!(
        (&grown["linksAddedCount"], &grown["linksRemovedCount"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(told["entries"][5]["linksAddedCount"], 2);

    // It is remembered, and so told the same without reading.
    assert_eq!(history(&caller, json!({ "id": WEB })).await, told);
}

#[tokio::test]
async fn the_oldest_snapshot_does_not_say_when_it_came() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(week(root.path()).await);
    let told = history(&caller, json!({ "id": ROLE, "dependents": false })).await;
    assert_eq!(say(&told), ["UNREADABLE day-4", "FIRST_KNOWN day-0"]);
    let first = &told["entries"][1];
    assert_eq!(
        (&first["before"], &first["linksAddedCount"]),
        (&json!(null), &json!(0))
    );
    assert_eq!(first["resource"]["id"], ROLE);
}

#[tokio::test]
async fn links_of_dependents_are_told_unless_they_are_not_asked_for() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(week(root.path()).await);
    let all = history(&caller, json!({ "id": CLUSTER })).await;
    assert_eq!(
        say(&all),
        [
            "CHANGED now",
            "CHANGED day-6",
            "UNREADABLE day-4",
            "CHANGED day-1",
            "FIRST_KNOWN day-0"
        ]
    );
    let own = history(&caller, json!({ "id": CLUSTER, "dependents": false })).await;
    assert_eq!(say(&own), ["UNREADABLE day-4", "FIRST_KNOWN day-0"]);
}

#[tokio::test]
async fn pages_of_a_history_join_to_the_whole() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(week(root.path()).await);
    for id in [WEB, CLUSTER, ROLE, "arn:absent"] {
        let whole = history(&caller, json!({ "id": id })).await;
        for first in 1..4 {
            let (mut entries, mut after, mut pages) = (Vec::new(), json!(null), 0);
            loop {
                let asked = json!({ "id": id, "first": first, "after": after });
                let page = history(&caller, asked).await;
                assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
                let own = page["entries"].as_array().unwrap();
                assert!(own.len() <= first);
                entries.extend(own.iter().cloned());
                pages += 1;
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(json!(entries), whole["entries"], "{id} by {first}");
        }
    }
}

#[tokio::test]
async fn an_answer_reads_so_many_snapshots_and_says_that_there_are_more() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    for hour in 0..40 {
        let taken_at = TAKEN_AT - Duration::hours(40 - hour);
        let (all, ties) = if hour == 0 {
            without(&[WEB])
        } else {
            (resources(), links())
        };
        let inventory = inventory(&format!("hour-{hour:02}"), taken_at, all, ties);
        store.save_snapshot(&inventory).await.unwrap();
    }
    let caller = Caller::of(App {
        store: Some(store),
        ..app()
    });
    let page = history(&caller, json!({ "id": WEB })).await;
    assert_eq!(say(&page), Vec::<String>::new());
    assert_eq!(
        (&page["snapshots"], &page["pageInfo"]["hasNextPage"]),
        (&json!(41), &json!(true))
    );
    let after = &page["pageInfo"]["endCursor"];
    let rest = history(&caller, json!({ "id": WEB, "after": after })).await;
    assert_eq!(say(&rest), ["ADDED hour-01"]);
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn without_a_store_there_is_what_is_served_now() {
    let told = history(&Caller::of(app()), json!({ "id": WEB })).await;
    assert_eq!(say(&told), ["FIRST_KNOWN now"]);
    let none = history(&Caller::of(empty()), json!({ "id": WEB })).await;
    assert_eq!(
        (
            &none["entries"],
            &none["snapshots"],
            &none["pageInfo"]["endCursor"]
        ),
        (&json!([]), &json!(0), &json!(null))
    );
}

#[tokio::test]
async fn a_snapshot_that_was_cut_is_told_by_when_it_was_written() {
    let root = tempfile::tempdir().unwrap();
    let app = week(root.path()).await;
    let path = root.path().join("snapshots/day-2.jsonl.zst");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let told = history(&Caller::of(app), json!({ "id": WEB })).await;
    let said = say(&told);
    assert!(said.contains(&"UNREADABLE day-2".to_owned()), "{said:?}");
    assert!(
        said.contains(&"CHANGED day-3".to_owned()),
        "compared with the one before: {said:?}"
    );
    let mut entries = told["entries"].as_array().unwrap().iter();
    let cut = entries
        .find(|own| own["snapshot"]["id"] == "day-2")
        .unwrap();
    assert!(cut["problem"].as_str().unwrap().contains("is cut short"));
}

#[tokio::test]
async fn cursors_and_sizes_of_a_history_are_checked() {
    let caller = Caller::of(app());
    for variables in [
        json!({ "id": WEB, "first": -1 }),
        json!({ "id": WEB, "first": 101 }),
        json!({ "id": WEB, "after": "nonsense" }),
    ] {
        let answer = caller.ask(HISTORY, variables).await;
        assert_eq!(answer.code(), "BAD_INPUT", "{}", answer.text());
    }
}

/// Two snapshots that differ by many resources, links and attributes.
async fn grown(root: &Path) -> Caller {
    let store = store(root);
    let earlier = inventory("earlier", TAKEN_AT - Duration::DAY, resources(), links());
    store.save_snapshot(&earlier).await.unwrap();
    let (mut all, mut ties) = (resources(), links());
    for own in &mut all {
        if own.id.as_str() == WEB {
            own.presence = Presence::Missing;
            own.tags = std::iter::once(("team".into(), "other".into())).collect();
        }
    }
    for number in 0..1500 {
        let id = format!("arn:aws:ecs:eu-west-1:111111111111:task/shop/{number:04}");
        all.push(resource(&id, ResourceKind::EcsTask));
        ties.push(link(&id, Relation::PartOf, WEB));
    }
    let app = empty();
    app.snapshots.publish(Snapshot::new(
        inventory("now", TAKEN_AT, all, ties),
        owner_keys(),
    ));
    Caller::of(App {
        store: Some(store),
        ..app
    })
}

#[tokio::test]
async fn a_large_diff_is_counted_whole_and_told_in_parts() {
    let root = tempfile::tempdir().unwrap();
    let caller = grown(root.path()).await;
    let query = "query($skip: Int, $first: Int) { diff(from: \"earlier\", to: \"now\") {
        addedCount removedCount changedCount linksAddedCount linksRemovedCount byKind { kind added removed changed }
        usual: added { id } added(first: $first, skip: $skip) { id } linksAdded(first: $first, skip: $skip) { from { id } }
        changed { after { id } attributes { name before after } } removed { id } } }";
    let (mut ids, mut dependents) = (Vec::new(), Vec::new());
    for skip in [0, 900, 1800] {
        let told = caller
            .data(query, json!({ "skip": skip, "first": 900 }))
            .await["diff"]
            .clone();
        assert_eq!(
            json!([
                told["addedCount"],
                told["removedCount"],
                told["changedCount"],
                told["linksAddedCount"],
                told["linksRemovedCount"]
            ]),
            json!([1500, 0, 1, 1500, 0])
        );
        assert_eq!(
            told["byKind"],
            json!([
                { "kind": "ECS_TASK", "added": 1500, "removed": 0, "changed": 0 },
                { "kind": "ECS_SERVICE", "added": 0, "removed": 0, "changed": 1 },
            ])
        );
        assert_eq!(told["usual"].as_array().unwrap().len(), 1000);
        assert_eq!(
            told["changed"],
            json!([{ "after": { "id": WEB }, "attributes": [
                { "name": "presence", "before": "LIVE", "after": "MISSING" },
                { "name": "tags", "before": { "Name": "web", "team": "shop" }, "after": { "team": "other" } },
            ] }])
        );
        ids.extend(
            told["added"]
                .as_array()
                .unwrap()
                .iter()
                .map(|own| own["id"].clone()),
        );
        let links = told["linksAdded"].as_array().unwrap().iter();
        dependents.extend(links.map(|own| own["from"]["id"].clone()));
    }
    assert_eq!(ids.len(), 1500);
    assert!(ids.is_sorted_by_key(|id| id.as_str().unwrap().to_owned()));
    assert_eq!(ids, dependents);
}

#[tokio::test]
async fn parts_of_a_diff_are_checked() {
    let root = tempfile::tempdir().unwrap();
    let caller = grown(root.path()).await;
    for arguments in ["first: 1001", "first: -1", "skip: -1"] {
        let query =
            format!("{{ diff(from: \"earlier\", to: \"now\") {{ added({arguments}) {{ id }} }} }}");
        let answer = caller.ask(&query, json!({})).await;
        assert_eq!(answer.code(), "BAD_INPUT", "{}", answer.text());
    }
}
