//! Reviews as files, reports of what is not kept, and what a list of reviews tells.

use std::path::Path;

use axum::{
    body::Body,
    http::{StatusCode, header},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    assessments::{deletes_the_parameter, files, keep, stored, whole},
    support::{Answer, Caller, get},
};

const REPORT: &str = "query($id: ID!, $format: ReportFormat!) { review(id: $id) { assessment { report(format: $format) } } }";

async fn kept(caller: &Caller) -> String {
    let review = keep(caller, "Monday").await;
    review["id"].as_str().unwrap().to_owned()
}

async fn file(caller: &Caller, id: &str, ending: &str) -> Answer {
    caller.get(&format!("/reviews/{id}.{ending}")).await
}

#[tokio::test]
async fn a_review_is_served_in_every_format() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let id = kept(&caller).await;
        for (ending, kind, format, shown) in [
            ("txt", "text/plain; charset=utf-8", "TEXT", "HIGH"),
            ("md", "text/markdown; charset=utf-8", "MARKDOWN", "## "),
            (
                "html",
                "text/html; charset=utf-8",
                "HTML",
                "<!doctype html>",
            ),
            ("json", "application/json", "JSON", "\"blastRadius\""),
            ("sarif", "application/sarif+json", "SARIF", "\"2.1.0\""),
        ] {
            let answer = file(&caller, &id, ending).await;
            assert_eq!(
                (answer.status, answer.header(header::CONTENT_TYPE)),
                (StatusCode::OK, kind),
                "{ending}"
            );
            let disposition = answer.header(header::CONTENT_DISPOSITION);
            if ending == "html" {
                assert_eq!(disposition, "", "it is shown");
            } else {
                let name = format!("attachment; filename=\"blastmap-{id}.{ending}\"");
                assert_eq!(disposition, name);
            }
            assert!(answer.text().contains(shown), "{}", answer.text());
            let variables = json!({ "id": id, "format": format });
            let told = caller.data(REPORT, variables).await;
            assert_eq!(told["review"]["assessment"]["report"], answer.text());
        }
        let saved = caller.get(&format!("/reviews/{id}.html?download")).await;
        assert_eq!(
            saved.header(header::CONTENT_DISPOSITION),
            format!("attachment; filename=\"blastmap-{id}.html\"")
        );
    }
}

#[tokio::test]
async fn a_file_says_which_review_it_is_of_when_it_was_made_and_where_it_lies() {
    let mut without_url = whole();
    without_url.settings.public_url = None;
    for (app, origin) in [
        (whole(), "https://blast.example.com"),
        (without_url, "http://localhost:8080"),
    ] {
        let caller = Caller::of(app);
        let review = keep(&caller, "Monday <1>").await;
        let id = review["id"].as_str().unwrap();
        let link = format!("{origin}/review/{id}");
        let made = review["createdAt"].as_str().unwrap();
        let minute = format!("made on {} {} UTC", &made[..10], &made[11..16]);
        for (ending, line) in [
            (
                "txt",
                format!("Review    Monday <1>, {minute}\nLink      {link}\n"),
            ),
            (
                "md",
                format!("\nReview: [Monday &lt;1&gt;]({link}), {minute}.\n"),
            ),
            (
                "html",
                format!("<p>Review: <a href=\"{link}\">Monday &lt;1&gt;</a>, {minute}. <code"),
            ),
        ] {
            let text = file(&caller, id, ending).await.text();
            assert!(text.contains(&line), "{line}{text}");
        }
        let page = file(&caller, id, "html").await.text();
        assert!(page.contains("<title>Monday &lt;1&gt;: HIGH: "), "{page}");
        let told = json!({ "id": id, "title": "Monday <1>", "createdAt": made, "link": link });
        let log = file(&caller, id, "sarif").await.json();
        assert_eq!(log["runs"][0]["properties"]["review"], told);
        let mut own = file(&caller, id, "json").await.json()["review"].clone();
        own.as_object_mut().unwrap().remove("marks");
        assert_eq!(own, told);
    }
}

