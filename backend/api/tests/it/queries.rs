//! Every field of the roots, asked over HTTP.

use std::sync::atomic::Ordering;

use blastmap_graph::{RadiusQuery, Snapshot, blast_radius, count_changes};
use blastmap_model::{Attributes, Presence, Resource, ResourceKind};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use time::Duration;

use crate::support::{
    BUCKET, CLUSTER, Caller, DEFINITION, FakeCrawl, PARAMETER, SECRET, TAKEN_AT, WEB, app, empty,
    inventory, links, owner_keys, resource, resources, snapshot, with_store,
};

const CARD: &str =
    "fragment Card on Resource { __typename id kind name account region presence owner }";

const RADIUS: &str =
    "query($of: [ID!]!, $direction: Direction!) { blastRadius(of: $of, direction: $direction) {
    roots { id } totalCount truncated
    nodes { distance resource { ...Card } path { from { id } to { id } relation phases } }
    links { from { id } to { id } relation phases evidence { api field inferred observedAt } }
    byKind { kind count } byOwner { owner count }
    blindSpots { account region api reason message kinds }
} } fragment Card on Resource { __typename id kind name account region presence owner }";

#[tokio::test]
async fn a_resource_with_all_its_fields() {
    let query = "query($id: ID!) { resource(id: $id) {
        __typename id kind name account region presence owner tags { key value } attributes consoleUrl observedAt
        links { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            nodes { relation phases from { id } to { id } evidence { api field inferred observedAt } }
            edges { cursor node { to { __typename name } } } }
        findings { id }
        ... on EcsService { typed: name } ... on EcsTask { never: name }
    } }";
    assert_json_snapshot!(Caller::of(app()).data(query, json!({ "id": WEB })).await);
}

#[tokio::test]
async fn kinds_without_a_type_of_their_own_are_other_resources() {
    let query = "query($id: ID!) { resource(id: $id) { __typename kind presence consoleUrl ... on OtherResource { name } } }";
    assert_eq!(
        Caller::of(app()).data(query, json!({ "id": BUCKET })).await["resource"],
        json!({
            "__typename": "OtherResource", "kind": "S3_BUCKET", "presence": "OUTSIDE", "name": "other-team",
            "consoleUrl": "https://console.aws.amazon.com/s3/buckets/other-team",
        })
    );
}

#[tokio::test]
async fn a_missing_resource_has_no_page_in_the_console() {
    let query = "query($id: ID!) { resource(id: $id) { presence consoleUrl } }";
    let caller = Caller::of(app());
    let missing = caller.data(query, json!({ "id": SECRET })).await;
    assert_eq!(
        missing["resource"],
        json!({ "presence": "MISSING", "consoleUrl": null })
    );
    let unreadable = caller.data(query, json!({ "id": PARAMETER })).await;
    assert_eq!(unreadable["resource"]["presence"], "UNREADABLE");
    assert!(unreadable["resource"]["consoleUrl"].is_string());
}

#[tokio::test]
async fn an_unknown_resource_is_null() {
    let answer = Caller::of(app())
        .data("{ resource(id: \"arn:no\") { id } }", json!({}))
        .await;
    assert_eq!(answer, json!({ "resource": null }));
}

#[tokio::test]
async fn resources_are_filtered() {
    let caller = Caller::of(app());
    let query = "query($filter: ResourceFilter) { resources(filter: $filter) { totalCount nodes { name } } }";
    let cases = [
        (
            json!(null),
            vec![
                "shop",
                "web",
                "web:7",
                "web",
                "other-team",
                "db-AbCdEf",
                "level",
            ],
        ),
        (
            json!({ "kinds": ["ECS_SERVICE", "IAM_ROLE"] }),
            vec!["web", "web"],
        ),
        (json!({ "regions": ["global"] }), vec!["web", "other-team"]),
        (
            json!({ "within": [{ "by": "KIND", "key": "SECRET" }, { "by": "KIND", "key": "ECS_SERVICE" }] }),
            vec!["web", "db-AbCdEf"],
        ),
        (
            json!({ "within": [{ "by": "KIND", "key": "SECRET" }, { "by": "REGION", "key": "global" }] }),
            vec![],
        ),
        (
            json!({ "accounts": ["111111111111"], "kinds": ["SECRET"] }),
            vec!["db-AbCdEf"],
        ),
        (
            json!({ "presence": ["MISSING", "UNREADABLE"] }),
            vec!["db-AbCdEf", "level"],
        ),
        (
            json!({ "tags": [{ "key": "team", "value": "shop" }] }),
            vec!["web", "web:7"],
        ),
        (
            json!({ "tags": [{ "key": "team" }, { "key": "Name" }] }),
            vec!["web"],
        ),
        (
            json!({ "text": "WEB", "kinds": ["ECS_TASK_DEFINITION"] }),
            vec!["web:7"],
        ),
        (json!({ "text": "nothing like it" }), vec![]),
        (json!({ "kinds": [] }), vec![]),
    ];
    for (filter, mut names) in cases {
        let found = caller.data(query, json!({ "filter": filter })).await["resources"].clone();
        let nodes = found["nodes"].as_array().unwrap();
        let mut own: Vec<&str> = nodes
            .iter()
            .map(|node| node["name"].as_str().unwrap())
            .collect();
        own.sort_unstable();
        names.sort_unstable();
        assert_eq!(own, names, "{filter}");
        assert_eq!(found["totalCount"], names.len(), "{filter}");
    }
}

