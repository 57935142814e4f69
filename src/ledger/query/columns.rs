//! What the columns of the views hold. Decimal numbers are text, so that no digit is lost; here they
//! compare and sort as the numbers that they are.

use super::super::views::DECIMALS;
use super::functions::DECIMAL;
use crate::usage::{Field, FieldKind};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text; times are text as well.
    Text,
    /// Whole numbers.
    Whole,
    /// Decimal numbers, as text.
    Decimal,
}

impl ColumnKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "whole number",
            Self::Decimal => "decimal number",
        }
    }
}

/// A column of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// Columns of whole numbers that are no header fields.
const WHOLES: &[&str] = &[
    "cached_input_tokens",
    "completion_tokens",
    "cost_pico",
    "cost_rub_pico",
    "cost_usd_pico",
    "count",
    "credit_id",
    "execution_time_ms",
    "image_count",
    "input_tokens",
    "is_estimated",
    "occurred_ms",
    "output_tokens",
    "prompt_tokens",
    "query_chars_total",
    "requests",
    "response_bytes_total",
    "response_time_ms",
    "run_id",
    "source_line",
    "total_tokens",
];

impl Column {
    /// The column of a name. A name means the same in every view.
    pub(super) fn named(name: String) -> Self {
        let is_whole_field = |field: &Field| {
            field.name() == name && matches!(field.kind(), FieldKind::Integer | FieldKind::Flag)
        };
        let kind = if DECIMALS.contains(&name.as_str()) {
            ColumnKind::Decimal
        } else if WHOLES.contains(&name.as_str()) || Field::ALL.iter().any(is_whole_field) {
            ColumnKind::Whole
        } else {
            ColumnKind::Text
        };
        Self { name, kind }
    }

    /// Its expression in the view that is asked. Being text, a decimal column takes the numbers that
    /// it is compared with as text as well, and compares them by their value.
    pub(super) fn selected(&self) -> String {
        let name = &self.name;
        match self.kind {
            ColumnKind::Text | ColumnKind::Whole => format!("\"{name}\""),
            ColumnKind::Decimal => {
                format!("CAST(\"{name}\" AS TEXT) COLLATE {DECIMAL} AS \"{name}\"")
            }
        }
    }
}
