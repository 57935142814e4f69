//! The values of an answer, for people and for scripts.

use serde_json::{Map, Value as Json, json};

use crate::ledger::Datum;
use crate::money::Exact;
use crate::table::{Cell, Column, Kind};

/// The largest whole number that every reader of JSON keeps exact (RFC 8259, §6).
const LARGEST_IN_JSON: i64 = (1 << 53) - 1;

/// A value as a cell. Text that is a number, and would be printed as just this text, is one.
pub fn cell(datum: &Datum) -> Cell {
    match datum {
        Datum::Null => Cell::Absent,
        Datum::Integer(number) => Cell::Number(Exact::from_integer(*number)),
        Datum::Real(text) => Exact::parse(text).map_or_else(|_| word(text), Cell::Number),
        Datum::Text(text) => match Exact::parse(text) {
            Ok(number) if number.to_string() == *text => Cell::Number(number),
            Ok(_) | Err(_) => word(text),
        },
        Datum::Bytes(hexadecimal) => word(hexadecimal),
    }
}

fn word(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// A column of nothing but numbers is one of numbers.
pub fn columns(names: &[String], rows: &[Vec<Cell>]) -> Vec<Column> {
    let numbers = |at: usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(at));
        let numbers = cells
            .clone()
            .filter(|cell| matches!(cell, Cell::Number(_)))
            .count();
        numbers > 0 && cells.all(|cell| matches!(cell, Cell::Number(_) | Cell::Absent))
    };
    let column = |(at, name): (usize, &String)| {
        let kind = if numbers(at) {
            Kind::Number
        } else {
            Kind::Text
        };
        Column::new(name, name, kind)
    };
    names.iter().enumerate().map(column).collect()
}

/// Names of which each stands once: `id`, `id_2`.
pub fn distinct(names: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        let mut distinct = name.clone();
        let mut n = 2;
        while found.contains(&distinct) {
            distinct = format!("{name}_{n}");
            n += 1;
        }
        found.push(distinct);
    }
    found
}

/// A row for scripts.
pub fn object(names: &[String], row: &[Datum]) -> Json {
    let pairs = names.iter().cloned().zip(row.iter().map(value));
    Json::Object(pairs.collect::<Map<String, Json>>())
}

/// A whole number that some readers would round is text.
fn value(datum: &Datum) -> Json {
    match datum {
        Datum::Null => Json::Null,
        Datum::Integer(number) if number.unsigned_abs() > LARGEST_IN_JSON.unsigned_abs() => {
            json!(number.to_string())
        }
        Datum::Integer(number) => json!(number),
        Datum::Real(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Datum::Text(text) | Datum::Bytes(text) => json!(text),
    }
}
