//! Opening a value of a known format: what is inside, and what the envelope says of it.

use std::borrow::Cow;

use super::endpoint;
use super::format::Format;
use super::formats::{Formats, state_all};
use super::place::{Place, Scene, step_text, steps_of};
use super::request;
use super::said::Said;
use super::target::Target;
use crate::json::{Kind, Object, Raw};
use crate::money::Exact;

/// The name by which a row that a format has put together is known.
pub const ROW: &str = "llmcost.row";

/// One call found inside an envelope, with what the envelope says about it.
#[derive(Debug, Clone, Default)]
pub struct Opened<'a> {
    /// The envelope, or its element where it holds many.
    pub whole: Cow<'a, str>,
    /// JSON pointer of that.
    pub at: String,
    /// The response body as JSON text; absent when there is none.
    pub body: Option<Cow<'a, str>>,
    /// JSON pointer of the body inside the document.
    pub pointer: String,
    /// The counts that stand beside or instead of a body, under our names.
    pub row: Option<String>,
    /// What the envelope says.
    pub said: Said,
    /// It bills nothing: the kind.
    pub skipped: Option<String>,
    /// What tells which line this is a piece of, where lines are split, and whether it is the last.
    pub piece: Option<(String, bool)>,
}

/// Opens a value by the format that recognised it: what it holds.
pub fn open<'a>(value: &Object<'a>, format: &Format, formats: &Formats) -> Vec<Opened<'a>> {
    let mut opened = Vec::new();
    match &format.each {
        None => {
            opened.push(open_one(format, formats, Scene::of(value), ""));
        }
        Some(each) => {
            let mut take = |element: Cow<'a, str>, pointer: &str| {
                opened.push(open_element(format, formats, element, value, pointer));
            };
            expand(value.raw(), &steps_of(each), "", &mut take);
        }
    }
    opened
}

fn open_element<'a>(
    format: &Format,
    formats: &Formats,
    element: Cow<'a, str>,
    outer: &Object<'a>,
    pointer: &str,
) -> Opened<'a> {
    match element {
        Cow::Borrowed(text) => open_text(format, formats, text, outer, pointer),
        Cow::Owned(text) => {
            let outer = outer.raw().as_str().to_owned();
            let opened = Object::parse(&outer)
                .map(|outer| open_text(format, formats, &text, &outer, pointer).into_owned());
            opened.unwrap_or_default()
        }
    }
}

fn open_text<'a>(
    format: &Format,
    formats: &Formats,
    text: &'a str,
    outer: &Object<'a>,
    pointer: &str,
) -> Opened<'a> {
    let whole = Raw::cut(text);
    let object = whole.object();
    let scene = Scene {
        object: object.as_ref(),
        whole,
        outer,
    };
    open_one(format, formats, scene, pointer)
}

/// Hands out every value that steps lead to, where `*` is any element or field.
fn expand<'a>(
    value: Raw<'a>,
    steps: &[String],
    pointer: &str,
    take: &mut dyn FnMut(Cow<'a, str>, &str),
) {
    let Some((step, rest)) = steps.split_first() else {
        return take(Cow::Borrowed(value.as_str()), pointer);
    };
    let mut into = |name: &str, inner: Raw<'a>| {
        expand(inner, rest, &format!("{pointer}{}", step_text(name)), take);
    };
    match (value.kind(), step.as_str()) {
        (Kind::Array, "*") => {
            for (index, element) in value.elements().enumerate() {
                into(&index.to_string(), element);
            }
        }
        (Kind::Object, "*") => {
            for (name, inner) in value.object().iter().flat_map(Object::entries) {
                into(name, inner);
            }
        }
        (Kind::Object, name) => {
            if let Some(inner) = value.object().and_then(|object| object.peek(name)) {
                into(name, inner);
            }
        }
        (Kind::Array, index) => {
            let at = index.parse().ok();
            if let Some(element) = at.and_then(|at: usize| value.elements().nth(at)) {
                into(index, element);
            }
        }
        (Kind::String, _) => {
            let inner = value.string().unwrap_or_default();
            if let Ok(inner) = Raw::parse(&inner) {
                let mut owned = |text: Cow<'_, str>, pointer: &str| {
                    take(Cow::Owned(text.into_owned()), pointer);
                };
                expand(inner, steps, pointer, &mut owned);
            }
        }
        (Kind::Number | Kind::Bool | Kind::Null, _) => {}
    }
}

