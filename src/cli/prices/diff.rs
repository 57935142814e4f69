//! `llmcost prices diff`: what changed between two books.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value as Json, json};

use super::{
    Console, Done,
    output::{OutputArgs, counted},
    read,
};
use crate::error::Result;
use crate::pricing::diff::{Change, diff};
use crate::pricing::{PriceBook, Prices};
use crate::table::{Cell, Column, Kind, Shown, Table};

/// Compare two price books: what changed, by model and meter, and from when
///
/// Prices are compared at every time, however they are cut into periods: ending a period and adding
/// another one shows as one change from that day on. Against the word bundled, the other book is laid
/// over the bundled ones first.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prices diff prices-2026-10.yaml prices-2026-11.yaml
  llmcost prices diff bundled our-prices.yaml
  git show HEAD~1:prices.yaml | llmcost prices diff - prices.yaml --format json")]
pub struct DiffArgs {
    /// The old book: a file, - for standard input, or the word bundled
    old: PathBuf,
    /// The new book
    new: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When a book cannot be read or the answer cannot be written.
pub fn run(args: &DiffArgs, console: &Console) -> Result<Done> {
    let over_bundled = is_bundled(&args.old) || is_bundled(&args.new);
    let old = open(&args.old, over_bundled)?;
    let new = open(&args.new, over_bundled)?;
    let changes = diff(&old.all_books(), &new.all_books());
    let lines: Vec<Json> = changes.iter().map(line).collect();
    let json = json!({"schema": "llmcost.prices.diff/1", "changes": lines});
    let column = |key: &str, shown| Column::new(key, key, Kind::Text).shown(shown);
    let table = Table {
        columns: vec![
            column("model", Shown::Always),
            column("what", Shown::Always),
            column("from", Shown::WhenUsed),
            column("to", Shown::WhenUsed),
            column("old", Shown::Always),
            column("new", Shown::Always),
        ],
        rows: changes.iter().map(row).collect(),
        notes: vec![match changes.len() {
            0 => "The two say the same.".to_owned(),
            count => counted(count, "difference"),
        }],
        ..Table::default()
    };
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

fn is_bundled(path: &Path) -> bool {
    path == Path::new("bundled")
}

/// A book on its own; beside the bundled ones, as it lies over them.
fn open(path: &Path, over_bundled: bool) -> Result<Prices> {
    let below = if over_bundled {
        Prices::bundled()
    } else {
        Prices::default()
    };
    if is_bundled(path) {
        return Ok(below);
    }
    let (name, bytes) = read(path)?;
    below.with_overlay(PriceBook::parse(&name, &bytes)?)
}

fn line(change: &Change) -> Json {
    json!({
        "model": change.subject, "what": change.label, "from": change.from, "to": change.to,
        "old": change.old, "new": change.new,
    })
}

fn row(change: &Change) -> Vec<Cell> {
    let said = [&change.from, &change.to, &change.old, &change.new];
    let mut row = vec![
        Cell::Text(change.subject.clone()),
        Cell::Text(change.label.clone()),
    ];
    row.extend(said.map(|said| Cell::text(said.as_ref())));
    row
}
