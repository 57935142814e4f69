//! Traces: the usage of a call counts once, whatever is around it, in whatever order and lines it
//! stands, and however often it was exported.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions
)] // a failing check may stop

#[path = "common/cases.rs"]
mod cases;
#[path = "common/home.rs"]
mod home;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use cases::cases;
use home::Home;
use llmcost::envelopes::Formats;
use llmcost::ingest::{Documents, Options, Outcome, Spot};
use llmcost::usage::{Meter, RecordId};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// The records of some lines: their identities and how much input they state.
fn read(lines: &[String]) -> BTreeSet<(RecordId, String)> {
    static FORMATS: LazyLock<Formats> = LazyLock::new(Formats::builtin);
    let options = Options::default();
    let mut documents = Documents::new(&FORMATS, &options);
    for (n, line) in lines.iter().enumerate() {
        let spot = Spot {
            line: n as u64 + 1,
            ..Spot::default()
        };
        documents.value(line, spot);
    }
    documents.finish();
    let found = documents.take().into_iter();
    let records = found.filter_map(|found| match found.outcome {
        Outcome::Record(record, identity) => {
            let input = record.quantity(&Meter::INPUT).exact().to_string();
            Some((identity.id, input))
        }
        Outcome::Alike(_) | Outcome::Ignored(_) => None,
        Outcome::Rejected(fault) => panic!("{fault}"),
    });
    records.collect()
}

/// What a span is, and the span before it that it is inside of.
#[derive(Debug, Clone)]
struct Shape {
    kind: usize,
    parent: Option<usize>,
    named: bool,
}

fn shapes() -> impl Strategy<Value = Vec<Shape>> {
    let one = (
        0..4_usize,
        proptest::option::of(any::<prop::sample::Index>()),
        any::<bool>(),
    );
    prop::collection::vec(one, 1..14).prop_map(|all| {
        let all = all.into_iter().enumerate();
        all.map(|(n, (kind, parent, named))| Shape {
            kind,
            parent: parent.filter(|_| n > 0).map(|parent| parent.index(n)),
            named,
        })
        .collect()
    })
}

fn has_usage(shape: &Shape) -> bool {
    shape.kind != 3
}

/// The n-th span: a call, a model's wrapper, an agent, or a tool without usage.
fn span(n: usize, shape: &Shape) -> Json {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let operation = ["chat", "generate_content", "invoke_agent", "execute_tool"][shape.kind];
    let mut attributes = vec![text("gen_ai.operation.name", operation)];
    if has_usage(shape) {
        let count =
            |key: &str, count: usize| json!({"key": key, "value": {"intValue": count.to_string()}});
        attributes.push(count("gen_ai.usage.input_tokens", 1000 + n));
        attributes.push(count("gen_ai.usage.output_tokens", 7));
        attributes.push(text("gen_ai.request.model", "gpt-5-mini"));
    }
    if shape.named {
        attributes.push(text(
            "gen_ai.response.id",
            &format!("chatcmpl-Gu1aQxX6bDoV3fPhClZyR8w{n:02}"),
        ));
    }
    let parent = shape.parent.map(|parent| format!("{parent:016x}"));
    json!({"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": format!("{n:016x}"),
        "parentSpanId": parent.unwrap_or_default(), "name": "CANARY", "startTimeUnixNano": "1793613600000000000",
        "attributes": attributes})
}

fn line(spans: &[Json]) -> String {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string()
}

/// The input of the spans that state usage and have none below them.
fn expected(shapes: &[Shape]) -> BTreeSet<String> {
    let mut repeats = BTreeSet::new();
    for shape in shapes.iter().filter(|shape| has_usage(shape)) {
        let mut parent = shape.parent;
        while let Some(outer) = parent {
            repeats.insert(outer);
            parent = shapes[outer].parent;
        }
    }
    let own = (0..shapes.len()).filter(|n| has_usage(&shapes[*n]) && !repeats.contains(n));
    own.map(|n| (1000 + n).to_string()).collect()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn what_has_no_usage_below_it_counts_in_any_order_and_batches(
        shapes in shapes(),
        order in any::<u64>(),
        cuts in prop::collection::vec(1..5_usize, 14),
        again in any::<prop::sample::Index>(),
    ) {
        let mut spans: Vec<Json> = shapes.iter().enumerate().map(|(n, shape)| span(n, shape)).collect();
        let whole = read(&[line(&spans)]);
        let inputs: BTreeSet<String> = whole.iter().map(|(_, input)| input.clone()).collect();
        prop_assert_eq!(&inputs, &expected(&shapes));
        // Any order, cut into any lines, one of them exported again.
        spans.sort_by_key(|span| {
            let id = span["spanId"].as_str().unwrap();
            u64::from_str_radix(id, 16).unwrap().wrapping_add(1).wrapping_mul(order | 1).rotate_left(29)
        });
        let (mut lines, mut rest) = (Vec::new(), spans.as_slice());
        for cut in cuts {
            let (some, others) = rest.split_at(cut.min(rest.len()));
            lines.push(line(some));
            rest = others;
        }
        lines.push(line(rest));
        lines.push(lines[again.index(lines.len())].clone());
        prop_assert_eq!(read(&lines), whole);
    }
}

