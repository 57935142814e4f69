//! When nothing certain can be said: no price, no records, no time, no fresh data.

use crate::{PLAIN, UNKNOWN, call, check, code, home, json, log, rule, verdict, with_file};

const MILLION: u64 = 1_000_000;

#[test]
fn usage_without_a_price_cannot_be_judged_unless_it_may() {
    let home = home(&[
        call(2, "alice", PLAIN, MILLION),
        call(2, "bob", UNKNOWN, MILLION),
    ]);
    let limit = ["--max-total", "5"];
    let on = |level: &str| code(&home, &[&limit[..], &["--on-unpriced", level]].concat());
    assert_eq!(code(&home, &limit), 3);
    assert_eq!((on("fail"), on("warn"), on("ignore")), (3, 0, 0));
    let said = check(&home, &limit);
    assert!(
        said.out
            .starts_with("CANNOT JUDGE: 1 of 4 rules cannot be judged\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("1 record unpriced"), "{}", said.out);
    let file = |level: &str| with_file(&home, &format!("[data]\nunpriced = \"{level}\"\n")).code;
    assert_eq!((file("fail"), file("warn"), file("ignore")), (3, 0, 0));
    // The command line goes before the file.
    assert_eq!(on("fail"), 3);
}

#[test]
fn what_is_surely_broken_goes_before_what_cannot_be_judged() {
    let home = home(&[
        call(2, "alice", PLAIN, MILLION),
        call(2, "bob", UNKNOWN, MILLION),
    ]);
    let answer = check(&home, &["--max-total", "0.99"]);
    assert_eq!(answer.code, 1);
    let title = "FAIL: 1 of 4 rules is broken, 1 cannot be judged\n";
    assert!(answer.out.starts_with(title), "{}", answer.out);
    let mut lines = answer
        .out
        .lines()
        .filter(|line| line.contains("--max-total"));
    assert!(
        lines.next().unwrap().trim_start().starts_with("FAIL"),
        "{}",
        answer.out
    );
}

#[test]
fn records_that_were_rejected_are_missing_from_the_sum() {
    let home = home(&[]);
    let text = log(&[call(2, "alice", PLAIN, MILLION)]) + "{\"usage\":{\"prompt_tokens\":7\n";
    home.write("log.jsonl", text + &log(&[call(3, "bob", PLAIN, 1)]));
    assert_eq!(code(&home, &["--max-total", "5"]), 3);
    assert_eq!(with_file(&home, "[data]\nrejected_max = 1\n").code, 0);
    assert_eq!(with_file(&home, "").code, 3);
    home.ok("ingest log.jsonl");
    let answer = home.run("check");
    assert_eq!(answer.code, 3);
    assert!(
        answer.out.contains("llmcost sources --rejects"),
        "{}",
        answer.out
    );
}

#[test]
fn no_records_are_no_good_news() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let none = ["--user", "nobody", "--max-total", "5"];
    assert_eq!(code(&home, &none), 3);
    home.write("llmcost.budget.toml", "[data]\nempty = \"warn\"\n");
    assert_eq!(code(&home, &none), 0);
    assert!(check(&home, &none).out.starts_with("WARN"));
}

#[test]
fn a_recording_that_stopped_raises_an_alarm() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    home.ok("ingest log.jsonl");
    home.write("llmcost.budget.toml", "[data]\nmax_age = \"26h\"\n");
    let at = |now: &str, words: &[&str]| {
        let answer = home.run_with(words, &[("LLMCOST_NOW", now)]);
        (answer.code, answer.out)
    };
    assert_eq!(at("2026-11-23T02:00:00Z", &["check"]).0, 0);
    let (code, out) = at("2026-11-23T02:00:01Z", &["check"]);
    assert_eq!(code, 3, "{out}");
    assert!(
        out.contains("the last ingest was 2026-11-22T00:00:00Z, more than 26h ago"),
        "{out}"
    );
    // Logs that are only looked at are as fresh as they are.
    assert_eq!(at("2026-12-23T02:00:01Z", &["check", "log.jsonl"]).0, 0);
}

