//! Ollama's own chat and generate, whole or streamed line by line: only the last value, `done:true`,
//! states counts. A prompt that was found in the cache may leave its count out.

use super::{Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader, probe, shared};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"model":…,"created_at":…,"message":{…},"done":true,"prompt_eval_count":…,"eval_count":…}`
pub const ADAPTER: Adapter = Adapter {
    id: "ollama.generate",
    docs: "https://docs.ollama.com/api/usage",
    recognizes: |body| {
        body.is_kind("done", Kind::Bool)
            && probe::is_text(body, "model")
            && (probe::is_object(body, "message") || probe::is_text(body, "response"))
    },
    reader: Reader::Stream(StreamReader {
        chunk,
        open: || Box::new(Stream::default()),
    }),
};

/// Counts and durations of the last value.
const COUNTS: &[&str] = &[
    "prompt_eval_count",
    "prompt_eval_cached_count",
    "eval_count",
    "total_duration",
    "load_duration",
    "prompt_eval_duration",
    "eval_duration",
];

fn done(value: &Object<'_>) -> bool {
    value
        .peek("done")
        .is_some_and(|done| done.as_str() == "true")
}

/// A value that is done is the last of a stream, which holds little or no text, or a whole
/// response, which holds at least a character for each token.
fn chunk(value: &Object<'_>) -> Chunk {
    let closes = done(value);
    let thought = probe::object(value, "message").map_or(0, |m| probe::chars(&m, "thinking"));
    let counted = count(value);
    let chars = counted.chars + thought + probe::chars(value, "thinking");
    let tokens = value
        .peek("eval_count")
        .and_then(|count| count.as_str().parse::<u64>().ok());
    let whole = counted.tool_calls > 0 || tokens.is_some_and(|tokens| chars >= tokens);
    Chunk {
        id: None,
        opens: closes && whole,
        closes,
    }
}

fn count(value: &Object<'_>) -> shared::Counted {
    let message = probe::object(value, "message");
    let tools = message
        .as_ref()
        .and_then(|message| message.peek("tool_calls"));
    let content = message
        .as_ref()
        .map_or(0, |message| probe::chars(message, "content"));
    shared::Counted {
        chars: content + probe::chars(value, "response"),
        tool_calls: u64::try_from(tools.map_or(0, |t| t.elements().count())).unwrap_or(u64::MAX),
    }
}

#[derive(Default)]
struct Stream {
    counted: shared::Counted,
    chats: bool,
    last: Option<String>,
}

impl Fold for Stream {
    fn push(&mut self, value: &Object<'_>) -> Result<(), Fault> {
        let counted = count(value);
        self.counted.chars += counted.chars;
        self.counted.tool_calls += counted.tool_calls;
        self.chats = value.has("message");
        if self.last.is_none() || done(value) {
            // Content is not carried along: only these fields are looked at in the end.
            let header = ["model", "created_at", "done_reason", "done"];
            self.last = Some(excerpt(value, header.iter().chain(COUNTS)));
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _context: &Context<'_>) -> Result<Reading, Fault> {
        let last = Object::parse(self.last.as_deref().unwrap_or("{}"))?;
        let reason = last.text("done_reason")?;
        if matches!(reason.as_deref(), Some("load" | "unload")) {
            return Ok(Reading::ignored("model load"));
        }
        let operation = if self.chats { "chat" } else { "completion" };
        let mut record = UsageRecord::of("text", operation);
        header(&mut record, &last)?;
        record.finished(reason);
        self.counted.state(&mut record);
        if done(&last) {
            counts(&mut record, &last)?;
        } else {
            record.status = Status::Partial;
            record.gap("the stream ends before its counts");
        }
        Ok(record.into())
    }
}

/// Who served it, and how long it took.
pub fn header(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    record.facts.text(Field::Provider, Some("ollama"));
    record.facts.text(Field::ResponseModel, body.text("model")?);
    record.created(shared::time(body, "created_at")?);
    let latency = shared::millis(body.exact("total_duration")?, -6);
    record.facts.integer(Field::LatencyMs, latency);
    Ok(())
}

fn counts(record: &mut UsageRecord, last: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(excerpt(last, COUNTS.iter()));
    let cached = last.count_or_zero("prompt_eval_cached_count")?;
    match last.count("prompt_eval_count")? {
        Some(prompt) => {
            let input = record.rest(prompt, cached, "prompt_eval_cached_count");
            record.add(Meter::INPUT, input);
        }
        None => record.gap("the response does not state its input tokens"),
    }
    record.add(Meter::CACHE_READ, cached);
    match last.count("eval_count")? {
        Some(output) => record.add(Meter::OUTPUT, output),
        None => record.gap("the response does not state its output tokens"),
    }
    Ok(())
}

/// Some fields of a value, as an object of their own.
fn excerpt<'n>(value: &Object<'_>, names: impl Iterator<Item = &'n &'n str>) -> String {
    let field = |name: &&str| Some(format!("\"{name}\":{}", value.peek(name)?.as_str()));
    format!(
        "{{{}}}",
        names.filter_map(field).collect::<Vec<_>>().join(",")
    )
}
