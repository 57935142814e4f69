//! Bedrock bodies that bill tokens and state none: Mistral, Command R, Jurassic, Nova embeddings,
//! Rerank, Retrieve, RetrieveAndGenerate. Bedrock counts them in the headers `X-Amzn-Bedrock-*-Token-Count`,
//! or nowhere, so each is an unknown, never a zero.

use super::{Adapter, Context, Reader, Reading, bedrock, probe, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// `{"outputs":[{"text":…,"stop_reason":"…"}]}`, `{"completions":[{"data":…}]}` …
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.uncounted",
    docs: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html",
    recognizes: |body| shape(body).is_some(),
    reader: Reader::Body(read),
};

struct Shape {
    modality: &'static str,
    operation: &'static str,
    /// Where its text is, and where it says why it stopped.
    text: &'static str,
    reason: &'static str,
    is: fn(&Object<'_>) -> bool,
}

const SHAPES: &[Shape] = &[
    Shape {
        modality: "text",
        operation: "completion",
        text: "/outputs/0/text",
        reason: "/outputs/0/stop_reason",
        is: |body| {
            probe::only(body, &["outputs"])
                && probe::first(body, "outputs").is_some_and(|output| output.has("stop_reason"))
        },
    },
    Shape {
        modality: "text",
        operation: "completion",
        text: "/text",
        reason: "/finish_reason",
        is: |body| probe::only(body, &["text", "finish_reason"]) && body.has("finish_reason"),
    },
    Shape {
        modality: "text",
        operation: "completion",
        text: "/completions/0/data/text",
        reason: "/completions/0/finishReason/reason",
        is: |body| probe::first(body, "completions").is_some_and(|first| first.has("data")),
    },
    Shape {
        modality: "embedding",
        operation: "embedding",
        text: "",
        reason: "",
        is: |body| probe::first(body, "embeddings").is_some_and(|first| first.has("embeddingType")),
    },
    Shape {
        modality: "rerank",
        operation: "rerank",
        text: "",
        reason: "",
        is: |body| probe::first(body, "results").is_some_and(|first| first.has("relevanceScore")),
    },
    // The question was embedded; of how many tokens, nothing says.
    Shape {
        modality: "embedding",
        operation: "retrieval",
        text: "",
        reason: "",
        is: |body| {
            probe::first(body, "retrievalResults")
                .is_some_and(|first| first.has("content") && first.has("location"))
        },
    },
    Shape {
        modality: "text",
        operation: "chat",
        text: "/output/text",
        reason: "",
        is: |body| {
            body.names("citations")
                && body.is_kind("sessionId", Kind::String)
                && probe::object(body, "output").is_some_and(|output| output.names("text"))
        },
    },
];

fn shape(body: &Object<'_>) -> Option<&'static Shape> {
    SHAPES.iter().find(|shape| (shape.is)(body))
}

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let Some(shape) = shape(body) else {
        return Err(Fault::new("is of no known shape"));
    };
    let mut record = bedrock::record(shape.modality, shape.operation);
    let at = |pointer: &str| {
        Some(pointer)
            .filter(|p| !p.is_empty())
            .and_then(|p| body.raw().at(p))
    };
    record.finished(at(shape.reason).and_then(Raw::string));
    if let Some(text) = at(shape.text) {
        shared::Counted {
            chars: text.char_count(),
            tool_calls: 0,
        }
        .state(&mut record);
    }
    record.gap("the response does not state its usage");
    Ok(record.into())
}
