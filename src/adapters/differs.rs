//! What differs from one response of a shape to the next although both are read alike, beside its id, its time
//! and its counts.

pub use super::row::looks_at as row_looks_at;
pub use super::shared::Counted;
use super::{agents, anthropic_messages, openai_chat, openai_responses};
use crate::json::Raw;
use crate::usage::Field;

/// What content amounts to; what else of it matters is added to the key. Nothing where that cannot be told.
pub type Reads = fn(content: Raw<'_>, key: &mut Vec<u8>) -> Option<Counted>;

/// Where a shape keeps its content, and what is read of it.
#[derive(Debug)]
pub struct Differs {
    /// The adapter.
    pub(super) adapter: &'static str,
    /// The field of its time.
    pub created: &'static str,
    /// The field of the time when it was complete, from which it is told how long that took.
    pub completed: &'static str,
    /// The field of the content.
    pub content: &'static str,
    /// Whether the key says which names stand at the top of the content, by which streams are told.
    pub names: bool,
    /// What the content amounts to, where nothing else of it matters than what is written into the key;
    /// nothing where nobody looks at it.
    pub read: Option<Reads>,
    /// The line around the response, where it is one of a transcript.
    pub line: Option<Line>,
}

/// What differs from one line of a transcript to the next around a response whose id is strong. What is not
/// named here nobody looks at.
#[derive(Debug)]
pub struct Line {
    /// The field of the response.
    pub message: &'static str,
    /// The field of its time.
    pub time: &'static str,
    /// The field that names the session; a line without it is none of these.
    pub session: &'static str,
    /// Fields of words that are taken over, and as what.
    pub words: &'static [(&'static str, Field)],
    /// Fields that must be the same.
    pub same: &'static [&'static str],
}

impl PartialEq for Differs {
    fn eq(&self, other: &Self) -> bool {
        self.adapter == other.adapter
    }
}

impl Eq for Differs {}

/// The shapes of which it is known: their header is nothing but an id, a model and a time that are taken over.
const ALL: &[Differs] = &[
    Differs {
        adapter: openai_chat::ADAPTER.id,
        created: "created",
        completed: "",
        content: "choices",
        names: true,
        read: Some(openai_chat::content),
        line: None,
    },
    Differs {
        adapter: anthropic_messages::ADAPTER.id,
        created: "",
        completed: "",
        content: "content",
        names: false,
        read: Some(anthropic_messages::content),
        line: None,
    },
    Differs {
        adapter: openai_responses::ADAPTER.id,
        created: "created_at",
        completed: "completed_at",
        content: "output",
        names: false,
        read: Some(openai_responses::content),
        line: None,
    },
    agents::CLAUDE_CODE,
];

/// What differs in a shape, by the name of its adapter.
pub fn differs(adapter: &str) -> Option<&'static Differs> {
    ALL.iter().find(|one| one.adapter == adapter)
}
