//! `llmcost records`: single records, page by page.

use clap::Args;
use serde_json::{Value as Json, json};

use super::output::OutputArgs;
use super::selection::SelectionArgs;
use super::{Console, Done, Global, input, wrong};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Entry, Ledger};
use crate::render::{self, Format};
use crate::report::{Query, doubts, records, wanted};
use crate::table::Table;

/// List single records
///
/// In the order in which they were ingested, or the last one first, so that pages never shift: the
/// next page begins after the last record of this one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost records --user alice --since 7d
  llmcost records --where cost_status=unpriced
  llmcost records --chain req_7f3a
  llmcost records --reverse --limit 100 --format json
  llmcost records --limit 100 --after 6f1d0a52-2f4b-9d1c-0b7e-5a3c2d1e0f9a
  llmcost records --format jsonl logs/ | jq .cost")]
pub struct RecordsArgs {
    /// Logs to read instead of the ledger
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// At most this many [default: 50 as a table, otherwise all]
    #[arg(long, value_name = "N", help_heading = "Output")]
    limit: Option<usize>,
    /// Begin after the record with this id
    #[arg(long, value_name = "ID", help_heading = "Output")]
    after: Option<String>,
    /// The last that came in first
    #[arg(long, conflicts_with = "chain", help_heading = "Output")]
    reverse: bool,
    /// The attempts at one call: its retries, fallbacks and parts, with what the failed ones cost. ID is
    /// as for `explain`
    #[arg(
        long,
        value_name = "ID",
        conflicts_with = "after",
        help_heading = "Which records"
    )]
    chain: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
    /// State what the logs do not say (only with PATH)
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
}

/// Rows of a table page.
const PAGE: usize = 50;

/// One page and where the next one begins.
struct Page {
    entries: Vec<Entry>,
    next: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood or the records cannot be read.
pub fn run(args: &RecordsArgs, global: &Global, console: &Console) -> Result<Done> {
    let format = args.output.chosen()?;
    let query = args.selection.query(console)?;
    let ledger = input::records(&args.paths, &args.set, global, console)?;
    let people = matches!(format, Format::Table | Format::Markdown | Format::Html);
    let limit = args.limit.or(people.then_some(PAGE));
    if format == Format::Jsonl && args.chain.is_none() {
        return stream(args, &ledger, &query, limit, console);
    }
    let page = match &args.chain {
        Some(id) => chain(id, &ledger, &query)?,
        None => page(args, &ledger, &query, limit)?,
    };
    let lines: Vec<Json> = page
        .entries
        .iter()
        .map(|entry| Json::Object(records::json(entry)))
        .collect();
    let json = json!({"schema": "llmcost.records/1", "records": lines, "next": page.next});
    let mut table = Table {
        columns: records::columns(),
        ..Table::default()
    };
    for entry in &page.entries {
        table.rows.push(records::row(entry)?);
    }
    table.notes.extend(doubts::reasons(&page.entries));
    if args.chain.is_some() {
        table.notes.extend(records::attempts(&page.entries)?);
    }
    if let Some(next) = &page.next {
        let reverse = if args.reverse { "--reverse " } else { "" };
        table.notes.push(format!(
            "There are more: llmcost records {reverse}--after {next}"
        ));
    }
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

/// Prints records as they come, in bounded memory.
fn stream(
    args: &RecordsArgs,
    ledger: &Ledger,
    query: &Query,
    limit: Option<usize>,
    console: &Console,
) -> Result<Done> {
    let mut walk = Walk::new(limit);
    args.output.write(console, |out| {
        args.walk(ledger, query, &mut |entry| {
            if walk.takes(entry, query) {
                render::json::write_line(&Json::Object(records::json(entry)), out)?;
            }
            Ok(!walk.more)
        })
    })?;
    if let Some(next) = walk.next() {
        console.remark(&format!("there are more: --after {next}"));
    }
    Ok(Done::Well)
}

impl RecordsArgs {
    fn walk(
        &self,
        ledger: &Ledger,
        query: &Query,
        take: &mut dyn FnMut(&Entry) -> Result<bool>,
    ) -> Result<()> {
        let wanted = wanted::wanted(query);
        let walked = ledger.walk(self.reverse, self.after.as_deref(), &wanted, take);
        walked.map_err(|error| {
            if error.kind == ErrorKind::Usage {
                wrong("--after", error)
            } else {
                error
            }
        })
    }
}

/// All attempts at a call.
fn chain(id: &str, ledger: &Ledger, query: &Query) -> Result<Page> {
    let mut found = ledger.find(id)?;
    found.retain(|entry| query.selects(entry));
    if found.is_empty() {
        return Err(Error::usage(format!("--chain: there is no record {id}"))
            .hint("`llmcost records` lists their ids; a request or response id will do, too"));
    }
    let mut entries = ledger.chain(found)?;
    entries.retain(|entry| query.selects(entry));
    Ok(Page {
        entries,
        next: None,
    })
}

fn page(args: &RecordsArgs, ledger: &Ledger, query: &Query, limit: Option<usize>) -> Result<Page> {
    let mut walk = Walk::new(limit);
    let mut entries = Vec::new();
    args.walk(ledger, query, &mut |entry| {
        if walk.takes(entry, query) {
            entries.push(entry.clone());
        }
        Ok(!walk.more)
    })?;
    Ok(Page {
        entries,
        next: walk.next(),
    })
}

/// Goes through the records: those that are asked for, up to the limit, and whether there are more.
struct Walk {
    left: Option<usize>,
    last: Option<String>,
    more: bool,
}

impl Walk {
    fn new(limit: Option<usize>) -> Self {
        Self {
            left: limit,
            last: None,
            more: false,
        }
    }

    fn takes(&mut self, entry: &Entry, query: &Query) -> bool {
        if !query.selects(entry) {
            return false;
        }
        match self.left {
            Some(0) => {
                self.more = true;
                false
            }
            left => {
                self.left = left.map(|left| left - 1);
                self.last = Some(entry.id.to_string());
                true
            }
        }
    }

    fn next(&self) -> Option<String> {
        self.last.clone().filter(|_| self.more)
    }
}
