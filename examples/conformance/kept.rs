//! Whether the cost that a body states stands on its record, digit by digit.

use std::fs;
use std::path::Path;

use llmcost::usage::UsageRecord;

/// Where bodies state their own cost.
const COSTS: &[&str] = &[
    "/usage/cost",
    "/usage/cost/total_cost",
    "/usage/cost_in_usd_ticks",
    "/cost/usd",
];

/// The cost that a whole JSON body states, as it is written.
pub fn stated_cost(path: &Path) -> Option<(String, bool)> {
    let text = fs::read_to_string(path).ok()?;
    let raw = llmcost::json::Raw::parse(text.trim()).ok()?;
    let pointer = COSTS.iter().find(|pointer| {
        raw.at(pointer)
            .and_then(llmcost::json::Raw::digits)
            .is_some()
    })?;
    Some((
        raw.at(pointer)?.digits()?.to_owned(),
        pointer.ends_with("ticks"),
    ))
}

/// Whether the stated cost stands on a record to the digit.
pub fn cost_kept(cost: &(String, bool), records: &[UsageRecord]) -> bool {
    let exact = |text: &str| llmcost::money::Exact::parse(text).ok();
    records
        .iter()
        .filter_map(|record| record.reported_cost.as_ref())
        .any(|reported| {
            let wanted = exact(&cost.0).and_then(|number| {
                if cost.1 {
                    number.shift(-10).ok()
                } else {
                    Some(number)
                }
            });
            reported.amount == cost.0 || exact(&reported.amount) == wanted && wanted.is_some()
        })
}
