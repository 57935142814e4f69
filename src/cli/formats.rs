//! `llmcost formats`: what can be read.

use clap::Args;
use serde_json::{Value as Json, json};

use super::output::OutputArgs;
use super::{Console, Done};
use crate::adapters::{ADAPTERS, AGENTS};
use crate::envelopes::Formats;
use crate::error::Result;
use crate::table::{Cell, Column, Kind, Table};

/// List what can be read
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost formats
  llmcost formats --format json")]
pub struct FormatsArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the list cannot be written.
pub fn run(args: &FormatsArgs, console: &Console) -> Result<Done> {
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    for format in Formats::builtin()?.all() {
        rows.push(("envelope", format.id.clone(), format.docs.clone()));
    }
    for adapter in AGENTS {
        let (id, docs) = (adapter.id.to_owned(), adapter.docs.to_owned());
        rows.push(("transcript", id, docs));
    }
    for adapter in ADAPTERS {
        rows.push(("response", adapter.id.to_owned(), adapter.docs.to_owned()));
    }
    let lines: Vec<Json> = rows
        .iter()
        .map(|(kind, id, docs)| json!({"kind": kind, "id": id, "docs": docs}))
        .collect();
    let json = json!({"schema": "llmcost.formats/1", "formats": lines});
    let columns = [
        ("kind", "Kind"),
        ("id", "Format"),
        ("docs", "Documented at"),
    ];
    let table = Table {
        columns: columns
            .into_iter()
            .map(|(key, title)| Column::new(key, title, Kind::Text))
            .collect(),
        rows: rows
            .into_iter()
            .map(|(kind, id, docs)| {
                vec![
                    Cell::Text(kind.to_owned()),
                    Cell::Text(id),
                    Cell::Text(docs),
                ]
            })
            .collect(),
        ..Table::default()
    };
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}
