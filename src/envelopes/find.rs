//! Where usage stands in a value of no known format: breadth first, the shallowest wins, and nothing
//! that somebody else has written into the value (prompts, tool calls, requests) is looked into.

use std::borrow::Cow;
use std::rc::Rc;

use super::endpoint;
use super::formats::{Formats, States, state_all};
use super::place::{Scene, step_text};
use super::request;
use super::said::Said;
use super::slots::{bears_usage, carries_usage, is_decoy, is_slot, json_in};
use crate::json::{Kind, Object, Raw};

/// Deepest nesting of objects that is looked into.
const DEEPEST: usize = 8;
/// Values that are looked at, at most: more take many times the room of their text.
const MOST: usize = 300_000;

/// What an object is, as far as its reader can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An envelope of a known format.
    Envelope,
    /// A response.
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

/// How a value is searched.
#[derive(Clone, Copy)]
pub struct Search<'s> {
    /// The formats, with what the user has mapped.
    pub formats: &'s Formats,
    /// What the user's format of the whole value states: it beats the usual names.
    pub states: &'s States,
    /// Whether the value itself may be what is looked for.
    pub whole: bool,
    /// Says what an object is.
    pub judge: &'s Judge<'s>,
}

/// Values that may still be looked at.
struct Budget {
    left: usize,
    /// Whether there were more.
    spent: bool,
}

impl Budget {
    fn new() -> Self {
        Self {
            left: MOST,
            spent: false,
        }
    }
}

/// Finds what bears usage in a value; says whether that was all, or the value holds more than is looked at.
pub fn find<'a>(root: Raw<'a>, search: Search<'_>) -> (Vec<Hit<'a>>, bool) {
    let mut level = vec![Rc::new(Node {
        text: Cow::Borrowed(root.as_str()),
        pointer: String::new(),
        at_slot: false,
        parent: None,
    })];
    let mut budget = Budget::new();
    for depth in 0..DEEPEST {
        let mut hits = Vec::new();
        let mut next = Vec::new();
        for node in level {
            let asked = depth > 0 || search.whole;
            let found = if asked {
                look(&node, search)
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
            return (hits, !budget.spent);
        }
        level = next;
    }
    (Vec::new(), !budget.spent)
}

/// What a node is; a row gives way to the responses that it carries, because they say more.
fn look<'a>(node: &Rc<Node<'a>>, search: Search<'_>) -> Vec<Hit<'a>> {
    let sort = sort_of(&node.text, node.at_slot, search.judge);
    match sort {
        None => Vec::new(),
        Some((sort @ (Sort::Response | Sort::Envelope), bears)) => {
            vec![hit(node, sort, bears, search)]
        }
        // Each row of a list is found by itself.
        Some((Sort::Row, _)) if Raw::cut(&node.text).kind() == Kind::Array => Vec::new(),
        Some((Sort::Row, _)) => {
            let inside = children(node, &mut Budget::new());
            let inside = inside.iter().filter(|child| child.at_slot);
            let says_more = |child: &&Rc<Node<'a>>| {
                let sort = sort_of(&child.text, true, search.judge);
                sort == Some((Sort::Response, true))
            };
            let carried: Vec<Hit<'a>> = inside
                .filter(says_more)
                .map(|child| hit(child, Sort::Response, true, search))
                .collect();
            if carried.is_empty() {
                vec![hit(node, Sort::Row, true, search)]
            } else {
                carried
            }
        }
    }
}

/// What a text is, and whether it states usage. An array is what its elements are.
fn sort_of(text: &str, at_slot: bool, judge: &Judge<'_>) -> Option<(Sort, bool)> {
    let raw = Raw::cut(text);
    let of = |object: &Object<'_>| {
        let bears = bears_usage(object);
        judge(object, at_slot).map(|sort| (sort, bears.is_some()))
    };
    match raw.kind() {
        Kind::Object => of(&raw.object()?),
        Kind::Array => {
            let mut sorts = raw.elements().filter_map(|element| of(&element.object()?));
            let (sort, bears) = sorts.next()?;
            Some((sort, bears || sorts.any(|(_, bears)| bears)))
        }
        // Text that carries usage is opened by whoever reads text.
        Kind::String => Some((Sort::Envelope, true)),
        Kind::Number | Kind::Bool | Kind::Null => None,
    }
}

