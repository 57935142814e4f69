//! Where something stands: a JSON pointer, a dotted name or a constant, and the way to it through
//! objects, arrays, lists of pairs and strings that hold JSON.

use std::borrow::Cow;

use crate::json::{Kind, Object, Raw};

/// Deepest nesting of strings inside strings that is followed.
const MOST_STRINGS: u8 = 4;

/// A place as a format or `--map` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    way: Way,
    /// The way as it was written.
    written: String,
    /// The unit that the value is stated in, where it is not the usual one.
    pub unit: Option<Unit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// `=word`: no place but a value.
    Constant(String),
    /// `/a/0/b`: a JSON pointer (RFC 6901); `^/a` counts from the whole value that `each` walks.
    Pointer { steps: Vec<String>, outer: bool },
    /// `a.b`: this very name, or else the same as `/a/b`.
    Dotted { name: String, steps: Vec<String> },
}

/// A unit of a number that a place states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
    /// Hundredths of the currency.
    Cent,
}

impl Unit {
    /// The power of ten that turns it into milliseconds, or into whole units of money.
    pub fn exponent(self) -> i32 {
        match self {
            Self::S => 3,
            Self::Ms => 0,
            Self::Us => -3,
            Self::Ns => -6,
            Self::Cent => -2,
        }
    }
}

/// What places are looked up in.
#[derive(Clone, Copy)]
pub struct Scene<'s, 'a> {
    /// The value, where it is an object.
    pub object: Option<&'s Object<'a>>,
    /// The value.
    pub whole: Raw<'a>,
    /// The value that `each` walks.
    pub outer: &'s Object<'a>,
}

impl Place {
    /// Reads a place.
    pub fn parse(text: &str) -> Self {
        let (outer, pointer) = match text.strip_prefix('^') {
            Some(pointer) => (true, pointer),
            None => (false, text),
        };
        let way = if let Some(constant) = text.strip_prefix('=') {
            Way::Constant(constant.to_owned())
        } else if pointer.is_empty() || pointer.starts_with('/') {
            let steps = steps_of(pointer);
            Way::Pointer { steps, outer }
        } else {
            let steps = text.split('.').map(str::to_owned).collect();
            let name = text.to_owned();
            Way::Dotted { name, steps }
        };
        Self {
            written: way.written(),
            way,
            unit: None,
        }
    }

    /// The same place, with a value in this unit.
    #[must_use]
    pub fn in_unit(self, unit: Unit) -> Self {
        Self {
            unit: Some(unit),
            ..self
        }
    }

    /// The value itself.
    pub fn is_whole(&self) -> bool {
        matches!(&self.way, Way::Pointer { steps, .. } if steps.is_empty())
    }

    /// Whether it is a value rather than a place.
    pub fn is_constant(&self) -> bool {
        matches!(self.way, Way::Constant(_))
    }

    /// The top-level names of which one must be there for the place to hold anything; `None` when it
    /// may hold something without.
    pub fn first_names(&self) -> Option<Vec<&str>> {
        match &self.way {
            Way::Pointer {
                steps,
                outer: false,
            } => steps.first().map(|first| vec![first.as_str()]),
            Way::Dotted { name, steps } => {
                let first = steps.first().map(String::as_str);
                Some(first.into_iter().chain([name.as_str()]).collect())
            }
            Way::Pointer { outer: true, .. } | Way::Constant(_) => None,
        }
    }

    /// Every way that it may lead, as the steps from the top; none where it is a value by itself.
    pub fn ways(&self) -> Vec<Vec<&str>> {
        match &self.way {
            Way::Constant(_) => Vec::new(),
            Way::Pointer { steps, .. } => vec![steps.iter().map(String::as_str).collect()],
            Way::Dotted { name, steps } => {
                vec![
                    vec![name.as_str()],
                    steps.iter().map(String::as_str).collect(),
                ]
            }
        }
    }

    /// The JSON text that stands there; nothing, `null` and `""` are all `None`.
    pub fn find<'a>(&self, scene: Scene<'_, 'a>) -> Option<Cow<'a, str>> {
        self.look(scene).filter(|text| text != "\"\"")
    }

    fn look<'a>(&self, scene: Scene<'_, 'a>) -> Option<Cow<'a, str>> {
        match &self.way {
            Way::Constant(word) => serde_json::to_string(word).ok().map(Cow::Owned),
            Way::Pointer { steps, outer: true } => walk_in(scene.outer, steps),
            Way::Pointer {
                steps,
                outer: false,
            } => scene.walk(steps),
            Way::Dotted { name, steps } => {
                let named = scene.object.and_then(|object| object.peek(name));
                let named = named.map(|value| Cow::Borrowed(value.as_str()));
                named.or_else(|| scene.walk(steps))
            }
        }
    }

    /// What stands there as a word: a string, number or flag.
    pub fn word(&self, scene: Scene<'_, '_>) -> Option<String> {
        if let Way::Constant(word) = &self.way {
            return Some(word.clone());
        }
        Raw::cut(&self.find(scene)?).word()
    }

