//! Built-in envelopes: each sample is recognised by its own format before any other, and what the
//! envelope says reaches the record.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation
)] // a failing check may stop

use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot, samples};
use llmcost::usage::{Field, Status, UsageRecord};

fn read(text: &str) -> Vec<UsageRecord> {
    let (formats, options) = (Formats::builtin(), Options::default());
    let mut documents = Documents::new(&formats, &options);
    documents.value(text, Spot::default());
    documents.finish();
    let records = documents
        .take()
        .into_iter()
        .map(|found| match found.outcome {
            Outcome::Record(record, _) => *record,
            Outcome::Alike(_) => panic!("alike"),
            Outcome::Ignored(kind) => panic!("ignored: {kind}"),
            Outcome::Rejected(fault) => panic!("rejected: {fault}"),
        });
    records.collect()
}

#[test]
fn every_format_has_samples_and_they_come_out_as_expected() {
    let formats = Formats::builtin();
    let mut wrong = Vec::new();
    for format in formats.all() {
        assert!(!format.samples.is_empty(), "{} has no sample", format.id);
        let problems = samples::problems(format, &formats).into_iter();
        wrong.extend(problems.map(|problem| format!("{}: {problem}", format.id)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_envelope_says_that_the_batch_price_applies() {
    let body = r#"{"id":"chatcmpl-BbpRcTg5bT7hAQ2mWzY1kFq0vD3sE","object":"chat.completion","created":1793613600,"model":"gpt-5-mini-2025-08-07","service_tier":"default","choices":[{"index":0,"message":{"role":"assistant","content":"CANARY"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}"#;
    let line = format!(
        r#"{{"id":"batch_req_1","custom_id":"task-7","response":{{"status_code":200,"request_id":"req_9","body":{body}}},"error":null}}"#
    );
    let record = read(&line).remove(0);
    assert_eq!(record.facts.get_text(Field::ServiceTier), Some("batch"));
    assert_eq!(record.facts.get_text(Field::EntityId), Some("task-7"));
    assert_eq!(record.facts.get_text(Field::RequestId), Some("req_9"));
    assert_eq!(record.facts.get_integer(Field::HttpStatus), Some(200));
    assert_eq!(
        read(body).remove(0).facts.get_text(Field::ServiceTier),
        None
    );
}

#[test]
fn an_application_states_its_own_header_beside_the_response() {
    let line = r#"{"timestamp":"2026-11-02T10:00:00Z","tenant_id":"acme","user_id":"alice","agent_id":"writer","started_at":"2026-11-02T09:59:58Z","finished_at":"2026-11-02T10:00:00.5Z","response":{"id":"msg_01Qk7vTz3Rb9WfYxNc5LpAhD","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"usage":{"input_tokens":1,"output_tokens":2}}}"#;
    let record = read(line).remove(0);
    assert_eq!(record.facts.get_text(Field::TenantId), Some("acme"));
    assert_eq!(record.facts.get_integer(Field::LatencyMs), Some(2500));
    assert_eq!(
        record.occurred.unwrap().at.to_string(),
        "2026-11-02T10:00:00Z"
    );
}

#[test]
fn a_batch_line_without_a_response_is_a_failed_call_that_costs_nothing() {
    for (line, code) in [
        (
            r#"{"id":"b","custom_id":"x","response":null,"error":{"code":"batch_expired","message":"too late"}}"#,
            "batch_expired",
        ),
        (
            r#"{"custom_id":"x","result":{"type":"expired"}}"#,
            "expired",
        ),
        (
            r#"{"custom_id":"x","result":{"type":"errored","error":{"type":"error","error":{"type":"overloaded_error","message":"m"}}}}"#,
            "overloaded_error",
        ),
        (
            r#"{"recordId":"r","modelInput":{},"error":{"errorCode":400,"errorMessage":"m"}}"#,
            "400",
        ),
    ] {
        let record = read(line).remove(0);
        assert_eq!(record.status, Status::Failed);
        assert_eq!(record.facts.get_text(Field::ErrorCode), Some(code));
        assert!(record.items.is_empty() && record.notes.is_empty());
    }
}

#[test]
fn usage_in_a_shape_that_nobody_reads_is_rejected_and_other_objects_are_ignored() {
    let (formats, options) = (Formats::builtin(), Options::default());
    let outcome = |text: &str| {
        let mut documents = Documents::new(&formats, &options);
        documents.value(text, Spot::default());
        documents.finish();
        documents.take().remove(0).outcome
    };
    assert!(matches!(
        outcome(r#"{"thing":"x","usage":{"tokens":5}}"#),
        Outcome::Rejected(_)
    ));
    assert!(matches!(
        outcome(r#"{"level":"info","message":"CANARY usage: 5"}"#),
        Outcome::Ignored(_)
    ));
    assert!(matches!(outcome("17"), Outcome::Ignored(_)));
}

#[test]
fn texts_never_become_names() {
    let row = r#"{"ts":1793613600,"model":"gpt-4o","input_tokens":10,"output_tokens":5,"user":"What is the CANARY of it all?","task":"Write about CANARY, CANARY and CANARY","agent":"a b"}"#;
    let record = read(row).remove(0);
    assert_eq!(record.facts.get_text(Field::UserId), None);
    assert_eq!(record.facts.get_text(Field::TaskType), None);
    assert_eq!(record.facts.get_text(Field::AgentId), Some("a b"));
}

#[test]
fn a_row_says_whether_the_call_failed() {
    for (more, status) in [
        (r#""success":false"#, Status::Failed),
        (r#""error":"boom""#, Status::Failed),
        (r#""error":false"#, Status::Success),
        (r#""status":"ok","error":null"#, Status::Success),
        (r#""http_status":429"#, Status::Failed),
    ] {
        let row = format!(
            r#"{{"ts":1793613600,"model":"gpt-4o","input_tokens":0,"output_tokens":0,{more}}}"#
        );
        assert_eq!(read(&row).remove(0).status, status, "{more}");
    }
}

#[test]
fn a_request_beside_the_response_tells_of_it_and_is_not_kept() {
    let line = r#"{"timestamp":"2026-11-02T10:00:00Z","request":{"model":"gpt-4o","user":"alice","messages":[{"role":"user","content":"CANARY"}],"tools":[{"type":"web_search","max_uses":3}]},"response":{"id":"msg_01Qk7vTz3Rb9WfYxNc5LpAhD","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"usage":{"input_tokens":1,"output_tokens":2}}}"#;
    let record = read(line).remove(0);
    let text = |field| record.facts.get_text(field);
    assert_eq!(text(Field::RequestedModel), Some("gpt-4o"));
    assert_eq!(text(Field::UserId), Some("alice"));
    assert_eq!(record.facts.get_integer(Field::PromptLengthChars), Some(6));
    assert_eq!(record.facts.get_integer(Field::WebBudgetCount), Some(3));
    assert_eq!(text(Field::PromptHash).map(str::len), Some(64));
    // White space between values does not change the hash.
    let spaced = line.replace("[{\"role\"", "[ { \"role\"");
    assert_eq!(
        read(&spaced).remove(0).facts.get_text(Field::PromptHash),
        text(Field::PromptHash)
    );
    assert!(!format!("{record:?}").contains("CANARY"));
}

#[test]
fn addresses_lose_what_is_secret() {
    let line = r#"{"timestamp":"2026-11-02T10:00:00Z","request_id":"r","endpoint":"https://me:pass@api.openai.com/v1/x?key=SECRET","response":{"object":"chat.completion","id":"c","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}}"#;
    let record = read(line).remove(0);
    assert_eq!(
        record.facts.get_text(Field::Endpoint),
        Some("https://api.openai.com/v1/x")
    );
}

#[test]
fn a_format_of_ones_own_goes_before_a_transcript_and_a_trace() {
    let own = r#"
        [[format]]
        name = "mine"
        when = ["/payload/mine"]
        input = "/payload/in"
        output = "/payload/out"
        model = "=gpt-4o"
        [[format.sample]]
        line = '{"type":"event_msg","payload":{"mine":1,"in":3,"out":2}}'
        expect = { records = 1, input = 3, output = 2 }
    "#;
    let own = Formats::parse(own).unwrap();
    let formats = Formats::builtin().with_own(own.clone());
    assert_eq!(samples::problems(&own[0], &formats), Vec::<String>::new());
}

#[test]
fn rows_are_found_one_by_one_under_any_name_and_however_many_there_are() {
    let row = r#"{"model":"gpt-4o","input_tokens":1,"output_tokens":2}"#;
    let list =
        |name: &str, count: usize| format!("{{\"{name}\":[{}]}}", vec![row; count].join(","));
    for name in ["rows", "data", "result", "logs", "response"] {
        assert_eq!(read(&list(name, 3)).len(), 3, "{name}");
    }
    assert_eq!(read(&format!("{{\"page\":{}}}", list("data", 2))).len(), 2);
    assert_eq!(read(&list("rows", 25_000)).len(), 25_000);
}

#[test]
fn a_value_with_more_rows_than_are_looked_at_says_so() {
    let text = format!("{{\"token_rows\":[{}]}}", vec!["{}"; 300_001].join(","));
    let (formats, options) = (Formats::builtin(), Options::default());
    let mut documents = Documents::new(&formats, &options);
    documents.value(&text, Spot::default());
    let found = documents.take();
    let rejected = found.iter().filter_map(|found| match &found.outcome {
        Outcome::Rejected(fault) => Some(fault.to_string()),
        Outcome::Alike(_) | Outcome::Record(..) | Outcome::Ignored(_) => None,
    });
    let said =
        "holds more than 300,000 values; the rest was not looked at: write one record per line";
    assert_eq!(rejected.collect::<Vec<_>>(), [said]);
    assert_eq!(found.len(), 1);
}
