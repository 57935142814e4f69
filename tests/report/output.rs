//! All formats: the same sums in all of them, rounded for people only.

use std::io::{self, Write};
use std::path::Path;

use llmcost::error::ErrorKind;
use llmcost::ledger::Entry;
use llmcost::money::{Exact, round_half_even};
use llmcost::render::{Digits, Document, Format, Style, write};
use llmcost::report::{Query, Report};
use llmcost::usage::{Field, Meter};
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::build::{Build, ask, call, exact, query};

pub fn printed(report: &Report, format: Format, style: Style) -> String {
    let (table, json, lines) = (report.table(), report.json(), report.json_rows());
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    let mut out = Vec::new();
    write(&document, format, style, &mut out).unwrap();
    // A workbook is no text; nobody here reads one.
    String::from_utf8_lossy(&out).into_owned()
}

pub fn by_user(entries: &[Entry], format: Format) -> String {
    printed(
        &ask(&query(&["user"], &[]), entries),
        format,
        Style::default(),
    )
}

pub fn parsed_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_terminal_fits_and_says_what_it_leaves_out() {
    let entries: Vec<Entry> = ["claude-sonnet-4-5-20250929", "gpt-5"]
        .iter()
        .map(|model| {
            let entry = call(model).with(Field::ResponseModel, model);
            entry
                .used(Meter::INPUT, "1234567", "3")
                .used(Meter::CACHE_READ, "98765432", "0.3")
                .used(Meter::REASONING, "4567", "15")
        })
        .collect();
    let report = ask(&query(&["model"], &[]), &entries);
    let widths = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with(['p', 'C']))
            .map(|line| line.chars().count())
            .max()
            .unwrap()
    };
    let wide = printed(&report, Format::Table, Style::default());
    assert!(
        wide.contains("100,004,566") && wide.contains("claude-sonnet-4-5-20250929"),
        "{wide}"
    );
    assert!(
        wide.contains("200,009,132") && !wide.contains("Columns that do not fit"),
        "{wide}"
    );
    assert!(
        !wide.contains('\u{1b}') && !wide.contains("unpriced"),
        "{wide}"
    );
    for width in [60, 80, 100] {
        let style = Style {
            width: Some(width),
            ..Style::default()
        };
        let text = printed(&report, Format::Table, style);
        assert!(widths(&text) <= usize::from(width), "{width}\n{text}");
        assert!(text.contains("200,009,132"), "{text}");
    }
    let narrow = printed(
        &report,
        Format::Table,
        Style {
            width: Some(60),
            ..Style::default()
        },
    );
    assert!(narrow.contains("Columns that do not fit: "), "{narrow}");
    let colour = printed(
        &report,
        Format::Table,
        Style {
            colour: true,
            ..Style::default()
        },
    );
    assert!(colour.contains("\u{1b}["));
    let rules = wide.lines().filter(|line| line.starts_with('─')).count();
    assert_eq!(rules, 2, "{wide}");
}

#[test]
fn people_see_rounded_amounts_and_never_nothing_for_something() {
    let entries = [
        call("a").with(Field::UserId, "a").costs("0.00001", "USD"),
        call("b")
            .with(Field::UserId, "b")
            .costs("1234.56785", "USD"),
    ];
    for format in [Format::Table, Format::Markdown, Format::Html] {
        let text = by_user(&entries, format).replace("&lt;", "<");
        assert!(
            text.contains("<$0.0001") && text.contains("$1,234.5678"),
            "{text}"
        );
    }
    let exact = Style {
        digits: Digits::Exact,
        ..Style::default()
    };
    let text = printed(&ask(&query(&["user"], &[]), &entries), Format::Table, exact);
    assert!(
        text.contains("$0.00001") && text.contains("$1,234.56786"),
        "{text}"
    );
}

#[test]
fn formats_have_names_and_extensions() {
    assert_eq!(Format::parse("md").unwrap(), Format::Markdown);
    assert_eq!(Format::parse("JSONL").unwrap(), Format::Jsonl);
    assert!(Format::parse("parquet").is_err());
    assert_eq!(Format::of_path(Path::new("a/b.CSV")), Some(Format::Csv));
    assert_eq!(
        Format::of_path(Path::new("costs.ndjson")),
        Some(Format::Jsonl)
    );
    assert_eq!(Format::of_path(Path::new("costs")), None);
}

struct Closed(io::ErrorKind);

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
    fn flush(&mut self) -> io::Result<()> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_told_apart_from_a_full_disk() {
    let report = ask(&query(&["user"], &[]), &[call("x")]);
    let (table, json, lines) = (report.table(), report.json(), report.json_rows());
    let document = Document {
        table: &table,
        json: &json,
        lines: &lines,
    };
    let kind = |format, error| {
        write(&document, format, Style::default(), &mut Closed(error))
            .err()
            .unwrap()
            .kind
    };
    for (format, name, _) in Format::ALL {
        assert_eq!(
            kind(format, io::ErrorKind::BrokenPipe),
            ErrorKind::BrokenPipe,
            "{name}"
        );
        assert_eq!(
            kind(format, io::ErrorKind::StorageFull),
            ErrorKind::Output,
            "{name}"
        );
    }
}

fn sum<'a>(amounts: impl Iterator<Item = &'a str>) -> Exact {
    amounts
        .map(exact)
        .fold(Exact::ZERO, |sum, amount| sum.plus(amount).unwrap())
}

fn with_amounts(amounts: &[(u8, i64)]) -> (Query, Vec<Entry>) {
    let entry = |(index, (user, pico)): (usize, &(u8, i64))| {
        let amount = Exact::new(i128::from(*pico), 12).to_string();
        call(&index.to_string())
            .with(Field::UserId, &user.to_string())
            .costs(&amount, "USD")
    };
    (
        query(&["user"], &[]),
        amounts.iter().enumerate().map(entry).collect(),
    )
}

proptest! {
    #[test]
    fn sums_are_equal_over_all_formats(amounts in proptest::collection::vec((0_u8..5, 0..2_000_000_000_000_000_i64), 1..40)) {
        let (query, entries) = with_amounts(&amounts);
        let report = ask(&query, &entries);
        let wanted = Exact::new(amounts.iter().map(|(_, pico)| i128::from(*pico)).sum(), 12);
        let json: Json = serde_json::from_str(&printed(&report, Format::Json, Style::default())).unwrap();
        prop_assert_eq!(exact(json["totals"][0]["cost"].as_str().unwrap()), wanted);
        let lines = printed(&report, Format::Jsonl, Style::default());
        let lines: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(sum(lines.iter().map(|row| row["cost"].as_str().unwrap())), wanted);
        let rows = parsed_csv(&printed(&report, Format::Csv, Style::default()));
        let cost = rows[0].iter().position(|key| key == "cost").unwrap();
        prop_assert_eq!(sum(rows[1..].iter().map(|row| row[cost].as_str())), wanted);
        let total = report.table().totals[0].clone();
        prop_assert_eq!(total.len(), report.table().columns.len());
        for (digits, shown) in [(Digits::Exact, wanted), (Digits::Rounded, round_half_even(wanted, 4))] {
            for format in [Format::Table, Format::Markdown, Format::Html] {
                let text = printed(&report, format, Style { digits, ..Style::default() });
                let line = text.lines().rfind(|line| line.contains("total")).unwrap();
                let amount = line.rsplit('$').next().unwrap();
                let amount: String = amount.chars().filter(|c| *c != ',').take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                if !line.contains("<$") && !line.contains("&lt;") && !shown.is_zero() {
                    prop_assert_eq!(exact(&amount), shown, "{}", line);
                }
            }
        }
    }
}
