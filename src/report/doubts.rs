//! Why the costs of listed records are not exact, below the list.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::notes::records;
use crate::ledger::Entry;

/// Reasons that are named one by one.
const MOST_REASONS: usize = 5;

/// Why the costs of records are not exact, the most frequent reasons first.
pub fn reasons(entries: &[Entry]) -> Vec<String> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for entry in entries {
        let status = entry.receipt.status.name();
        for reason in &entry.receipt.reasons {
            *counts.entry((status, reason)).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let named = counts.iter().take(MOST_REASONS);
    let mut notes: Vec<String> = named
        .map(|((status, reason), count)| format!("{status}, {}: {reason}", records(*count)))
        .collect();
    if let Some(more) = counts
        .len()
        .checked_sub(MOST_REASONS)
        .filter(|more| *more > 0)
    {
        notes.push(format!("and {more} more reasons: --format csv has them"));
    }
    notes
}
