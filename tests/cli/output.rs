//! Where answers go: standard output or a file, in the format that is meant, and nothing else.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use crate::home::Home;
use crate::{chat, log};

#[test]
fn data_goes_to_standard_output_and_everything_else_does_not() {
    let home = Home::new();
    home.write("log.jsonl", log() + "{\"broken\n{}\n");
    let answer = home.run("report --format json log.jsonl");
    assert!(answer.err.contains("rejected"), "{}", answer.err);
    crate::home::json(&answer.out);
    let quiet = home.run("-q report --format json log.jsonl");
    assert!(quiet.err.is_empty(), "{}", quiet.err);
    assert_eq!(quiet.out, answer.out);
    let failed = home.run("-q report --by modle log.jsonl");
    assert!(failed.out.is_empty() && failed.err.contains("modle") && failed.code == 2);
}

#[test]
fn colours_come_when_they_are_wanted() {
    let home = Home::with_log(&log());
    let coloured = |words: &[&str], environment: &[(&str, &str)]| {
        home.run_with(words, environment).out.contains('\u{1b}')
    };
    assert!(!coloured(&["report"], &[]));
    assert!(coloured(&["report", "--color", "always"], &[]));
    assert!(!coloured(&["report", "--color", "never"], &[]));
    assert!(!coloured(&["report"], &[("NO_COLOR", "1")]));
    assert!(coloured(
        &["report", "--color=always"],
        &[("NO_COLOR", "1")]
    ));
    assert!(!coloured(
        &["report", "--color=always", "--format", "csv"],
        &[]
    ));
    home.write("x", "");
    home.ok("report --color always -o report.txt");
    assert!(!home.read("report.txt").contains('\u{1b}'));
}

#[test]
fn a_file_appears_whole_is_private_and_replaces_nothing_unasked() {
    let home = Home::with_log(&log());
    home.ok("report --by model -o report.json");
    let written = home.read("report.json");
    assert_eq!(crate::home::json(&written)["schema"], "llmcost.report/1");
    let mode = std::fs::metadata(home.file("report.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let error = home.fails("report --by user -o report.json", 2);
    assert!(
        error.contains("--force") && error.contains("report.json"),
        "{error}"
    );
    assert_eq!(home.read("report.json"), written);
    home.ok("report --by user -o report.json --force");
    assert_ne!(home.read("report.json"), written);
    home.fails("report -o nowhere/report.json", 2);
    home.fails("report --by modle -o other.json", 2);
    home.fails("records --after nothing -o other.jsonl", 2);
    let names: Vec<String> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.contains("other") || name.starts_with(".report")),
        "{names:?}"
    );
}

#[test]
fn the_name_of_the_file_says_the_format() {
    let home = Home::with_log(&log());
    for (name, begins) in [
        ("a.json", "{\n"),
        ("a.jsonl", "{\""),
        ("a.csv", "model,"),
        ("a.md", "|"),
        ("a.html", "<!"),
        ("a.txt", "period"),
        ("a.out", "period"),
    ] {
        home.ok(&format!("report --by model -o {name}"));
        let text = home.read(name);
        let first = text.trim_start();
        let found = first.starts_with(begins) || name == "a.md" && first.contains("\n|");
        assert!(found, "{name}: {first}");
    }
    home.ok("report --by model --format csv -o b.json");
    assert!(home.read("b.json").starts_with("model,"));
    assert_eq!(
        home.ok("report --by model -o -"),
        home.ok("report --by model")
    );
}

#[test]
fn tables_fit_a_narrow_terminal_and_cut_nothing_on_a_wide_one() {
    let home = Home::with_log(&log());
    for line in [
        "report --by provider,model",
        "records",
        "sources",
        "runs",
        "formats",
        "",
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let narrow = home.run_with(&words, &[("COLUMNS", "80")]).out;
        let table = narrow
            .lines()
            .filter(|line| !line.starts_with("period") && !line.starts_with("Columns"));
        for row in table {
            assert!(row.chars().count() <= 80, "{line}: {row}");
        }
        let wide = home.run_with(&words, &[("COLUMNS", "300")]).out;
        assert!(!wide.contains("do not fit"), "{wide}");
        assert!(
            words.first() == Some(&"sources")
                || words.first() == Some(&"runs")
                || wide.contains("gpt-4o-2024-08-06")
                || line == "formats"
        );
    }
}

