//! The ledger: what goes in comes out, nothing twice, nothing lost, in any order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation
)] // a failing check may stop

#[path = "common/cases.rs"]
mod cases;
mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use cases::cases;
use common::{charge, identity_of, place, receipt, record, rich_record, time};
use llmcost::ledger::{Counts, Entry, Ledger, Put, RejectInfo, SourceInfo};
use llmcost::pricing::Receipt;
use llmcost::usage::{Field, IdentityBasis, Status, UsageRecord, canonical};
use proptest::prelude::*;
use tempfile::TempDir;

fn put_all(ledger: &mut Ledger, records: &[UsageRecord]) -> Counts {
    let mut run = ledger.begin(time("2026-11-22T00:00:00Z"), "test").unwrap();
    let source = run.source("a.jsonl", true).unwrap();
    for (record, line) in records.iter().zip(1..) {
        let price = |record: &UsageRecord, _: llmcost::ledger::ToPrice<'_>| receipt(record);
        run.put(
            record.clone(),
            identity_of(record),
            place("a.jsonl", line),
            source,
            &price,
        )
        .unwrap();
    }
    run.finish_source(
        source,
        &SourceInfo {
            path: "a.jsonl".into(),
            ..SourceInfo::default()
        },
    )
    .unwrap();
    run.commit().unwrap()
}

fn encases(ledger: &Ledger) -> Vec<Entry> {
    let mut entries = Vec::new();
    ledger
        .for_each(&mut |entry| {
            entries.push(entry.clone());
            Ok(())
        })
        .unwrap();
    entries.sort_by_key(|entry| entry.id);
    entries
}

fn facts(ledger: &Ledger) -> Vec<(String, String, Receipt)> {
    let facts = encases(ledger).into_iter().map(|entry| {
        let record = serde_json::Value::Object(canonical::to_json(&entry.record)).to_string();
        (entry.id.to_string(), record, entry.receipt)
    });
    facts.collect()
}

#[test]
fn a_reader_sees_one_state() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    let mut writer = Ledger::open(&path).unwrap();
    put_all(&mut writer, &[rich_record()]);
    let reader = Ledger::open_for_reading(&path).unwrap();
    let before = encases(&reader).len();
    put_all(&mut writer, &[record("another-call-of-its-own", 1, 2)]);
    assert_eq!((before, encases(&reader).len()), (1, 1));
    reader.read_anew().unwrap();
    assert_eq!(encases(&reader).len(), 2);
    drop(reader);
    let reader = Ledger::open_for_reading(&path).unwrap();
    assert_eq!(encases(&reader).len(), 2);
}

#[test]
fn a_record_with_everything_comes_back_whole() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    let record = rich_record();
    put_all(
        &mut Ledger::open(&path).unwrap(),
        std::slice::from_ref(&record),
    );
    let back = encases(&Ledger::open_for_reading(&path).unwrap()).remove(0);
    assert_eq!(back.record, record);
    assert_eq!(back.receipt, receipt(&record));
    assert_eq!(back.basis, IdentityBasis::ResponseId);
    assert_eq!(back.place, place("a.jsonl", 1));
}

#[test]
fn the_same_again_is_a_duplicate_and_changes_nothing() {
    let mut ledger = Ledger::scratch().unwrap();
    let records = [rich_record(), record("msg_01Qk7vTz3Rb9WfYxNc5LpAhD", 5, 6)];
    assert_eq!(put_all(&mut ledger, &records).new, 2);
    let before = facts(&ledger);
    let again = put_all(&mut ledger, &records);
    assert_eq!((again.new, again.duplicate, again.updated), (0, 2, 0));
    assert_eq!(facts(&ledger), before);
}

#[test]
fn a_better_reading_updates_and_leaves_a_trail_but_other_model_is_a_conflict() {
    let mut ledger = Ledger::scratch().unwrap();
    let id = "resp_68b1f0c2a4d88195a7c3e9f1d2b4a6c8";
    let mut partial = record(id, 10, 0);
    partial.status = Status::Partial;
    put_all(&mut ledger, &[partial]);
    let counts = put_all(&mut ledger, &[record(id, 10, 20)]);
    assert_eq!((counts.updated, counts.conflicts), (1, 0));
    let mut other = record(id, 10, 20);
    other.facts.text(Field::ResponseModel, Some("gpt-other"));
    assert_eq!(put_all(&mut ledger, &[other]).conflicts, 1);
    assert_eq!(encases(&ledger).len(), 1);
}

#[test]
fn a_run_that_is_not_committed_has_not_happened() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    let mut ledger = Ledger::open(&path).unwrap();
    {
        let mut run = ledger.begin(time("2026-11-22T00:00:00Z"), "test").unwrap();
        let source = run.source("a.jsonl", true).unwrap();
        let price = |record: &UsageRecord, _: llmcost::ledger::ToPrice<'_>| receipt(record);
        let record = rich_record();
        let put = run
            .put(
                record.clone(),
                identity_of(&record),
                place("a.jsonl", 1),
                source,
                &price,
            )
            .unwrap();
        assert!(matches!(put, Put::New(_)));
    }
    assert!(encases(&ledger).is_empty());
    assert!(ledger.runs().unwrap().is_empty());
}

