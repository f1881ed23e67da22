//! Snapshot files of any bytes: `make fuzz FUZZ=snapshot`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/snapshot.rs"]
mod snapshot;

fuzz_target!(|bytes: &[u8]| snapshot::check(bytes));
