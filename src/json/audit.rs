//! What is kept of a usage object for audit: numbers, flags and known enum words; and what nobody has read
//! of one.

use super::object::Field;
use super::way::{joined, way};
use super::{Kind, Object, Raw, is_printable, looks_numeric, printable};

/// Deepest nesting of a usage object that is kept for audit.
const DEEPEST_AUDIT: usize = 8;
/// Room that is made at once for what is kept of one.
const LONGEST_KEPT: usize = 1 << 10;
/// Longest number in a string that is kept.
const LONGEST_NUMBER: usize = 64;

/// Enum words that providers put inside usage objects; nothing else that is text is kept.
const KNOWN_WORDS: &[&str] = &[
    "standard",
    "default",
    "auto",
    "flex",
    "priority",
    "batch",
    "scale",
    "fast",
    "ultrafast",
    "on_demand",
    "performance",
    "provisioned",
    "reserved",
    "ON_DEMAND",
    "ON_DEMAND_FLEX",
    "ON_DEMAND_PRIORITY",
    "PROVISIONED_THROUGHPUT",
    "TEXT",
    "IMAGE",
    "AUDIO",
    "VIDEO",
    "DOCUMENT",
    "text",
    "image",
    "audio",
    "video",
    "document",
    "tokens",
    "duration",
    "global",
    "us",
    "eu",
    "not_available",
    "message",
    "compaction",
    "advisor_message",
    "fallback_message",
    "low",
    "medium",
    "high",
    "5m",
    "1h",
    "USD",
    "google_search",
    "google_maps",
];

impl Object<'_> {
    /// The object with only its numbers, flags and known enum words left, for audit.
    pub fn numbers_only(&self) -> String {
        let mut kept = String::with_capacity(self.text.len().min(LONGEST_KEPT));
        keep_fields(self, &mut kept, DEEPEST_AUDIT);
        kept
    }

    /// Paths of the fields that hold something and that nobody has read or ignored.
    pub fn unread(&self) -> Vec<String> {
        self.looked.set(true);
        let is_unread = |field: &&Field<'_>| !field.read.get() && field.value.kind() != Kind::Null;
        let mut unread = self.fields.iter().filter(is_unread).peekable();
        if unread.peek().is_none() {
            return Vec::new();
        }
        let way = way(self.root, self.text);
        unread
            .map(|field| joined(&way, &printable(&field.name)))
            .collect()
    }
}

pub(super) fn keep_numbers(value: Raw<'_>, kept: &mut String, depth: usize) {
    match value.kind() {
        Kind::Number | Kind::Bool | Kind::Null => kept.push_str(value.0),
        Kind::String => {
            let inner = value.digits().unwrap_or_default();
            let known = KNOWN_WORDS.contains(&inner)
                || looks_numeric(inner) && inner.len() <= LONGEST_NUMBER;
            kept.push_str(if known { value.0 } else { "\"…\"" });
        }
        Kind::Object | Kind::Array if depth == 0 => kept.push_str("null"),
        Kind::Array => {
            kept.push('[');
            for (index, element) in value.elements().enumerate() {
                if index > 0 {
                    kept.push(',');
                }
                keep_numbers(element, kept, depth - 1);
            }
            kept.push(']');
        }
        Kind::Object => match value.object() {
            Some(object) => keep_fields(&object, kept, depth),
            None => kept.push_str("{}"),
        },
    }
}

/// The same of an object that has been taken apart. `depth` is not zero.
fn keep_fields(object: &Object<'_>, kept: &mut String, depth: usize) {
    // In the order of their names, so that reordered copies of a response are equal.
    let mut fields: Vec<(&str, Raw<'_>)> = object.entries().collect();
    fields.sort_unstable_by_key(|(name, _)| *name);
    kept.push('{');
    for (index, (name, field)) in fields.into_iter().enumerate() {
        if index > 0 {
            kept.push(',');
        }
        kept.push('"');
        if is_printable(name) {
            kept.push_str(name);
        } else {
            kept.push_str(&printable(name));
        }
        kept.push_str("\":");
        keep_numbers(field, kept, depth - 1);
    }
    kept.push('}');
}
