//! Every dimension in every format: the rows add up to the totals, all formats tell the same, and
//! logs that are only looked at tell what their ledger tells.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::binary::{Home, cost, count, demo, demo_home, lines, pico};

/// What every record has its share of, so that rows add up.
const SUMS: [&str; 5] = [
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
];

fn dimensions(home: &Home) -> Vec<String> {
    let listed = home.out(&["report", "--by", "help"]);
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    let known = names.filter(|name| !name.starts_with("tag:"));
    known
        .map(str::to_owned)
        .chain(["tag:env".to_owned()])
        .collect()
}

fn report(home: &Home, by: &str, format: &str) -> String {
    home.out(&["report", "--exact", "--by", by, "--format", format])
}

fn parsed(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

fn sum(rows: &[Json], of: impl Fn(&Json) -> i128) -> i128 {
    rows.iter().map(of).sum()
}

#[test]
fn rows_add_up_to_the_totals_by_every_dimension() {
    let home = demo_home();
    let wanted: i128 = home.records().iter().filter_map(cost).sum();
    assert!(wanted > 0);
    for by in dimensions(&home) {
        let report = parsed(&report(&home, &by, "json"));
        let rows = report["rows"].as_array().unwrap();
        let [total] = report["totals"].as_array().unwrap().as_slice() else {
            panic!("{by}: the demo has one currency");
        };
        assert_eq!(cost(total), Some(wanted), "{by}");
        assert_eq!(sum(rows, |row| cost(row).unwrap_or(0)), wanted, "{by}");
        for name in SUMS {
            assert_eq!(
                sum(rows, |row| count(&row[name])),
                count(&total[name]),
                "{by} {name}"
            );
        }
        // A record has as many meters as it has line items, so their requests overlap.
        if by != "meter" {
            for name in ["requests", "failed", "unpriced", "estimated"] {
                assert_eq!(
                    sum(rows, |row| count(&row[name])),
                    count(&total[name]),
                    "{by} {name}"
                );
            }
        }
    }
}

#[test]
fn every_format_tells_the_same() {
    let home = demo_home();
    for by in dimensions(&home) {
        let json = parsed(&report(&home, &by, "json"));
        let rows = json["rows"].as_array().unwrap();
        assert_eq!(&lines(&report(&home, &by, "jsonl")), rows, "{by}");
        let csv = report(&home, &by, "csv");
        let mut sheet = csv::Reader::from_reader(csv.as_bytes());
        let at = sheet
            .headers()
            .unwrap()
            .iter()
            .position(|name| name == "cost");
        let costs: Vec<Option<i128>> = sheet
            .records()
            .map(|row| {
                row.unwrap()
                    .get(at.unwrap())
                    .filter(|text| !text.is_empty())
                    .map(pico)
            })
            .collect();
        let wanted: Vec<Option<i128>> = rows.iter().map(cost).collect();
        assert_eq!(costs, wanted, "{by}");
        let total = format!("${}", json["totals"][0]["cost"].as_str().unwrap());
        for format in ["table", "markdown", "html"] {
            assert!(
                report(&home, &by, format).contains(&total),
                "{by} as {format}"
            );
        }
    }
}

#[test]
fn logs_that_are_only_looked_at_tell_what_their_ledger_tells() {
    let (home, nowhere) = (demo_home(), Home::new());
    let logs = demo().display().to_string();
    for by in dimensions(&home) {
        let stored = parsed(&report(&home, &by, "json"));
        let read = nowhere.json(&["report", "--by", &by, "--format", "json", &logs]);
        for part in ["rows", "totals", "unpriced", "estimated"] {
            assert_eq!(read[part], stored[part], "{by} {part}");
        }
    }
    assert!(!nowhere.ledger().exists());
}

#[test]
fn the_demo_is_as_varied_as_it_says() {
    let home = demo_home();
    let records = home.records();
    let all = |name: &str| -> BTreeSet<String> {
        let found = records.iter().filter_map(|record| record[name].as_str());
        found.map(str::to_owned).collect()
    };
    let has = |name: &str, wanted: &[&str]| {
        let found = all(name);
        for word in wanted {
            assert!(found.contains(*word), "{name} {word}");
        }
    };
    has(
        "modality",
        &[
            "text",
            "image_create",
            "image_read",
            "audio",
            "video",
            "music",
            "embedding",
            "rerank",
            "search",
        ],
    );
    has("tenant_id", &["acme", "globex", "initech"]);
    has("status", &["success", "failed"]);
    has("cost_status", &["exact", "estimated", "unpriced"]);
    has("fallback_reason", &["rate_limit", "error", "timeout"]);
    has(
        "identity_basis",
        &["response_id", "idempotency_key", "content", "position"],
    );
    assert!(all("provider").len() >= 10);
    let days: BTreeSet<String> = all("occurred_at")
        .iter()
        .map(|at| at[..10].to_owned())
        .collect();
    assert_eq!(days.len(), 14);
}

#[test]
fn the_status_of_a_success_is_no_error() {
    let home = demo_home();
    let report = home.json(&["report", "--by", "status,error", "--format", "json"]);
    for row in report["rows"].as_array().unwrap() {
        assert_eq!(row["status"] == "success", row["error"].is_null(), "{row}");
    }
}
