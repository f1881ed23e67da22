//! `blastmap radius`: one resource, drawn in four ways.

use serde_json::Value;

use crate::program::Machine;

const CHECKOUT: &str = "arn:aws:ecs:us-east-1:123456789012:service/prod/checkout";
const SECRET: &str = "prod/payments/acquirer";
const TASK_DEFINITION: &str = "payments-worker:1";

async fn radius(arguments: &[&str]) -> String {
    let machine = Machine::new();
    machine
        .prints(&[&["radius", "--demo"], arguments].concat())
        .await
}

/// Times differ from crawl to crawl.
fn without_times() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "[time]");
    settings
}

#[tokio::test]
async fn a_tree_shows_the_nearest_first_and_why() {
    insta::assert_snapshot!(radius(&[SECRET]).await);
}

#[tokio::test]
async fn a_tree_names_the_blind_spots_that_could_hide_more() {
    insta::assert_snapshot!(radius(&["aa110f83-ddea-4df5-8c24-228c213262d7"]).await);
}

#[tokio::test]
async fn json_has_the_shape_of_the_api() {
    let text = radius(&[TASK_DEFINITION, "--format", "json"]).await;
    without_times().bind(|| insta::assert_snapshot!(text));
}

#[tokio::test]
async fn dot_is_for_graphviz() {
    insta::assert_snapshot!(radius(&[SECRET, "--format", "dot"]).await);
}

#[tokio::test]
async fn mermaid_is_for_documents() {
    insta::assert_snapshot!(radius(&[SECRET, "--format", "mermaid"]).await);
}

#[tokio::test]
async fn a_resource_goes_by_its_arn_its_id_and_its_name() {
    let cases = [
        (
            "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-f59d92c87e852c390",
            "vpc-f59d92c87e852c390",
        ),
        (
            "arn:aws:ecs:us-east-1:123456789012:task-definition/payments-worker:1",
            TASK_DEFINITION,
        ),
        (
            "arn:aws:ssm:us-east-1:123456789012:parameter/prod/checkout/tax-api-url",
            "/prod/checkout/tax-api-url",
        ),
    ];
    for (arn, short) in cases {
        let by_arn = radius(&[arn]).await;
        assert!(by_arn.lines().count() > 3, "{by_arn}");
        assert_eq!(by_arn, radius(&[short]).await);
    }
}

#[tokio::test]
async fn depth_ends_the_walk() {
    let distances = |text: &str| -> Vec<u64> {
        let radius: Value = serde_json::from_str(text).unwrap();
        let nodes = radius["nodes"].as_array().unwrap();
        nodes
            .iter()
            .map(|node| node["distance"].as_u64().unwrap())
            .collect()
    };
    let all = distances(&radius(&[SECRET, "--format", "json"]).await);
    let near = distances(&radius(&[SECRET, "--format", "json", "--depth", "2"]).await);
    assert_eq!(all.iter().max(), Some(&6));
    let expected: Vec<u64> = all.into_iter().filter(|distance| *distance <= 2).collect();
    assert_eq!(near, expected);
    assert!(near.is_sorted() && near.contains(&2));
}

#[tokio::test]
async fn dependencies_are_what_it_needs() {
    let text = radius(&[CHECKOUT, "--direction", "dependencies", "--format", "json"]).await;
    let needs: Value = serde_json::from_str(&text).unwrap();
    let kinds: Vec<&str> = needs["byKind"]
        .as_array()
        .unwrap()
        .iter()
        .map(|own| own["kind"].as_str().unwrap())
        .collect();
    for kind in [
        "ECS_CLUSTER",
        "ECS_TASK_DEFINITION",
        "IAM_ROLE",
        "SUBNET",
        "SECRET",
    ] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert!(
        !kinds.contains(&"ECS_TASK"),
        "tasks need the service: {kinds:?}"
    );
}

#[tokio::test]
async fn an_unknown_resource_is_refused_with_the_nearest_names() {
    let machine = Machine::new();
    let ended = machine.run(&["radius", "--demo", "paymets-worker:1"]).await;
    insta::assert_snapshot!(ended.failure());
}

#[tokio::test]
async fn a_name_like_no_other_is_refused_with_what_to_give() {
    let machine = Machine::new();
    let ended = machine.run(&["radius", "--demo", "zzzzzzzz"]).await;
    insta::assert_snapshot!(ended.failure());
}

#[tokio::test]
async fn a_name_of_several_resources_is_refused_with_their_ids() {
    let machine = Machine::new();
    let ended = machine.run(&["radius", "--demo", "checkout"]).await;
    insta::assert_snapshot!(ended.failure());
}

#[tokio::test]
async fn a_server_that_is_none_is_named() {
    let machine = Machine::new();
    let ended = machine
        .run(&["radius", CHECKOUT, "--server", "http://127.0.0.1:1"])
        .await;
    let line = ended.failure();
    assert!(
        line.starts_with("no answer from http://127.0.0.1:1: "),
        "{line}"
    );
    assert!(
        line.ends_with("; is a blastmap server running there?"),
        "{line}"
    );
}