/// All items of a list, page by page, and how many pages it took.
async fn pages(
    caller: &Caller,
    query: &str,
    list: impl Fn(&Value) -> Value,
) -> (Vec<Value>, usize) {
    let (mut items, mut after, mut count) = (Vec::new(), Value::Null, 0);
    loop {
        let page = list(&caller.data(query, json!({ "after": after })).await);
        assert_eq!(page["pageInfo"]["hasPreviousPage"], count > 0);
        count += 1;
        items.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], items.len());
            return (items, count);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn pages_join_to_the_whole_list() {
    let caller = Caller::of(app());
    let page = "totalCount pageInfo { hasNextPage hasPreviousPage endCursor }";
    let query = format!(
        "query($after: String) {{ resources(first: 3, after: $after) {{ {page} nodes {{ id }} }} }}"
    );
    let (ids, count) = pages(&caller, &query, |data| data["resources"].clone()).await;
    assert_eq!((ids.len(), count), (7, 3));
    assert!(ids.is_sorted_by_key(|node| node["id"].as_str().unwrap().to_owned()));

    let query = format!(
        "query($after: String) {{ resource(id: \"{DEFINITION}\") {{ links(first: 1, after: $after) {{ {page} nodes {{ to {{ id }} }} }} }} }}"
    );
    let (links, count) = pages(&caller, &query, |data| data["resource"]["links"].clone()).await;
    assert_eq!((links.len(), count), (4, 4));
}

#[tokio::test]
async fn a_cursor_holds_when_what_it_names_is_gone() {
    let app = app();
    let caller = Caller::of(app.clone());
    let query = "query($after: String) { resources(first: 2, after: $after) { pageInfo { endCursor } nodes { id } } }";
    let page = caller.data(query, json!({})).await;
    let second = page["resources"]["nodes"][1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let left: Vec<Resource> = resources()
        .into_iter()
        .filter(|each| each.id.as_str() != second)
        .collect();
    app.snapshots.publish(Snapshot::new(
        inventory("later", TAKEN_AT, left, Vec::new()),
        owner_keys(),
    ));
    let after = &page["resources"]["pageInfo"]["endCursor"];
    let next = caller.data(query, json!({ "after": after })).await;
    let ids: Vec<String> = resources().iter().map(|each| each.id.to_string()).collect();
    let mut sorted = ids;
    sorted.sort();
    assert_eq!(next["resources"]["nodes"][0]["id"], sorted[2]);
}

#[tokio::test]
async fn links_are_narrowed_by_direction_and_relation() {
    let caller = Caller::of(app());
    let query = "query($id: ID!, $direction: Direction!, $relations: [Relation!]) {
        resource(id: $id) { links(direction: $direction, relations: $relations) { totalCount nodes { from { id } to { id } } } } }";
    let count = async |id: &str, direction: &str, relations: Value| {
        let variables = json!({ "id": id, "direction": direction, "relations": relations });
        caller.data(query, variables).await["resource"]["links"]["totalCount"].clone()
    };
    assert_eq!(count(DEFINITION, "DEPENDENCIES", json!(null)).await, 4);
    assert_eq!(count(DEFINITION, "DEPENDENTS", json!(null)).await, 1);
    assert_eq!(
        count(DEFINITION, "DEPENDENCIES", json!(["READS_SECRET", "RUNS"])).await,
        2
    );
    assert_eq!(count(CLUSTER, "DEPENDENCIES", json!(null)).await, 0);
}

