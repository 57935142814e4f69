//! What differs from one response of a shape to the next although both are read alike, beside its id, its time
//! and its counts.

pub use super::row::looks_at as row_looks_at;
pub use super::shared::Counted;
use super::{anthropic_messages, openai_chat, openai_responses};
use crate::json::Raw;

/// Where a shape keeps its content, and what is read of it.
#[derive(Debug)]
pub struct Differs {
    /// The adapter.
    adapter: &'static str,
    /// The field of its time.
    pub created: &'static str,
    /// The field of the time when it was complete, from which it is told how long that took.
    pub completed: &'static str,
    /// The field of the content.
    pub content: &'static str,
    /// Whether the key says which names stand at the top of the content, by which streams are told.
    pub names: bool,
    /// What the content amounts to, where nothing else of it matters than what is written into the key.
    pub read: fn(Raw<'_>, &mut Vec<u8>) -> Option<Counted>,
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
        read: openai_chat::content,
    },
    Differs {
        adapter: anthropic_messages::ADAPTER.id,
        created: "",
        completed: "",
        content: "content",
        names: false,
        read: anthropic_messages::content,
    },
    Differs {
        adapter: openai_responses::ADAPTER.id,
        created: "created_at",
        completed: "completed_at",
        content: "output",
        names: false,
        read: openai_responses::content,
    },
];

/// What differs in a shape, by the name of its adapter.
pub fn differs(adapter: &str) -> Option<&'static Differs> {
    ALL.iter().find(|one| one.adapter == adapter)
}
