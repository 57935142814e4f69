//! Usage records ↔ SQLite. The only place with SQL.
//!
//! A [`Ledger`] is an open file, or a private scratch one. A [`Run`] is one transaction that brings
//! records in: all of it is committed, or none.

mod backup;
mod bulk;
mod cards;
mod cells;
mod chain;
mod codes;
mod columns;
mod content;
mod control;
mod credits;
mod entry;
mod exchange;
mod expressions;
mod facts;
mod file;
mod forget;
mod held;
mod indexes;
mod intake;
mod items;
mod keys;

mod names;
mod open;
mod pending;
mod query;
pub mod raw;
mod read;
mod recent;
mod remote;
mod reprice;
mod rollups;
mod row;
mod runs;
mod schema;
mod segments;
mod shared;
mod sources;
mod trail;
mod upgrade;
mod values;
mod verify;
mod views;
mod walk;
mod wanted;
mod words;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use cells::{Cell, Cut, Origin, is_shared};
pub use credits::{Credit, CreditKind, Draw, Holder, Unit};
pub use entry::{Entry, Place};
pub use facts::hash as facts_hash;
pub use forget::{Forgotten, Removed, Unwanted};
pub use indexes::Indexed;
pub use intake::{Priced, Pricer, Put, Run, ToPrice};
pub use open::Migration;
pub use query::{Answer, Column, ColumnKind, Datum, Document, Question, Unanswered, View, Views};
pub use reprice::{Choice, Rewritten};
pub use runs::{Counts, RunInfo};
pub use schema::VERSION as SCHEMA_VERSION;
pub use shared::Like;
pub use sources::{RejectInfo, SourceInfo, SourceMark};
pub use trail::{Cause, CostChange, CostState};
pub use wanted::{Judge, Wanted};

use crate::error::{Error, Result};
use crate::pricing::fx;
use crate::usage::Timestamp;

/// An open ledger.
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    migration: Option<Migration>,
}

/// Shortest beginning of an id that is looked for.
const SHORTEST_PREFIX: usize = 4;

impl Ledger {
    /// Opens a ledger for writing; makes it where there is none.
    pub fn open(path: &Path) -> Result<Self> {
        Ok(Self::of(open::for_writing(path)?, path))
    }

    /// Opens a ledger for reading.
    pub fn open_for_reading(path: &Path) -> Result<Self> {
        Ok(Self::of(open::for_reading(path)?, path))
    }

    /// For a ledger that is kept open for reading: what is asked from now on sees what others have
    /// committed by now, where before it saw what was there at the first question.
    pub fn read_anew(&self) -> Result<()> {
        open::begin_reading(&self.connection).map_err(|error| self.failed(&error))
    }

    fn of((connection, migration): open::Opened, path: &Path) -> Self {
        Self {
            connection,
            path: path.to_path_buf(),
            migration,
        }
    }

    /// Copies a ledger as it stands to a file of its own, also while others write to it.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the copy cannot be put there; a file that is there is replaced
    /// only when that is forced.
    pub fn back_up(path: &Path, target: &Path, force: bool) -> Result<()> {
        backup::copy((&open::as_it_is(path)?, path), target, force)
    }

    /// Whether it had to be brought to this program's schema when it was opened.
    pub fn migration(&self) -> Option<&Migration> {
        self.migration.as_ref()
    }

    /// Whether a file is marked as a ledger.
    pub fn is_one(path: &Path) -> bool {
        open::is_ours(path)
    }

