//! `llmcost credits statement`: entries and draws in the order of time, with the running balance.

use clap::Args;
use serde_json::{Value as Json, json};

use super::{Console, Done, Global, HolderArgs, input, wrong};
use crate::cli::output::OutputArgs;
use crate::error::Result;
use crate::report::credits::{self, Account, Asked, Each, Line, Span, Statement};
use crate::report::{Clock, Period, calendar};
use crate::table::{Cell, Column, Kind, Shown, Table};

/// List what moved credits, with the running balance
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  llmcost credits statement --user alice
  llmcost credits statement --user alice --by record --period 2026-11-05
  llmcost credits statement --tenant acme --period this-month -o acme.csv")]
pub struct StatementArgs {
    #[command(flatten)]
    holder: HolderArgs,
    /// One line of draws for each day, or for each record
    #[arg(long, value_name = "WHAT", default_value = "day", value_parser = ["day", "record"])]
    by: String,
    /// today, this-month, last-month, 2026-11, 7d, FROM..TO; what is before is brought forward
    #[arg(long, value_name = "PERIOD", help_heading = "When")]
    period: Option<String>,
    /// Where days begin: an IANA name such as Asia/Seoul
    #[arg(
        long,
        value_name = "ZONE",
        default_value = "UTC",
        help_heading = "When"
    )]
    timezone: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
///
/// # Errors
/// When the question cannot be understood, or the ledger cannot be read.
pub fn run(args: &StatementArgs, global: &Global, console: &Console) -> Result<Done> {
    args.output.check()?;
    let asked = Asked {
        of: args.holder.holder()?,
        at: console.now()?,
    };
    let zone = calendar::timezone(&args.timezone)?;
    let clock = Clock {
        now: asked.at,
        zone,
    };
    let period = args
        .period
        .as_deref()
        .map(|text| Period::parse(text, clock));
    let span = Span {
        each: if args.by == "record" {
            Each::Record
        } else {
            Each::Day
        },
        period: period
            .transpose()
            .map_err(|error| wrong("--period", error))?
            .unwrap_or_default(),
        zone,
    };
    let ledger = input::reading(&input::ledger_path(global)?, console)?;
    let statements = credits::statement(&ledger, &asked, &span)?;
    let lines: Vec<Json> = statements.iter().flat_map(lines).collect();
    let json = json!({
        "schema": "llmcost.credits.statement/1",
        "as_of": asked.at.to_string(),
        "by": args.by,
        "period": {
            "from": span.period.from.map(|from| from.to_string()),
            "to": span.period.to.map(|to| to.to_string()),
            "timezone": zone.name(),
        },
        "accounts": statements.iter().map(account).collect::<Vec<Json>>(),
    });
    let table = table(&statements, &span);
    args.output.print_table(&table, &json, &lines, console)?;
    Ok(Done::Well)
}

fn account(statement: &Statement) -> Json {
    let mut account = credits::json(&statement.account);
    account.insert(
        "brought_forward".to_owned(),
        json!(statement.brought_forward),
    );
    let lines: Vec<Json> = statement.lines.iter().map(line).collect();
    account.insert("lines".to_owned(), Json::Array(lines));
    Json::Object(account)
}

fn line(line: &Line) -> Json {
    json!({
        "at": line.at.to_string(), "day": line.day, "entry": line.entry, "id": line.id,
        "amount": line.amount, "balance": line.balance, "records": line.records,
        "absorbed": line.absorbed, "not_drawn": line.not_drawn, "warn_below": line.warn_below,
        "record_id": line.record, "model": line.model, "note": line.note,
    })
}

/// The lines for themselves, each with the account that it belongs to.
fn lines(statement: &Statement) -> Vec<Json> {
    let (holder, unit) = (&statement.account.holder, &statement.account.unit);
    let whole = |one: &Line| {
        let mut json = line(one);
        if let Some(object) = json.as_object_mut() {
            object.insert("user".to_owned(), json!(holder.user));
            object.insert("tenant".to_owned(), json!(holder.tenant));
            object.insert("unit".to_owned(), json!(unit.name()));
        }
        json
    };
    statement.lines.iter().map(whole).collect()
}

