//! Where usage stands in a value of no known format: breadth first, the shallowest wins, and nothing
//! that somebody else has written into the value (prompts, tool calls, requests) is looked into.

use std::borrow::Cow;
use std::rc::Rc;

use super::endpoint;
use super::formats::Formats;
use super::place::step_text;
use super::request;
use super::said::Said;
use crate::json::{Kind, Object, Raw, plain, printable};

/// Deepest nesting of objects that is looked into.
const DEEPEST: usize = 8;
/// Values that are looked at, at most.
const MOST: usize = 20_000;

/// What an object is, as far as its reader can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A response or an envelope of a known format.
    Response,
    /// A row: a model and counts.
    Row,
}

/// Something found.
#[derive(Debug, Clone)]
pub struct Hit<'a> {
    /// JSON text: an object, or an array of chunks.
    pub text: Cow<'a, str>,
    /// JSON pointer to it.
    pub pointer: String,
    /// What stands around it, the nearest first.
    pub said: Said,
    /// What it is.
    pub sort: Sort,
    /// Whether it states usage itself.
    pub bears_usage: bool,
}

/// Says what an object is; the flag tells whether it stands where responses are kept.
pub type Judge<'j> = dyn Fn(&Object<'_>, bool) -> Option<Sort> + 'j;

struct Node<'a> {
    text: Cow<'a, str>,
    pointer: String,
    /// Whether it stands under a name under which responses are kept.
    at_slot: bool,
    parent: Option<Rc<Node<'a>>>,
}

/// Names under which requests, texts and other people's JSON stand: no usage of this call.
fn is_decoy(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "messages",
        "contents",
        "content",
        "tools",
        "toolcalls",
        "functioncall",
        "functions",
        "arguments",
        "args",
        "kwargs",
        "parameters",
        "params",
        "observation",
        "tooluseresult",
        "toolresult",
        "history",
        "system",
        "systemprompt",
        "instructions",
        "choices",
        "candidates",
        "schema",
        "examples",
        "modelmapinformation",
        "query",
        "documents",
        "thinking",
    ];
    const BEGINNINGS: &[&str] = &["request", "prompt", "input"];
    let name = plain(name);
    NAMES.contains(&name.as_str())
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
            && !name.ends_with("tokens")
}

/// Names under which a whole response is kept, also as a string that holds JSON.
fn is_slot(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "response",
        "responsebody",
        "rawresponse",
        "responseraw",
        "responsejson",
        "responsedata",
        "responsepayload",
        "responseobject",
        "llmresponse",
        "apiresponse",
        "modelresponse",
        "providerresponse",
        "fullresponse",
        "completion",
        "body",
        "raw",
        "rawbody",
        "json",
        "output",
        "outputvalue",
        "outputbody",
        "outputbodyjson",
        "modeloutput",
        "result",
        "payload",
        "data",
        "chunk",
        "value",
        "reply",
        "answer",
        // Where loggers put a line that was JSON.
        "message",
        "msg",
        "log",
        "event",
        "text",
        "line",
    ];
    NAMES.contains(&plain(name).as_str())
}

/// Finds what bears usage in a value. `judge` is not asked about the value itself unless
/// `root_counts`.
pub fn find<'a>(
    root: Raw<'a>,
    root_counts: bool,
    formats: &Formats,
    judge: &Judge<'_>,
) -> Vec<Hit<'a>> {
    let mut level = vec![Rc::new(Node {
        text: Cow::Borrowed(root.as_str()),
        pointer: String::new(),
        at_slot: false,
        parent: None,
    })];
    let mut budget = MOST;
    for depth in 0..DEEPEST {
        let mut hits = Vec::new();
        let mut next = Vec::new();
        for node in level {
            let asked = depth > 0 || root_counts;
            let found = if asked {
                look(&node, formats, judge)
            } else {
                Vec::new()
            };
            if found.is_empty() {
                next.extend(children(&node, &mut budget));
            } else {
                hits.extend(found);
            }
        }
        if !hits.is_empty() || next.is_empty() {
            return hits;
        }
        level = next;
    }
    Vec::new()
}

/// What a node is; a row gives way to the responses that it carries, because they say more.
fn look<'a>(node: &Rc<Node<'a>>, formats: &Formats, judge: &Judge<'_>) -> Vec<Hit<'a>> {
    match sort_of(&node.text, node.at_slot, judge) {
        None => Vec::new(),
        Some((Sort::Response, bears)) => vec![hit(node, Sort::Response, bears, formats)],
        Some((Sort::Row, _)) => {
            let inside = children(node, &mut MOST.clone());
            let inside = inside.iter().filter(|child| child.at_slot);
            let carried: Vec<Hit<'a>> = inside
                .filter(|child| sort_of(&child.text, true, judge) == Some((Sort::Response, true)))
                .map(|child| hit(child, Sort::Response, true, formats))
                .collect();
            if carried.is_empty() {
                vec![hit(node, Sort::Row, true, formats)]
            } else {
                carried
            }
        }
    }
}

