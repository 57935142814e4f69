//! `llmcost check` as a CI job meets it: limits, what cannot be judged, and every output.

// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/cases.rs"]
mod cases;
#[path = "../common/home.rs"]
mod home;

mod anomaly;
mod data;
mod docs;
mod file;
mod growth;
mod laws;
mod limits;
mod outputs;
mod runner;
mod script;

use serde_json::Value as Json;

use home::{Answer, Home, json};

/// Tokens are a dollar a million; of the dear model two dollars.
pub(crate) const BOOK: &str = "\
format: llmcost-prices/1
book: {name: ours, version: 2026-11-20, currency: USD}
sources: {contract: {url: https://example.com/contract, checked: 2026-11-20}}
models:
  - id: openai/gpt-4o
    match: [gpt-4o-2024-08-06]
    prices:
      - from: 2024-01-01
        source: [contract]
        per_1m: {input: 1, cache_read: 1, output: 1}
  - id: openai/gpt-5-mini
    match: [gpt-5-mini-2025-08-07]
    prices:
      - from: 2024-01-01
        source: [contract]
        per_1m: {input: 2, cache_read: 2, output: 2}
";

pub(crate) const PLAIN: &str = "gpt-4o-2024-08-06";
pub(crate) const DEAR: &str = "gpt-5-mini-2025-08-07";
pub(crate) const UNKNOWN: &str = "mystery-9";

/// One call: the day of November 2026, whose it is, and its tokens.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    pub(crate) day: u32,
    pub(crate) user: &'a str,
    pub(crate) model: &'a str,
    pub(crate) tokens: u64,
}

pub(crate) fn call<'a>(day: u32, user: &'a str, model: &'a str, tokens: u64) -> Call<'a> {
    Call {
        day,
        user,
        model,
        tokens,
    }
}

/// A log of calls; the tenant is the user's team.
pub(crate) fn log(calls: &[Call<'_>]) -> String {
    let line = |(n, call): (usize, &Call<'_>)| {
        let (day, model, tokens) = (call.day, call.model, call.tokens);
        let line = serde_json::json!({
            "timestamp": format!("2026-11-{day:02}T10:00:00Z"),
            "user_id": call.user,
            "tenant_id": format!("team {}", call.user),
            "response": {
                "id": format!("chatcmpl-{n:08}Kq7vTz3Rb9WfYxNc5"), "object": "chat.completion", "model": model,
                "choices": [{"index": 0, "message": {"role": "assistant", "content": "CANARY"}, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens},
            },
        });
        format!("{line}\n")
    };
    calls.iter().enumerate().map(line).collect()
}

/// A home with a price book of round prices, and a log.
pub(crate) fn home(calls: &[Call<'_>]) -> Home {
    let home = Home::new();
    home.write("llmcost.prices.yaml", BOOK);
    home.write("log.jsonl", log(calls));
    home
}

/// A check of the log in a home.
pub(crate) fn check(home: &Home, options: &[&str]) -> Answer {
    home.run_with(&[&["check", "log.jsonl"], options].concat(), &[])
}

/// How a check ends.
pub(crate) fn code(home: &Home, options: &[&str]) -> i32 {
    let answer = check(home, options);
    assert!(answer.code != 2, "{options:?}: {}", answer.err);
    answer.code
}

/// The verdict of a check for scripts.
pub(crate) fn verdict(home: &Home, options: &[&str]) -> Json {
    let answer = check(home, &[options, &["--format", "json"]].concat());
    let verdict = json(&answer.out);
    assert_eq!(verdict["exit_code"], answer.code);
    verdict
}

/// A rule of a verdict, by its name.
pub(crate) fn rule<'j>(verdict: &'j Json, name: &str) -> &'j Json {
    let rules = verdict["rules"].as_array().unwrap();
    let found = rules.iter().find(|rule| rule["name"] == name);
    found.unwrap_or_else(|| panic!("no rule {name}: {verdict}"))
}

/// A check against a budget file of this text.
pub(crate) fn with_file(home: &Home, text: &str) -> Answer {
    home.write("llmcost.budget.toml", text);
    check(home, &[])
}
