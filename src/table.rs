//! Rows and typed cells: what `report` hands to `render`. Everything in a cell is exact; how many
//! digits are shown, and how, is decided where it is rendered.

pub mod checklist;

use crate::money::Exact;

/// What a cell of a group column shows where the record says nothing.
pub const NONE: &str = "(none)";

/// What a column holds; decides its alignment and how a missing value is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A value that records are grouped by. Missing is the visible group `(none)`.
    Group,
    /// Any other text.
    Text,
    /// A point in time.
    Time,
    /// How many records.
    Count,
    /// How many tokens, images, seconds …
    Quantity,
    /// A plain number that is shown as it is, such as a rate.
    Number,
    /// Our cost. Missing is unpriced, which is not zero.
    Money,
    /// What a provider says it cost. Missing is not stated.
    Reported,
    /// A share of a hundred.
    Percent,
}

/// On which side the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

impl Kind {
    /// Words stand on the left, numbers on the right.
    pub fn align(self) -> Align {
        match self {
            Self::Group | Self::Text | Self::Time => Align::Left,
            Self::Count
            | Self::Quantity
            | Self::Number
            | Self::Money
            | Self::Reported
            | Self::Percent => Align::Right,
        }
    }
}

/// Where a column is shown. Data formats always have all columns, so that scripts find them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Everywhere.
    Always,
    /// For people only where some cell says something: neither missing nor zero.
    WhenUsed,
    /// In data formats only: for people another column says it.
    DataOnly,
    /// For people only: in data formats another column says it.
    PeopleOnly,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in data formats: `snake_case`.
    pub key: String,
    /// The heading for people.
    pub title: String,
    /// What it holds.
    pub kind: Kind,
    /// Where it is shown.
    pub shown: Shown,
}

impl Column {
    /// A column that is always shown.
    pub fn new(key: impl Into<String>, title: impl Into<String>, kind: Kind) -> Self {
        Self {
            key: key.into(),
            title: title.into(),
            kind,
            shown: Shown::Always,
        }
    }

    /// The same column, shown elsewhere.
    #[must_use]
    pub fn shown(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing belongs here, as in the group columns of a totals row.
    Blank,
    /// Unknown or not stated; never the same as zero.
    Absent,
    /// Words, possibly from a record: renderers make them harmless.
    Text(String),
    /// RFC 3339.
    Time(String),
    /// How many records.
    Count(u64),
    /// How many tokens, images, seconds …
    Quantity(Exact),
    /// A plain number.
    Number(Exact),
    /// An exact amount with its currency, where one is known.
    Money {
        /// The amount.
        amount: Exact,
        /// ISO 4217 code.
        currency: Option<String>,
        /// Digits after the point that a price book asks for; otherwise the renderer's.
        decimals: Option<u32>,
    },
    /// A share of a hundred.
    Percent(Exact),
}

impl Cell {
    /// Words, or absent.
    pub fn text(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Absent, |text| Self::Text(text.to_string()))
    }

    /// An amount, or absent.
    pub fn money(amount: Option<Exact>, currency: Option<&str>) -> Self {
        amount.map_or(Self::Absent, |amount| Self::Money {
            amount,
            currency: currency.map(str::to_owned),
            decimals: None,
        })
    }

    /// The same amount, shown with these digits after the point.
    #[must_use]
    pub fn with_decimals(mut self, digits: Option<u32>) -> Self {
        if let Self::Money { decimals, .. } = &mut self {
            *decimals = digits;
        }
        self
    }

    /// Whether the cell says something: neither missing nor zero.
    pub fn says_something(&self) -> bool {
        match self {
            Self::Blank | Self::Absent => false,
            Self::Text(_) | Self::Time(_) => true,
            Self::Count(count) => *count != 0,
            Self::Quantity(number) | Self::Number(number) | Self::Percent(number) => {
                !number.is_zero()
            }
            Self::Money { amount, .. } => !amount.is_zero(),
        }
    }
}

/// A table with its heading lines, totals and footnotes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The heading.
    pub title: Option<String>,
    /// What holds for the whole table: period, timezone, price book.
    pub meta: Vec<(String, String)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; as many cells as columns.
    pub rows: Vec<Vec<Cell>>,
    /// The totals, one per currency. They cover rows that a limit hides, too.
    pub totals: Vec<Vec<Cell>>,
    /// What a reader must know: what is unpriced, estimated, hidden or left out.
    pub notes: Vec<String>,
}

impl Table {
    /// Positions of the columns that people see.
    pub fn visible_columns(&self) -> Vec<usize> {
        let used = |index: usize| {
            let cells = self.rows.iter().chain(&self.totals);
            cells
                .filter_map(|row| row.get(index))
                .any(Cell::says_something)
        };
        let is_visible = |(index, column): (usize, &Column)| {
            let visible = match column.shown {
                Shown::Always | Shown::PeopleOnly => true,
                Shown::WhenUsed => used(index),
                Shown::DataOnly => false,
            };
            visible.then_some(index)
        };
        self.columns
            .iter()
            .enumerate()
            .filter_map(is_visible)
            .collect()
    }
}
