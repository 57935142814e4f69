//! Ledgers that are none, or not as llmcost makes them.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use serde_json::{Value as Json, json};

use super::cases::{call, lines};

/// Statements that change a ledger as another program would.
const CHANGES: [(&str, &str); 13] = [
    ("newer", "PRAGMA user_version = 999"),
    ("older-than-any", "PRAGMA user_version = 0"),
    ("of-no-program", "PRAGMA application_id = 7"),
    (
        "trigger",
        "CREATE TRIGGER evil AFTER INSERT ON usage BEGIN UPDATE usage SET cost_pico = 0; END",
    ),
    ("more-views", "CREATE VIEW more AS SELECT 1"),
    (
        "other-view",
        "DROP VIEW llm_charges; CREATE VIEW llm_charges AS SELECT 1",
    ),
    ("more-tables", "CREATE TABLE more(x)"),
    ("more-indexes", "CREATE INDEX more ON usage(ms)"),
    ("virtual-table", "CREATE VIRTUAL TABLE more USING fts5(x)"),
    (
        "view-for-a-table",
        "ALTER TABLE run RENAME TO old; CREATE VIEW run AS SELECT * FROM old",
    ),
    ("table-missing", "DROP TABLE credit"),
    (
        "lying-schema",
        "UPDATE sqlite_schema SET sql = replace(sql, 'length(text)', 'length(id)') WHERE name = 'word'",
    ),
    (
        "two-tables-in-one",
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'word') WHERE name = 'calendar'",
    ),
];

/// A sound ledger with a few calls.
fn sound(path: &Path) {
    let log = path.with_extension("jsonl");
    let calls: Vec<String> = (1..200).map(call).collect();
    let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    fs::write(&log, lines(&calls)).unwrap();
    let words = ["llmcost", "-q", "ingest", "--format", "json", "--ledger"];
    let words = words.map(std::ffi::OsString::from).into_iter();
    let _ = llmcost::cli::run(words.chain([path.into(), log.clone().into()]));
    fs::remove_file(log).unwrap();
}

fn change(path: &Path, sql: &str) {
    let ledger = Connection::open(path).unwrap();
    ledger
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false)
        .unwrap();
    ledger.execute_batch("PRAGMA writable_schema=ON").unwrap();
    ledger.execute_batch(sql).unwrap();
    ledger
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

fn beside(path: &Path, end: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Writes all ledgers below a folder; what the manifest says of them. `refused` ones end every command
/// with 2 and stay as they are; `sound` ones say what a sound ledger says.
pub fn write(folder: &Path) -> Vec<Json> {
    let folder = folder.join("ledgers");
    fs::create_dir_all(&folder).unwrap();
    let good = folder.join("sound.db");
    sound(&good);
    let bytes = fs::read(&good).unwrap();
    let mut told = vec![json!({"name": "sound", "wanted": "sound"})];
    let mut make = |name: &str, wanted: &str, how: &dyn Fn(&Path)| {
        let path = folder.join(format!("{name}.db"));
        fs::write(&path, &bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        how(&path);
        told.push(json!({"name": name, "wanted": wanted}));
    };
    for (name, sql) in CHANGES {
        make(name, "refused", &|path| change(path, sql));
    }
    let with = |bytes: Vec<u8>| move |path: &Path| fs::write(path, &bytes).unwrap();
    let head = |at: usize, value: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        with(bytes)
    };
    make(
        "cut-in-half",
        "refused",
        &with(bytes[..bytes.len() / 2].to_vec()),
    );
    make(
        "cut-by-a-byte",
        "refused",
        &with(bytes[..bytes.len() - 1].to_vec()),
    );
    make("only-a-head", "refused", &with(bytes[..100].to_vec()));
    make("text", "refused", &with(b"these are notes\n".repeat(50)));
    make("nothing", "refused", &with(b"SQLite format 3\0".to_vec()));
    make("odd-page-size", "refused", &head(16, &[3, 7]));
    make("other-encoding", "refused", &head(56, &[0, 0, 0, 2]));
    make("other-mark", "refused", &head(68, b"none"));
    make("schema-page-noise", "refused", &head(104, &[0x5a; 400]));
    let mode = |mode| {
        move |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap()
    };
    make("written-by-all", "refused", &mode(0o666));
    make("written-by-a-group", "refused", &mode(0o620));
    make("read-by-all", "sound", &mode(0o644));
    make("link", "refused", &|path| {
        fs::remove_file(path).unwrap();
        symlink("sound.db", path).unwrap();
    });
    make("folder", "refused", &|path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
    make("pipe", "refused", &|path| {
        fs::remove_file(path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    });
    make("log-is-a-link", "refused", &|path| {
        symlink("sound.db", beside(path, "-wal")).unwrap()
    });
    make("log-is-noise", "sound", &|path| {
        fs::write(beside(path, "-wal"), [0xa5; 9_000]).unwrap()
    });
    make("journal-is-noise", "sound", &|path| {
        fs::write(beside(path, "-journal"), [0xa5; 9_000]).unwrap()
    });
    told
}
