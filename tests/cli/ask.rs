//! `report` and `records`: the contracts, the dimensions, the pages.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::home::{Home, lines};
use crate::{chat, log};

#[test]
fn a_meter_counts_the_requests_that_used_it() {
    // The same model, day and price: one call read from the cache, the other did not.
    let fresh =
        chat(2, "gpt-4o-2024-08-06").replace("\"cached_tokens\":1920", "\"cached_tokens\":0");
    let home = Home::with_log(&[chat(1, "gpt-4o-2024-08-06"), fresh].join("\n"));
    let of = |line: &str, name: &str| {
        let report = home.json(line);
        let rows = report["rows"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["meter"] == name);
        row.map(|row| row["requests"].clone())
    };
    assert_eq!(of("report --by meter", "cache_read"), Some(1.into()));
    assert_eq!(of("report --by meter", "output"), Some(2.into()));
    let filtered = home.json("report --where meter=cache_read");
    assert_eq!(filtered["totals"][0]["requests"], 1);
}

#[test]
fn every_dimension_groups() {
    let home = Home::with_log(&log());
    let names = home.ok("report --by help");
    let names: Vec<&str> = names
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    for name in [
        "provider",
        "model",
        "requested-model",
        "user",
        "tenant",
        "day",
        "week",
        "month",
        "hour",
        "weekday",
        "hour-of-day",
        "agent",
        "workflow",
        "task",
        "operation",
        "entity",
        "content",
        "content-type",
        "conversation",
        "endpoint",
        "platform",
        "modality",
        "service-type",
        "meter",
        "status",
        "error",
        "tier",
        "region",
        "fallback-reason",
        "routing-rule",
        "web-provider",
        "source",
    ] {
        assert!(names.contains(&name), "{name}");
    }
    for name in names {
        let name = name.replace("KEY", "env");
        let report = home.json(&format!("report --by {name}"));
        let key = name.replace('-', "_");
        assert_eq!(report["by"], serde_json::json!([key]), "{report:#}");
        assert!(report["rows"][0].get(&key).is_some(), "{report:#}");
        assert!(!report["rows"].as_array().unwrap().is_empty(), "{name}");
        home.ok(&format!("report --by {name}"));
        home.ok(&format!("records --where {name}=x*"));
    }
    home.ok("report --by tenant,user --by model");
}

#[test]
fn what_is_misspelt_is_answered_with_what_was_meant() {
    let home = Home::with_log(&log());
    for (line, meant) in [
        ("report --by modle", "model"),
        ("report --by usr", "user"),
        ("report --where modle=x", "model"),
        ("report --sort cots", "cost"),
        ("report --format cvs", "csv"),
        ("report --timezone Asia/Soul", "Asia/Seoul"),
        ("report --period yesteday", "yesterday"),
        ("reprot", "report"),
        ("report --perod 2026", "--period"),
    ] {
        let error = home.fails(line, 2);
        assert!(error.contains(meant), "{line}: {error}");
    }
}

#[test]
fn a_report_keeps_its_contract() {
    let home = Home::with_log(&log());
    let report = home.json("report --by model --detail meters");
    assert_eq!(report["schema"], "llmcost.report/1");
    let period = &report["period"];
    assert!(period["from"].is_null() && period["to"].is_null());
    assert_eq!(period["timezone"], "UTC");
    let rows = report["rows"].as_array().unwrap();
    let row = |model: &str| rows.iter().find(|row| row["model"] == model).unwrap();
    let priced = row("gpt-4o-2024-08-06");
    for (key, value) in [
        ("input_tokens", "2006"),
        ("cached_input_tokens", "1920"),
        ("cache_write_tokens", "0"),
        ("output_tokens", "300"),
        ("reasoning_tokens", "0"),
        ("total_tokens", "2306"),
        ("cost", "0.005615"),
        ("currency", "USD"),
    ] {
        assert_eq!(priced[key], value, "{key}: {priced:#}");
    }
    assert_eq!(priced["meters"]["input"], "86");
    assert_eq!(priced["meters"]["cache_read"], "1920");
    for (key, value) in [
        ("requests", 1),
        ("failed", 0),
        ("estimated", 0),
        ("partial", 0),
        ("covered", 0),
        ("unpriced", 0),
    ] {
        assert_eq!(priced[key], value, "{key}");
    }
    let unknown = row("mystery-9");
    assert!(unknown["cost"].is_null() && unknown["currency"].is_null());
    assert_eq!(unknown["unpriced"], 1);
    let total = &report["totals"][0];
    assert_eq!(
        (&total["requests"], &total["unpriced"]),
        (&4.into(), &1.into())
    );
    // gpt-5-mini: (86 × 0.25 + 1920 × 0.025 + 300 × 2) = 669.5; the message: 3 × 3 + 550 × 15
    assert_eq!(total["cost"], "0.0145435");
    assert!(!report["price_books"].as_array().unwrap().is_empty());
}

