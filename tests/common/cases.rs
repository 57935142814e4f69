//! How often a law is tried: as often as its test says, and more where `PROPTEST_CASES` asks for more.

use proptest::prelude::ProptestConfig;

/// A law that is tried at least so often.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked: Option<u32> = asked.and_then(|number| number.parse().ok());
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(asked.unwrap_or(0).max(usual))
    }
}
