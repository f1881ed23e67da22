//! Policy documents of any bytes: `cargo +nightly fuzz run policy -- -dict=fuzz/policy.dict`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../policy.rs"]
mod policy;

fuzz_target!(|bytes: &[u8]| policy::check(bytes));
