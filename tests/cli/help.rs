//! Help, examples, completions and man pages: what is promised there can be typed.

use clap::Parser;
use llmcost::cli::Cli;

use crate::home::Home;
use crate::log;

fn commands() -> Vec<String> {
    let command = llmcost::cli::command();
    let names = command
        .get_subcommands()
        .map(|command| command.get_name().to_owned());
    names.collect()
}

#[test]
fn every_command_has_help_that_is_listed_and_has_examples() {
    let home = Home::new();
    let overview = home.ok("--help");
    assert_eq!(home.ok("help"), overview);
    for name in commands() {
        assert!(
            overview.contains(&format!("\n  {name} ")),
            "{name} is not in the overview"
        );
        let short = home.ok(&format!("{name} -h"));
        let long = home.ok(&format!("{name} --help"));
        assert_eq!(home.ok(&format!("help {name}")), long);
        assert!(short.contains("Usage: llmcost"), "{short}");
        assert!(long.contains("Examples:"), "{name}");
    }
    for command in llmcost::cli::command().get_subcommands() {
        for below in command.get_subcommands() {
            let line = format!("{} {}", command.get_name(), below.get_name());
            let help = home.ok(&format!("{line} --help"));
            let (_, end) = help
                .split_once("\nExamples:\n")
                .unwrap_or_else(|| panic!("{line}"));
            assert!(end.contains(&format!("llmcost {line}")), "{line}: {end}");
        }
    }
    assert!(home.ok("--version").starts_with("llmcost "));
    assert!(home.ok("-V").starts_with("llmcost "));
}

/// The words of a line as a shell would split it, up to a pipe or a redirection.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    let end = words.iter().position(|word| word == "|" || word == ">");
    words.truncate(end.unwrap_or(words.len()));
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_example_can_be_typed() {
    let command = llmcost::cli::command();
    let help = |command: &clap::Command| command.get_after_help().map(ToString::to_string);
    let own = command.get_subcommands();
    let below = command
        .get_subcommands()
        .flat_map(clap::Command::get_subcommands);
    let mut texts: Vec<String> = own.chain(below).filter_map(help).collect();
    texts.extend(help(&command));
    let mut tried = 0;
    for line in texts.iter().flat_map(|text| text.lines()) {
        let Some(at) = line.find("llmcost ").filter(|_| line.starts_with("  ")) else {
            continue;
        };
        // In the overview, words that say what it does stand behind two spaces.
        let (whole, line) = (line, &line[at..]);
        // What follows a `>` is for the shell.
        let line = line
            .split("   ")
            .next()
            .unwrap()
            .split(" >")
            .next()
            .unwrap();
        assert!(
            whole.chars().count() <= 80,
            "too wide to be copied: {whole}"
        );
        if let Err(error) = Cli::try_parse_from(words(line)) {
            panic!("{line}\n{error}");
        }
        tried += 1;
    }
    assert!(tried > 25, "{tried}");
}

#[test]
fn dimensions_and_columns_are_listed_with_what_they_mean() {
    let home = Home::new();
    let dimensions = home.ok("report --by help");
    assert_eq!(
        dimensions.lines().count(),
        llmcost::report::DIMENSIONS.len() + 1
    );
    for known in llmcost::report::DIMENSIONS {
        let line = dimensions
            .lines()
            .find(|line| line.split(' ').next() == Some(known.name));
        assert!(line.unwrap().ends_with(known.doc), "{line:?}");
    }
    assert!(dimensions.contains("tag:KEY"), "{dimensions}");
    let columns = home.ok("report --columns help");
    assert!(
        columns.contains("cost                  The cost"),
        "{columns}"
    );
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.ok(&format!("completions {shell}"));
        for name in commands() {
            assert!(script.contains(&name), "{shell}: {name}");
        }
    }
    home.fails("completions tcsh", 2);
    assert!(home.ok("man").contains(".TH"));
    home.ok("man --dir pages");
    for name in commands() {
        assert!(
            home.read(&format!("pages/llmcost-{name}.1"))
                .contains(".TH"),
            "{name}"
        );
    }
}

#[test]
fn without_a_command_there_is_a_next_step_or_a_summary() {
    let home = Home::new();
    let text = home.ok("");
    assert!(text.contains("llmcost ingest PATH"), "{text}");
    home.write("log.jsonl", log());
    home.ok("ingest log.jsonl");
    let text = home.ok("");
    assert!(
        text.contains("gpt-4o-2024-08-06") && text.contains("all time"),
        "{text}"
    );
    assert!(
        text.contains("prices 20") && text.contains("timezone UTC"),
        "{text}"
    );
}

#[test]
fn formats_lists_every_adapter() {
    let formats = Home::new().json("formats");
    let ids: Vec<&str> = formats["formats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|format| format["id"].as_str().unwrap())
        .collect();
    for adapter in llmcost::adapters::ADAPTERS {
        assert!(ids.contains(&adapter.id), "{}", adapter.id);
    }
}

#[test]
fn a_question_without_a_ledger_says_how_to_make_one() {
    let home = Home::new();
    for line in [
        "report",
        "records",
        "explain x",
        "export records",
        "query",
        "credits balance",
        "sources",
        "runs",
    ] {
        let error = home.fails(line, 2);
        assert!(error.contains("llmcost ingest"), "{error}");
    }
    assert!(!home.ledger().exists());
}

#[test]
fn what_is_no_command_line_ends_with_two() {
    let home = Home::with_log(&log());
    for line in [
        "nonsense",
        "--nonsense",
        "ingest",
        "explain",
        "export",
        "export everything",
        "quote",
        "report --limit x",
        "report --color maybe",
        "records --limit -1",
        "report --period 2026 --since 7d",
        "report --period 2026-13",
        "report --where model",
        "credits",
        "credits balance --at soon",
        "credits statement --by week",
        "credits statement --period soon",
        "query --timeout x",
        "query x --json y",
        "completions",
    ] {
        let answer = home.run(line);
        assert_eq!(answer.code, 2, "{line}: {}", answer.err);
        assert!(answer.out.is_empty() && !answer.err.is_empty(), "{line}");
    }
    let time = home.run_with(&["report"], &[("LLMCOST_NOW", "soon")]);
    assert_eq!(time.code, 2);
}
