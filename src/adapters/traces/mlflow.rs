//! Traces of MLflow, as its API and its files keep them.

use super::flat::span_of;
use super::span::Span;
use super::{Adapter, Held, Reader, each, open};
use crate::error::Fault;
use crate::json::{Object, Raw};

/// `{"info":{"trace_id":…},"data":{"spans":[…]}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.mlflow",
    docs: "https://mlflow.org/docs/latest/genai/tracing/",
    recognizes: |value| {
        let has = |name: &str, inner: &str| {
            let object = value.peek(name).and_then(Raw::object);
            object.is_some_and(|object| object.has(inner))
        };
        has("data", "spans") && (has("info", "trace_id") || has("info", "request_id"))
    },
    reader: Reader::Transcript(|| open(hold)),
};

fn hold(value: &Object<'_>, held: &mut Held) -> Result<(), Fault> {
    let (Some(info), Some(data)) = (value.object("info")?, value.object("data")?) else {
        return Ok(());
    };
    let trace = match info.text("trace_id")? {
        None => info.text("request_id")?,
        id => id,
    };
    let mut about = Span::new();
    about.trace.clone_from(&trace);
    for name in ["trace_metadata", "request_metadata", "tags"] {
        if let Some(said) = info.peek(name) {
            about.attributes.take(said);
        }
    }
    held.about.push(about);
    for (pointer, span) in each(&data, &["spans"]) {
        let mut span = span_of(&span);
        span.trace.clone_from(&trace);
        held.spans.push((format!("/data{pointer}"), span));
    }
    Ok(())
}
