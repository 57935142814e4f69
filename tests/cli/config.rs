//! Settings: what is usual stands in files, and everything that is said goes before it.

use crate::chat;
use crate::home::{Home, json};

/// What `config show` says of a setting: its value and where it comes from.
fn shown(home: &Home, setting: &str, environment: &[(&str, &str)]) -> (String, String) {
    let answer = home.run_with(&["config", "show", "--format", "json"], environment);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let settings = json(&answer.out);
    let mut rows = settings["settings"].as_array().unwrap().iter();
    let row = rows.find(|row| row["setting"] == setting).unwrap();
    let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
    (text("value"), text("from"))
}

#[test]
fn a_flag_goes_before_the_environment_the_project_and_the_user() {
    let home = Home::new();
    let project = format!("{}:2", home.file("llmcost.toml").display());
    let user = format!("{}:1", home.file("config/llmcost/config.toml").display());
    assert_eq!(
        shown(&home, "timezone", &[]),
        ("UTC".into(), "default".into())
    );
    home.write("config/llmcost/config.toml", "timezone = \"Asia/Tokyo\"\n");
    assert_eq!(shown(&home, "timezone", &[]), ("Asia/Tokyo".into(), user));
    home.write("llmcost.toml", "# ours\ntimezone = \"Asia/Seoul\"\n");
    assert_eq!(
        shown(&home, "timezone", &[]),
        ("Asia/Seoul".into(), project)
    );
    let variable = [("LLMCOST_TIMEZONE", "Europe/Berlin")];
    let wanted = (
        "Europe/Berlin".into(),
        "environment LLMCOST_TIMEZONE".into(),
    );
    assert_eq!(shown(&home, "timezone", &variable), wanted);
    home.write("log.jsonl", chat(1, "gpt-4o-2024-08-06"));
    let zone = |words: &[&str]| {
        let words = [&["report", "log.jsonl", "--format", "json"], words].concat();
        let answer = home.run_with(&words, &variable);
        json(&answer.out)["period"]["timezone"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(zone(&[]), "Europe/Berlin");
    assert_eq!(zone(&["--timezone", "Asia/Kolkata"]), "Asia/Kolkata");
}

#[test]
fn the_project_is_found_from_below_and_its_paths_are_its_own() {
    let home = Home::new();
    home.write(
        "llmcost.toml",
        "ledger = \"costs/ours.db\"\nprices = \"book.yaml\"\n",
    );
    home.write("deep/down/log.jsonl", chat(1, "gpt-4o-2024-08-06"));
    let book = "format: llmcost-prices/1\nbook: {name: ours, version: 2026-11-20, currency: USD}\n\
                sources: {x: {url: 'https://example.com/x', checked: 2026-11-20}}\nmodels:\n  \
                - id: openai/gpt-4o\n    match: [gpt-4o-2024-08-06]\n    prices:\n      \
                - {from: 2024-01-01, source: [x], per_1m: {input: 1, cache_read: 1, output: 1}}\n";
    home.write("book.yaml", book);
    home.write("costs/keep", "");
    let below = |words: &[&str]| {
        let mut command = home.command();
        command.args(words).current_dir(home.file("deep/down"));
        crate::home::answer(&command.output().unwrap())
    };
    let answer = below(&["ingest", "log.jsonl"]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(home.file("costs/ours.db").exists() && !home.ledger().exists());
    let report = json(&below(&["report", "--format", "json"]).out);
    assert_eq!(report["totals"][0]["cost"], "0.002306");
    // A book that is usual is no question of what if.
    assert!(report.get("what_if").is_none(), "{report}");
    let other = below(&["report", "--ledger", "none.db"]);
    assert_eq!(other.code, 2);
    assert!(other.err.contains("none.db"), "{}", other.err);
}

#[test]
fn a_usual_format_is_for_answers_that_name_none() {
    let home = Home::new();
    home.write("log.jsonl", chat(1, "gpt-4o-2024-08-06"));
    home.write("llmcost.toml", "format = \"csv\"\ncolor = \"never\"\n");
    assert!(home.ok("report log.jsonl").starts_with("model,requests"));
    assert!(home.ok("report log.jsonl --format json").starts_with('{'));
    // What a file's name says goes before, and other formats mean other things.
    home.ok("report log.jsonl -o costs.json");
    assert!(home.read("costs.json").starts_with('{'));
    assert!(home.ok("ingest log.jsonl").contains("1 new"));
    assert!(
        home.ok("quote --model gpt-4o --usage input=1")
            .contains("total")
    );
}

#[test]
fn a_usual_currency_converts_where_there_is_a_rate() {
    let home = Home::new();
    home.write("log.jsonl", chat(1, "gpt-4o-2024-08-06"));
    home.write("llmcost.toml", "currency = \"RUB\"\n");
    let rates = "format: llmcost-prices/1\nbook: {name: rates, version: 2026-11-20, currency: USD}\n\
                 sources: {bank: {url: 'https://bank.example/rates', checked: 2026-11-20}}\n\
                 fx:\n  - {date: 2026-11-02, from: USD, to: RUB, rate: 80, source: bank}\n";
    home.write("llmcost.prices.yaml", rates);
    let totals = home.json("report log.jsonl")["totals"].clone();
    assert_eq!(
        (&totals[0]["cost"], &totals[0]["currency"]),
        (&"0.4492".into(), &"RUB".into())
    );
    home.ok("report log.jsonl --compare-reported");
}

#[test]
fn a_mistake_has_its_line_and_help_is_there_all_the_same() {
    let home = Home::new();
    for (text, line, what) in [
        ("legder = \"x\"\n", 1, "Did you mean ledger?"),
        ("\ntimezone = \"Mars\"\n", 2, "no such timezone"),
        ("currency = \"money\"\n", 1, "no currency code"),
        ("format = \"pdf\"\n", 1, "no such format"),
        ("color = \"red\"\n", 1, "auto, always, never"),
        ("ledger = 5\n", 1, "expected a string"),
        ("ledger =\n", 1, ""),
        ("[more]\nledger = \"x\"\n", 1, "expected a string"),
    ] {
        home.write("llmcost.toml", text);
        for words in ["config show", "formats", "report"] {
            let error = home.fails(words, 2);
            let place = format!("{}:{line}: ", home.file("llmcost.toml").display());
            assert!(
                error.contains(&place) && error.contains(what),
                "{text}\n{error}"
            );
        }
        home.ok("report --help");
        home.ok("--version");
    }
    let answer = Home::new().run_with(&["formats"], &[("LLMCOST_TIMEZONE", "Mars")]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("LLMCOST_TIMEZONE"), "{}", answer.err);
}

#[test]
fn what_the_command_line_names_is_shown_too() {
    let home = Home::new();
    let table = home.ok("config show --ledger mine.db");
    let line = table.lines().find(|line| line.contains("ledger")).unwrap();
    assert!(
        line.contains("mine.db") && line.contains("command line"),
        "{table}"
    );
    for name in [
        "ledger", "prices", "timezone", "currency", "format", "color",
    ] {
        assert!(table.contains(name), "{table}");
    }
}

#[test]
fn the_documentation_names_every_setting() {
    let page = include_str!("../../docs/configuration.md");
    let shown = Home::new().json("config show");
    for row in shown["settings"].as_array().unwrap() {
        let (setting, variable) = (
            row["setting"].as_str().unwrap(),
            row["variable"].as_str().unwrap(),
        );
        assert!(
            page.contains(&format!("| `{setting}` | `{variable}` |")),
            "{setting}"
        );
    }
}

#[test]
fn settings_hold_for_the_bare_command_too() {
    let home = Home::with_log(&chat(1, "gpt-4o-2024-08-06"));
    home.write("llmcost.toml", "timezone = \"Asia/Seoul\"\n");
    let text = home.ok("");
    assert!(text.contains("timezone Asia/Seoul"), "{text}");
}
