//! docs/relations.md is printed from the table of relations.

#![expect(clippy::format_push_string, reason = "a page of text, printed once")]

use blastmap_model::{Harm, Phase, Relation, ResourceKind, Share};

#[test]
fn the_table_in_the_docs_is_the_table_in_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/relations.md");
    let printed = print();
    if std::env::var_os("BLASTMAP_BLESS").is_some() {
        std::fs::write(path, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == printed,
        "docs/relations.md is not what the code says: run `make schema`"
    );
}

fn print() -> String {
    let mut text = String::from(
        "# Relations\n\n\
         Printed from `backend/model/src/relation.rs`. A link reads `dependent RELATION dependency`. *Phases*: when the dependent\n\
         needs the dependency. *Harm*: which way it travels; where it says so, only a share of what it reaches is harmed, a part's harm\n\
         climbs to its whole, or only a dependency that is itself changed or lost passes harm on.\n\n\
         | relation | dependent | dependency | phases | harm |\n|---|---|---|---|---|\n",
    );
    for relation in Relation::ALL {
        let phases: Vec<&str> = relation.phases().iter().map(Phase::name).collect();
        let harm = match relation.harm() {
            Harm::ToDependent => "to the dependent",
            Harm::ToDependency => "to the dependency",
            Harm::Both => "both ways",
        };
        for end in relation.ends() {
            let share = match end.share {
                Share::Whole => "",
                Share::Part => "; climbs from the part to the whole",
                Share::Takes => "; takes a share",
                Share::OnlyWhole => "; only of what is itself lost",
            };
            let (from, to, phases) = (kinds(end.from), kinds(end.to), phases.join(", "));
            text += &format!(
                "| {} | {from} | {to} | {phases} | {harm}{share} |\n",
                relation.name()
            );
        }
    }
    text.push_str("\n## What they mean\n\n");
    for relation in Relation::ALL {
        text += &format!("- **{}**: {}\n", relation.name(), relation.sentence());
    }
    text
}

fn kinds(kinds: &[ResourceKind]) -> String {
    if kinds.len() == ResourceKind::ALL.len() {
        return "anything".to_owned();
    }
    kinds
        .iter()
        .map(|kind| kind.label())
        .collect::<Vec<_>>()
        .join(", ")
}
