//! Exact sums and averages, and an order for decimal text. `sum` and `avg` are ours, too: SQLite's
//! would silently turn decimal text into binary fractions.

use std::cmp::Ordering;

use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

use crate::money::{Exact, MONEY_SCALE};

/// The collation by which decimal text compares as numbers.
pub const DECIMAL: &str = "decimal";

/// The aggregates, by their names in SQL.
#[derive(Clone, Copy)]
enum Adder {
    /// `sum`: whole numbers.
    Sum,
    /// `avg`: whole numbers.
    Average,
    /// `dec_sum`: whole and decimal numbers, exact.
    DecimalSum,
    /// `dec_avg`: the same, rounded half-even once at twelve decimals.
    DecimalAverage,
}

const ADDERS: [(&str, Adder); 4] = [
    ("sum", Adder::Sum),
    ("avg", Adder::Average),
    ("dec_sum", Adder::DecimalSum),
    ("dec_avg", Adder::DecimalAverage),
];

/// What was added so far.
#[derive(Default)]
struct Added {
    sum: Exact,
    count: i64,
}

/// Registers all of them.
pub fn register(connection: &Connection) -> Result<()> {
    // Innocuous: the views sum as well.
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, adder) in ADDERS {
        connection.create_window_function(name, 1, flags, adder)?;
    }
    connection.create_collation(DECIMAL, compare)
}

/// By value where both are numbers; what is none comes behind, by its text.
fn compare(a: &str, b: &str) -> Ordering {
    match (Exact::parse(a), Exact::parse(b)) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

fn wrong(message: &str) -> Error {
    Error::UserFunctionError(message.into())
}

impl Adder {
    /// The number of an argument; nothing is not added.
    fn number(self, value: ValueRef<'_>) -> Result<Option<Exact>> {
        match (self, value) {
            (_, ValueRef::Null) => Ok(None),
            (_, ValueRef::Integer(number)) => Ok(Some(Exact::from_integer(number))),
            (Self::DecimalSum | Self::DecimalAverage, ValueRef::Text(text)) => {
                let text = str::from_utf8(text).ok();
                let number = text.and_then(|text| Exact::parse(text).ok());
                number
                    .map(Some)
                    .ok_or_else(|| wrong("dec_sum() and dec_avg() take numbers; this text is none"))
            }
            (Self::Sum, ValueRef::Text(_)) => Err(wrong(
                "sum() of decimal text would go through binary fractions: dec_sum() adds it exactly",
            )),
            (Self::Average, ValueRef::Text(_)) => Err(wrong(
                "avg() of decimal text would go through binary fractions: dec_avg() is exact",
            )),
            (_, ValueRef::Real(_)) => Err(wrong(
                "a binary fraction cannot be added exactly: add whole numbers or decimal columns",
            )),
            (_, ValueRef::Blob(_)) => Err(wrong("bytes cannot be added")),
        }
    }

    fn result(self, added: &Added) -> Result<Value> {
        if added.count == 0 {
            return Ok(Value::Null);
        }
        let too_large = |_| wrong("the sum is too large");
        let average = || {
            let count = Exact::from_integer(added.count);
            let divided = added.sum.divided_by(count, MONEY_SCALE);
            divided
                .map_err(too_large)
                .map(|(average, _)| average.to_string())
        };
        match self {
            Self::Sum => {
                let sum = added.sum.to_integer().map_err(|_| {
                    wrong("the sum does not fit into a whole number of SQL: dec_sum() does")
                })?;
                Ok(Value::Integer(sum))
            }
            // A fraction of SQL, so that it compares and sorts as one. No money comes this way.
            Self::Average => average()?
                .parse()
                .map(Value::Real)
                .map_err(|_| wrong("the average is no number")),
            Self::DecimalSum => Ok(Value::Text(added.sum.to_string())),
            Self::DecimalAverage => average().map(Value::Text),
        }
    }
}

impl Aggregate<Added, Value> for Adder {
    fn init(&self, _: &mut Context<'_>) -> Result<Added> {
        Ok(Added::default())
    }

    fn step(&self, context: &mut Context<'_>, added: &mut Added) -> Result<()> {
        if let Some(number) = self.number(context.get_raw(0))? {
            let sum = added.sum.plus(number);
            added.sum = sum.map_err(|_| wrong("the sum is too large"))?;
            added.count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, added: Option<Added>) -> Result<Value> {
        self.result(&added.unwrap_or_default())
    }
}

impl WindowAggregate<Added, Value> for Adder {
    fn value(&self, added: Option<&mut Added>) -> Result<Value> {
        added.map_or(Ok(Value::Null), |added| self.result(added))
    }

    fn inverse(&self, context: &mut Context<'_>, added: &mut Added) -> Result<()> {
        if let Some(number) = self.number(context.get_raw(0))? {
            let sum = added.sum.minus(number);
            added.sum = sum.map_err(|_| wrong("the sum is too large"))?;
            added.count -= 1;
        }
        Ok(())
    }
}
