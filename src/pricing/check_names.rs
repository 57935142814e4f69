//! No name may fit two models of a provider equally well.

use std::collections::BTreeMap;

use super::book::PriceBook;
use super::bundled;
use super::check::{Checked, Problem, in_model, problem};
use super::format::Model;
use super::matching::Pattern;
use super::regular::{MOST_STEPS, Regular};

/// What was seen of the models before, by provider.
#[derive(Default)]
struct Seen<'a> {
    exact: BTreeMap<(&'a str, &'a str), usize>,
    /// By how many characters they fix, too.
    globs: BTreeMap<(&'a str, usize), Vec<(Pattern, usize)>>,
    regular: BTreeMap<&'a str, Vec<(Regular, usize)>>,
    budget: usize,
}

/// Checks the names of all models.
pub fn names(book: &PriceBook) -> Checked {
    let mut seen = Seen {
        budget: MOST_STEPS,
        ..Seen::default()
    };
    for (at, model) in book.models.iter().enumerate() {
        let patterns = patterns(&mut seen, model, at);
        let names = patterns.and_then(|()| expressions(&mut seen, model, at));
        names.map_err(|found| in_model(found, at))?;
    }
    Ok(())
}

fn patterns<'a>(seen: &mut Seen<'a>, model: &'a Model, at: usize) -> Checked {
    let provider = bundled::spelled(model.provider());
    for text in &model.matches {
        let pattern = Pattern::new(text);
        if pattern.is_exact() {
            if seen.exact.insert((provider, text), at).is_some() {
                return Err(ambiguous(text, text));
            }
            continue;
        }
        let rivals = seen
            .globs
            .entry((provider, pattern.literals()))
            .or_default();
        let others = rivals.iter();
        for (rival, _) in others.filter(|(rival, held)| *held != at || rival.text() == text) {
            match rival.overlaps(&pattern, &mut seen.budget) {
                Some(false) => {}
                Some(true) => return Err(ambiguous(rival.text(), text)),
                None => return Err(too_many("pattern", text)),
            }
        }
        rivals.push((pattern, at));
    }
    Ok(())
}

fn expressions<'a>(seen: &mut Seen<'a>, model: &'a Model, at: usize) -> Checked {
    let rivals = seen
        .regular
        .entry(bundled::spelled(model.provider()))
        .or_default();
    for text in &model.regex {
        let regular = Regular::parse(text).map_err(|error| {
            problem(
                format!("regex {text}: {error}"),
                "write it as in `gpt-5-(mini|nano)-.*`; it fits whole names only",
            )
        })?;
        for (rival, _) in rivals.iter().filter(|(_, held)| *held != at) {
            match rival.overlaps(&regular, &mut seen.budget) {
                Some(false) => {}
                Some(true) => return Err(ambiguous(rival.text(), text)),
                None => return Err(too_many("regex", text)),
            }
        }
        rivals.push((regular, at));
    }
    Ok(())
}

fn too_many(kind: &str, text: &str) -> Problem {
    problem(
        format!("{kind} {text}: there are too many large ones to tell them apart"),
        "use plain names, and patterns with a single star",
    )
}

fn ambiguous(a: &str, b: &str) -> Problem {
    let message = if a == b {
        format!("two models of one provider match {a}")
    } else {
        format!("{a} and {b} fit the same names equally well")
    };
    problem(message, "make one of the patterns more specific")
}
