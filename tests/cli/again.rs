//! Logs that are read again: unchanged, grown, rotated, renamed, cut; tried without keeping anything;
//! and other ledgers.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value as Json;

use crate::chat;
use crate::home::{Home, counts, json, lines};

/// A flat call without an id that says when it was: known by what it says.
fn timed(n: u32) -> String {
    chat(n, "gpt-4o").replace("chatcmpl-", "x-").replacen(
        &format!("{n:08}Kq7vTz3Rb9WfYxNc5"),
        "1",
        1,
    )
}

/// Writes a file that was last changed some seconds ago.
#[allow(clippy::disallowed_methods)] // the file system has the real clock, too
fn write_old(home: &Home, name: &str, text: &[u8], seconds_ago: u64) {
    let path = home.write(name, text);
    let then = SystemTime::now() - Duration::from_secs(seconds_ago);
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(then)
        .unwrap();
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn status(outcome: &Json) -> Vec<&str> {
    let sources = outcome["sources"].as_array().unwrap().iter();
    sources
        .map(|source| source["status"].as_str().unwrap())
        .collect()
}

fn some(calls: impl IntoIterator<Item = u32>) -> String {
    calls
        .into_iter()
        .map(|n| chat(n, "gpt-4o") + "\n")
        .collect()
}

#[test]
fn an_unchanged_file_is_not_read_again_unless_something_else_is() {
    let home = Home::new();
    write_old(&home, "a.jsonl", some([1, 2]).as_bytes(), 60);
    home.json("ingest a.jsonl");
    let again = home.json("ingest a.jsonl");
    assert_eq!(counts(&again), [0; 5]);
    assert_eq!(status(&again), ["unchanged"]);
    assert_eq!(home.json("runs")["rows"].as_array().unwrap().len(), 1);
    let text = home.ok("ingest a.jsonl");
    assert!(
        text.contains("1 unchanged") && text.contains("ledger: "),
        "{text}"
    );
    // Another statement may change what a record says.
    let said = home.json("ingest a.jsonl --set user=alice");
    assert_eq!(counts(&said), [0, 0, 2, 0, 0]);
    std::fs::rename(home.file("a.jsonl"), home.file("b.jsonl")).unwrap();
    assert_eq!(
        status(&home.json("ingest b.jsonl --set user=alice")),
        ["unchanged"]
    );
}

#[test]
fn a_file_that_was_just_written_is_read_again() {
    let home = Home::new();
    home.ingest("a.jsonl", some([1]));
    let again = home.json("ingest a.jsonl");
    assert_eq!(
        (status(&again), counts(&again)),
        (vec!["read"], [0, 1, 0, 0, 0])
    );
}

#[test]
fn a_grown_file_is_read_from_where_it_ended() {
    let home = Home::new();
    let half = &chat(3, "gpt-4o")[..90];
    home.ingest("a.jsonl", some([1, 2]) + half);
    let grown = some([1, 2, 3]) + "{\"broken\n" + &some([4]);
    let outcome = home.ingest("a.jsonl", &grown);
    assert_eq!(counts(&outcome), [2, 0, 0, 0, 1]);
    assert_eq!(outcome["rejects"][0]["line"], 4);
    let places: Vec<Json> = home
        .records()
        .iter()
        .map(|record| record["source"]["line"].clone())
        .collect();
    assert_eq!(places, [1, 2, 3, 5]);
    let source = &home.json("sources")["rows"][0];
    assert_eq!(
        (&source["records"], &source["rejected"], &source["lines"]),
        (&5.into(), &1.into(), &5.into())
    );
    assert_eq!(home.json("sources --rejects")["rows"][0]["line"], 4);
}

#[test]
fn a_file_with_another_beginning_or_end_is_read_whole() {
    let home = Home::new();
    home.ingest("a.jsonl", some([1, 2]));
    let other = home.ingest("a.jsonl", some([5, 6, 7]));
    assert_eq!(counts(&other), [3, 0, 0, 0, 0], "cut and grown again");
    let end = home.ingest("a.jsonl", some([5, 6, 8, 9]));
    assert_eq!(counts(&end), [2, 2, 0, 0, 0]);
    let shorter = home.ingest("a.jsonl", some([5]));
    assert_eq!(counts(&shorter), [0, 1, 0, 0, 0]);
    let zipped = home.ingest("a.jsonl", gzip(some([5, 10]).as_bytes()));
    assert_eq!(counts(&zipped), [1, 1, 0, 0, 0]);
}

#[test]
fn equal_calls_that_are_told_apart_by_their_number_are_counted_in_the_whole_file() {
    let home = Home::new();
    let call = timed(1) + "\n";
    home.ingest("a.jsonl", call.repeat(2));
    // The third of them stands behind two that are not looked at.
    let grown = home.ingest("a.jsonl", call.repeat(3));
    assert_eq!(counts(&grown), [1, 2, 0, 0, 0]);
    // A copy with more of them already said so.
    home.ingest("copy.jsonl", call.repeat(5));
    let grown = home.ingest("a.jsonl", call.repeat(4));
    assert_eq!(counts(&grown), [0, 4, 0, 0, 0]);
    assert_eq!(home.records().len(), 5);
}

#[test]
fn calls_without_id_and_time_are_known_by_their_file() {
    let call = timed(1).replace("\"created\":1793613601,", "") + "\n";
    let home = Home::new();
    home.ingest("a.jsonl", some([1]) + &call);
    home.ingest("a.jsonl", some([1]) + &call + &call);
    let once = Home::new();
    once.ingest("a.jsonl", some([1]) + &call + &call);
    let ids = |home: &Home| -> Vec<Json> {
        home.records()
            .iter()
            .map(|record| record["id"].clone())
            .collect()
    };
    assert_eq!(ids(&home).len(), 3);
    assert_eq!(ids(&home), ids(&once));
}

#[test]
fn a_dry_run_says_what_would_be_and_keeps_nothing() {
    let home = Home::new();
    home.write("a.jsonl", some([1, 2]));
    let dry = home.json("ingest a.jsonl --dry-run");
    assert_eq!(
        (counts(&dry), &dry["committed"], &dry["dry_run"]),
        ([2, 0, 0, 0, 0], &false.into(), &true.into())
    );
    assert!(!home.ledger().exists());
    home.json("ingest a.jsonl");
    home.write("b.jsonl", some([2, 3]));
    assert!(
        home.ok("ingest b.jsonl --dry-run")
            .contains("nothing was written: this was a dry run")
    );
    assert_eq!(home.records().len(), 2);
}

#[test]
fn files_with_rejects_are_read_again_on_demand() {
    let home = Home::new();
    write_old(
        &home,
        "a.jsonl",
        (some([1]) + "{\"broken\n" + &some([2])).as_bytes(),
        60,
    );
    write_old(&home, "b.jsonl", some([3]).as_bytes(), 60);
    home.json("ingest a.jsonl b.jsonl");
    assert_eq!(
        status(&home.json("ingest a.jsonl b.jsonl")),
        ["unchanged", "unchanged"]
    );
    let retried = home.json("ingest --retry-rejected");
    assert_eq!(
        (status(&retried), counts(&retried)),
        (vec!["read"], [0, 2, 0, 0, 1])
    );
    assert_eq!(
        home.json("sources --rejects")["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    std::fs::remove_file(home.file("a.jsonl")).unwrap();
    let answer = home.run("ingest --retry-rejected");
    assert_eq!(answer.code, 0);
    assert!(answer.err.contains("no longer there"), "{}", answer.err);
}

#[test]
fn other_ledgers_are_merged_with_the_costs_that_stand_in_them() {
    let (here, there) = (Home::new(), Home::new());
    here.ingest("a.jsonl", some([1, 2]));
    there.write("prices.yaml", "format: llmcost-prices/1\nbook: {name: dear, version: 2026-11-01, currency: USD}\nsources: {p: {url: x, checked: 2026-11-01}}\nmodels: [{id: openai/gpt-4o, match: [gpt-4o], prices: [{source: [p], per_1m: {input: 100, cache_read: 100, output: 100}}]}]\n");
    there.write("b.jsonl", some([2, 3]));
    there.ok("ingest b.jsonl --prices prices.yaml");
    let other = there.ledger().to_string_lossy().into_owned();
    let merged = json(&here.ok(&format!("ingest {other} --format json")));
    assert_eq!(counts(&merged), [1, 1, 0, 0, 0]);
    let records = here.records();
    assert_eq!(records.len(), 3);
    assert_eq!(
        records[2]["cost"],
        lines(&there.ok("records --format jsonl"))[1]["cost"]
    );
    assert_eq!(records[2]["source"]["line"], 2);
    assert!(
        records[2]["source"]["path"]
            .as_str()
            .unwrap()
            .ends_with("b.jsonl")
    );
    let again = json(&here.ok(&format!("ingest {other} --format json")));
    assert_eq!(counts(&again), [0, 2, 0, 0, 0]);
    let own = here.ledger().to_string_lossy().into_owned();
    let itself = json(&here.ok(&format!("ingest {own} --format json")));
    assert_eq!(itself["rejected"], 1);
}