/// The demo's ledger, and a terminal of eighty columns.
fn narrow(lines: &[&str], look: impl Fn(&str, &str)) {
    let home = Home::new();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/demo");
    assert_eq!(home.run_with(&["ingest", demo], &[]).code, 0);
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let answer = home.run_with(&words, &[("COLUMNS", "80")]);
        assert_eq!(answer.code, 0, "{line}: {}", answer.err);
        look(line, &answer.out);
    }
}

#[test]
fn every_view_of_a_report_fits_eighty_columns() {
    let lines = [
        "summary",
        "report",
        "report --by tenant,user,model --detail share,averages,cache,latency",
        "report --by tenant,model --subtotals --top 2 --others",
        "report --by model --detail meters",
        "report --by model --bars --sparkline",
        "report --by model --compare previous --period 2026-W46",
        "report --by provider --compare-reported",
        "report --by model --as gpt-6.1-sol=gpt-5-mini",
        "report --by model --apply-free",
        "report --pivot day,model",
        "report --pivot model,day",
        "report --pivot user,tenant",
        "anomalies --min-days 3",
        "records",
        "query",
    ];
    narrow(&lines, |line, out| {
        let is_table = |row: &&str| row.starts_with(' ') || row.starts_with('─');
        let mut rows = 0;
        for row in out.lines().filter(is_table) {
            assert!(row.chars().count() <= 80, "{line}: {row}");
            rows += 1;
        }
        assert!(rows > 3, "{line}: {out}");
        let left_out = out.lines().skip_while(|row| !row.starts_with("Columns"));
        for row in left_out.take_while(|row| !row.is_empty()) {
            assert!(row.chars().count() <= 80, "{line}: {row}");
        }
    });
}

#[test]
fn colours_can_be_read_on_dark_and_on_light() {
    let line = "report --by model --compare previous --period 2026-W46 --color always";
    narrow(&[line], |_, out| {
        // The bright ones vanish on white.
        for (colour, used) in [("1m", true), ("2m", true), ("9m", false), ("10m", false)] {
            assert_eq!(
                out.contains(&format!("[38;5;{colour}")),
                used,
                "{colour}: {out:?}"
            );
        }
    });
}

#[test]
fn names_of_models_stay_on_their_line() {
    narrow(&["report --by model"], |line, out| {
        for name in ["gemini-2.5-flash-preview-tts", "imagen-4.0-generate-001"] {
            assert!(out.contains(&format!(" {name} ")), "{line}: {out}");
        }
    });
}

/// The amount at the end of a line in ten-thousandths of a dollar, and all amounts before it.
fn amounts(line: &str) -> Vec<u64> {
    let words = line.split_whitespace();
    let amounts = words.filter_map(|word| word.strip_prefix('$'));
    amounts
        .map(|amount| amount.replace(['.', ','], "").parse().unwrap())
        .collect()
}

