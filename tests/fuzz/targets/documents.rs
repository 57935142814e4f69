//! Any bytes as a log, through envelopes and adapters to receipts: read twice it says the same, its
//! records join in any order, and a cost is the sum of its charges.

use std::cell::RefCell;
use std::io::Cursor;
use std::sync::OnceLock;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Found, Options, Outcome, Spot};
use llmcost::money::Money;
use llmcost::pricing::{CostStatus, Prices, price};
use llmcost::source::{Frame, Source};
use llmcost::usage::{Identity, UsageRecord, canonical, merge};

/// Records of one input that are joined with each other.
const JOINED: usize = 3;

/// A log of any form.
pub fn run(bytes: &[u8]) {
    let first = read(bytes);
    let again = read(bytes);
    assert_eq!(first, again, "read twice");
    let records = same_call(&first);
    for a in &records {
        costs(a);
        for b in &records {
            let ab = merge::merge(a, b);
            assert_eq!(ab, merge::merge(b, a), "the order of two readings");
            assert_eq!(
                merge::merge(&ab.record, b).record,
                ab.record,
                "a reading once more"
            );
        }
    }
    if let [a, b, c] = records.as_slice() {
        let left = merge::merge(&merge::merge(a, b).record, c).record;
        let right = merge::merge(a, &merge::merge(b, c).record).record;
        assert_eq!(left, right, "the order of three readings");
    }
}

/// The first records as if they were readings of one call.
fn same_call(read: &[(UsageRecord, Identity)]) -> Vec<UsageRecord> {
    let records = read.iter().map(|(record, _)| UsageRecord {
        part: None,
        key: None,
        ..record.clone()
    });
    records.take(JOINED).collect()
}

fn formats() -> &'static Formats {
    static FORMATS: OnceLock<Formats> = OnceLock::new();
    FORMATS.get_or_init(Formats::builtin)
}

/// Two readers that have seen other inputs before: one that casts what is like them, and one that never does.
struct Readers {
    alike: Documents<'static>,
    plain: Documents<'static>,
    /// How many values they have read.
    read: u32,
}

/// Values after which both begin anew, so that they have room to learn.
const MOST_READ: u32 = 5_000;

impl Readers {
    fn new() -> Self {
        static OPTIONS: OnceLock<Options> = OnceLock::new();
        let plain = || Documents::new(formats(), OPTIONS.get_or_init(Options::default));
        Self {
            alike: plain().alike(prices()),
            plain: plain(),
            read: 0,
        }
    }
}

/// A value is read the same whether anything like it was read before or not.
fn alike(text: &str) {
    thread_local! { static READERS: RefCell<Readers> = RefCell::new(Readers::new()); }
    READERS.with_borrow_mut(|readers| {
        readers.read += 1;
        if readers.read > MOST_READ {
            *readers = Readers::new();
        }
        readers.alike.value(text, Spot::default());
        readers.plain.value(text, Spot::default());
        let told = |found: Found| {
            let (found, receipt) = found.in_full();
            if let (Outcome::Record(record, _), Some(receipt)) = (&found.outcome, receipt) {
                assert_eq!(price(record, prices()), *receipt, "another receipt");
            }
            format!("{:?} {:?}", found.spot, found.outcome)
        };
        let cast: Vec<String> = readers.alike.take().into_iter().map(told).collect();
        let plain: Vec<String> = readers.plain.take().into_iter().map(told).collect();
        assert_eq!(cast, plain, "another reading");
    });
}

fn prices() -> &'static Prices {
    static PRICES: OnceLock<Prices> = OnceLock::new();
    PRICES.get_or_init(Prices::bundled)
}

/// The records of a log, as `ingest` reads them.
fn read(bytes: &[u8]) -> Vec<(UsageRecord, Identity)> {
    let options = Options::default();
    let mut documents = Documents::new(formats(), &options).at("log.jsonl");
    let mut source = Source::from_reader(Cursor::new(bytes.to_vec()), false);
    while let Some(frame) = source.next_frame().unwrap() {
        let spot = Spot {
            line: frame.line(),
            ..Spot::default()
        };
        match frame {
            Frame::Value { text, .. } => {
                alike(text);
                documents.value(text, spot);
            }
            Frame::Event { text, .. } => documents.event(text, spot),
            Frame::StreamEnd { .. } => documents.stream_end(),
            Frame::Line { text, .. } => drop(documents.line(text, spot)),
            Frame::Text { .. } | Frame::Other { .. } | Frame::Broken { .. } => {}
        }
    }
    documents.finish();
    let found = documents.take().into_iter();
    let records = found.filter_map(|found| match found.outcome {
        Outcome::Record(record, identity) => Some((*record, identity)),
        Outcome::Rejected(fault) => {
            let said = fault.to_string();
            assert!(!said.contains(char::is_control), "{said:?}");
            None
        }
        Outcome::Alike(_) | Outcome::Ignored(_) => None,
    });
    records.collect()
}

/// A receipt adds up, and what is not exact says why.
fn costs(record: &UsageRecord) {
    let receipt = price(record, prices());
    let charges = receipt.charges.iter().filter_map(|charge| charge.cost);
    let sum = charges.fold(Money::ZERO, |sum, cost| sum.plus(cost).unwrap());
    match receipt.cost {
        Some(cost) if receipt.status == CostStatus::Covered => assert_eq!(cost, Money::ZERO),
        Some(cost) => assert_eq!(cost, sum),
        None => assert_eq!(receipt.status, CostStatus::Unpriced),
    }
    assert!(
        receipt.status == CostStatus::Exact || !receipt.reasons.is_empty(),
        "no reason"
    );
    let json = canonical::to_json(record);
    let text = serde_json::to_string(&json).unwrap();
    assert!(!text.contains(char::is_control), "{text:?}");
}
