//! Budgets: what must not be exceeded, in total and by group.

use crate::{DEAR, PLAIN, call, check, code, home, log, rule, verdict, with_file};

const MILLION: u64 = 1_000_000;

#[test]
fn a_total_may_reach_its_limit_but_not_pass_it() {
    let home = home(&[call(2, "alice", PLAIN, MILLION), call(3, "bob", PLAIN, 1)]);
    assert_eq!(code(&home, &["--max-total", "1.000001"]), 0);
    assert_eq!(code(&home, &["--max-total", "1.0000009999"]), 1);
    let fails = check(&home, &["--max-total", "1"]);
    assert_eq!(fails.code, 1);
    // Rounded to four digits they would look the same.
    let said = "1.000001 USD of 1 USD (100%)";
    assert!(fails.out.contains(said), "{}", fails.out);
    assert!(
        fails.out.starts_with("FAIL: 1 of 4 rules is broken\n"),
        "{}",
        fails.out
    );
    let passes = check(&home, &["--max-total", "2"]);
    assert!(
        passes.out.starts_with("PASS: 4 rules hold\n"),
        "{}",
        passes.out
    );
    assert_eq!(check(&home, &["--max-total", "cheap"]).code, 2);
    assert_eq!(check(&home, &["--max-total=-1"]).code, 2);
}

#[test]
fn groups_have_a_limit_each() {
    let calls = [
        call(2, "alice", PLAIN, MILLION),
        call(3, "alice", PLAIN, MILLION),
        call(3, "bob", DEAR, 2 * MILLION),
    ];
    let home = home(&calls);
    for (limit, wanted) in [
        ("day,user=2", 1),
        ("day,user=4", 0),
        ("user=1.99", 1),
        ("day=4.99", 1),
        ("day=5", 0),
        ("month=5.99", 1),
        ("week,model=4", 0),
        ("tag:team=6", 0),
    ] {
        assert_eq!(code(&home, &["--max", limit]), wanted, "{limit}");
    }
    let verdict = verdict(&home, &["--max", "day,user=2", "--max", "model=3"]);
    let rule = rule(&verdict, "--max day,user");
    assert_eq!(rule["groups"], 3);
    let broken = serde_json::json!([{
        "outcome": "fail", "group": {"user": "bob", "day": "2026-11-03"},
        "value": "4", "limit": "2", "percent": "200", "currency": "USD", "why": null,
    }]);
    assert_eq!(rule["findings"], broken);
    assert_eq!(verdict["counts"]["fail"], 2);
    for wrong in ["day", "day=", "nothing=1", "day,week=1", "=1"] {
        assert_eq!(check(&home, &["--max", wrong]).code, 2, "{wrong}");
    }
    assert_eq!(check(&home, &["--max", "day=1", "--max", "day=2"]).code, 2);
}

#[test]
fn what_is_selected_is_what_is_judged() {
    let calls = [
        call(2, "alice", PLAIN, MILLION),
        call(20, "bob", DEAR, MILLION),
    ];
    let home = home(&calls);
    let total = |more: &[&str]| {
        let verdict = verdict(&home, more);
        verdict["cost"].as_str().unwrap().to_owned()
    };
    assert_eq!(total(&[]), "3");
    assert_eq!(total(&["--period", "2026-11-02"]), "1");
    assert_eq!(total(&["--since", "7d"]), "2");
    assert_eq!(total(&["--user", "alice"]), "1");
    assert_eq!(total(&["--where", "model!=gpt-4o*"]), "2");
    assert_eq!(total(&["--set", "tenant=acme", "--tenant", "team*"]), "3");
    // The tenth hour of the twentieth is the next day far in the east.
    let limits = ["--max", "day=1", "--timezone", "Pacific/Kiritimati"];
    let verdict = verdict(&home, &limits);
    let group = &rule(&verdict, "--max day")["findings"][0]["group"];
    assert_eq!(group["day"], "2026-11-21");
}

#[test]
fn a_ledger_is_judged_like_the_logs_it_was_made_of() {
    let calls = [call(2, "alice", PLAIN, MILLION), call(3, "bob", DEAR, 7)];
    let home = home(&calls);
    home.ok("ingest log.jsonl");
    home.write("log.jsonl", log(&calls));
    let limits = ["--max", "day,user=0.5", "--max-total", "3"];
    let of_logs = verdict(&home, &limits);
    let answer = home.run_with(&[&["check", "--format=json"], &limits[..]].concat(), &[]);
    let mut of_ledger = crate::json(&answer.out);
    assert_eq!(answer.code, 1);
    assert_eq!(of_ledger["data"]["last_ingest"], "2026-11-22T00:00:00Z");
    of_ledger["data"]["last_ingest"] = serde_json::Value::Null;
    assert_eq!(of_ledger, of_logs);
}

#[test]
fn without_a_ledger_nothing_is_judged() {
    let home = crate::home::Home::new();
    let error = home.fails("check --max-total 5", 2);
    assert!(error.contains("llmcost ingest"), "{error}");
}