#[test]
fn the_rows_of_a_matrix_add_up_to_their_last_column_however_narrow_it_is() {
    narrow(
        &["report --pivot day,model", "report --pivot user,day"],
        |line, out| {
            assert!(out.contains("(others)"), "{line}: {out}");
            assert!(!out.contains("do not fit"), "{line}: {out}");
            let mut rows = 0;
            for row in out.lines().filter(|row| row.starts_with(' ')).skip(1) {
                let amounts = amounts(row);
                let (total, parts) = amounts.split_last().unwrap();
                // Each of them is rounded.
                let sum: u64 = parts.iter().sum();
                assert!(sum.abs_diff(*total) <= 5, "{line}: {row}");
                rows += 1;
            }
            assert!(rows > 5, "{line}: {out}");
        },
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = Home::new();
    let many: String = (0..3_000).map(|n| chat(n, "gpt-4o") + "\n").collect();
    home.ingest("log.jsonl", many);
    for line in [
        "records --format jsonl",
        "export charges",
        "records --format json",
        "completions bash",
        "man",
    ] {
        let mut child = home
            .command()
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut reader = BufReader::with_capacity(64, child.stdout.take().unwrap());
        reader.read_line(&mut first).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(
            output.stderr.is_empty(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        eprintln!("skipped: there is no /dev/full");
        return;
    }
    let home = Home::with_log(&log());
    for line in [
        "report",
        "records --format jsonl",
        "export charges",
        "man",
        "formats",
    ] {
        let status = home
            .command()
            .args(line.split_whitespace())
            .stdout(std::fs::OpenOptions::new().write(true).open(full).unwrap())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(2), "{line}");
    }
}

#[test]
fn a_full_disk_is_an_error_and_a_closed_output_is_none() {
    let home = Home::with_log(&log());
    let commands = [
        "--help",
        "--version",
        "report --help",
        "",
        "report",
        "report --format json",
        "records --format jsonl",
        "export charges",
        "export records --format xlsx",
        "query --format csv",
        "ingest log.jsonl --format json",
        "ingest log.jsonl",
        "man",
        "completions bash",
    ];
    for line in commands {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let (reader, closed) = std::io::pipe().unwrap();
        drop(reader);
        for (out, code) in [(Stdio::from(full), 2), (Stdio::from(closed), 0)] {
            let mut command = home.command();
            command
                .args(line.split_whitespace())
                .stdout(out)
                .stderr(Stdio::piped());
            let answer = crate::home::answer(&command.output().unwrap());
            assert_eq!(answer.code, code, "{line}: {}", answer.err);
            assert!(!answer.err.contains("panicked"), "{line}: {}", answer.err);
        }
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_that_leaves_nothing() {
    let calls: String = (0..300)
        .map(|n| chat(n, "gpt-4o-2024-08-06") + "\n")
        .collect();
    let home = Home::with_log(&calls);
    home.write("more.jsonl", calls.replace("chatcmpl-", "chatcmpl-more"));
    let before = home.records();
    for line in [
        "export records -o big.jsonl",
        "ingest more.jsonl",
        "backup copy.db",
    ] {
        let program = env!("CARGO_BIN_EXE_llmcost");
        let script = format!("ulimit -f 80; exec {program} {line}");
        let mut shell = std::process::Command::new("sh");
        shell.current_dir(home.path()).args(["-c", &script]);
        shell.env_clear().env("HOME", home.file("home"));
        shell.env("XDG_DATA_HOME", home.file("data"));
        let answer = crate::home::answer(&shell.output().unwrap());
        assert_eq!(answer.code, 2, "{line}: {}", answer.err);
        assert!(!answer.err.is_empty(), "{line}");
    }
    assert_eq!(home.records(), before);
    let names = std::fs::read_dir(home.path()).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        names.iter().all(|name| {
            let name = name.to_str().unwrap();
            !name.starts_with('.') && name != "big.jsonl" && name != "copy.db"
        }),
        "{names:?}"
    );
    home.ok("ingest more.jsonl");
    assert_eq!(home.records().len(), 600);
}

#[test]
fn an_output_follows_no_link_and_takes_the_place_of_no_device() {
    let home = Home::with_log(&log());
    home.write("precious", "precious");
    std::os::unix::fs::symlink(home.file("precious"), home.file("link.csv")).unwrap();
    std::os::unix::fs::symlink("nowhere", home.file("dangling.csv")).unwrap();
    for link in ["link.csv", "dangling.csv"] {
        home.fails(&format!("report -o {link}"), 2);
        home.fails(&format!("report -o {link} --force"), 2);
        home.fails(&format!("check --max-total 1000 --report junit={link}"), 2);
        let kind = std::fs::symlink_metadata(home.file(link)).unwrap();
        assert!(kind.is_symlink(), "{link}");
    }
    assert_eq!(home.read("precious"), "precious");
    assert!(!home.file("nowhere").exists());
    for place in ["/dev/null", "/dev/stdout", ".", "..", "/"] {
        home.fails(&format!("report --force -o {place}"), 2);
    }
    let null = std::fs::symlink_metadata("/dev/null").unwrap();
    assert!(std::os::unix::fs::FileTypeExt::is_char_device(
        &null.file_type()
    ));
}
