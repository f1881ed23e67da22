//! Plans that Terraform itself wrote, of the resource that needs no provider.

use blastmap_change::{Action, Change, Match, Proposal, terraform};
use blastmap_model::{Inventory, Redactor};
use time::OffsetDateTime;

fn read(plan: &str) -> Proposal {
    let inventory = Inventory::empty("test".to_owned(), OffsetDateTime::UNIX_EPOCH);
    terraform::read(plan.as_bytes(), &inventory, &Redactor::new([7; 32])).unwrap()
}

fn lines(proposal: &Proposal) -> String {
    let line = |change: &Change| {
        assert_eq!(change.matched, Match::UnsupportedType, "{}", change.address);
        format!("{} {}", change.action.name(), change.address)
    };
    proposal
        .changes
        .iter()
        .map(line)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_action_is_told() {
    let proposal = read(include_str!("fixtures/changes.json"));
    insta::assert_snapshot!(lines(&proposal), @r#"
    READ data.terraform_remote_state.x
    CREATE terraform_data.created
    UPDATE terraform_data.each["a"]
    UPDATE terraform_data.each["b.c"]
    FORGET terraform_data.forgotten
    DELETE terraform_data.gone
    UPDATE terraform_data.imported
    NO_OP terraform_data.new_name
    UPDATE terraform_data.plain
    REPLACE terraform_data.replaced
    REPLACE terraform_data.replaced_first
    UPDATE terraform_data.secret
    UPDATE module.inner[0].terraform_data.uses
    UPDATE module.inner[1].terraform_data.uses
    "#);
    assert!(proposal.edits.is_empty());
    assert!(proposal.changes.iter().all(|change| change.kind.is_none()));
}

#[test]
fn a_sensitive_value_is_nowhere() {
    let proposal = read(include_str!("fixtures/changes.json"));
    let text = format!("{proposal:?}");
    assert!(!text.contains("swordfish") && !text.contains("trout"));
    let secret = proposal
        .changes
        .iter()
        .find(|change| change.address == "terraform_data.secret")
        .unwrap();
    assert!(
        secret
            .attributes
            .iter()
            .any(|own| own.name == "input" && own.sensitive)
    );
}

#[test]
fn a_value_of_the_apply_is_unknown() {
    let proposal = read(include_str!("fixtures/changes.json"));
    let uses = proposal
        .changes
        .iter()
        .find(|change| change.address == "module.inner[1].terraform_data.uses")
        .unwrap();
    assert!(
        uses.attributes
            .iter()
            .any(|own| own.name == "input" && own.unknown)
    );
}

#[test]
fn a_plan_of_some_targets_tells_those() {
    let proposal = read(include_str!("fixtures/target.json"));
    insta::assert_snapshot!(lines(&proposal), @r"
    NO_OP terraform_data.new_name
    UPDATE terraform_data.plain
    ");
}

#[test]
fn a_deposed_object_is_told_apart() {
    let proposal = read(include_str!("fixtures/deposed.json"));
    let deposed: Vec<_> = proposal
        .changes
        .iter()
        .filter(|change| change.address.starts_with("terraform_data.replaced_first"))
        .map(|change| (change.address.as_str(), change.action))
        .collect();
    assert_eq!(
        deposed,
        [
            ("terraform_data.replaced_first", Action::NoOp),
            ("terraform_data.replaced_first (deposed)", Action::Delete),
        ]
    );
}

#[test]
fn a_plan_without_changes_has_none() {
    let proposal = read(include_str!("fixtures/noop.json"));
    assert!(
        proposal
            .changes
            .iter()
            .all(|change| change.action == Action::NoOp)
    );
    assert!(proposal.edits.is_empty());
}
