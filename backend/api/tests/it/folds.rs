//! Radii with fewer nodes.

use blastmap_graph::Snapshot;
use blastmap_judge::estate::{Estate, arn};
use blastmap_model::{Relation, ResourceKind};
use serde_json::{Value, json};

use crate::support::{
    CLUSTER, Caller, DEFINITION, PARAMETER, ROLE, SECRET, TAKEN_AT, WEB, app, empty, inventory,
    link, links, owner_keys, resource, resources,
};

const FOLDED: &str = "query($of: [ID!]!, $fold: [GroupBy!], $limit: Int, $tag: String) {
    blastRadius(of: $of, fold: $fold, limit: $limit, tag: $tag) {
        totalCount nodeCount truncated byDistance { distance count } byKind { kind count }
        nodes { resource { id } distance folded label members(first: 2) { id } byKind { kind count }
            path { from { id } to { id } } foldedPath { from { id } to { id } relation } }
        links { from { id } to { id } relation folded evidence { api field } }
    } }";

/// The small estate with two tasks of the service and two schedules that start its definition.
fn caller() -> Caller {
    let app = empty();
    let (mut all, mut ties) = (resources(), links());
    for name in ["a", "b"] {
        let task = format!("arn:aws:ecs:eu-west-1:111111111111:task/shop/{name}");
        let schedule = format!("arn:aws:scheduler:eu-west-1:111111111111:schedule/default/{name}");
        all.push(resource(&task, ResourceKind::EcsTask));
        all.push(resource(&schedule, ResourceKind::Schedule));
        ties.push(link(&task, Relation::PartOf, WEB));
        ties.push(link(&task, Relation::Runs, DEFINITION));
        ties.push(link(&schedule, Relation::Starts, DEFINITION));
    }
    app.snapshots.publish(Snapshot::new(
        inventory("now", TAKEN_AT, all, ties),
        owner_keys(),
    ));
    Caller::of(app)
}

async fn ask(fold: Value) -> Value {
    let variables = json!({ "of": [ROLE], "fold": fold });
    caller().data(FOLDED, variables).await["blastRadius"].clone()
}

/// `distance name +folded` of each node.
fn say(radius: &Value) -> Vec<String> {
    let nodes = radius["nodes"].as_array().unwrap().iter();
    nodes
        .map(|node| {
            let (distance, label) = (&node["distance"], node["label"].as_str().unwrap());
            format!("{distance} {label} +{}", node["folded"])
        })
        .collect()
}

#[tokio::test]
async fn a_radius_folds_by_service() {
    let radius = ask(json!(["SERVICE"])).await;
    assert_eq!(say(&radius), ["1 web +3", "2 a +0", "2 b +0"]);
    let web = &radius["nodes"][0];
    assert_eq!(web["resource"]["id"], WEB);
    assert_eq!(
        web["members"],
        json!([{ "id": WEB }, { "id": DEFINITION }]),
        "at most as many as asked for"
    );
    assert_eq!(
        web["byKind"],
        json!([
            { "kind": "ECS_TASK", "count": 2 },
            { "kind": "ECS_SERVICE", "count": 1 },
            { "kind": "ECS_TASK_DEFINITION", "count": 1 },
        ])
    );
    assert_eq!(
        web["path"],
        json!([{ "from": { "id": DEFINITION }, "to": { "id": ROLE } }]),
        "as it is"
    );
    assert_eq!(
        web["foldedPath"],
        json!([{ "from": { "id": WEB }, "to": { "id": ROLE }, "relation": "TASK_ROLE" }])
    );
    assert_eq!(
        (&radius["totalCount"], &radius["nodeCount"]),
        (&json!(6), &json!(3))
    );
    assert_eq!(
        radius["byDistance"],
        json!([{ "distance": 1, "count": 4 }, { "distance": 2, "count": 2 }])
    );
    let links = radius["links"].as_array().unwrap();
    assert_eq!(links.len(), 3);
    assert!(links.iter().any(|link| {
        link["from"]["id"] == WEB
            && link["to"]["id"] == ROLE
            && link["evidence"] == json!({ "api": "ecs:DescribeServices", "field": "services[0]" })
    }));
}

#[tokio::test]
async fn leaves_fold_by_what_they_have_in_common() {
    let radius = ask(json!(["SERVICE", "OWNER", "KIND"])).await;
    assert_eq!(say(&radius), ["1 web +3", "2 no owner, schedule +1"]);
    let starts = radius["links"].as_array().unwrap();
    assert!(
        starts
            .iter()
            .any(|link| link["relation"] == "STARTS" && link["folded"] == 1)
    );
}

