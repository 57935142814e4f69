//! A ledger in which bytes have changed: it is refused, or read without a panic; and where `verify` finds
//! nothing wrong, its totals are what they were.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Options, Plan, ingest};
use llmcost::ledger::Ledger;
use llmcost::money::Money;
use llmcost::pricing::Prices;
use llmcost::source;
use llmcost::usage::{Meter, Timestamp};

/// Records, pico units of money and input tokens.
type Totals = (u64, i128, i128);

/// Changes: where in the file, counted from the end of the one before (three bytes, little end first),
/// how many bytes (one), and these.
pub fn run(bytes: &[u8]) {
    let (place, image, totals) = whole();
    let mut changed = image.clone();
    let (mut at, mut rest) = (0_usize, bytes);
    while let [a, b, c, length, more @ ..] = rest {
        at += usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        let length = usize::from(*length).min(more.len());
        at %= changed.len();
        let end = (at + length).min(changed.len());
        changed[at..end].copy_from_slice(&more[..end - at]);
        (at, rest) = (end, &more[length..]);
    }
    fs::write(place, &changed).unwrap();
    let Ok(ledger) = Ledger::open_for_reading(place) else {
        return;
    };
    let sound = ledger.verify().is_ok_and(|findings| findings.is_empty());
    let found = sum(&ledger);
    if sound {
        assert_eq!(found.as_ref(), Some(totals), "verify is silent");
    }
}

/// Where the ledger is, its bytes as they were, and its totals.
fn whole() -> &'static (PathBuf, Vec<u8>, Totals) {
    static WHOLE: OnceLock<(PathBuf, Vec<u8>, Totals)> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let place = super::folder("ledger").join("ledger.db");
        drop(fs::remove_file(&place));
        make(&place);
        let totals = sum(&Ledger::open_for_reading(&place).unwrap()).unwrap();
        (place.clone(), fs::read(&place).unwrap(), totals)
    })
}

fn sum(ledger: &Ledger) -> Option<Totals> {
    let mut totals = Totals::default();
    let read = ledger.for_each(&mut |entry| {
        totals.0 += 1;
        totals.1 += i128::from(entry.receipt.cost.map_or(0, Money::pico));
        totals.2 += entry.record.quantity(&Meter::INPUT).exact().mantissa();
        Ok(())
    });
    read.ok().map(|()| totals)
}

/// Makes a ledger with a few calls in it.
pub fn make(place: &Path) {
    let call = |n: u32| {
        format!(
            r#"{{"id":"chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5","object":"chat.completion","created":{},"model":"gpt-4o-2024-08-06","user":"u{}","choices":[{{"index":0,"message":{{"role":"assistant","content":"CANARY"}},"finish_reason":"stop"}}],"usage":{{"prompt_tokens":{},"completion_tokens":100,"total_tokens":{}}}}}"#,
            1_793_613_600 + n * 40_000,
            n % 3,
            1000 + n,
            1100 + n
        ) + "\n"
    };
    let log = place.with_extension("jsonl");
    fs::write(&log, (1..20).map(call).collect::<String>() + "{broken\n").unwrap();
    let now = Timestamp::parse("2026-11-22T00:00:00Z").unwrap();
    let plan = Plan {
        sources: &source::expand(&[log.to_str().unwrap().to_owned()]).unwrap(),
        formats: &Formats::builtin(),
        options: &Options::default(),
        prices: &Prices::bundled(),
        now,
        clock: now,
        version: "test",
        strict: false,
        absolute: true,
        retry_rejected: false,
        dry: false,
    };
    let mut ledger = Ledger::open(place).unwrap();
    assert!(ingest(&mut ledger, &plan, &mut |_| true).unwrap().committed);
}
