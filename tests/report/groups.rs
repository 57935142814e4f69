//! Dimensions and filters.

use llmcost::ledger::Entry;
use llmcost::pricing::CostStatus;
use llmcost::report::{DIMENSIONS, Dimension, Filter};
use llmcost::usage::{Field, Meter, Status, WebSearch};
use serde_json::json;

use crate::build::{Build, ask, at, call, column, query, rows};

/// A call that says everything.
fn full() -> Entry {
    let mut entry = call("full")
        .on("2026-11-02T10:20:30Z")
        .with(Field::Provider, "openai")
        .with(Field::ResponseModel, "gpt-5-2026-08-07")
        .with(Field::RequestedModel, "gpt-5")
        .with(Field::UserId, "alice")
        .with(Field::TenantId, "acme")
        .with(Field::AgentId, "planner")
        .with(Field::WorkflowId, "onboarding")
        .with(Field::TaskType, "summary")
        .with(Field::OperationType, "chat")
        .with(Field::EntityId, "order-17")
        .with(Field::ContentId, "doc-3")
        .with(Field::ContentType, "pdf")
        .with(Field::ConversationId, "conv-1")
        .with(Field::Endpoint, "/v1/chat/completions")
        .with(Field::Platform, "web")
        .with(Field::Modality, "text")
        .with(Field::ErrorCode, "rate_limit_exceeded")
        .with(Field::ServiceTier, "batch")
        .with(Field::Region, "eu")
        .with(Field::FallbackReason, "timeout")
        .with(Field::RoutingRuleId, "rule-9")
        .tag("env", "prod")
        .used(Meter::INPUT, "10", "1");
    for provider in ["exa", "brave", "exa"] {
        entry.record.searches.push(WebSearch {
            provider: Some(provider.to_owned()),
            ..WebSearch::default()
        });
    }
    entry
}

#[test]
fn every_dimension_has_its_value() {
    let wanted = [
        ("provider", "openai"),
        ("model", "gpt-5-2026-08-07"),
        ("requested-model", "gpt-5"),
        ("user", "alice"),
        ("tenant", "acme"),
        ("day", "2026-11-02"),
        ("week", "2026-W45"),
        ("month", "2026-11"),
        ("hour", "2026-11-02T10:00Z"),
        ("weekday", "Monday"),
        ("hour-of-day", "10"),
        ("agent", "planner"),
        ("workflow", "onboarding"),
        ("task", "summary"),
        ("operation", "chat"),
        ("entity", "order-17"),
        ("content", "doc-3"),
        ("content-type", "pdf"),
        ("conversation", "conv-1"),
        ("endpoint", "/v1/chat/completions"),
        ("platform", "web"),
        ("modality", "text"),
        ("service-type", "text_generation"),
        ("meter", "input"),
        ("status", "success"),
        ("cost-status", "exact"),
        ("error", "rate_limit_exceeded"),
        ("tier", "batch"),
        ("region", "eu"),
        ("fallback-reason", "timeout"),
        ("routing-rule", "rule-9"),
        ("web-provider", "brave+exa"),
        ("source", "logs/app.jsonl"),
        ("tag:env", "prod"),
    ];
    let names: Vec<&str> = DIMENSIONS
        .iter()
        .map(|known| known.name)
        .chain(["tag:env"])
        .collect();
    assert_eq!(wanted.map(|(name, _)| name).to_vec(), names);
    for (name, value) in wanted {
        let key = Dimension::parse(name).unwrap().key();
        let found = rows(&query(&[name], &[&format!("{name}={value}")]), &[full()]);
        assert_eq!(column(&found, &key), [json!(value)], "{name}");
        let none = rows(&query(&[name], &[&format!("{name}!={value}")]), &[full()]);
        assert!(none.is_empty(), "{name}");
    }
}

#[test]
fn what_is_not_stated_is_a_visible_group() {
    let mut empty = call("empty");
    empty.place.path = "".into();
    let always = ["status", "cost-status"];
    for name in DIMENSIONS
        .iter()
        .map(|known| known.name)
        .filter(|name| !always.contains(name))
    {
        let key = Dimension::parse(name).unwrap().key();
        let found = rows(
            &query(&[name], &[&format!("{name}=(none)")]),
            &[empty.clone(), full()],
        );
        assert_eq!(column(&found, &key), [json!(null)], "{name}");
        assert_eq!(column(&found, "requests"), [json!(1)], "{name}");
    }
}

