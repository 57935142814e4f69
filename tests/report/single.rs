//! One entry: its JSON, its row, its charges, and its receipt worked out.

use llmcost::ledger::Entry;
use llmcost::money::Quantity;
use llmcost::pricing::{CostStatus, Multiplier, Per};
use llmcost::render::csv;
use llmcost::report::{charges, explain, records};
use llmcost::table::Cell;
use llmcost::usage::{Field, Meter, ReportedCost};
use serde_json::{Value as Json, json};

use crate::build::{Build, call, exact, money};

fn batch_call() -> Entry {
    let mut entry = call("batch")
        .on("2026-11-02T10:00:00Z")
        .with(Field::Provider, "openai")
        .with(Field::ResponseModel, "gpt-5")
        .tag("env", "prod")
        .book("worked", "2026-11-19")
        .used(Meter::INPUT, "1000", "1.25")
        .used(Meter::OUTPUT, "100", "10");
    let rate = entry.receipt.charges[0].rate.as_mut().unwrap();
    rate.multipliers.push(Multiplier {
        why: "service_tier=batch".to_owned(),
        factor: exact("0.5"),
    });
    entry.record.raw_usage =
        Some("{\"prompt_tokens\":1000,\"cost\":0.10000000000000000001}".to_owned());
    entry.record.reported_cost = Some(ReportedCost {
        amount: "0.0022".to_owned(),
        currency: "USD".to_owned(),
        field: "usage.cost".to_owned(),
    });
    entry
}

#[test]
fn a_record_has_every_named_field_and_no_raw_usage() {
    let json = Json::Object(records::json(&batch_call()));
    assert_eq!(json["cost"], "0.00225");
    assert_eq!(json["currency"], "USD");
    assert_eq!(json["cost_status"], "exact");
    assert_eq!(json["reasons"], json!([]));
    assert_eq!(json["occurred_at"], "2026-11-02T10:00:00Z");
    assert_eq!(
        json["source"],
        json!({"path": "logs/app.jsonl", "line": 7, "pointer": null, "format": "jsonl>openai.chat"})
    );
    assert_eq!(
        json["reported_cost"],
        json!({"amount": "0.0022", "currency": "USD", "field": "usage.cost"})
    );
    assert_eq!(json["tags"], json!({"env": "prod"}));
    let item = json!({"meter": "input", "quantity": "1000", "unit": "tokens", "attributes": {}, "rate": "1.25",
        "per": "per_1m", "multipliers": [{"why": "service_tier=batch", "factor": "0.5"}], "cost": "0.00125"});
    assert_eq!(json["line_items"][0], item);
    let object = json.as_object().unwrap();
    for name in [
        "user_id",
        "tenant_id",
        "request_id",
        "conversation_id",
        "requested_model",
        "error_code",
        "part",
        "service_tier",
        "modality",
    ] {
        assert_eq!(object.get(name), Some(&Json::Null), "{name}");
    }
    assert!(!object.contains_key("raw_usage"));
}

#[test]
fn what_is_unpriced_is_null_in_every_line() {
    let entry = call("u")
        .unpriced(Meter::INPUT, "5")
        .is(CostStatus::Unpriced, "no such model");
    let json = Json::Object(records::json(&entry));
    assert_eq!(
        (&json["cost"], &json["currency"]),
        (&Json::Null, &Json::Null)
    );
    let item = &json["line_items"][0];
    assert_eq!(
        (&item["rate"], &item["cost"], &item["quantity"]),
        (&Json::Null, &Json::Null, &json!("5"))
    );
    assert_eq!(json["reasons"], json!(["no such model"]));
    let lines = explain::lines(&entry).join("\n");
    assert!(lines.contains("input: 5 tokens, unpriced"));
    assert!(lines.contains("total = unknown, which is not zero"));
    assert!(lines.contains("no such model"));
}

#[test]
fn a_row_has_a_cell_for_each_column() {
    let (columns, row) = (records::columns(), records::row(&batch_call()).unwrap());
    assert_eq!(columns.len(), row.len());
    let keys: Vec<&str> = columns.iter().map(|column| column.key.as_str()).collect();
    let cell = |key: &str| &row[keys.iter().position(|held| *held == key).unwrap()];
    assert_eq!(cell("total_tokens"), &Cell::Quantity(exact("1100")));
    assert_eq!(cell("response_model"), &Cell::Text("gpt-5".to_owned()));
    assert_eq!(cell("user_id"), &Cell::Absent);
    assert_eq!(
        cell("id_prefix"),
        &Cell::Text(batch_call().id.to_string()[..8].to_owned())
    );
    for field in Field::ALL {
        assert_eq!(
            keys.iter().filter(|key| **key == field.name()).count(),
            1,
            "{field}"
        );
    }
}

