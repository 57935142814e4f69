//! What `inspect` prints for people.

use super::{Advice, InspectArgs, places, quoted, said};
use crate::cli::Global;
use crate::envelopes::Target;
use crate::ingest::{self, Sight};
use crate::json::printable;
use crate::usage::UsageRecord;

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

/// The whole answer, line by line.
pub fn text(args: &InspectArgs, global: &Global, sight: &Sight, advice: &Advice) -> Vec<String> {
    let mut lines = overview(args, sight);
    lines.push(String::new());
    match &sight.first {
        Some((spot, record)) => lines.extend(found(spot, record, sight)),
        None => lines.extend(nothing(sight)),
    }
    let file = quoted(&args.file);
    let given = global.map.iter();
    let given = given.fold(String::new(), |all, map| {
        format!("{all} --map {}", quoted(map))
    });
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

/// What a source consists of.
fn unit(sight: &Sight) -> &'static str {
    if sight.ending.format.starts_with("sqlite:") {
        "row"
    } else {
        "line"
    }
}

fn overview(args: &InspectArgs, sight: &Sight) -> Vec<String> {
    let ending = &sight.ending;
    let unit = unit(sight);
    let extent = match (args.line, sight.whole) {
        (Some(line), _) => format!("{unit} {line}"),
        (None, true) if ending.lines == 1 => format!("1 {unit}"),
        (None, true) => format!("{} {unit}s", ending.lines),
        (None, false) => "its beginning".to_owned(),
    };
    let mut lines = vec![format!("{}: {extent}, {}", args.file, ending.format)];
    for (layers, count) in &sight.read_as {
        lines.push(format!("  {count} read as {layers}"));
    }
    for (kind, count) in &sight.ignored {
        lines.push(format!("  {count} ignored: {kind}"));
    }
    for (warning, count) in sight.warnings.iter().take(5) {
        lines.push(format!("  {count} with a warning: {warning}"));
    }
    for (line, reason) in sight.rejected.iter().take(5) {
        lines.push(format!("  {unit} {line} rejected: {reason}"));
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
            .map(|target| target.name().into_owned())
            .unwrap_or_default();
        let found = places(sight).into_iter().find(|(name, _)| *name == known);
        found.map(|(_, place)| place)
    };
    let at = if spot.pointer.is_empty() {
        String::new()
    } else {
        format!(", at {}", shown(&spot.pointer))
    };
    let unit = unit(sight);
    let mut lines = vec![format!("The first record ({unit} {}{at}):", spot.line)];
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
pub fn shown(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1);
    steps.fold(String::new(), |all, step| {
        format!("{all}/{}", printable(step))
    })
}
