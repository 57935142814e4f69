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

/// A place that decides how a value is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look<'f> {
    /// The steps to it from the top.
    pub steps: Vec<&'f str>,
    /// What of it decides.
    pub sort: Sort,
}

/// What of a place decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Whether there is anything but `null` and an empty text.
    Presence,
    /// The value itself.
    Value,
    /// The value, as what is stated of the call.
    Stated,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    /// One of the places holds something, or is named where that is enough.
    Any(Vec<(Place, bool)>),
    Is(Place, Vec<String>),
    Begins(Place, Vec<String>),
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
        let tested = if let Some((place, beginnings)) = body.split_once(" ^= ") {
            Test::Begins(Place::parse(place.trim()), words(beginnings))
        } else if let Some((place, wanted)) = body.split_once(" = ") {
            Test::Is(Place::parse(place.trim()), words(wanted))
        } else {
            let places = words(body).into_iter();
            let places = places.map(|place| match place.strip_suffix('?') {
                Some(name) => (Place::parse(name), true),
                None => (Place::parse(&place), false),
            });
            Test::Any(places.collect())
        };
        Ok(Self { not, test: tested })
    }

    /// That one of these places holds something.
    pub fn any_of(places: Vec<Place>) -> Self {
        let places = places.into_iter().map(|place| (place, false));
        let test = Test::Any(places.collect());
        Self { not: false, test }
    }

    /// How much it tells: nothing where it is of what is not there, twice as much where it is for words.
    pub fn weight(&self) -> usize {
        match self.test {
            _ if self.not => 0,
            Test::Any(_) => 1,
            Test::Is(..) | Test::Begins(..) => 2,
        }
    }

    /// Whether it holds.
    pub fn holds(&self, scene: Scene<'_, '_>) -> bool {
        let holds = match &self.test {
            Test::Any(places) => places.iter().any(|(place, named)| {
                if *named {
                    place.is_named(scene)
                } else {
                    place.find(scene).is_some()
                }
            }),
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

    /// Where it looks, and whether for more than that something is there.
    pub fn looks(&self) -> impl Iterator<Item = Look<'_>> {
        let (places, sort): (Vec<&Place>, _) = match &self.test {
            Test::Any(places) => (
                places.iter().map(|(place, _)| place).collect(),
                Sort::Presence,
            ),
            Test::Is(place, _) | Test::Begins(place, _) => (vec![place], Sort::Value),
        };
        let ways = places.into_iter().flat_map(Place::ways);
        ways.map(move |steps| Look { steps, sort })
    }

    /// The top-level names of which one must be there for the test to hold; `None` when it may hold
    /// without any.
    pub fn needs(&self) -> Option<Vec<&str>> {
        if self.not {
            return None;
        }
        let places: Vec<&Place> = match &self.test {
            Test::Any(places) => places.iter().map(|(place, _)| place).collect(),
            Test::Is(place, _) | Test::Begins(place, _) => vec![place],
        };
        let names: Option<Vec<Vec<&str>>> = places.into_iter().map(Place::first_names).collect();
        names.map(|names| names.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Object;

    #[test]
    fn tests_mean_what_they_say() {
        let object = Object::parse(r#"{"a":1,"n":null,"s":"word","o":{"i":false}}"#).unwrap();
        for (test, holds) in [
            ("/a", true),
            ("/n", false),
            ("/n?", true),
            ("/x? | /n?", true),
            ("/x | /a", true),
            ("/x? | /y?", false),
            ("/s = other | word", true),
            ("/s = wor", false),
            ("/s ^= wor", true),
            ("/o/i = false", true),
            ("!/x", true),
            ("!/s = word", false),
        ] {
            let when = When::parse(test).unwrap();
            assert_eq!(when.holds(Scene::of(&object)), holds, "{test}");
        }
        assert!(When::parse("!").is_err());
    }
}
