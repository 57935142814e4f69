//! `llmcost inspect`: how a log is read, what was found where, and what to do about the rest.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use super::formats::{PROJECT, formats, read};
use super::{Console, Done, Global, input};
use crate::envelopes::{LeafSort, Target, suggest};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{self, Sight, samples};
use crate::json::printable;
use crate::source::{self, Opened};
use crate::usage::{Field, UsageRecord};

/// Show how a log is read: its layers, what was found where, what is missing
///
/// Nothing is stored, and nothing that a text says is shown: names, kinds and counts only.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost inspect app.jsonl
  llmcost inspect app.jsonl --line 17
  llmcost inspect app.jsonl --map user=/ctx/uid --map response=/llm/raw
  llmcost inspect app.jsonl --map user=/ctx/uid --save acme

Places are JSON pointers: /ctx/uid is uid inside of ctx. docs/formats.md has more.")]
pub struct InspectArgs {
    /// A log, or - for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Look at this line only
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

/// What is shown of a record: its name in formats, and how people call it.
const SHOWN: &[(&str, &str)] = &[
    ("provider", "provider"),
    ("model", "model"),
    ("requested_model", "requested model"),
    ("time", "time"),
    ("user", "user"),
    ("tenant", "tenant"),
    ("request_id", "request"),
    ("id", "response id"),
    ("conversation", "conversation"),
    ("agent", "agent"),
    ("workflow", "workflow"),
    ("task", "task"),
    ("latency_ms", "latency"),
    ("cost", "reported cost"),
];

/// What a report needs or is usually wanted by; the rest is only shown where it is found.
const WANTED: &[&str] = &["model", "time", "user", "tenant"];

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
    let mut source = match source::open(&one)? {
        Opened::Source(source) => source,
        Opened::Skipped(reason) => return Err(unreadable(path, reason)),
        Opened::Rejected(fault) => return Err(unreadable(path, &fault.to_string())),
    };
    let sight = ingest::inspect(&mut source, &all, &options, args.line)?;
    let advice = Advice::of(&sight);
    if args.format == "json" {
        console.print_json(&json(&sight, &advice))?;
    } else {
        console.print_lines(&text(args, global, &sight, &advice))?;
    }
    if let Some(name) = &args.save {
        save(name, global, &sight, console)?;
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

fn text(args: &InspectArgs, global: &Global, sight: &Sight, advice: &Advice) -> Vec<String> {
    let mut lines = overview(args, sight);
    lines.push(String::new());
    match &sight.first {
        Some((spot, record)) => lines.extend(found(spot, record, sight)),
        None => lines.extend(nothing(sight)),
    }
    let file = quoted(&args.file);
    let given: String = global
        .map
        .iter()
        .map(|map| format!(" --map {}", quoted(map)))
        .collect();
    lines.push(String::new());
    if advice.needed && advice.maps.is_empty() {
        lines.push("Say where the counts are, for example:".to_owned());
        lines.push(format!(
            "  llmcost inspect {file} --map model=/PLACE --map input=/PLACE --map output=/PLACE"
        ));
        return lines;
    }
    if !advice.maps.is_empty() {
        let what = if advice.needed {
            "These fields may be it:"
        } else {
            "These fields may say more:"
        };
        lines.push(what.to_owned());
        let maps = advice.maps.iter();
        lines.extend(maps.map(|(name, place)| format!("  {name:<16} {}", shown(place))));
        lines.push(String::new());
    }
    lines.push("Next:".to_owned());
    let options = format!("{given}{}", advice.options());
    lines.push(format!("  llmcost report --by model {file}{options}"));
    if !options.is_empty() {
        lines.push(format!("  llmcost inspect {file}{options} --save NAME"));
    }
    lines
}

fn overview(args: &InspectArgs, sight: &Sight) -> Vec<String> {
    let ending = &sight.ending;
    let extent = match (args.line, sight.whole) {
        (Some(line), _) => format!("line {line}"),
        (None, true) if ending.lines == 1 => "1 line".to_owned(),
        (None, true) => format!("{} lines", ending.lines),
        (None, false) => "its beginning".to_owned(),
    };
    let mut lines = vec![format!("{}: {extent}, {}", args.file, ending.format)];
    for (layers, count) in &sight.read_as {
        lines.push(format!("  {count} read as {layers}"));
    }
    for (kind, count) in &sight.ignored {
        lines.push(format!("  {count} ignored: {kind}"));
    }
    for (line, reason) in sight.rejected.iter().take(5) {
        lines.push(format!("  line {line} rejected: {reason}"));
    }
    let more = sight.rejected.len().saturating_sub(5);
    if more > 0 {
        lines.push(format!("  and {more} more rejected"));
    }
    lines
}

/// The first record: what it says, and where that stands.
fn found(spot: &ingest::Spot, record: &UsageRecord, sight: &Sight) -> Vec<String> {
    let place = |name: &str| {
        let known = Target::named(name)
            .map(|target| target.name())
            .unwrap_or_default();
        let found = places(sight).into_iter().find(|(name, _)| *name == known);
        found.map(|(_, place)| place)
    };
    let at = if spot.pointer.is_empty() {
        String::new()
    } else {
        format!(", at {}", shown(&spot.pointer))
    };
    let mut lines = vec![format!("The first record (line {}{at}):", spot.line)];
    for (name, label) in SHOWN {
        match (said(record, name), place(name)) {
            (Some(said), Some(place)) => lines.push(format!("  {label:<16} {said}  from {place}")),
            (Some(said), None) => lines.push(format!("  {label:<16} {said}")),
            (None, _) if WANTED.contains(name) => lines.push(format!("  {label:<16} -")),
            (None, _) => {}
        }
    }
    for item in &record.items {
        lines.push(format!(
            "  {:<16} {} {}",
            item.meter.name(),
            item.quantity.exact(),
            item.meter.unit()
        ));
    }
    for note in &record.notes {
        lines.push(format!("  {:<16} {}", note.kind.name(), note.text));
    }
    lines
}

/// What the first value has that nobody reads.
fn nothing(sight: &Sight) -> Vec<String> {
    let mut lines = vec!["No usage was found in it.".to_owned()];
    if sight.leaves.is_empty() {
        lines.push("It has no JSON fields.".to_owned());
        return lines;
    }
    lines.push("Its fields:".to_owned());
    for leaf in sight.leaves.iter().take(40) {
        lines.push(format!(
            "  {:<40} {}",
            shown(&leaf.pointer),
            leaf.sort.name()
        ));
    }
    lines
}

/// A pointer with its odd names left out.
fn shown(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1);
    steps.map(|step| format!("/{}", printable(step))).collect()
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
        "rejected": rejected.collect::<Vec<_>>(),
        "first": first,
        "fields": fields.collect::<Vec<_>>(),
        "suggested": advice.maps.iter().map(|(name, place)| json!({"name": name, "place": place})).collect::<Vec<_>>(),
    })
}

