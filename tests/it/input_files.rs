//! Files that cannot be used: named, refused, status 1.

use crate::{program::Machine, recording};

/// A machine with a good snapshot file of each form.
async fn with_snapshots() -> Machine {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    for file in ["good.jsonl", "good.jsonl.zst"] {
        machine
            .prints(&["crawl", "--replay", recording::FOLDER, "--out", file])
            .await;
    }
    machine
}

/// Both commands that read a snapshot file refuse it in one line that begins so.
async fn is_refused(machine: &Machine, file: &str, why: &str) {
    let expected = format!("{file} cannot be used: {why}");
    let radius = machine.run(&["radius", "edge", "--snapshot", file]).await;
    let serve = machine
        .run(&["serve", "--listen", "127.0.0.1:0", "--snapshot", file])
        .await;
    for ended in [&radius, &serve] {
        assert!(ended.failure().starts_with(&expected), "{ended:?}");
    }
}

#[tokio::test]
async fn a_snapshot_that_is_cut_in_half_is_refused() {
    let machine = with_snapshots().await;
    for (good, cut) in [
        ("good.jsonl", "cut.jsonl"),
        ("good.jsonl.zst", "cut.jsonl.zst"),
    ] {
        let whole = machine.read(good);
        machine.write(cut, &whole[..whole.len() / 2]);
        is_refused(&machine, cut, "is cut short").await;
    }
    let whole = String::from_utf8(machine.read("good.jsonl")).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    machine.write("no-end.jsonl", lines[..lines.len() - 1].join("\n"));
    is_refused(&machine, "no-end.jsonl", "is cut short").await;
    let missing = [&lines[..lines.len() - 2], &lines[lines.len() - 1..]].concat();
    machine.write("missing.jsonl", missing.join("\n"));
    is_refused(&machine, "missing.jsonl", "has ").await;
}

#[tokio::test]
async fn a_snapshot_of_a_newer_blastmap_is_refused_by_its_version() {
    let machine = Machine::new();
    machine.write(
        "newer.jsonl",
        "{\"blastmap\":99,\"id\":\"x\",\"takenAt\":\"2031-01-01T00:00:00Z\",\"more\":{}}\n",
    );
    is_refused(
        &machine,
        "newer.jsonl",
        "has format version 99, newer than 1",
    )
    .await;
}

#[tokio::test]
async fn what_is_no_snapshot_is_refused() {
    let machine = Machine::new();
    machine.write("empty.jsonl", "");
    machine.write("page.html", "<!doctype html><title>hello</title>");
    machine.write("other.json", "{\"Version\":\"2012-10-17\"}\n");
    machine.write("bytes.zst", [0x28, 0xB5, 0x2F, 0xFD, 0xFF, 0xFF, 0xFF]);
    for file in ["empty.jsonl", "page.html", "other.json"] {
        is_refused(&machine, file, "is not a blastmap snapshot").await;
    }
    is_refused(&machine, "bytes.zst", "").await;
    is_refused(&machine, ".", "").await;
}

#[tokio::test]
async fn a_corrupt_line_is_named() {
    let machine = with_snapshots().await;
    let whole = String::from_utf8(machine.read("good.jsonl")).unwrap();
    let mut lines: Vec<&str> = whole.lines().collect();
    lines[7] = "{\"resource\":{\"id\":7}}";
    machine.write("corrupt.jsonl", lines.join("\n"));
    is_refused(&machine, "corrupt.jsonl", "is corrupt in line 8").await;
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let machine = Machine::new();
    let ended = machine.run(&["serve", "--snapshot", "gone.jsonl"]).await;
    assert!(
        ended.failure().starts_with("cannot open gone.jsonl: "),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_fingerprint_key_that_is_none_is_refused() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    machine.write("key", "secret");
    let crawl = [
        "crawl",
        "--replay",
        recording::FOLDER,
        "--fingerprint-key",
        "key",
    ];
    assert_eq!(
        machine.run(&crawl).await.failure(),
        "key is not a fingerprint key: it should hold 64 hexadecimal digits"
    );
}

#[tokio::test]
async fn a_folder_that_is_not_there_cannot_be_written_to() {
    let machine = Machine::new();
    recording::write(&machine, |_| {});
    let ended = machine
        .run(&[
            "crawl",
            "--replay",
            recording::FOLDER,
            "--out",
            "gone/x.jsonl",
        ])
        .await;
    assert!(
        ended.failure().starts_with("cannot write gone/x.jsonl: "),
        "{ended:?}"
    );
}
