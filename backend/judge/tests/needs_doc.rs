//! docs/needs.md is printed from the needs and the rules of refusal.

#![expect(clippy::format_push_string, reason = "a page of text, printed once")]

use blastmap_judge::{Subject, findings, needs, refusals};
use blastmap_model::{Phase, ResourceKind};

#[test]
fn the_page_in_the_docs_is_what_the_code_judges() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/needs.md");
    let printed = print();
    if std::env::var_os("BLASTMAP_BLESS").is_some() {
        std::fs::write(path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == printed,
        "docs/needs.md is not what the code says: run `make schema`"
    );
}

#[test]
fn names_are_stable_and_unlike() {
    let mut names: Vec<&str> = needs::ALL.iter().map(|need| need.name).collect();
    names.extend(refusals::ALL.iter().map(|rule| rule.name));
    names.extend(findings::ALL.iter().map(|rule| rule.name));
    let plain = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    assert!(names.iter().all(|name| plain(name)));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two rules have one name");
}

fn print() -> String {
    let mut text = String::from(
        "# What is judged\n\n\
         Printed from the code: `backend/judge/src/needs/` has one file for each need, `backend/judge/src/refusals/` the changes that AWS\n\
         refuses. [impact.md](impact.md) says how they are compared, [not-judged.md](not-judged.md) what no configuration decides.\n",
    );
    for phase in Phase::ALL {
        text += &format!(
            "\n## {}\n\n| need | whose | must hold |\n|---|---|---|\n",
            phase.name()
        );
        for need in needs::ALL.iter().filter(|need| need.phase == phase) {
            let whose = match need.subject {
                Subject::Start(_) => "whatever starts tasks".to_owned(),
                Subject::Of(kinds, _) => kinds
                    .iter()
                    .map(|kind: &ResourceKind| kind.label())
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            text += &format!(
                "| [{}]({}) | {whose} | {} |\n",
                need.name, need.documentation, need.sentence
            );
        }
    }
    text.push_str(
        "\n## Changes that AWS refuses\n\nEach is a HIGH risk of its own: nothing is down, but the apply stops there.\n\n| rule | refused |\n|---|---|\n",
    );
    for rule in refusals::ALL {
        text += &format!(
            "| [{}]({}) | {} |\n",
            rule.name, rule.documentation, rule.sentence
        );
    }
    text.push_str(
        "\n## Findings\n\nWhat a snapshot shows by itself, without any change; on the page of the resource, and in the query `findings`.\n\n\
         | rule | level | whose | says |\n|---|---|---|---|\n",
    );
    for rule in findings::ALL {
        let whose: Vec<_> = rule.kinds.iter().map(|kind| kind.label()).collect();
        text += &format!(
            "| [{}]({}) | {} | {} | {} |\n",
            rule.name,
            rule.documentation,
            rule.level.name(),
            whose.join(", "),
            rule.sentence
        );
    }
    text.push_str(
        "\n## Levels of risk\n\n\
         A service, target group, rule, listener, balancer or record that goes DOWN is CRITICAL; anything else that goes DOWN or\n\
         FAILS_ON_NEXT_START is HIGH, and so is a change that AWS refuses; DEGRADED and AT_RISK are MEDIUM; changes that were not judged,\n\
         and blind spots inside the radius, are LOW.\n",
    );
    text
}
