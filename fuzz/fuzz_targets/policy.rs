//! Policy documents of any bytes: `make fuzz FUZZ=policy`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/policy.rs"]
mod policy;

fuzz_target!(|bytes: &[u8]| policy::check(bytes));