#[tokio::test]
async fn what_a_proxy_says_of_itself_is_not_believed() {
    let mut app = whole();
    app.settings.public_url = None;
    let caller = Caller::of(app);
    let id = kept(&caller).await;
    for (ending, link) in [
        ("txt", format!("Link      /review/{id}\n")),
        ("md", format!(", at `/review/{id}`.\n")),
        ("html", format!(", at <code>/review/{id}</code></p>")),
    ] {
        let request = get(&format!("/reviews/{id}.{ending}"))
            .header("x-forwarded-host", "evil.example")
            .body(Body::empty());
        let text = caller.send(request.unwrap()).await.text();
        assert!(text.contains(&link), "{text}");
        assert!(
            !text.contains("evil.example") && !text.contains("href=\"/"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_html_may_have_its_own_style_and_nothing_else() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let caller = Caller::of(whole());
    let id = kept(&caller).await;
    let answer = file(&caller, &id, "html").await;
    let page = answer.text();
    let (_, rest) = page.split_once("<style>").unwrap();
    let (style, rest) = rest.split_once("</style>").unwrap();
    assert!(!rest.contains("<style") && !page.contains("<script") && !page.contains(" style="));
    let hash = STANDARD.encode(Sha256::digest(style));
    assert_eq!(
        answer.header(header::CONTENT_SECURITY_POLICY),
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    // The other fences stand.
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    let policy = file(&caller, &id, "md").await;
    assert!(
        policy
            .header(header::CONTENT_SECURITY_POLICY)
            .contains("script-src 'self'"),
        "others have the usual policy"
    );
}

#[tokio::test]
async fn review_files_that_are_not_there_are_not_found() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let id = kept(&caller).await;
        for name in [
            format!("{id}.pdf"),
            id.clone(),
            format!("{id}."),
            "absent.md".to_owned(),
            ".md".to_owned(),
            "..%2F..%2Fetc%2Fpasswd.md".to_owned(),
            "%00.md".to_owned(),
        ] {
            let answer = caller.get(&format!("/reviews/{name}")).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::NOT_FOUND, "NOT_FOUND".to_owned()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_kept_has_a_report_too() {
    let query =
        "query($change: ChangeInput!) { assess(change: $change) { report(format: MARKDOWN) } }";
    let told = Caller::of(whole())
        .data(query, json!({ "change": deletes_the_parameter() }))
        .await;
    let report = told["assess"]["report"].as_str().unwrap();
    assert!(report.contains("blastmap: HIGH"), "{report}");
}

const LIST: &str = "{ reviews { totalCount nodes { id title createdAt risk problem
    counts { changes down degraded failsOnNextStart atRisk alreadyBroken risks notJudged } } } }";

async fn list(caller: &Caller) -> Vec<Value> {
    let listed = caller.data(LIST, json!({})).await["reviews"].clone();
    let nodes = listed["nodes"].as_array().unwrap().clone();
    assert_eq!(listed["totalCount"], nodes.len());
    nodes
}

/// Files with this ending.
fn ending(root: &Path, with: &str) -> Vec<std::path::PathBuf> {
    let all = files(root).into_iter();
    all.filter(|path| path.to_string_lossy().ends_with(with))
        .collect()
}

#[tokio::test]
async fn a_list_tells_what_an_assessment_holds() {
    let root = tempfile::tempdir().unwrap();
    for app in [whole(), stored(root.path())] {
        let caller = Caller::of(app);
        let id = kept(&caller).await;
        let query = "query($id: ID!) { review(id: $id) { createdAt risk
            counts { changes down degraded failsOnNextStart atRisk alreadyBroken risks notJudged }
            assessment { risk changes { address } impacts { outcome } alreadyBroken { cause } risks { id } notJudged { address } } } }";
        let whole = caller.data(query, json!({ "id": id })).await["review"].clone();
        let listed = list(&caller).await.remove(0);
        assert_eq!(
            (&listed["title"], &listed["problem"]),
            (&json!("Monday"), &json!(null))
        );
        assert_eq!(listed["createdAt"], whole["createdAt"]);
        assert_eq!(listed["counts"], whole["counts"]);
        let assessment = &whole["assessment"];
        assert_eq!(listed["risk"], assessment["risk"]);
        let count = |list: &str| assessment[list].as_array().unwrap().len();
        let hit = |outcome: &str| {
            let impacts = assessment["impacts"].as_array().unwrap().iter();
            impacts.filter(|own| own["outcome"] == outcome).count()
        };
        assert!(hit("FAILS_ON_NEXT_START") > 0);
        assert_eq!(
            listed["counts"],
            json!({
                "changes": count("changes"), "down": hit("DOWN"), "degraded": hit("DEGRADED"),
                "failsOnNextStart": hit("FAILS_ON_NEXT_START"), "atRisk": hit("AT_RISK"),
                "alreadyBroken": count("alreadyBroken"), "risks": count("risks"), "notJudged": count("notJudged"),
            })
        );
    }
}

