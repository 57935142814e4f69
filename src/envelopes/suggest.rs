//! What a value of an unknown format seems to say: its fields by name and kind, and which of them may
//! be what. Names and kinds only, never what a text says.

use std::collections::BTreeSet;

use super::place::step_text;
use super::slots::is_decoy;
use crate::json::{Kind, Object, Raw};
use crate::usage::Timestamp;

/// Deepest nesting that is listed.
const DEEPEST: usize = 4;
/// Fields that are listed, at most.
const MOST: usize = 80;
/// Longer texts are no names and no ids.
const LONGEST_WORD: u64 = 128;

/// A field of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// JSON pointer to it.
    pub pointer: String,
    /// What stands there.
    pub sort: LeafSort,
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafSort {
    /// A number, or a string that holds one.
    Number,
    /// Something that reads as a time.
    Time,
    /// A short text.
    Word,
    /// A long text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A list.
    List,
}

impl LeafSort {
    /// The word that is shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Time => "time",
            Self::Word => "word",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::List => "list",
        }
    }
}

/// What may be mapped, the sort that it must be of, and words by which it is known, best first.
const SUGGESTIONS: &[(&str, LeafSort, &[&str])] = &[
    (
        "model",
        LeafSort::Word,
        &["model", "engine", "deployment", "llm"],
    ),
    (
        "input",
        LeafSort::Number,
        &["input", "prompt", "in", "read", "sent"],
    ),
    (
        "output",
        LeafSort::Number,
        &[
            "output",
            "completion",
            "out",
            "generated",
            "written",
            "received",
            "answer",
            "response",
            "reply",
        ],
    ),
    ("cached", LeafSort::Number, &["cached", "cache"]),
    ("cost", LeafSort::Number, &["cost", "price", "usd", "spend"]),
    (
        "time",
        LeafSort::Time,
        &["timestamp", "time", "ts", "at", "date", "when"],
    ),
    (
        "provider",
        LeafSort::Word,
        &["provider", "vendor", "backend"],
    ),
    (
        "user",
        LeafSort::Word,
        &[
            "user",
            "uid",
            "username",
            "caller",
            "email",
            "owner",
            "member",
            "who",
            "principal",
            "actor",
            "login",
            "person",
        ],
    ),
    (
        "tenant",
        LeafSort::Word,
        &[
            "tenant",
            "org",
            "organization",
            "team",
            "account",
            "workspace",
            "customer",
            "company",
            "project",
        ],
    ),
    (
        "request_id",
        LeafSort::Word,
        &["request", "req", "trace", "correlation", "call"],
    ),
    (
        "conversation",
        LeafSort::Word,
        &["conversation", "session", "thread", "chat"],
    ),
];

/// The fields of a value that may be mapped.
pub fn leaves(object: &Object<'_>) -> Vec<Leaf> {
    let mut found = Vec::new();
    collect(object, "", DEEPEST, &mut found);
    found.truncate(MOST);
    found
}

fn collect(object: &Object<'_>, base: &str, depth: usize, found: &mut Vec<Leaf>) {
    // A number under the name of a text is the count of its tokens.
    let told = |(name, value): &(&str, Raw<'_>)| !is_decoy(name) || value.kind() == Kind::Number;
    for (name, value) in object.entries().filter(told) {
        let pointer = format!("{base}{}", step_text(name));
        match (value.kind(), value.object()) {
            (_, Some(inner)) if depth > 1 => collect(&inner, &pointer, depth - 1, found),
            (Kind::Object | Kind::Null, _) => {}
            (Kind::Array | Kind::String | Kind::Number | Kind::Bool, _) => {
                let sort = sort_of(value);
                found.push(Leaf { pointer, sort });
            }
        }
    }
}

fn sort_of(value: Raw<'_>) -> LeafSort {
    let word = value.word().unwrap_or_default();
    let number = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".-".contains(&byte));
    match value.kind() {
        Kind::Array | Kind::Object | Kind::Null => LeafSort::List,
        Kind::Bool => LeafSort::Flag,
        Kind::Number | Kind::String if word.len() > 9 && Timestamp::parse(&word).is_some() => {
            LeafSort::Time
        }
        Kind::Number => LeafSort::Number,
        Kind::String if number => LeafSort::Number,
        Kind::String if value.char_count() > LONGEST_WORD => LeafSort::Text,
        Kind::String => LeafSort::Word,
    }
}

/// What the fields may be: names of formats and of `--map`, each with a place. Fields that are `taken`
/// are left out.
pub fn suggest(leaves: &[Leaf], taken: &BTreeSet<String>) -> Vec<(&'static str, String)> {
    let mut used = taken.clone();
    let mut found = Vec::new();
    for (name, sort, words) in SUGGESTIONS {
        let fits = |leaf: &&Leaf| leaf.sort == *sort && !used.contains(&leaf.pointer);
        let ranked = leaves.iter().filter(fits).filter_map(|leaf| {
            let parts = words_of(&leaf.pointer);
            let (last, before) = parts.split_last()?;
            let near = words
                .iter()
                .position(|word| last.iter().any(|part| part == word));
            let far = words
                .iter()
                .position(|word| before.concat().iter().any(|part| part == word));
            let rank = near.or_else(|| far.map(|far| far + words.len()))?;
            Some((rank, leaf.pointer.clone()))
        });
        if let Some((_, pointer)) = ranked.min_by_key(|(rank, _)| *rank) {
            used.insert(pointer.clone());
            found.push((*name, pointer));
        }
    }
    found
}

/// The words of each step of a pointer: `/ctx/userId` is `ctx` and `user id`.
fn words_of(pointer: &str) -> Vec<Vec<String>> {
    let steps = pointer.split('/').skip(1);
    steps
        .map(|step| {
            let mut words = vec![String::new()];
            for letter in step.chars() {
                if !letter.is_alphanumeric() || letter.is_uppercase() {
                    words.push(String::new());
                }
                if letter.is_alphanumeric()
                    && let Some(word) = words.last_mut()
                {
                    word.extend(letter.to_lowercase());
                }
            }
            words.retain(|word| !word.is_empty());
            words
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_under_the_name_of_a_text_is_its_count() {
        let text = r#"{"engine":"gpt-4o","count":{"prompt":10,"answer":3}}"#;
        let found = suggest(&leaves(&Object::parse(text).unwrap()), &BTreeSet::new());
        assert_eq!(found[1], ("input", "/count/prompt".to_owned()));
        assert_eq!(found[2], ("output", "/count/answer".to_owned()));
    }

    #[test]
    fn fields_are_told_by_their_names_and_kinds() {
        let text = r#"{"when":"2026-11-02T10:00:00Z","llm":{"name":"gpt-4o","tok":{"in":10,"out":20}},"ctx":{"memberId":"u1","org":"acme"},"prompt":"CANARY","list":[1]}"#;
        let leaves = leaves(&Object::parse(text).unwrap());
        let found = suggest(&leaves, &BTreeSet::new());
        assert_eq!(
            found,
            [
                ("model", "/llm/name".to_owned()),
                ("input", "/llm/tok/in".to_owned()),
                ("output", "/llm/tok/out".to_owned()),
                ("time", "/when".to_owned()),
                ("user", "/ctx/memberId".to_owned()),
                ("tenant", "/ctx/org".to_owned()),
            ]
        );
        assert!(!leaves.iter().any(|leaf| leaf.pointer.contains("prompt")));
    }
}