fn hit<'a>(node: &Rc<Node<'a>>, sort: Sort, bears_usage: bool, search: Search<'_>) -> Hit<'a> {
    let formats = search.formats;
    let mut said = Said::default();
    map(node, search, &mut said);
    let own = (sort == Sort::Row).then(|| Rc::clone(node));
    let mut around = own.or_else(|| node.parent.clone());
    while let Some(node) = around.take() {
        if let Some(object) = Raw::cut(&node.text).object() {
            formats.aliases().state(&object, &node.pointer, &mut said);
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

/// What a row says of its call, where nothing in it may be a response that says more: what [`find`]
/// would find in it, without a search.
pub fn row(object: &Object<'_>, formats: &Formats, states: &States) -> Option<Said> {
    let speaks = object.names("role");
    let mut slots = object.entries().filter(|(name, value)| {
        let may_hold = match value.kind() {
            Kind::Object | Kind::Array => true,
            Kind::String => !speaks,
            Kind::Number | Kind::Bool | Kind::Null => false,
        };
        may_hold && is_slot(name) && !is_decoy(name)
    });
    if slots.next().is_some() {
        return None;
    }
    let mut said = Said::default();
    let scene = Scene::of(object);
    formats.state_mapping(scene, "", &mut said);
    state_all(states, scene, "", &mut said);
    formats.aliases().state(object, "", &mut said);
    request::beside(object, &mut said);
    endpoint::state(&mut said);
    Some(said)
}

/// What the user has mapped beats the usual names, wherever it stands.
fn map(node: &Rc<Node<'_>>, search: Search<'_>, said: &mut Said) {
    if search.states.is_empty() && !search.formats.has_mapping() {
        return;
    }
    let mut around = Some(Rc::clone(node));
    while let Some(node) = around.take() {
        if let Some(object) = Raw::cut(&node.text).object() {
            let scene = Scene::of(&object);
            let formats = search.formats;
            formats.state_mapping(scene, &node.pointer, said);
            if node.parent.is_none() {
                state_all(search.states, scene, "", said);
            }
        }
        around.clone_from(&node.parent);
    }
}

fn children<'a>(node: &Rc<Node<'a>>, budget: &mut Budget) -> Vec<Rc<Node<'a>>> {
    let mut found = Vec::new();
    let mut take = |text: Cow<'a, str>, pointer, at_slot| {
        if budget.left == 0 {
            budget.spent = true;
            return;
        }
        budget.left -= 1;
        let parent = Some(Rc::clone(node));
        found.push(Rc::new(Node {
            text,
            pointer,
            at_slot,
            parent,
        }));
    };
    match &node.text {
        Cow::Borrowed(text) => inside(text, node, &mut take),
        Cow::Owned(text) => inside(text, node, &mut |text, pointer, at_slot| {
            take(Cow::Owned(text.into_owned()), pointer, at_slot);
        }),
    }
    found
}

type Take<'t, 'b> = dyn FnMut(Cow<'b, str>, String, bool) + 't;

/// The values inside of a text that may bear usage.
fn inside<'b>(text: &'b str, node: &Node<'_>, take: &mut Take<'_, 'b>) {
    let raw = Raw::cut(text);
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
                } else if carries_usage(value) {
                    take(Cow::Borrowed(value.as_str()), pointer(), slot);
                }
            }
            Kind::String | Kind::Number | Kind::Bool | Kind::Null => {}
        }
    }
}

fn elements<'b>(list: Raw<'b>, base: &str, take: &mut Take<'_, 'b>) {
    for (index, element) in list.elements().enumerate() {
        if matches!(element.kind(), Kind::Object | Kind::Array) {
            let pointer = format!("{base}/{index}");
            take(Cow::Borrowed(element.as_str()), pointer, false);
        }
    }
}
