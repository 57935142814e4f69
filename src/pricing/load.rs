//! Bytes → price book: in the format `llmcost-prices/1`, or in the older per-1k format, which is
//! known by having no `format:`.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::{MergeKeyPolicy, Options, UserMessageFormatter};

use super::book::{PriceBook, sha256};
use super::format::Text;
use super::{check, per_1k};
use crate::error::{Error, ErrorKind, Result};

/// Deepest nesting of a book of ours; an application's configuration may have more.
const DEEPEST: usize = 16;
const DEEPEST_FOREIGN: usize = 64;

/// What is enough to tell the formats apart.
#[derive(Deserialize)]
struct Probe {
    format: Option<IgnoredAny>,
    models: Option<IgnoredAny>,
    settings: Option<IgnoredAny>,
}

/// Reads a book in either format. `name` says where the text comes from, for messages.
pub fn load(name: &str, bytes: &[u8]) -> Result<PriceBook> {
    match read::<Text>(bytes, ours_only()) {
        Ok(text) => ours(name, sha256(bytes), text),
        Err(error) if says_format(bytes) => Err(unreadable(name, &error)),
        Err(error) => match read::<Probe>(bytes, bounds(DEEPEST_FOREIGN)) {
            Ok(probe) if probe.is_per_1k() => older(name, bytes),
            Ok(_) => Err(unreadable(name, &error)),
            Err(error) => Err(unreadable(name, &error)),
        },
    }
}

impl Probe {
    fn is_per_1k(&self) -> bool {
        self.format.is_none() && (self.models.is_some() || self.settings.is_some())
    }
}

/// Whether a line begins as the first line of our format does.
fn says_format(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    lines.any(|line| line.starts_with(b"format:"))
}

/// Reads a part of a book that can stand alone, and knows the hash of the whole.
pub fn page(name: &str, text: &str, sha256: &str) -> Result<PriceBook> {
    let read =
        read::<Text>(text.as_bytes(), ours_only()).map_err(|error| unreadable(name, &error))?;
    ours(name, sha256.to_owned(), read)
}

fn ours(name: &str, sha256: String, text: Text) -> Result<PriceBook> {
    let lines = text.lines();
    finish(name, PriceBook::of(text, sha256), lines)
}

fn older(name: &str, bytes: &[u8]) -> Result<PriceBook> {
    let text: per_1k::Text =
        read(bytes, bounds(DEEPEST_FOREIGN)).map_err(|error| unreadable(name, &error))?;
    let (text, settings, models) = per_1k::meaning(name, text)
        .map_err(|(problem, models)| problem.at(name, &of_models(models)))?;
    let mut book = PriceBook::of(text, sha256(bytes));
    book.usage_logging = Some(settings);
    finish(name, book, of_models(models))
}

fn of_models(models: Vec<u64>) -> check::Lines {
    check::Lines {
        models,
        ..check::Lines::default()
    }
}

fn finish(name: &str, mut book: PriceBook, lines: check::Lines) -> Result<PriceBook> {
    check::book(&book).map_err(|problem| problem.at(name, &lines))?;
    (book.origin, book.lines) = (name.to_owned(), lines);
    book.fill_shelves();
    Ok(book)
}

fn read<T: serde::de::DeserializeOwned>(
    bytes: &[u8],
    options: Options,
) -> Result<T, serde_saphyr::Error> {
    serde_saphyr::from_slice_with_options(bytes, options)
}

/// In a book of ours every rate stands where it is used: a merge key would say which of two holds,
/// and a tag would say that a price is something else. An application's configuration may have both.
fn ours_only() -> Options {
    let mut options = bounds(DEEPEST);
    options.merge_keys = MergeKeyPolicy::Error;
    options.reject_unsupported_tags = true;
    options.ignore_binary_tag_for_string = true;
    options
}

/// Nothing a book needs comes near these limits; a document that does is no price book.
fn bounds(deepest: usize) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_documents: 1,
            max_depth: deepest,
            max_aliases: 1_000,
            max_anchors: 1_000,
            max_merge_keys: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
    }
}

fn unreadable(name: &str, error: &serde_saphyr::Error) -> Error {
    let line = error.location().map(|location| location.line());
    let options = serde_saphyr::render_options! {
        formatter: &UserMessageFormatter,
        snippets: serde_saphyr::SnippetMode::Off,
    };
    let message = error.render_with_options(options);
    let message = message.lines().next().unwrap_or_default();
    // The place is told once, in front.
    let message = message
        .split_once(" at line ")
        .map_or(message, |(told, _)| told);
    let message = check::short(message);
    Error::new(ErrorKind::PriceBook, format!("not a price book: {message}"))
        .at(Path::new(name), line.filter(|line| *line > 0))
        .hint(hint(message))
}

/// What to do about the usual mistakes.
fn hint(message: &str) -> &'static str {
    let known = [
        (
            "duplicate",
            "keep one of the two: nobody could say which one holds",
        ),
        (
            "variant `llmcost-prices/",
            "the book was made for another version of llmcost; this one reads llmcost-prices/1",
        ),
        (
            "unknown field",
            "correct the name; docs/pricing-file.md lists all of them with their meaning",
        ),
        (
            "significant digits",
            "write the price as the provider does: so many digits are a rounding error of some program",
        ),
        (
            "the number",
            "write a plain decimal such as 0.25; what is not known is left out",
        ),
        (
            "null",
            "leave out what is not known: nothing is not the same as 0",
        ),
        (
            "too complex",
            "a price book needs neither such nesting nor so many aliases",
        ),
        (
            "recursion limit",
            "a price book needs neither such nesting nor so many aliases",
        ),
        (
            "merge key",
            "write out what is meant: of two rates nobody could say which one holds",
        ),
        (
            "tag",
            "leave the tag out: every scalar of a price book is read as it stands",
        ),
    ];
    let about = known.iter().find(|(word, _)| message.contains(word));
    about.map_or(
        "docs/pricing-file.md describes the format llmcost-prices/1 field by field",
        |(_, hint)| hint,
    )
}