fn open_one<'a>(
    format: &Format,
    formats: &Formats,
    scene: Scene<'_, 'a>,
    base: &str,
) -> Opened<'a> {
    let mut opened = Opened {
        whole: Cow::Borrowed(scene.whole.as_str()),
        at: base.to_owned(),
        ..Opened::default()
    };
    let skipped = format.skip.iter();
    let mut skipped = skipped.filter(|(_, tests)| tests.iter().any(|test| test.holds(scene)));
    if let Some((kind, _)) = skipped.next() {
        opened.skipped = Some(kind.clone());
        return opened;
    }
    if let Some((body, place)) = first(&format.response, scene, is_body) {
        opened.pointer = match place.as_written().strip_prefix('^') {
            Some(from_outside) => from_outside.to_owned(),
            None => [base, place.as_written()].concat(),
        };
        opened.body = Some(body);
    }
    if let Some(pieces) = &format.pieces {
        let by = pieces
            .by
            .iter()
            .map(|place| place.word(scene).unwrap_or_default());
        let last = pieces.unless_last.as_ref().map(|test| !test.holds(scene));
        let last = last.unwrap_or_else(|| {
            let text = opened
                .body
                .as_deref()
                .and_then(|body| Raw::cut(body).string());
            text.is_none_or(|text| text.ends_with('\n'))
        });
        opened.piece = Some((by.collect::<Vec<_>>().join("\n"), last));
    }
    formats.state_mapping(scene, "", &mut opened.said);
    state_all(&format.states, scene, "", &mut opened.said);
    opened.row = row(format, scene);
    if format.aliases
        && let Some(object) = scene.object
    {
        formats.aliases().state(object, "", &mut opened.said);
    }
    let request = first(&format.request, scene, is_body);
    if let Some((request, _)) = request {
        request::of_value(Raw::cut(&request), &mut opened.said);
    }
    endpoint::state(&mut opened.said);
    opened
}

/// Where the request stands that belongs to a value of a format, if it is there.
pub fn request_place<'f>(format: &'f Format, scene: Scene<'_, '_>) -> Option<&'f Place> {
    first(&format.request, scene, is_body).map(|(_, place)| place)
}

fn is_body(text: &str) -> bool {
    matches!(text.as_bytes().first(), Some(b'{' | b'[' | b'"')) && text != "\"\""
}

fn first<'p, 'a>(
    places: &'p [Place],
    scene: Scene<'_, 'a>,
    fits: fn(&str) -> bool,
) -> Option<(Cow<'a, str>, &'p Place)> {
    let mut found = places.iter().filter_map(|place| {
        let text = place.find(scene).filter(|text| fits(text))?;
        Some((text, place))
    });
    found.next()
}

/// The counts that a format names, put together into a row.
fn row(format: &Format, scene: Scene<'_, '_>) -> Option<String> {
    let mut counts = serde_json::Map::new();
    let mut counted = false;
    for (target, places) in &format.states {
        let Target::Count(name) = target else {
            continue;
        };
        let mut words = places
            .iter()
            .filter_map(|place| Some((place, place.word(scene)?)));
        let Some((place, word)) = words.next() else {
            continue;
        };
        counted |= !place.is_constant();
        let number = Exact::parse(&word).ok().and_then(|_| word.parse().ok());
        let value = number.map_or(serde_json::Value::String(word), serde_json::Value::Number);
        counts.insert(name.clone(), value);
    }
    counted.then(|| {
        counts.insert(ROW.to_owned(), serde_json::Value::from(1));
        serde_json::Value::Object(counts).to_string()
    })
}

impl Opened<'_> {
    fn into_owned(self) -> Opened<'static> {
        Opened {
            whole: Cow::Owned(self.whole.into_owned()),
            body: self.body.map(|body| Cow::Owned(body.into_owned())),
            at: self.at,
            pointer: self.pointer,
            row: self.row,
            said: self.said,
            skipped: self.skipped,
            piece: self.piece,
        }
    }
}
