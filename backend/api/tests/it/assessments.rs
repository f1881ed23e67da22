//! What a change would do, and reviews that keep the answer.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use blastmap_api::App;
use blastmap_graph::Snapshot;
use blastmap_judge::estate::{Estate, arn, web_definition};
use blastmap_model::kinds;
use blastmap_store::Store;
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::support::{Answer, Caller, empty, get, owner_keys, post_with};

/// Stands in for a secret of the input: it may never be seen again.
const HIDDEN: &str = "hunter2-plum";

/// A healthy service of two tasks behind a load balancer.
fn estate() -> Estate {
    Estate::new().vpc_with_nat().fargate_service().alb().tagged(
        &arn("ecs", "service/main/web"),
        "team",
        "shop",
    )
}

pub(crate) fn whole() -> App {
    let app = empty();
    let snapshot = estate().snapshot();
    let snapshot = Snapshot::new(snapshot.inventory().clone(), owner_keys());
    app.snapshots.publish(snapshot);
    app
}

pub(crate) fn stored(root: &std::path::Path) -> App {
    App {
        store: Some(Arc::new(Store::open(root.to_str().unwrap(), None).unwrap())),
        ..whole()
    }
}

const ASSESS: &str = "query($change: ChangeInput!) { assess(change: $change) {
    risk changes { address action match resource { id } attributes { name before after unknown sensitive } }
    notJudged { address } risks { rule level title detail resource { id } affected { id } evidence { relation } }
    impacts { resource { id } outcome phase cause } alreadyBroken { cause } mended { cause }
    blastRadius { totalCount } blindSpots { api } snapshot { id }
} }";

const KEEP: &str = "mutation($title: String!, $change: ChangeInput!) { createReview(title: $title, change: $change) {
    id title createdAt assessment { risk impacts { resource { id } outcome cause } } } }";

const REVIEW: &str = "query($id: ID!) { review(id: $id) { id title createdAt assessment {
    risk changes { address resource { id name attributes } } risks { id title evidence { from { id } to { id } } }
    impacts { resource { id name owner } outcome phase lost of cause path { relation evidence { api field } } awsError }
    alreadyBroken { cause } mended { cause } notJudged { address } blindSpots { api } blastRadius { totalCount nodes { distance } }
    snapshot { id takenAt resources links } } } }";

pub(crate) fn deletes_the_parameter() -> Value {
    json!({ "resources": [{ "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" }] })
}

/// A plan that deletes the parameter, with its value in it.
fn plan() -> String {
    let parameter = json!({
        "arn": arn("ssm", "parameter/prod/url"), "id": "/prod/url", "name": "/prod/url", "type": "SecureString", "value": HIDDEN,
    });
    let change = json!({
        "actions": ["delete"], "before": parameter, "after": null, "after_unknown": {},
        "before_sensitive": { "value": true }, "after_sensitive": false,
    });
    json!({
        "format_version": "1.2", "terraform_version": "1.9.8",
        "variables": { "password": { "value": HIDDEN } },
        "resource_changes": [{
            "address": "aws_ssm_parameter.url", "mode": "managed", "type": "aws_ssm_parameter", "name": "url",
            "provider_name": "registry.terraform.io/hashicorp/aws", "change": change,
        }],
    })
    .to_string()
}

/// A task definition that names a parameter that is not there.
fn definition() -> String {
    let mut definition = web_definition();
    definition.container_definitions[0].secrets[0].value_from = arn("ssm", "parameter/prod/absent");
    let mut input = kinds::attributes(&definition);
    let fields = input.as_object_mut().unwrap();
    for told_by_aws in ["taskDefinitionArn", "revision", "status", "compatibilities"] {
        fields.remove(told_by_aws);
    }
    input["containerDefinitions"][0]["environment"] =
        json!([{ "name": "PASSWORD", "value": HIDDEN }]);
    input.to_string()
}

fn change_set() -> String {
    json!({
        "ChangeSetName": "a", "StackName": "b", "Status": "CREATE_COMPLETE",
        "Changes": [{ "Type": "Resource", "ResourceChange": {
            "Action": "Remove", "LogicalResourceId": "Url", "PhysicalResourceId": "/prod/url",
            "ResourceType": "AWS::SSM::Parameter", "Scope": [], "Details": [],
        } }],
    })
    .to_string()
}

