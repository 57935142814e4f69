//! Gemini generateContent and streamGenerateContent, of AI Studio and of Vertex AI: a whole body and
//! a chunk of a stream have the same shape, so a whole body is a stream of one chunk.
//!
//! The last usage counts: counters reset between the turns of server tools, and the last chunk
//! holds the aggregate. Vertex states `createTime` and a traffic type, AI Studio a service tier or
//! neither; a body with a model version and none of them is taken as AI Studio's.

use super::google::{self, Grounding};
use super::google_usage::{self, METADATA, spelled};
use super::{Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::{Field, Status, UsageRecord, identity};

/// `{"candidates":[…],"usageMetadata":{…},"modelVersion":"…","responseId":"…"}`
pub const ADAPTER: Adapter = Adapter {
    id: "google.generate",
    docs: "https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse",
    recognizes,
    reader: Reader::Stream(StreamReader {
        chunk,
        open: || Box::new(Response::default()),
    }),
};

const USAGE: &[&str] = &["usageMetadata", "usage_metadata"];
const MODEL: &[&str] = &["modelVersion", "model_version"];
const ID: &[&str] = &["responseId", "response_id"];
const CREATED: &[&str] = &["createTime", "create_time"];
const FEEDBACK: &[&str] = &["promptFeedback", "prompt_feedback"];
const FINISH: &[&str] = &["finishReason", "finish_reason"];
const BLOCK: &[&str] = &["blockReason", "block_reason"];
const GROUNDING: &[&str] = &["groundingMetadata", "grounding_metadata"];
const TRAFFIC: &[&str] = &["trafficType", "traffic_type"];
const TIER: &[&str] = &["serviceTier", "service_tier"];

/// Parts of a candidate that show a server tool whose results are billed as input.
const CODE: &[&str] = &[
    "executableCode",
    "codeExecutionResult",
    "executable_code",
    "code_execution_result",
];

fn recognizes(body: &Object<'_>) -> bool {
    let feedback = body.is_kind(spelled(body, FEEDBACK), Kind::Object);
    if body.is_kind(spelled(body, USAGE), Kind::Object) || feedback {
        let named = [MODEL, ID]
            .iter()
            .any(|names| body.has(spelled(body, names)));
        return (named || feedback || body.is_kind("candidates", Kind::Array))
            && !body.has("serverContent")
            && !body.has("embedding")
            && !body.has("embeddings");
    }
    let first = body
        .peek("candidates")
        .and_then(|list| list.elements().next());
    first.and_then(Raw::object).is_some_and(|candidate| {
        candidate.is_kind("content", Kind::Object) || candidate.has(spelled(&candidate, FINISH))
    })
}

/// Chunks carry the id of their response or none; those without belong together.
fn chunk(body: &Object<'_>) -> Chunk {
    let id = body.peek(spelled(body, ID)).and_then(Raw::string);
    Chunk {
        id: Some(id.unwrap_or_default()),
        ..Chunk::default()
    }
}

struct Response {
    record: UsageRecord,
    usage: Option<String>,
    grounding: Grounding,
    counted: shared::Counted,
    finish: Option<String>,
    chunks: u64,
    complete: bool,
    /// Whether the prompt was refused before any model ran.
    blocked: bool,
}

impl Default for Response {
    fn default() -> Self {
        Self {
            record: UsageRecord::of("text", "chat"),
            usage: None,
            grounding: Grounding::default(),
            counted: shared::Counted::default(),
            finish: None,
            chunks: 0,
            complete: false,
            blocked: false,
        }
    }
}

impl Fold for Response {
    fn push(&mut self, body: &Object<'_>) -> Result<(), Fault> {
        if let Some(error) = body.object("error")? {
            return google::fail(&mut self.record, &error);
        }
        self.chunks += 1;
        self.header(body)?;
        for candidate in body.objects("candidates")? {
            self.candidate(&candidate)?;
        }
        if let Some(feedback) = body.object(spelled(body, FEEDBACK))?
            && let Some(reason) = feedback.text(spelled(&feedback, BLOCK))?
        {
            self.record
                .facts
                .text(Field::FinishReason, Some("content_filter"));
            self.record.facts.flag(Field::ContentFiltered, Some(true));
            self.finish = Some(reason);
            self.complete = true;
            self.blocked = true;
        }
        if let Some(usage) = body.object(spelled(body, USAGE))? {
            let counts = usage
                .keys()
                .any(|key| key.ends_with("Count") || key.ends_with("_count"));
            if counts || self.usage.is_none() {
                self.usage = Some(usage.raw().as_str().to_owned());
            }
            self.complete |= counts && !body.has("candidates");
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        let usage = self.usage.take();
        let usage = usage.as_deref().map(Object::parse).transpose()?;
        let record = &mut self.record;
        provider(record, context, usage.as_ref());
        record.finished(self.finish.as_deref().map(finish_word));
        self.counted.state(record);
        google::outside_model(record, context);
        let model = record
            .facts
            .get_text(Field::ResponseModel)
            .map(str::to_owned);
        match &usage {
            Some(usage) => {
                google_usage::usage(record, usage, &METADATA, self.grounding.tools())?;
            }
            // Nothing was generated and nothing is stated: a failed call, which costs nothing.
            None if self.blocked => record.failed(self.finish.as_deref(), None::<&str>),
            None => record.gap("the response carries no usage"),
        }
        self.grounding.fees(record, model.as_deref(), None);
        if !self.complete && record.status == Status::Success {
            record.status = Status::Partial;
            record.gap("the response has no finish reason; output is a lower bound");
        }
        Ok(self.record.into())
    }

    /// A first chunk that finishes is a whole body. Later ones may be followed by more turns of
    /// the same response, which only a strong id keeps apart from other calls.
    fn ended(&self) -> bool {
        let id = self
            .record
            .facts
            .get_text(Field::ResponseId)
            .unwrap_or_default();
        self.complete && (self.chunks == 1 || !identity::is_strong(id))
    }

    fn joins(&self, adapter: &str) -> bool {
        adapter == "google.error" && !self.complete
    }
}

impl Response {
    fn header(&mut self, body: &Object<'_>) -> Result<(), Fault> {
        self.record
            .facts
            .text(Field::ResponseId, body.text(spelled(body, ID))?);
        google::model(
            &mut self.record,
            body.text(spelled(body, MODEL))?.as_deref(),
        );
        self.record
            .created(shared::time(body, spelled(body, CREATED))?);
        Ok(())
    }

    fn candidate(&mut self, candidate: &Object<'_>) -> Result<(), Fault> {
        if let Some(reason) = candidate.text(spelled(candidate, FINISH))? {
            self.finish = Some(reason);
            self.complete = true;
        }
        if let Some(content) = candidate.peek("content").and_then(Raw::object) {
            for part in content.objects("parts")? {
                self.part(&part);
            }
        }
        if candidate.has("urlContextMetadata") || candidate.has("url_context_metadata") {
            self.grounding.other_tool();
        }
        match candidate.object(spelled(candidate, GROUNDING))? {
            Some(metadata) => self.grounding.read(&metadata),
            None => Ok(()),
        }
    }

    fn part(&mut self, part: &Object<'_>) {
        let thought = part
            .peek("thought")
            .is_some_and(|flag| flag.as_str() == "true");
        if !thought {
            self.counted.chars += part.peek("text").map_or(0, Raw::char_count);
        }
        let call = part.has("functionCall") || part.has("function_call");
        self.counted.tool_calls += u64::from(call);
        if CODE.iter().any(|name| part.has(name)) {
            self.grounding.other_tool();
        }
    }
}

fn provider(record: &mut UsageRecord, context: &Context<'_>, usage: Option<&Object<'_>>) {
    let says = |names| usage.is_some_and(|usage| usage.has(spelled(usage, names)));
    let created = record.facts.has(Field::ProviderCreatedAt);
    let proven = match (created || says(TRAFFIC), says(TIER)) {
        (true, _) => Some("vertex"),
        (false, true) => Some("google"),
        (false, false) => None,
    };
    let likely = record.facts.has(Field::ResponseModel).then_some("google");
    google::provider(record, context, proven, likely);
}

/// The word of a finish reason: dumped SDK enums and the numbers of the proto are translated.
fn finish_word(raw: &str) -> &str {
    match raw.rsplit('.').next().unwrap_or_default() {
        "1" => "STOP",
        "2" => "MAX_TOKENS",
        "3" => "SAFETY",
        "4" => "RECITATION",
        word => word,
    }
}
