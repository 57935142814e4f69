//! What a request tells of its call. Its text is hashed and counted, never kept.

use sha2::{Digest, Sha256};

use super::said::Said;
use super::target::Target;
use crate::json::{Kind, Names, Object, Raw, plain, squeezed};
use crate::usage::{Facts, Field};

/// Deepest nesting of a prompt that is counted.
const DEEPEST: usize = 8;

/// What a prompt is made of, in the order in which it is hashed.
const PROMPT: &[&str] = &[
    "system",
    "instructions",
    "systemInstruction",
    "system_instruction",
    "messages",
    "input",
    "contents",
    "prompt",
    "inputText",
    "query",
];

/// Names under which an application keeps the request.
const NAMES: &[&str] = &[
    "request",
    "requestbody",
    "rawrequest",
    "requestraw",
    "requestjson",
    "requestpayload",
    "requestdata",
    "llmrequest",
    "req",
    "input",
    "inputs",
    "params",
    "kwargs",
];

/// States what the request says that stands beside a response, or what the object itself says
/// where it holds the prompt.
pub fn beside(object: &Object<'_>, said: &mut Said) {
    for (name, value) in object.entries() {
        if is_request(name) {
            of_value(value, said);
        }
    }
    if ["messages", "prompt"].iter().any(|name| object.has(name)) {
        prompt(object, said);
    }
}

/// Whether an application keeps the request under this name.
pub(super) fn is_request(name: &str) -> bool {
    thread_local! { static KNOWN: Names<bool> = const { Names::new() }; }
    KNOWN.with(|known| known.of(name, |name| NAMES.contains(&plain(name).as_str())))
}

/// What a request says by itself.
pub fn facts(request: Raw<'_>) -> Facts {
    let mut said = Said::default();
    of_value(request, &mut said);
    said.facts
}

/// States what a request says. It may be a string that holds JSON, or have its body inside.
pub fn state(text: &str, said: &mut Said) {
    if let Ok(raw) = Raw::parse(text) {
        of_value(raw, said);
    }
}

/// The same of a value that stands in a document.
pub fn of_value(raw: Raw<'_>, said: &mut Said) {
    match raw.kind() {
        Kind::Object => {
            if let Some(object) = raw.object() {
                of_object(&object, said);
            }
        }
        Kind::String => {
            let inner = raw.string().unwrap_or_default();
            if inner.trim_start().starts_with('{') {
                state(inner.trim(), said);
            }
        }
        Kind::Array | Kind::Number | Kind::Bool | Kind::Null => {}
    }
}

fn of_object(request: &Object<'_>, said: &mut Said) {
    if let Some(body) = request.peek("body") {
        of_value(body, said);
    }
    let word = |name: &str| request.peek(name).and_then(Raw::word);
    let deep = |pointer: &str| request.raw().at(pointer).and_then(Raw::word);
    let asks = PROMPT.iter().any(|name| request.has(name));
    if !asks && !request.has("model") {
        return;
    }
    let facts = [
        (Field::RequestedModel, word("model")),
        (
            Field::UserId,
            word("user").or_else(|| deep("/metadata/user_id")),
        ),
        (Field::UserId, word("safety_identifier")),
    ];
    for (field, stated) in facts {
        if let Some(stated) = stated {
            said.state(&Target::Field(field), &stated, None, "=request");
        }
    }
    prompt(request, said);
    searches(request, said);
}

/// The hash and the length of the prompt: of its JSON text without the white space between values.
fn prompt(request: &Object<'_>, said: &mut Said) {
    let mut hasher = Sha256::new();
    let (mut chars, mut any) = (0, false);
    for value in PROMPT.iter().filter_map(|name| request.peek(name)) {
        if matches!(value.kind(), Kind::String | Kind::Array | Kind::Object) {
            squeezed(value.as_str(), |piece| hasher.update(piece));
            chars += text_chars(value, DEEPEST);
            any = true;
        }
    }
    if any && !said.facts.has(Field::PromptHash) {
        let hash: String = hasher
            .finalize()
            .iter()
            .flat_map(|byte| hex(*byte))
            .collect();
        said.facts.text(Field::PromptHash, Some(hash));
        if !said.facts.has(Field::PromptLengthChars) {
            said.facts.count(Field::PromptLengthChars, chars);
        }
    }
}

/// The two digits of a byte.
fn hex(byte: u8) -> [char; 2] {
    [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'))
}

/// Characters of text in a prompt: strings of their own, and those under the usual names.
fn text_chars(value: Raw<'_>, depth: usize) -> u64 {
    const NAMES: &[&str] = &["content", "text", "parts", "input_text"];
    match value.kind() {
        Kind::String => value.char_count(),
        Kind::Array if depth > 0 => {
            let elements = value.elements();
            elements.map(|element| text_chars(element, depth - 1)).sum()
        }
        Kind::Object if depth > 0 => {
            let object = value.object();
            let fields = object.iter().flat_map(Object::entries);
            let texts = fields.filter(|(name, _)| NAMES.contains(name));
            texts.map(|(_, value)| text_chars(value, depth - 1)).sum()
        }
        Kind::Array | Kind::Object | Kind::Number | Kind::Bool | Kind::Null => 0,
    }
}

/// Whether the request turned web search on, how, and how often it may search.
fn searches(request: &Object<'_>, said: &mut Said) {
    let tools = request.peek("tools").into_iter().flat_map(Raw::elements);
    let mut tools = tools.filter_map(Raw::object);
    let search = tools.find(|tool| {
        let kind = tool.peek("type").and_then(Raw::string).unwrap_or_default();
        kind.starts_with("web_search")
            || ["google_search", "googleSearch", "google_search_retrieval"]
                .iter()
                .any(|name| tool.names(name))
    });
    let plugins = request.peek("plugins").into_iter().flat_map(Raw::elements);
    let plugin = plugins
        .filter_map(Raw::object)
        .any(|plugin| plugin.is("id", "web"));
    if search.is_none() && !plugin && !request.has("web_search_options") {
        return;
    }
    said.state(&Target::Field(Field::WebEnabled), "true", None, "=request");
    let most = search.and_then(|tool| tool.peek("max_uses")?.word());
    if let Some(most) = most {
        let budget = Target::Field(Field::WebBudgetCount);
        said.state(&budget, &most, None, "=request");
    }
}