fn to_plans(headers: &[(&'static str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = post_with(headers, body);
    *request.uri_mut() = "/plans".parse().unwrap();
    request
}

async fn send_plan(caller: &Caller, body: String) -> String {
    let answer = caller.send(to_plans(&[], body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn hides(text: &str) {
    assert!(!text.contains(HIDDEN), "a secret of the input: {text}");
}

#[tokio::test]
async fn a_whole_assessment() {
    let change = json!({ "resources": [
        { "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" },
        { "id": arn("elasticloadbalancing", "listener-rule/app/front/1/80/10"), "action": "DELETE" },
        { "id": "arn:aws:sqs:eu-west-1:123456789012:unseen", "action": "DELETE" },
    ] });
    let query = "query($change: ChangeInput!) { assess(change: $change) {
        risk changes { address action match resource { id } attributes { name before after unknown sensitive } }
        risks { id rule level title detail remediation resource { id } affected { id } evidence { from { id } relation to { id } } documentation }
        impacts { resource { __typename id name owner presence } outcome phase lost of cause awsError
            path { from { id } relation to { id } phases evidence { api field inferred } } }
        alreadyBroken { cause } mended { cause } notJudged { address match } blindSpots { api }
        blastRadius { totalCount roots { id } byKind { kind count } } snapshot { id takenAt resources links }
    } }";
    let data = Caller::of(whole())
        .data(query, json!({ "change": change }))
        .await;
    assert_json_snapshot!(data);
}

#[tokio::test]
async fn one_change_in_any_form_is_judged_alike() {
    let caller = Caller::of(whole());
    let id = send_plan(&caller, plan()).await;
    for change in [
        deletes_the_parameter(),
        json!({ "terraformPlan": plan() }),
        json!({ "planId": id }),
        json!({ "cloudFormationChangeSet": change_set() }),
    ] {
        let data = caller.data(ASSESS, json!({ "change": change })).await;
        hides(&data.to_string());
        let assessment = &data["assess"];
        assert_eq!(assessment["risk"], "HIGH", "{change}: {assessment:#}");
        let hit = &assessment["impacts"][0];
        assert_eq!(
            (&hit["resource"]["id"], &hit["outcome"], &hit["phase"]),
            (
                &json!(arn("ecs", "service/main/web")),
                &json!("FAILS_ON_NEXT_START"),
                &json!("START")
            ),
            "{change}"
        );
        assert_eq!(assessment["notJudged"], json!([]), "{change}");
    }
}

/// A plan whose names are older than the estate's: a reviewer says what its address stands for, and the review keeps it.
#[tokio::test]
async fn what_an_address_stands_for_is_told_by_the_reviewer() {
    let caller = Caller::of(whole());
    let service = arn("ecs", "service/main/web");
    let plan = json!({ "format_version": "1.2", "resource_changes": [{
        "address": "aws_ecs_service.shop", "mode": "managed", "type": "aws_ecs_service", "name": "shop",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": { "actions": ["update"], "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {},
            "before": { "id": arn("ecs", "service/old/shop"), "name": "shop", "desired_count": 2 },
            "after": { "id": arn("ecs", "service/old/shop"), "name": "shop", "desired_count": 0 } },
    }] })
    .to_string();
    let told = |address: &str, resource: &str| {
        json!({ "title": "Monday", "change": {
        "terraformPlan": plan, "mapping": [{ "address": address, "resource": resource }] } })
    };
    let query =
        "query($change: ChangeInput!) { assess(change: $change) { risk notJudged { address }
        changes { address match mapped resource { id } } } }";

    let alone = json!({ "change": { "terraformPlan": plan } });
    let data = caller.data(query, alone).await;
    let change = &data["assess"]["changes"][0];
    assert_eq!(
        (&change["match"], &change["mapped"]),
        (&json!("NOT_FOUND"), &json!(false))
    );

    let data = caller
        .data(query, told("aws_ecs_service.shop", &service))
        .await;
    let assessment = &data["assess"];
    assert_eq!(assessment["risk"], "CRITICAL", "{assessment:#}");
    assert_eq!(assessment["notJudged"], json!([]));
    let change = &assessment["changes"][0];
    assert_eq!(change["resource"]["id"], json!(service));
    assert_eq!(
        (&change["match"], &change["mapped"]),
        (&json!("MATCHED"), &json!(true))
    );

    let data = caller
        .data(KEEP, told("aws_ecs_service.shop", &service))
        .await;
    let id = data["createReview"]["id"].clone();
    let query =
        "query($id: ID!) { review(id: $id) { assessment { changes { mapped resource { id } } } } }";
    let data = caller.data(query, json!({ "id": id })).await;
    let change = &data["review"]["assessment"]["changes"][0];
    assert_eq!(
        (&change["mapped"], &change["resource"]["id"]),
        (&json!(true), &json!(service))
    );

    let role = "arn:aws:iam::123456789012:role/web-execution";
    for (address, resource, said) in [
        ("aws_ecs_service.else", service.as_str(), "no such address"),
        ("aws_ecs_service.shop", "arn:nowhere", "no such resource"),
        ("aws_ecs_service.shop", role, "this is a role"),
        ("aws_ecs_service.shop\n", "arn\nnowhere", "no such resource"),
    ] {
        let answer = caller.ask(KEEP, told(address, resource)).await;
        assert_eq!(answer.code(), "BAD_INPUT", "{}", answer.text());
        let message = answer.message();
        assert!(message.contains(said), "{message}");
        assert!(message.contains(address.trim()), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[tokio::test]
async fn a_task_definition_is_compared_with_what_its_services_run() {
    let caller = Caller::of(whole());
    let id = send_plan(&caller, definition()).await;
    for change in [
        json!({ "taskDefinition": definition() }),
        json!({ "planId": id }),
    ] {
        let data = caller.data(ASSESS, json!({ "change": change })).await;
        hides(&data.to_string());
        let assessment = &data["assess"];
        assert_eq!(assessment["risk"], "HIGH", "{assessment:#}");
        let causes = assessment["impacts"].to_string();
        assert!(causes.contains("/prod/absent"), "{causes}");
    }
}

#[tokio::test]
async fn what_is_no_change_is_refused_in_one_line() {
    let caller = Caller::of(whole());
    let cut = plan()[..200].to_owned();
    let cases = [
        (json!({}), "takes one of"),
        (
            json!({ "planId": "1", "taskDefinition": "{}" }),
            "takes one of",
        ),
        (
            json!({ "resources": [{ "id": "a", "action": "READ" }], "planId": "1" }),
            "takes one of",
        ),
        (json!({ "resources": [] }), "takes 1 to 1000 changes"),
        (json!({ "terraformPlan": "" }), "is empty"),
        (json!({ "terraformPlan": "{}" }), "no change"),
        (json!({ "terraformPlan": cut }), "ends before its end"),
        (
            json!({ "terraformPlan": format!("Plan: 1 to add {HIDDEN}") }),
            "for people to read",
        ),
        (
            json!({ "terraformPlan": format!("{{\"a\": {HIDDEN}") }),
            "not JSON",
        ),
        (
            json!({ "terraformPlan": json!({ "format_version": "1.2", "resource_changes": HIDDEN }).to_string() }),
            "plan",
        ),
        (
            json!({ "taskDefinition": json!({ "containerDefinitions": HIDDEN }).to_string() }),
            "task definition",
        ),
        (
            json!({ "cloudFormationChangeSet": json!({ "ChangeSetName": HIDDEN, "Changes": HIDDEN }).to_string() }),
            "change",
        ),
    ];
    for (change, said) in cases {
        for query in [ASSESS, KEEP] {
            let variables = json!({ "change": change, "title": "Monday" });
            let answer = caller.ask(query, variables).await;
            assert_eq!(answer.code(), "BAD_INPUT", "{change}: {}", answer.text());
            let message = answer.message();
            assert!(message.contains(said), "{change}: {message}");
            assert_eq!(message.lines().count(), 1, "{message}");
            assert!(message.len() < 600, "{message}");
            hides(&answer.text());
        }
    }
    let many = vec![json!({ "id": "a", "action": "DELETE" }); 1001];
    let answer = caller
        .ask(ASSESS, json!({ "change": { "resources": many } }))
        .await;
    assert_eq!(answer.code(), "BAD_INPUT");
}

#[tokio::test]
async fn an_unknown_plan_is_not_found() {
    let caller = Caller::of(whole());
    for id in ["nope", "", "../../etc/passwd", &"x".repeat(5000)] {
        let answer = caller
            .ask(ASSESS, json!({ "change": { "planId": id } }))
            .await;
        assert_eq!(answer.code(), "NOT_FOUND", "{id}");
        assert!(answer.message().len() < 400);
    }
}

#[tokio::test]
async fn plans_have_fences() {
    let mut app = whole();
    app.settings.max_plan = 1000;
    let caller = Caller::of(app);
    let refused = |answer: &Answer| (answer.status, answer.code());
    let large = caller.send(to_plans(&[], "x".repeat(1001))).await;
    assert_eq!(
        refused(&large),
        (StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE".to_owned())
    );
    let just_right = format!("{:1000}", "{\"resources\": []}");
    assert_eq!(
        caller.send(to_plans(&[], just_right)).await.status,
        StatusCode::CREATED
    );
    let text = [("content-type", "text/plain")];
    assert_eq!(
        caller.send(to_plans(&text, "{}")).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let elsewhere = [("sec-fetch-site", "cross-site")];
    let answer = caller.send(to_plans(&elsewhere, "{}")).await;
    assert_eq!(
        refused(&answer),
        (StatusCode::FORBIDDEN, "FORBIDDEN".to_owned())
    );
    let other_host = [("host", "evil.example")];
    assert_eq!(
        caller.send(to_plans(&other_host, "{}")).await.status,
        StatusCode::MISDIRECTED_REQUEST
    );
    let answer = caller.get("/plans").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        answer.message(),
        "send a plan, change set or task definition to /plans by POST: its id goes into a query as `planId`"
    );
    assert_eq!(answer.header(header::ALLOW), "POST");
    let answer = caller
        .send(get("/plans").method("PUT").body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_can_be_no_change_is_refused_before_it_is_kept() {
    let caller = Caller::of(whole());
    let cut = plan()[..200].to_owned();
    let cases: [(&[u8], &str, &str); 8] = [
        (b"", "this is empty", "terraform show -json"),
        (b" \n", "this is empty", "describe-change-set"),
        (b"PK\x03\x04\0", "binary plan file", "terraform show -json"),
        (b"\x80\x81\x82", "neither text", "register-task-definition"),
        (
            b"{\"a\": 1}",
            "no change that blastmap knows",
            "terraform show -json",
        ),
        (b"[]", "a JSON list", "terraform show -json"),
        (
            cut.as_bytes(),
            "ends before its end, at line 1",
            "terraform show -json",
        ),
        (
            b"{\"a\": tru}",
            "is not JSON (line 1",
            "terraform show -json",
        ),
    ];
    for (body, what, instead) in cases {
        let answer = caller.send(to_plans(&[], body.to_vec())).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "BAD_INPUT".to_owned())
        );
        let message = answer.message();
        assert!(
            message.starts_with("the change cannot be read: ")
                && message.contains(what)
                && message.contains(instead),
            "{message}"
        );
    }
    let text = [("content-type", "text/plain")];
    assert_eq!(
        caller.send(to_plans(&text, plan())).await.message(),
        "send a plan, change set or task definition as JSON, with content-type: application/json"
    );
    for good in [
        plan(),
        change_set(),
        definition(),
        deletes_the_parameter().to_string(),
    ] {
        send_plan(&caller, good).await;
    }
}

/// All plans together have a bound: the oldest go first.
#[tokio::test]
async fn plans_do_not_fill_the_memory() {
    let mut app = whole();
    app.settings.max_plan = plan().len();
    let caller = Caller::of(app);
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(send_plan(&caller, plan()).await);
    }
    let mut kept = Vec::new();
    for id in ids {
        let answer = caller
            .ask(ASSESS, json!({ "change": { "planId": id } }))
            .await;
        kept.push(answer.code().is_empty());
    }
    assert_eq!(kept, [false, false, true, true, true, true]);
}

pub(crate) async fn keep(caller: &Caller, title: &str) -> Value {
    let variables = json!({ "title": title, "change": { "terraformPlan": plan() } });
    caller.data(KEEP, variables).await["createReview"].clone()
}

#[tokio::test]
async fn a_review_is_kept_without_a_store_as_long_as_the_server_runs() {
    let caller = Caller::of(whole());
    let kept = keep(&caller, "  Monday ").await;
    assert_eq!(kept["title"], "Monday");
    assert_eq!(kept["assessment"]["risk"], "HIGH");
    let read = caller.data(REVIEW, json!({ "id": kept["id"] })).await;
    assert_eq!(read["review"]["createdAt"], kept["createdAt"]);
    assert_eq!(
        Caller::of(whole())
            .data(REVIEW, json!({ "id": kept["id"] }))
            .await,
        json!({ "review": null }),
        "another server knows nothing of it"
    );
}

#[tokio::test]
async fn a_kept_review_reads_the_same_elsewhere_and_later() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(stored(root.path()));
    let kept = keep(&caller, "Monday").await;
    let variables = json!({ "id": kept["id"] });
    let here = caller.data(REVIEW, variables.clone()).await;
    assert_eq!(here["review"]["assessment"]["risk"], "HIGH");

    // A new server over the same folder, which serves another snapshot now.
    let mut later = stored(root.path());
    later.snapshots = crate::support::app().snapshots;
    let there = Caller::of(later).data(REVIEW, variables).await;
    assert_eq!(there, here);
    hides(&there.to_string());

    for file in files(root.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let (head, estate) = bytes.split_at(
            bytes
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(bytes.len(), |end| end + 1),
        );
        hides(&String::from_utf8_lossy(head));
        if let Ok(inventory) = blastmap_model::record::read(estate) {
            hides(&format!("{inventory:?}"));
        }
    }
}

pub(crate) fn files(root: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn reviews_are_listed_newest_first() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let query = "query($first: Int, $after: String) { reviews(first: $first, after: $after) {
            totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { id title } edges { cursor } } }";
        let none = caller.data(query, json!({})).await;
        assert_eq!(none["reviews"]["totalCount"], 0);
        for title in ["one", "two", "three"] {
            keep(&caller, title).await;
        }
        let (mut titles, mut after) = (Vec::new(), json!(null));
        loop {
            let variables = json!({ "first": 2, "after": after });
            let page = caller.data(query, variables).await["reviews"].clone();
            assert_eq!(page["totalCount"], 3);
            for node in page["nodes"].as_array().unwrap() {
                titles.push(node["title"].as_str().unwrap().to_owned());
            }
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(titles, ["three", "two", "one"]);
    }
}

