//! What reviewers say of the risks of a kept review.

use serde_json::{Value, json};

use blastmap_judge::estate::arn;

use crate::{
    assessments::{files, stored, whole},
    support::{Answer, Caller},
};

const MARK: &str = "mutation($review: ID!, $risk: ID!, $mark: Mark, $note: String) {
    markRisk(review: $review, risk: $risk, mark: $mark, note: $note) { id marks { risk mark note markedAt } } }";

/// A kept review with several risks: its id, and theirs in their order.
async fn kept(caller: &Caller) -> (String, Vec<String>) {
    let query =
        "mutation($change: ChangeInput!) { createReview(title: \"Monday\", change: $change) {
        id marks { risk } assessment { risks { id } } } }";
    let change = json!({ "resources": [
        { "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" },
        { "id": arn("elasticloadbalancing", "listener-rule/app/front/1/80/10"), "action": "DELETE" },
        { "id": arn("ecs", "cluster/main"), "action": "DELETE" },
        { "id": "arn:aws:sqs:eu-west-1:123456789012:unseen", "action": "DELETE" },
    ] });
    let data = caller.data(query, json!({ "change": change })).await;
    let review = &data["createReview"];
    assert_eq!(review["marks"], json!([]));
    let risks = review["assessment"]["risks"].as_array().unwrap();
    let risks: Vec<String> = risks
        .iter()
        .map(|risk| risk["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(risks.len(), 3, "{risks:?}");
    (review["id"].as_str().unwrap().to_owned(), risks)
}

async fn mark(caller: &Caller, review: &str, risk: &str, mark: Value, note: Value) -> Answer {
    let variables = json!({ "review": review, "risk": risk, "mark": mark, "note": note });
    caller.ask(MARK, variables).await
}

async fn marks(caller: &Caller, review: &str) -> Value {
    let query = "query($id: ID!) { review(id: $id) { marks { risk mark note } } }";
    let data = caller.data(query, json!({ "id": review })).await;
    data["review"]["marks"].clone()
}

#[tokio::test]
async fn a_mark_is_kept_replaced_and_taken_back() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let (review, risks) = kept(&caller).await;
        let said = mark(
            &caller,
            &review,
            &risks[2],
            json!("WRONG"),
            json!(" we looked\n"),
        )
        .await
        .json();
        let own = &said["data"]["markRisk"];
        assert_eq!(own["id"], json!(review));
        assert!(own["marks"][0]["markedAt"].as_str() > Some("2020"), "{own}");
        mark(&caller, &review, &risks[0], json!("ACCEPTED"), json!("  ")).await;
        assert_eq!(
            marks(&caller, &review).await,
            json!([
                { "risk": risks[0], "mark": "ACCEPTED", "note": null },
                { "risk": risks[2], "mark": "WRONG", "note": "we looked" },
            ]),
            "in the order of the risks"
        );
        mark(&caller, &review, &risks[2], json!("ACCEPTED"), json!(null)).await;
        mark(&caller, &review, &risks[0], json!(null), json!("no more")).await;
        let left = json!([{ "risk": risks[2], "mark": "ACCEPTED", "note": null }]);
        assert_eq!(marks(&caller, &review).await, left);
        let listed = caller
            .data("{ reviews { nodes { marks { risk } } } }", json!({}))
            .await;
        assert_eq!(
            listed["reviews"]["nodes"][0]["marks"],
            json!([{ "risk": risks[2] }])
        );
    }
    // Another server over the same store knows of them.
    let later = Caller::of(stored(root.path()));
    let id = later
        .data("{ reviews { nodes { id marks { mark } } } }", json!({}))
        .await;
    assert_eq!(
        id["reviews"]["nodes"][0]["marks"],
        json!([{ "mark": "ACCEPTED" }])
    );
}

