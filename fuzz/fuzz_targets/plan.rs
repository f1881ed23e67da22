//! Plans of any bytes: `cargo +nightly fuzz run plan`.
#![no_main]

use blastmap_change::terraform;
use blastmap_model::{Inventory, Redactor};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

fuzz_target!(|bytes: &[u8]| {
    let inventory = Inventory::empty("fuzz".to_owned(), OffsetDateTime::UNIX_EPOCH);
    drop(terraform::read(bytes, &inventory, &Redactor::new([7; 32])));
});
