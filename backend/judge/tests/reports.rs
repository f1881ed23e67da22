//! Reports of one assessment: what people and other tools are given to read.
#![expect(clippy::unwrap_used, reason = "what fails in a test should end it")]

use blastmap_graph::Snapshot;
use blastmap_judge::{
    Assessment, assess,
    estate::{Estate, arn, iam},
    report::{self, Colours},
};
use blastmap_model::{
    Redactor,
    kinds::{ecs_service::EcsService, ssm_parameter::SsmParameter},
};
use serde_json::{Value, json};

/// A healthy service behind a load balancer, with owners.
fn estate() -> Estate {
    Estate::new()
        .vpc_with_nat()
        .fargate_service()
        .alb()
        .tagged(&arn("ecs", "service/main/web"), "team", "shop")
        .tagged(
            &arn("elasticloadbalancing", "targetgroup/web/1"),
            "team",
            "edge",
        )
}

fn owned(estate: &Estate) -> Snapshot {
    let snapshot = estate.snapshot();
    Snapshot::new(snapshot.inventory().clone(), vec!["team".to_owned()])
}

fn assessed(estate: &Estate, change: &Value) -> Assessment {
    let snapshot = owned(estate);
    let bytes = change.to_string();
    let redactor = Redactor::new([1; 32]);
    let proposal =
        blastmap_change::read(bytes.as_bytes(), snapshot.inventory(), &redactor).unwrap();
    assess(&snapshot, &proposal)
}

/// What one change of everything says: something down, something that cannot start, something refused, something not judged.
fn change() -> Value {
    json!({ "resources": [
        { "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" },
        { "id": arn("elasticloadbalancing", "listener-rule/app/front/1/80/10"), "action": "DELETE" },
        { "id": arn("elasticloadbalancing", "targetgroup/web/1"), "action": "UPDATE", "attributes": { "noSuchField": 1 } },
        { "id": arn("ecs", "cluster/main"), "action": "DELETE" },
        { "id": "arn:aws:sqs:eu-west-1:123456789012:unseen", "action": "DELETE" },
    ] })
}

/// One report in each format.
fn all(assessment: &Assessment) -> [String; 5] {
    [
        report::text(assessment, Colours::Off),
        report::text(assessment, Colours::On),
        report::markdown(assessment),
        report::html(assessment),
        report::sarif(assessment),
    ]
}

/// The widest line but for addresses, which stay whole.
fn widest(text: &str) -> usize {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("https://"))
        .map(blastmap_graph::render::columns)
        .max()
        .unwrap_or(0)
}

#[test]
fn text_says_it_in_a_hundred_columns() {
    let text = report::text(&assessed(&estate(), &change()), Colours::Off);
    insta::assert_snapshot!(text);
    assert!(widest(&text) <= 100);
}

#[test]
fn text_shows_the_way_from_the_change() {
    let gone =
        json!({ "resources": [{ "id": arn("ssm", "parameter/prod/url"), "action": "DELETE" }] });
    insta::assert_snapshot!(report::text(&assessed(&estate(), &gone), Colours::Off));
}

#[test]
fn markdown_is_a_comment() {
    insta::assert_snapshot!(report::markdown(&assessed(&estate(), &change())));
}

