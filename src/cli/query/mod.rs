//! `llmcost query`: SQL over the public views, read-only; or the same as a JSON document.

mod shown;
mod told;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value as Json, json};

use super::console::{catch_interrupts, watch};
use super::output::OutputArgs;
use super::{Console, Done, Global, input};
use crate::error::{Error, ErrorKind, Result};
use crate::ledger::{Answer, Document, Question, Unanswered, Views};
use crate::render::{self, Format};
use crate::table::{Cell, Column, Kind, Shown, Table};
use shown::{cell, columns, distinct, object};

/// Ask the ledger in SQL, read-only
///
/// One SELECT over the documented views; without one, they are listed. Amounts are decimal text that
/// compares and sorts as numbers: dec_sum(cost) and dec_avg(cost) are exact, as is sum(cost_pico), in
/// 10⁻¹² of the currency unit. docs/sql.md says more.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost query
  llmcost query 'select day, requests, cost from llm_daily_costs order by day'
  llmcost query 'select user_id, dec_sum(cost) from llm_usage_logs group by 1'
  llmcost query 'select * from llm_charges' -o charges.csv
  cat question.sql | llmcost query -
  llmcost query --json question.json --format json

A JSON document asks without SQL:
  {\"table\": \"token_usage\", \"select\": [\"created_at\", \"total_tokens\"],
   \"where\": [{\"field\": \"user_id\", \"op\": \"=\", \"value\": \"alice\"}],
   \"order_by\": [\"created_at desc\"], \"limit\": 20}")]
pub struct QueryArgs {
    /// One SELECT; - reads it from standard input
    #[arg(value_name = "SQL", conflicts_with = "json")]
    sql: Option<String>,
    /// The question as a JSON document; - reads it from standard input
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Stop after this many seconds; 0 never stops
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
    #[command(flatten)]
    output: OutputArgs,
}

/// Longest question, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood or asks for more than the views, or the ledger cannot be read.
pub fn run(args: &QueryArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let sql = match args.sql.as_deref() {
        Some("-") => Some(read(Path::new("-"))?),
        Some(sql) => Some(sql.to_owned()),
        None => None,
    };
    let document = args.json.as_deref().map(document).transpose()?;
    let limit = (args.timeout > 0).then(|| Duration::from_secs(args.timeout));
    catch_interrupts();
    let views = Views::open(&input::ledger_path(global)?, watch(limit))?;
    console.migrated(views.migration());
    let question = match (&sql, &document) {
        (Some(sql), _) => Question::Sql(sql),
        (None, Some(document)) => Question::Document(document),
        (None, None) => return list(&views, args, console),
    };
    let told = |unanswered| told::told(unanswered, &views, args.timeout);
    let answer = views.ask(question).map_err(told)?;
    match args.output.chosen()? {
        Format::Csv => csv(answer, args, console, &told),
        Format::Jsonl => jsonl(answer, args, console, &told),
        Format::Table | Format::Json | Format::Markdown | Format::Html | Format::Xlsx => {
            whole(answer, args, console, &told)
        }
    }?;
    Ok(Done::Well)
}

/// How an unanswered question is told.
type Told<'t> = &'t dyn Fn(Unanswered) -> Error;

fn csv(mut answer: Answer<'_>, args: &QueryArgs, console: &Console, told: Told<'_>) -> Result<()> {
    let columns = columns(&answer.columns, &[]);
    args.output.write(console, |out| {
        let mut rows = render::csv::Rows::start(&columns, args.output.dialect(), out)?;
        let done =
            answer.for_each(&mut |row| rows.row(&row.iter().map(cell).collect::<Vec<Cell>>()));
        done.map_err(told)?;
        rows.finish()
    })
}

fn jsonl(
    mut answer: Answer<'_>,
    args: &QueryArgs,
    console: &Console,
    told: Told<'_>,
) -> Result<()> {
    let names = distinct(&answer.columns);
    args.output.write(console, |out| {
        let done = answer.for_each(&mut |row| render::json::write_line(&object(&names, &row), out));
        done.map_err(told)
    })
}

/// Formats that need all rows at once.
fn whole(
    mut answer: Answer<'_>,
    args: &QueryArgs,
    console: &Console,
    told: Told<'_>,
) -> Result<()> {
    let names = distinct(&answer.columns);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let done = answer.for_each(&mut |row| {
        lines.push(object(&names, &row));
        rows.push(row.iter().map(cell).collect::<Vec<Cell>>());
        Ok(())
    });
    done.map_err(told)?;
    let json = json!({"schema": "llmcost.query/1", "columns": names, "rows": lines});
    let table = Table {
        columns: columns(&answer.columns, &rows),
        rows,
        whole: true,
        ..Table::default()
    };
    args.output.print_table(&table, &json, &lines, console)
}

/// The views and their columns.
fn list(views: &Views, args: &QueryArgs, console: &Console) -> Result<Done> {
    let rows = views.list().iter().flat_map(|view| {
        view.columns.iter().map(|column| {
            vec![
                Cell::Text(view.name.to_owned()),
                Cell::Text(column.name.clone()),
                Cell::Text(column.kind.name().to_owned()),
            ]
        })
    });
    let lines: Vec<Json> = views
        .list()
        .iter()
        .map(|view| {
            let columns = view.columns.iter();
            let columns =
                columns.map(|column| json!({"column": column.name, "holds": column.kind.name()}));
            let columns: Vec<Json> = columns.collect();
            json!({"view": view.name, "one_row_per": view.one_row_per, "columns": columns})
        })
        .collect();
    let about = views.list().iter();
    let about = about.map(|view| format!("{}: one row per {}", view.name, view.one_row_per));
    let notes = about.chain(["Ask with: llmcost query 'select … from …'".to_owned()]);
    let table = Table {
        columns: ["view", "column", "holds"]
            .map(|key| Column::new(key, key, Kind::Text).shown(Shown::Always))
            .into(),
        rows: rows.collect(),
        notes: notes.collect(),
        ..Table::default()
    };
    let json = json!({"schema": "llmcost.views/1", "views": lines});
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

fn document(path: &Path) -> Result<Document> {
    let text = read(path)?;
    Document::parse(&text).map_err(|error| {
        let line = u64::try_from(error.line()).ok().filter(|line| *line > 0);
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Error::usage(format!("this is no question: {message}"))
            .at(path, line)
            .hint("docs/sql.md describes the document")
    })
}

fn read(path: &Path) -> Result<String> {
    let failed = |message: String| Error::new(ErrorKind::Input, message).at(path, None);
    let mut text = String::new();
    let result = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
    };
    match result {
        Err(error) => Err(failed(format!(
            "the question cannot be read: {}",
            error.kind()
        ))),
        Ok(length) if u64::try_from(length).is_ok_and(|length| length > LONGEST) => {
            Err(failed("the question is longer than a megabyte".to_owned()))
        }
        Ok(_) => Ok(text),
    }
}
