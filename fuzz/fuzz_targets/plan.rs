//! Changes, in any format of any bytes: `make fuzz FUZZ=plan`.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/plan.rs"]
mod plan;

fuzz_target!(|bytes: &[u8]| plan::check(bytes));
