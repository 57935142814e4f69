//! The attributes of a span as words under their dotted names, from any of the forms in which they
//! are kept: typed pairs of OTLP, a flat map, objects in objects, strings that hold JSON.

use std::collections::BTreeMap;

use super::names::{self, METADATA_OF_PROVIDER, OPENED};
use crate::json::{Kind, Object, Raw};

/// Deepest objects inside of objects.
const DEEPEST: usize = 8;

/// What a span says of a call. Nothing else of it is kept.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    words: BTreeMap<String, String>,
    /// Usage objects of the provider, as it wrote them.
    pub provider_usage: Vec<String>,
    /// The response body, where the span holds it.
    pub body: Option<String>,
}

impl Attributes {
    /// Takes a list of pairs (`[{"key":…,"value":{"stringValue":…}}]`) or an object.
    pub fn take(&mut self, attributes: Raw<'_>) {
        match attributes.kind() {
            Kind::Array => self.take_pairs("", attributes, DEEPEST),
            Kind::Object => self.take_inside("", attributes, DEEPEST),
            Kind::String => {
                let inner = attributes.string().unwrap_or_default();
                if let Some(inner) = object_in(&inner) {
                    self.take_inside("", inner, DEEPEST);
                }
            }
            Kind::Number | Kind::Bool | Kind::Null => {}
        }
    }

    fn take_pairs(&mut self, prefix: &str, list: Raw<'_>, depth: usize) {
        for pair in list.elements().filter_map(Raw::object) {
            let (Some(name), Some(value)) =
                (pair.peek("key").and_then(Raw::string), pair.peek("value"))
            else {
                continue;
            };
            let name = format!("{prefix}{name}");
            match value
                .at("/kvlistValue/values")
                .or(value.at("/kvlist_value/values"))
            {
                Some(pairs) if depth > 0 => self.take_pairs(&format!("{name}."), pairs, depth - 1),
                Some(_) | None => self.put(&name, bare(value)),
            }
        }
    }

    /// Takes the fields of an object under names that begin with `prefix`.
    pub fn take_inside(&mut self, prefix: &str, object: Raw<'_>, depth: usize) {
        for (name, value) in object.object().iter().flat_map(Object::entries) {
            let name = format!("{prefix}{name}");
            match value.kind() {
                Kind::Object if name == "response_data" => self.usage_of(value),
                Kind::Object if depth > 0 && !is_value(value) => {
                    self.take_inside(&format!("{name}."), value, depth - 1);
                }
                Kind::Object => self.put(&name, bare(value)),
                Kind::Array | Kind::String | Kind::Number | Kind::Bool | Kind::Null => {
                    self.put(&name, value);
                }
            }
        }
    }

    /// Takes fields of a value under other names: a place, and the name; the fields of an object
    /// where the name ends with a dot.
    pub fn take_as(&mut self, value: Raw<'_>, renamed: &[(&str, &str)]) {
        for (place, name) in renamed {
            let Some(found) = value.at(place) else {
                continue;
            };
            if !name.ends_with('.') {
                self.put(name, found);
            } else if let Some(text) = found.string() {
                if let Some(inner) = object_in(&text) {
                    self.take_inside(name, inner, DEEPEST);
                }
            } else {
                self.take_inside(name, found, DEEPEST);
            }
        }
    }

    /// States an attribute, unless it is stated already.
    pub fn say(&mut self, name: &str, word: &str) {
        let word = word.trim();
        if !word.is_empty() && !self.words.contains_key(name) {
            self.words.insert(name.to_owned(), word.to_owned());
        }
    }

    /// Takes from others what is not stated here.
    pub fn fill_from(&mut self, others: &Attributes) {
        for (name, word) in &others.words {
            self.say(name, word);
        }
    }

    /// Takes one attribute.
    pub fn take_named(&mut self, name: &str, value: Raw<'_>) {
        match value.kind() {
            Kind::Object => self.take_inside(&format!("{name}."), value, DEEPEST),
            Kind::Array | Kind::String | Kind::Number | Kind::Bool | Kind::Null => {
                self.put(name, value);
            }
        }
    }