#[tokio::test]
async fn search_finds_by_name_and_id() {
    let caller = Caller::of(app());
    let query =
        format!("query($text: String!) {{ search(text: $text, first: 5) {{ ...Card }} }} {CARD}");
    let first = async |text: &str| {
        caller.data(&query, json!({ "text": text })).await["search"][0]["id"].clone()
    };
    assert_eq!(first(WEB).await, WEB);
    assert_eq!(first("shop").await, CLUSTER);
    assert_eq!(
        caller
            .data("{ search(text: \"web\", first: 0) { id } }", json!({}))
            .await,
        json!({ "search": [] })
    );
}

#[tokio::test]
async fn the_blast_radius_of_a_parameter() {
    let variables = json!({ "of": [PARAMETER], "direction": "DEPENDENTS" });
    assert_json_snapshot!(Caller::of(app()).data(RADIUS, variables).await);
}

#[tokio::test]
async fn what_a_service_needs() {
    let variables = json!({ "of": [WEB], "direction": "DEPENDENCIES" });
    assert_json_snapshot!(Caller::of(app()).data(RADIUS, variables).await);
}

#[tokio::test]
async fn a_blast_radius_is_narrowed() {
    let caller = Caller::of(app());
    let count = async |arguments: &str| {
        let query = format!(
            "{{ blastRadius(of: [\"{WEB}\"], direction: DEPENDENCIES, {arguments}) {{ totalCount truncated nodes {{ distance }} }} }}"
        );
        let radius = caller.data(&query, json!({})).await["blastRadius"].clone();
        (
            radius["totalCount"].clone(),
            radius["nodes"].as_array().unwrap().len(),
            radius["truncated"].clone(),
        )
    };
    assert_eq!(count("limit: 1000").await, (json!(6), 6, json!(false)));
    assert_eq!(count("maxDepth: 1").await, (json!(2), 2, json!(false)));
    assert_eq!(count("maxDepth: 0").await, (json!(0), 0, json!(false)));
    assert_eq!(
        count("kinds: [IAM_ROLE, SECRET]").await,
        (json!(2), 2, json!(false))
    );
    assert_eq!(count("limit: 2").await, (json!(6), 2, json!(true)));
    assert_eq!(
        count("phases: [SCHEDULE]").await,
        (json!(0), 0, json!(false))
    );
}

#[tokio::test]
async fn an_unknown_root_is_an_error_that_names_the_nearest() {
    let caller = Caller::of(app());
    let close = "arn:aws:ecs:eu-west-1:111111111111:service/shop/wep";
    for query in [
        "query($id: ID!) { blastRadius(of: [$id]) { totalCount } }".to_owned(),
        format!("query($id: ID!) {{ paths(from: \"{WEB}\", to: $id) {{ links {{ relation }} }} }}"),
        format!("query($id: ID!) {{ paths(from: $id, to: \"{WEB}\") {{ links {{ relation }} }} }}"),
    ] {
        let answer = caller.ask(&query, json!({ "id": close })).await;
        assert_eq!(answer.code(), "NOT_FOUND");
        assert_eq!(answer.json()["errors"][0]["extensions"]["nearest"][0], WEB);
        assert!(answer.message().contains(WEB), "{}", answer.message());
    }
}

#[tokio::test]
async fn paths_lead_to_what_is_needed() {
    let caller = Caller::of(app());
    let query = "query($from: ID!, $to: ID!) { paths(from: $from, to: $to) { links { from { id } relation to { id } } } }";
    let paths = caller
        .data(query, json!({ "from": WEB, "to": SECRET }))
        .await;
    assert_eq!(
        paths["paths"],
        json!([{ "links": [
            { "from": { "id": WEB }, "relation": "RUNS", "to": { "id": DEFINITION } },
            { "from": { "id": DEFINITION }, "relation": "READS_SECRET", "to": { "id": SECRET } },
        ] }])
    );
    let none = caller
        .data(query, json!({ "from": SECRET, "to": WEB }))
        .await;
    assert_eq!(none["paths"], json!([]));
}

#[tokio::test]
async fn the_estate_is_folded() {
    let query = "{ estate(groupBy: [ACCOUNT, KIND]) { by key label count dependents blindSpots groups { by key label count groups { key } } } }";
    assert_json_snapshot!(Caller::of(app()).data(query, json!({})).await);
}