fn agent_call_and_what_lies_between() -> [Json; 3] {
    let shape = |kind, parent| Shape {
        kind,
        parent,
        named: false,
    };
    [
        span(0, &shape(2, None)),
        span(1, &shape(3, Some(0))),
        span(2, &shape(0, Some(1))),
    ]
}

fn inputs(lines: &[String]) -> Vec<String> {
    read(lines).into_iter().map(|(_, input)| input).collect()
}

#[test]
fn an_agent_is_not_counted_where_the_span_between_it_and_its_call_is_missing() {
    let [agent, between, call] = agent_call_and_what_lies_between();
    assert_eq!(
        inputs(&[line(&[agent.clone(), between, call.clone()])]),
        ["1002"]
    );
    assert_eq!(inputs(&[line(&[agent.clone(), call])]), ["1002"]);
    assert_eq!(inputs(&[line(&[agent])]), ["1000"]);
}

#[test]
fn spans_around_each_other_are_not_lost() {
    let mut one = span(
        1,
        &Shape {
            kind: 0,
            parent: Some(2),
            named: false,
        },
    );
    let two = span(
        2,
        &Shape {
            kind: 0,
            parent: Some(1),
            named: false,
        },
    );
    assert_eq!(read(&[line(&[one.clone(), two])]).len(), 2);
    one["parentSpanId"] = one["spanId"].clone();
    assert_eq!(inputs(&[line(&[one])]), ["1001"]);
}

#[test]
fn a_trace_and_the_responses_in_it_are_the_same_calls() {
    let home = Home::new();
    let body = json!({"id": "chatcmpl-Hv2bRyY7cEpW4gQiDmAzS9x1", "object": "chat.completion", "created": 1_793_613_600,
        "model": "gpt-5-mini-2025-08-07", "choices": [{"index": 0, "message": {"role": "assistant", "content": "CANARY"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 7, "total_tokens": 1007}});
    let mut call = span(
        0,
        &Shape {
            kind: 0,
            parent: None,
            named: true,
        },
    );
    let id = json!({"key": "gen_ai.response.id", "value": {"stringValue": body["id"]}});
    call["attributes"].as_array_mut().unwrap().insert(0, id);
    home.write("bodies.jsonl", body.to_string());
    home.write("spans.jsonl", line(&[call]));
    assert_eq!(home.json("ingest bodies.jsonl")["new"], 1);
    let again = home.json("ingest spans.jsonl");
    assert_eq!((&again["new"], &again["updated"]), (&json!(0), &json!(1)));
    let records = home.ok("records --format jsonl");
    let record: Json = serde_json::from_str(records.trim()).unwrap();
    assert_eq!(record["line_items"][0]["quantity"], "1000");
}

#[test]
fn a_record_says_where_its_span_stands_and_every_span_is_accounted_for() {
    let home = Home::new();
    let [agent, between, call] = agent_call_and_what_lies_between();
    let lines = [line(&[call, between]), line(&[agent]), line(&[])];
    home.write("traces.jsonl", lines.join("\n"));
    let run = home.json("ingest traces.jsonl");
    assert_eq!(
        (&run["new"], &run["ignored"], &run["rejected"]),
        (&json!(1), &json!(2), &json!(0))
    );
    let records = home.ok("records --format jsonl");
    let record: Json = serde_json::from_str(records.trim()).unwrap();
    assert_eq!(record["source"]["line"], 1);
    assert_eq!(
        record["source"]["pointer"],
        "/resourceSpans/0/scopeSpans/0/spans/0"
    );
    assert_eq!(record["source"]["format"], "jsonl>trace.otlp");
    assert!(!records.contains("CANARY"));
}
