//! The worked book and its hand-computed receipts, where they lie beside the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use llmcost::money::Quantity;
use llmcost::pricing::{PriceBook, Prices, Quote, quote};
use llmcost::usage::Timestamp;
use serde::Deserialize;

use super::support;

#[derive(Deserialize)]
struct Case {
    name: String,
    provider: Option<String>,
    model: String,
    at: String,
    usage: BTreeMap<String, String>,
    attributes: BTreeMap<String, String>,
    total: Option<String>,
    status: String,
}

/// The folder of shared prices, where it is at hand.
pub fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("LLMCOST_SHARED").map_or_else(beside, PathBuf::from);
    Some(folder.join("prices")).filter(|prices| prices.join("cases.jsonl").exists())
}

#[test]
fn hand_computed_receipts_are_right_digit_for_digit() {
    let Some(folder) = shared() else {
        println!("skipped: no shared/prices beside the repository (LLMCOST_SHARED)");
        return;
    };
    let path = folder.join("example.prices.yaml");
    let bytes = std::fs::read(&path).unwrap();
    let book = PriceBook::parse(&path.display().to_string(), &bytes);
    let prices = Prices::only(book.unwrap_or_else(|error| panic!("{error}")));
    let cases = std::fs::read_to_string(folder.join("cases.jsonl")).unwrap();
    for line in cases.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let usage = case.usage.iter();
        let receipt = quote(
            &Quote {
                provider: case.provider.as_deref(),
                model: &case.model,
                at: Timestamp::parse(&case.at),
                usage: usage
                    .map(|(m, q)| (m.clone(), Quantity::parse(q).unwrap()))
                    .collect(),
                attributes: case.attributes.clone(),
            },
            &prices,
        );
        let total = case.total.unwrap_or_else(|| "unpriced".to_owned());
        let found = (support::cost(&receipt), receipt.status.name().to_owned());
        assert_eq!(
            found,
            (total, case.status),
            "{}: {:?}",
            case.name,
            receipt.reasons
        );
    }
}
