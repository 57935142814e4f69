//! Response body → usage record. One file per response shape; the table below is all there is to
//! register.
//!
//! An adapter is a record of facts and one or two functions. A *body* adapter reads one whole
//! response. A *stream* adapter folds the chunks of a streamed response, wherever they stand (SSE,
//! one per line, in an array), into the same records. The first adapter that recognises a value
//! reads it, so more specific shapes stand above more general ones.
//!
//! The transcripts of coding agents stand apart in `agents`: their lines mean something only
//! together, and they look like envelopes, so they are asked before these.

mod agents;
mod anthropic;
mod anthropic_merge;
mod anthropic_parts;
mod attribution;
mod bedrock;
mod cohere;
mod differs;
mod google;
mod google_modality;
mod google_usage;
mod modal_usage;
mod openai;
mod openai_charges;
mod openai_counts;
mod openai_fold;
mod openai_usage;
mod probe;
mod realtime_events;
mod responses_attribution;
mod responses_images;
mod responses_searches;
mod responses_tools;
mod row_counts;
mod row_names;
mod search;
mod shared;
mod stated_cost;
mod streams;
mod traces;
mod transcription;
mod transcripts;
mod vendors;
mod xai;

use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Facts, Field, UsageRecord};

pub use agents::AGENTS;
pub use differs::{Counted, Differs, Line, differs, row_looks_at};
pub use streams::{Closed, Streams};
pub use traces::TRACES;
pub use transcripts::{Late, Transcript};

/// Reads one response shape.
pub struct Adapter {
    /// `provider.shape`; also the name of its fixture folder.
    pub id: &'static str,
    /// The provider's page that documents the shape.
    pub docs: &'static str,
    /// Whether a value is of this shape. Cheap: it looks at names and short words only.
    pub recognizes: fn(&Object<'_>) -> bool,
    /// How it is read.
    pub reader: Reader,
}

impl Adapter {
    /// Whether it reads rows: shapes so plain that a response beside them says more.
    pub fn is_row(&self) -> bool {
        matches!(self.reader, Reader::Row(_))
    }
}

/// How an adapter reads what it recognises.
pub enum Reader {
    /// The value is a whole response.
    Body(fn(&Object<'_>, &Context<'_>) -> Result<Reading, Fault>),
    /// The value is one chunk of a streamed response.
    Stream(StreamReader),
    /// The value is a row of counters: its header fields stand beside them under usual names.
    Row(fn(&Object<'_>, &Context<'_>) -> Result<Reading, Fault>),
    /// The value is known and bills nothing; the word is the kind of what is ignored.
    Ignore(&'static str),
    /// The value is a part of a transcript, whose values mean something only together.
    Transcript(fn() -> Box<dyn Transcript>),
}

/// How the chunks of a stream belong together.
pub struct StreamReader {
    /// What a chunk says about the stream it belongs to.
    pub chunk: fn(&Object<'_>) -> Chunk,
    /// Begins a stream.
    pub open: fn() -> Box<dyn Fold>,
}

/// What a chunk says about its stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chunk {
    /// The id of the response it is a part of, where chunks carry one.
    pub id: Option<String>,
    /// It begins a response: an open one without an id ends before it.
    pub opens: bool,
    /// It ends the response.
    pub closes: bool,
}

/// The state of one streamed response.
pub trait Fold {
    /// Takes the next chunk.
    ///
    /// # Errors
    /// When a count in it cannot be read; the stream is then rejected as a whole.
    fn push(&mut self, chunk: &Object<'_>) -> Result<(), Fault>;

    /// The records of the response, as far as its chunks tell.
    ///
    /// # Errors
    /// When the chunks contradict each other.
    fn finish(self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault>;

    /// Whether what it took so far is a whole response. Asked only outside of a recorded event
    /// stream, where the next chunk may belong to another call.
    fn ended(&self) -> bool {
        false
    }

    /// Whether nothing but an opening was taken, so that opening the same response again (a retry
    /// of a gateway) replaces it.
    fn replaceable(&self) -> bool {
        false
    }

    /// Whether it takes chunks that this other adapter recognised, such as an error in its midst.
    fn joins(&self, adapter: &str) -> bool {
        let _ = adapter;
        false
    }
}

/// What an adapter makes of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// What was consumed: one record per priced model, the main one first.
    Records(Vec<UsageRecord>),
    /// It bills nothing; the word is its kind.
    Ignored(String),
    /// Several responses that stand side by side in one document, each for itself.
    Each(Vec<Entry>),
}

/// One of several responses in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// JSON pointer to it inside the document.
    pub pointer: String,
    /// What it says, or why it cannot be read.
    pub reading: Result<Reading, Fault>,
}

impl From<UsageRecord> for Reading {
    fn from(record: UsageRecord) -> Self {
        Self::Records(vec![record])
    }
}

impl Reading {
    /// A part of something that is read when all of it is known.
    pub fn kept() -> Self {
        Self::Records(Vec::new())
    }

