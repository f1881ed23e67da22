//! The fuzzer's corpora, without the fuzzer.

use std::{fs, path::Path};

#[path = "../../../fuzz/checks/plan.rs"]
mod plan;
#[path = "../../../fuzz/checks/policy.rs"]
mod policy;

fn replay(name: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(name);
    let entries = fs::read_dir(&corpus).expect("a corpus");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("a file of the corpus").path())
        .collect();
    files.sort();
    for file in &files {
        check(&fs::read(file).expect("a file of the corpus"));
    }
    assert!(!files.is_empty(), "{} is empty", corpus.display());
}

#[test]
fn the_corpus_of_policies_holds() {
    replay("policy", policy::check);
}

#[test]
fn the_corpus_of_plans_holds() {
    replay("plan", plan::check);
}
