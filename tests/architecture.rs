//! Who may import whom, which crate may be used where, how long files may be. A planted violation
//! fails, so the checks themselves are tested.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation
)] // a failing check may stop

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A module and the modules it may import beside itself.
const MODULES: &[(&str, &[&str])] = &[
    ("error", &[]),
    // Outputs and copies of a ledger appear whole or not at all: `cli` and `ledger` share the way.
    ("atomic", &["error"]),
    ("lookup", &[]),
    ("money", &[]),
    ("json", &["error", "money"]),
    ("usage", &["error", "json", "money"]),
    ("table", &["error", "json", "money"]),
    ("source", &["error"]),
    ("envelopes", &["error", "json", "money", "usage"]),
    ("adapters", &["error", "json", "money", "usage"]),
    ("pricing", &["error", "json", "money", "usage"]),
    (
        "ledger",
        &[
            "error", "atomic", "json", "lookup", "money", "usage", "pricing",
        ],
    ),
    (
        "report",
        &[
            "error", "json", "money", "usage", "ledger", "pricing", "table",
        ],
    ),
    ("render", &["error", "json", "money", "table"]),
    (
        "ingest",
        &[
            "error",
            "json",
            "lookup",
            "money",
            "usage",
            "source",
            "envelopes",
            "adapters",
            "pricing",
            "ledger",
        ],
    ),
    (
        "reprice",
        &[
            "error",
            "json",
            "money",
            "usage",
            "source",
            "envelopes",
            "adapters",
            "pricing",
            "ledger",
        ],
    ),
    ("cli", &["*"]),
    ("main", &["*"]),
    ("lib", &["*"]),
];

/// Words that may stand in the code of some modules (or of one file) only.
const WORDS: &[(&str, &[&str])] = &[
    ("rusqlite", &["ledger", "src/source/sqlite.rs"]),
    ("rust_decimal", &["money"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("ctrlc", &["cli"]),
    ("std::env", &["cli", "main"]),
    ("env::var", &["cli"]),
    ("Utc::now", &["cli"]),
    ("SystemTime", &[]),
    ("println!", &[]),
    ("std::fs", &["source", "ledger", "cli", "atomic"]),
    ("File::open", &["source", "ledger", "cli", "atomic"]),
    ("rustix", &["ledger", "atomic"]),
    ("signal_hook", &["cli"]),
    ("comfy_table", &["render"]),
    ("csv::", &["render", "cli", "source"]),
    ("serde_saphyr", &["pricing"]),
    ("std::net", &[]),
    ("unsafe ", &[]),
];

/// Longest file, tests aside.
const LONGEST_FILE: usize = 330;

fn module_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split(['/', '.']).next().unwrap_or_default()
}

/// The code of a file without comments and without its unit tests.
fn code_of(text: &str) -> Vec<(usize, &str)> {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..end].lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(n, line)| (n + 1, line))
        .collect()
}

fn imports(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("crate::") {
        let rest = &line[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            found.push(name);
        }
    }
    found
}

fn violations(files: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        let module = module_of(path);
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else {
            found.push(format!("{path}: module {module} has no place in the table"));
            continue;
        };
        let code = code_of(text);
        if code.len() > LONGEST_FILE {
            found.push(format!("{path}: {} lines of code", code.len()));
        }
        for (n, line) in &code {
            for import in imports(line) {
                let free = import == module
                    || allowed.contains(&"*")
                    || allowed.contains(&import.as_str());
                if !free {
                    found.push(format!("{path}:{n}: {module} may not import {import}"));
                }
            }
            for (word, modules) in WORDS {
                let may = modules.contains(&module) || modules.contains(&path.as_str());
                if line.contains(word) && !may {
                    found.push(format!("{path}:{n}: {word} may not be used in {module}"));
                }
            }
        }
    }
    found
}

fn sources(folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_import_goes_down_and_every_crate_stays_in_its_room() {
    let mut files = BTreeMap::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    assert!(files.len() > 50, "the sources were not found");
    let found = violations(&files);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    for (path, text, what) in [
        (
            "src/usage/mod.rs",
            "use crate::adapters::Reading;",
            "usage may not import adapters",
        ),
        (
            "src/render/csv.rs",
            "use crate::{error::Error, ledger::Entry};",
            "render may not import ledger",
        ),
        (
            "src/report/mod.rs",
            "use rusqlite::Connection;",
            "rusqlite may not be used in report",
        ),
        (
            "src/source/files.rs",
            "use rusqlite::Connection;",
            "rusqlite may not be used in source",
        ),
        (
            "src/ingest/mod.rs",
            "let now = chrono::Utc::now();",
            "Utc::now may not be used in ingest",
        ),
        (
            "src/adapters/x.rs",
            "fn f() { println!(\"x\") }",
            "println! may not be used in adapters",
        ),
        ("src/new/mod.rs", "", "has no place in the table"),
    ] {
        let files = BTreeMap::from([(path.to_owned(), text.to_owned())]);
        let found = violations(&files).join("\n");
        assert!(found.contains(what), "{path}: {found}");
    }
    let harmless = "// use crate::adapters;\n#[cfg(test)]\nmod tests { use crate::adapters; }";
    assert!(
        violations(&BTreeMap::from([(
            "src/usage/x.rs".to_owned(),
            harmless.to_owned()
        )]))
        .is_empty()
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut files = BTreeMap::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let silent: Vec<&String> = files
        .iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert!(silent.is_empty(), "no head comment: {silent:?}");
}

#[test]
fn the_top_level_is_as_wanted() {
    let wanted = [
        "Cargo.toml",
        "src",
        "fixtures",
        "tests",
        "docs",
        "README.md",
    ];
    for name in wanted {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists(),
            "{name} is missing"
        );
    }
}

/// The value of a `name = "value"` line.
fn quoted<'t>(line: &'t str, name: &str) -> Option<&'t str> {
    let value = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
    Some(value.trim().trim_matches('"'))
}

#[test]
fn no_crate_talks_to_a_network_or_comes_from_elsewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let deny = fs::read_to_string(root.join("deny.toml")).unwrap();
    let deny: toml::Table = deny.parse().unwrap();
    let banned: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert!(banned.contains(&"reqwest") && banned.contains(&"rustls"));
    let names: Vec<&str> = lock
        .lines()
        .filter_map(|line| quoted(line, "name"))
        .collect();
    assert!(names.len() > 100, "the lock file was not understood");
    let found: Vec<&&str> = names.iter().filter(|name| banned.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
    let sources = lock.lines().filter_map(|line| quoted(line, "source"));
    for source in sources {
        assert!(
            source.starts_with("registry+") && source.ends_with("/crates.io-index"),
            "{source}"
        );
    }
}
