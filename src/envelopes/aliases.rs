//! Header fields under the names that developers give them: what a row or an application's own line
//! says of a call, without a format that describes it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::place::{Unit, push_step};
use super::said::{LONGEST_NAME, Said};
use super::target::Target;
use super::written;
use crate::error::Result;
use crate::json::{Kind, Names, Object, Raw, plain};
use crate::usage::Field;

/// The names of header fields, without regard to case and punctuation.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    by_name: BTreeMap<String, Arc<[Meaning]>>,
}

/// The names that come with llmcost, as they are written.
pub const BUILTIN: &str = include_str!("builtin/aliases.toml");

/// What a name means: the target, how good the name is for it, and the unit.
type Meaning = (Target, usize, Option<Unit>);

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
        let formats = written::parse(BUILTIN, false)?;
        let mut by_name: BTreeMap<String, Vec<Meaning>> = BTreeMap::new();
        for (target, places) in formats.into_iter().flat_map(|format| format.states) {
            for (rank, place) in places.into_iter().enumerate() {
                let meanings = by_name.entry(plain(place.as_written()));
                let meaning = (target.clone(), rank, place.unit);
                meanings.or_default().push(meaning);
            }
        }
        let by_name = by_name.into_iter();
        let by_name = by_name.map(|(name, meanings)| (name, meanings.into()));
        Ok(Self {
            by_name: by_name.collect(),
        })
    }

    /// What a name means alone.
    fn meanings(&self, name: &str) -> Option<Arc<[Meaning]>> {
        // There are no aliases but those that are built in, so that a name alone decides.
        thread_local! { static KNOWN: Names<Option<Arc<[Meaning]>>> = const { Names::new() }; }
        let find = |name: &str| self.by_name.get(&plain(name)).cloned();
        KNOWN.with(|known| known.of(name, find))
    }

    /// Whether a name says anything, of its own value or of what is inside of it.
    pub fn knows(&self, name: &str) -> bool {
        self.meanings(name).is_some() || is_holder(name)
    }

    /// What a name at the top states: the targets, each with its unit and how good the name is for it.
    pub fn stated_by(&self, name: &str) -> Vec<(Target, Option<Unit>, usize)> {
        let meanings = self.meanings(name);
        let meanings = meanings.iter().flat_map(|meanings| meanings.iter());
        let turned = meanings.map(|(target, rank, unit)| (target.clone(), *unit, *rank));
        turned.collect()
    }

    /// States what an object says under the usual names; `base` is its JSON pointer.
    pub fn state(&self, object: &Object<'_>, base: &str, said: &mut Said) {
        let mut hits = Vec::new();
        self.collect(object, "", &mut hits);
        let inner: Vec<(&str, Object<'_>)> = object
            .entries()
            .filter(|(name, value)| value.kind() == Kind::Object && is_holder(name))
            .filter_map(|(name, value)| Some((name, value.object()?)))
            .collect();
        for (name, inner) in &inner {
            self.collect(inner, name, &mut hits);
        }
        hits.sort_by_key(|hit| hit.rank);
        let mut place = String::new();
        for hit in hits {
            let Some(word) = hit.value.text() else {
                continue;
            };
            hit.place(base, &mut place);
            if hit.fits(&word) {
                said.state(&hit.target, &word, hit.unit, &place);
            } else {
                said.leave_out(&hit.target, &word, &place);
            }
        }
    }

    /// Everything in an object that has a usual name, alone or joined with its holder's.
    fn collect<'o>(&self, object: &'o Object<'_>, holder: &'o str, hits: &mut Vec<Hit<'o>>) {
        let mut joined = String::new();
        for (name, value) in object.entries() {
            if !matches!(value.kind(), Kind::String | Kind::Number | Kind::Bool) {
                continue;
            }
            let mut meanings = None;
            if !holder.is_empty() {
                joined.clear();
                joined.extend([holder, name]);
                meanings = self.meanings(&joined);
            }
            // Inside of a holder that has a meaning of its own, `id` is not the record's.
            let meanings = meanings.or_else(|| self.meanings(name));
            let far = if holder.is_empty() { 0 } else { FAR };
            for (target, rank, unit) in meanings.iter().flat_map(|meanings| meanings.iter()) {
                hits.push(Hit {
                    target: target.clone(),
                    rank: rank + far,
                    unit: *unit,
                    value,
                    holder,
                    name,
                });
            }
        }
    }
}

/// Whether fields of an object of this name are taken for those of the object around it.
fn is_holder(name: &str) -> bool {
    thread_local! { static KNOWN: Names<bool> = const { Names::new() }; }
    KNOWN.with(|known| known.of(name, |name| HOLDERS.contains(&plain(name).as_str())))
}

/// How much worse a name inside of a holder is than any name beside it.
const FAR: usize = 1000;

/// More words are somebody's text: `{"user":"What is …"}` is a chat, not a name.
const MOST_WORDS: usize = 3;

/// Something under a usual name.
struct Hit<'o> {
    target: Target,
    rank: usize,
    unit: Option<Unit>,
    value: Raw<'o>,
    holder: &'o str,
    name: &'o str,
}

impl Hit<'_> {
    /// Whether a word may be what the name says. Texts of errors are cleaned and cut elsewhere.
    fn fits(&self, word: &str) -> bool {
        let is_error = self.target == Target::Field(Field::ErrorMessage);
        let is_one_word = || word.bytes().all(|byte| byte.is_ascii_graphic());
        let are_few = || is_one_word() || word.split_whitespace().count() <= MOST_WORDS;
        is_error || word.len() <= LONGEST_NAME && are_few()
    }

    /// Where it stands, from the pointer of the object.
    fn place(&self, base: &str, place: &mut String) {
        place.clear();
        place.push_str(base);
        if !self.holder.is_empty() {
            push_step(self.holder, place);
        }
        push_step(self.name, place);
    }
}
