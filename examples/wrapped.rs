//! Wraps every response of a corpus folder with an `INDEX.jsonl` into random stacks of what logs wrap
//! around responses, and says where the records are not those of the bare response.
//!
//! `cargo run --example wrapped -- FOLDER [--stacks N] [--only TEXT] [--allow-per-mille N]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)] // a failing check may stop

#[path = "../tests/common/wraps.rs"]
mod wraps;

use std::path::Path;

use llmcost::usage::{Direction, UsageRecord};
use proptest::prelude::Strategy;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value as Json;
use wraps::{WRAPS, core, read, wrapped};

/// JSON without white space between its words, digits as they are; `None` for what is no JSON.
fn compact(text: &str) -> Option<String> {
    let value: Box<serde_json::value::RawValue> = serde_json::from_str(text).ok()?;
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for letter in value.get().chars() {
        if inside || !letter.is_ascii_whitespace() {
            out.push(letter);
        }
        match letter {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    Some(out)
}

/// What must stay: of what a body does not name, a wrapper may tell.
fn same(bare: &[UsageRecord], found: &[UsageRecord]) -> bool {
    let equal = |(bare, found): (&UsageRecord, &UsageRecord)| {
        let (wanted, got) = (core(bare), core(found));
        let named =
            |wanted: &Option<String>, got: &Option<String>| wanted.is_none() || wanted == got;
        wanted.0 == got.0 && named(&wanted.1, &got.1) && named(&wanted.2, &got.2)
    };
    bare.len() == found.len() && bare.iter().zip(found).all(equal)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().expect("a folder with an INDEX.jsonl");
    let (mut stacks, mut only, mut allowed) = (1, String::new(), 0);
    while let (Some(flag), Some(value)) = (arguments.next(), arguments.next()) {
        match flag.as_str() {
            "--stacks" => stacks = value.parse().expect("a number"),
            "--only" => only = value,
            "--allow-per-mille" => allowed = value.parse().expect("a number"),
            _ => panic!("{flag} is no flag"),
        }
    }
    let folder = Path::new(&folder);
    let index = std::fs::read_to_string(folder.join("INDEX.jsonl")).unwrap();
    let mut runner = TestRunner::deterministic();
    let stack = proptest::collection::vec(select(WRAPS), 1..4);
    let (mut bodies, mut tried, mut differ, mut unbelieved) = (0, 0, 0, 0);
    for line in index.lines() {
        let sample: Json = serde_json::from_str(line).unwrap();
        let path = sample["path"].as_str().unwrap();
        let Ok(text) = std::fs::read_to_string(folder.join(path)) else {
            continue;
        };
        let Some(body) = compact(&text).filter(|_| path.contains(&only)) else {
            continue;
        };
        let (bare, broken) = read(body.as_bytes());
        if bare.is_empty() || broken > 0 {
            continue;
        }
        bodies += 1;
        for _ in 0..stacks {
            let stack = stack.new_tree(&mut runner).unwrap().current();
            let (text, names) = wrapped(body.clone(), &stack);
            let (found, broken) = read(text.as_bytes());
            tried += 1;
            // What counts no tokens is a response only where responses are kept: an error, a list of
            // numbers or of pages in any log is nothing that only models answer.
            let mut items = bare.iter().flat_map(|record| &record.items);
            let counts = items.any(|item| item.meter.direction() != Direction::None);
            if found.is_empty() && broken == 0 && !counts {
                unbelieved += 1;
            } else if broken > 0 || !same(&bare, &found) {
                differ += 1;
                println!(
                    "{path}\n    {names:?}: {} records, not {}",
                    found.len(),
                    bare.len()
                );
            }
        }
    }
    println!(
        "{bodies} responses, {tried} stacks of wrappers, {unbelieved} without tokens passed over, {differ} differ"
    );
    if differ * 1000 > allowed * tried {
        std::process::exit(1);
    }
}
