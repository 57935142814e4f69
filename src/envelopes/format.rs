//! The form in which envelopes are described: what users write, and the built-in ones too.
//! `docs/formats.md` explains it.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Value as Toml;

use super::place::{Place, Scene};
use super::target::Target;
use super::when::{Look, Sort, When};

/// How one envelope is recognised and opened.
#[derive(Debug, Clone)]
pub struct Format {
    /// Its name, shown by `formats` and kept with every record.
    pub id: String,
    /// One sentence on what writes it.
    pub about: String,
    /// The page that documents it.
    pub docs: String,
    /// Whether the user wrote it: then it goes before the built-in ones.
    pub own: bool,
    /// Whether it only carries log lines: then it is what is inside that an application wrote.
    pub transport: bool,
    /// The format as TOML.
    pub written: String,
    /// What must hold for a value to be of this format.
    pub when: Vec<When>,
    /// Arrays of which each element is a value of its own, with `*` for any element; all other
    /// places are inside it.
    pub each: Option<String>,
    /// What bills nothing, by kind.
    pub skip: BTreeMap<String, Vec<When>>,
    /// Where the response is: the first place that holds something.
    pub response: Vec<Place>,
    /// Where the request is.
    pub request: Vec<Place>,
    /// What is stated where, best place first.
    pub states: Vec<(Target, Vec<Place>)>,
    /// Whether header fields under their usual names are read as well.
    pub aliases: bool,
    /// Long lines are split over several values.
    pub pieces: Option<Pieces>,
    /// Lines that this format must recognise before any other, with what must come of them.
    pub samples: Vec<Sample>,
}

/// How the pieces of a long line are put together.
#[derive(Debug, Clone)]
pub struct Pieces {
    /// What pieces of one line have in common.
    pub by: Vec<Place>,
    /// What holds for all pieces but the last; without it the last one ends with a line feed.
    pub unless_last: Option<When>,
}

/// A sample of a format.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// One value of the log.
    pub line: String,
    /// What must come of it: names as in the format, `records` for how many.
    #[serde(default)]
    pub expect: BTreeMap<String, Toml>,
}

impl Format {
    /// A format without tests is recognised by what it needs: a response, or else all of a row's
    /// counts that have a place.
    pub fn implied(&mut self) {
        if !self.when.is_empty() || self.each.is_some() {
            return;
        }
        let held = |places: &[Place]| !places.iter().any(Place::is_constant);
        let places = self.states.iter().filter(|(_, places)| held(places));
        let counts = places
            .clone()
            .filter(|(target, _)| matches!(target, Target::Count(_)));
        self.when = if self.hands_on() {
            let any: Vec<Place> = places.flat_map(|(_, places)| places.clone()).collect();
            vec![When::any_of(any)]
        } else if self.response.is_empty() {
            counts
                .map(|(_, places)| When::any_of(places.clone()))
                .collect()
        } else {
            vec![When::any_of(self.response.clone())]
        };
    }

    /// Whether a value passes all of its tests.
    pub fn recognizes(&self, scene: Scene<'_, '_>) -> bool {
        self.when.iter().all(|when| when.holds(scene))
    }

    /// Every place that decides whether a value is of this format, and of one that is, how it is opened.
    pub fn looks(&self, is_one: bool) -> Vec<Look<'_>> {
        let mut looks: Vec<Look<'_>> = self.when.iter().flat_map(When::looks).collect();
        if !is_one {
            return looks;
        }
        fn of(places: &[Place], sort: Sort) -> impl Iterator<Item = Look<'_>> {
            let ways = places.iter().flat_map(Place::ways);
            ways.map(move |steps| Look { steps, sort })
        }
        looks.extend(self.skip.values().flatten().flat_map(When::looks));
        looks.extend(of(&self.response, Sort::Presence));
        looks.extend(of(&self.request, Sort::Presence));
        for (target, places) in &self.states {
            let is_count = matches!(target, Target::Count(_));
            looks.extend(of(
                places,
                if is_count { Sort::Value } else { Sort::Stated },
            ));
        }
        looks
    }

    /// Whether it finds no response but hands the value itself on: it only says more of it.
    pub fn hands_on(&self) -> bool {
        self.each.is_none() && self.response.first().is_some_and(Place::is_whole)
    }

    /// Whether it says where a response or counts are, and so can read a value by itself.
    pub fn is_complete(&self) -> bool {
        !self.response.is_empty() || self.has_counts()
    }

    /// How particular it is: the number of tests of what is there; one for a word counts twice.
    pub fn weight(&self) -> usize {
        self.when.iter().map(When::weight).sum()
    }

    /// Whether it names places of counts, so that it can read rows.
    pub fn has_counts(&self) -> bool {
        let mut targets = self.states.iter().map(|(target, _)| target);
        targets.any(|target| matches!(target, Target::Count(_)))
    }
}
