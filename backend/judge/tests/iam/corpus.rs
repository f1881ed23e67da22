//! The fuzzer's corpus, without the fuzzer.

use std::{fs, path::Path};

#[path = "../../../../fuzz/policy.rs"]
mod policy;

#[test]
fn the_corpus_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/policy");
    let entries = fs::read_dir(&corpus).unwrap();
    let mut read = 0;
    for entry in entries {
        policy::check(&fs::read(entry.unwrap().path()).unwrap());
        read += 1;
    }
    assert!(read > 0, "{} is empty", corpus.display());
}
