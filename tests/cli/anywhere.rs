//! The same logs give the same answers wherever and whenever they are read: whatever the time zone, the
//! language, the clock and the order of the files.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::home::{Home, json};

/// A machine far away and long after, by its variables.
const ELSEWHERE: [(&str, &str); 4] = [
    ("TZ", "Pacific/Apia"),
    ("LANG", "de_DE.UTF-8"),
    ("LC_ALL", "tr_TR.UTF-8"),
    ("LLMCOST_NOW", "2038-01-19T04:00:00Z"),
];
/// What the run itself adds to a record, and which of several files names it first.
const OF_THE_RUN: [&str; 2] = ["ingested_at", "source"];

fn demo_logs() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it != "md"));
    files.sort();
    let files = files.into_iter();
    files.map(|file| file.display().to_string()).collect()
}

/// A home whose ledger has these logs, brought in with these variables.
fn ingested(logs: &[String], environment: &[(&str, &str)]) -> Home {
    let home = Home::new();
    let words: Vec<&str> = std::iter::once("ingest")
        .chain(logs.iter().map(String::as_str))
        .collect();
    let answer = home.run_with(&words, environment);
    assert!([0, 3].contains(&answer.code), "{}", answer.err);
    home
}

/// What a command prints with the variables of elsewhere, but the clock of here: periods hang on it.
fn asked(home: &Home, line: &str, environment: &[(&str, &str)]) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let environment = environment.iter().copied();
    let elsewhere: Vec<_> = environment
        .filter(|(name, _)| *name != "LLMCOST_NOW")
        .collect();
    let answer = home.run_with(&words, &elsewhere);
    assert_eq!(answer.code, 0, "{line}\n{}", answer.err);
    answer.out
}

/// The lines of an export without what hangs on the run.
fn lines(export: &str) -> Vec<String> {
    let without = |line: &str| {
        let Json::Object(mut row) = json(line) else {
            panic!("an export has objects");
        };
        row.retain(|name, _| !OF_THE_RUN.contains(&name.as_str()));
        Json::Object(row).to_string()
    };
    export.lines().map(without).collect()
}

#[test]
fn zone_language_clock_and_the_order_of_files_change_no_answer() {
    let logs = demo_logs();
    let reversed: Vec<String> = logs.iter().rev().cloned().collect();
    let here = ingested(&logs, &[]);
    let there = ingested(&reversed, &ELSEWHERE);
    for line in [
        "report --by day,model --format csv",
        "report --by user,tenant --format json",
        "report --by provider",
        "report --by model --format html",
        "export summary --by hour,model",
        "summary --format json",
    ] {
        let there = asked(&there, line, &ELSEWHERE);
        assert_eq!(asked(&here, line, &[]), there, "{line}");
    }
    for line in [
        "export records --format jsonl",
        "export charges --format jsonl",
    ] {
        let mut both = [(&here, &[][..]), (&there, &ELSEWHERE[..])]
            .map(|(home, environment)| lines(&asked(home, line, environment)));
        for lines in &mut both {
            lines.sort_unstable();
        }
        let [here, there] = both;
        assert!(!here.is_empty());
        assert_eq!(here, there, "{line}");
    }
}

#[test]
fn the_same_files_in_the_same_order_are_exported_byte_by_byte_alike() {
    let logs = demo_logs();
    let here = ingested(&logs, &[]);
    let there = ingested(&logs, &ELSEWHERE);
    let charges = "export charges";
    assert_eq!(
        asked(&here, charges, &[]),
        asked(&there, charges, &ELSEWHERE)
    );
    let records = "export records --format jsonl";
    assert_eq!(
        lines(&asked(&here, records, &[])),
        lines(&asked(&there, records, &ELSEWHERE))
    );
}
