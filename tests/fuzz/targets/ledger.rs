//! A ledger in which bytes have changed: it is refused, or read without a panic; and where `verify` finds
//! nothing wrong, its totals are what they were.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use llmcost::envelopes::Formats;
use llmcost::ingest::{Options, Plan, ingest};
use llmcost::ledger::Ledger;
use llmcost::money::Money;
use llmcost::pricing::Prices;
use llmcost::source;
use llmcost::usage::{Meter, Timestamp};

/// Records, pico units of money and input tokens.
type Totals = (u64, i128, i128);

/// One of so many ledgers is opened anew, and one of so many sound ones is verified, too: that none is
/// found wrong for nothing, or panics. To open one is mostly SQLite reading the schema.
const OFTEN: usize = 32;
/// What SQLite keeps about the file as a whole. What changes there may be mended by opening it.
const HEADER: usize = 100;
/// Where SQLite counts the changes of the file, and where it repeats it.
const COUNTS: [usize; 2] = [24, 92];

/// The ledger that is changed, kept open.
struct Kept {
    ledger: Ledger,
    place: PathBuf,
    file: File,
    /// Its bytes as they were.
    image: Vec<u8>,
    totals: Totals,
    changes: u32,
}

/// Changes: where in the file, counted from the end of the one before and first from that of the header,
/// which comes last as it takes longest (three bytes, little end first), how many bytes (one), and these.
pub fn run(bytes: &[u8]) {
    let mut kept = kept().lock().unwrap();
    let mut touched = Vec::new();
    let (mut at, mut rest) = (HEADER, bytes);
    while let [a, b, c, length, more @ ..] = rest {
        at += usize::from(*a) | usize::from(*b) << 8 | usize::from(*c) << 16;
        let length = usize::from(*length).min(more.len());
        at %= kept.image.len();
        let end = (at + length).min(kept.image.len());
        touched.push((at..end, more[..end - at].to_vec()));
        (at, rest) = (end, &more[length..]);
    }
    let is_header = touched.iter().any(|(touched, _)| touched.start < HEADER);
    kept.count();
    for (touched, bytes) in &touched {
        kept.put(touched.start, bytes);
    }
    let turn = bytes.iter().map(|byte| usize::from(*byte)).sum::<usize>() % OFTEN;
    let is_verified = turn == 0;
    if is_header || turn == 1 {
        if let Ok(opened) = Ledger::open_for_reading(&kept.place) {
            look(&opened, &kept.totals, is_verified);
        }
    } else if kept.ledger.read_anew().is_ok() {
        look(&kept.ledger, &kept.totals, is_verified);
    }
    if is_header {
        kept.file.set_len(0).unwrap();
        kept.put(0, &kept.image);
    } else {
        for (touched, _) in touched {
            kept.put(touched.start, &kept.image[touched]);
        }
    }
}

impl Kept {
    /// Writes bytes where they stand, so that not all of the file is written for every input.
    fn put(&self, at: usize, bytes: &[u8]) {
        let at = u64::try_from(at).unwrap();
        self.file.write_all_at(bytes, at).unwrap();
    }

    /// The ledger that is kept open sees what changes in its file, and that it is as it was again.
    fn is_seen_by_its_reader(&mut self) {
        let (pages, rest) = (self.image.len() / 2, self.image.len().div_ceil(2));
        for (bytes, is_sound) in [(vec![0; rest], false), (self.image[pages..].to_vec(), true)] {
            self.put(pages, &bytes);
            self.count();
            self.ledger.read_anew().unwrap();
            let found = self.ledger.verify().unwrap();
            assert_eq!(found.is_empty(), is_sound, "a change is seen");
            assert!(!is_sound || sum(&self.ledger) == Some(self.totals));
        }
    }

    /// Tells those who have the file open that it has changed.
    fn count(&mut self) {
        self.changes += 1;
        for at in COUNTS {
            self.put(at, &self.changes.to_be_bytes());
        }
    }
}

/// Where the totals are others, `verify` says so.
fn look(ledger: &Ledger, totals: &Totals, is_verified: bool) {
    let is_same = sum(ledger).as_ref() == Some(totals);
    if is_verified || !is_same {
        let sound = ledger.verify().is_ok_and(|findings| findings.is_empty());
        assert!(is_same || !sound, "verify is silent");
    }
}

fn kept() -> &'static Mutex<Kept> {
    static KEPT: OnceLock<Mutex<Kept>> = OnceLock::new();
    KEPT.get_or_init(|| {
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
        let changes = u32::from_be_bytes(image[24..28].try_into().unwrap());
        let file = File::options().write(true).open(&place).unwrap();
        let mut kept = Kept {
            ledger,
            place,
            file,
            image,
            totals,
            changes,
        };
        kept.is_seen_by_its_reader();
        Mutex::new(kept)
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