/// What a text is, and whether it states usage. An array is what its elements are.
fn sort_of(text: &str, at_slot: bool, judge: &Judge<'_>) -> Option<(Sort, bool)> {
    let raw = Raw::parse(text).ok()?;
    let of = |object: &Object<'_>| {
        let bears = bears_usage(object);
        judge(object, at_slot).map(|sort| (sort, bears.is_some()))
    };
    match raw.kind() {
        Kind::Object => of(&raw.object()?),
        Kind::Array => {
            let elements = raw.elements();
            let mut sorts = elements.iter().filter_map(|element| of(&element.object()?));
            let (sort, bears) = sorts.next()?;
            Some((sort, bears || sorts.any(|(_, bears)| bears)))
        }
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => None,
    }
}

fn hit<'a>(node: &Rc<Node<'a>>, sort: Sort, bears_usage: bool, formats: &Formats) -> Hit<'a> {
    let mut said = Said::default();
    let own = (sort == Sort::Row).then(|| Rc::clone(node));
    let mut around = own.or_else(|| node.parent.clone());
    while let Some(node) = around.take() {
        if let Ok(object) = Object::parse(&node.text) {
            formats.aliases.state(&object, &node.pointer, &mut said);
            request::beside(&object, &mut said);
        }
        around.clone_from(&node.parent);
    }
    endpoint::state(&mut said);
    Hit {
        text: node.text.clone(),
        pointer: node.pointer.clone(),
        said,
        sort,
        bears_usage,
    }
}

fn children<'a>(node: &Rc<Node<'a>>, budget: &mut usize) -> Vec<Rc<Node<'a>>> {
    let mut found = Vec::new();
    match &node.text {
        Cow::Borrowed(text) => inside(text, node, &mut |text, pointer, at_slot| {
            found.push((text, pointer, at_slot));
        }),
        Cow::Owned(text) => inside(text, node, &mut |text, pointer, at_slot| {
            found.push((Cow::Owned(text.into_owned()), pointer, at_slot));
        }),
    }
    found.truncate(*budget);
    *budget -= found.len();
    let nodes = found.into_iter().map(|(text, pointer, at_slot)| {
        let parent = Some(Rc::clone(node));
        Rc::new(Node {
            text,
            pointer,
            at_slot,
            parent,
        })
    });
    nodes.collect()
}

type Take<'t, 'b> = dyn FnMut(Cow<'b, str>, String, bool) + 't;

/// The values inside of a text that may bear usage.
fn inside<'b>(text: &'b str, node: &Node<'_>, take: &mut Take<'_, 'b>) {
    let Ok(raw) = Raw::parse(text) else { return };
    let Some(object) = raw.object() else {
        return elements(raw, &node.pointer, take);
    };
    let speaks = object.names("role");
    for (name, value) in object.entries() {
        let pointer = || format!("{}{}", node.pointer, step_text(name));
        let slot = is_slot(name) && !(speaks && value.kind() == Kind::String);
        match value.kind() {
            _ if is_decoy(name) => {}
            Kind::Object => take(Cow::Borrowed(value.as_str()), pointer(), slot),
            Kind::Array if slot => take(Cow::Borrowed(value.as_str()), pointer(), slot),
            Kind::Array => elements(value, &pointer(), take),
            Kind::String if slot => {
                if let Some(inner) = json_in(value) {
                    take(Cow::Owned(inner), pointer(), slot);
                }
            }
            Kind::String | Kind::Number | Kind::Bool | Kind::Null => {}
        }
    }
}

fn elements<'b>(list: Raw<'b>, base: &str, take: &mut Take<'_, 'b>) {
    for (index, element) in list.elements().into_iter().enumerate() {
        if matches!(element.kind(), Kind::Object | Kind::Array) {
            let pointer = format!("{base}/{index}");
            take(Cow::Borrowed(element.as_str()), pointer, false);
        }
    }
}

/// The JSON in a string, through as many strings as there are.
fn json_in(value: Raw<'_>) -> Option<String> {
    let mut text = value.string()?;
    for _ in 0..4 {
        match text.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => {
                return Raw::parse(text.trim())
                    .ok()
                    .map(|raw| raw.as_str().to_owned());
            }
            Some(b'"') => text = Raw::parse(text.trim()).ok()?.string()?,
            Some(_) | None => return None,
        }
    }
    None
}

/// The field by which an object states usage: at its top, or in an object at its top.
pub fn bears_usage(object: &Object<'_>) -> Option<String> {
    let here = |object: &Object<'_>| {
        let mut fields = object.entries();
        let field = fields.find(|(name, value)| counts(name) && holds(*value));
        field.map(|(name, _)| printable(name))
    };
    here(object).or_else(|| {
        let mut inner = object.entries().filter(|(name, _)| !is_decoy(name));
        inner.find_map(|(name, value)| {
            let field = here(&value.object()?)?;
            Some(format!("{}.{field}", printable(name)))
        })
    })
}

fn counts(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "usage",
        "usageMetadata",
        "usage_metadata",
        "token_usage",
        "tokenUsage",
        "billed_units",
        "eval_count",
        "prompt_eval_count",
    ];
    NAMES.contains(&name)
        || name.ends_with("_tokens") && !name.starts_with("max_")
        || name.ends_with("TokenCount")
}

fn holds(value: Raw<'_>) -> bool {
    match value.kind() {
        Kind::Object => value.object().is_some_and(|object| {
            let mut fields = object.entries();
            fields.any(|(_, value)| value.kind() == Kind::Number)
        }),
        Kind::Number | Kind::String => value.digits().is_some_and(|digits| {
            let number = digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.');
            number && digits.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        }),
        Kind::Array | Kind::Bool | Kind::Null => false,
    }
}
