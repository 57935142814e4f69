//! The tests by which a format is recognised: is something there, is it this word.

use super::place::{Place, Scene};
use crate::error::{Error, Result};

/// One test. Written as
/// `/a` (holds something), `/a | /b` (one of them does), `/a = x | y` (is one of the words),
/// `/a ^= x` (begins with), `/a?` (the name is there, `null` or not; `/a? | /b?` one of them), and `!`
/// before any of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    not: bool,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Holds(Vec<Place>),
    Is(Place, Vec<String>),
    Begins(Place, Vec<String>),
    Named(Vec<Place>),
}

impl When {
    /// Reads a test.
    ///
    /// # Errors
    /// When it names no place.
    pub fn parse(text: &str) -> Result<Self> {
        let (not, body) = match text.strip_prefix('!') {
            Some(body) => (true, body.trim_start()),
            None => (false, text.trim()),
        };
        if body.is_empty() {
            return Err(
                Error::usage(format!("the test {text:?} names no place")).hint(
                    "write \"/place\", \"/place = word\", \"/place ^= beginning\" or \"!/place\"",
                ),
            );
        }
        let words = |text: &str| -> Vec<String> {
            text.split(" | ")
                .map(|word| word.trim().to_owned())
                .collect()
        };
        let places = |words: &[String]| words.iter().map(|place| Place::parse(place)).collect();
        let named = || -> Option<Vec<String>> {
            let words = words(body).into_iter();
            words
                .map(|word| word.strip_suffix('?').map(str::to_owned))
                .collect()
        };
        let tested = if let Some((place, beginnings)) = body.split_once(" ^= ") {
            Test::Begins(Place::parse(place.trim()), words(beginnings))
        } else if let Some((place, wanted)) = body.split_once(" = ") {
            Test::Is(Place::parse(place.trim()), words(wanted))
        } else if let Some(named) = named() {
            Test::Named(places(&named))
        } else {
            Test::Holds(places(&words(body)))
        };
        Ok(Self { not, test: tested })
    }

    /// That one of these places holds something.
    pub fn any_of(places: Vec<Place>) -> Self {
        let test = Test::Holds(places);
        Self { not: false, test }
    }

    /// How much it tells: nothing where it is of what is not there, twice as much where it is for words.
    pub fn weight(&self) -> usize {
        match self.test {
            _ if self.not => 0,
            Test::Holds(_) | Test::Named(_) => 1,
            Test::Is(..) | Test::Begins(..) => 2,
        }
    }

    /// Whether it holds.
    pub fn holds(&self, scene: Scene<'_, '_>) -> bool {
        let holds = match &self.test {
            Test::Holds(places) => places.iter().any(|place| place.find(scene).is_some()),
            Test::Named(places) => places.iter().any(|place| place.is_named(scene)),
            Test::Is(place, words) => {
                let word = place.word(scene);
                word.is_some_and(|word| words.contains(&word))
            }
            Test::Begins(place, beginnings) => {
                let word = place.word(scene);
                word.is_some_and(|word| beginnings.iter().any(|begin| word.starts_with(begin)))
            }
        };
        holds != self.not
    }

    /// The top-level names of which one must be there for the test to hold; `None` when it may hold
    /// without any.
    pub fn needs(&self) -> Option<Vec<&str>> {
        if self.not {
            return None;
        }
        let places = match &self.test {
            Test::Holds(places) | Test::Named(places) => places.as_slice(),
            Test::Is(place, _) | Test::Begins(place, _) => std::slice::from_ref(place),
        };
        let names: Option<Vec<Vec<&str>>> = places.iter().map(Place::first_names).collect();
        names.map(|names| names.concat())
    }
}
