//! Costs that are unusual against a group's own past.

use crate::{PLAIN, call, check, home, log, rule, verdict};

const RULE: &str = "[[anomaly]]\nname = \"a\"\nby = [\"user\"]\nwindow = \"14d\"\nthreshold = 6\n";

/// Alice's days cost about a dollar, the last one ten; Bob has hardly any past.
fn calls() -> Vec<crate::Call<'static>> {
    let usual = [100, 110, 90, 105, 95, 100, 102];
    let days = (3..).zip(usual);
    let mut calls: Vec<_> = days
        .map(|(day, cents)| call(day, "alice", PLAIN, cents * 10_000))
        .collect();
    calls.push(call(12, "alice", PLAIN, 10_000_000));
    calls.push(call(11, "bob", PLAIN, 1));
    calls.push(call(12, "bob", PLAIN, 90_000_000));
    calls
}

#[test]
fn a_day_far_above_the_usual_ones_is_told() {
    let home = home(&calls());
    home.write("llmcost.budget.toml", RULE);
    let verdict = verdict(&home, &[]);
    assert_eq!(verdict["exit_code"], 0);
    let rule = rule(&verdict, "a");
    assert_eq!(rule["outcome"], "warn");
    let findings = rule["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{rule}");
    assert_eq!(
        findings[0]["group"],
        serde_json::json!({"user": "alice", "day": "2026-11-12"})
    );
    assert_eq!(findings[0]["value"], "10");
    // Distances from 1: 0, 0.1, 0.1, 0.05, 0.05, 0, 0.02; 0.6745 × 9 ÷ 0.05.
    assert_eq!(
        findings[0]["why"],
        "7 days before: median 1, MAD 0.05; score 121.41"
    );
}

#[test]
fn it_can_fail_the_check_and_small_ones_do_not_count() {
    let home = home(&calls());
    let with = |more: &str| {
        home.write("llmcost.budget.toml", format!("{RULE}{more}"));
        check(&home, &[]).code
    };
    assert_eq!(with("level = \"fail\"\n"), 1);
    assert_eq!(with("level = \"fail\"\nmin_cost = \"10.01\"\n"), 0);
    assert_eq!(with("level = \"fail\"\nwhere = { user = \"bob\" }\n"), 0);
    let threshold = |score: &str| {
        let text = RULE.replace("threshold = 6", &format!("threshold = \"{score}\""));
        home.write("llmcost.budget.toml", format!("{text}level = \"fail\"\n"));
        check(&home, &[]).code
    };
    assert_eq!((threshold("121.41"), threshold("121.409")), (0, 1));
}

#[test]
fn the_past_lies_before_the_period_and_within_the_window() {
    let home = home(&calls());
    home.write("llmcost.budget.toml", format!("{RULE}level = \"fail\"\n"));
    assert_eq!(check(&home, &["--period", "2026-11-12"]).code, 1);
    assert_eq!(check(&home, &["--period", "2026-11-09"]).code, 0);
    assert_eq!(check(&home, &["--since", "2026-11-13"]).code, 3);
    let short = RULE.replace("14d", "4d");
    home.write("llmcost.budget.toml", format!("{short}level = \"fail\"\n"));
    // Only one of the four days before the twelfth has usage.
    assert_eq!(check(&home, &[]).code, 0);
}

#[test]
fn weeks_can_be_compared_too() {
    let home = home(&[]);
    let weeks: Vec<_> = (0..6)
        .map(|week| (2 + 7 * week, if week == 5 { 9 } else { 1 }))
        .collect();
    let lines = weeks.iter().map(|(day, dollars)| {
        let line = log(&[call(2, "alice", PLAIN, dollars * 1_000_000)]);
        let date = if *day > 30 {
            format!("2026-12-{:02}", day - 30)
        } else {
            format!("2026-11-{day:02}")
        };
        line.replace("2026-11-02", &date)
            .replace("00000000", &format!("{day:08}"))
    });
    home.write("log.jsonl", lines.collect::<String>());
    let text = "[[anomaly]]\nname = \"a\"\nperiod = \"week\"\nwindow = \"8w\"\n";
    home.write("llmcost.budget.toml", text);
    let verdict = verdict(&home, &[]);
    let findings = &rule(&verdict, "a")["findings"];
    assert_eq!(findings[0]["outcome"], "warn", "{verdict}");
    assert_eq!(findings[0]["group"]["week"], "2026-W50");
}
