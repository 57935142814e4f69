//! What `ingest` counts, and that no order, copy, part or repetition of the logs changes the ledger.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::binary::{Home, demo, demo_files, demo_home};

/// The counts that `fixtures/demo/README.md` promises.
const COUNTS: &[(&str, u64)] = &[
    ("read", 173),
    ("new", 162),
    ("duplicate", 5),
    ("updated", 1),
    ("ignored", 2),
    ("rejected", 3),
    ("pending", 1),
    ("conflicts", 0),
    ("position_keyed", 2),
    ("rejects_total", 3),
];

fn check(outcome: &Json, wanted: &[(&str, u64)]) {
    for (name, count) in wanted {
        assert_eq!(outcome[*name], json!(count), "{name}");
    }
    let parts = ["new", "duplicate", "updated", "ignored", "rejected"];
    let sum: u64 = parts
        .iter()
        .map(|part| outcome[*part].as_u64().unwrap())
        .sum();
    assert_eq!(outcome["read"], json!(sum));
}

/// The records by id, without what tells where and when they were read.
fn facts(home: &Home) -> BTreeMap<String, Json> {
    let records = home.records().into_iter().map(|mut record| {
        let object = record.as_object_mut().unwrap();
        object.remove("source");
        object.remove("ingested_at");
        (object["id"].as_str().unwrap().to_owned(), record)
    });
    records.collect()
}

fn copy_of(home: &Home, folder: &str) -> Vec<PathBuf> {
    let folder = home.path(folder);
    fs::create_dir(&folder).unwrap();
    let copies = demo_files().into_iter().map(|file| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let copy = folder.join(format!("copy-{name}"));
        fs::copy(file, &copy).unwrap();
        copy
    });
    copies.collect()
}

#[test]
fn the_counts_are_those_of_the_readme() {
    let home = Home::new();
    let outcome = home.ingest(&[demo()]);
    check(&outcome, COUNTS);
    assert_eq!(outcome["schema"], "llmcost.ingest/1");
    assert_eq!(outcome["committed"], json!(true));
    for source in outcome["sources"].as_array().unwrap() {
        check(source, &[]);
    }
    let names = |key: &str| -> Vec<u64> {
        let list = outcome[key].as_array().unwrap();
        list.iter()
            .map(|entry| entry["line"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(names("rejects"), [4, 7, 8]);
    assert_eq!(home.records().len(), 162);
    let readme = fs::read_to_string(demo().join("README.md")).unwrap();
    let told = home.out(&["ingest", &demo().display().to_string()]);
    let first = Home::new().out(&["ingest", &demo().display().to_string()]);
    for printed in [first, told] {
        let line = printed.lines().find(|line| line.starts_with("read "));
        let line = line.unwrap();
        assert!(readme.contains(line), "not in the README: {line}");
    }
}

#[test]
fn the_same_again_and_copies_of_it_change_nothing() {
    let home = demo_home();
    let before = facts(&home);
    let again = [
        ("read", 173),
        ("new", 0),
        ("updated", 0),
        ("duplicate", 168),
        ("ignored", 2),
        ("rejected", 3),
    ];
    // As long as the files are as they were, they are not even read.
    check(&home.ingest(&[demo()]), &[("read", 0)]);
    let copies = copy_of(&home, "copies");
    check(&home.ingest(&copies), &again);
    let unpacked = home.path("unpacked.jsonl");
    let packed = fs::File::open(demo().join("app.1.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    fs::write(&unpacked, text).unwrap();
    check(
        &home.ingest(&[unpacked]),
        &[("read", 27), ("duplicate", 27)],
    );
    assert_eq!(facts(&home), before);
}

#[test]
fn any_order_of_the_files_gives_the_same_records() {
    let wanted = facts(&demo_home());
    let home = Home::new();
    let mut new = 0;
    for file in demo_files().into_iter().rev() {
        let outcome = home.ingest(&[file]);
        check(&outcome, &[]);
        new += outcome["new"].as_u64().unwrap();
    }
    assert_eq!(new, 162);
    assert_eq!(facts(&home), wanted);
    let copies = Home::new();
    let mut files = copy_of(&copies, "elsewhere");
    files.reverse();
    copies.ingest(&files);
    assert_eq!(facts(&copies), wanted);
}

#[test]
fn a_log_that_grows_adds_only_what_is_new() {
    let home = Home::new();
    let whole = fs::read_to_string(demo().join("app.jsonl")).unwrap();
    let log = home.path("app.jsonl");
    let half = whole.len() / 2;
    fs::write(&log, &whole[..half]).unwrap();
    let first = home.ingest(std::slice::from_ref(&log));
    assert_eq!(first["pending"], json!(1));
    fs::write(&log, &whole).unwrap();
    let second = home.ingest(std::slice::from_ref(&log));
    assert_eq!(second["duplicate"], first["new"]);
    assert_eq!(second["pending"], json!(0));
    let at_once = Home::new();
    at_once.ingest(&[demo().join("app.jsonl")]);
    assert_eq!(facts(&home), facts(&at_once));
}

/// Bodies without an id of their own often say the same; when they were made tells them apart.
#[test]
fn equal_bodies_at_different_times_are_different_calls() {
    let home = Home::new();
    let line = |day: u32, user: &str| {
        format!(
            r#"{{"timestamp":"2026-11-0{day}T10:00:00Z","user_id":"{user}","response":{{"object":"list","data":[{{"object":"embedding","index":0,"embedding":[0.5]}}],"model":"text-embedding-3-small","usage":{{"prompt_tokens":100,"total_tokens":100}}}}}}"#
        )
    };
    let files = [(3, "alice"), (4, "alice"), (4, "bob")].map(|(day, user)| {
        let file = home.path(&format!("{user}-{day}.jsonl"));
        fs::write(&file, line(day, user) + "\n").unwrap();
        file
    });
    check(&home.ingest(&files), &[("new", 3), ("duplicate", 0)]);
    check(&home.ingest(&files), &[("new", 0), ("duplicate", 3)]);
}

/// Two attempts at one picture are two pictures, though neither response has an id.
#[test]
fn attempts_under_one_idempotency_key_are_calls_of_their_own() {
    let home = Home::new();
    let line = |attempt: u32, quality: &str| {
        format!(
            r#"{{"timestamp":"2026-11-03T10:0{attempt}:00Z","idempotency_key":"page-1","attempt_index":{attempt},"provider":"openai","requested_model":"gpt-image-1","response":{{"created":179370000{attempt},"quality":"{quality}","size":"1024x1024","data":[{{"b64_json":"CANARY"}}]}}}}"#
        )
    };
    let log = home.path("pictures.jsonl");
    fs::write(
        &log,
        [line(0, "low"), line(1, "high"), line(1, "high")].join("\n") + "\n",
    )
    .unwrap();
    check(&home.ingest(&[log]), &[("new", 2), ("duplicate", 1)]);
    let mut costs: Vec<String> = home
        .records()
        .iter()
        .map(|record| record["cost"].as_str().unwrap().to_owned())
        .collect();
    costs.sort();
    assert_eq!(costs, ["0.011", "0.167"]);
}

#[test]
fn a_strict_run_with_rejects_leaves_no_trace() {
    let home = Home::new();
    let ran = home.run(&["ingest", "--strict", &demo().display().to_string()]);
    assert_eq!(ran.code, 1);
    assert!(home.records().is_empty());
    check(&home.ingest(&[demo()]), COUNTS);
}
