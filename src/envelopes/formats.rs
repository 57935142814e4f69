//! All formats of a run, and which of them a value is of.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::aliases::{self, Aliases};
use super::format::Format;
use super::place::{Place, Scene, Unit, step_text};
use super::said::{LONGEST_NAME, Said};
use super::target::Target;
use super::when::When;
use super::written;
use crate::error::Result;
use crate::json::{Object, Raw, printable};
use crate::usage::Field;

/// Formats, the user's own first. Those that come with llmcost are read when they are first asked for: a run
/// that has nothing to read does without.
#[derive(Debug, Clone, Default)]
pub struct Formats {
    own: Vec<Format>,
    has_builtin: bool,
    /// Header fields that the user has mapped: they are looked up in every value.
    mapping: Vec<(Target, Vec<Place>)>,
    index: OnceLock<Index>,
}

/// More places than a format has for one target.
const LATE: usize = 10_000;

/// All formats by the names that they need: a value that has none of the names is not looked at any
/// further.
#[derive(Debug, Clone, Default)]
struct Index {
    all: Vec<Format>,
    by_name: BTreeMap<String, Vec<usize>>,
    unnamed: Vec<usize>,
    aliases: Aliases,
}

impl Formats {
    /// The formats that come with llmcost.
    pub fn builtin() -> Self {
        Self {
            has_builtin: true,
            ..Self::default()
        }
    }

    /// Reads a formats file of the user's.
    ///
    /// # Errors
    /// Wrong TOML, unknown keys, unknown header fields.
    pub fn parse(text: &str) -> Result<Vec<Format>> {
        written::parse(text, true)
    }

    /// These formats with the user's own before them. A format of the same name is replaced.
    #[must_use]
    pub fn with_own(mut self, own: Vec<Format>) -> Self {
        self.own
            .retain(|format| !own.iter().any(|new| new.id == format.id));
        self.own.splice(0..0, own);
        self.index = OnceLock::new();
        self
    }

    /// These formats with what `--map NAME=PLACE` options say before them: header fields for every
    /// value, and a format of its own where they say where the response or the counts are.
    ///
    /// # Errors
    /// When an option has no `=`, or a name that nothing has.
    pub fn with_mapping(mut self, options: &[String]) -> Result<Self> {
        let Some(format) = written::of_mapping(options)? else {
            return Ok(self);
        };
        self.mapping.clone_from(&format.states);
        let own = format.is_complete().then_some(format);
        Ok(self.with_own(own.into_iter().collect()))
    }

    /// Whether the user has mapped header fields.
    pub fn has_mapping(&self) -> bool {
        !self.mapping.is_empty()
    }

    /// States the header fields that the user has mapped.
    pub fn state_mapping(&self, scene: Scene<'_, '_>, base: &str, said: &mut Said) {
        state_all(&self.mapping, scene, base, said);
    }

    /// All formats, the user's own first.
    pub fn all(&self) -> &[Format] {
        &self.index().all
    }

    /// A text that is the same where formats read everything alike.
    pub fn told(&self) -> String {
        let mut hash = Sha256::new();
        let builtin = BUILTIN.iter().chain([&aliases::BUILTIN]);
        for text in builtin.filter(|_| self.has_builtin) {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        }
        format!("{:?} {:?} {:?}", self.own, self.mapping, hash.finalize())
    }

    fn index(&self) -> &Index {
        self.index
            .get_or_init(|| Index::of(&self.own, self.has_builtin))
    }

    /// The names of header fields.
    pub(super) fn aliases(&self) -> &Aliases {
        &self.index().aliases
    }

    /// Whether a name is a usual one of a header field, or of what holds some.
    pub fn knows_name(&self, name: &str) -> bool {
        self.aliases().knows(name)
    }

    /// What a name at the top states, in a value of a format or by itself: the targets, each with its unit
    /// and how late it comes. Of two that state the same the earlier one counts, where it says anything.
    pub fn stated_by(
        &self,
        format: Option<&Format>,
        name: &str,
    ) -> Vec<(Target, Option<Unit>, usize)> {
        let mut stated = Vec::new();
        for (target, places) in format.into_iter().flat_map(|format| &format.states) {
            for (rank, place) in places.iter().enumerate() {
                if place.ways().iter().any(|way| *way == [name]) {
                    stated.push((target.clone(), place.unit, rank));
                }
            }
        }
        // All that a format states comes before all that is known by its usual name.
        let late = |(target, unit, rank)| (target, unit, rank + LATE);
        if format.is_none_or(|format| format.aliases) {
            stated.extend(self.aliases().stated_by(name).into_iter().map(late));
        }
        stated
    }

    /// Whether there are formats of the user's own.
    pub fn has_own(&self) -> bool {
        !self.own.is_empty()
    }

    /// Those that may recognise a value of this shape ([`Object::shape`]), by their numbers.
    pub fn candidates(&self, value: &Object<'_>) -> Vec<usize> {
        let may = |at: &usize| {
            let format = self.all().get(*at);
            format.is_some_and(|format| {
                let (is_one, settled) = value.tested(|value| format.recognizes(Scene::of(value)));
                is_one || !settled
            })
        };
        self.named(value).filter(may).collect()
    }

    /// The format that a value is of: the user's own before the built-in ones, what an application
    /// wrote before transport, then the one with the most tests of what is there (of words twice),
    /// then the first.
    pub fn recognize(&self, value: &Object<'_>) -> Option<&Format> {
        self.best(value, self.named(value))
    }

