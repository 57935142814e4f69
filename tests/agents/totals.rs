//! Tools that keep totals, and sessions that only a path names.

use crate::databases::database;
use crate::home::Home;
use crate::{records, total};

#[test]
fn the_latest_totals_of_a_session_are_the_whole_of_it() {
    let home = Home::new();
    let settings = |input: u32, output: u32| {
        format!(
            r#"{{"model":"gpt-5","providerLock":"openai","providerLockTimestamp":"2026-10-08T11:00:00Z","tokenUsage":{{"inputTokens":{input},"outputTokens":{output},"cacheCreationTokens":0,"cacheReadTokens":0,"thinkingTokens":0}}}}"#
        )
    };
    home.write("sessions/one.settings.json", settings(100, 10));
    home.write("sessions/two.settings.json", settings(7, 1));
    home.ok("ingest sessions");
    home.write("sessions/one.settings.json", settings(900, 30));
    home.ok("ingest sessions");
    // A copy in another directory is the same session; an older one changes nothing.
    home.write("backup/one.settings.json", settings(500, 20));
    home.ok("ingest backup");
    assert_eq!(records(&home).len(), 2);
    assert_eq!(total(&home, "input_tokens"), "907");
}

#[test]
fn events_and_a_store_of_the_same_session_are_one_use() {
    let home = Home::new();
    let shutdown = |input: u32, output: u32| {
        format!(
            r#"{{"type":"session.shutdown","timestamp":"2026-10-09T10:05:00Z","data":{{"modelMetrics":{{"gpt-5":{{"usage":{{"inputTokens":{input},"outputTokens":{output},"cacheReadTokens":0,"cacheWriteTokens":0,"reasoningTokens":0}}}}}}}}}}"#
        )
    };
    // Totals that grow over two legs, and begin anew in a third.
    let events = [shutdown(1_000, 50), shutdown(1_600, 80), shutdown(200, 9)];
    home.write("session-state/cp-1/events.jsonl", events.join("\n"));
    home.ok("ingest session-state");
    assert_eq!(total(&home, "input_tokens"), "1800");
    assert_eq!(total(&home, "output_tokens"), "89");
    let rows = r#"{"llmcost.table":"copilot.assistant_usage_events","session_id":"cp-1","model":"gpt-5","input_tokens":1800,"output_tokens":89,"created_at":"2026-10-09T10:00:00Z"}"#;
    home.write("store.jsonl", rows);
    home.ok("ingest store.jsonl");
    assert_eq!(total(&home, "input_tokens"), "1800");
    assert_eq!(total(&home, "output_tokens"), "89");
    assert_eq!(home.json("report")["totals"][0]["requests"], 1);
}

/// Before a session ends, its events know only the output, and its store may know only the rest.
#[test]
fn events_and_a_store_complete_each_other() {
    let message = r#"{"type":"assistant.message","timestamp":"2026-10-09T10:00:15Z","data":{"messageId":"m1","model":"gpt-5","outputTokens":25}}"#;
    let row = r#"{"llmcost.table":"copilot.assistant_usage_events","session_id":"cp-1","model":"gpt-5","input_tokens":12000,"output_tokens":0,"cache_read_tokens":10000,"created_at":"2026-10-09T10:00:00Z"}"#;
    for order in [
        ["session-state", "store.jsonl"],
        ["store.jsonl", "session-state"],
    ] {
        let home = Home::new();
        home.write("session-state/cp-1/events.jsonl", message);
        home.write("store.jsonl", row);
        for path in order {
            home.ok(&format!("ingest {path}"));
        }
        assert_eq!(total(&home, "input_tokens"), "12000");
        assert_eq!(total(&home, "output_tokens"), "25");
        let totals = &home.json("report")["totals"][0];
        assert_eq!(totals["requests"], 1);
        assert_eq!(totals["unpriced"], 0);
    }
}

#[test]
fn totals_of_a_headless_run_are_read_only_where_its_messages_are_not() {
    let home = Home::new();
    let message = r#"{"type":"assistant","session_id":"s","uuid":"u1","message":{"id":"msg_01Xk7vTz3Wb9QfYxNc5LpAhG","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":"end_turn","usage":{"input_tokens":10,"output_tokens":40}}}"#;
    let result = r#"{"type":"result","subtype":"success","session_id":"s","uuid":"u2","usage":{"input_tokens":10,"output_tokens":40},"modelUsage":{"claude-sonnet-4-5":{"inputTokens":10,"outputTokens":40,"cacheReadInputTokens":0,"cacheCreationInputTokens":0,"webSearchRequests":0}}}"#;
    home.write("stream.jsonl", [message, result].join("\n"));
    home.write("result.json", result);
    assert_eq!(
        home.json("report stream.jsonl")["totals"][0]["output_tokens"],
        "40"
    );
    assert_eq!(
        home.json("report result.json")["totals"][0]["output_tokens"],
        "40"
    );
}