#[tokio::test]
async fn the_estate_by_a_tag() {
    let query = "{ estate(groupBy: [TAG], tag: \"team\", filter: { kinds: [ECS_SERVICE] }, depth: 1) { by key count } }";
    assert_eq!(
        Caller::of(app()).data(query, json!({})).await["estate"],
        json!([{ "by": "TAG", "key": "shop", "count": 1 }])
    );
}

#[tokio::test]
async fn coverage_says_what_was_read_and_what_was_not() {
    let query =
        "{ coverage { scopes { account region crawledAt durationMs apiCalls resources links }
        blindSpots { account region api reason message kinds } } }";
    assert_json_snapshot!(Caller::of(app()).data(query, json!({})).await);
}

#[tokio::test]
async fn coverage_counts_every_resource_once() {
    let query = "{ resources { totalCount } coverage { resources scopes { account region resources namedOnly } elsewhere { account region resources namedOnly } } }";
    let data = Caller::of(app()).data(query, json!({})).await;
    let own = &data["coverage"];
    assert_eq!(
        own["scopes"],
        json!([
            { "account": "111111111111", "region": "eu-west-1", "resources": 5, "namedOnly": 2 },
            { "account": "111111111111", "region": "global", "resources": 1, "namedOnly": 0 },
        ])
    );
    assert_eq!(
        own["elsewhere"],
        json!([{ "account": "", "region": "global", "resources": 1, "namedOnly": 1 }]),
        "the bucket of another team"
    );
    assert_eq!(own["resources"], data["resources"]["totalCount"]);
}

#[tokio::test]
async fn findings_are_filtered_and_come_in_pages() {
    let in_mesh = |id: &str| Resource {
        attributes: Attributes::from_value(
            &json!({ "proxyConfiguration": { "type": "APPMESH", "containerName": "envoy" } }),
        ),
        ..resource(id, ResourceKind::EcsTaskDefinition)
    };
    let other = DEFINITION.replace("web:7", "web:8");
    let app = app();
    app.snapshots.publish(Snapshot::new(
        inventory(
            "mesh",
            TAKEN_AT,
            vec![in_mesh(DEFINITION), in_mesh(&other)],
            Vec::new(),
        ),
        owner_keys(),
    ));
    let caller = Caller::of(app);
    let query = "query($filter: FindingFilter, $first: Int, $after: String) { findings(filter: $filter, first: $first, after: $after) {
        totalCount nodes { id level resource { id findings { id } } } pageInfo { endCursor hasNextPage } } }";
    let id = format!("app-mesh-ended:{DEFINITION}");
    let first = caller.data(query, json!({ "first": 1 })).await;
    assert_eq!(first["findings"]["totalCount"], 2);
    assert_eq!(
        first["findings"]["nodes"],
        json!([{ "id": id, "level": "HIGH", "resource": { "id": DEFINITION, "findings": [{ "id": id }] } }])
    );
    let after = &first["findings"]["pageInfo"]["endCursor"];
    let second = caller.data(query, json!({ "after": after })).await;
    let second = &second["findings"];
    assert_eq!(second["nodes"][0]["resource"]["id"], other);
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    let counts = [
        (json!({ "levels": ["LOW"] }), 0),
        (json!({ "rules": ["app-mesh-ended"], "resource": other }), 1),
        (json!({ "rules": ["another"] }), 0),
    ];
    for (filter, count) in counts {
        let data = caller.data(query, json!({ "filter": filter })).await;
        assert_eq!(data["findings"]["totalCount"], count, "{filter}");
    }
}

