//! The hostile corpus of `examples/hostile`, read through the binary: what becomes of every file and
//! ledger is what its manifest says, a second time changes nothing, and what must not be seen is not.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use llmcost::render::visible;

use crate::home::{Home, counts, json};

#[allow(dead_code, reason = "the example writes them all")]
#[path = "../../examples/hostile/cases.rs"]
mod cases;
#[path = "../../examples/hostile/identity.rs"]
mod identity;
#[path = "../../examples/hostile/json_texts.rs"]
mod json_texts;
#[path = "../../examples/hostile/ledgers.rs"]
mod ledgers;
#[path = "../../examples/hostile/numbers.rs"]
mod numbers;
#[path = "../../examples/hostile/packed.rs"]
mod packed;
#[path = "../../examples/hostile/privacy.rs"]
mod privacy;
#[path = "../../examples/hostile/shapes.rs"]
mod shapes;

/// Every byte that is left anywhere must hold no prompt and no key.
fn gives_nothing_away(home: &Home, texts: &[&str]) {
    let mut places: Vec<(String, Vec<u8>)> = texts
        .iter()
        .map(|text| ("output".to_owned(), text.as_bytes().to_vec()))
        .collect();
    for entry in fs::read_dir(home.ledger().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        places.push((path.display().to_string(), fs::read(&path).unwrap()));
    }
    let forbidden = privacy::SECRETS.into_iter().chain([cases::CANARY]);
    for secret in forbidden {
        for (place, bytes) in &places {
            let found = memchr::memmem::find(bytes, secret.as_bytes());
            assert!(found.is_none(), "{secret} is in {place}");
        }
    }
}

fn differences(case: &cases::Case) -> Option<String> {
    let home = Home::new();
    case.make(&home.file("case"));
    let run = || {
        let mut words = vec!["ingest", "case", "--format", "json"];
        words.extend(case.arguments.iter().map(String::as_str));
        let answer = home.run_with(&words, &[]);
        assert_eq!(answer.code, 0, "{}: {}", case.name, answer.err);
        assert!(!answer.err.contains("panicked"), "{}", answer.err);
        answer
    };
    let first = run();
    let outcome = json(&first.out);
    let [new, duplicate, updated, ignored, rejected] = counts(&outcome);
    let pending = outcome["pending"].as_u64().unwrap();
    let found = [new, duplicate, updated, ignored, rejected, pending];
    let again = run();
    let outcome = json(&again.out);
    assert_eq!(
        (outcome["new"].as_u64(), outcome["updated"].as_u64()),
        (Some(0), Some(0)),
        "{}",
        case.name
    );
    let mut told = vec![first, again];
    if case.name.starts_with("privacy-") {
        told.push(home.run("records --format jsonl"));
        told.push(home.run("sources --rejects"));
    }
    let told: Vec<&str> = told
        .iter()
        .flat_map(|answer| [answer.out.as_str(), answer.err.as_str()])
        .collect();
    gives_nothing_away(&home, &told);
    (found != case.wanted)
        .then(|| format!("{}: wanted {:?}, found {found:?}\n", case.name, case.wanted))
}

fn check(class: &str, at_least: usize) {
    let cases: Vec<cases::Case> = cases::all()
        .into_iter()
        .filter(|case| case.name.starts_with(class))
        .collect();
    assert!(cases.len() >= at_least, "{class}: {}", cases.len());
    let differences: String = cases.iter().filter_map(differences).collect();
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn there_are_enough_and_no_two_are_alike() {
    let cases = cases::all();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.iter().map(|case| case.files.len()).sum::<usize>() >= 150);
}

#[test]
fn framing_ends_as_wanted() {
    check("framing-", 20);
}

#[test]
fn recordings_and_what_is_no_file_end_as_wanted() {
    check("yaml-", 11);
    check("special-", 7);
}

#[test]
fn json_ends_as_wanted() {
    check("json-", 25);
}

