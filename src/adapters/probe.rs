//! Looks into a value without marking anything read: what recognisers need.

use crate::json::{Kind, Object, Raw};

/// The object under a name.
pub fn object<'a>(value: &Object<'a>, name: &str) -> Option<Object<'a>> {
    value.peek(name)?.object()
}

/// The first element of an array, if that is an object.
pub fn first<'a>(value: &Object<'a>, name: &str) -> Option<Object<'a>> {
    value.peek(name)?.elements().next()?.object()
}

/// The string under a name.
pub fn word(value: &Object<'_>, name: &str) -> Option<String> {
    value.peek(name)?.string()
}

/// Whether the field is there and is text.
pub fn is_text(value: &Object<'_>, name: &str) -> bool {
    value.is_kind(name, Kind::String)
}

/// Whether the field is there and is an object.
pub fn is_object(value: &Object<'_>, name: &str) -> bool {
    value.is_kind(name, Kind::Object)
}

/// Whether the field is there and is an array.
pub fn is_array(value: &Object<'_>, name: &str) -> bool {
    value.is_kind(name, Kind::Array)
}

/// Whether these are all the names there are.
pub fn only(value: &Object<'_>, names: &[&str]) -> bool {
    value.len() == names.len() && names.iter().all(|name| value.names(name))
}

/// Whether all of these names are there, `null` or not.
pub fn names(value: &Object<'_>, names: &[&str]) -> bool {
    names.iter().all(|name| value.names(name))
}

/// How many characters a string field holds.
pub fn chars(value: &Object<'_>, name: &str) -> u64 {
    value.peek(name).map_or(0, Raw::char_count)
}