#[test]
fn what_has_no_time_belongs_to_no_period() {
    let home = home(&[]);
    let with_time = log(&[call(2, "alice", PLAIN, MILLION)]);
    let without = with_time
        .replace("\"timestamp\"", "\"nothing\"")
        .replace("00000000", "00000001");
    home.write("log.jsonl", with_time + &without);
    assert_eq!(code(&home, &["--max-total", "5"]), 0);
    assert_eq!(code(&home, &["--max", "day=5"]), 3);
    assert_eq!(code(&home, &["--max-total", "5", "--period", "2026-11"]), 3);
    assert_eq!(code(&home, &["--max", "day=0.5"]), 1);
    home.write("llmcost.budget.toml", "[data]\nundated = \"ignore\"\n");
    assert_eq!(code(&home, &["--max", "day=1"]), 0);
}

#[test]
fn several_currencies_are_never_summed() {
    let home = home(&[
        call(2, "alice", PLAIN, MILLION),
        call(2, "bob", crate::DEAR, MILLION),
    ]);
    let rubles = crate::BOOK.replace("currency: USD}", "currency: RUB}");
    let (dollars, other) = crate::BOOK.split_once("  - id: openai/gpt-5-mini").unwrap();
    home.write("llmcost.prices.yaml", dollars);
    let start = rubles.split_once("  - id: openai/gpt-4o").unwrap().0;
    let second = format!("{start}  - id: openai/gpt-5-mini{other}");
    home.write("rubles.yaml", &second);
    let rates = "fx:\n  - {date: 2026-11-02, from: USD, to: RUB, rate: 80, source: contract}\n";
    home.write(
        "rates.yaml",
        second.replace("models:", &format!("{rates}models:")),
    );
    let with = |book: &str, more: &[&str]| {
        let words = [&["--prices", book, "--max-total", "100"], more].concat();
        check(&home, &words)
    };
    let unnamed = with("rubles.yaml", &[]);
    assert_eq!(unnamed.code, 3, "{}{}", unnamed.out, unnamed.err);
    for said in ["costs are in RUB and USD", "total in several currencies"] {
        assert!(unnamed.out.contains(said), "{}", unnamed.out);
    }
    // A sum of one of them would be wrong.
    let for_scripts = json(&with("rubles.yaml", &["--format", "json"]).out);
    assert_eq!(for_scripts["cost"], serde_json::Value::Null);
    // A dollar at 80 rubles, and two rubles.
    let rubles = with("rates.yaml", &["--currency", "rub", "--format", "json"]);
    assert_eq!(rubles.code, 0, "{}", rubles.out);
    assert_eq!(json(&rubles.out)["cost"], "82");
    assert_eq!(with("rubles.yaml", &["--currency", "RUB"]).code, 3);
    assert_eq!(with("rubles.yaml", &["--currency", "$$"]).code, 2);
    home.write(
        "llmcost.budget.toml",
        "currency = \"RUB\"\n[[budget]]\nlimit = \"81.99\"\n",
    );
    assert_eq!(with("rates.yaml", &[]).code, 1);
    assert_eq!(with("rates.yaml", &["--currency", "USD"]).code, 0);
}

#[test]
fn a_check_without_limits_says_so() {
    let home = home(&[call(2, "alice", PLAIN, MILLION)]);
    let answer = check(&home, &[]);
    assert_eq!(answer.code, 0);
    assert!(answer.out.contains("No limits are set"), "{}", answer.out);
    assert_eq!(rule(&verdict(&home, &[]), "empty")["outcome"], "pass");
}

#[test]
fn warnings_only_end_with_zero_but_say_it_all() {
    let home = home(&[call(2, "alice", PLAIN, MILLION), call(2, "bob", UNKNOWN, 1)]);
    for limit in ["0.5", "5"] {
        let answer = check(&home, &["--max-total", limit, "--warn-only"]);
        assert_eq!(answer.code, 0);
        let loud = answer.out.starts_with("FAIL") || answer.out.starts_with("CANNOT JUDGE");
        assert!(loud, "{}", answer.out);
    }
    assert_eq!(check(&home, &["--max-total", "x", "--warn-only"]).code, 2);
}
