//! What was ingested when: runs and their counts.

use rusqlite::{Connection, params};

use crate::usage::Timestamp;

/// Counts of one run. `read` is the sum of the five that follow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records that the ledger did not hold.
    pub new: u64,
    /// Records that it held with the same facts.
    pub duplicate: u64,
    /// Records that it held with fewer or other facts.
    pub updated: u64,
    /// What bills nothing.
    pub ignored: u64,
    /// What could not be read.
    pub rejected: u64,
    /// Half-written last records, read next time; not a part of `read`.
    pub pending: u64,
    /// Contradictions: same call, other model or tenant.
    pub conflicts: u64,
    /// New records that are known by their position only.
    pub position_keyed: u64,
}

impl Counts {
    /// All record candidates.
    pub fn read(&self) -> u64 {
        self.new + self.duplicate + self.updated + self.ignored + self.rejected
    }
}

/// A run as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInfo {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub started: Timestamp,
    /// The llmcost that ran.
    pub version: String,
    /// `ingest`, `reprice`, `forget` or `prune`.
    pub what: String,
    /// What it did.
    pub counts: Counts,
    /// How many records it gave another receipt.
    pub repriced: u64,
    /// How many of its new records were taken out again.
    pub removed: u64,
}

pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Begins a run.
pub fn begin(connection: &Connection, started: Timestamp, version: &str) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO run(started_ms, version) VALUES(?1, ?2)",
        params![started.millis(), version],
    )?;
    let run = connection.last_insert_rowid();
    super::row::remember_day(connection, started)?;
    Ok(run)
}

/// States what a run did.
pub fn finish(connection: &Connection, run: i64, counts: &Counts) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE run SET read = ?2, new = ?3, duplicate = ?4, updated = ?5, ignored = ?6, rejected = ?7, pending = ?8, conflicts = ?9 WHERE id = ?1",
        params![
            run, number(counts.read()), number(counts.new), number(counts.duplicate), number(counts.updated),
            number(counts.ignored), number(counts.rejected), number(counts.pending), number(counts.conflicts),
        ],
    )?;
    Ok(())
}

/// Says that a run priced records anew.
pub fn mark_reprice(connection: &Connection, run: i64, repriced: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE run SET what = 'reprice', repriced = ?2 WHERE id = ?1";
    connection.execute(sql, params![run, number(repriced)])?;
    Ok(())
}

/// Says what a run did, where it brought nothing in.
pub fn mark(connection: &Connection, run: i64, what: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE run SET what = ?2 WHERE id = ?1";
    connection.execute(sql, params![run, what]).map(drop)
}

pub(super) fn unsigned(
    row: &rusqlite::Row<'_>,
    column: impl rusqlite::RowIndex,
) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column)
        .map(|number| u64::try_from(number).unwrap_or(0))
}

/// All runs, first to last.
pub fn list(connection: &Connection) -> rusqlite::Result<Vec<RunInfo>> {
    let mut list = connection.prepare("SELECT * FROM run ORDER BY id")?;
    let runs = list.query_map([], |row| {
        Ok(RunInfo {
            id: row.get("id")?,
            started: Timestamp::from_millis(row.get("started_ms")?),
            version: row.get("version")?,
            what: row.get("what")?,
            repriced: unsigned(row, "repriced")?,
            removed: unsigned(row, "removed")?,
            counts: Counts {
                new: unsigned(row, "new")?,
                duplicate: unsigned(row, "duplicate")?,
                updated: unsigned(row, "updated")?,
                ignored: unsigned(row, "ignored")?,
                rejected: unsigned(row, "rejected")?,
                pending: unsigned(row, "pending")?,
                conflicts: unsigned(row, "conflicts")?,
                position_keyed: 0,
            },
        })
    })?;
    runs.collect()
}