#[tokio::test]
async fn what_cannot_be_marked_is_named() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let (review, risks) = kept(&caller).await;
        let long = "ä".repeat(2001);
        for (review, risk, note, code, says) in [
            ("absent", &*risks[0], "", "NOT_FOUND", "no review `absent`"),
            ("../x", &*risks[0], "", "NOT_FOUND", "no review `../x`"),
            (&*review, "absent", "", "NOT_FOUND", "no risk `absent`"),
            (
                &*review,
                &*risks[0],
                &*long,
                "BAD_INPUT",
                "`note` has 2001 characters: give at most 2000",
            ),
        ] {
            let answer = mark(&caller, review, risk, json!("WRONG"), json!(note)).await;
            assert_eq!(answer.code(), code, "{}", answer.text());
            assert!(answer.message().contains(says), "{}", answer.message());
        }
        assert_eq!(marks(&caller, &review).await, json!([]));
        let note = "ä".repeat(2000);
        mark(&caller, &review, &risks[0], json!("WRONG"), json!(note)).await;
        assert_eq!(marks(&caller, &review).await[0]["note"], json!(note));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_mark_at_once_lose_nothing_of_each_other() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let (review, risks) = kept(&caller).await;
        let all = risks.iter().map(|risk| {
            let (caller, review, risk) = (caller.clone(), review.clone(), risk.clone());
            tokio::spawn(async move {
                mark(&caller, &review, &risk, json!("ACCEPTED"), json!(null)).await;
            })
        });
        for own in all.collect::<Vec<_>>() {
            own.await.unwrap();
        }
        let marked = marks(&caller, &review).await;
        assert_eq!(marked.as_array().unwrap().len(), risks.len());
    }
}

#[tokio::test]
async fn marks_that_cannot_be_read_are_said_and_the_review_is_not_lost() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(stored(root.path()));
    let (review, risks) = kept(&caller).await;
    mark(&caller, &review, &risks[0], json!("WRONG"), json!(null)).await;
    let mut all = files(root.path()).into_iter();
    let file = all.find(|path| path.extension().is_some_and(|own| own == "marks"));
    let file = file.unwrap();
    std::fs::write(&file, "nonsense").unwrap();
    let query = "query($id: ID!) { review(id: $id) { marks { risk } } }";
    let answer = caller.ask(query, json!({ "id": review })).await;
    assert_eq!(answer.code(), "INTERNAL");
    assert!(answer.message().contains(&review), "{}", answer.message());
    let answer = mark(&caller, &review, &risks[1], json!("WRONG"), json!(null)).await;
    assert_eq!(answer.code(), "INTERNAL", "nothing is written over");
    assert_eq!(std::fs::read(&file).unwrap(), b"nonsense");
    let query = "query($id: ID!) { review(id: $id) { title } }";
    let told = caller.data(query, json!({ "id": review })).await;
    assert_eq!(told["review"]["title"], "Monday");
}

#[tokio::test]
async fn every_report_has_the_marks() {
    let caller = Caller::of(whole());
    let (review, risks) = kept(&caller).await;
    let note = "<b>known</b>\nsince *May*";
    mark(&caller, &review, &risks[0], json!("ACCEPTED"), json!(note)).await;
    let last = risks.last().unwrap();
    mark(&caller, &review, last, json!("WRONG"), json!(null)).await;
    let file = |ending: &'static str| {
        let (caller, review) = (caller.clone(), review.clone());
        async move {
            caller
                .get(&format!("/reviews/{review}.{ending}"))
                .await
                .text()
        }
    };
    for (ending, accepted, wrong) in [
        (
            "txt",
            "Accepted by the reviewers on ",
            "Called wrong by the reviewers on ",
        ),
        (
            "md",
            "  - **Accepted by the reviewers on ",
            "  - **Called wrong by the reviewers on ",
        ),
        (
            "html",
            "<strong>Accepted by the reviewers on ",
            "<strong>Called wrong by the reviewers on ",
        ),
    ] {
        let text = file(ending).await;
        assert!(text.contains(accepted) && text.contains(wrong), "{text}");
        let note = match ending {
            "txt" => "<b>known</b> since *May*",
            "md" => "&lt;b&gt;known&lt;/b&gt; since \\*May\\*",
            _ => "&lt;b&gt;known&lt;/b&gt; since *May*",
        };
        assert!(text.contains(&format!(": {note}")), "{text}");
    }
    let written: Value = serde_json::from_str(&file("json").await).unwrap();
    let told = &written["review"];
    assert_eq!(
        (&told["id"], &told["title"]),
        (&json!(review), &json!("Monday"))
    );
    let first = &told["marks"][0];
    assert_eq!(
        (&first["risk"], &first["mark"], &first["note"]),
        (&json!(risks[0]), &json!("ACCEPTED"), &json!(note))
    );
    let log: Value = serde_json::from_str(&file("sarif").await).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    for result in results {
        let id = result["partialFingerprints"]["blastmapRisk/v1"]
            .as_str()
            .unwrap();
        let expected = if id == risks[0] {
            json!([{ "kind": "external", "status": "accepted", "justification": note, "properties": { "mark": "ACCEPTED" } }])
        } else if id == last {
            json!([{ "kind": "external", "status": "accepted", "properties": { "mark": "WRONG" } }])
        } else {
            json!([])
        };
        assert_eq!(result["suppressions"], expected, "{id}");
    }
}
