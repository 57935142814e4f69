//! Header fields under the names that developers give them: what a row or an application's own line
//! says of a call, without a format that describes it.

use std::collections::BTreeMap;

use super::place::{Unit, step_text};
use super::said::{LONGEST_NAME, Said, Target};
use super::written;
use crate::error::Result;
use crate::json::{Kind, Object, Raw, plain, plain_after};
use crate::usage::Field;

/// The names of header fields, without regard to case and punctuation.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    /// What a name means: the target, how good the name is for it, and the unit.
    by_name: BTreeMap<String, Vec<(Target, usize, Option<Unit>)>>,
}

/// Objects whose fields are taken for fields of the object around them.
const HOLDERS: &[&str] = &[
    "metadata",
    "meta",
    "ctx",
    "context",
    "extra",
    "fields",
    "labels",
    "attributes",
    "properties",
    "tags",
    "user",
    "timing",
    "timings",
    "latency",
    "info",
    "trace",
    "session",
    "service",
    "http",
    "error",
    "err",
    "headers",
];

impl Aliases {
    /// The names that come with llmcost.
    ///
    /// # Errors
    /// Never in a released build: a test reads the same text.
    pub fn builtin() -> Result<Self> {
        let formats = written::parse(include_str!("builtin/aliases.toml"), false)?;
        let mut aliases = Self::default();
        for (target, places) in formats.into_iter().flat_map(|format| format.states) {
            for (rank, place) in places.into_iter().enumerate() {
                let meanings = aliases.by_name.entry(plain(&place.as_written()));
                let meaning = (target.clone(), rank, place.unit);
                meanings.or_default().push(meaning);
            }
        }
        Ok(aliases)
    }

    /// States what an object says under the usual names; `base` is its JSON pointer.
    pub fn state(&self, object: &Object<'_>, base: &str, said: &mut Said) {
        let mut hits = Vec::new();
        self.collect(object, "", base, &mut hits);
        for (name, value) in object.entries() {
            if value.kind() == Kind::Object
                && HOLDERS.contains(&plain(name).as_str())
                && let Some(inner) = value.object()
            {
                let base = format!("{base}{}", step_text(name));
                self.collect(&inner, name, &base, &mut hits);
            }
        }
        hits.sort_by_key(|hit| hit.rank);
        for hit in hits {
            match hit.value.word() {
                Some(word) if hit.fits(&word) => {
                    said.state(hit.target, &word, hit.unit, &hit.place);
                }
                Some(word) => said.leave_out(hit.target, &word, &hit.place),
                None => {}
            }
        }
    }

    /// Everything in an object that has a usual name, alone or joined with its holder's.
    fn collect<'s, 'a>(
        &'s self,
        object: &Object<'a>,
        holder: &str,
        base: &str,
        hits: &mut Vec<Hit<'s, 'a>>,
    ) {
        let joined = !holder.is_empty();
        let mut word = String::new();
        for (name, value) in object.entries() {
            if !matches!(value.kind(), Kind::String | Kind::Number | Kind::Bool) {
                continue;
            }
            word.clear();
            plain_after(name, &mut word);
            let alone = self.by_name.get(&word);
            word.clear();
            plain_after(holder, &mut word);
            plain_after(name, &mut word);
            let with_holder = self.by_name.get(&word).filter(|_| joined);
            // Inside of a holder that has a meaning of its own, `id` is not the record's.
            let alone = alone.filter(|_| with_holder.is_none());
            for (target, rank, unit) in with_holder.into_iter().chain(alone).flatten() {
                let far = if joined { FAR } else { 0 };
                hits.push(Hit {
                    target,
                    rank: rank + far,
                    unit: *unit,
                    value,
                    place: format!("{base}{}", step_text(name)),
                });
            }
        }
    }
}

/// How much worse a name inside of a holder is than any name beside it.
const FAR: usize = 1000;

/// More words are somebody's text: `{"user":"What is …"}` is a chat, not a name.
const MOST_WORDS: usize = 3;

impl Hit<'_, '_> {
    /// Whether a word may be what the name says. Texts of errors are cleaned and cut elsewhere.
    fn fits(&self, word: &str) -> bool {
        let is_error = *self.target == Target::Field(Field::ErrorMessage);
        is_error || word.len() <= LONGEST_NAME && word.split_whitespace().count() <= MOST_WORDS
    }
}

struct Hit<'s, 'a> {
    target: &'s Target,
    rank: usize,
    unit: Option<Unit>,
    value: Raw<'a>,
    place: String,
}
