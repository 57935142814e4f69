//! The logs that benchmarks read: the same bytes every time, and nothing but what their generator says
//! is found in them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_push_string,
    clippy::indexing_slicing
)] // a failing check may stop

#[path = "../examples/corpus/calls.rs"]
mod calls;
#[path = "common/home.rs"]
mod home;
#[path = "../examples/corpus/logs.rs"]
#[allow(dead_code, reason = "what only the program prints")]
mod logs;

use home::Home;
use logs::{Kind, Totals};

const RECORDS: u64 = 500;

fn written(home: &Home, kind: Kind) -> Totals {
    logs::write(kind, home.path(), RECORDS, 1)
}

/// The totals of a report in the generator's words.
fn reported(home: &Home, paths: &str) -> [String; 6] {
    let report = home.json(&format!("report --by model {paths}"));
    let totals = report["totals"].as_array().unwrap();
    assert_eq!(totals.len(), 1, "{report}");
    [
        "requests",
        "input_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "output_tokens",
        "cost",
    ]
    .map(|name| {
        let value = &totals[0][name];
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    })
}

fn stated(totals: &Totals) -> [String; 6] {
    [
        totals.records.to_string(),
        totals.input.to_string(),
        totals.cache_read.to_string(),
        totals.cache_write.to_string(),
        totals.output.to_string(),
        totals.cost(),
    ]
}

#[test]
fn every_corpus_gives_the_totals_that_its_generator_states() {
    for kind in Kind::ALL {
        let home = Home::new();
        let totals = written(&home, kind);
        assert_eq!(totals.records, RECORDS);
        assert!(totals.duplicates > 0);
        let name = kind.path(home.path()).file_name().unwrap().to_owned();
        let name = name.to_str().unwrap();
        let outcome = home.json(&format!("ingest --prices prices.yaml {name}"));
        assert_eq!(outcome["new"], RECORDS, "{kind:?}: {outcome}");
        assert_eq!(outcome["rejected"], 0, "{kind:?}: {outcome}");
        assert_eq!(outcome["unpriced"].as_array().unwrap().len(), 0, "{kind:?}");
        if kind != Kind::Transcripts {
            // A transcript says every call more than once, also where it is not copied.
            assert_eq!(outcome["duplicate"], totals.duplicates, "{kind:?}");
        }
        assert_eq!(reported(&home, ""), stated(&totals), "{kind:?}");
        let apart = reported(&home, &format!("--prices prices.yaml {name}"));
        assert_eq!(apart, stated(&totals), "{kind:?} without a ledger");
    }
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_gives_other_calls() {
    let bytes = |seed| {
        let home = Home::new();
        logs::write(Kind::Rows, home.path(), 200, seed);
        std::fs::read(Kind::Rows.path(home.path())).unwrap()
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn lines_are_as_long_as_their_names_say() {
    for (kind, from, to) in [
        (Kind::Chat, 1_100, 1_300),
        (Kind::Messages, 7_800, 8_400),
        (Kind::Rows, 370, 430),
    ] {
        let totals = written(&Home::new(), kind);
        let length = totals.bytes / (totals.records + totals.duplicates);
        assert!((from..=to).contains(&length), "{kind:?}: {length}");
    }
}
