//! The demo's recorded answers as a folder for `--replay`, as they are or changed.

use serde_json::Value;

use crate::program::Machine;

const DEMO: &[u8] = include_bytes!("../../backend/aws/demo/calls.jsonl.zst");

/// The folder's name, to be given to `--replay`.
pub(crate) const FOLDER: &str = "recording";

/// Writes the recording, each call passed through `change`.
pub(crate) fn write(machine: &Machine, mut change: impl FnMut(&mut Value)) {
    let plain = zstd::decode_all(DEMO).expect("the demo can be decompressed");
    let mut lines = String::new();
    for line in String::from_utf8(plain).expect("the demo is UTF-8").lines() {
        let mut call: Value = serde_json::from_str(line).expect("each line is JSON");
        change(&mut call);
        lines.push_str(&call.to_string());
        lines.push('\n');
    }
    machine.write(&format!("{FOLDER}/calls.jsonl"), lines);
}
