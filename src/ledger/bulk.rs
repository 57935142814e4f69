//! Many rows into one table: a statement that takes some of them at once needs less for each.

use rusqlite::{Connection, Statement};

use super::values::Val;

/// Rows that one statement takes.
pub const AT_ONCE: usize = 32;

/// Inserts so many rows at once into a table with these columns.
///
/// A statement of several rows that may be taken back by itself keeps a copy of every page that it changes.
/// `OR FAIL` spares that: whoever uses it takes back everything.
pub fn sql(table: &str, columns: usize, rows: usize) -> String {
    let marks = format!("({})", vec!["?"; columns].join(","));
    let marks = vec![marks; rows].join(",");
    format!("INSERT OR FAIL INTO {table} VALUES{marks}")
}

/// Inserts rows of `N` columns into a table with these columns, in their order.
///
/// # Errors
/// When a row has no values, or cannot be written.
pub fn insert<T, const N: usize>(
    connection: &Connection,
    table: &str,
    rows: &[T],
    values: impl Fn(&T) -> rusqlite::Result<[Val<'_>; N]>,
) -> rusqlite::Result<()> {
    let put = |insert: &mut Statement<'_>, rows: &[T]| {
        let mut at = 0;
        for row in rows {
            for value in values(row)? {
                at += 1;
                insert.raw_bind_parameter(at, value)?;
            }
        }
        insert.raw_execute().map(drop)
    };
    let chunks = rows.chunks_exact(AT_ONCE);
    let rest = chunks.remainder();
    if chunks.len() > 0 {
        let mut many = connection.prepare_cached(&sql(table, N, AT_ONCE))?;
        for rows in chunks {
            put(&mut many, rows)?;
        }
    }
    if !rest.is_empty() {
        let mut one = connection.prepare_cached(&sql(table, N, 1))?;
        for row in rest {
            put(&mut one, std::slice::from_ref(row))?;
        }
    }
    Ok(())
}