#[tokio::test]
async fn a_crawl_is_started() {
    let crawl = FakeCrawl::new();
    let mut app = app();
    app.crawl = Some(crawl.clone());
    let started = Caller::of(app)
        .data("mutation { crawl { id startedAt } }", json!({}))
        .await;
    assert_eq!(
        started["crawl"],
        json!({ "id": "run-1", "startedAt": "2026-11-23T18:00:00Z" })
    );
    assert_eq!(crawl.starts.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_server_that_only_shows_a_file_does_not_crawl() {
    let answer = Caller::of(app())
        .ask("mutation { crawl { id } }", json!({}))
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert!(
        answer.message().contains("serves a file"),
        "{}",
        answer.message()
    );
}

#[tokio::test]
async fn before_the_first_snapshot_nothing_is_ready_but_the_schema() {
    let caller = Caller::of(empty());
    for query in [
        "{ resource(id: \"a\") { id } }",
        "{ resources { totalCount } }",
        "{ search(text: \"a\") { id } }",
        "{ blastRadius(of: [\"a\"]) { totalCount } }",
        "{ paths(from: \"a\", to: \"b\") { links { relation } } }",
        "{ estate(groupBy: [KIND]) { key } }",
        "{ coverage { scopes { account } } }",
        "{ assess(change: { planId: \"a\" }) { risk } }",
    ] {
        assert_eq!(
            caller.ask(query, json!({})).await.code(),
            "NOT_READY",
            "{query}"
        );
    }
    assert_eq!(
        caller
            .data("{ __typename snapshots { totalCount } }", json!({}))
            .await["snapshots"]["totalCount"],
        0
    );
}

#[tokio::test]
async fn bad_arguments_are_named() {
    let caller = Caller::of(app());
    let cases = [
        ("{ resources(first: -1) { totalCount } }", "`first` is -1"),
        (
            "{ resources(first: 1001) { totalCount } }",
            "`first` is 1001",
        ),
        (
            "{ resources(after: \"nonsense\") { totalCount } }",
            "`after` is not a cursor",
        ),
        (
            "{ search(text: \"a\", first: 5000) { id } }",
            "`first` is 5000",
        ),
        ("{ snapshots(first: -5) { totalCount } }", "`first` is -5"),
        (
            "{ snapshots(after: \"UmE\") { totalCount } }",
            "`after` is not a cursor",
        ),
        (
            "{ reviews(after: \"a\") { totalCount } }",
            "`after` is not a cursor",
        ),
        ("{ findings(first: -1) { totalCount } }", "`first` is -1"),
        (
            "{ blastRadius(of: []) { totalCount } }",
            "`of` takes 1 to 1000",
        ),
        (
            "{ blastRadius(of: [\"a\"], maxDepth: -1) { totalCount } }",
            "`maxDepth` is -1",
        ),
        (
            "{ blastRadius(of: [\"a\"], limit: -1) { totalCount } }",
            "`limit` is -1",
        ),
        (
            "{ paths(from: \"a\", to: \"b\", first: 101) { links { relation } } }",
            "`first` is 101",
        ),
        ("{ estate(groupBy: []) { key } }", "`groupBy` takes 1 to 8"),
        ("{ estate(groupBy: [TAG]) { key } }", "give `tag`"),
        (
            "{ estate(groupBy: [KIND], depth: 9) { key } }",
            "`depth` is 9",
        ),
        (
            "{ resources(filter: { kinds: [NO_SUCH_KIND] }) { totalCount } }",
            "NO_SUCH_KIND",
        ),
        ("{ resource(id: \"a\") { nothing } }", "nothing"),
        ("{ resource(id: ", ""),
    ];
    for (query, said) in cases {
        let answer = caller.ask(query, json!({})).await;
        assert_eq!(answer.code(), "BAD_INPUT", "{query}");
        assert!(
            answer.message().contains(said),
            "{query}: {}",
            answer.message()
        );
    }
    let long = caller
        .ask(
            "query($text: String!) { search(text: $text) { id } }",
            json!({ "text": "a".repeat(3000) }),
        )
        .await;
    assert_eq!(long.code(), "BAD_INPUT");
    let kind = caller.ask("query($kinds: [ResourceKind!]) { resources(filter: { kinds: $kinds }) { totalCount } }", json!({ "kinds": ["X"] })).await;
    assert_eq!(kind.code(), "BAD_INPUT");
}

/// A store with an earlier snapshot, in which one resource more was there and the service was smaller.
async fn with_history(root: &std::path::Path) -> Caller {
    let app = with_store(root);
    let mut earlier = resources();
    earlier[0].attributes =
        Attributes::from_value(&json!({ "desiredCount": 2, "launchType": "FARGATE" }));
    earlier[0].observed_at = TAKEN_AT - Duration::days(1);
    earlier.push(resource(
        "arn:aws:logs:eu-west-1:111111111111:log-group:/old",
        ResourceKind::LogGroup,
    ));
    earlier.retain(|each| each.presence != Presence::Outside);
    let mut old_links = links();
    old_links.retain(|link| link.to.as_str() != BUCKET);
    let store = app.store.clone().unwrap();
    store
        .save_snapshot(&inventory(
            "earlier",
            TAKEN_AT - Duration::days(1),
            earlier,
            old_links,
        ))
        .await
        .unwrap();
    let mut now = snapshot().inventory().clone();
    now.changes = Some(count_changes(&store.load("earlier").await.unwrap(), &now));
    store.save_snapshot(&now).await.unwrap();
    Caller::of(app)
}

#[tokio::test]
async fn an_earlier_snapshot_is_asked_by_its_id() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    let query = "query($id: ID!, $snapshot: ID) { resource(id: $id, snapshot: $snapshot) { attributes }
        resources(snapshot: $snapshot) { totalCount } blastRadius(of: [$id], snapshot: $snapshot) { totalCount } }";
    for (snapshot, count) in [(json!(null), 3), (json!("now"), 3), (json!("earlier"), 2)] {
        let data = caller
            .data(query, json!({ "id": WEB, "snapshot": snapshot }))
            .await;
        assert_eq!(
            (
                &data["resource"]["attributes"]["desiredCount"],
                &data["resources"]["totalCount"]
            ),
            (&json!(count), &json!(7)),
            "{snapshot}"
        );
    }
    for id in ["absent", "../../etc/passwd", ""] {
        let answer = caller
            .ask(query, json!({ "id": WEB, "snapshot": id }))
            .await;
        assert_eq!(answer.code(), "NOT_FOUND", "{id}");
    }
}

