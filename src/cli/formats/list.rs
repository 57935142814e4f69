//! `llmcost formats`: the list.

use serde_json::{Value as Json, json};

use super::{Console, Done, Global, OutputArgs, formats};
use crate::adapters::{ADAPTERS, AGENTS, Adapter, TRACES};
use crate::error::Result;
use crate::table::{Cell, Column, Kind, Table};

/// One thing that can be read.
struct Row {
    kind: &'static str,
    id: String,
    docs: String,
    own: bool,
}

/// Runs the command.
///
/// # Errors
/// When the list cannot be written.
pub fn run(output: &OutputArgs, global: &Global, console: &Console) -> Result<Done> {
    let formats = formats(global)?;
    let envelopes = formats.all().iter().map(|format| Row {
        kind: "envelope",
        id: format.id.clone(),
        docs: format.docs.clone(),
        own: format.own,
    });
    let transcripts = AGENTS.iter().map(|adapter| of_code("transcript", adapter));
    let traces = TRACES.iter().map(|adapter| of_code("trace", adapter));
    let responses = ADAPTERS.iter().map(|adapter| of_code("response", adapter));
    let of_code = transcripts.chain(traces).chain(responses);
    let rows: Vec<Row> = envelopes.chain(of_code).collect();
    let lines: Vec<Json> = rows
        .iter()
        .map(|row| json!({"kind": row.kind, "id": row.id, "docs": row.docs, "own": row.own}))
        .collect();
    let json = json!({"schema": "llmcost.formats/1", "formats": lines});
    let columns = [
        ("kind", "Kind"),
        ("id", "Format"),
        ("docs", "Documented at"),
    ];
    let cells = |row: Row| {
        let docs = if row.own {
            "(your own)".to_owned()
        } else {
            row.docs
        };
        vec![
            Cell::Text(row.kind.to_owned()),
            Cell::Text(row.id),
            Cell::Text(docs),
        ]
    };
    let table = Table {
        columns: columns
            .into_iter()
            .map(|(key, title)| Column::new(key, title, Kind::Text))
            .collect(),
        rows: rows.into_iter().map(cells).collect(),
        ..Table::default()
    };
    output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

/// One that is read by code.
fn of_code(kind: &'static str, adapter: &Adapter) -> Row {
    Row {
        kind,
        id: adapter.id.to_owned(),
        docs: adapter.docs.to_owned(),
        own: false,
    }
}
