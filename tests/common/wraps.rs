//! What logs wrap around a response, and what a wrapper must not change.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

#[path = "reading.rs"]
mod reading;

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use llmcost::envelopes::Formats;
use llmcost::ingest::Options;
use llmcost::source::Source;
use llmcost::usage::{Field, UsageRecord};
use serde_json::{Value as Json, json};

/// All records of a stream, and how many of its parts were rejected.
pub fn read(bytes: &[u8]) -> (Vec<UsageRecord>, usize) {
    let (formats, options) = (Formats::builtin(), Options::default());
    let mut source = Source::from_reader(Cursor::new(bytes.to_vec()), false);
    let outcomes = reading::read(&mut source, &options, &formats);
    (outcomes.records, outcomes.rejected.len())
}

/// What an envelope must not change.
pub fn core(record: &UsageRecord) -> (Vec<String>, Option<String>, Option<String>) {
    let items = record.items.iter();
    let items = items.map(|item| format!("{} {}", item.meter.name(), item.quantity.exact()));
    let text = |field| record.facts.get_text(field).map(str::to_owned);
    (
        items.collect(),
        text(Field::ResponseModel),
        text(Field::ResponseId),
    )
}

/// Wraps a line or a body.
pub type Wrap = fn(&str) -> String;

fn value(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_owned()))
}

/// Wrappers of one line around another, and their names.
pub const WRAPS: &[(&str, Wrap)] = &[
    ("docker", |line| {
        json!({"log": format!("{line}\n"), "stream": "stdout", "time": "2026-11-02T10:00:00.5Z"})
            .to_string()
    }),
    ("kubernetes", |line| {
        json!({"log": line, "kubernetes": {"pod_name": "p", "namespace_name": "n"}, "time": "2026-11-02T10:00:00Z"}).to_string()
    }),
    ("cri", |line| {
        format!("2026-11-02T10:00:00.123456789Z stdout F {line}")
    }),
    ("prefix", |line| {
        format!("2026-11-02 10:00:00,123 INFO [llm] {line}")
    }),
    ("journald", |line| {
        json!({"MESSAGE": line, "__REALTIME_TIMESTAMP": "1793613600000000", "_HOSTNAME": "h"})
            .to_string()
    }),
    ("journald bytes", |line| {
        json!({"MESSAGE": line.as_bytes(), "__REALTIME_TIMESTAMP": "1793613600000000"}).to_string()
    }),
    ("cloudwatch", |line| {
        json!({"logStreamName": "s", "timestamp": 1_793_613_600_000_u64, "message": line, "ingestionTime": 1_793_613_600_001_u64}).to_string()
    }),
    ("cloudwatch page", |line| {
        json!({"events": [{"logStreamName": "s", "timestamp": 1_793_613_600_000_u64, "message": line}]}).to_string()
    }),
    ("insights", |line| {
        json!({"results": [[{"field": "@timestamp", "value": "2026-11-02 10:00:00.000"}, {"field": "@message", "value": line}]]}).to_string()
    }),
    ("subscription", |line| {
        json!({"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [{"id": "1", "timestamp": 1_793_613_600_000_u64, "message": line}]}).to_string()
    }),
    ("gcp text", |line| {
        json!({"insertId": "i", "timestamp": "2026-11-02T10:00:00Z", "textPayload": line})
            .to_string()
    }),
    ("gcp json", |line| {
        json!({"insertId": "i", "timestamp": "2026-11-02T10:00:00Z", "jsonPayload": {"level": "info", "response": value(line)}}).to_string()
    }),
    ("azure", |line| {
        json!({"records": [{"time": "2026-11-02T10:00:00Z", "category": "c", "resourceId": "/r", "properties": line}]}).to_string()
    }),
    ("elasticsearch", |line| {
        json!({"_index": "logs", "_id": "1", "_source": {"@timestamp": "2026-11-02T10:00:00Z", "message": line}}).to_string()
    }),
    ("splunk", |line| {
        json!({"time": 1_793_613_600, "sourcetype": "_json", "event": value(line)}).to_string()
    }),
    ("loki", |line| {
        json!({"streams": [{"stream": {"app": "a"}, "values": [["1793613600000000000", line]]}]})
            .to_string()
    }),
    ("eventbridge", |line| {
        json!({"source": "app", "detail-type": "llm", "time": "2026-11-02T10:00:00Z", "detail": {"response": value(line)}}).to_string()
    }),
    ("sns", |line| {
        json!({"Type": "Notification", "TopicArn": "t", "Message": line, "Timestamp": "2026-11-02T10:00:00Z"}).to_string()
    }),
    ("pino", |line| {
        json!({"level": 30, "time": 1_793_613_600_000_u64, "pid": 1, "hostname": "h", "msg": "llm", "response": value(line)}).to_string()
    }),
    ("application", |line| {
        json!({"timestamp": "2026-11-02T10:00:00Z", "user_id": "u", "response": value(line)})
            .to_string()
    }),
    ("string", |line| {
        json!({"timestamp": "2026-11-02T10:00:00Z", "user_id": "u", "response": line}).to_string()
    }),
    ("base64", |line| {
        json!({"timestamp": "2026-11-02T10:00:00Z", "user_id": "u", "response": STANDARD.encode(line)}).to_string()
    }),
    ("gzip in base64", |line| {
        json!({"ts": 1_793_613_600, "service": "s", "payload": STANDARD.encode(gzip(line.as_bytes()))}).to_string()
    }),
    ("har", |line| {
        json!({"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-11-02T10:00:00Z", "time": 9, "request": {"url": "https://llm.example/v1"}, "response": {"status": 200, "content": {"text": line}}, "timings": {"wait": 5}}]}}).to_string()
    }),
    ("har in base64", |line| {
        json!({"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-11-02T10:00:00Z", "response": {"status": 200, "content": {"encoding": "base64", "text": STANDARD.encode(line)}}}]}}).to_string()
    }),
    ("cassette", |line| {
        json!({"version": 1, "interactions": [{"request": {"uri": "https://llm.example/v1", "body": null}, "response": {"status": {"code": 200}, "body": {"string": line}}}]}).to_string()
    }),
    ("nock", |line| {
        json!([{"scope": "https://llm.example:443", "method": "POST", "path": "/v1", "status": 200, "response": value(line)}]).to_string()
    }),
    ("exchange", |line| {
        json!({"request": "{\"model\":\"asked\",\"messages\":[]}", "response": line}).to_string()
    }),
];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A body inside of wrappers, the last one outermost, and their names.
pub fn wrapped(body: String, wraps: &[(&'static str, Wrap)]) -> (String, Vec<&'static str>) {
    let (mut text, mut names) = (body, Vec::new());
    for (name, wrap) in wraps {
        // Nobody encodes lines of text; bodies and lines of JSON are.
        if name.contains("base64") && !text.starts_with(['{', '[']) {
            continue;
        }
        text = wrap(&text);
        names.push(*name);
    }
    (text, names)
}
