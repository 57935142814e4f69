//! One target, chosen by the name of the binary; what it does stands in `tests/fuzz`.
#![no_main]

#[path = "../tests/fuzz/targets/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::run(env!("CARGO_BIN_NAME"), bytes));
