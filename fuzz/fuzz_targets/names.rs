//! ARNs, image references and host names of any bytes: `make fuzz FUZZ=names`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/names.rs"]
mod names;

fuzz_target!(|bytes: &[u8]| names::check(bytes));