/// Adds what `--map` says as a format to the project's file.
fn save(name: &str, global: &Global, sight: &Sight, console: &Console) -> Result<()> {
    if global.map.is_empty() {
        return Err(
            Error::usage("--save keeps what --map says, and there is no --map")
                .hint("add --map NAME=PLACE for what is to be kept"),
        );
    }
    let path = PathBuf::from(PROJECT);
    let known = if path.is_file() {
        read(&path)?
    } else {
        Vec::new()
    };
    if known.iter().any(|format| format.id == name) {
        return Err(Error::usage(format!("{PROJECT} has a format {name} already")).at(&path, None));
    }
    let mut text = if known.is_empty() && !path.is_file() {
        String::new()
    } else {
        "\n".to_owned()
    };
    text.push_str(&written(name, global, sight)?);
    crate::envelopes::Formats::parse(&text)?;
    let file = fs::OpenOptions::new().create(true).append(true).open(&path);
    let wrote = file.and_then(|mut file| file.write_all(text.as_bytes()));
    wrote.map_err(|error| {
        let message = format!("the format cannot be kept: {}", error.kind());
        Error::new(ErrorKind::Output, message).at(&path, None)
    })?;
    console.remark(&format!(
        "kept as format {name} in {PROJECT}; it is used from now on, here"
    ));
    Ok(())
}

fn written(name: &str, global: &Global, sight: &Sight) -> Result<String> {
    let mut table = toml::Table::new();
    let mut complete = false;
    for map in &global.map {
        let Some((name, place)) = map.split_once('=') else {
            continue;
        };
        let name = name.trim();
        complete |= matches!(name, "response" | "each")
            || matches!(Target::named(name), Ok(Target::Count(_)));
        let value = toml::Value::String(place.trim().to_owned());
        table.insert(name.to_owned(), value);
    }
    if !complete {
        // Usage is found without help: the format only says more of it.
        table.insert("response".to_owned(), toml::Value::String(String::new()));
    }
    let body = toml::to_string(&table).map_err(|error| Error::usage(format!("--save: {error}")))?;
    let used: Vec<&str> = table.values().filter_map(toml::Value::as_str).collect();
    let others = sight
        .leaves
        .iter()
        .filter(|leaf| leaf.sort == LeafSort::Word && !used.contains(&leaf.pointer.as_str()));
    let others = others
        .take(12)
        .map(|leaf| format!("# {}\n", shown(&leaf.pointer)));
    let others: String = others.collect();
    let name = toml::Value::String(name.to_owned());
    Ok(format!(
        "[[format]]\nname = {name}\n{body}# More places in this log:\n{others}"
    ))
}