#[test]
fn a_bare_date_at_the_end_includes_that_day() {
    let home = Home::with_log(&chat(1, "gpt-4o"));
    for (period, requests) in [
        ("2026-11-02..2026-11-02", 1),
        ("2026-11-01..2026-11-01", 0),
        ("2026-11", 1),
        ("2026-W45", 1),
        ("2025", 0),
        ("last-month", 0),
        ("this-month", 1),
        ("30d", 1),
    ] {
        let report = home.json(&format!("report --period {period}"));
        let total = report["totals"][0]["requests"].as_u64().unwrap_or(0);
        assert_eq!(total, requests, "{period}: {report:#}");
    }
    assert_eq!(home.records().len(), 1);
}

#[test]
fn a_report_over_paths_needs_no_ledger_and_makes_none() {
    let home = Home::new();
    home.write("log.jsonl", log());
    let direct = home.json("report --by model log.jsonl");
    assert!(!home.ledger().exists());
    home.ok("ingest log.jsonl");
    let kept = home.json("report --by model");
    assert_eq!(direct["rows"], kept["rows"]);
    assert_eq!(direct["totals"], kept["totals"]);
    assert_eq!(
        home.ok("records --format jsonl log.jsonl").lines().count(),
        4
    );
    home.ok("explain msg_01 log.jsonl");
    home.ok("export charges log.jsonl");
}

#[test]
fn pages_are_complete_and_stable() {
    let home = Home::new();
    let many: String = (0..23).map(|n| chat(n, "gpt-4o") + "\n").collect();
    home.ingest("log.jsonl", many);
    let all = home.records();
    assert_eq!(all.len(), 23);
    let whole = home.json("records");
    assert_eq!(whole["schema"], "llmcost.records/1");
    assert_eq!(whole["records"], Json::Array(all.clone()));
    assert!(whole["next"].is_null());
    for size in [1, 5, 22, 23, 100] {
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = home.json(&format!("records --limit {size} {after}"));
            paged.extend(page["records"].as_array().unwrap().clone());
            match page["next"].as_str() {
                Some(next) => after = format!("--after {next}"),
                None => break,
            }
        }
        assert_eq!(paged, all, "pages of {size}");
    }
    let first = home.json("records --limit 5");
    let cursor = first["next"].as_str().unwrap().to_owned();
    home.ingest("more.jsonl", chat(99, "gpt-4o"));
    let rest = lines(&home.ok(&format!("records --format jsonl --after {cursor}")));
    assert_eq!(rest.len(), 19);
    assert_eq!(rest[..18], all[5..]);
    home.fails("records --after nothing", 2);
}

#[test]
fn a_record_keeps_its_contract() {
    let home = Home::with_log(&log());
    let record = &home.records()[0];
    let keys: BTreeSet<&str> = record
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for key in [
        "id",
        "provider",
        "requested_model",
        "response_model",
        "request_id",
        "tenant_id",
        "user_id",
        "conversation_id",
        "occurred_at",
        "time_basis",
        "modality",
        "service_tier",
        "status",
        "error_code",
        "part",
        "source",
        "line_items",
        "cost",
        "currency",
        "cost_status",
        "reasons",
        "reported_cost",
        "tags",
    ] {
        assert!(keys.contains(key), "{key}");
    }
    for key in ["path", "line", "pointer", "format"] {
        assert!(record["source"].get(key).is_some(), "{key}");
    }
    let line = &record["line_items"][0];
    for key in [
        "meter",
        "quantity",
        "unit",
        "attributes",
        "rate",
        "per",
        "multipliers",
        "cost",
    ] {
        assert!(line.get(key).is_some(), "{key}");
    }
    for money in [
        &record["cost"],
        &line["quantity"],
        &line["rate"],
        &line["cost"],
    ] {
        assert!(money.is_string(), "{money}");
    }
    assert!(record["user_id"].is_null() && record["reported_cost"].is_null());
    assert_eq!(record["occurred_at"], "2026-11-02T10:00:01Z");
}

#[test]
fn filters_select_and_unpriced_records_are_found_by_the_command_that_is_named() {
    let home = Home::with_log(&log());
    let report = home.ok("report");
    let hint = report
        .lines()
        .find(|line| line.contains("unpriced: "))
        .unwrap();
    let command = hint.split("unpriced: llmcost ").nth(1).unwrap();
    let found = lines(&home.ok(&format!("{command} --format jsonl")));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["response_model"], "mystery-9");
    for (filter, many) in [
        ("--model gpt*", 2),
        ("--model gpt*,mystery*", 3),
        ("--provider anthropic", 1),
        ("--where model!=gpt*", 2),
        ("--where user=(none)", 4),
        ("--user alice", 0),
        ("--since 2026-11-02 --until 2026-11-02", 3),
        ("--where day=(none)", 1),
    ] {
        let found = home.ok(&format!("records --format jsonl {filter}"));
        assert_eq!(found.lines().count(), many, "{filter}");
    }
}
