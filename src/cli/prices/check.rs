//! `llmcost prices check`: what is wrong with price books, and what should be looked at again.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value as Json, json};

use super::{
    Console, Done, Global, input,
    output::{OutputArgs, counted},
    read,
};
use crate::error::{Error, Result};
use crate::pricing::lint::{Finding, Level, Terms, lint};
use crate::pricing::{Day, PriceBook, Prices};
use crate::table::{Cell, Column, Kind, Shown, Table};

/// Look price books over: mistakes, old sources, gaps in time, rates that round
///
/// Without a file, all books that are in force. Exits with 1 when a book does not load, with
/// --strict also when there are warnings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost prices check
  llmcost prices check our-prices.yaml --notes
  llmcost prices check prices/*.yaml --strict --max-age 14
  llmcost prices check --format json | jq '.findings[].kind'")]
pub struct CheckArgs {
    /// Price books
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Days after which a source is to be checked again
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    max_age: u32,
    /// Also what is only worth knowing: unverified and free rates, rates that round
    #[arg(long)]
    notes: bool,
    /// Exit with 1 when there are warnings
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// A finding and the book it is about.
type Found = (String, Finding);

/// Runs the command.
///
/// # Errors
/// When a file is missing or the findings cannot be written.
pub fn run(args: &CheckArgs, global: &Global, console: &Console) -> Result<Done> {
    let terms = Terms {
        today: Day::of(console.now()?),
        max_age: args.max_age,
    };
    let mut found: Vec<Found> = Vec::new();
    let mut books = 0_usize;
    if args.files.is_empty() {
        for book in input::prices(global)?.all_books() {
            books += 1;
            let findings = lint(book, terms).into_iter();
            found.extend(findings.map(|finding| (book.info().name, finding)));
        }
    }
    for path in &args.files {
        books += 1;
        let (name, bytes) = read(path)?;
        // An overlay may extend bundled models, which must be there.
        let book = PriceBook::parse(&name, &bytes);
        let laid = book.and_then(|book| {
            Prices::bundled().with_overlay(book.clone())?;
            Ok(book)
        });
        match laid {
            Ok(book) => {
                let findings = lint(&book, terms).into_iter();
                found.extend(findings.map(|finding| (name.clone(), finding)));
            }
            Err(error) => found.push((name, broken(&error))),
        }
    }
    let count = |level| {
        found
            .iter()
            .filter(|(_, finding)| finding.level == level)
            .count()
    };
    let counts = [
        count(Level::Error),
        count(Level::Warning),
        count(Level::Note),
    ];
    found.retain(|(_, finding)| args.notes || finding.level != Level::Note);
    found.sort_by_key(|(_, finding)| finding.level);
    print(args, &found, books, counts, console)?;
    let [errors, warnings, _] = counts;
    Ok(if errors > 0 || (args.strict && warnings > 0) {
        Done::ConditionFailed
    } else {
        Done::Well
    })
}

/// A book that does not load.
fn broken(error: &Error) -> Finding {
    let hint = error.hint.as_deref().map(|hint| format!(" ({hint})"));
    Finding {
        level: Level::Error,
        kind: "broken",
        line: error.origin.as_ref().and_then(|origin| origin.line),
        model: None,
        from: None,
        message: format!("{}{}", error.message, hint.unwrap_or_default()),
    }
}

fn print(
    args: &CheckArgs,
    found: &[Found],
    books: usize,
    [errors, warnings, notes]: [usize; 3],
    console: &Console,
) -> Result<()> {
    let lines: Vec<Json> = found.iter().map(line).collect();
    let json = json!({
        "schema": "llmcost.prices.check/1", "books": books,
        "errors": errors, "warnings": warnings, "notes": notes, "findings": lines,
    });
    let columns = ["level", "where", "model", "from", "message"];
    let hidden = if args.notes || notes == 0 {
        ""
    } else {
        " (--notes shows them)"
    };
    let table = Table {
        columns: columns
            .map(|key| Column::new(key, key, Kind::Text).shown(Shown::WhenUsed))
            .into(),
        rows: found.iter().map(row).collect(),
        notes: vec![format!(
            "{}: {}, {}, {}{hidden}",
            counted(books, "book"),
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(notes, "note"),
        )],
        ..Table::default()
    };
    args.output.print_table(&table, &json, &lines, console)
}

fn line((book, finding): &Found) -> Json {
    json!({
        "level": finding.level.name(), "kind": finding.kind, "book": book, "line": finding.line,
        "model": finding.model, "from": finding.from, "message": finding.message,
    })
}

fn row((book, finding): &Found) -> Vec<Cell> {
    let place = match finding.line {
        Some(line) => format!("{book}:{line}"),
        None => book.clone(),
    };
    vec![
        Cell::Text(finding.level.name().to_owned()),
        Cell::Text(place),
        Cell::text(finding.model.as_ref()),
        Cell::text(finding.from.as_ref()),
        Cell::Text(finding.message.clone()),
    ]
}