/// A store that began in the midst of a session, and a session that went on after its last totals: the
/// newer row is in nothing else, whatever is read first and however often.
#[test]
fn rows_newer_than_the_totals_of_a_session_are_counted_beside_them() {
    const STORE: &str = r"
        CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT, created_at TEXT);
        CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, input_tokens INTEGER,
            output_tokens INTEGER, cache_read_tokens INTEGER, created_at TEXT);
        INSERT INTO sessions VALUES ('cp-1', '/home/dev/shop', NULL), ('../out', NULL, NULL);
        INSERT INTO assistant_usage_events VALUES
          (1, 'cp-1', 'gpt-5', 5000, 10, 4000, '2026-10-09T10:01:00Z'),
          (2, 'cp-1', 'gpt-5', 300, 7, 0, '2026-10-09T10:09:00Z'),
          (3, '../out', 'gpt-5', 1, 0, 0, '2026-10-09T10:01:00Z');
    ";
    let shutdown = |minute: u32, input: u32, cached: u32, output: u32| {
        format!(
            r#"{{"type":"session.shutdown","timestamp":"2026-10-09T10:{minute:02}:00Z","data":{{"modelMetrics":{{"gpt-5":{{"usage":{{"inputTokens":{input},"outputTokens":{output},"cacheReadTokens":{cached},"cacheWriteTokens":0,"reasoningTokens":0}}}}}}}}}}"#
        )
    };
    let crashed = shutdown(5, 9_000, 8_000, 40);
    let ended = format!("{crashed}\n{}", shutdown(11, 9_700, 8_000, 50));
    let events = "copilot/session-state/cp-1/events.jsonl";
    let orders = [
        ["copilot"].as_slice(),
        &["copilot/session-state", "copilot/session-store.db"],
        &[
            "copilot/session-store.db",
            "copilot/session-state",
            "copilot",
        ],
    ];
    for order in orders {
        let home = Home::new();
        drop(database(&home, "copilot/session-store.db", STORE));
        home.write(events, &crashed);
        home.write("copilot/out/events.jsonl", shutdown(5, 77_777, 0, 0));
        for path in order {
            home.ok(&format!("ingest {path}"));
        }
        // 9,000 by the first totals, 300 after them, and the other session's row.
        let others = if order.contains(&"copilot") {
            77_777
        } else {
            0
        };
        assert_eq!(total(&home, "input_tokens"), (9_301 + others).to_string());
        assert_eq!(total(&home, "output_tokens"), "47");
        // It is resumed and ends: its totals hold the row now.
        home.write(events, &ended);
        for path in order {
            home.ok(&format!("ingest {path}"));
        }
        assert_eq!(total(&home, "input_tokens"), (9_701 + others).to_string());
        assert_eq!(total(&home, "output_tokens"), "50");
    }
}

#[test]
fn a_total_of_unknown_parts_is_counted_and_not_priced() {
    let home = Home::new();
    let message = |usage: &str| {
        format!(
            r#"{{"role":"assistant","usage":{{"model":"claude-haiku-4-5","timestamp":"2026-10-09T10:00:00Z",{usage}}}}}"#
        )
    };
    let messages = [
        message(r#""totalTokens":345"#),
        message(r#""inputTokens":3,"outputTokens":4,"totalInputTokens":3"#),
    ];
    let thread = format!(r#"{{"id":"T-4f0c","messages":[{}]}}"#, messages.join(","));
    home.write("threads/T-4f0c.json", thread);
    let check = |report: &serde_json::Value| {
        let totals = &report["totals"][0];
        assert_eq!(totals["total_tokens"], "352", "{report}");
        assert_eq!(totals["input_tokens"], "3");
        assert_eq!(totals["unpriced"], 1);
    };
    check(&home.json("report threads"));
    home.ok("ingest threads");
    check(&home.json("report"));
    check(&home.json("report --by model,day"));
}
