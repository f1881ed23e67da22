//! What of the found stays in an inventory, and which names become links.

#![expect(clippy::unwrap_used, reason = "what a test does not get fails it")]

use blastmap_model::{
    Arn, Found, Inventory, InventoryBuilder, Links, Presence, Redactor, Relation, ResourceId,
    ResourceKind, Scope, Source, kinds::Facts,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

const SOURCE: Source = Source::of("lambda:ListFunctions");

/// A function that names others.
#[derive(Default, Serialize, Deserialize)]
struct Function {
    named: Vec<String>,
    if_known: Vec<String>,
    matched: Vec<String>,
    called: Vec<String>,
}

impl Facts for Function {
    const KIND: ResourceKind = ResourceKind::LambdaFunction;

    fn links(&self, links: &mut Links<'_>) {
        let (relation, kind) = (Relation::Assumes, ResourceKind::IamRole);
        for id in &self.named {
            links.id(relation, kind, ResourceId::new(id), "named");
        }
        for id in &self.if_known {
            links.if_known(relation, kind, ResourceId::new(id), "ifKnown");
        }
        for id in &self.matched {
            links.matched(relation, kind, ResourceId::new(id), "matched");
        }
        for id in &self.called {
            links.also_named(ResourceId::new(id));
        }
    }
}

/// A role that names nobody.
#[derive(Serialize, Deserialize)]
struct Role {
    called: Vec<String>,
}

impl Facts for Role {
    const KIND: ResourceKind = ResourceKind::IamRole;

    fn links(&self, links: &mut Links<'_>) {
        for id in &self.called {
            links.also_named(ResourceId::new(id));
        }
    }
}

fn function(name: &str) -> Arn {
    Arn::parse(&format!(
        "arn:aws:lambda:eu-west-1:123456789012:function:{name}"
    ))
    .unwrap()
}

fn role(name: &str) -> Arn {
    Arn::parse(&format!("arn:aws:iam::123456789012:role/{name}")).unwrap()
}

fn built(fill: impl FnOnce(&mut Found)) -> Inventory {
    let scope = Scope::new("123456789012", "eu-west-1");
    let mut found = Found::new(
        scope.clone(),
        OffsetDateTime::UNIX_EPOCH,
        Redactor::new([7; 32]),
    );
    fill(&mut found);
    let mut builder = InventoryBuilder::new(vec![scope]);
    builder.absorb(found);
    builder
        .finish("test".to_owned(), OffsetDateTime::UNIX_EPOCH, Vec::new())
        .unwrap()
}

fn names(inventory: &Inventory) -> Vec<&str> {
    let live = inventory
        .resources()
        .iter()
        .filter(|own| own.presence == Presence::Live);
    live.map(|own| &*own.name).collect()
}

#[test]
fn what_follows_stays_with_any_of_its_subjects_by_whatever_name() {
    let cases: [(&[&str], bool); 6] = [
        (&["arn:aws:iam::123456789012:role/kept"], true),
        (&["host:kept.example.com"], true),
        (&["arn:aws:iam::123456789012:role/offered"], false),
        (
            &[
                "arn:aws:iam::123456789012:role/nobody",
                "host:kept.example.com",
            ],
            true,
        ),
        (
            &["arn:aws:lambda:eu-west-1:123456789012:function:follower"],
            true,
        ),
        (&[], false),
    ];
    for (subjects, stays) in cases {
        let inventory = built(|found| {
            let kept = Role {
                called: vec!["host:kept.example.com".to_owned()],
            };
            found.resource(&role("kept"), &kept, [], SOURCE);
            found.offer(&role("offered"), &Role { called: Vec::new() }, [], SOURCE);
            let (first, second) = (function("follower"), function("other"));
            let nothing = Function::default();
            let of = |id: &str| ResourceId::new(id);
            found.follow(
                &(&first).into(),
                &first,
                &nothing,
                [],
                SOURCE,
                [of("host:kept.example.com")],
            );
            found.follow(
                &(&second).into(),
                &second,
                &nothing,
                [],
                SOURCE,
                subjects.iter().map(|id| of(id)),
            );
        });
        let stayed = names(&inventory);
        assert!(stayed.contains(&"follower"), "{stayed:?}");
        assert!(!stayed.contains(&"offered"), "{stayed:?}");
        assert_eq!(stayed.contains(&"other"), stays, "{subjects:?}");
    }
}

#[test]
fn only_names_that_aws_states_can_be_missing() {
    let inventory = built(|found| {
        let facts = Function {
            named: vec!["arn:aws:iam::123456789012:role/gone".to_owned()],
            if_known: vec![
                "arn:aws:iam::123456789012:role/offered".to_owned(),
                "arn:aws:iam::123456789012:role/unknown".to_owned(),
            ],
            matched: vec![
                "fingerprint:offered".to_owned(),
                "fingerprint:unknown".to_owned(),
            ],
            called: Vec::new(),
        };
        found.resource(&function("asks"), &facts, [], SOURCE);
        let called = vec!["fingerprint:offered".to_owned()];
        found.offer(&role("offered"), &Role { called }, [], SOURCE);
        // Of another kind than what is named.
        let other = Function {
            called: vec!["arn:aws:iam::123456789012:role/unknown".to_owned()],
            ..Function::default()
        };
        found.offer(&function("offered"), &other, [], SOURCE);
    });
    let mut links: Vec<_> = inventory
        .links()
        .iter()
        .map(|link| {
            let evidence = inventory.evidence(link);
            (
                &*inventory.resource(link.to).name,
                &*evidence.field,
                evidence.inferred,
            )
        })
        .collect();
    links.sort_unstable();
    assert_eq!(
        links,
        [("gone", "named", false), ("offered", "ifKnown", false)]
    );
    assert_eq!(inventory.resources().len(), 3);
}

#[test]
fn a_guess_stands_where_nothing_is_stated() {
    let inventory = built(|found| {
        let matched = vec!["fingerprint:role".to_owned()];
        let facts = Function {
            matched,
            ..Function::default()
        };
        found.resource(&function("asks"), &facts, [], SOURCE);
        let called = vec!["fingerprint:role".to_owned()];
        found.offer(&role("offered"), &Role { called }, [], SOURCE);
    });
    let [link] = inventory.links() else {
        panic!("one link: {:?}", inventory.links())
    };
    assert!(inventory.evidence(link).inferred);
    assert_eq!(&*inventory.resource(link.to).name, "offered");
}