#[test]
fn html_is_one_file() {
    let page = report::html(&assessed(&estate(), &change()));
    insta::assert_snapshot!(page);
    for outside in ["src=", "<link", "<script", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn what_is_safe_is_said_in_one_line() {
    let safe = json!({ "resources": [{ "id": arn("logs", "log-group:/ecs/web"), "action": "UPDATE", "attributes": { "retentionInDays": 7 } }] });
    let text = report::text(&assessed(&estate(), &safe), Colours::Off);
    insta::assert_snapshot!(text);
}

#[test]
fn two_runs_are_equal_and_colours_change_nothing_else() {
    let (one, other) = (
        all(&assessed(&estate(), &change())),
        all(&assessed(&estate(), &change())),
    );
    assert_eq!(one, other);
    let [plain, coloured, ..] = one;
    let mut bare = String::new();
    for (number, part) in coloured.split("\u{1b}[").enumerate() {
        let text = if number == 0 {
            part
        } else {
            part.split_once('m').unwrap().1
        };
        bare.push_str(text);
    }
    assert_eq!(bare, plain);
    assert!(!plain.contains('\u{1b}'));
}

/// Whoever names things in AWS has no say in what a reader's terminal, browser or code host does.
#[test]
fn hostile_names_stay_names() {
    let name = "<script>alert(1)</script>|`x`\n@everyone \u{1b}[2J\u{202e}[a](http://b) &amp; \"'";
    let estate = estate()
        .with::<EcsService>(&arn("ecs", "service/main/web"), |service| {
            name.clone_into(&mut service.service_name);
        })
        .tagged(&iam("role/web-execution"), "team", name)
        .with::<SsmParameter>(&arn("ssm", "parameter/prod/url"), |parameter| {
            name.clone_into(&mut parameter.name);
        });
    let mut assessment = assessed(&estate, &change());
    assert!(!assessment.impacts.is_empty());
    for impact in &mut assessment.impacts {
        name.clone_into(&mut impact.cause);
    }
    for (own, _) in &mut assessment.changes {
        name.clone_into(&mut own.address);
    }
    for risk in &mut assessment.risks {
        name.clone_into(&mut risk.title);
        name.clone_into(&mut risk.detail);
    }
    let [text, _, markdown, html, sarif] = all(&assessment);
    for (format, report) in [("text", &text), ("markdown", &markdown), ("html", &html)] {
        assert!(!report.contains(['\u{1b}', '\u{202e}']), "{format}");
    }
    assert!(widest(&text) <= 100);
    assert!(!html.contains("<script"), "{html}");
    assert!(!html.contains("&amp;amp;amp;"), "escaped once: {html}");

    // Between backticks nothing is markup.
    let marked_up: String = markdown
        .replace("\\`", "")
        .lines()
        .flat_map(|line| line.split('`').step_by(2))
        .collect();
    assert!(!marked_up.contains("<script"), "{marked_up}");
    assert!(!marked_up.contains("@everyone"), "nobody is called");
    assert!(!marked_up.contains("[a](http"), "no link");
    let rows: Vec<&str> = markdown
        .lines()
        .filter(|line| line.starts_with("| "))
        .collect();
    assert!(rows.len() > 2);
    for row in rows {
        assert_eq!(
            row.replace("\\|", "").matches('|').count(),
            6,
            "five cells: {row}"
        );
    }
    for line in markdown.lines() {
        assert_eq!(
            line.replace("\\`", "").matches('`').count() % 2,
            0,
            "{line}"
        );
    }
    let log: Value = serde_json::from_str(&sarif).unwrap();
    let message = &log["runs"][0]["results"][0]["message"]["text"];
    assert!(message.as_str().unwrap().contains("\\[a\\]"), "no link");
}

#[test]
fn long_words_are_broken() {
    let mut assessment = assessed(&estate(), &change());
    for impact in &mut assessment.impacts {
        impact.cause = format!("a {} b", "x".repeat(2048));
    }
    assessment.risks[0].documentation = Some(format!("https://{}", "y".repeat(300)));
    let text = report::text(&assessment, Colours::Off);
    assert_eq!(widest(&text), 100);
    let page = format!("      See:\n      https://{}\n", "y".repeat(300));
    assert!(text.contains(&page), "an address stays whole: {text}");
}

/// GitHub refuses a comment of more than 65,536 characters.
#[test]
fn a_comment_has_room_whatever_the_plan() {
    let mut assessment = assessed(&estate(), &change());
    let (impact, risk) = (assessment.impacts[0].clone(), assessment.risks[0].clone());
    let change = assessment.changes[0].clone();
    for number in 0..5000 {
        let mut impact = impact.clone();
        impact.cause = format!("cause {number} {}", "é".repeat(number % 700));
        assessment.impacts.push(impact.clone());
        assessment.already_broken.push(impact.clone());
        assessment.mended.push(impact);
        let mut risk = risk.clone();
        risk.id = format!("{number}");
        assessment.risks.push(risk);
        assessment.changes.push(change.clone());
    }
    let markdown = report::markdown(&assessment);
    assert!(markdown.chars().count() < 60_000, "{}", markdown.len());
    assert!(markdown.contains("and 49"), "the rest is counted");
    assert!(markdown.trim_end().ends_with("</sub>"));
    assert_eq!(
        markdown.matches("<details>").count(),
        markdown.matches("</details>").count()
    );
    let text = report::text(&assessment, Colours::Off);
    assert!(text.lines().count() < 1000, "nobody reads more");
    assert!(text.contains("more: --format json has them all"));
}

/// What SARIF 2.1.0 asks of a log: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
#[test]
fn sarif_has_what_the_standard_asks_for() {
    let assessment = assessed(&estate(), &change());
    let log: Value = serde_json::from_str(&report::sarif(&assessment)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "blastmap");
    let rules: Vec<&str> = driver["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    let mut sorted = rules.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(rules, sorted, "each rule once");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), assessment.risks.len());
    for result in results {
        let place = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[place], result["ruleId"].as_str().unwrap());
        let level = result["level"].as_str().unwrap();
        assert!(["error", "warning", "note"].contains(&level), "{level}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(result["partialFingerprints"]["blastmapRisk/v1"].is_string());
        for location in result["locations"].as_array().unwrap() {
            let named = &location["logicalLocations"][0];
            assert!(named["fullyQualifiedName"].is_string(), "{location}");
        }
    }
    let levels: Vec<&str> = results
        .iter()
        .map(|result| result["level"].as_str().unwrap())
        .collect();
    assert!(levels.contains(&"error") && levels.contains(&"note"));
}

#[test]
fn what_was_not_judged_is_a_low_risk_that_says_why() {
    let assessment = assessed(&estate(), &change());
    let told: Vec<(&str, &str)> = assessment
        .risks
        .iter()
        .filter(|risk| risk.rule.ends_with("-judged"))
        .map(|risk| (&*risk.rule, &*risk.detail))
        .collect();
    insta::assert_debug_snapshot!(told);

    // A page of a change set that says that more follow.
    let cut = json!({ "ChangeSetName": "a", "StackName": "b", "Changes": [], "NextToken": "more", "Status": "CREATE_COMPLETE" });
    let assessment = assessed(&estate(), &cut);
    assert!(!assessment.notes.is_empty());
    let notes: Vec<_> = assessment
        .risks
        .iter()
        .filter(|risk| risk.rule == "incomplete-input")
        .collect();
    assert_eq!(notes.len(), assessment.notes.len());
    assert_eq!(assessment.level.name(), "LOW");
    for report in all(&assessment) {
        assert!(report.contains("NextToken"), "{report}");
    }
}

/// Which resource an address stands for is kept with the review, and told.
#[test]
fn a_kept_review_remembers_its_mapping() {
    let snapshot = owned(&estate());
    let plan = json!({"format_version": "1.2", "resource_changes": [{
        "address": "aws_ecs_service.shop", "mode": "managed", "type": "aws_ecs_service", "name": "shop",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": ["delete"], "before": {"id": arn("ecs", "service/old/shop"), "name": "shop"},
            "after": null, "after_unknown": {}, "before_sensitive": {}, "after_sensitive": {}},
    }]});
    let told = [(
        "aws_ecs_service.shop".to_owned(),
        arn("ecs", "service/main/web"),
    )];
    let redactor = Redactor::new([1; 32]);
    let bytes = plan.to_string();
    let proposal =
        blastmap_change::read_mapped(bytes.as_bytes(), snapshot.inventory(), &redactor, &told)
            .unwrap();
    let assessment = std::sync::Arc::new(assess(&snapshot, &proposal));
    assert_eq!(assessment.not_judged().count(), 0);
    let review = blastmap_judge::Review {
        id: "a".to_owned(),
        title: "Monday".to_owned(),
        created_at: assessment.taken_at,
        assessment,
    };
    let kept = blastmap_judge::Review::from_bytes(&review.to_bytes().unwrap()).unwrap();
    let (change, place) = &kept.assessment.changes[0];
    assert!(change.mapped);
    let estate = kept.assessment.excerpt.snapshot();
    assert_eq!(estate.resource(place.unwrap()).id.as_str(), told[0].1);
    let text = report::text(&*kept.assessment, Colours::Off);
    assert!(text.contains("(service web, mapped by hand)"), "{text}");
}

#[test]
fn a_kept_review_reads_the_same() {
    let assessment = std::sync::Arc::new(assessed(&estate(), &change()));
    let review = blastmap_judge::Review {
        id: "a".to_owned(),
        title: "Monday".to_owned(),
        created_at: assessment.taken_at,
        assessment: std::sync::Arc::clone(&assessment),
    };
    let bytes = review.to_bytes().unwrap();
    let read = blastmap_judge::Review::from_bytes(&bytes).unwrap();
    assert_eq!(all(&read.assessment), all(&assessment));

    // Whatever is cut off, a review is whole or refused.
    for end in (0..bytes.len()).step_by(97) {
        if let Ok(read) = blastmap_judge::Review::from_bytes(&bytes[..end]) {
            assert_eq!(all(&read.assessment), all(&assessment), "{end}");
        }
    }
    assert!(blastmap_judge::Review::from_bytes(&bytes[..bytes.len() / 2]).is_err());
    let text = String::from_utf8_lossy(&bytes);
    let (head, estate) = bytes.split_at(text.find('\n').unwrap() + 1);
    let head: Value = serde_json::from_slice(head).unwrap();
    for (field, value, said) in [
        ("review", json!(2), "newer"),
        ("review", json!("x"), "not a review"),
        ("roots", json!([999_999]), "not in it"),
        ("level", json!("WORST"), "not a review"),
    ] {
        let mut head = head.clone();
        head[field] = value;
        let mut bytes = format!("{head}\n").into_bytes();
        bytes.extend_from_slice(estate);
        let error = blastmap_judge::Review::from_bytes(&bytes).err().unwrap();
        assert!(error.to_string().contains(said), "{field}: {error}");
    }
    // Reviews that were kept before notes were.
    let mut old = head;
    old.as_object_mut().unwrap().remove("notes");
    let mut bytes = format!("{old}\n").into_bytes();
    bytes.extend_from_slice(estate);
    assert!(blastmap_judge::Review::from_bytes(&bytes).is_ok());
}
