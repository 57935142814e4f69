//! What each stage of the way takes for one record, on the corpora of `examples/corpus`:
//! `cargo bench --bench stages`. Parse is the JSON grammar alone; identify goes from a line to a record
//! with its identity (envelope and adapter included); then price, insert, and report.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "the harness makes functions of its own, and a failing benchmark may stop"
)]

#[path = "../examples/corpus/calls.rs"]
mod calls;
#[path = "../examples/corpus/logs.rs"]
#[allow(dead_code, reason = "what only the program prints")]
mod logs;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::json::Raw;
use llmcost::ledger::{Entry, Ledger, Place};
use llmcost::pricing::{self, PriceBook, Prices};
use llmcost::report::{Query, report};
use llmcost::usage::{Identity, Timestamp, UsageRecord};
use logs::Kind;

const RECORDS: u64 = 2_000;
const KINDS: [Kind; 3] = [Kind::Chat, Kind::Messages, Kind::Rows];

/// A corpus in memory, and the rates of its models.
fn corpus(kind: Kind) -> (String, Prices) {
    let folder = tempfile::TempDir::new().unwrap();
    logs::write(kind, folder.path(), RECORDS, 1);
    let book = std::fs::read(folder.path().join("prices.yaml")).unwrap();
    let book = PriceBook::parse("corpus", &book).expect("the corpus's book");
    let text = std::fs::read_to_string(kind.path(folder.path())).unwrap();
    (text, Prices::only(book))
}

fn identified(text: &str, formats: &Formats) -> Vec<(UsageRecord, Identity)> {
    let options = Options::default();
    let mut documents = Documents::new(formats, &options);
    for line in text.lines() {
        documents.value(line, Spot::default());
    }
    documents.finish();
    let found = documents.take().into_iter();
    let records = found.filter_map(|found| match found.outcome {
        Outcome::Record(record, identity) => Some((*record, identity)),
        Outcome::Alike(_) | Outcome::Ignored(_) | Outcome::Rejected(_) => None,
    });
    records.collect()
}

fn inserted(records: &[(UsageRecord, Identity)], prices: &Prices) -> Ledger {
    let mut ledger = Ledger::scratch().unwrap();
    let now = Timestamp::from_millis(1_795_000_000_000);
    let mut run = ledger.begin(now, "0").unwrap();
    let source = run.source("log.jsonl", true).unwrap();
    let place = Place {
        path: "log.jsonl".into(),
        line: 1,
        pointer: String::new(),
        format: "jsonl".into(),
    };
    for (record, identity) in records {
        let price =
            |record: &UsageRecord, _: llmcost::ledger::ToPrice<'_>| pricing::price(record, prices);
        run.put(record.clone(), *identity, place.clone(), source, &price)
            .unwrap();
    }
    run.commit().unwrap();
    ledger
}

fn stages(c: &mut Criterion) {
    let formats = Formats::builtin();
    for kind in KINDS {
        let (text, prices) = corpus(kind);
        let records = identified(&text, &formats);
        assert!(records.len() >= usize::try_from(RECORDS).unwrap());
        let ledger = inserted(&records, &prices);
        let mut entries: Vec<Entry> = Vec::new();
        ledger
            .for_each(&mut |entry| {
                entries.push(entry.clone());
                Ok(())
            })
            .unwrap();
        let query = Query::new(Timestamp::from_millis(1_795_000_000_000));
        let mut group = c.benchmark_group(kind.name());
        group
            .sample_size(20)
            .throughput(Throughput::Elements(RECORDS));
        group.bench_function(BenchmarkId::from_parameter("parse"), |b| {
            b.iter(|| {
                text.lines()
                    .filter(|line| Raw::parse(black_box(line)).is_ok())
                    .count()
            });
        });
        group.bench_function(BenchmarkId::from_parameter("identify"), |b| {
            b.iter(|| identified(black_box(&text), &formats).len());
        });
        group.bench_function(BenchmarkId::from_parameter("price"), |b| {
            b.iter(|| {
                let costs = records
                    .iter()
                    .map(|(record, _)| pricing::price(record, &prices).cost);
                costs.flatten().count()
            });
        });
        group.bench_function(BenchmarkId::from_parameter("insert (priced)"), |b| {
            b.iter(|| inserted(black_box(&records), &prices));
        });
        group.bench_function(BenchmarkId::from_parameter("report"), |b| {
            b.iter(|| report(black_box(&query), &entries).unwrap());
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