#[test]
fn a_file_gives_groups_their_own_limits_and_warns_before_them() {
    let calls = [
        call(2, "alice", PLAIN, 900_000),
        call(2, "bob", PLAIN, 1_500_000),
        call(3, "bob", DEAR, 400_000),
    ];
    let home = home(&calls);
    let file = |more: &str| {
        format!(
            "[[budget]]\nname = \"b\"\nperiod = \"day\"\nby = [\"user\"]\nlimit = \"1.00\"\n{more}"
        )
    };
    let outcome = |more: &str| {
        home.write("llmcost.budget.toml", file(more));
        let verdict = verdict(&home, &[]);
        let rule = rule(&verdict, "b");
        let findings = rule["findings"].as_array().unwrap().len();
        (rule["outcome"].as_str().unwrap().to_owned(), findings)
    };
    assert_eq!(outcome(""), ("fail".to_owned(), 1));
    assert_eq!(
        outcome("override = { bob = \"1.5\" }"),
        ("pass".to_owned(), 1)
    );
    let warned = outcome("override = { bob = \"1.5\" }\nwarn_at = [\"90%\", \"50%\"]");
    assert_eq!(warned, ("warn".to_owned(), 3));
    assert_eq!(
        outcome("where = { model = \"gpt-5*\" }"),
        ("pass".to_owned(), 1)
    );
    assert_eq!(
        outcome("where = { \"model!\" = \"gpt-5*\", user = \"alice\" }"),
        ("pass".to_owned(), 1)
    );
    let answer = with_file(
        &home,
        &file("override = { bob = \"1.5\" }\nwarn_at = \"90%\""),
    );
    assert_eq!(answer.code, 0);
    assert!(
        answer.out.starts_with("WARN: 1 of 4 rules warns"),
        "{}",
        answer.out
    );
    assert!(answer.out.contains("above 90%"), "{}", answer.out);
}

#[test]
fn limits_of_several_dimensions_are_overridden_together() {
    let home = home(&[call(2, "a,b", PLAIN, MILLION), call(2, "c", DEAR, MILLION)]);
    let text = "[[budget]]\nby = [\"user\", \"model\"]\nlimit = \"0\"\noverride = { 'a\\,b,gpt-4o-2024-08-06' = \"1\", 'c,gpt-5-mini-2025-08-07' = \"2\" }\n";
    assert_eq!(with_file(&home, text).code, 0);
    let single =
        "[[budget]]\nby = [\"user\"]\nlimit = \"0\"\noverride = { 'a,b' = \"1\", c = \"2\" }\n";
    assert_eq!(with_file(&home, single).code, 0);
}

#[test]
fn an_average_is_compared_without_dividing() {
    let calls = [2, 3, 4].map(|day| call(day, "alice", PLAIN, if day == 2 { MILLION } else { 0 }));
    let home = home(&calls);
    let file =
        |limit: &str| format!("[[budget]]\nmetric = \"cost_per_request\"\nlimit = \"{limit}\"\n");
    // A third of a dollar each: every rounding of it is another number.
    assert_eq!(with_file(&home, &file("0.3333333333333333")).code, 1);
    assert_eq!(with_file(&home, &file("0.3333333333333334")).code, 0);
}

#[test]
fn the_dearest_request_is_all_of_its_records() {
    let home = home(&[]);
    // The text and the picture that one response bills are two records.
    let response = include_str!("../../fixtures/adapters/openai.response/image_tool_tokens.json");
    home.write("log.jsonl", response);
    let report = home.json("report --by model log.jsonl");
    let costs = report["rows"].as_array().unwrap().iter();
    let costs: Vec<&str> = costs.map(|row| row["cost"].as_str().unwrap()).collect();
    assert_eq!(costs.len(), 2, "{report}");
    let total = report["totals"][0]["cost"].as_str().unwrap();
    let file = |metric: &str, limit: &str, more: &str| {
        let data = "[data]\nunpriced = \"ignore\"\n";
        format!(
            "{data}[[budget]]\nname = \"b\"\nmetric = \"{metric}\"\nlimit = \"{limit}\"\n{more}"
        )
    };
    assert_eq!(
        with_file(&home, &file("max_request_cost", total, "")).code,
        0
    );
    let verdict = verdict(&home, &[]);
    assert_eq!(rule(&verdict, "b")["findings"][0]["value"], total);
    let by_model = with_file(
        &home,
        &file("max_request_cost", costs[0], "by = [\"model\"]"),
    );
    assert_eq!(by_model.code, 0, "{}", by_model.out);
}

#[test]
fn models_that_are_denied_break_the_check() {
    let home = home(&[call(2, "alice", PLAIN, 1), call(2, "bob", DEAR, 1)]);
    let deny = |patterns: &str| with_file(&home, &format!("[models]\ndeny = [{patterns}]\n"));
    assert_eq!(deny("\"*-preview\"").code, 0);
    let denied = deny("\"gpt-5*\", \"other\"");
    assert_eq!(denied.code, 1);
    assert!(
        denied
            .out
            .contains("gpt-5-mini-2025-08-07: 1 request to a model that gpt-5* denies"),
        "{}",
        denied.out
    );
    assert_eq!(deny("\"openai/gpt-4o*\"").code, 1);
    assert_eq!(deny("\"[\"").code, 2);
}

#[test]
fn balances_that_nobody_keeps_cannot_be_judged() {
    let home = home(&[call(2, "alice", PLAIN, 1)]);
    let answer = with_file(&home, "[[credit]]\nuser = \"*\"\nmin = \"5\"\n");
    assert_eq!(answer.code, 3);
    assert!(
        answer.out.contains("no credits are kept here"),
        "{}",
        answer.out
    );
}
