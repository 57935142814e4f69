//! What reading and pricing take, without a ledger: `cargo run --release --example reading --
//! chat|messages|rows RECORDS [ROUNDS] [THREADS]`. A log is generated and its records are read,
//! identified, completed, priced and dropped; each round prints records per second and processor time
//! per record. Every thread reads an equal part of the lines.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::format_push_string,
    clippy::print_stdout,
    reason = "a program to measure with may stop"
)]

#[path = "../corpus/calls.rs"]
mod calls;
#[path = "../corpus/logs.rs"]
#[allow(dead_code, reason = "what only the program that writes logs prints")]
mod logs;

use std::hint::black_box;
use std::time::Instant;

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::pricing::{self, PriceBook, Prices, Search};
use logs::Kind;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |n: usize| words.get(n).map(String::as_str);
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| Some(kind.name()) == word(0));
    let kind = kind.expect("a kind of log");
    let number =
        |n: usize, usual: u64| word(n).map_or(usual, |word| word.parse().expect("a number"));
    let (records, rounds) = (number(1, 20_000), number(2, 3));
    let threads = usize::try_from(number(3, 1)).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    logs::write(kind, folder.path(), records, 1);
    let book = std::fs::read(folder.path().join("prices.yaml")).unwrap();
    let prices = Prices::only(PriceBook::parse("corpus", &book).expect("the corpus's book"));
    let text = std::fs::read_to_string(kind.path(folder.path())).unwrap();
    let formats = Formats::builtin();
    for _ in 0..rounds {
        let (began, cpu) = (Instant::now(), ticks());
        let parts = parts(&text, threads);
        let read: u64 = std::thread::scope(|scope| {
            let (formats, prices) = (&formats, &prices);
            let parts = parts
                .into_iter()
                .map(|part| scope.spawn(move || read(part, formats, prices)));
            let parts: Vec<_> = parts.collect();
            parts.into_iter().map(|part| part.join().unwrap()).sum()
        });
        let wall = began.elapsed().as_micros();
        let cpu = u128::from(ticks() - cpu) * 10_000;
        let read = u128::from(read.max(1));
        println!(
            "{} {read} records, {threads} threads: {} records/s, {}.{:02} µs of cpu each",
            kind.name(),
            read * 1_000_000 / wall.max(1),
            cpu / read,
            cpu * 100 / read % 100,
        );
    }
}

/// The text in as many parts, cut behind lines.
fn parts(text: &str, count: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    for left in (2..=count).rev() {
        let from = rest.len() / left;
        let line = rest
            .as_bytes()
            .iter()
            .skip(from)
            .position(|byte| *byte == b'\n');
        let cut = line.map_or(rest.len(), |length| from + length + 1);
        let (part, after) = rest.split_at(cut);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

fn read(text: &str, formats: &Formats, prices: &Prices) -> u64 {
    let options = Options::default();
    let mut documents = Documents::new(formats, &options).alike(prices);
    let search = Search::new(prices);
    let mut read = 0;
    for line in text.lines() {
        documents.value(line, Spot::default());
        for found in documents.take() {
            match found.outcome {
                Outcome::Record(record, _) => {
                    black_box(pricing::price_by(&record, &search));
                    read += 1;
                }
                Outcome::Alike(cast) => {
                    black_box(cast);
                    read += 1;
                }
                Outcome::Ignored(_) | Outcome::Rejected(_) => {}
            }
        }
    }
    read
}

/// Hundredths of a second that this process has computed, as Linux counts them.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let times = after.split_whitespace().skip(11).take(2);
    times.filter_map(|time| time.parse::<u64>().ok()).sum()
}
