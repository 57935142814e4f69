//! Chat completions, streamed. <https://platform.openai.com/docs/api-reference/chat-streaming>
//!
//! OpenAI sends usage in a last chunk without choices, and only if it was asked to; others send it
//! with the last piece of content, and some with every chunk, cumulative. The last usage that is
//! not `null` counts: never a sum, never a maximum.
//!
//! Perplexity calls its chunks `chat.completion` as well; a `delta` tells them from whole bodies.
//! Its whole bodies hold one too, and are then read as a stream of one chunk, with the same result.

use super::openai_fold::Stream;
use super::{Adapter, Chunk, Reader, StreamReader, openai_fold};
use crate::json::{Kind, Object};

/// One chunk of a streamed chat completion.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.chat_stream",
    docs: "https://platform.openai.com/docs/api-reference/chat-streaming",
    recognizes,
    reader: Reader::Stream(StreamReader {
        chunk,
        open: || Box::new(Stream::of("chat")),
    }),
};

fn recognizes(chunk: &Object<'_>) -> bool {
    if chunk.is("object", "chat.completion.chunk") || chunk.is("object", "chat.completion.done") {
        return true;
    }
    let Some(choices) = chunk
        .peek("choices")
        .filter(|choices| choices.kind() == Kind::Array)
    else {
        return false;
    };
    let unnamed = !chunk.has("object") || chunk.is("object", "");
    if unnamed && choices.elements().next().is_none() {
        return chunk.names("model");
    }
    (unnamed || chunk.is("object", "chat.completion")) && choices.at("/0/delta").is_some()
}

fn chunk(chunk: &Object<'_>) -> Chunk {
    let about = openai_fold::about(chunk);
    Chunk {
        closes: about.closes || chunk.is("object", "chat.completion.done"),
        ..about
    }
}