#[test]
fn rejects_are_kept_with_their_place_until_the_source_is_read_again() {
    let mut ledger = Ledger::scratch().unwrap();
    let reject = RejectInfo {
        path: "b.jsonl".into(),
        line: 11,
        offset: Some(900),
        pointer: String::new(),
        reason: "is not valid JSON".into(),
    };
    let mut run = ledger.begin(time("2026-11-22T00:00:00Z"), "test").unwrap();
    let source = run.source("b.jsonl", true).unwrap();
    run.reject(source, &reject).unwrap();
    assert_eq!(run.commit().unwrap().read(), 1);
    assert_eq!(ledger.rejects().unwrap(), [reject]);
    let mut run = ledger.begin(time("2026-11-22T00:00:00Z"), "test").unwrap();
    run.source("b.jsonl", true).unwrap();
    run.commit().unwrap();
    assert!(ledger.rejects().unwrap().is_empty());
}

#[test]
fn a_record_is_found_by_any_of_its_names() {
    let mut ledger = Ledger::scratch().unwrap();
    let record = rich_record();
    put_all(&mut ledger, std::slice::from_ref(&record));
    let id = identity_of(&record).id.to_string();
    let response = record.facts.get_text(Field::ResponseId).unwrap().to_owned();
    for name in [
        id.as_str(),
        &id[..8],
        &response,
        &response[..12],
        "req_1",
        "a.jsonl:1",
    ] {
        assert_eq!(ledger.find(name).unwrap().len(), 1, "{name}");
    }
    for name in ["", "nothing", "a.jsonl:2", "%", "ffff"] {
        assert!(ledger.find(name).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn only_its_owner_can_read_a_ledger() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/ledger.db");
    put_all(&mut Ledger::open(&path).unwrap(), &[rich_record()]);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn files_that_are_not_ours_or_newer_are_refused_untouched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    let refused = |what: &str| {
        let before = fs::read(&path).unwrap();
        for open in [Ledger::open, Ledger::open_for_reading] {
            let message = open(&path).map(drop).unwrap_err().to_string();
            assert!(message.contains(what), "{message}");
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    fs::write(&path, "this is no database, only some text that is long enough to be one, and then some more of it, yes").unwrap();
    refused("not an llmcost ledger");
    fs::remove_file(&path).unwrap();
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t(x)")
        .unwrap();
    refused("not an llmcost ledger");
    fs::remove_file(&path).unwrap();
    drop(Ledger::open(&path).unwrap());
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    refused("schema 99");
    let missing = Ledger::open_for_reading(&folder.path().join("none.db"))
        .map(drop)
        .unwrap_err();
    assert!(missing.to_string().contains("llmcost ingest"));
    assert!(
        Ledger::open(folder.path())
            .map(drop)
            .unwrap_err()
            .to_string()
            .contains("directory")
    );
}

#[test]
fn bundled_sqlite_is_recent_enough() {
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "older ones can corrupt a WAL that two processes reset"
    );
}

#[test]
fn charges_in_plain_sql_are_the_receipts_charges() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    let record = rich_record();
    put_all(
        &mut Ledger::open(&path).unwrap(),
        std::slice::from_ref(&record),
    );
    let plain = rusqlite::Connection::open(&path).unwrap();
    let mut list = plain
        .prepare("SELECT meter, cost_pico, cost FROM llm_charges ORDER BY meter")
        .unwrap();
    let found: Vec<(String, Option<i64>, Option<String>)> = list
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut wanted: Vec<(String, Option<i64>, Option<String>)> = receipt(&record)
        .charges
        .iter()
        .map(|c| {
            (
                c.meter.to_string(),
                c.cost.map(llmcost::money::Money::pico),
                c.cost.map(|cost| cost.to_string()),
            )
        })
        .collect();
    wanted.sort();
    assert_eq!(found, wanted);
    assert!(charge(&record, 0).cost.is_some());
}

/// Readings of a few calls: the same ids with different facts.
fn readings() -> impl Strategy<Value = Vec<UsageRecord>> {
    let reading = (
        0..3_usize,
        0..4_u32,
        0..4_u32,
        0..3_u8,
        proptest::option::of(0..3_u8),
        0..3_i64,
    )
        .prop_map(|(call, input, output, status, user, hour)| {
            let ids = [
                "msg_01Qk7vTz3Rb9WfYxNc5LpAhD",
                "msg_01Hs8dKw2Pq4MvXy6TbNcRzE",
                "msg_01Zr5xCv8Bn2MqWe4RtYuIoP",
            ];
            let mut record = record(ids[call], input, output);
            record.status = [Status::Partial, Status::Failed, Status::Success][usize::from(status)];
            record
                .facts
                .text(Field::UserId, user.map(|user| format!("user-{user}")));
            record.facts.integer(Field::LatencyMs, user.map(i64::from));
            record.created(Some(llmcost::usage::Timestamp::from_millis(
                1_790_000_000_000 + hour * 3_600_000,
            )));
            if user == Some(1) {
                record.doubt("something");
            }
            record
        });
    proptest::collection::vec(reading, 1..12)
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn order_and_repetition_never_change_the_ledger(records in readings(), seed in any::<u64>()) {
        let mut first = Ledger::scratch().unwrap();
        put_all(&mut first, &records);
        let mut shuffled = records.clone();
        let length = shuffled.len() as u64;
        for at in 0..length {
            let other = (seed.rotate_left(at as u32) % length) as usize;
            shuffled.swap(at as usize, other);
        }
        shuffled.extend(records.iter().cloned());
        let mut second = Ledger::scratch().unwrap();
        put_all(&mut second, &shuffled);
        prop_assert_eq!(facts(&first), facts(&second));
        let again = put_all(&mut second, &records);
        prop_assert_eq!((again.new, again.updated), (0, 0));
    }
}