    fn named(&self, value: &Object<'_>) -> impl Iterator<Item = usize> {
        let index = self.index();
        let named = value.keys().filter_map(|name| index.by_name.get(name));
        named.flatten().chain(&index.unnamed).copied()
    }

    /// [`recognize`](Formats::recognize) where all that may are known.
    pub fn best(
        &self,
        value: &Object<'_>,
        candidates: impl Iterator<Item = usize>,
    ) -> Option<&Format> {
        let scene = Scene::of(value);
        let mut best: Option<(bool, bool, usize, usize)> = None;
        for at in candidates {
            let Some(format) = self.all().get(at) else {
                continue;
            };
            let rank = (
                format.own,
                !format.transport,
                format.weight(),
                usize::MAX - at,
            );
            if best.is_none_or(|best| rank > best) && format.recognizes(scene) {
                best = Some(rank);
            }
        }
        best.and_then(|(.., at)| self.all().get(usize::MAX - at))
    }
}

impl Index {
    fn of(own: &[Format], has_builtin: bool) -> Self {
        let mut index = Self {
            all: own.to_vec(),
            ..Self::default()
        };
        if has_builtin {
            // What comes with llmcost is never wrong: a test reads the same text.
            index.aliases = Aliases::builtin().unwrap_or_default();
            let texts = BUILTIN.iter().map(|text| written::parse(text, false));
            let formats = texts.flat_map(Result::unwrap_or_default);
            index
                .all
                .extend(formats.filter(|format| !own.iter().any(|new| new.id == format.id)));
        }
        for (at, format) in index.all.iter().enumerate() {
            let mut needs = format.when.iter().filter_map(When::needs);
            match needs.next() {
                // Without any test nothing is recognised.
                None if format.when.is_empty() => {}
                None => index.unnamed.push(at),
                Some(names) => {
                    for name in names {
                        let list = index.by_name.entry(name.to_owned()).or_default();
                        list.push(at);
                    }
                }
            }
        }
        index
    }
}

/// What is stated where, best place first.
pub type States = [(Target, Vec<Place>)];

/// States what stands at the places of a format or of a mapping; `base` is the pointer of the scene.
pub fn state_all(states: &States, scene: Scene<'_, '_>, base: &str, said: &mut Said) {
    for (target, places) in states {
        for place in places {
            if let Some(every) = target.for_every() {
                state_every(every, place, scene, base, said);
            } else if let Some(word) = place.word(scene) {
                let at = [base, place.as_written()].concat();
                said.state(target, &word, place.unit, &at);
            }
        }
    }
}

/// Labels of one object, at most.
const MOST_LABELS: usize = 32;
/// States every short word of the object that stands at a place, under its own name there.
fn state_every(
    target: fn(String) -> Target,
    place: &Place,
    scene: Scene<'_, '_>,
    base: &str,
    said: &mut Said,
) {
    let Some(found) = place.find(scene) else {
        return;
    };
    // Some keep it as a string that holds JSON.
    let inner = Raw::parse(&found).ok().and_then(Raw::string);
    let text = inner.as_deref().unwrap_or(&found);
    let Ok(object) = Object::parse(text) else {
        return;
    };
    // Header fields have places of their own, and `_name` is the sender's own.
    let label = |name: &str| {
        let other = Field::meant_by(name).is_none() && !name.starts_with('_');
        (other && name.len() <= LONGEST_NAME).then(|| printable(name))
    };
    let words = object
        .entries()
        .filter_map(|(name, value)| Some((label(name)?, value.word()?)));
    let mut kept = 0;
    for (name, word) in words {
        let at = format!("{base}{}{}", place.as_written(), step_text(&name));
        let is_short = word.len() <= LONGEST_NAME && !word.contains('\n');
        if is_short && kept < MOST_LABELS {
            said.state(&target(name), &word, None, &at);
        } else {
            said.leave_out(&target(name), &word, &at);
        }
        kept += usize::from(is_short);
    }
}

/// The built-in formats: one file for each sort of thing.
const BUILTIN: &[&str] = &[
    include_str!("builtin/transport.toml"),
    include_str!("builtin/batch.toml"),
    include_str!("builtin/gateways.toml"),
    include_str!("builtin/cloud.toml"),
    include_str!("builtin/recordings.toml"),
    // The plainest come last: of equals the first wins.
    include_str!("builtin/app.toml"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_llmcost_can_be_read() {
        for text in BUILTIN {
            assert!(!written::parse(text, false).unwrap().is_empty());
        }
        Aliases::builtin().unwrap();
    }

    #[test]
    fn formats_that_read_otherwise_are_told_apart() {
        let mapped = |option: &str| Formats::builtin().with_mapping(&[option.to_owned()]);
        let own = "[[format]]\nname = \"mine\"\nwhen = [\"/x\"]\nresponse = \"/x\"\n";
        let all = [
            Formats::default(),
            Formats::builtin(),
            mapped("user_id=/u").unwrap(),
            mapped("user_id=/v").unwrap(),
            Formats::builtin().with_own(Formats::parse(own).unwrap()),
        ];
        let told: std::collections::BTreeSet<_> = all.iter().map(Formats::told).collect();
        assert_eq!(told.len(), all.len());
        // What has been asked for in between makes no difference.
        let asked = Formats::builtin();
        assert!(!asked.all().is_empty());
        assert_eq!(asked.told(), Formats::builtin().told());
    }
}
