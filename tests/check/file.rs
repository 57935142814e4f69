//! Mistakes in the budget file: what, and on which line.

use crate::{PLAIN, call, home, with_file};

/// A file, the line of its mistake, and what is said of it.
const MISTAKES: &[(&str, u64, &str)] = &[
    ("budgets = 1\n", 1, "unknown field `budgets`"),
    (
        "\n[[budget]]\nlimit = \"5\"\nlmit = \"6\"\n",
        4,
        "unknown field `lmit`",
    ),
    ("[[budget]]\nlimit = 5\n", 2, "expected a string"),
    ("[[budget]]\nlimit = 5.50\n", 2, "expected a string"),
    (
        "[[budget]]\nlimit = \"five\"\n",
        2,
        "The amount five is not a decimal number.",
    ),
    ("[[budget]]\nlimit = \"-1\"\n", 2, "below zero"),
    ("[[budget]]\nname = \"x\"\n", 1, "missing field `limit`"),
    (
        "[[budget]]\nlimit = \"1\"\nby = [\"tenannt\"]\n",
        3,
        "Did you mean tenant?",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nby = [\"day\"]\n",
        1,
        "write period = \"day\"",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nperiod = \"fortnight\"\n",
        3,
        "unknown variant `fortnight`",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nwarn_at = \"80\"\n",
        3,
        "80 is no percentage",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nwarn_at = 80\n",
        3,
        "a percentage such as \"80%\"",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nwhere = { modle = \"x\" }\n",
        3,
        "Did you mean model?",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nby = [\"user\", \"model\"]\noverride = { x = \"2\" }\n",
        1,
        "x has 1 values",
    ),
    (
        "[[budget]]\nlimit = \"1\"\n\n[[budget]]\nlimit = \"2\"\n",
        4,
        "Two rules are called cost",
    ),
    (
        "[[budget]]\nlimit = \"1\"\nmetric = \"max_request_cost\"\nby = [\"meter\"]\n",
        1,
        "leave meters out",
    ),
    ("[[growth]]\nby = [\"model\"]\n", 1, "limits nothing"),
    (
        "[[anomaly]]\nperiod = \"hour\"\n",
        1,
        "Hours are not compared",
    ),
    (
        "[[anomaly]]\nwindow = \"soon\"\n",
        2,
        "soon is no length of time",
    ),
    (
        "[[anomaly]]\nthreshold = 3.5\n",
        2,
        "a whole number, or a decimal in quotes",
    ),
    (
        "[data]\nmax_age = \"1 day\"\n",
        2,
        "1 day is no length of time",
    ),
    (
        "[data]\nunpriced = \"maybe\"\n",
        2,
        "unknown variant `maybe`",
    ),
    ("[models]\ndeny = [\"[\"]\n", 2, "malformed"),
    ("currency = \"dollars\"\n", 1, "no currency code"),
    ("timezone = \"Mars/Olympus\"\n", 1, "no such timezone"),
    ("[[budget]\n", 1, ""),
];

#[test]
fn every_mistake_has_its_line() {
    let home = home(&[call(2, "alice", PLAIN, 1)]);
    for (text, line, what) in MISTAKES {
        let answer = with_file(&home, text);
        assert_eq!(answer.code, 2, "{text}\n{}", answer.out);
        let place = format!("llmcost: llmcost.budget.toml:{line}: ");
        assert!(answer.err.contains(&place), "{text}\n{}", answer.err);
        assert!(answer.err.contains(what), "{text}\n{}", answer.err);
    }
    let version = with_file(&home, "version = 2\n");
    assert_eq!(version.code, 2);
    assert!(version.err.contains("version 1"), "{}", version.err);
}

#[test]
fn a_named_file_must_be_there_and_the_usual_one_may_be() {
    let home = home(&[call(2, "alice", PLAIN, 1_000_000)]);
    let error = home.fails("check log.jsonl --budget other.toml", 2);
    assert!(error.contains("other.toml"), "{error}");
    home.write("other.toml", "[[budget]]\nlimit = \"0.5\"\n");
    assert_eq!(home.run("check log.jsonl --budget other.toml").code, 1);
    assert_eq!(home.run("check log.jsonl").code, 0);
    home.write("llmcost.budget.toml", "[[budget]]\nlimit = \"0.6\"\n");
    assert_eq!(home.run("check log.jsonl").code, 1);
    home.write("other.toml", [0xFF, 0xFE]);
    home.fails("check log.jsonl --budget other.toml", 2);
}

#[test]
fn the_file_says_where_days_begin_unless_the_command_line_does() {
    let home = home(&[call(2, "alice", PLAIN, 1_000_000)]);
    let text = "timezone = \"Pacific/Kiritimati\"\n[[budget]]\nname = \"b\"\nperiod = \"day\"\nlimit = \"0\"\n";
    home.write("llmcost.budget.toml", text);
    let day = |more: &[&str]| {
        let verdict = crate::verdict(&home, more);
        let rule = crate::rule(&verdict, "b");
        rule["findings"][0]["group"]["day"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(day(&[]), "2026-11-03");
    assert_eq!(day(&["--timezone", "UTC"]), "2026-11-02");
    // Settings are what is usual; this file means days of its own.
    home.write("llmcost.toml", "timezone = \"America/New_York\"\n");
    assert_eq!(day(&[]), "2026-11-03");
}

#[test]
fn the_schema_can_be_had() {
    let home = crate::home::Home::new();
    let schema = crate::json(&home.ok("check --schema"));
    assert_eq!(schema["title"], "llmcost.budget.toml");
    assert_eq!(schema["additionalProperties"], false);
    let amount = &schema["$defs"]["Amount"];
    assert_eq!(amount["type"], "string");
    assert!(amount["pattern"].is_string(), "{amount}");
}
