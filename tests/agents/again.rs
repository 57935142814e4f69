//! Transcripts that are read again: unchanged ones are left alone, grown ones are read as a whole.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::codex::family;
use crate::databases::{OPENCODE, database};
use crate::home::Home;
use crate::total;

/// Says that a file was last changed some seconds ago.
#[allow(clippy::disallowed_methods)] // the file system has the real clock, too
fn age(path: &Path, seconds: u64) {
    let then = SystemTime::now() - Duration::from_secs(seconds);
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(then).unwrap();
}

fn status(home: &Home, path: &str) -> String {
    let run = home.json(&format!("ingest {path}"));
    run["sources"][0]["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_rollout_that_grew_adds_what_was_used_since_wherever_it_was_cut() {
    let [parent, fork, _] = family();
    for text in [parent, fork] {
        let whole = Home::new();
        whole.write("r.jsonl", &text);
        whole.ok("ingest r.jsonl");
        for (cut, _) in text.match_indices('\n') {
            let home = Home::new();
            let path = home.write("r.jsonl", &text[..=cut]);
            age(&path, 60);
            home.ok("ingest r.jsonl");
            let mut file = File::options().append(true).open(&path).unwrap();
            file.write_all(&text.as_bytes()[cut + 1..]).unwrap();
            age(&path, 30);
            home.ok("ingest r.jsonl");
            for column in ["input_tokens", "cached_input_tokens", "output_tokens"] {
                assert_eq!(
                    total(&home, column),
                    total(&whole, column),
                    "{cut} {column}"
                );
            }
            assert_eq!(status(&home, "r.jsonl"), "unchanged");
        }
    }
}

#[test]
fn rows_that_stand_beside_a_database_are_a_change_though_its_file_is_the_same() {
    let home = Home::new();
    let writer = database(&home, "opencode.db", "PRAGMA journal_mode = WAL");
    let insert = r#"INSERT INTO message VALUES ('new', 'root', 1791360009000,
        '{"role":"assistant","modelID":"gpt-5","providerID":"openai","tokens":{"input":7,"output":1,"reasoning":0,"cache":{"read":0,"write":0}}}')"#;
    writer.execute_batch(OPENCODE).unwrap();
    writer
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0")
        .unwrap();
    age(&home.file("opencode.db"), 60);
    assert_eq!(status(&home, "opencode.db"), "read");
    assert_eq!(status(&home, "opencode.db"), "unchanged");
    writer.execute_batch(insert).unwrap();
    assert_eq!(status(&home, "opencode.db"), "read");
    assert_eq!(total(&home, "input_tokens"), "47");
    drop(writer);
}
