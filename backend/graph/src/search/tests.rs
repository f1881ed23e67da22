use blastmap_model::ResourceKind;
use proptest::prelude::*;

use super::*;
use crate::drawing::{Drawing, draw};

fn estate() -> Drawing {
    let arns = [
        (
            "arn:aws:ecs:eu-west-1:123456789012:service/prod/payments-api",
            ResourceKind::EcsService,
            "payments-api",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:service/prod/payments-api-worker",
            ResourceKind::EcsService,
            "payments-api-worker",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:service/prod/legacy-payments-api",
            ResourceKind::EcsService,
            "legacy-payments-api",
        ),
        (
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:12",
            ResourceKind::EcsTaskDefinition,
            "web:12",
        ),
        (
            "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0abc12",
            ResourceKind::Subnet,
            "Private A",
        ),
        (
            "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-0abc1234",
            ResourceKind::Subnet,
            "Private B",
        ),
        (
            "arn:aws:iam::123456789012:role/checkout",
            ResourceKind::IamRole,
            "checkout",
        ),
        (
            "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/checkout",
            ResourceKind::LogGroup,
            "/ecs/checkout",
        ),
        (
            "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/audit",
            ResourceKind::LogGroup,
            "/ecs/audit",
        ),
    ];
    let mut drawing = draw("");
    for (arn, kind, name) in arns {
        drawing.add(arn, kind);
        drawing = drawing.with(arn, |resource| resource.name = name.into());
    }
    drawing.tagged(
        "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/audit",
        &[("owner", "Team Payments-API")],
    )
}

fn names(snapshot: &Snapshot, hits: &[ResourceIndex]) -> String {
    hits.iter()
        .map(|hit| snapshot.resource(*hit).name.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn the_best_match_is_first() {
    let snapshot = estate().snapshot();
    let found = |text, first| names(&snapshot, &search(&snapshot, text, first));
    assert_eq!(
        found("payments-api", 10),
        "payments-api, payments-api-worker, legacy-payments-api, /ecs/audit"
    );
    assert_eq!(
        found("payments-api", 2),
        "payments-api, payments-api-worker"
    );
    assert_eq!(found(" PAYMENTS-api ", 1), "payments-api");
    assert_eq!(
        found("arn:aws:iam::123456789012:role/checkout", 5),
        "checkout"
    );
    assert_eq!(found("subnet-0abc12", 5), "Private A, Private B");
    assert_eq!(found("us-east-1", 5), "/ecs/audit");
    assert_eq!(found("checkout", 5), "checkout, /ecs/checkout");
}

#[test]
fn letters_may_be_wrong_swapped_missing_or_too_many() {
    let snapshot = estate().snapshot();
    let found = |text| names(&snapshot, &search(&snapshot, text, 10));
    for text in [
        "paymnts-api",
        "paymetns-api",
        "paymentss-api",
        "paiments-api",
    ] {
        assert_eq!(
            found(text),
            "payments-api, legacy-payments-api, payments-api-worker",
            "{text}"
        );
    }
    assert_eq!(found("paymnts wrker"), "payments-api-worker");
    assert_eq!(found("chekout"), "checkout, /ecs/checkout");
    assert_eq!(found("orders"), "");
    assert_eq!(found("wbe"), "", "too short to guess");
}

#[test]
fn nothing_is_found_by_nothing() {
    let snapshot = estate().snapshot();
    for text in ["", "  ", "\n", "web:12\nx"] {
        assert!(search(&snapshot, text, 10).is_empty(), "{text:?}");
        assert!(named(&snapshot, text).is_empty(), "{text:?}");
    }
    assert!(search(&snapshot, "payments", 0).is_empty());
}

#[test]
fn a_name_means_all_that_have_it() {
    let snapshot = estate().snapshot();
    let meant = |text| names(&snapshot, &named(&snapshot, text));
    assert_eq!(meant("checkout"), "checkout, /ecs/checkout");
    assert_eq!(meant("Private A"), "Private A");
    assert_eq!(meant("subnet-0abc12"), "Private A");
    assert_eq!(meant("prod/payments-api"), "payments-api");
    assert_eq!(meant("web:12"), "web:12");
    assert_eq!(meant("arn:aws:iam::123456789012:role/checkout"), "checkout");
    assert_eq!(meant("payments"), "");
}

#[test]
fn a_wrong_id_has_neighbours() {
    let snapshot = estate().snapshot();
    let near = |text| {
        nearest_ids(&snapshot, text, 1)
            .iter()
            .map(ToString::to_string)
            .collect::<String>()
    };
    let service = "arn:aws:ecs:eu-west-1:123456789012:service/prod/payments-api";
    assert_eq!(
        near("arn:aws:ecs:us-east-1:210987654321:service/prod/payments-api"),
        service
    );
    assert_eq!(
        near("arn:aws:ecs:eu-west-1:123456789012:service/prod/paymnets-api"),
        service
    );
    assert_eq!(near("paymnts-api"), service);
    assert_eq!(
        near("arn:aws:ecs:eu-west-1:123456789012:task-definition/web:11"),
        "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:12"
    );
    assert_eq!(near("chekout"), "arn:aws:iam::123456789012:role/checkout");
    assert_eq!(near(""), "");
    assert_eq!(near("zzzzzz"), "");
    assert_eq!(nearest_ids(&snapshot, "payments-api", 3).len(), 3);
}

/// The fewest letters to change, add or leave out that make `word` a part of `text`: the whole table.
fn changes(word: &[u8], text: &[u8]) -> usize {
    let mut column: Vec<usize> = (0..=word.len()).collect();
    let mut fewest = word.len();
    for letter in text {
        let mut diagonal = std::mem::replace(&mut column[0], 0);
        for place in 1..=word.len() {
            let same = diagonal + usize::from(word[place - 1] != *letter);
            diagonal = column[place];
            column[place] = same.min(column[place] + 1).min(column[place - 1] + 1);
        }
        fewest = fewest.min(column[word.len()]);
    }
    fewest
}

proptest! {
    #[test]
    fn counts_changes_as_the_whole_table_does(word in "[ab-]{4,64}", text in "[ab-]{0,90}") {
        let counted = changes(word.as_bytes(), text.as_bytes());
        let allowed = (word.len() / 4).min(4);
        prop_assert_eq!(Pattern::new(&word).unwrap().changes_within(&text), (counted <= allowed).then_some(counted));
    }

    #[test]
    fn finds_what_holds_the_text_whatever_it_is(names in proptest::collection::vec("[aAbé\n ]{0,6}", 1..8), text in "[aAbé ]{1,3}") {
        let mut drawing = draw("");
        for (place, name) in names.iter().enumerate() {
            let id = format!("{place}");
            drawing.add(&id, ResourceKind::EcsService);
            drawing = drawing.with(&id, |resource| resource.name = name.as_str().into());
        }
        let snapshot = drawing.snapshot();
        let wanted = text.trim().to_lowercase();
        let mut found = search(&snapshot, &text, 100);
        found.sort_unstable();
        let holding: Vec<_> = snapshot
            .inventory()
            .indices()
            .filter(|index| !wanted.is_empty() && snapshot.resource(*index).name.to_lowercase().replace('\n', " ").contains(&wanted))
            .collect();
        prop_assert_eq!(found, holding);
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,80}") {
        let snapshot = estate().snapshot();
        let found = search(&snapshot, &text, 3);
        prop_assert!(found.len() <= 3);
        let near = nearest_ids(&snapshot, &text, 3);
        prop_assert!(near.len() <= 3);
    }
}