    /// A private ledger that is forgotten when it is dropped.
    pub fn scratch() -> Result<Self> {
        Ok(Self {
            connection: open::scratch()?,
            path: PathBuf::from("(temporary)"),
            migration: None,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a run. Nothing else can write until it is committed or dropped.
    pub fn begin(&mut self, now: Timestamp, version: &str) -> Result<Run<'_>> {
        Run::begin(&mut self.connection, &self.path, now, version)
    }

    /// Hands every record to a function, in the order in which they came.
    pub fn for_each(&self, take: &mut dyn FnMut(&Entry) -> Result<()>) -> Result<()> {
        self.select("ORDER BY id", &[], take)
    }

    /// The row of a whole record id.
    fn row_of(&self, id: &str) -> Result<i64> {
        let digits: String = id.chars().filter(|c| *c != '-').collect();
        let is_whole = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let rows = if is_whole {
            keys::with_prefix(&self.connection, &digits, 1).map_err(|error| self.failed(&error))?
        } else {
            Vec::new()
        };
        let row = rows.first().copied();
        row.ok_or_else(|| Error::usage("there is no record with this id"))
    }

    /// The records that a person may mean: by record id, response id, request id, `path:line`, or the
    /// beginning of an id. At most a hundred.
    pub fn find(&self, what: &str) -> Result<Vec<Entry>> {
        let mut found = self.collect(
            "WHERE response_id = ?1 OR request_id = ?1 ORDER BY id LIMIT 100",
            &[&what],
        )?;
        let digits: String = what.chars().filter(|c| *c != '-').collect();
        if found.is_empty()
            && digits.len() >= SHORTEST_PREFIX
            && digits.len() <= 32
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            let rows = keys::with_prefix(&self.connection, &digits, 100)
                .map_err(|error| self.failed(&error))?;
            for row in rows {
                found.extend(self.collect("WHERE id = ?1", &[&row])?);
            }
        }
        if found.is_empty()
            && let Some((path, line)) = what.rsplit_once(':')
            && let Ok(line) = line.parse::<i64>()
        {
            found = self.collect("WHERE line = ?1 AND source IN (SELECT id FROM source WHERE path = ?2) ORDER BY id LIMIT 100", &[&line, &path])?;
        }
        if found.is_empty() && what.chars().count() >= SHORTEST_PREFIX {
            let begins = |column: &str| format!("substr({column}, 1, length(?1)) = ?1");
            let condition = format!(
                "WHERE {} OR {} ORDER BY id LIMIT 100",
                begins("response_id"),
                begins("request_id")
            );
            found = self.collect(&condition, &[&what])?;
        }
        Ok(found)
    }

    /// What was ingested when.
    pub fn runs(&self) -> Result<Vec<RunInfo>> {
        runs::list(&self.connection).map_err(|error| self.failed(&error))
    }

    /// The files that were read.
    pub fn sources(&self) -> Result<Vec<SourceInfo>> {
        sources::list(&self.connection).map_err(|error| self.failed(&error))
    }

    /// The records that could not be read.
    pub fn rejects(&self) -> Result<Vec<RejectInfo>> {
        sources::list_rejects(&self.connection).map_err(|error| self.failed(&error))
    }

    /// What has moved a record's cost since it came in, first to last.
    pub fn trail(&self, entry: &Entry) -> Result<Vec<CostChange>> {
        trail::of(&self.connection, entry.id.bytes()).map_err(|error| self.failed(&error))
    }

    /// The exchange rates that costs were converted by.
    pub fn fx_rates(&self) -> Result<Vec<fx::Rate>> {
        exchange::rates(&self.connection).map_err(|error| self.failed(&error))
    }

    fn collect(&self, condition: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        self.select(condition, values, &mut |entry| {
            entries.push(entry.clone());
            Ok(())
        })?;
        Ok(entries)
    }

    fn select(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
        take: &mut dyn FnMut(&Entry) -> Result<()>,
    ) -> Result<()> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut loader = read::Loader::default();
        let mut statement = self
            .connection
            .prepare(&read::select(condition))
            .map_err(failed)?;
        let mut rows = statement.query(values).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            take(&loader.entry(&self.connection, row).map_err(failed)?)?;
        }
        Ok(())
    }

    fn failed(&self, error: &rusqlite::Error) -> Error {
        open::failed(&self.path, error)
    }
}
