//! What price books and quotes take inside a process: `cargo bench --bench pricing`. What a whole
//! `llmcost quote` takes is measured by `benches/quote_cold.sh`.
#![allow(
    missing_docs,
    clippy::expect_used,
    reason = "the harness makes functions of its own, and a failing benchmark may stop"
)]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use llmcost::money::Quantity;
use llmcost::pricing::{PriceBook, Prices, Quote, bundled_texts, quote};
use llmcost::usage::Timestamp;

fn load(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.sample_size(20);
    let read = |(name, text): (&str, &str)| {
        PriceBook::parse(name, text.as_bytes()).expect("a bundled book")
    };
    group.bench_function("all bundled books", |b| {
        b.iter(|| {
            bundled_texts()
                .map(read)
                .map(|book| book.models().len())
                .sum::<usize>()
        });
    });
    for provider in ["openai", "anthropic"] {
        let mut books = bundled_texts();
        let text = books
            .find(|(name, _)| *name == provider)
            .expect("a book of it");
        group.bench_function(format!("the book of {provider}"), |b| {
            b.iter(|| read(black_box(text)));
        });
    }
    group.finish();
}

/// A call with tiers and long context behind it, priced by books that were met before.
fn evaluate(c: &mut Criterion) {
    let prices = Prices::bundled();
    let usage = [
        ("input", "300000"),
        ("cache_read", "120000"),
        ("output", "9000"),
        ("reasoning", "4000"),
    ];
    let usage =
        usage.map(|(meter, text)| (meter.to_owned(), Quantity::parse(text).expect("a quantity")));
    let mut figures = Quote {
        provider: Some("openai"),
        model: "gpt-5.4",
        at: Timestamp::parse("2026-11-10T12:00:00Z"),
        usage: BTreeMap::from(usage),
        attributes: BTreeMap::from([("service_tier".to_owned(), "batch".to_owned())]),
    };
    let mut group = c.benchmark_group("quote");
    group.bench_function("of a stated provider", |b| {
        b.iter(|| quote(black_box(&figures), &prices));
    });
    figures.provider = None;
    group.bench_function("of any provider", |b| {
        b.iter(|| quote(black_box(&figures), &prices));
    });
    group.finish();
}

criterion_group!(benches, load, evaluate);
criterion_main!(benches);
