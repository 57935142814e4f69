//! The commands of the README and of the guides, run in their order in one temporary home per page.
//! What stands below a command is what it must print; a line of three dots stands for any lines. `UPDATE_DOCS=1` rewrites
//! output that holds no such line. A command must do its work, unless `; echo $?` asks how it ended.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

use std::fs;
use std::path::Path;
use std::process::Command;

/// Whether the printed lines are the wanted ones, where `...` stands for any number of lines.
fn matches(wanted: &[&str], printed: &[&str]) -> bool {
    match wanted.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skip| matches(rest, &printed[skip..])),
        Some((line, rest)) => {
            printed
                .first()
                .is_some_and(|first| first.trim_end() == *line)
                && matches(rest, &printed[1..])
        }
    }
}

/// The words of a command as a shell would split them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for letter in command.chars() {
        match letter {
            '\'' | '"' if quote.is_none() => quote = Some(letter),
            letter if quote == Some(letter) => quote = None,
            ' ' if quote.is_none() => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

fn run(command: &str, home: &Path) -> String {
    let (command, asks_for_code) = match command.strip_suffix("; echo $?") {
        Some(command) => (command, true),
        None => (command, false),
    };
    let words: Vec<String> = words(command).split_off(1);
    let output = Command::new(env!("CARGO_BIN_EXE_llmcost"))
        .args(&words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .env("COLUMNS", "100")
        .env("LLMCOST_NOW", "2026-11-22T00:00:00Z")
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let mut printed = String::from_utf8(output.stdout).unwrap();
    if asks_for_code {
        printed.push_str(&output.status.code().unwrap().to_string());
        printed.push('\n');
    } else {
        assert!(output.status.success(), "{command}: {errors}");
    }
    printed
}

/// Runs the commands of a page.
fn check(page: &str) {
    let home = tempfile::TempDir::new().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(&path).unwrap();
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let (mut rewritten, mut wrong, mut inside) = (Vec::new(), Vec::new(), false);
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        rewritten.push(line.to_owned());
        if line.starts_with("```") {
            inside = line == "```console";
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| inside) else {
            continue;
        };
        let length = lines[at..]
            .iter()
            .take_while(|line| !line.starts_with("$ ") && !line.starts_with("```"))
            .count();
        let wanted = &lines[at..at + length];
        at += length;
        if !command.starts_with("llmcost ") {
            assert!(wanted.is_empty(), "{command}: only llmcost is run here");
            continue;
        }
        let printed = run(command, home.path());
        let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
        let fixed = wanted.contains(&"...");
        if update && !fixed && (wanted.is_empty() || !matches(wanted, &printed)) {
            rewritten.extend(printed.iter().map(|line| (*line).to_owned()));
        } else {
            rewritten.extend(wanted.iter().map(|line| (*line).to_owned()));
            if !matches(wanted, &printed) {
                wrong.push(format!("$ {command}\n{}", printed.join("\n")));
            }
        }
    }
    if update {
        fs::write(path, rewritten.join("\n") + "\n").unwrap();
    }
    assert!(wrong.is_empty(), "{page}\n{}", wrong.join("\n\n"));
}

#[test]
fn the_readme_prints_what_it_says() {
    check("README.md");
}

#[test]
fn the_pages_on_credits_and_sql_print_what_they_say() {
    check("docs/credits.md");
    check("docs/sql.md");
}

#[test]
fn the_cookbook_prints_what_it_says() {
    check("docs/cookbook.md");
}

#[test]
fn the_page_for_writers_of_logs_prints_what_it_says() {
    check("docs/logging.md");
}

#[test]
fn the_guide_to_reports_prints_what_it_says() {
    check("docs/reports.md");
}

/// The commands that stand in a table: they must do their work, and JSON must be JSON.
#[test]
fn every_command_that_replaces_an_endpoint_works() {
    let home = tempfile::TempDir::new().unwrap();
    run("llmcost ingest fixtures/demo --quiet", home.path());
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/endpoints.md");
    let text = fs::read_to_string(page).unwrap();
    let mut tried = 0;
    for line in text.lines().filter(|line| line.starts_with("| ")) {
        let commands = line.split('`').filter(|part| part.starts_with("llmcost "));
        for command in commands {
            let answer = run(command, home.path());
            let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
            let schema = json["schema"].as_str().unwrap();
            assert!(line.contains(schema), "{command}: {schema}");
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried}");
}
