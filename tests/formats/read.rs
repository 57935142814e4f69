//! Prints a report in a format, and reads what one of its columns says.

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

/// A column: its name in data, and its heading for people.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub key: &'static str,
    pub title: &'static str,
}

pub const COST: Figure = Figure {
    key: "cost",
    title: "cost",
};

/// The columns that are compared.
pub const FIGURES: [Figure; 3] = [
    COST,
    Figure {
        key: "requests",
        title: "requests",
    },
    Figure {
        key: "total_tokens",
        title: "tokens",
    },
];

/// The numbers of the rows in their order, and of the totals; unknown is none.
#[derive(Debug, PartialEq, Eq)]
pub struct Sums {
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

fn json_number(row: &Json, figure: Figure) -> Option<Exact> {
    match &row[figure.key] {
        Json::Null => None,
        Json::String(text) => Some(Exact::parse(text).unwrap()),
        Json::Number(number) => Some(Exact::parse(&number.to_string()).unwrap()),
        other @ (Json::Bool(_) | Json::Array(_) | Json::Object(_)) => {
            panic!("{} holds no number: {other}", figure.key)
        }
    }
}

fn json_numbers(rows: &Json, figure: Figure) -> Vec<Option<Exact>> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| json_number(row, figure)).collect()
}

/// What the contract says.
pub fn json(report: &Report, figure: Figure) -> Sums {
    let text = printed(report, Format::Json, Dialect::default());
    let json: Json = serde_json::from_str(&text).unwrap();
    Sums {
        rows: json_numbers(&json["rows"], figure),
        totals: json_numbers(&json["totals"], figure),
    }
}

pub fn jsonl(report: &Report, figure: Figure) -> Vec<Option<Exact>> {
    let text = printed(report, Format::Jsonl, Dialect::default());
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Json| json_number(&row, figure)).collect()
}

pub fn csv(report: &Report, dialect: Dialect, figure: Figure) -> Vec<Option<Exact>> {
    let text = printed(report, Format::Csv, dialect);
    let (delimiter, point) = match dialect {
        Dialect::Rfc4180 | Dialect::Excel => (b',', '.'),
        Dialect::ExcelSemicolon => (b';', ','),
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let headers = reader.headers().unwrap().clone();
    let at = headers.iter().position(|name| name == figure.key).unwrap();
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

pub fn html_sums(page: &str, heading: &str, figure: Figure) -> Sums {
    let from = page.find(&format!("<caption>{heading}</caption>")).unwrap();
    let table = &page[from..page[from..].find("</table>").unwrap() + from];
    let titles = inner(inner(table, "thead")[0], "th");
    let wanted = format!(">{}", figure.title);
    let at = titles
        .iter()
        .position(|title| title.ends_with(&wanted))
        .unwrap();
    let numbers = |part: &str| -> Vec<Option<Exact>> {
        let rows = inner(inner(table, part)[0], "tr");
        rows.iter()
            .map(|row| html_cell(inner(row, "td")[at]))
            .collect()
    };
    Sums {
        rows: numbers("tbody"),
        totals: numbers("tfoot"),
    }
}

pub fn markdown(report: &Report, figure: Figure) -> Sums {
    let text = printed(report, Format::Markdown, Dialect::default());
    let lines = text.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = |line: &str| -> Vec<String> {
        let line = line.replace("\\|", "");
        line.split(" |")
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let lines: Vec<Vec<String>> = lines.map(cells).collect();
    let at = lines[0]
        .iter()
        .position(|title| title == figure.title)
        .unwrap();
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
    Sums { rows, totals }
}

pub fn terminal(report: &Report, figure: Figure) -> Sums {
    let text = printed(report, Format::Table, Dialect::default());
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let rules = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.first() == Some(&'─'));
    let rules: Vec<usize> = rules.map(|(at, _)| at).collect();
    // Numbers stand on the right, below the end of their heading.
    let header: String = lines[rules[0] - 1].iter().collect();
    let wanted = format!("   {}", figure.title);
    let end = header.find(&wanted).unwrap() + wanted.len();
    let numbers = |from: usize, to: usize| -> Vec<Option<Exact>> {
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
        Some(second) => Sums {
            rows: numbers(first, *second),
            totals: numbers(second + 1, after(second + 1)),
        },
        None => Sums {
            rows: numbers(first, after(first)),
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

pub fn xlsx_sums(bytes: &[u8], name: &str, first: &str, figure: Figure) -> Sums {
    let numbers = |name: &str, first: &str| -> Vec<Option<Exact>> {
        let (header, rows) = sheet(bytes, name, first);
        let rows = rows.iter().take_while(|row| row[1] != Data::Empty);
        rows.map(|row| number(&header, row, figure.key)).collect()
    };
    Sums {
        rows: numbers(name, first),
        totals: numbers("Summary", "requests"),
    }
}
