//! What must be said of costs that are not those of the ledger: at which terms they are, and what
//! is left out of them.

use std::collections::BTreeSet;

use super::Report;
use super::costing::{Basis, From};
use super::notes::records;

/// Rates and reasons that are named one by one; the rest is counted.
const MOST_NAMED: usize = 3;

impl Report {
    /// Whether the costs are those that the ledger holds.
    pub(super) fn is_stored(&self) -> bool {
        !self.beside && self.query.basis == Basis::Computed
    }

    /// The terms that hold for the whole report.
    pub(super) fn terms_text(&self) -> impl Iterator<Item = (&'static str, String)> {
        let stated = self.query.terms.iter();
        let terms = stated.map(|term| (term.key, term.text.clone()));
        terms.chain(self.basis_text()).chain(self.exchange_text())
    }

    fn basis_text(&self) -> Option<(&'static str, String)> {
        let of = |from| records(self.summary.from.get(&from).copied().unwrap_or(0));
        let text = match self.query.basis {
            Basis::Computed => return None,
            Basis::Reported => format!("what the providers state ({})", of(From::Provider)),
            Basis::ReportedFirst => format!(
                "what the providers state ({}), otherwise what we computed ({})",
                of(From::Provider),
                of(From::Us)
            ),
        };
        Some(("cost", text))
    }

    fn exchange_text(&self) -> Option<(&'static str, String)> {
        let exchange = self.query.exchange.as_ref()?;
        let ways: Vec<String> = self.summary.ways.keys().map(ToString::to_string).collect();
        let shown = ways.get(..MOST_NAMED).unwrap_or(&ways).join("; ");
        let more = match ways.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let by = if ways.is_empty() {
            "nothing was converted".to_owned()
        } else {
            format!("converted at the date of each record: {shown}{more}")
        };
        Some(("currency", format!("{}, {by}", exchange.to)))
    }

    /// Why costs are unknown at terms that are not those of the ledger: no list of stored records
    /// would show it.
    pub(super) fn unknown(&self) -> Option<String> {
        let unpriced = &self.summary.unpriced;
        let total: u64 = unpriced.values().sum();
        let reasons: BTreeSet<&str> = unpriced.keys().map(|doubt| doubt.reason.as_str()).collect();
        let reasons: Vec<&str> = reasons.into_iter().take(MOST_NAMED).collect();
        let what = format!("{} of unknown cost: {}", records(total), reasons.join("; "));
        (total > 0).then_some(what)
    }

    pub(super) fn unconverted(&self) -> impl Iterator<Item = String> {
        let exchange = self.query.exchange.as_ref();
        let to = exchange.map(|exchange| exchange.to.as_str());
        let to = to.unwrap_or_default();
        let none = exchange.is_some_and(|exchange| exchange.fx.is_empty());
        let why = if none {
            "the price books state no rates; your own can, under `fx:`".to_owned()
        } else {
            format!("no rate to {to} at most 7 days older than the record")
        };
        self.summary.unconverted.iter().map(move |(own, number)| {
            let left = records(*number);
            format!("{left} in {own} left unconverted: {why}.")
        })
    }
}
