//! Files that are read while they are being written: what a part of a file and then all of it leave in
//! a ledger should be what all of it alone leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use llmcost::envelopes::Formats;
use llmcost::ingest::{self, Options, Outcomes, Plan};
use llmcost::ledger::{Entry, Ledger};
use llmcost::pricing::Prices;
use llmcost::source;
use llmcost::usage::Timestamp;

/// How often each usage is in a ledger.
pub type Usage = BTreeMap<String, usize>;

/// Reads files into a ledger.
pub fn read_into(ledger: &mut Ledger, paths: &[String]) -> Outcomes {
    static KNOWN: LazyLock<(Formats, Prices)> =
        LazyLock::new(|| (Formats::builtin(), Prices::bundled()));
    let (formats, prices) = &*KNOWN;
    let sources = source::expand(paths).unwrap();
    let plan = Plan {
        sources: &sources,
        formats,
        options: &Options::default(),
        prices,
        now: Timestamp::parse("2026-11-22").unwrap(),
        clock: Timestamp::parse("2026-11-22").unwrap(),
        version: "0",
        strict: false,
        absolute: false,
        retry_rejected: false,
        dry: false,
    };
    ingest::ingest(ledger, &plan, &mut |_| true).unwrap()
}

/// Everything in a ledger.
pub fn entries(ledger: &Ledger) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut take = |entry: &Entry| {
        entries.push(entry.clone());
        Ok(())
    };
    ledger.for_each(&mut take).unwrap();
    entries
}

/// What a ledger holds once each of these states of a file was read into it.
pub fn usage(path: &Path, states: &[&[u8]]) -> Usage {
    let mut ledger = Ledger::scratch().unwrap();
    for bytes in states {
        fs::write(path, bytes).unwrap();
        read_into(&mut ledger, &[path.to_str().unwrap().to_owned()]);
    }
    let mut usage = Usage::new();
    for entry in entries(&ledger) {
        *usage.entry(said(&entry)).or_default() += 1;
    }
    usage
}

fn said(entry: &Entry) -> String {
    let items = entry.record.items.iter();
    let items: Vec<String> = items
        .map(|item| format!("{} {}", item.meter.name(), item.quantity.exact()))
        .collect();
    items.join(", ")
}

/// Places to cut a file at: strewn, the same in every run.
pub fn cuts(length: usize, count: usize) -> Vec<usize> {
    let strewn = (1..=count).map(|n| (n * 7919 + length / (n + 1)) % length.max(1));
    strewn.collect()
}
