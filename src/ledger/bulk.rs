//! Many rows into one table: a statement that takes some of them at once needs less for each.

use rusqlite::{Connection, Statement};

use super::values::Val;

/// Rows that one statement takes.
const AT_ONCE: usize = 32;

/// Inserts rows of `N` columns, in their order. `into` is the statement up to its values, `behind` what
/// follows them.
///
/// # Errors
/// When a row has no values, or cannot be written.
pub fn insert<T, const N: usize>(
    connection: &Connection,
    (into, behind): (&str, &str),
    rows: &[T],
    values: impl Fn(&T) -> rusqlite::Result<[Val<'_>; N]>,
) -> rusqlite::Result<()> {
    let marks = format!("({})", ["?"; N].join(","));
    let sql = |rows: usize| {
        let marks = vec![marks.as_str(); rows].join(",");
        format!("{into} VALUES{marks} {behind}")
    };
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
        let mut many = connection.prepare_cached(&sql(AT_ONCE))?;
        for rows in chunks {
            put(&mut many, rows)?;
        }
    }
    if !rest.is_empty() {
        let mut one = connection.prepare_cached(&sql(1))?;
        for row in rest {
            put(&mut one, std::slice::from_ref(row))?;
        }
    }
    Ok(())
}