#[test]
fn numbers_end_as_wanted() {
    check("number-", 30);
}

#[test]
fn times_end_as_wanted() {
    check("time-", 20);
}

#[test]
fn identities_end_as_wanted() {
    check("identity-", 15);
}

#[test]
fn packed_files_end_as_wanted() {
    check("gz-", 10);
}

#[test]
fn files_end_as_wanted() {
    check("files-", 8);
}

#[test]
fn secrets_end_as_wanted() {
    check("privacy-", 10);
}

/// All of them in one ledger, and every format of it.
#[test]
fn names_act_nowhere() {
    let home = Home::new();
    for case in privacy::names() {
        let text = String::from_utf8(case.files[0].1.clone()).unwrap();
        home.write(
            &format!("case/{}.jsonl", case.name),
            text.replace(
                "00000001",
                &format!("{:0>8}", case.name.trim_start_matches("output-")),
            ),
        );
    }
    assert_eq!(counts(&home.json("ingest case")), [36, 0, 0, 0, 0]);
    for command in ["report --by model", "records --limit 100", "export charges"] {
        for format in ["table", "json", "jsonl", "markdown", "html", "csv"] {
            let text = home.ok(&format!("{command} --format {format}"));
            let shown = text.replace(['\n', '\r'], "");
            match format {
                // Its cells are for programs, and hold the names as they are.
                "csv" => {
                    cells_are_no_formulas(&text);
                    continue;
                }
                "html" => {
                    for tag in ["<script>alert", "<img", "<svg/", "\" onmouseover"] {
                        assert!(!text.contains(tag), "{command}: {tag}");
                    }
                }
                _ => {}
            }
            assert!(visible(&shown) == shown, "{command} {format}");
        }
    }
    for line in [
        "",
        "sources",
        "explain chatcmpl-00000014",
        "report --by model --color always",
    ] {
        let text = home.ok(line).replace('\n', "").replace("\u{1b}[", "");
        assert_eq!(visible(&text), text, "{line}");
    }
}

fn cells_are_no_formulas(text: &str) {
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(true)
        .from_reader(text.as_bytes());
    for row in rows.records() {
        for cell in &row.unwrap() {
            let first = cell.chars().next().unwrap_or('x');
            let is_number = cell
                .trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_digit())
                && cell.len() > 2;
            assert!(
                is_number || !"=+-@\t\r\n\0＝＋－＠".contains(first),
                "{cell:?}"
            );
        }
    }
}

#[test]
fn ledgers_are_refused_untouched_or_sound() {
    let folder = tempfile::TempDir::new().unwrap();
    let told = ledgers::write(folder.path());
    assert!(told.len() >= 25);
    let home = Home::new();
    home.write("log.jsonl", crate::call(1));
    let place = |name: &str| folder.path().join("ledgers").join(format!("{name}.db"));
    let records = |name: &str| {
        home.run(&format!(
            "records --limit 500 --format jsonl --ledger {}",
            place(name).display()
        ))
    };
    let sound = records("sound").out;
    assert_eq!(sound.lines().count(), 199);
    for ledger in &told {
        let name = ledger["name"].as_str().unwrap();
        if ledger["wanted"] == "sound" {
            let found = records(name);
            assert!(found.out == sound, "{name}: {}", found.err);
            continue;
        }
        let before = state(&place(name));
        for command in [
            "report",
            "records",
            "ingest log.jsonl",
            "backup x.db",
            "query",
            "",
        ] {
            let line = format!("{command} --ledger {}", place(name).display());
            let said = home.fails(&line, 2);
            assert!(said.contains("hint: "), "{name}: {said}");
        }
        assert!(state(&place(name)) == before, "{name} was touched");
        assert!(!home.file("x.db").exists());
    }
}

/// What a file is and holds.
fn state(path: &Path) -> (u32, Option<Vec<u8>>) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let bytes = metadata.is_file().then(|| fs::read(path).unwrap());
    (metadata.permissions().mode(), bytes)
}
