//! GraphQL requests of any bytes: `make fuzz FUZZ=document`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/document.rs"]
mod document;

fuzz_target!(|bytes: &[u8]| document::check(bytes));
