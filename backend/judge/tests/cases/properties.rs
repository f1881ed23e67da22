//! The same input gives the same answer, whatever order it comes in, and no edit makes it panic.

use std::collections::BTreeSet;

use blastmap_change::Proposal;
use blastmap_graph::Snapshot;
use blastmap_judge::{Assessment, Level, assess};
use blastmap_model::{After, Attributes, Edits, Planned, Presence, Redactor};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    estates::*,
    harness::{delete, proposed, update},
};

/// All that an assessment says, by ids in place of places.
fn told(found: &Assessment) -> String {
    let excerpt = found.excerpt.snapshot();
    let id = |place: &blastmap_model::ResourceIndex| excerpt.resource(*place).id.to_string();
    let ids = |places: &[blastmap_model::ResourceIndex]| places.iter().map(id).collect::<Vec<_>>();
    let impacts = [&found.impacts, &found.already_broken, &found.mended].map(|impacts| {
        let lines = impacts.iter().map(|own| {
            format!(
                "{} {:?} {:?} {:?} {} {} {:?} {:?}",
                id(&own.resource),
                own.outcome,
                own.phase,
                own.share,
                own.need,
                own.cause,
                own.about.as_ref().map(id),
                ids(&own.from)
            )
        });
        lines.collect::<Vec<_>>()
    });
    let risks = found.risks.iter().map(|own| {
        format!(
            "{} {} {:?} {} {} {} {:?} {:?}",
            own.id,
            own.rule,
            own.level,
            own.title,
            own.detail,
            own.remediation,
            own.resource.as_ref().map(id),
            ids(&own.affected)
        )
    });
    format!(
        "{impacts:#?} {:#?} {:?}",
        risks.collect::<Vec<_>>(),
        found.level
    )
}

fn list(changes: &[Value]) -> Vec<u8> {
    serde_json::to_vec(&json!({"resources": changes})).expect("JSON")
}

fn read(snapshot: &Snapshot, changes: &[Value]) -> Proposal {
    blastmap_change::read(
        &list(changes),
        snapshot.inventory(),
        &Redactor::new([1; 32]),
    )
    .expect("changes")
}

/// Changes that have nothing to do with one another.
fn independent() -> Vec<Value> {
    vec![
        delete(&parameter()),
        update(
            &blastmap_judge::estate::ec2("sg-web"),
            json!({"IpPermissions": []}),
        ),
        update(&group(), json!({"HealthCheckPort": "9090"})),
        update(&execution_role(), json!({"RolePolicyList": []})),
        delete(&blastmap_judge::estate::ec2("nat-1")),
        update(&scalable_target(), json!({"MaxCapacity": 1})),
        update(&secret(), json!({"Description": "the database"})),
    ]
}

#[test]
fn equal_input_gives_equal_output() {
    let snapshot = scaled().snapshot();
    let first = told(&assess(&snapshot, &read(&snapshot, &independent())));
    assert!(
        first.contains("FailsOnNextStart") || first.contains("Down"),
        "{first}"
    );
    for _ in 0..100 {
        let again = scaled().snapshot();
        assert_eq!(told(&assess(&again, &read(&again, &independent()))), first);
    }
}

#[test]
fn nothing_proposed_is_nothing_said() {
    for estate in [
        nat(),
        behind_alb(),
        isolated(),
        on_ec2(),
        nightly(),
        scaled(),
        with_volume(true),
        with_discovery(),
        with_key(nat()),
    ] {
        let snapshot = estate.snapshot();
        let found = assess(&snapshot, &Proposal::default());
        assert_eq!(found.level, Level::None);
        assert!(found.impacts.is_empty() && found.risks.is_empty() && found.roots.is_empty());
        assert!(found.already_broken.is_empty() && found.mended.is_empty());
    }
}

/// Facts in which one value anywhere is another.
fn disturbed(value: &mut Value, at: &mut usize, with: &Value) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Object(fields) => fields.values_mut().any(|own| disturbed(own, at, with)),
        Value::Array(items) => items.iter_mut().any(|own| disturbed(own, at, with)),
        _ => false,
    }
}

fn junk() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("")),
        Just(json!([])),
        Just(json!({})),
        Just(json!(0)),
        Just(json!(-1)),
        Just(json!(i32::MAX)),
        Just(json!("arn:aws:ecs:eu-west-1:123456789012:cluster/main")),
        Just(json!("0.0.0.0/0")),
        Just(json!("*")),
        Just(json!(true)),
        Just(
            json!({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]})
        ),
        Just(json!("subnet-a")),
        Just(json!("sg-web")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_independent_changes_is_nothing_to_the_answer(order in Just(independent()).prop_shuffle()) {
        let snapshot = scaled().snapshot();
        let first = told(&assess(&snapshot, &read(&snapshot, &independent())));
        prop_assert_eq!(told(&assess(&snapshot, &read(&snapshot, &order))), first);
    }

    #[test]
    fn the_order_of_aws_answers_is_nothing_to_the_answer(order in Just(scaled().ids()).prop_shuffle()) {
        let (first, other) = (scaled().snapshot(), scaled().snapshot_in(&order));
        let judged = |snapshot: &Snapshot| told(&assess(snapshot, &read(snapshot, &independent())));
        prop_assert_eq!(judged(&other), judged(&first));
    }

    #[test]
    fn no_edit_makes_it_panic(picks in prop::collection::vec((any::<prop::sample::Index>(), 0usize..60, junk(), any::<bool>()), 1..6), which in 0usize..4) {
        let estate = [scaled, on_ec2, nightly, isolated][which]();
        let snapshot = estate.snapshot();
        let known = snapshot.inventory().resources();
        let mut edits = Edits::default();
        for (pick, at, with, goes) in picks {
            let resource = pick.get(known);
            if resource.presence != Presence::Live {
                continue;
            }
            if goes {
                edits.after.insert(resource.id.clone(), After::Gone);
                continue;
            }
            let mut facts = Value::Null;
            if let Ok(own) = resource.attributes.facts::<Value>() {
                facts = own;
            }
            let mut at = at + 1;
            disturbed(&mut facts, &mut at, &with);
            let mut own = resource.clone();
            own.attributes = Attributes::from_value(&facts);
            let Some(arn) = own.own_arn() else { continue };
            edits.after.insert(resource.id.clone(), After::Is(Box::new(Planned {
                resource: own, own: arn, also_named: BTreeSet::new(), unknown: BTreeSet::new(),
            })));
        }
        let proposal = proposed(&snapshot, edits);
        let once = told(&assess(&snapshot, &proposal));
        prop_assert_eq!(told(&assess(&snapshot, &proposal)), once);
    }
}