#[test]
fn a_mistyped_dimension_gets_a_hint() {
    let hint = |name: &str| Dimension::parse(name).err().unwrap().hint.unwrap();
    assert_eq!(hint("modle"), "Did you mean model?");
    assert_eq!(hint("tennant"), "Did you mean tenant?");
    assert!(hint("zzzzzzzz").starts_with("One of: provider, model"));
    assert!(Dimension::parse("tag:").is_err());
    assert_eq!(
        Dimension::parse("Hour_Of_Day").unwrap().key(),
        "hour_of_day"
    );
    assert_eq!(
        Dimension::parse_list(&["model,day", "model"])
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn filters_are_globs_lists_and_negations() {
    let entries: Vec<Entry> = ["gpt-5", "gpt-4o", "claude-sonnet-4-5", "a,b"]
        .iter()
        .map(|model| call(model).with(Field::ResponseModel, model))
        .chain([call("nameless")])
        .collect();
    let count = |filters: &[&str]| {
        let found = rows(&query(&[], filters), &entries);
        found
            .first()
            .map_or(0, |row| row["requests"].as_u64().unwrap())
    };
    assert_eq!(count(&[]), 5);
    assert_eq!(count(&["model=gpt*"]), 2);
    assert_eq!(count(&["model=gpt*,claude*"]), 3);
    assert_eq!(count(&["model=gpt*", "model=*4o"]), 1);
    assert_eq!(count(&["model!=gpt*"]), 3);
    assert_eq!(count(&["model=(none)"]), 1);
    assert_eq!(count(&["model!=(none)"]), 4);
    assert_eq!(count(&["model=gpt-5,(none)"]), 2);
    assert_eq!(count(&["model=gpt"]), 0);
    assert_eq!(count(&["model=a\\,b"]), 1);
    for wrong in ["model", "modle=x", "model=", "model=a,,b", "model=[", "=x"] {
        assert!(Filter::parse(wrong).is_err(), "{wrong}");
    }
    assert!(Filter::of("user", "alice").is_ok());
}

#[test]
fn a_failed_call_counts_under_the_model_that_was_asked_for() {
    let mut failed = call("429").with(Field::RequestedModel, "gpt-5");
    failed.record.status = Status::Failed;
    let found = rows(&query(&["model"], &[]), &[failed]);
    assert_eq!(found[0]["model"], "gpt-5");
    assert_eq!(found[0]["failed"], 1);
    assert_eq!(found[0]["cost"], "0");
}

#[test]
fn meters_split_a_record_and_its_cost_but_not_its_request() {
    let entries = [
        call("a")
            .used(Meter::INPUT, "1000", "1")
            .used(Meter::OUTPUT, "100", "10"),
        call("b")
            .used(Meter::INPUT, "500", "1")
            .unpriced(Meter::WEB_SEARCH, "2")
            .is(CostStatus::Partial, "no rate"),
        call("c"),
    ];
    let report = ask(&query(&["meter"], &[]), &entries);
    let found = report.json_rows();
    assert_eq!(
        column(&found, "meter"),
        [
            json!("input"),
            json!("output"),
            json!(null),
            json!("web_search")
        ]
    );
    assert_eq!(
        column(&found, "cost"),
        [json!("0.0015"), json!("0.001"), json!("0"), json!(null)]
    );
    assert_eq!(
        column(&found, "requests"),
        [json!(2), json!(1), json!(1), json!(1)]
    );
    assert_eq!(
        column(&found, "unpriced"),
        [json!(0), json!(0), json!(0), json!(1)]
    );
    let total = &report.json()["totals"][0];
    assert_eq!(
        (&total["requests"], &total["cost"]),
        (&json!(3), &json!("0.0025"))
    );
    assert_eq!(
        (&total["partial"], &total["unpriced"]),
        (&json!(1), &json!(0))
    );
}

#[test]
fn a_filter_on_meters_takes_the_same_share_as_a_group() {
    let entries = [
        call("a")
            .used(Meter::INPUT, "1000", "1")
            .used(Meter::OUTPUT, "100", "10"),
        call("b").used(Meter::INPUT, "500", "1"),
    ];
    let found = rows(&query(&["meter"], &["meter=output"]), &entries);
    assert_eq!(column(&found, "cost"), [json!("0.001")]);
    let found = rows(&query(&[], &["meter=output"]), &entries);
    assert_eq!(
        (&found[0]["requests"], &found[0]["total_tokens"]),
        (&json!(1), &json!("100"))
    );
    assert!(!query(&[], &["meter=image"]).selects(&entries[0]));
}

#[test]
fn parts_of_a_response_are_one_request() {
    let mut part = call("a/part")
        .with(Field::ResponseModel, "small")
        .costs("1", "USD");
    part.record.part = Some("compaction:small".to_owned());
    let entries = [
        call("a")
            .with(Field::ResponseModel, "large")
            .costs("2", "USD"),
        part,
    ];
    let total = ask(&query(&["model"], &[]), &entries).json()["totals"][0].clone();
    assert_eq!(
        (&total["requests"], &total["cost"]),
        (&json!(1), &json!("3"))
    );
}

#[test]
fn records_without_a_time_are_left_out_of_a_period_and_counted() {
    let entries = [call("timed").on("2026-11-02T00:00:00Z"), call("untimed")];
    let mut query = query(&["day"], &[]);
    assert_eq!(rows(&query, &entries).len(), 2);
    query.period.from = Some(at("2026-11-01T00:00:00Z"));
    let report = ask(&query, &entries);
    assert_eq!(report.rows.len(), 1);
    assert_eq!(report.json()["without_time"], 1);
    assert!(
        report
            .table()
            .notes
            .iter()
            .any(|note| note.contains("without a time"))
    );
}
