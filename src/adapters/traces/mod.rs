//! Traces → usage records. One file per shape in which spans are kept.
//!
//! A span alone does not say whether its usage is its own: agents, chains and wrappers repeat the
//! sum of the calls inside them, often in another line of the file. So spans are kept until the
//! source ends (`tree`); then those count that have no usage below them. What a shape's file does
//! is to say which fields are which: from there all spans go one way (`span`, `counts`).

mod attributes;
mod counts;
mod header;
mod names;
mod node;
mod span;
mod tree;

use super::{Adapter, Context, Entry, Late, Reader, Reading, Transcript, row, row_counts};
use super::{row_names, shared};
use crate::error::Fault;
use crate::json::Object;
use span::Span;
use tree::Tree;

macro_rules! traces {
    ($($module:ident)*) => {
        $(mod $module;)*
        /// Every adapter of traces, in the order in which they are asked.
        pub const TRACES: &[&Adapter] = &[$(&$module::ADAPTER,)*];
    };
}

traces! {
    otlp
    langfuse
    langsmith
    mlflow
    braintrust
    weave
    datadog
    flat
}

/// What a value is called whose spans state no usage.
const NO_USAGE: &str = "span without usage";

/// What a value holds.
#[derive(Default)]
pub struct Held {
    /// Its spans and where they stand inside of it.
    spans: Vec<(String, Span)>,
    /// What is said of whole traces.
    about: Vec<Span>,
}

/// The spans of one source in one shape.
struct Traces {
    tree: Tree,
    /// Takes the spans out of a value.
    hold: fn(&Object<'_>, &mut Held) -> Result<(), Fault>,
}

/// Begins a source in a shape.
fn open(hold: fn(&Object<'_>, &mut Held) -> Result<(), Fault>) -> Box<dyn Transcript> {
    Box::new(Traces {
        tree: Tree::default(),
        hold,
    })
}

impl Transcript for Traces {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        self.tree.next_value();
        let mut held = Held::default();
        (self.hold)(value, &mut held)?;
        for about in &held.about {
            self.tree.about(about, context)?;
        }
        let (mut any, mut wrong) = (false, Vec::new());
        for (pointer, span) in held.spans {
            match self.tree.take(&span, pointer.clone(), context) {
                Ok(may_count) => any |= may_count,
                Err(fault) => wrong.push(Entry {
                    pointer,
                    reading: Err(fault),
                }),
            }
        }
        Ok(match (wrong.is_empty(), any) {
            (false, _) => Reading::Each(wrong),
            (true, true) => Reading::kept(),
            (true, false) => Reading::ignored(NO_USAGE),
        })
    }

    fn finish(&mut self, _: &Context<'_>) -> Result<Vec<Late>, Fault> {
        Ok(self.tree.finish())
    }
}

/// The objects in the first of several lists that is there, with their pointers.
fn each<'a>(object: &Object<'a>, lists: &[&str]) -> Vec<(String, Object<'a>)> {
    let list = lists
        .iter()
        .find_map(|name| Some((name, object.peek(name)?)));
    let Some((name, list)) = list else {
        return Vec::new();
    };
    let elements = list.elements().enumerate();
    elements
        .filter_map(|(n, element)| Some((format!("/{name}/{n}"), element.object()?)))
        .collect()
}
