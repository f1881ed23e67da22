//! What is proposed, of any bytes and in any format: `cargo fuzz run plan`.
#![no_main]

use blastmap_model::{Inventory, Redactor};
use libfuzzer_sys::fuzz_target;
use time::OffsetDateTime;

fuzz_target!(|bytes: &[u8]| {
    let inventory = Inventory::empty("fuzz".to_owned(), OffsetDateTime::UNIX_EPOCH);
    drop(blastmap_change::read(bytes, &inventory, &Redactor::new([7; 32])));
});