    fn put(&mut self, name: &str, value: Raw<'_>) {
        match (name, value.kind()) {
            ("ai.response.providerMetadata", Kind::String) => {
                let text = value.string().unwrap_or_default();
                self.metadata_of_provider(&text);
            }
            ("output.value" | "mlflow.spanOutputs", Kind::String) => {
                let text = value.string().unwrap_or_default();
                self.body = object_in(&text).map(|body| body.as_str().to_owned());
            }
            ("response_data", Kind::String) => {
                let text = value.string().unwrap_or_default();
                if let Some(data) = object_in(&text) {
                    self.usage_of(data);
                }
            }
            (name, Kind::String) if OPENED.contains(&name) => {
                let text = value.string().unwrap_or_default();
                if let Some(inner) = object_in(&text) {
                    self.take_inside(&format!("{name}."), inner, DEEPEST);
                }
            }
            (name, Kind::String) if names::is_known(name) => {
                let word = value.string().unwrap_or_default();
                // Some write every value as JSON, also a string.
                let inner = Raw::parse(&word)
                    .ok()
                    .filter(|inner| matches!(inner.kind(), Kind::String | Kind::Array));
                match inner {
                    Some(inner) => self.put_known(name, inner),
                    None => self.say(name, &word),
                }
            }
            (name, _) if names::is_known(name) => self.put_known(name, value),
            _ => {}
        }
    }

    /// The provider's usage object that Logfire keeps beside the message.
    fn usage_of(&mut self, data: Raw<'_>) {
        let usage = data.at("/usage").map(|usage| usage.as_str().to_owned());
        self.provider_usage.extend(usage);
    }

    fn put_known(&mut self, name: &str, value: Raw<'_>) {
        match value.kind() {
            Kind::Array => {
                let elements = value.elements().map(bare);
                let words: Vec<String> = elements.filter_map(Raw::word).collect();
                self.say(name, &words.join(","));
            }
            Kind::String | Kind::Number | Kind::Bool => {
                self.say(name, &value.word().unwrap_or_default());
            }
            Kind::Object | Kind::Null => {}
        }
    }

    /// `{"anthropic":{"usage":{…},"cacheCreationInputTokens":…}}`
    fn metadata_of_provider(&mut self, text: &str) {
        let vendors = object_in(text).and_then(Raw::object);
        for (name, vendor) in vendors.iter().flat_map(Object::entries) {
            // Other names say who made the model, this one who served it.
            if name == "bedrock" {
                self.say("llm.system", name);
            }
            for name in ["usage", "usageMetadata"] {
                let usage = vendor.object().and_then(|vendor| vendor.peek(name));
                if let Some(usage) = usage.filter(|usage| usage.kind() == Kind::Object) {
                    self.provider_usage.push(usage.as_str().to_owned());
                    self.take_inside(METADATA_OF_PROVIDER, usage, 0);
                }
            }
            self.take_inside(METADATA_OF_PROVIDER, vendor, 0);
        }
    }

    /// The word of an attribute.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.words.get(name).map(String::as_str)
    }

    /// The first of several attributes that is stated.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.word(name))
    }

    /// Everything that is stated.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let words = self.words.iter();
        words.map(|(name, word)| (name.as_str(), word.as_str()))
    }

    /// Those whose names begin so, by what follows.
    pub fn beginning<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.iter()
            .filter_map(move |(name, word)| Some((name.strip_prefix(prefix)?, word)))
    }
}

fn object_in(text: &str) -> Option<Raw<'_>> {
    let text = text.trim();
    let raw = text.starts_with('{').then(|| Raw::parse(text).ok());
    raw.flatten()
}

/// Whether an object is an OTLP value with its type.
fn is_value(value: Raw<'_>) -> bool {
    let object = value.object();
    object
        .is_some_and(|object| object.len() == 1 && object.keys().all(|name| TYPES.contains(&name)))
}

const TYPES: &[&str] = &[
    "stringValue",
    "intValue",
    "doubleValue",
    "boolValue",
    "arrayValue",
    "kvlistValue",
    "string_value",
    "int_value",
    "double_value",
    "bool_value",
    "array_value",
    "kvlist_value",
];

/// An OTLP value without its type.
pub fn bare(value: Raw<'_>) -> Raw<'_> {
    if !is_value(value) {
        return value;
    }
    let object = value.object();
    let inner = object.as_ref().and_then(|object| object.entries().next());
    match inner {
        Some(("arrayValue" | "array_value", list)) => list.at("/values").unwrap_or(list),
        Some((_, inner)) => inner,
        None => value,
    }
}