#[tokio::test]
async fn snapshots_are_listed_newest_first() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    let query = "query($after: String) { snapshots(first: 1, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { id takenAt resources links changes { since added removed changed } } } }";
    let (snapshots, _) = pages(&caller, query, |data| data["snapshots"].clone()).await;
    assert_eq!(
        json!(snapshots),
        json!([
            { "id": "now", "takenAt": "2026-11-23T18:00:00Z", "resources": 7, "links": 6,
                "changes": { "since": "earlier", "added": 1, "removed": 1, "changed": 1 } },
            { "id": "earlier", "takenAt": "2026-11-22T18:00:00Z", "resources": 7, "links": 5, "changes": null },
        ])
    );
    let alone = Caller::of(app())
        .data("{ snapshots { nodes { id } } }", json!({}))
        .await;
    assert_eq!(
        alone["snapshots"]["nodes"],
        json!([{ "id": "now" }]),
        "what is shown is there without a store too"
    );
}

#[tokio::test]
async fn the_estate_says_where_something_changed_since_an_earlier_snapshot() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    let query =
        "query($since: ID) { estate(groupBy: [KIND], changedSince: $since) { key changed } }";
    let changed = async |since: Value| -> Vec<(String, Value)> {
        let data = caller.data(query, json!({ "since": since })).await;
        let groups = data["estate"].as_array().unwrap().iter();
        groups
            .map(|own| {
                (
                    own["key"].as_str().unwrap().to_owned(),
                    own["changed"].clone(),
                )
            })
            .filter(|(_, changed)| *changed != 0)
            .collect()
    };
    let mut found = changed(json!("earlier")).await;
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(
        found,
        [
            ("ECS_SERVICE".to_owned(), json!(1)),
            ("S3_BUCKET".to_owned(), json!(1)),
        ]
    );
    assert_eq!(changed(json!("now")).await, []);
    let without = changed(json!(null)).await;
    assert_eq!(without.len(), 7, "every kind of the estate");
    assert!(without.iter().all(|(_, own)| own.is_null()));
    let answer = caller.ask(query, json!({ "since": "absent" })).await;
    assert_eq!(answer.code(), "NOT_FOUND");
    assert!(
        answer.message().contains("`absent`"),
        "{}",
        answer.message()
    );
}

