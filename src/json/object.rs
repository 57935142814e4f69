//! One JSON object as a list of undecoded fields, with a mark on each that was read.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

use super::name::{bit, tag};
use super::scan::Fields;
use super::shape::is_part_of_shape;
use super::way::{joined, way};
use super::{Kind, Raw, printable, syntax};
use crate::error::Fault;

/// One JSON object: its fields in order, undecoded, with a mark on each that was read.
pub struct Object<'a> {
    /// The object from which paths count: itself, or the one that it was taken out of.
    pub(super) root: &'a str,
    pub(super) text: &'a str,
    pub(super) fields: Vec<Field<'a>>,
    /// One bit for each name that may be there: most names that are asked for are not.
    names: u64,
    /// Whether more was asked for than its [`shape`](Object::shape).
    pub(super) looked: Cell<bool>,
}

pub(super) struct Field<'a> {
    pub(super) name: Cow<'a, str>,
    tag: u64,
    pub(super) value: Raw<'a>,
    /// Two values for one name, and they differ: nobody can say which one is meant.
    contradicted: bool,
    pub(super) read: Cell<bool>,
    /// Whether a test looked at the value.
    pub(super) looked: Cell<bool>,
}

/// Fields that most objects have at least.
const FEW: usize = 8;
/// Bytes of `"a":1`.
const SHORTEST_FIELD: usize = 5;
/// Fields that an object may have: one with more is none of a log, and takes many times its own room.
const MOST_FIELDS: usize = 250_000;
/// Objects that a list within a response may have, for the same reason.
const MOST_OBJECTS: usize = 100_000;
/// Fields beyond which names are looked up in an index, so that hostile objects stay cheap.
const MANY: usize = 24;