#[test]
fn records_in_csv_keep_their_ids_whole_and_their_numbers_numbers() {
    let mut entry = batch_call().with(Field::UserId, "-1");
    entry.record.facts.integer(Field::LatencyMs, Some(-5));
    entry.record.reported_cost.as_mut().unwrap().amount = "-2.5e-7".to_owned();
    let mut out = Vec::new();
    let mut rows =
        csv::Rows::start(&records::columns(), csv::Dialect::default(), &mut out).unwrap();
    rows.row(&records::row(&entry).unwrap()).unwrap();
    rows.finish().unwrap();
    let parsed = crate::output::parsed_csv(&String::from_utf8(out).unwrap());
    let cell = |key: &str| {
        parsed[0]
            .iter()
            .position(|held| held == key)
            .map(|at| parsed[1][at].as_str())
    };
    assert_eq!(cell("id"), Some(entry.id.to_string().as_str()));
    assert_eq!(cell("id_prefix"), None);
    assert_eq!(cell("latency_ms"), Some("-5"));
    assert_eq!(cell("reported_cost"), Some("-0.00000025"));
    assert_eq!(cell("user_id"), Some("'-1"));
    assert_eq!(cell("source_line"), Some("7"));
    assert_eq!(cell("tenant_id"), Some(""));
}

#[test]
fn a_minimum_that_is_billed_is_part_of_the_working() {
    let mut entry = call("audio").used(Meter::AUDIO_SECOND, "90", "1");
    let charge = &mut entry.receipt.charges[0];
    let rate = charge.rate.as_mut().unwrap();
    (rate.quoted, rate.per) = (exact("0.006"), Per::Minute);
    rate.billed = Some(Quantity::of(120));
    rate.falls_back_to = Some(Meter::INPUT_AUDIO);
    charge.cost = Some(money("0.012"));
    charge.rounded = true;
    let lines = explain::lines(&entry).join("\n");
    let working = "audio_second: 90 second, billed as 120 × 0.006 ÷ 60 (per_minute) = 0.012 USD (rounded half-even at the 12th decimal)";
    assert!(lines.contains(working), "{lines}");
    assert!(lines.contains("at the rate of input_audio"), "{lines}");
    let item = &records::json(&entry)["line_items"][0];
    assert_eq!(
        (&item["billed"], &item["rounded"], &item["falls_back_to"]),
        (&json!("120"), &json!(true), &json!("input_audio"))
    );
}

#[test]
fn a_charge_has_a_row_of_its_own() {
    let (columns, rows) = (charges::columns(), charges::rows(&batch_call()));
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.len() == columns.len()));
    let at = columns
        .iter()
        .position(|column| column.key == "multipliers")
        .unwrap();
    assert_eq!(
        rows[0][at],
        Cell::Text("0.5 (service_tier=batch)".to_owned())
    );
    assert_eq!(rows[1][at], Cell::Absent);
}

#[test]
fn a_receipt_can_be_worked_out_by_hand() {
    let lines = explain::lines(&batch_call()).join("\n");
    for part in [
        "input: 1000 tokens × 1.25 ÷ 1000000 × 0.5 (service_tier=batch) = 0.00125 USD",
        "output: 100 tokens × 10 ÷ 1000000 = 0.001 USD",
        "total = 0.00225 USD",
        "worked 2026-11-19, openai/gpt-5, from 2026-01-01",
        "0.0022 USD by the provider (usage.cost): ours is 0.00005 higher",
        "logs/app.jsonl:7",
        "jsonl > openai.chat",
    ] {
        assert!(lines.contains(part), "{part} is not in\n{lines}");
    }
    let json = explain::json(&batch_call());
    assert_eq!(
        json["raw_usage"],
        json!({"prompt_tokens": 1000, "cost": "0.10000000000000000001"})
    );
    assert_eq!(json["price"]["sku"], "openai/gpt-5");
    assert_eq!(json["read_as"]["layers"], json!(["jsonl", "openai.chat"]));
}
