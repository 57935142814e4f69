//! Every fixture of every adapter against its golden records.
//!
//! `fixtures/adapters/<adapter id>/<case>.json` is a body, `.jsonl` one chunk per line, `.sse` a
//! recorded event stream; `<case>.set` holds `name=value` options, and the `path` of a transcript
//! that is named by it. Beside each stands `<case>.record.json`: the records, or the kind of what is
//! ignored, or the fault.
//! `UPDATE_GOLDEN=1 cargo test --test adapters` writes them; read the diff before you commit it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation
)] // a failing check may stop

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use llmcost::adapters::{self, Context, Reader, Reading, Streams, Transcript};
use llmcost::error::Fault;
use llmcost::json::Object;
use llmcost::usage::{Facts, Field, UsageRecord, Value, canonical};
use serde_json::{Value as Json, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/adapters")
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let is_input = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        !name.ends_with(".record.json") && path.extension().is_some_and(|kind| kind != "set")
    };
    sorted_entries(folder)
        .into_iter()
        .filter(is_input)
        .collect()
}

/// The options beside a case: header fields become facts, the rest settings.
fn options(case: &Path) -> (Facts, BTreeMap<String, String>) {
    let (mut facts, mut settings) = (Facts::default(), BTreeMap::new());
    let text = fs::read_to_string(case.with_extension("set")).unwrap_or_default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once('=').unwrap();
        match Field::named(name) {
            Some(field) => facts.set(field, Value::parse(field.kind(), value).unwrap()),
            None => drop(settings.insert(name.to_owned(), value.to_owned())),
        }
    }
    (facts, settings)
}

fn chunks(case: &Path, text: &str) -> Vec<String> {
    match case.extension().unwrap().to_str().unwrap() {
        "json" => vec![text.to_owned()],
        "jsonl" => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(str::to_owned)
            .collect(),
        "sse" => {
            let data = text
                .lines()
                .filter_map(|line| line.strip_prefix("data:"))
                .map(str::trim);
            data.filter(|data| !data.is_empty() && *data != "[DONE]")
                .map(str::to_owned)
                .collect()
        }
        other => panic!("{}: unknown fixture kind {other}", case.display()),
    }
}

/// A record, and what a transcript calls it.
fn record_json(record: &UsageRecord) -> Json {
    let mut json = canonical::to_json(record);
    if let Some(key) = &record.key {
        json.insert("key".to_owned(), json!(key.replace('\u{1f}', " | ")));
    }
    Json::Object(json)
}

fn reading_json(adapter: &str, reading: Result<Reading, Fault>) -> Json {
    match reading {
        Ok(Reading::Records(records)) => {
            let records: Vec<Json> = records.iter().map(record_json).collect();
            json!({"adapter": adapter, "records": records})
        }
        Ok(Reading::Ignored(kind)) => json!({"adapter": adapter, "ignored": kind}),
        Ok(Reading::Each(entries)) => {
            let entries = entries.into_iter().map(|entry| {
                let mut one = reading_json(adapter, entry.reading);
                one["pointer"] = json!(entry.pointer);
                one
            });
            json!({"adapter": adapter, "each": entries.collect::<Vec<Json>>()})
        }
        Err(fault) => json!({"adapter": adapter, "fault": fault.to_string()}),
    }
}

fn read_case(case: &Path) -> Vec<Json> {
    let text = fs::read_to_string(case).unwrap();
    let (facts, settings) = options(case);
    let path = settings.get("path").cloned().unwrap_or_default();
    let context = Context::new(&facts, &settings).at(&path);
    let mut transcripts: BTreeMap<&str, Box<dyn Transcript>> = BTreeMap::new();
    let mut streams = Streams::default();
    streams.framed(case.extension().is_some_and(|kind| kind == "sse"));
    let mut found = Vec::new();
    for chunk in chunks(case, &text) {
        let object =
            Object::parse(&chunk).unwrap_or_else(|fault| panic!("{}: {fault}", case.display()));
        let adapter = adapters::recognize_transcript(&object);
        let Some(adapter) = adapter.or_else(|| adapters::recognize(&object)) else {
            found.push(json!({"unrecognized": true}));
            continue;
        };
        match &adapter.reader {
            Reader::Body(read) | Reader::Row(read) => {
                found.push(reading_json(adapter.id, read(&object, &context)));
            }
            Reader::Transcript(open) => {
                let transcript = transcripts.entry(adapter.id).or_insert_with(open);
                found.push(reading_json(adapter.id, transcript.read(&object, &context)));
            }
            Reader::Ignore(kind) => found.push(json!({"adapter": adapter.id, "ignored": kind})),
            Reader::Stream(reader) => {
                let closed = streams.push(adapter, reader, &object, &context, || (), |()| ());
                found.extend(
                    closed
                        .into_iter()
                        .map(|closed| reading_json(closed.adapter.id, closed.reading)),
                );
            }
        }
    }
    for (id, mut transcript) in transcripts {
        let (mut records, mut others) = (Vec::new(), Vec::new());
        for late in transcript.finish(&context).unwrap() {
            match late.entry.reading {
                Ok(Reading::Records(of_one)) => records.extend(of_one),
                other => others.push(other),
            }
        }
        if !records.is_empty() {
            found.push(reading_json(id, Ok(Reading::Records(records))));
        }
        found.extend(others.into_iter().map(|other| reading_json(id, other)));
    }
    let rest = streams.finish(&context);
    found.extend(
        rest.into_iter()
            .map(|closed| reading_json(closed.adapter.id, closed.reading)),
    );
    found
}

#[test]
fn every_fixture_gives_its_golden_records() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for folder in sorted_entries(&fixtures()) {
        for case in cases(&folder) {
            let found = serde_json::to_string_pretty(&read_case(&case)).unwrap() + "\n";
            let golden = case.with_extension("record.json");
            if update {
                fs::write(&golden, &found).unwrap();
            } else if fs::read_to_string(&golden).unwrap_or_default() != found {
                wrong.push(format!("{}:\n{found}", case.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases differ from their goldens:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_folders_adapter_reads_every_fixture_in_it() {
    for folder in sorted_entries(&fixtures()) {
        let id = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for case in cases(&folder) {
            let readers: BTreeSet<String> = read_case(&case)
                .iter()
                .map(|found| {
                    found
                        .get("adapter")
                        .and_then(Json::as_str)
                        .unwrap_or("none")
                        .to_owned()
                })
                .collect();
            assert!(
                readers.contains(&id),
                "{} is read by {readers:?}",
                case.display()
            );
        }
    }
}

#[test]
fn every_adapter_has_fixtures_and_every_folder_an_adapter() {
    let folders: BTreeSet<String> = sorted_entries(&fixtures())
        .iter()
        .filter(|folder| !cases(folder).is_empty())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let ids: BTreeSet<String> = adapters::all()
        .map(|adapter| adapter.id.to_owned())
        .collect();
    assert_eq!(
        ids.len(),
        adapters::all().count(),
        "two adapters share an id"
    );
    assert_eq!(
        ids, folders,
        "adapters on the left, fixture folders on the right"
    );
}

#[test]
fn no_golden_holds_content() {
    for folder in sorted_entries(&fixtures()) {
        for case in cases(&folder) {
            let found = serde_json::to_string(&read_case(&case)).unwrap();
            assert!(
                !found.contains("CANARY"),
                "{} leaks content",
                case.display()
            );
        }
    }
}