impl<'a> Object<'a> {
    /// Reads the fields of an object.
    ///
    /// # Errors
    /// When the text is not one JSON object; the message names the position, never the content.
    pub fn parse(text: &'a str) -> Result<Self, Fault> {
        let whole = Raw::parse(text).ok();
        let object = whole.and_then(Raw::object);
        if let Some(object) = object {
            let root = text;
            return Ok(Self {
                root,
                text,
                ..object
            });
        }
        // It says what is wrong, and where.
        Err(
            match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
                Err(error) => syntax(&error),
                Ok(_) => Fault::new("is not a JSON object"),
            },
        )
    }

    /// The fields of an object that has been checked; nothing when a name is one that no text can hold, or
    /// there are more of them than anything but an attack has.
    pub(super) fn checked(text: &'a str) -> Option<Self> {
        let mut fields: Vec<Field<'a>> = Vec::with_capacity(FEW.min(text.len() / SHORTEST_FIELD));
        let mut names = 0;
        let mut index: BTreeMap<Cow<'a, str>, usize> = BTreeMap::new();
        for (quoted, escapes, value) in Fields::of(text) {
            let name = if escapes {
                Cow::Owned(Raw(quoted).string()?)
            } else {
                Cow::Borrowed(Raw(quoted).digits()?)
            };
            let tag = tag(&name);
            let known = if names & bit(tag) == 0 {
                None
            } else if fields.len() < MANY {
                fields
                    .iter()
                    .position(|field| field.tag == tag && field.name == name)
            } else {
                match index.get(&name) {
                    Some(at) => Some(*at),
                    // Not yet in the index, which is made with the first name that is new.
                    None => fields
                        .iter()
                        .take(MANY)
                        .position(|field| field.name == name),
                }
            };
            let value = Raw(value);
            if let Some(field) = known.and_then(|at| fields.get_mut(at)) {
                field.contradicted |= field.value != value;
                field.value = value;
                continue;
            }
            if fields.len() >= MOST_FIELDS {
                return None;
            }
            if fields.len() >= MANY {
                if index.is_empty() {
                    let names = fields.iter().enumerate();
                    index.extend(names.map(|(at, field)| (field.name.clone(), at)));
                }
                index.insert(name.clone(), fields.len());
            }
            names |= bit(tag);
            fields.push(Field {
                name,
                tag,
                value,
                contradicted: false,
                read: Cell::new(false),
                looked: Cell::new(false),
            });
        }
        Some(Self {
            root: text,
            text,
            fields,
            names,
            looked: Cell::new(false),
        })
    }

    /// The whole object as it stands in the document.
    pub fn raw(&self) -> Raw<'a> {
        self.looked.set(true);
        self.fields.iter().for_each(|field| field.looked.set(true));
        Raw(self.text)
    }

    /// The same for whoever only hands it on: no look at a value, as [`tested`](Object::tested) counts
    /// them.
    pub fn unseen(&self) -> Raw<'a> {
        Raw(self.text)
    }

    /// The path of a field, for messages.
    pub fn path_of(&self, name: &str) -> String {
        joined(&way(self.root, self.text), name)
    }

    /// Whether the field is there and not `null`. Does not mark it read.
    pub fn has(&self, name: &str) -> bool {
        self.find(name)
            .is_some_and(|field| field.value.kind() != Kind::Null)
    }

    /// Whether the name is there at all, `null` included. Does not mark it read.
    pub fn names(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All names in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_ref())
    }

    /// All fields in order, as names and values. Does not mark them read.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Raw<'a>)> {
        self.looked.set(true);
        self.fields.iter().map(|field| {
            field.looked.set(true);
            (field.name.as_ref(), field.value)
        })
    }

    fn look_at(&self, field: &Field<'_>) {
        self.looked.set(true);
        field.looked.set(true);
    }

    /// Whether the field is this very string. Does not mark it read.
    pub fn is(&self, name: &str, text: &str) -> bool {
        let Some(field) = self.find(name) else {
            return false;
        };
        let quoted = field.value.0;
        if !is_part_of_shape(field) {
            self.look_at(field);
        }
        quoted.len() == text.len() + 2
            && quoted.starts_with('"')
            && quoted.get(1..=text.len()) == Some(text)
            || quoted.contains('\\') && field.value.string().as_deref() == Some(text)
    }

    /// Whether the field is there with this kind. Does not mark it read.
    pub fn is_kind(&self, name: &str, kind: Kind) -> bool {
        let field = self.find(name);
        kind != Kind::Null && field.is_some_and(|field| field.value.kind() == kind)
    }

    /// The value, unless missing or `null`. Does not mark it read.
    pub fn peek(&self, name: &str) -> Option<Raw<'a>> {
        let field = self.find(name)?;
        if field.value.kind() == Kind::Null {
            return None;
        }
        self.look_at(field);
        Some(field.value)
    }

    /// The value, unless missing or `null`.
    ///
    /// # Errors
    /// When the object holds two different values under this name.
    pub fn get(&self, name: &str) -> Result<Option<Raw<'a>>, Fault> {
        let Some(field) = self.find(name) else {
            return Ok(None);
        };
        field.read.set(true);
        self.look_at(field);
        if field.contradicted {
            return Err(Fault::field(
                self.path_of(name),
                "stands twice with different values",
            ));
        }
        Ok((field.value.kind() != Kind::Null).then_some(field.value))
    }

    /// A string, number or flag as text. Other kinds, `null` and `""` are absent.
    pub fn text(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.get(name)?.and_then(|value| {
            value.is_looked_at();
            value.word()
        }))
    }

    /// `true` or `false`; anything else is absent.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Fault> {
        Ok(self
            .get(name)?
            .filter(|value| value.kind() == Kind::Bool)
            .map(|value| value.0 == "true"))
    }

    /// An object inside this one.
    ///
    /// # Errors
    /// When it is there but is no object.
    pub fn object(&self, name: &str) -> Result<Option<Object<'a>>, Fault> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let object = value
            .object()
            .ok_or_else(|| self.fault(name, "is not an object"))?;
        Ok(Some(self.holding(object)))
    }

    /// The elements of an array; empty when missing or of another kind.
    pub fn list(&self, name: &str) -> Result<impl Iterator<Item = Raw<'a>> + use<'a>, Fault> {
        Ok(self.get(name)?.into_iter().flat_map(Raw::elements))
    }

    /// The elements of an array that are objects.
    ///
    /// # Errors
    /// As [`Object::get`], and when there are more than anything but an attack has.
    pub fn objects(&self, name: &str) -> Result<Vec<Object<'a>>, Fault> {
        let objects = self.list(name)?.filter_map(Raw::object);
        let objects = objects.map(|object| self.holding(object));
        let objects: Vec<_> = objects.take(MOST_OBJECTS + 1).collect();
        if objects.len() > MOST_OBJECTS {
            return Err(self.fault(name, "holds more than 100,000 objects"));
        }
        Ok(objects)
    }

    /// An object inside of this one.
    fn holding(&self, inner: Object<'a>) -> Object<'a> {
        Object {
            root: self.root,
            ..inner
        }
    }

    /// Marks fields as known and of no interest.
    pub fn ignore(&self, names: &[&str]) {
        for name in names {
            if let Some(field) = self.find(name) {
                field.read.set(true);
            }
        }
    }

    /// A fault of one of this object's fields.
    pub fn fault(&self, name: &str, reason: &str) -> Fault {
        Fault::field(self.path_of(name), reason)
    }

    fn find(&self, name: &str) -> Option<&Field<'a>> {
        let tag = tag(name);
        if self.names & bit(tag) == 0 {
            return None;
        }
        self.fields
            .iter()
            .find(|field| field.tag == tag && field.name == name)
    }
}

impl fmt::Debug for Object<'_> {
    /// Names only: values may be content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys().map(printable)).finish()
    }
}
