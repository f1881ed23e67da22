//! The demo estate: recorded answers that ship inside the binary.

use crate::wire::{Recording, RecordingError};

/// Made by `tests/estate/record_demo.py`.
static CALLS: &[u8] = include_bytes!("../demo/calls.jsonl.zst");

/// The recording of the demo estate.
pub fn demo() -> Result<Recording, RecordingError> {
    Recording::from_compressed(CALLS)
}
