//! Prints a report in a format, and reads what it says of costs.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use llmcost::ledger::Entry;
use llmcost::money::Exact;
use llmcost::render::{self, Dialect, Digits, Document, Format, Style, html, xlsx};
use llmcost::report::page::{self, Wishes};
use llmcost::report::{Query, Report};
use llmcost::table::Page;
use serde_json::Value as Json;

use crate::build::ask;

/// The costs of the rows in their order, and of the totals; unknown is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Costs {
    pub rows: Vec<Option<Exact>>,
    pub totals: Vec<Option<Exact>>,
}

pub fn page_of(query: &Query, entries: &[Entry], wishes: Wishes) -> Page {
    let beside = page::questions(query).unwrap();
    let beside: Vec<Report> = beside.iter().map(|query| ask(query, entries)).collect();
    page::page(&ask(query, entries), &beside, wishes).unwrap()
}

pub fn html_of(page: &Page, digits: Digits) -> String {
    let mut out = Vec::new();
    html::write(page, digits, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub fn xlsx_of(page: &Page) -> Vec<u8> {
    let mut out = Vec::new();
    xlsx::write(page, &mut out).unwrap();
    out
}

/// With every digit.
pub fn printed(report: &Report, format: Format, dialect: Dialect) -> String {
    let (table, json, lines) = (report.table(), report.json(), report.json_rows());
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    let style = Style {
        digits: Digits::Exact,
        dialect,
        ..Style::default()
    };
    let mut out = Vec::new();
    render::write(&document, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The number of a cell for people, if it is one.
fn shown(text: &str) -> Option<Exact> {
    let digits: String = text
        .chars()
        .filter(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '-'))
        .collect();
    Exact::parse(&digits).ok()
}

fn json_cost(row: &Json) -> Option<Exact> {
    Some(Exact::parse(row["cost"].as_str()?).unwrap())
}

fn json_costs(rows: &Json) -> Vec<Option<Exact>> {
    rows.as_array().unwrap().iter().map(json_cost).collect()
}

/// What the contract says.
pub fn json(report: &Report) -> Costs {
    let text = printed(report, Format::Json, Dialect::default());
    let json: Json = serde_json::from_str(&text).unwrap();
    Costs {
        rows: json_costs(&json["rows"]),
        totals: json_costs(&json["totals"]),
    }
}

pub fn jsonl(report: &Report) -> Vec<Option<Exact>> {
    let text = printed(report, Format::Jsonl, Dialect::default());
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Json| json_cost(&row)).collect()
}

pub fn csv(report: &Report, dialect: Dialect) -> Vec<Option<Exact>> {
    let text = printed(report, Format::Csv, dialect);
    let (delimiter, point) = match dialect {
        Dialect::Rfc4180 | Dialect::Excel => (b',', '.'),
        Dialect::ExcelSemicolon => (b';', ','),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let at = headers.iter().position(|name| name == "cost").unwrap();
    let cell = |row: csv::StringRecord| match &row[at] {
        "" => None,
        text => Some(Exact::parse(&text.replace(point, ".")).unwrap()),
    };
    reader.records().map(|row| cell(row.unwrap())).collect()
}

/// The words of a page's element: what stands between its tags.
fn inner<'t>(text: &'t str, tag: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let parts = text.split(open.as_str()).skip(1);
    parts
        .filter(|part| part.starts_with(['>', ' ']))
        .map(|part| part.split(close.as_str()).next().unwrap())
        .collect()
}

/// A cell's number: its title has all digits, otherwise its text has.
fn html_cell(cell: &str) -> Option<Exact> {
    let (attributes, text) = cell.split_once('>').unwrap();
    match attributes.split_once("title=\"") {
        Some((_, title)) => Some(Exact::parse(title.split('"').next().unwrap()).unwrap()),
        None => shown(text),
    }
}

pub fn html_costs(page: &str, heading: &str) -> Costs {
    let from = page.find(&format!("<caption>{heading}</caption>")).unwrap();
    let table = &page[from..page[from..].find("</table>").unwrap() + from];
    let titles = inner(inner(table, "thead")[0], "th");
    let is_cost = |title: &&str| title.ends_with(">cost");
    let at = titles.iter().position(is_cost).unwrap();
    let costs = |part: &str| -> Vec<Option<Exact>> {
        let rows = inner(inner(table, part)[0], "tr");
        rows.iter()
            .map(|row| html_cell(inner(row, "td")[at]))
            .collect()
    };
    Costs {
        rows: costs("tbody"),
        totals: costs("tfoot"),
    }
}

pub fn markdown(report: &Report) -> Costs {
    let text = printed(report, Format::Markdown, Dialect::default());
    let lines = text.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = |line: &str| -> Vec<String> {
        let line = line.replace("\\|", "");
        line.split(" |")
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let lines: Vec<Vec<String>> = lines.map(cells).collect();
    let at = lines[0].iter().position(|title| title == "cost").unwrap();
    let (mut rows, mut totals) = (Vec::new(), Vec::new());
    for line in &lines {
        if *line == lines[0] || line[at] == "---:" {
            continue;
        }
        let into = if line[0] == "**total**" {
            &mut totals
        } else {
            &mut rows
        };
        into.push(shown(&line[at]));
    }
    Costs { rows, totals }
}

pub fn terminal(report: &Report) -> Costs {
    let text = printed(report, Format::Table, Dialect::default());
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let rules = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.first() == Some(&'─'));
    let rules: Vec<usize> = rules.map(|(at, _)| at).collect();
    // Amounts stand on the right, below the end of their heading.
    let header: String = lines[rules[0] - 1].iter().collect();
    let end = header.find("   cost").unwrap() + "   cost".len();
    let costs = |from: usize, to: usize| -> Vec<Option<Exact>> {
        let cell = |line: &Vec<char>| {
            let before: String = line.iter().take(end).collect();
            shown(before.rsplit("  ").next().unwrap())
        };
        lines[from..to].iter().map(cell).collect()
    };
    let after = |from: usize| {
        let rest = lines[from..].iter().position(Vec::is_empty);
        from + rest.unwrap()
    };
    let first = rules[0] + 1;
    match rules.get(1) {
        Some(second) => Costs {
            rows: costs(first, *second),
            totals: costs(second + 1, after(second + 1)),
        },
        None => Costs {
            rows: costs(first, after(first)),
            totals: Vec::new(),
        },
    }
}

pub fn book(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

/// The rows of a sheet from one that begins with this cell, which is its header.
pub fn sheet(bytes: &[u8], name: &str, first: &str) -> (Vec<String>, Vec<Vec<Data>>) {
    let range = book(bytes).worksheet_range(name).unwrap();
    let mut rows = range
        .rows()
        .map(<[Data]>::to_vec)
        .skip_while(|row| row[0] != Data::String(first.to_owned()));
    let header = rows
        .next()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    (header, rows.collect())
}

/// A cell's number: the cell holds it, unless the last column has more digits of it.
pub fn number(header: &[String], row: &[Data], key: &str) -> Option<Exact> {
    let at = |key: &str| header.iter().position(|name| name == key);
    if let Some(Data::String(exact)) = at("exact_digits").and_then(|at| row.get(at)) {
        let mut parts = exact.split("; ").filter_map(|part| part.split_once(' '));
        if let Some((_, digits)) = parts.find(|(name, _)| *name == key) {
            return Some(Exact::parse(digits).unwrap());
        }
    }
    let cell = &row[at(key).unwrap()];
    if *cell == Data::String("unpriced".to_owned()) {
        return None;
    }
    let Data::Float(number) = cell else {
        panic!("{key} holds no number: {cell:?}");
    };
    Some(Exact::parse(&number.to_string()).unwrap())
}

pub fn xlsx_costs(bytes: &[u8], name: &str, first: &str) -> Costs {
    let costs = |name: &str, first: &str| -> Vec<Option<Exact>> {
        let (header, rows) = sheet(bytes, name, first);
        let rows = rows.iter().take_while(|row| row[1] != Data::Empty);
        rows.map(|row| number(&header, row, "cost")).collect()
    };
    Costs {
        rows: costs(name, first),
        totals: costs("Summary", "requests"),
    }
}