#[tokio::test]
async fn the_coverage_of_an_earlier_snapshot_is_asked_by_its_id() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    let query = "query($snapshot: ID) { coverage(snapshot: $snapshot) { scopes { crawledAt } blindSpots { api } } }";
    for (snapshot, day) in [(json!(null), "23"), (json!("earlier"), "22")] {
        let data = caller.data(query, json!({ "snapshot": snapshot })).await;
        let scope = &data["coverage"]["scopes"][0];
        let crawled_at = format!("2026-11-{day}T18:00:00Z");
        assert_eq!(scope["crawledAt"], json!(crawled_at), "{snapshot}");
        let blind = &data["coverage"]["blindSpots"][0]["api"];
        assert_eq!(blind, "ssm:DescribeParameters");
    }
    let answer = caller.ask(query, json!({ "snapshot": "absent" })).await;
    assert_eq!(answer.code(), "NOT_FOUND");
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_stays_in_the_list_and_says_why() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    for id in ["earlier", "now"] {
        let file = root.path().join(format!("snapshots/{id}.jsonl.zst"));
        std::fs::write(file, "nonsense").unwrap();
    }
    let query =
        "{ snapshots { totalCount nodes { id problem resources links changes { since } } } }";
    let listed = caller.data(query, json!({})).await["snapshots"].clone();
    assert_eq!(listed["totalCount"], 2);
    let find = |id: &str| {
        let mut nodes = listed["nodes"].as_array().unwrap().iter();
        nodes.find(|own| own["id"] == id).unwrap().clone()
    };
    let broken = find("earlier");
    let problem = broken["problem"].as_str().unwrap();
    assert!(problem.contains("is not a blastmap snapshot"), "{problem}");
    assert_eq!(
        (&broken["resources"], &broken["links"], &broken["changes"]),
        (&json!(0), &json!(0), &json!(null))
    );
    let latest = find("now");
    assert_eq!(
        (&latest["problem"], &latest["resources"]),
        (&json!(null), &json!(7)),
        "it is in memory"
    );
    let diff = "{ diff(from: \"earlier\", to: \"now\") { addedCount } }";
    let answer = caller.ask(diff, json!({})).await;
    assert_eq!(answer.code(), "NOT_FOUND");
    assert!(answer.message().contains("is not a blastmap snapshot"));
}

#[tokio::test]
async fn a_deep_estate_is_weighed_by_its_depth() {
    let caller = Caller::of(app());
    let all = "by key label count dependents blindSpots";
    let nested = (0..7).fold(all.to_owned(), |inner, _| {
        format!("{all} groups {{ {inner} }}")
    });
    let query =
        format!("query($depth: Int) {{ estate(groupBy: [KIND], depth: $depth) {{ {nested} }} }}");
    for (depth, code) in [(1, ""), (4, ""), (8, "TOO_COMPLEX")] {
        let answer = caller.ask(&query, json!({ "depth": depth })).await;
        assert_eq!(answer.code(), code, "{depth}: {}", answer.message());
    }
}

#[tokio::test]
async fn a_diff_says_what_changed() {
    let root = tempfile::tempdir().unwrap();
    let caller = with_history(root.path()).await;
    let query = "query($from: ID!, $to: ID!) { diff(from: $from, to: $to) { from { id } to { id } added { id } removed { id }
        changed { before { id attributes } after { attributes } attributes { name before after unknown sensitive } }
        linksAdded { from { id } to { id } } linksRemoved { from { id } to { id } } } }";
    assert_json_snapshot!(
        caller
            .data(query, json!({ "from": "earlier", "to": "now" }))
            .await
    );
    let same = caller
        .data(query, json!({ "from": "now", "to": "now" }))
        .await["diff"]
        .clone();
    for list in ["added", "removed", "changed", "linksAdded", "linksRemoved"] {
        assert_eq!(same[list], json!([]), "{list}");
    }
    let back = caller
        .data(query, json!({ "from": "now", "to": "earlier" }))
        .await["diff"]
        .clone();
    assert_eq!(back["removed"], json!([{ "id": BUCKET }]));
    assert_eq!(back["linksRemoved"][0]["to"]["id"], BUCKET);
}

#[tokio::test]
async fn one_request_sees_one_snapshot_and_the_next_the_newest() {
    let app = app();
    let caller = Caller::of(app.clone());
    let query = "{ a: resources { totalCount } b: resources { totalCount } }";
    assert_eq!(caller.data(query, json!({})).await["a"]["totalCount"], 7);
    app.snapshots.publish(Snapshot::new(
        inventory("next", TAKEN_AT, Vec::new(), Vec::new()),
        owner_keys(),
    ));
    let data = caller.data(query, json!({})).await;
    assert_eq!(
        (&data["a"]["totalCount"], &data["b"]["totalCount"]),
        (&json!(0), &json!(0))
    );
}

#[test]
fn the_command_lines_json_has_ids_for_the_ends_of_links() {
    let snapshot = snapshot();
    let root = snapshot.inventory().find(PARAMETER).unwrap();
    let radius = blast_radius(&snapshot, &[root], &RadiusQuery::default());
    assert_json_snapshot!(blastmap_api::radius_json(&snapshot, &radius));
}