#[tokio::test]
async fn without_folding_every_node_is_itself() {
    let radius = ask(json!(null)).await;
    assert_eq!(radius["nodeCount"], radius["totalCount"]);
    for node in radius["nodes"].as_array().unwrap() {
        assert_eq!(node["folded"], 0);
        assert_eq!(node["members"], json!([node["resource"]]));
        assert_eq!(node["path"].as_array().unwrap().len(), node["distance"]);
    }
    assert_eq!(ask(json!([])).await, radius, "nor by nothing");
}

#[tokio::test]
async fn the_limit_is_of_nodes() {
    let variables = json!({ "of": [ROLE], "fold": ["SERVICE"], "limit": 1 });
    let radius = caller().data(FOLDED, variables).await["blastRadius"].clone();
    assert_eq!(say(&radius), ["1 web +3"]);
    assert_eq!(
        (
            &radius["truncated"],
            &radius["nodeCount"],
            &radius["totalCount"]
        ),
        (&json!(true), &json!(3), &json!(6))
    );
    assert_eq!(
        radius["byDistance"],
        json!([{ "distance": 1, "count": 4 }, { "distance": 2, "count": 2 }])
    );
}

#[tokio::test]
async fn what_cannot_be_folded_by_is_refused() {
    let caller = Caller::of(app());
    for (fold, tag) in [
        (json!(["TAG"]), json!(null)),
        (json!(vec!["KIND"; 9]), json!(null)),
    ] {
        let variables = json!({ "of": [WEB], "fold": fold, "tag": tag });
        let answer = caller.ask(FOLDED, variables).await;
        assert_eq!(answer.code(), "BAD_INPUT", "{}", answer.text());
        assert!(answer.message().contains("`fold`"), "{}", answer.message());
    }
    let variables = json!({ "of": [WEB], "fold": ["TAG"], "tag": "team" });
    caller.data(FOLDED, variables).await;
}

#[tokio::test]
async fn what_could_not_be_read_is_not_folded_away() {
    let query =
        "query($of: [ID!]!) { blastRadius(of: $of, direction: DEPENDENCIES, fold: [KIND, REGION]) {
        nodes { resource { id presence } folded } } }";
    let radius = Caller::of(app())
        .data(query, json!({ "of": [DEFINITION, CLUSTER] }))
        .await["blastRadius"]
        .clone();
    for id in [SECRET, PARAMETER] {
        let mut nodes = radius["nodes"].as_array().unwrap().iter();
        let node = nodes.find(|node| node["resource"]["id"] == id).unwrap();
        assert_eq!(node["folded"], 0);
    }
}

#[tokio::test]
async fn the_radius_of_a_change_folds_and_shows_who_is_hit() {
    let estate = Estate::new().vpc_with_nat().fargate_service().alb();
    let app = empty();
    app.snapshots.publish(Snapshot::new(
        estate.snapshot().inventory().clone(),
        owner_keys(),
    ));
    let query = "query($change: ChangeInput!) { assess(change: $change) {
        impacts { resource { id } }
        whole: blastRadius { totalCount nodeCount nodes { resource { id } } }
        folded: blastRadius(fold: [SERVICE, KIND]) { totalCount nodeCount truncated nodes { resource { id } members { id } } }
        few: blastRadius(fold: [SERVICE, KIND], limit: 1) { truncated nodes { label } }
    } }";
    let change =
        json!({ "resources": [{ "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" }] });
    let told = Caller::of(app)
        .data(query, json!({ "change": change }))
        .await["assess"]
        .clone();
    let (whole, folded) = (&told["whole"], &told["folded"]);
    assert_eq!(whole["totalCount"], folded["totalCount"]);
    assert!(folded["nodeCount"].as_u64() < whole["nodeCount"].as_u64());
    let hit: Vec<&Value> = told["impacts"].as_array().unwrap().iter().collect();
    assert!(!hit.is_empty());
    let shown = |id: &Value| {
        let nodes = folded["nodes"].as_array().unwrap().iter();
        nodes
            .filter(|node| {
                node["members"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|own| own["id"] == *id)
            })
            .map(|node| node["resource"]["id"].clone())
            .next()
    };
    for impact in &hit {
        let id = &impact["resource"]["id"];
        let face = shown(id).unwrap();
        assert!(
            hit.iter().any(|own| own["resource"]["id"] == face),
            "{id} is shown as {face}, which is not hit"
        );
    }
    assert_eq!(
        (
            told["few"]["nodes"].as_array().unwrap().len(),
            &told["few"]["truncated"]
        ),
        (1, &json!(true))
    );
}
