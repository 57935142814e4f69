//! Folds the chunks of a streamed chat or text completion into the body they amount to.

use std::collections::BTreeMap;

use super::attribution::Vendor;
use super::openai::{Choices, Response};
use super::{Chunk, Context, Fold, Reading, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Status;

/// Fields at the top of which the last that is stated counts.
const LAST: &[&str] = &[
    "model",
    "service_tier",
    "cost",
    "copilot_usage",
    "usage_breakdown",
    "request_id",
];
/// Fields at the top of which the first that is stated counts.
const FIRST: &[&str] = &["id", "created"];

/// The state of one streamed response.
#[derive(Default)]
pub struct Stream {
    operation: &'static str,
    fields: BTreeMap<&'static str, String>,
    choices: Choices,
    vendor: Vendor,
    usage_alone: bool,
    chunks: u64,
    usages: u64,
    whole_chars: u64,
}

/// What a chunk says about its stream. The chunk that carries usage and no choices is the last one;
/// Azure's first one has filter results and no id.
pub fn about(chunk: &Object<'_>) -> Chunk {
    let id = chunk.peek("id").and_then(Raw::word);
    let opens = id.is_none() && chunk.has("prompt_filter_results");
    Chunk {
        id,
        opens,
        closes: is_usage_alone(chunk),
    }
}

fn is_usage_alone(chunk: &Object<'_>) -> bool {
    let empty = chunk
        .peek("choices")
        .is_some_and(|choices| choices.elements().next().is_none());
    empty && chunk.is_kind("usage", Kind::Object)
}

impl Stream {
    /// A stream of chat or text completions.
    pub fn of(operation: &'static str) -> Self {
        Self {
            operation,
            ..Self::default()
        }
    }

    fn keep(&mut self, name: &'static str, value: Raw<'_>) {
        // Header fields stand in every chunk; only what is new is copied.
        if self
            .fields
            .get(name)
            .is_none_or(|held| held != value.as_str())
        {
            self.fields.insert(name, value.as_str().to_owned());
        }
    }

    fn keep_header(&mut self, chunk: &Object<'_>) {
        for name in LAST {
            if let Some(value) = chunk.peek(name).filter(|value| value.as_str() != "\"\"") {
                self.keep(name, value);
            }
        }
        for name in FIRST {
            let stated = chunk
                .peek(name)
                .filter(|value| !matches!(value.as_str(), "\"\"" | "0"));
            if let (Some(value), false) = (stated, self.fields.contains_key(name)) {
                self.keep(name, value);
            }
        }
    }

    /// Keeps the usage of this chunk: at the top, in Groq's own object, or beside the first choice.
    fn keep_usage(&mut self, chunk: &Object<'_>, choice: Option<&Object<'_>>) -> Result<(), Fault> {
        let groq = chunk.peek("x_groq");
        let beside = choice.and_then(|choice| choice.peek("usage"));
        let usage = chunk
            .get("usage")?
            .or_else(|| groq?.at("/usage"))
            .or(beside);
        if let Some(usage) = usage.filter(|usage| usage.kind() == Kind::Object) {
            self.keep("usage", usage);
            self.usages += 1;
        }
        if let Some(groq) = groq.filter(|groq| groq.at("/id").is_some()) {
            self.keep("x_groq", groq);
        }
        self.chunks += 1;
        self.usage_alone |= is_usage_alone(chunk);
        Ok(())
    }

    /// The fields of the response, as if it had come whole.
    fn body(&self) -> String {
        let fields: Vec<String> = self
            .fields
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", fields.join(","))
    }

    /// Complete when it says why it ended, or when it states its usage once and not with every chunk.
    fn status(&self) -> Status {
        let once = self.usages == 1 && self.chunks > 1;
        if self.usage_alone || self.choices.finish_reason.is_some() || once {
            Status::Success
        } else {
            Status::Partial
        }
    }
}

impl Fold for Stream {
    fn push(&mut self, chunk: &Object<'_>) -> Result<(), Fault> {
        let choices = chunk.objects("choices")?;
        self.keep_header(chunk);
        self.keep_usage(chunk, choices.first())?;
        self.vendor.look(chunk, choices.first());
        self.choices.add(&choices)?;
        let message = |choice: &Object<'_>| {
            Some(shared::content_chars(
                choice.peek("message")?.at("/content"),
            ))
        };
        let whole: u64 = choices.iter().filter_map(message).sum();
        self.whole_chars = whole.max(self.whole_chars);
        let failed = choices.first().and_then(|choice| choice.peek("error"));
        if let Some(error) = chunk.peek("error").or(failed) {
            self.keep("error", error);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        // A whole body that was read as a stream of one chunk has an empty delta.
        if self.choices.counted.chars == 0 {
            self.choices.counted.chars = self.whole_chars;
        }
        let text = self.body();
        let body = Object::parse(&text)?;
        let status = self.status();
        let response = Response {
            body: &body,
            choices: &self.choices,
            vendor: self.vendor,
            operation: self.operation,
            without_usage: "the stream carries no usage",
            status,
        };
        let mut reading = response.read(context)?;
        if let (Reading::Records(records), Status::Partial, true) =
            (&mut reading, status, body.has("usage"))
        {
            for record in records {
                record.gap("the stream ends before its final usage; output is a lower bound");
            }
        }
        Ok(reading)
    }
}