    /// Something that bills nothing.
    pub fn ignored(kind: &str) -> Self {
        Self::Ignored(kind.to_owned())
    }
}

/// What is known about a response from outside of it: envelope facts, then `--set` options. They
/// fill only what the body does not say.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    facts: &'a Facts,
    more: Option<&'a Facts>,
    settings: &'a std::collections::BTreeMap<String, String>,
    path: &'a str,
}

impl<'a> Context<'a> {
    /// A context of envelope facts and of settings that are no header field (`seconds`, `size` …).
    pub fn new(facts: &'a Facts, settings: &'a std::collections::BTreeMap<String, String>) -> Self {
        Self {
            facts,
            more: None,
            settings,
            path: "",
        }
    }

    /// Says what else is known, where the facts do not say it.
    #[must_use]
    pub fn or(self, more: &'a Facts) -> Self {
        let more = Some(more);
        Self { more, ..self }
    }

    /// Says where the source is: the names of some transcripts stand in their path only.
    #[must_use]
    pub fn at(self, path: &'a str) -> Self {
        Self { path, ..self }
    }

    /// The name of the file (0), of the directory it is in (1), and so on outward.
    pub fn path_part(&self, outward: usize) -> Option<&'a str> {
        let part = self.path.rsplit(['/', '\\']).nth(outward)?;
        (!part.is_empty() && part != "-").then_some(part)
    }

    /// A header field as known from outside.
    pub fn text(&self, field: Field) -> Option<&'a str> {
        let more = || self.more?.get_text(field);
        self.facts.get_text(field).or_else(more)
    }

    /// A setting that is no header field.
    pub fn setting(&self, name: &str) -> Option<&'a str> {
        self.settings.get(name).map(String::as_str)
    }

    /// A setting that is a quantity, such as `seconds`.
    pub fn quantity(&self, name: &str) -> Option<Quantity> {
        self.setting(name)
            .and_then(|text| Quantity::parse(text).ok())
    }

    /// The model: what the body says, else what is known from outside.
    pub fn model(&self, stated: Option<&str>) -> Option<String> {
        let outside = || {
            self.text(Field::ResponseModel)
                .or_else(|| self.text(Field::RequestedModel))
        };
        stated.or_else(outside).map(str::to_owned)
    }
}

macro_rules! adapters {
    ($($module:ident)*) => {
        $(mod $module;)*
        /// Every adapter, in the order in which they are asked.
        pub const ADAPTERS: &[&Adapter] = &[$(&$module::ADAPTER,)*];
    };
}

adapters! {
    openai_realtime
    openai_responses_stream
    openai_images_stream
    openai_transcription_stream
    openai_speech_stream
    openai_run_stream
    anthropic_stream
    anthropic_messages
    openai_chat_stream
    openai_chat
    openai_completion_stream
    openai_completion
    openai_embeddings
    openai_moderation
    anthropic_completion
    anthropic_error
    anthropic_objects
    google_live
    google_generate
    google_interaction_stream
    google_interaction
    google_embed
    google_predict
    google_operation
    google_error
    google_objects
    bedrock_converse
    bedrock_converse_stream
    bedrock_titan
    bedrock_llama
    bedrock_guardrail
    bedrock_uncounted
    bedrock_invoke_stream
    bedrock_images
    bedrock_event
    bedrock_agent
    aws_error
    cohere_chat
    cohere_chat_stream
    cohere_chat_v1
    cohere_chat_v1_stream
    cohere_generate
    cohere_embed
    cohere_rerank
    cohere_classify
    rerank
    mistral_ocr
    mistral_conversations
    mistral_conversation_stream
    mistral_error
    ollama
    ollama_embed
    llamacpp
    tgi
    tgi_stream
    watsonx
    watsonx_embed
    aleph_alpha
    replicate
    runway
    venice_image
    deepgram
    elevenlabs_stt
    assemblyai
    revai
    gladia
    serper
    tavily
    exa
    brave
    perplexity_search
    catalogue
    openai_responses
    openai_compaction
    openai_run
    openai_video
    xai_video
    openai_images
    openai_transcription
    openai_objects
    openai_error
    row
}

/// Every adapter: transcripts, traces, then responses.
pub fn all() -> impl Iterator<Item = &'static Adapter> {
    AGENTS.iter().chain(TRACES).chain(ADAPTERS).copied()
}

/// The adapters of transcripts and traces, in the order in which they are asked.
pub fn transcripts() -> impl Iterator<Item = &'static Adapter> {
    AGENTS.iter().chain(TRACES).copied()
}

/// The adapter whose transcript or trace a value is a part of, if any.
pub fn recognize_transcript(value: &Object<'_>) -> Option<&'static Adapter> {
    transcripts().find(|adapter| (adapter.recognizes)(value))
}

/// The adapter that reads a value, if any.
pub fn recognize(value: &Object<'_>) -> Option<&'static Adapter> {
    ADAPTERS
        .iter()
        .copied()
        .find(|adapter| (adapter.recognizes)(value))
}

/// Reads a row that a format has put together.
///
/// # Errors
/// When a count in it cannot be read.
pub fn read_row(row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    row::read(row, context)
}
