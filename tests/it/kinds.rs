//! docs/kinds.md is printed from the code: kinds, relations, needs and collectors.

#![expect(clippy::format_push_string, reason = "a page of text, printed once")]

use std::collections::BTreeSet;

use blastmap_aws::actions_of;
use blastmap_judge::{Subject, needs};
use blastmap_model::{End, Relation, ResourceKind};

/// Kinds that the stand-in for AWS lacks: their answers are kept as AWS's documentation shows them.
const ON_FIXTURES: &[ResourceKind] = &[];

#[test]
fn the_page_in_the_docs_is_what_the_code_reads() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/kinds.md");
    let printed = print();
    if std::env::var_os("BLASTMAP_BLESS").is_some() {
        std::fs::write(path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == printed,
        "docs/kinds.md is not what the code says: run `make schema`"
    );
}

fn print() -> String {
    let mut text = String::from(
        "# Kinds of resources\n\n\
         Printed from the code: `backend/model/src/kind.rs` has a line for each kind, `backend/aws/src/collect/` the calls that read it.\n\
         *Hangs on*: the relations by which it depends on others; *needed by*: those by which others depend on it, see\n\
         [relations.md](relations.md). *Needs*: what of it is judged, see [needs.md](needs.md). *Tested on*: `moto`, if the estates of\n\
         the tests have it and each of its links is held against what boto3 reads there; `fixture`, if the answers are kept as AWS's\n\
         documentation shows them.\n\n\
         Any kind may also be named by a role's policies (GRANTED_ON) and be encrypted (ENCRYPTED_BY).\n\n\
         | kind | in the API | read with | hangs on | needed by | Terraform | needs | tested on |\n|---|---|---|---|---|---|---|---|\n",
    );
    for kind in ResourceKind::ALL {
        let actions = actions_of(*kind);
        let tested = match actions.is_empty() {
            true => "known by name",
            false if ON_FIXTURES.contains(kind) => "fixture",
            false => "moto",
        };
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {tested} |\n",
            kind.label(),
            kind.name(),
            code(actions),
            relations(|end| end.from.contains(kind)),
            relations(|end| end.to.contains(kind)),
            code(kind.terraform_types().iter().copied()),
            needs_of(*kind),
        );
    }
    text
}

fn code<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(" ")
}

fn relations(fits: impl Fn(&End) -> bool) -> String {
    let own = |end: &&End| {
        let whatever = ResourceKind::ALL.len();
        end.from.len() < whatever && end.to.len() < whatever && fits(end)
    };
    let named = Relation::ALL
        .iter()
        .filter(|relation| relation.ends().iter().any(|end| own(&end)));
    named
        .map(|relation| relation.name())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The needs of those who start tasks are needs of all that they start with: they stand with the services.
fn needs_of(kind: ResourceKind) -> String {
    let mut names = BTreeSet::new();
    for need in needs::ALL {
        let own = match need.subject {
            Subject::Start(_) => kind == ResourceKind::EcsService,
            Subject::Of(kinds, _) => kinds.contains(&kind),
        };
        if own {
            names.insert(need.name);
        }
    }
    names.into_iter().collect::<Vec<_>>().join(" ")
}
