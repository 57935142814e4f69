//! Ledgers that are none, not ours, or newer than we are: refused, and never touched.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::call;
use crate::home::Home;

/// Commands that write, and commands that read.
const COMMANDS: [&str; 11] = [
    "ingest log.jsonl",
    "report",
    "records",
    "explain msg_01",
    "export records",
    "query",
    "credits balance",
    "credits grant --user alice --tokens 1",
    "sources",
    "runs",
    "",
];

#[test]
fn what_is_no_ledger_is_refused_and_not_touched() {
    let home = Home::new();
    home.write("log.jsonl", call(1));
    fs::create_dir(home.file("directory")).unwrap();
    home.write("text.db", "these are notes\n".repeat(40));
    home.write("short.db", "x");
    home.write(
        "header.db",
        [b"SQLite format 3\0".as_slice(), &[0; 200]].concat(),
    );
    for name in ["directory", "text.db", "short.db", "header.db"] {
        let before = fs::read(home.file(name)).ok();
        for command in COMMANDS {
            let error = home.fails(&format!("{command} --ledger {name}"), 2);
            assert!(error.contains(name) && error.contains("hint"), "{error}");
        }
        assert_eq!(fs::read(home.file(name)).ok(), before, "{name}");
    }
}

#[test]
fn a_newer_ledger_is_refused_and_not_touched() {
    let home = Home::with_log(&call(1));
    let mut bytes = fs::read(home.ledger()).unwrap();
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    fs::write(home.ledger(), &bytes).unwrap();
    for command in COMMANDS {
        let error = home.fails(command, 2);
        assert!(error.contains("999") && error.contains("newer"), "{error}");
    }
    assert_eq!(fs::read(home.ledger()).unwrap(), bytes);
}

#[test]
fn a_foreign_database_is_refused_and_not_touched() {
    let home = Home::with_log(&call(1));
    let mut bytes = fs::read(home.ledger()).unwrap();
    bytes[68..72].copy_from_slice(b"none");
    home.write("foreign.db", &bytes);
    for command in COMMANDS {
        home.fails(&format!("{command} --ledger foreign.db"), 2);
    }
    assert_eq!(fs::read(home.file("foreign.db")).unwrap(), bytes);
}

#[test]
fn a_link_to_a_ledger_is_not_followed_in_silence() {
    let home = Home::with_log(&call(1));
    symlink(home.ledger(), home.file("link.db")).unwrap();
    home.write("log.jsonl", call(2));
    let answer = home.run("ingest log.jsonl --ledger link.db");
    if answer.code == 0 {
        assert_eq!(home.records().len(), 2);
    } else {
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("link.db"), "{}", answer.err);
        assert_eq!(home.records().len(), 1);
    }
}

#[test]
fn a_damaged_ledger_is_an_error_and_no_panic() {
    let home = Home::with_log(&(1..500).map(|n| call(n) + "\n").collect::<String>());
    let good = fs::read(home.ledger()).unwrap();
    for at in (4_096..good.len()).step_by(good.len() / 12) {
        let mut bad = good.clone();
        let end = (at + 3_000).min(bad.len());
        bad[at..end].fill(0xa5);
        fs::write(home.ledger(), bad).unwrap();
        for command in COMMANDS {
            let answer = home.run(command);
            assert!(
                [0, 2].contains(&answer.code),
                "{command}: {} {}",
                answer.code,
                answer.err
            );
        }
    }
}

#[test]
fn a_ledger_is_for_its_owner_alone() {
    let home = Home::with_log(&call(1));
    let mode = fs::metadata(home.ledger()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn two_runs_at_once_take_turns_and_lose_nothing() {
    let home = Home::new();
    let logs: Vec<String> = (0..4)
        .map(|file| {
            let name = format!("log{file}.jsonl");
            let lines: String = (0..200).map(|n| call(file * 100 + n) + "\n").collect();
            home.write(&name, lines);
            name
        })
        .collect();
    let children: Vec<_> = logs
        .iter()
        .map(|log| {
            home.command()
                .args(["-q", "ingest", log])
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    assert_eq!(home.records().len(), 500);
    assert_eq!(home.ok("runs --format jsonl").lines().count(), 4);
}
