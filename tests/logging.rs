//! What an application writes that follows docs/logging.md: nothing is missing from its records.

// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/home.rs"]
mod home;

use home::Home;
use serde_json::Value as Json;

fn logged() -> (Home, usize) {
    let home = Home::new();
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/logging/app.jsonl");
    let log = std::fs::read_to_string(page).unwrap();
    home.write("app.jsonl", &log);
    (home, log.lines().count())
}

#[test]
fn every_line_is_a_record_with_everything_that_it_says() {
    let (home, lines) = logged();
    let run = home.json("ingest app.jsonl");
    assert_eq!(run["new"], lines);
    for nothing in ["ignored", "rejected", "position_keyed"] {
        assert_eq!(run[nothing], 0, "{nothing}");
    }
    assert_eq!(run["unpriced"], Json::Array(Vec::new()));
    let records = home.ok("records --format jsonl");
    for line in records.lines() {
        let record: Json = serde_json::from_str(line).unwrap();
        let known = [
            "occurred_at",
            "provider",
            "requested_model",
            "tenant_id",
            "user_id",
            "agent_id",
            "workflow_id",
            "conversation_id",
            "idempotency_key",
            "latency_ms",
            "modality",
            "cost",
        ];
        for name in known {
            assert!(!record[name].is_null(), "{name}: {line}");
        }
        let status = record["cost_status"].as_str().unwrap();
        assert!(["exact", "estimated"].contains(&status), "{line}");
    }
    let ledger = std::fs::read(home.ledger()).unwrap();
    assert!(!ledger.windows(6).any(|bytes| bytes == b"CANARY"));
}

#[test]
fn what_the_page_says_of_meters_tiers_and_attempts_holds() {
    let (home, _) = logged();
    home.ok("ingest app.jsonl");
    let costs = home.json("report --by model");
    let cost = |model: &str| {
        let rows = costs["rows"].as_array().unwrap().iter();
        let mut of_model = rows.filter(|row| row["model"] == model);
        of_model.next().unwrap()["cost"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    // 1,234 characters at 15 $/1M; 61 s at 0.006 $/min; 8 s at 0.40 $; one HD square at 0.08 $.
    assert_eq!(cost("tts-1"), "0.01851");
    assert_eq!(cost("whisper-1"), "0.0061");
    assert_eq!(cost("veo-3.0-generate-001"), "3.2");
    assert_eq!(cost("dall-e-3"), "0.08");
    // (5,000 × 1 $/1M + 100 × 5 $/1M) / 2 as a batch, and 1,200 × 1 $/1M + 300 × 5 $/1M.
    assert_eq!(cost("claude-haiku-4-5-20251001"), "0.00545");
    // 100 × 3 $/1M, 2,000 written for an hour × 6 $/1M, 250 × 15 $/1M.
    assert_eq!(cost("claude-sonnet-4-5-20250929"), "0.01605");
    let records = home.ok("records --format jsonl");
    let mut records = records
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap());
    let last = records.find(|record| record["attempt_index"] == 1).unwrap();
    let chain = format!(
        "records --chain {} --format jsonl",
        last["id"].as_str().unwrap()
    );
    assert_eq!(home.ok(&chain).lines().count(), 2);
    let failed = home.ok("records --where status=failed --format jsonl");
    assert!(failed.contains("\"timeout\"") && failed.contains("rate_limit_exceeded"));
}
