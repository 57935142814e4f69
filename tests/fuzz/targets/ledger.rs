//! A ledger in which bytes have changed: it is refused, or read without a panic; and where `verify` finds
//! nothing wrong, its totals are what they were.

use std::fs;
use std::ops::Range;
use std::os::unix::fs::FileExt;
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

/// One of so many sound ledgers is verified, too: that none is found wrong for nothing, or panics.
const OFTEN: usize = 8;
/// What SQLite keeps about the file as a whole. What changes there may be mended by opening it.
const HEADER: usize = 100;

/// Changes: where in the file, counted from the end of the one before (three bytes, little end first),
/// how many bytes (one), and these.
pub fn run(bytes: &[u8]) {
    let (place, image, totals) = whole();
    let mut changed = image.clone();
    let mut touched = Vec::new();
    let (mut at, mut rest) = (0_usize, bytes);
    while let [a, b, c, length, more @ ..] = rest {
        at += usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        let length = usize::from(*length).min(more.len());
        at %= changed.len();
        let end = (at + length).min(changed.len());
        changed[at..end].copy_from_slice(&more[..end - at]);
        touched.push(at..end);
        (at, rest) = (end, &more[length..]);
    }
    put(place, &changed, &touched);
    look(place, totals, bytes.len().is_multiple_of(OFTEN));
    if touched.iter().any(|touched| touched.start < HEADER) {
        fs::write(place, image).unwrap();
    } else {
        put(place, image, &touched);
    }
}

/// Writes pieces of a file where they stand, so that not all of it is written for every input.
fn put(place: &Path, bytes: &[u8], pieces: &[Range<usize>]) {
    let file = fs::File::options().write(true).open(place).unwrap();
    for piece in pieces {
        let at = u64::try_from(piece.start).unwrap();
        file.write_all_at(&bytes[piece.clone()], at).unwrap();
    }
}

/// Where the totals are others, `verify` says so.
fn look(place: &Path, totals: &Totals, is_verified: bool) {
    let Ok(ledger) = Ledger::open_for_reading(place) else {
        return;
    };
    let is_same = sum(&ledger).as_ref() == Some(totals);
    if is_verified || !is_same {
        let sound = ledger.verify().is_ok_and(|findings| findings.is_empty());
        assert!(is_same || !sound, "verify is silent");
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
        let mut image = fs::read(&place).unwrap();
        // As on a network file system: without a log, which would be made and mapped for every look.
        image[18..20].copy_from_slice(&[1, 1]);
        fs::write(&place, &image).unwrap();
        let ledger = Ledger::open_for_reading(&place).unwrap();
        assert!(ledger.verify().unwrap().is_empty(), "unchanged");
        assert_eq!(sum(&ledger), Some(totals));
        (place, image, totals)
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
