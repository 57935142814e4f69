//! A question as a JSON document, for programs that must not write SQL: names are looked up among the
//! columns of the view, values are bound as parameters.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::columns::{Column, ColumnKind};
use super::{Unanswered, View};
use crate::json::{Kind, Raw};
use crate::money::Exact;

/// Most values that a condition may list.
const MOST_VALUES: usize = 1_000;

/// The question: `{"table": …, "select": […], "where": […], "order_by": …, "limit": …, "offset": …}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    table: String,
    #[serde(default)]
    select: Vec<String>,
    #[serde(default, rename = "where")]
    conditions: Vec<Condition>,
    #[serde(default)]
    order_by: Order,
    limit: Option<u32>,
    offset: Option<u32>,
}

/// One condition; all of them must hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    field: String,
    op: Op,
    value: Option<Box<RawValue>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum Op {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    Unequal,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    More,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "like")]
    Like,
    #[serde(rename = "in")]
    In,
    #[serde(rename = "is_null")]
    IsNull,
    #[serde(rename = "between")]
    Between,
}

/// `"created_at desc"`, or a list of such.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"COLUMN desc\" or a list of such in order_by"
)]
enum Order {
    One(String),
    Several(Vec<String>),
}

impl Default for Order {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// When it is no such document; the message names the line and what is expected there.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The statement, and the values of its parameters.
    pub(super) fn to_sql(&self, views: &[View]) -> Result<(String, Vec<Value>), Unanswered> {
        let view = views.iter().find(|view| view.name == self.table);
        let view = view.ok_or_else(|| Unanswered::NoView(self.table.clone()))?;
        let columns = Columns::of(view);
        let mut values = Vec::new();
        let selected: Result<Vec<String>, Unanswered> = self
            .select
            .iter()
            .map(|name| columns.quoted(name))
            .collect();
        let mut selected = selected?;
        if selected.is_empty() {
            selected.push("*".to_owned());
        }
        let mut sql = format!("SELECT {} FROM {}", selected.join(", "), view.name);
        for (n, condition) in self.conditions.iter().enumerate() {
            sql.push_str(if n == 0 { " WHERE " } else { " AND " });
            let place = format!("where[{n}]");
            sql.push_str(&condition.to_sql(&columns, &place, &mut values)?);
        }
        let terms = match &self.order_by {
            Order::One(term) => std::slice::from_ref(term),
            Order::Several(terms) => terms,
        };
        for (n, term) in terms.iter().enumerate() {
            sql.push_str(if n == 0 { " ORDER BY " } else { ", " });
            sql.push_str(&columns.ordered(term)?);
        }
        if self.limit.is_some() || self.offset.is_some() {
            sql.push_str(" LIMIT ? OFFSET ?");
            values.push(Value::Integer(self.limit.map_or(-1, i64::from)));
            values.push(Value::Integer(self.offset.map_or(0, i64::from)));
        }
        Ok((sql, values))
    }
}

/// The columns of the view that is asked.
struct Columns<'v> {
    view: &'v View,
    kinds: BTreeMap<&'v str, ColumnKind>,
}

impl<'v> Columns<'v> {
    fn of(view: &'v View) -> Self {
        let kind = |column: &'v Column| (column.name.as_str(), column.kind);
        Self {
            view,
            kinds: view.columns.iter().map(kind).collect(),
        }
    }

    fn kind(&self, name: &str) -> Result<ColumnKind, Unanswered> {
        let kind = self.kinds.get(name).copied();
        kind.ok_or_else(|| Unanswered::NoColumn {
            name: name.to_owned(),
            view: Some(self.view.name.to_owned()),
        })
    }

    /// The name as SQL; only names that the view has come this far.
    fn quoted(&self, name: &str) -> Result<String, Unanswered> {
        self.kind(name).map(|_| format!("\"{name}\""))
    }

    fn ordered(&self, term: &str) -> Result<String, Unanswered> {
        let (name, direction) = match term.trim().rsplit_once(' ') {
            Some((name, "asc" | "ASC")) => (name, "ASC"),
            Some((name, "desc" | "DESC")) => (name, "DESC"),
            Some(_) | None => (term, "ASC"),
        };
        Ok(format!("{} {direction}", self.quoted(name.trim())?))
    }
}

impl Condition {
    fn to_sql(
        &self,
        columns: &Columns<'_>,
        place: &str,
        values: &mut Vec<Value>,
    ) -> Result<String, Unanswered> {
        let kind = columns.kind(&self.field)?;
        let name = columns.quoted(&self.field)?;
        let wrong = |why: &str| Unanswered::Failed(format!("{place}: {why}"));
        let operator = match self.op {
            Op::Equal => "=",
            Op::Unequal => "<>",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::More => ">",
            Op::AtLeast => ">=",
            Op::Like if kind == ColumnKind::Text => "LIKE",
            Op::Like => return Err(wrong(&format!("{} holds no text", self.field))),
            Op::IsNull => {
                let wanted = self.value.as_ref().map_or("true", |value| value.get());
                return match wanted {
                    "true" => Ok(format!("{name} IS NULL")),
                    "false" => Ok(format!("{name} IS NOT NULL")),
                    _ => Err(wrong("is_null takes true or false")),
                };
            }
            Op::In | Op::Between => {
                let listed = self
                    .listed()
                    .ok_or_else(|| wrong("it takes a list of values"))?;
                for value in &listed {
                    values.push(bound(kind, value).map_err(wrong)?);
                }
                return match (self.op, listed.len()) {
                    (Op::Between, 2) => Ok(format!("{name} BETWEEN ? AND ?")),
                    (Op::Between, _) => Err(wrong("between takes two values: [from, to]")),
                    (_, 1..=MOST_VALUES) => {
                        let marks = vec!["?"; listed.len()].join(", ");
                        Ok(format!("{name} IN ({marks})"))
                    }
                    _ => Err(wrong("it takes 1 to 1000 values")),
                };
            }
        };
        let value = self.value.as_deref();
        let value =
            value.ok_or_else(|| wrong("it has no value; is_null asks for what is absent"))?;
        values.push(bound(kind, value).map_err(wrong)?);
        let escape = if operator == "LIKE" {
            r" ESCAPE '\'"
        } else {
            ""
        };
        Ok(format!("{name} {operator} ?{escape}"))
    }

    fn listed(&self) -> Option<Vec<&RawValue>> {
        serde_json::from_str(self.value.as_deref()?.get()).ok()
    }
}

/// A value as the column holds such: whole numbers as numbers, decimal numbers as text.
fn bound(kind: ColumnKind, value: &RawValue) -> Result<Value, &'static str> {
    let raw = Raw::parse(value.get()).map_err(|_| "its value is no JSON")?;
    let text = match raw.kind() {
        Kind::String => raw.string(),
        Kind::Number => Some(raw.as_str().to_owned()),
        Kind::Bool if kind == ColumnKind::Whole => {
            Some(if raw.as_str() == "true" { "1" } else { "0" }.to_owned())
        }
        Kind::Bool | Kind::Object | Kind::Array | Kind::Null => None,
    };
    let text = text.ok_or("its value is neither a text nor a number")?;
    match kind {
        ColumnKind::Text => Ok(Value::Text(text)),
        ColumnKind::Decimal => {
            let number = Exact::parse(&text).map_err(|_| "the column holds decimal numbers")?;
            Ok(Value::Text(number.to_string()))
        }
        ColumnKind::Whole => {
            let number = Exact::parse(&text).and_then(Exact::to_integer);
            number
                .map(Value::Integer)
                .map_err(|_| "the column holds whole numbers")
        }
    }
}
