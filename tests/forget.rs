//! What is taken out of a ledger is gone from its bytes, and everything else adds up.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a failing test may stop

#[path = "common/home.rs"]
mod home;

use std::path::Path;

use home::Home;
use serde_json::Value as Json;

/// A home whose ledger holds the demo logs, which are copied beside it.
fn demo() -> Home {
    let home = Home::new();
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    for entry in std::fs::read_dir(logs).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        home.write(&format!("logs/{name}"), std::fs::read(&path).unwrap());
    }
    home.ok("ingest logs");
    home
}

fn totals(home: &Home, line: &str) -> Json {
    let mut total = home.json(line)["totals"][0].clone();
    // Nobody's requests are requests all the same.
    total.as_object_mut().unwrap().remove("user");
    total
}

fn holds(path: &Path, word: &str) -> bool {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

#[test]
fn a_user_is_gone_from_every_byte_and_does_not_come_back() {
    let home = demo();
    let ledger = home.ledger();
    assert!(holds(&ledger, "alice"));
    let asked = home.ok("forget --user alice");
    assert!(asked.contains("46 records would go"), "{asked}");
    let asked = home.json("forget --user alice");
    assert_eq!(
        (&asked["applied"], &asked["records"]),
        (&false.into(), &46.into())
    );
    assert!(holds(&ledger, "alice"), "asking takes nothing out");
    home.ok("forget --user alice --apply");
    for end in ["", "-wal", "-shm"] {
        let path = format!("{}{end}", ledger.display());
        assert!(!holds(Path::new(&path), "alice"), "{path}");
    }
    home.ok("verify");
    let left = totals(&home, "report");
    assert_eq!(left["requests"], 115);
    // The logs are read again, under other names: nothing is new.
    std::fs::rename(home.file("logs"), home.file("copies")).unwrap();
    home.ok("ingest copies");
    assert_eq!(totals(&home, "report"), left);
    assert!(!holds(&ledger, "alice"));
    home.ok("verify");
}

#[test]
fn a_wrong_ingest_is_undone_and_can_be_done_again() {
    let home = demo();
    let before = totals(&home, "report");
    home.ok("forget --run 1 --apply");
    assert_eq!(home.json("report")["rows"].as_array().unwrap().len(), 0);
    home.ok("verify");
    home.ok("ingest logs");
    assert_eq!(totals(&home, "report"), before);
    home.ok("verify");
}

#[test]
fn what_another_file_held_too_stays() {
    let home = demo();
    let before = totals(&home, "report");
    home.write("copy.jsonl", home.read("logs/app.jsonl"));
    home.ok("ingest copy.jsonl");
    let told = home.ok("forget --source logs/app.jsonl --apply");
    assert!(told.contains("stay: another source held them"), "{told}");
    assert_eq!(totals(&home, "report"), before);
    home.ok("verify");
}

#[test]
fn totals_of_what_is_pruned_can_stay_without_names() {
    let home = demo();
    let by_model = |home: &Home| home.json("report --by model,day")["rows"].clone();
    let (before, sums) = (totals(&home, "report"), by_model(&home));
    home.ok("prune --before 2026-11-08 --keep-totals --apply");
    home.ok("verify");
    let after = totals(&home, "report");
    for name in ["requests", "failed", "cost", "estimated", "unpriced"] {
        assert_eq!(after[name], before[name], "{name}");
    }
    let costs = |rows: &Json| -> Vec<Json> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["cost"].clone()).collect()
    };
    assert_eq!(costs(&by_model(&home)), costs(&sums));
    assert!(!home.ok("records --until 2026-11-07").contains("2026-11-03"));
    // What was pruned does not come back, and is not counted twice.
    std::fs::rename(home.file("logs"), home.file("copies")).unwrap();
    home.ok("ingest copies");
    assert_eq!(totals(&home, "report")["cost"], before["cost"]);
}

#[test]
fn users_need_not_be_named() {
    let plain = demo();
    let cost = &totals(&plain, "report")["cost"];
    for (option, group) in [("--no-user", None), ("--hash-users sesame", Some("user-"))] {
        let home = Home::new();
        let logs = plain.file("logs");
        home.ok(&format!("ingest {option} {}", logs.display()));
        assert!(!holds(&home.ledger(), "alice"), "{option}");
        assert!(!holds(&home.ledger(), "sesame"), "{option}");
        assert_eq!(&totals(&home, "report")["cost"], cost, "{option}");
        let report = home.json("report --by user");
        let users = report["rows"].as_array().unwrap().iter();
        let users: Vec<&str> = users.filter_map(|row| row["user"].as_str()).collect();
        match group {
            None => assert!(users.is_empty(), "{users:?}"),
            Some(begin) => {
                assert_eq!(users.len(), 5);
                assert!(
                    users.iter().all(|user| user.starts_with(begin)),
                    "{users:?}"
                );
            }
        }
        // A call is known again, however its user was named.
        let again = home.json(&format!("ingest {}", logs.display()));
        assert_eq!(again["new"], 0, "{option}");
    }
}