#[tokio::test]
async fn reviews_that_are_not_there_are_null() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("secret"), HIDDEN).unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        for id in [
            "nope",
            "",
            ".",
            "..",
            "../secret",
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "a\0b",
            "%2e%2e",
            &"x".repeat(5000),
        ] {
            let answer = caller.data(REVIEW, json!({ "id": id })).await;
            assert_eq!(answer, json!({ "review": null }), "{id:?}");
        }
    }
}

#[tokio::test]
async fn a_broken_review_is_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    let kept = keep(&Caller::of(stored(root.path())), "Monday").await;
    let id = kept["id"].as_str().unwrap();
    let path = files(root.path())
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(&format!("{id}.review")))
        .unwrap();
    let whole_file = std::fs::read(&path).unwrap();
    let mut flipped = whole_file.clone();
    let place = flipped.len() - flipped.len() / 4;
    flipped[place] ^= 0xFF;
    for broken in [
        Vec::new(),
        b"nonsense".to_vec(),
        b"{}\n".to_vec(),
        whole_file[..whole_file.len() / 2].to_vec(),
        flipped,
    ] {
        std::fs::write(&path, broken).unwrap();
        let caller = Caller::of(stored(root.path()));
        let answer = caller.ask(REVIEW, json!({ "id": id })).await;
        assert_eq!(answer.code(), "INTERNAL", "{}", answer.text());
        assert!(answer.message().contains(id), "{}", answer.message());
    }
}

#[tokio::test]
async fn a_review_has_a_title_and_comes_from_here() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(stored(root.path()));
    for title in ["", "  ", "\n"] {
        let variables = json!({ "title": title, "change": deletes_the_parameter() });
        let answer = caller.ask(KEEP, variables).await;
        assert_eq!(answer.code(), "BAD_INPUT");
        assert!(answer.message().contains("`title`"), "{}", answer.message());
    }
    let variables = json!({ "title": "Monday", "change": deletes_the_parameter() });
    let body = json!({ "query": KEEP, "variables": variables }).to_string();
    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("origin", "http://evil.example")],
    ] {
        let answer = caller.send(post_with(&headers, body.clone())).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
    assert!(!root.path().join("reviews").exists(), "nothing was kept");
}
