//! Growth against a baseline.

use crate::{DEAR, PLAIN, UNKNOWN, call, check, home, json, log, rule, verdict};

const MILLION: u64 = 1_000_000;

/// How a check of these calls against the baseline ends.
fn against(home: &crate::home::Home, calls: &[crate::Call<'_>], options: &[&str]) -> i32 {
    home.write("log.jsonl", log(calls));
    let answer = check(home, &[&["--baseline", "base.json"], options].concat());
    assert!(answer.code != 2, "{}", answer.err);
    answer.code
}

#[test]
fn an_increase_may_reach_its_limit_but_not_pass_it() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let saved = check(&home, &["--save-baseline", "base.json"]);
    assert_eq!(saved.code, 0, "{}", saved.err);
    let ten = ["--max-increase", "10%"];
    for (tokens, wanted) in [(MILLION, 0), (0, 0), (1_100_000, 0), (1_100_001, 1)] {
        assert_eq!(
            against(&home, &[call(2, "alice", PLAIN, tokens)], &ten),
            wanted,
            "{tokens}"
        );
    }
    let amount = ["--max-increase-amount", "0.5"];
    for (tokens, wanted) in [(1_500_000, 0), (1_500_001, 1)] {
        assert_eq!(
            against(&home, &[call(2, "alice", PLAIN, tokens)], &amount),
            wanted,
            "{tokens}"
        );
    }
    let both = ["--max-increase", "100%", "--max-increase-amount", "0.5"];
    assert_eq!(
        against(&home, &[call(2, "alice", PLAIN, 1_600_000)], &both),
        1
    );
    let out = check(&home, &["--baseline", "base.json", "--max-increase", "10%"]).out;
    assert!(out.contains("1.6 USD of 1.1 USD; was 1, +60%"), "{out}");
}

#[test]
fn groups_are_compared_with_themselves() {
    let old = [
        call(2, "alice", PLAIN, MILLION),
        call(2, "bob", DEAR, MILLION),
    ];
    let home = home(&old);
    let growth = |more: &str| {
        let text =
            format!("[[growth]]\nname = \"g\"\nby = [\"model\"]\nmax_increase = \"10%\"\n{more}");
        home.write("llmcost.budget.toml", text);
    };
    growth("");
    assert_eq!(check(&home, &["--save-baseline", "base.json"]).code, 0);
    assert_eq!(against(&home, &old, &[]), 0);
    // The total falls, one model rises.
    let new = [call(2, "alice", PLAIN, 1_500_000)];
    assert_eq!(against(&home, &new, &[]), 1);
    growth("min_delta = \"0.5\"\n");
    assert_eq!(against(&home, &new, &[]), 0);
    growth("min_delta = \"0.499\"\n");
    assert_eq!(against(&home, &new, &[]), 1);
    growth("");
    let more_calls = [
        call(2, "alice", PLAIN, MILLION),
        call(3, "alice", PLAIN, MILLION),
    ];
    assert_eq!(against(&home, &more_calls, &[]), 1);
    growth("metric = \"cost_per_request\"\n");
    assert_eq!(against(&home, &more_calls, &[]), 0);
    let dearer = [
        call(2, "alice", PLAIN, MILLION),
        call(3, "alice", PLAIN, 1_300_000),
    ];
    assert_eq!(against(&home, &dearer, &[]), 1);
    growth("metric = \"max_request_cost\"\n");
    // That baseline did not look for the dearest requests.
    assert_eq!(against(&home, &dearer, &[]), 3);
}

#[test]
fn what_the_baseline_does_not_hold_was_nothing_there() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    home.write(
        "llmcost.budget.toml",
        "[[growth]]\nname = \"g\"\nby = [\"model\"]\nmax_increase = \"10%\"\n",
    );
    check(&home, &["--save-baseline", "base.json"]);
    let new = [call(2, "alice", PLAIN, MILLION), call(2, "bob", DEAR, 1)];
    assert_eq!(against(&home, &new, &[]), 1);
    let verdict = verdict(&home, &["--baseline", "base.json"]);
    let finding = &rule(&verdict, "g")["findings"][0];
    assert_eq!(
        (&finding["group"]["model"], &finding["limit"]),
        (&DEAR.into(), &"0".into())
    );
}

#[test]
fn without_a_baseline_nothing_can_be_said() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let compare = ["--baseline", "none.json", "--max-increase", "10%"];
    let answer = check(&home, &compare);
    assert_eq!(answer.code, 3);
    assert!(
        answer.out.contains("there is no baseline"),
        "{}",
        answer.out
    );
    home.write("none.json", "{\"schema\":\"llmcost.report/1\"}");
    assert_eq!(check(&home, &compare).code, 2);
    assert_eq!(check(&home, &["--max-increase", "10%"]).code, 2);
    assert_eq!(check(&home, &["--baseline", "none.json"]).code, 2);
    // The first baseline has none to be compared with; the next one does.
    home.write(
        "llmcost.budget.toml",
        "[[growth]]\nmax_increase = \"10%\"\n",
    );
    assert_eq!(check(&home, &[]).code, 3);
    assert_eq!(check(&home, &["--save-baseline", "base.json"]).code, 0);
    let both = ["--baseline", "base.json", "--save-baseline", "base.json"];
    assert_eq!(check(&home, &both).code, 0);
}

#[test]
fn a_check_that_fails_keeps_no_baseline() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let save = ["--save-baseline", "base.json"];
    let broken = check(&home, &[&save[..], &["--max-total", "0.5"]].concat());
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("not saved"), "{}", broken.err);
    home.write("log.jsonl", log(&[call(2, "alice", UNKNOWN, 1)]));
    assert_eq!(check(&home, &save).code, 3);
    assert!(!home.file("base.json").exists());
}

#[test]
fn a_baseline_with_unpriced_usage_was_too_low() {
    let home = home(&[call(2, "alice", PLAIN, MILLION), call(2, "bob", UNKNOWN, 1)]);
    let save = ["--on-unpriced", "warn", "--save-baseline", "base.json"];
    assert_eq!(check(&home, &save).code, 0);
    let dearer = [call(2, "alice", PLAIN, 3 * MILLION)];
    assert_eq!(against(&home, &dearer, &["--max-increase", "10%"]), 3);
    assert_eq!(
        against(
            &home,
            &dearer,
            &["--max-increase", "10%", "--on-unpriced", "warn"]
        ),
        1
    );
}

#[test]
fn a_baseline_keeps_every_digit() {
    let home = home(&[call(2, "alice", PLAIN, 123_457)]);
    check(&home, &["--save-baseline", "base.json"]);
    let baseline = json(&home.read("base.json"));
    assert_eq!(baseline["schema"], "llmcost.baseline/1");
    assert_eq!(baseline["cuts"][0]["rows"][0]["cost"], "0.123457");
    let again = home.read("base.json");
    check(&home, &["--save-baseline", "base.json"]);
    assert_eq!(home.read("base.json"), again);
}