fn table(statements: &[Statement], span: &Span) -> Table {
    let several = statements.len() > 1;
    let whose = credits::holder_columns().map(|column| column.shown(Shown::DataOnly));
    let text = |key: &str, title: &str, shown| Column::new(key, title, Kind::Text).shown(shown);
    let amount =
        |key: &str, title: &str, shown| Column::new(key, title, Kind::Reported).shown(shown);
    let count =
        |key: &str, title: &str| Column::new(key, title, Kind::Count).shown(Shown::WhenUsed);
    // A line of one record says which; a line of a day says how many.
    let (records, record) = match span.each {
        Each::Record => (Shown::DataOnly, Shown::PeopleOnly),
        Each::Day => (Shown::WhenUsed, Shown::DataOnly),
    };
    let mut columns: Vec<Column> = whose.into();
    columns.extend(several.then(|| text("account", "account", Shown::PeopleOnly)));
    columns.extend([
        Column::new("time", "time", Kind::Time),
        text("entry", "entry", Shown::Always),
        text("model", "model", Shown::WhenUsed),
        count("records", "records").shown(records),
        amount("amount", "amount", Shown::Always),
        amount("balance", "balance", Shown::Always),
        amount("absorbed", "absorbed", Shown::WhenUsed),
        count("not_drawn", "not drawn").shown(records),
        text("note", "note", Shown::WhenUsed),
        text("record", "record", record),
        text("record_id", "record", Shown::DataOnly),
    ]);
    let accounts: Vec<_> = statements.iter().map(|one| one.account.clone()).collect();
    let title = match statements {
        [one] => Some(format!(
            "{}, in {}",
            one.account.holder,
            one.account.unit.name()
        )),
        [] | [..] => None,
    };
    let mut notes = credits::notes(&accounts);
    if statements.is_empty() {
        notes.push("There are no such credits; `llmcost credits balance` lists all.".to_owned());
    }
    Table {
        title,
        meta: vec![
            (
                "period".to_owned(),
                calendar::range_text(span.period.from, span.period.to, span.zone),
            ),
            ("timezone".to_owned(), span.zone.name().to_owned()),
        ],
        columns,
        rows: statements
            .iter()
            .flat_map(|one| rows(one, several))
            .collect(),
        notes,
        ..Table::default()
    }
}

/// The cells that say whose account it is; one more for people where there are several.
fn whose(account: &Account, several: bool) -> Vec<Cell> {
    let mut cells: Vec<Cell> = credits::holder_cells(account).into();
    let name = || Cell::Text(format!("{}, {}", account.holder, account.unit.name()));
    cells.extend(several.then(name));
    cells
}

fn rows(statement: &Statement, several: bool) -> Vec<Vec<Cell>> {
    let account = &statement.account;
    let amount = |amount| credits::amount_cell(&account.unit, amount);
    let before = statement.brought_forward.map(|balance| {
        let mut cells = whose(account, several);
        cells.extend([
            Cell::Blank,
            Cell::Text("brought forward".to_owned()),
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            amount(balance),
        ]);
        cells.extend([const { Cell::Blank }; 5]);
        cells
    });
    let lines = statement.lines.iter().map(|line| {
        let mut cells = whose(account, several);
        let time = line.day.clone().unwrap_or_else(|| line.at.to_string());
        let prefix = line
            .record
            .as_ref()
            .map(|id| id.chars().take(8).collect::<String>());
        let note = match line.warn_below {
            Some(least) => Some(format!("below {least}")),
            None => line.note.clone(),
        };
        let is_entry = line.id.is_some();
        cells.extend([
            Cell::Time(time),
            Cell::Text(line.entry.replace('_', " ")),
            Cell::text(line.model.as_ref()),
            if is_entry {
                Cell::Blank
            } else {
                Cell::Count(line.records)
            },
            if line.warn_below.is_some() {
                Cell::Blank
            } else {
                amount(line.amount)
            },
            amount(line.balance),
            line.absorbed.map_or(Cell::Blank, amount),
            if is_entry {
                Cell::Blank
            } else {
                Cell::Count(line.not_drawn)
            },
            note.map_or(Cell::Blank, Cell::Text),
            prefix.map_or(Cell::Blank, Cell::Text),
            Cell::text(line.record.as_ref()),
        ]);
        cells
    });
    before.into_iter().chain(lines).collect()
}
