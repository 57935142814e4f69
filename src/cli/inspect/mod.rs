//! `llmcost inspect`: how a log is read, what was found where, and what to do about the rest.

mod save;
mod text;

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use serde_json::{Value as Json, json};

use super::formats::formats;
use super::{Console, Done, Global, input};
use crate::envelopes::{Target, suggest};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{self, Look, Sight, samples};
use crate::source::{self, Opened};
use crate::usage::{Field, UsageRecord};

/// Show how a log is read: its layers, what was found where, what is missing
///
/// Nothing is stored, and nothing that a text says is shown: names, kinds and counts only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost inspect app.jsonl
  llmcost inspect app.jsonl --line 17
  llmcost inspect ~/.local/share/opencode/opencode.db
  llmcost inspect app.jsonl --map user=/ctx/uid --map response=/llm/raw
  llmcost inspect app.jsonl --map user=/ctx/uid --save acme

Places are JSON pointers: /ctx/uid is uid inside of ctx. docs/formats.md has more.")]
pub struct InspectArgs {
    /// A log, the database of a coding agent, or - for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Look at this line only, or at this row of a database
    #[arg(long, value_name = "N")]
    line: Option<u64>,
    /// Keep what --map says as a format of this name, in ./llmcost.formats.toml
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// State what the log does not say (repeatable)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// text or json
    #[arg(long, short, value_name = "FORMAT", default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read.
pub fn run(args: &InspectArgs, global: &Global, console: &Console) -> Result<Done> {
    let all = formats(global)?;
    let options = input::options(&args.set)?;
    let path = Path::new(&args.file);
    let mut found = source::expand(std::slice::from_ref(&args.file))?.into_iter();
    let (Some(one), None) = (found.next(), found.next()) else {
        return Err(Error::usage("inspect looks at one file").at(path, None));
    };
    let look = Look {
        path: &one.path.to_string_lossy(),
        formats: &all,
        options: &options,
        line: args.line,
    };
    let sight = match source::open(&one, None)? {
        Opened::Source(mut source) => ingest::inspect(&mut source, &look)?,
        Opened::Database(database, _) => ingest::inspect_database(&database, &look)?,
        Opened::Skipped(reason) => return Err(unreadable(path, reason)),
        Opened::Rejected(fault) => return Err(unreadable(path, &fault.to_string())),
    };
    let advice = Advice::of(&sight);
    if args.format == "json" {
        console.print_json(&json(&sight, &advice))?;
    } else {
        console.print_lines(&text::text(args, global, &sight, &advice))?;
    }
    if let Some(name) = &args.save {
        save::save(name, global, &sight, console)?;
    }
    Ok(Done::Well)
}

fn unreadable(path: &Path, reason: &str) -> Error {
    Error::new(
        ErrorKind::Input,
        format!("this cannot be looked into: it {reason}"),
    )
    .at(path, None)
}

/// What may be mapped.
struct Advice {
    /// Names and places for what was not found.
    maps: Vec<(&'static str, String)>,
    /// Whether there is no record without them.
    needed: bool,
}

impl Advice {
    fn of(sight: &Sight) -> Self {
        let record = sight.first.as_ref().map(|(_, record)| record);
        let taken: BTreeSet<String> = places(sight).into_iter().map(|(_, place)| place).collect();
        let mut maps = suggest(&sight.leaves, &taken);
        if let Some(record) = record {
            maps.retain(|(name, _)| {
                !matches!(*name, "input" | "output" | "cached") && said(record, name).is_none()
            });
        }
        let has = |name: &str| maps.iter().any(|(known, _)| *known == name);
        let needed = record.is_none();
        if needed && !(has("model") && (has("input") || has("output"))) {
            maps.clear();
        }
        Self { maps, needed }
    }

    fn options(&self) -> String {
        let options = self
            .maps
            .iter()
            .map(|(name, place)| format!(" --map {name}={}", quoted(place)));
        options.collect()
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/_-.@:=^".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// What a record says under a name of formats.
fn said(record: &UsageRecord, name: &str) -> Option<String> {
    let target = Target::named(name).ok()?;
    samples::value(record, &target)
}

/// Where the fields of the first record stand: names and places.
fn places(sight: &Sight) -> Vec<(String, String)> {
    let layers = sight.first.as_ref().map(|(spot, _)| spot.layers.as_str());
    let pairs = layers.unwrap_or_default().split(' ').skip(1);
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, place)| (name.to_owned(), place.to_owned()))
        .collect()
}

fn json(sight: &Sight, advice: &Advice) -> Json {
    let first = sight.first.as_ref().map(|(spot, record)| {
        let items = record.items.iter().map(|item| {
            json!({"meter": item.meter.name(), "quantity": item.quantity.exact().to_string()})
        });
        json!({
            "line": spot.line,
            "pointer": spot.pointer,
            "model": record.facts.get_text(Field::ResponseModel),
            "line_items": items.collect::<Vec<_>>(),
            "found_at": places(sight).into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        })
    });
    let rejected = sight
        .rejected
        .iter()
        .map(|(line, reason)| json!({"line": line, "reason": reason}));
    let fields = sight
        .leaves
        .iter()
        .map(|leaf| json!({"place": leaf.pointer, "kind": leaf.sort.name()}));
    json!({
        "schema": "llmcost.inspect/1",
        "format": sight.ending.format,
        "whole": sight.whole,
        "read_as": sight.read_as,
        "ignored": sight.ignored,
        "warnings": sight.warnings,
        "rejected": rejected.collect::<Vec<_>>(),
        "first": first,
        "fields": fields.collect::<Vec<_>>(),
        "suggested": advice.maps.iter().map(|(name, place)| json!({"name": name, "place": place})).collect::<Vec<_>>(),
    })
}