    /// Whether the name is there, `null` included.
    pub fn is_named(&self, scene: Scene<'_, '_>) -> bool {
        let object = scene.object;
        match &self.way {
            Way::Constant(_) => true,
            Way::Dotted { name, .. } if object.is_some_and(|object| object.names(name)) => true,
            Way::Pointer { steps, .. } | Way::Dotted { steps, .. } => {
                let Some((last, before)) = steps.split_last() else {
                    return true;
                };
                if before.is_empty() {
                    return object.is_some_and(|object| object.names(last));
                }
                let holder = scene.walk(before);
                let holder = holder.and_then(|text| Some(Raw::cut(&text).object()?.names(last)));
                holder.unwrap_or(false)
            }
        }
    }

    /// The place as it was written, for provenance and messages.
    pub fn as_written(&self) -> &str {
        &self.written
    }
}

impl Way {
    fn written(&self) -> String {
        match self {
            Self::Constant(word) => format!("={word}"),
            Self::Dotted { name, .. } => name.clone(),
            Self::Pointer { steps, outer } => {
                let sign = if *outer { "^" } else { "" };
                format!("{sign}{}", pointer_of(steps))
            }
        }
    }
}

impl<'s, 'a> Scene<'s, 'a> {
    /// A value that stands for itself.
    pub fn of(object: &'s Object<'a>) -> Self {
        Self {
            object: Some(object),
            whole: object.unseen(),
            outer: object,
        }
    }

    fn walk(self, steps: &[String]) -> Option<Cow<'a, str>> {
        match self.object {
            Some(object) => walk_in(object, steps),
            None => walk(self.whole, steps, MOST_STRINGS),
        }
    }
}

fn walk_in<'a>(object: &Object<'a>, steps: &[String]) -> Option<Cow<'a, str>> {
    match steps.split_first() {
        None => Some(Cow::Borrowed(object.raw().as_str())),
        Some((first, rest)) => walk(object.peek(first)?, rest, MOST_STRINGS),
    }
}

/// Follows steps through objects, arrays, lists of pairs, and strings that hold JSON.
fn walk<'a>(value: Raw<'a>, steps: &[String], strings: u8) -> Option<Cow<'a, str>> {
    let Some((step, rest)) = steps.split_first() else {
        let there = value.kind() != Kind::Null;
        return there.then_some(Cow::Borrowed(value.as_str()));
    };
    match value.kind() {
        Kind::Object => walk(value.object()?.peek(step)?, rest, strings),
        Kind::Array => walk(element(value, step)?, rest, strings),
        Kind::String if strings > 0 => {
            let inner = value.string()?;
            let found = walk(Raw::parse(&inner).ok()?, steps, strings - 1)?;
            Some(Cow::Owned(found.into_owned()))
        }
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => None,
    }
}

/// The element with that number, the last one for `-`, or the value of the pair with that name: OTLP and CloudWatch write
/// objects as lists of `{"key":…,"value":…}`.
fn element<'a>(list: Raw<'a>, step: &str) -> Option<Raw<'a>> {
    let mut elements = list.elements();
    if let Ok(index) = step.parse::<usize>() {
        return elements.nth(index);
    }
    if step == "-" {
        return elements.last();
    }
    let pair = elements.find_map(|element| {
        let pair = element.object()?;
        let named = ["key", "name", "field"]
            .iter()
            .any(|name| pair.is(name, step));
        named.then_some(pair)
    })?;
    pair.peek("value").map(bare)
}

/// An OTLP value without the object that says its type.
fn bare(value: Raw<'_>) -> Raw<'_> {
    let Some(object) = value.object().filter(|object| object.len() == 1) else {
        return value;
    };
    let inner = object.entries().next();
    match inner {
        Some(("arrayValue" | "kvlistValue", list)) => list
            .object()
            .and_then(|list| list.peek("values"))
            .unwrap_or(value),
        Some((name, inner)) if name.ends_with("Value") => inner,
        Some(_) | None => value,
    }
}

/// The steps of a JSON pointer.
pub fn steps_of(pointer: &str) -> Vec<String> {
    let steps = pointer.split('/').skip(1);
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

/// The JSON pointer of steps.
pub fn pointer_of(steps: &[String]) -> String {
    steps.iter().map(|step| step_text(step)).collect()
}

/// One step of a JSON pointer, with its slash.
pub fn step_text(step: &str) -> String {
    let mut text = String::with_capacity(step.len() + 1);
    push_step(step, &mut text);
    text
}

/// The same behind a pointer.
pub fn push_step(step: &str, pointer: &mut String) {
    pointer.push('/');
    if step.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, place: &str) -> Option<String> {
        let object = Object::parse(text).unwrap();
        Place::parse(place).word(Scene::of(&object))
    }

    #[test]
    fn places_lead_through_objects_lists_pairs_and_strings() {
        let text = r#"{"a":{"b":[{"c":1},"x"]},"s":"{\"t\":\"{\\\"u\\\":7}\"}","gen.x":5,"n":null,
            "attributes":[{"key":"k.l","value":{"intValue":"9"}},{"field":"f","value":"v"}]}"#;
        for (place, word) in [
            ("/a/b/0/c", Some("1")),
            ("/a/b/1", Some("x")),
            ("/a/b/-", Some("x")),
            ("a.b.0.c", Some("1")),
            ("gen.x", Some("5")),
            ("/s/t/u", Some("7")),
            ("/attributes/k.l", Some("9")),
            ("/attributes/f", Some("v")),
            ("=word", Some("word")),
            ("/n", None),
            ("/a/none", None),
            ("/a", None),
        ] {
            assert_eq!(at(text, place).as_deref(), word, "{place}");
        }
    }
}
