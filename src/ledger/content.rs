//! What stands in a ledger file against what llmcost makes: whatever else is there is refused before
//! anything is read by it. Functions, triggers and views are off on our connections; but a table that
//! is none, an index over something else or a trigger for other programs is not to be trusted either.

use std::collections::BTreeMap;

use rusqlite::{Connection, ErrorCode};

use super::file::APPLICATION_ID;
use super::{indexes, schema, views};
use crate::usage::RecordId;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing yet: whoever began to make a ledger of it has not come to its first commit.
    Nothing,
    /// A ledger as llmcost makes them.
    Ours,
    /// Something else.
    Foreign,
    /// A ledger of a schema that this program does not know.
    Newer(i64),
    /// A ledger that something else has changed: what is wrong, in words.
    Altered(String),
}

/// Type and name → table and text.
type Things = BTreeMap<(String, String), (String, Option<String>)>;

/// The hash of all that a new ledger of the current schema holds, in hexadecimal. A test says what it
/// must be.
const FINGERPRINT: &str = "3bdd8d2e-70d0-f265-7c6d-9235726bc50f";

/// Longest name of something strange that is shown, in characters.
const LONGEST_NAME: usize = 60;

/// Looks at what an open file holds, its log included. Writes nothing.
pub fn look(connection: &Connection) -> rusqlite::Result<Content> {
    // One transaction: another process may be bringing it to another schema.
    let transaction = connection.unchecked_transaction()?;
    let mut stored = match things(&transaction) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            return Ok(Content::Foreign);
        }
        stored => stored?,
    };
    // Those that somebody asked for: just these, word for word.
    stored.retain(|(kind, name), (_, text)| !indexes::is_ours(kind, name, text.as_deref()));
    let mark = number(&transaction, "PRAGMA application_id")?;
    let version = number(&transaction, "PRAGMA user_version")?;
    if mark == 0 && version == 0 && stored.is_empty() {
        return Ok(Content::Nothing);
    }
    if mark != i64::from(APPLICATION_ID) {
        return Ok(Content::Foreign);
    }
    let known = u32::try_from(version).ok();
    let Some(known) = known.filter(|known| *known <= schema::VERSION) else {
        return Ok(Content::Newer(version));
    };
    if known == schema::VERSION && fingerprint(&stored) == FINGERPRINT {
        // Just what llmcost makes: no need to make one beside it and compare.
    } else if let Some(wrong) = difference(stored, known)? {
        return Ok(Content::Altered(wrong));
    }
    let shared =
        "SELECT count(rootpage) - count(DISTINCT rootpage) FROM sqlite_schema WHERE rootpage <> 0";
    if number(&transaction, shared)? != 0 {
        return Ok(Content::Altered("two tables are one".to_owned()));
    }
    Ok(Content::Ours)
}

fn number(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
    connection.query_row(sql, [], |row| row.get(0))
}

fn things(connection: &Connection) -> rusqlite::Result<Things> {
    let mut list = connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let rows = list.query_map([], |row| {
        Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))
    })?;
    rows.collect()
}

/// A hash of all that a ledger holds, but for what [`is_statistics`] says.
fn fingerprint(things: &Things) -> String {
    let mut words: Vec<&[u8]> = Vec::new();
    for ((kind, name), (table, text)) in things {
        if !is_statistics(kind, name) {
            let text = text.as_deref().unwrap_or_default();
            words.extend([kind, name, table, text].map(str::as_bytes));
        }
    }
    RecordId::of(&words).to_string()
}

/// What ANALYZE leaves is no danger: it decides about the way only.
fn is_statistics(kind: &str, name: &str) -> bool {
    kind == "table" && matches!(name, "sqlite_stat1" | "sqlite_stat4")
}

/// What is there and should not be, is missing, or is other than it should be.
fn difference(mut stored: Things, version: u32) -> rusqlite::Result<Option<String>> {
    let fresh = Connection::open_in_memory()?;
    schema::build(&fresh, version)?;
    if version < schema::VERSION {
        // They are made anew with the next schema, whatever they say now.
        let is_view = |(kind, name): &(String, String)| kind == "view" && views::is_ours(name);
        stored.retain(|thing, _| !is_view(thing));
    }
    stored.retain(|(kind, name), _| !is_statistics(kind, name));
    for (thing, text) in things(&fresh)? {
        match stored.remove(&thing) {
            None => return Ok(Some(format!("{} is missing", shown(&thing)))),
            Some(found) if found != text => {
                return Ok(Some(format!(
                    "{} is not as llmcost makes it",
                    shown(&thing)
                )));
            }
            Some(_) => {}
        }
    }
    let stranger = stored.into_keys().next();
    Ok(stranger.map(|thing| format!("{} is not of llmcost's making", shown(&thing))))
}

fn shown((kind, name): &(String, String)) -> String {
    let name: String = name.chars().take(LONGEST_NAME).collect();
    let kind: String = kind.chars().take(LONGEST_NAME).collect();
    format!("{kind} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_is_that_of_a_new_ledger() {
        let fresh = Connection::open_in_memory().unwrap();
        schema::build(&fresh, schema::VERSION).unwrap();
        assert_eq!(fingerprint(&things(&fresh).unwrap()), FINGERPRINT);
    }
}
