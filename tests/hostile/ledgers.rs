//! Ledgers that are none, not ours, or newer than we are: refused, and never touched.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

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

/// What a power cut leaves of a ledger that was being made: sectors of its first page, and the journal that
/// says that there was nothing before.
#[test]
fn a_ledger_that_was_half_made_when_the_power_went_is_made_anew() {
    let home = Home::with_log(&call(1));
    let mut page = fs::read(home.ledger()).unwrap();
    page.truncate(16_384);
    page[..512].fill(0);
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    for number in [0_u32, 7, 0, 512, 16_384] {
        journal.extend(number.to_be_bytes());
    }
    journal.resize(512, 0);
    fs::write(home.ledger(), &page).unwrap();
    // Without the journal nobody knows what it is.
    home.fails("ingest log.jsonl", 2);
    assert!(fs::read(home.ledger()).unwrap() == page);
    let mut beside = home.ledger().into_os_string();
    beside.push("-journal");
    fs::write(&beside, journal).unwrap();
    fs::set_permissions(&beside, fs::Permissions::from_mode(0o600)).unwrap();
    home.ok("ingest log.jsonl");
    home.ok("verify");
    assert_eq!(home.records().len(), 1);
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

/// Changes a ledger as another program would, and leaves nothing beside it.
fn change(path: &Path, sql: &str) {
    let ledger = Connection::open(path).unwrap();
    let set = |option, on| ledger.set_db_config(option, on).unwrap();
    set(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false);
    ledger
        .execute_batch("PRAGMA writable_schema=ON")
        .and_then(|()| ledger.execute_batch(sql))
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    ledger
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

/// Commands of all sorts that open a ledger.
const SOME: [&str; 5] = ["ingest log.jsonl", "report", "query", "backup copy.db", ""];

fn is_refused_untouched(home: &Home, what: &str) -> String {
    let before = fs::read(home.ledger()).unwrap();
    let mut said = String::new();
    for command in SOME {
        said = home.fails(command, 2);
        assert!(said.contains("hint: "), "{what}: {command}: {said}");
    }
    assert!(
        fs::read(home.ledger()).unwrap() == before,
        "{what}: touched"
    );
    assert!(!home.file("copy.db").exists());
    said
}

#[test]
fn a_ledger_that_something_else_has_changed_is_refused_and_not_touched() {
    let good = Home::with_log(&call(1));
    let bytes = fs::read(good.ledger()).unwrap();
    for (sql, named) in [
        (
            "CREATE TRIGGER evil AFTER INSERT ON usage BEGIN UPDATE usage SET cost_pico = 0; END",
            "trigger evil",
        ),
        ("CREATE VIEW more AS SELECT 1", "view more"),
        (
            "DROP VIEW llm_charges; CREATE VIEW llm_charges AS SELECT 1",
            "view llm_charges",
        ),
        ("CREATE TABLE more(x)", "table more"),
        ("CREATE INDEX more ON usage(ms)", "index more"),
        // Not the one that `ledger index` makes under that name.
        (
            "CREATE INDEX usage_by_time ON usage(line)",
            "index usage_by_time",
        ),
        ("CREATE VIRTUAL TABLE more USING fts5(x)", "more"),
        (
            "ALTER TABLE run RENAME TO old; CREATE VIEW run AS SELECT * FROM old",
            "table reject",
        ),
        ("DROP TABLE credit", "credit"),
        (
            "UPDATE sqlite_schema SET sql = replace(sql, 'length(text)', 'length(id)') WHERE name = 'word'",
            "table word",
        ),
        (
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'word') WHERE name = 'calendar'",
            "two tables",
        ),
        ("PRAGMA user_version = -1", "schema"),
        ("PRAGMA application_id = -5", "not an llmcost ledger"),
    ] {
        fs::write(good.ledger(), &bytes).unwrap();
        change(&good.ledger(), sql);
        let said = is_refused_untouched(&good, sql);
        assert!(said.contains(named), "{sql}: {said}");
        assert!(said.contains("not touched"), "{sql}: {said}");
    }
    fs::write(good.ledger(), &bytes).unwrap();
    change(&good.ledger(), "ANALYZE");
    good.ok("report");
}

#[test]
fn a_ledger_that_others_can_write_to_is_refused_and_not_touched() {
    let home = Home::with_log(&call(1));
    for mode in [0o666, 0o620, 0o602] {
        fs::set_permissions(home.ledger(), fs::Permissions::from_mode(mode)).unwrap();
        let said = is_refused_untouched(&home, "mode");
        assert!(said.contains("chmod 600"), "{said}");
    }
    // Others may read it if its owner wants that.
    fs::set_permissions(home.ledger(), fs::Permissions::from_mode(0o644)).unwrap();
    home.ok("report");
    if chown(home.ledger(), Some(65_534), None).is_err() {
        eprintln!("skipped: only root can give a file away");
        return;
    }
    let said = is_refused_untouched(&home, "owner");
    assert!(said.contains("another user"), "{said}");
}

#[test]
fn links_and_pipes_in_the_place_of_a_ledger_or_its_log_are_refused() {
    let home = Home::with_log(&call(1));
    let mut log = home.ledger().into_os_string();
    log.push("-wal");
    let other = home.write("other", "precious");
    symlink(&other, &log).unwrap();
    assert!(is_refused_untouched(&home, "log").contains("symbolic link"));
    assert_eq!(home.read("other"), "precious");
    fs::remove_file(&log).unwrap();
    let pipe = home.file("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for command in SOME {
        home.fails(&format!("{command} --ledger pipe"), 2);
    }
    // A link among the folders above is as good as the folder.
    symlink(home.ledger().parent().unwrap(), home.file("folder")).unwrap();
    home.write("log.jsonl", call(2));
    home.ok("ingest log.jsonl --ledger folder/ledger.db");
    assert_eq!(home.records().len(), 2);
    assert!(
        home.ok("query --ledger folder/ledger.db")
            .contains("llm_charges")
    );
}

#[test]
fn a_cut_off_ledger_is_refused_and_not_touched() {
    let home = Home::with_log(&(1..300).map(|n| call(n) + "\n").collect::<String>());
    let bytes = fs::read(home.ledger()).unwrap();
    for end in [
        bytes.len() / 2,
        bytes.len() - 1,
        bytes.len() - 16_384,
        17_000,
        150,
    ] {
        fs::write(home.ledger(), &bytes[..end]).unwrap();
        is_refused_untouched(&home, "cut off");
    }
}

#[test]
fn what_lies_beside_a_ledger_by_accident_changes_nothing() {
    let home = Home::with_log(&call(1));
    let records = home.records();
    let noise: Vec<u8> = (0..40_000_u32)
        .map(|n| (n * 7_919).to_le_bytes()[1])
        .collect();
    for end in ["-wal", "-journal", "-shm"] {
        let mut name = home.ledger().into_os_string();
        name.push(end);
        fs::write(&name, &noise).unwrap();
        home.ok("ingest log.jsonl");
        assert_eq!(home.records(), records, "{end}");
    }
}

#[test]
fn a_backup_is_a_ledger_for_its_owner_alone() {
    let home = Home::with_log(&(1..200).map(|n| call(n) + "\n").collect::<String>());
    home.ok("backup copy.db");
    let records = "records --limit 500 --format jsonl";
    assert_eq!(
        home.ok(&format!("{records} --ledger copy.db")),
        home.ok(records)
    );
    let mode = fs::metadata(home.file("copy.db")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let before = fs::read(home.file("copy.db")).unwrap();
    assert!(home.fails("backup copy.db", 2).contains("--force"));
    assert!(
        home.fails("report -o copy.db --force", 2)
            .contains("is a ledger")
    );
    let itself = format!("backup --force {}", home.ledger().display());
    assert!(home.fails(&itself, 2).contains("its own"));
    home.fails("backup nowhere/copy.db", 2);
    home.fails("backup . --force", 2);
    assert_eq!(fs::read(home.file("copy.db")).unwrap(), before);
    home.write("log.jsonl", call(999));
    home.ok("ingest log.jsonl");
    home.ok("backup copy.db --force");
    assert_eq!(
        home.ok(&format!("{records} --ledger copy.db"))
            .lines()
            .count(),
        200
    );
    // The log of what is replaced would be taken for the copy's own.
    home.write("copy.db-wal", "x");
    assert!(home.fails("backup copy.db --force", 2).contains("in use"));
}

#[test]
fn a_ledger_in_a_walked_folder_is_no_log_and_keeps_its_locks() {
    let home = Home::new();
    home.write("logs/log.jsonl", call(1));
    let ledger = "--ledger logs/costs";
    home.ok(&format!("ingest logs {ledger}"));
    home.write("logs/more.jsonl", call(2));
    let outcome = home.json(&format!("ingest logs {ledger}"));
    let own = outcome["sources"].as_array().unwrap().iter();
    let own: Vec<_> = own
        .filter(|source| source["path"].as_str().unwrap().contains("/costs"))
        .map(|source| source["status"].as_str().unwrap())
        .collect();
    assert!(
        !own.is_empty() && own.iter().all(|status| *status == "skipped"),
        "{outcome:#}"
    );
    let outcome = home.json(&format!("ingest logs/costs {ledger}"));
    assert_eq!(outcome["rejected"], 1, "{outcome:#}");
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