#[tokio::test]
async fn a_list_reads_no_review() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(stored(root.path()));
    kept(&caller).await;
    let here = list(&caller).await;
    // Nobody can read them any more; another server lists them all the same.
    for path in ending(root.path(), ".review") {
        std::fs::write(path, "nonsense").unwrap();
    }
    assert_eq!(list(&Caller::of(stored(root.path()))).await, here);
}

#[tokio::test]
async fn a_list_reads_the_review_where_nothing_stands_beside_it() {
    let root = tempfile::tempdir().unwrap();
    kept(&Caller::of(stored(root.path()))).await;
    let [beside] = ending(root.path(), ".json").try_into().unwrap();
    let there = std::fs::read(&beside).unwrap();
    for broken in [None, Some("nonsense"), Some("{}")] {
        match broken {
            None => std::fs::remove_file(&beside).unwrap(),
            Some(text) => std::fs::write(&beside, text).unwrap(),
        }
        let listed = list(&Caller::of(stored(root.path()))).await;
        assert_eq!(listed[0]["title"], "Monday");
        assert_eq!(std::fs::read(&beside).unwrap(), there, "and mends that");
    }
}

#[tokio::test]
async fn a_review_that_cannot_be_read_stays_in_the_list_and_says_why() {
    let root = tempfile::tempdir().unwrap();
    let caller = Caller::of(stored(root.path()));
    let (broken, good) = (kept(&caller).await, kept(&caller).await);
    for path in files(root.path()) {
        let name = path.to_string_lossy().into_owned();
        if name.contains(&broken) {
            if name.ends_with(".review") {
                std::fs::write(path, "nonsense").unwrap();
            } else {
                std::fs::remove_file(path).unwrap();
            }
        }
    }
    let caller = Caller::of(stored(root.path()));
    let listed = list(&caller).await;
    let ids: Vec<&Value> = listed.iter().map(|own| &own["id"]).collect();
    assert_eq!(ids, [&json!(good), &json!(broken)]);
    assert_eq!(listed[0]["problem"], json!(null));
    let own = &listed[1];
    assert!(own["problem"].as_str().unwrap().contains("not a review"));
    assert_eq!((&own["risk"], &own["counts"]), (&json!(null), &json!(null)));
    assert!(
        own["createdAt"].as_str() <= listed[0]["createdAt"].as_str()
            && own["createdAt"].as_str() > Some("2020"),
        "as its id says: {own}"
    );
    let answer = caller
        .ask(
            "{ reviews { nodes { id assessment { risk } } } }",
            json!({}),
        )
        .await;
    assert_eq!(answer.code(), "INTERNAL");
}
