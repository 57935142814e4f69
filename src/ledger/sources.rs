//! The files that were read: how far, what tells whether they must be read again, and what in them
//! could not be read.

use rusqlite::{Connection, OptionalExtension, params};

use super::runs::{number, unsigned};
use crate::usage::Timestamp;

/// A source as the ledger keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceInfo {
    /// The file, or `-`.
    pub path: String,
    /// How it was read.
    pub format: String,
    /// `read`, or `unreadable`.
    pub status: String,
    /// Its size.
    pub bytes: u64,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
    /// Its lines.
    pub lines: u64,
    /// Record candidates in it.
    pub records: u64,
    /// Rejects in it.
    pub rejected: u64,
    /// Bytes of its half-written end.
    pub pending_bytes: u64,
    /// The run that read it first.
    pub first_run: i64,
    /// The run that read it last.
    pub last_run: i64,
    /// What tells whether it must be read again; nothing for a stream.
    pub mark: Option<SourceMark>,
}

/// What tells whether a file must be read again, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceMark {
    /// Its device and its number there; zeros where the system has none.
    pub file: (u64, u64),
    /// A hash of all that decided how it was read.
    pub reader: [u8; 16],
    /// Whether its time of change was old enough when it was read that every later change shows.
    pub settled: bool,
    /// Where reading can go on: bytes, lines, and the seal over what stands before.
    pub resume: Option<(u64, u64, [u8; 16])>,
}

/// A record that could not be read: where and why, never what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectInfo {
    /// The file, or `-`.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// Byte offset in the decoded text, where known.
    pub offset: Option<u64>,
    /// JSON pointer inside the line.
    pub pointer: String,
    /// Why.
    pub reason: String,
}

/// The row of a source. Its rejects are forgotten when it is read again from the start.
pub fn begin(
    connection: &Connection,
    run: i64,
    path: &str,
    from_start: bool,
) -> rusqlite::Result<i64> {
    let find = connection
        .prepare_cached("SELECT id FROM source WHERE path = ?1")?
        .query_row([path], |row| row.get(0))
        .optional()?;
    if let Some(id) = find {
        if from_start {
            let forget = "DELETE FROM reject WHERE source = ?1";
            connection.prepare_cached(forget)?.execute([id])?;
        }
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO source(path, format, status, bytes, lines, records, rejected, pending_bytes, first_run, last_run) VALUES(?1, '', 'read', 0, 0, 0, 0, 0, ?2, ?2)")?
        .execute(params![path, run])?;
    Ok(connection.last_insert_rowid())
}

/// States what a source held.
pub fn finish(
    connection: &Connection,
    id: i64,
    run: i64,
    info: &SourceInfo,
) -> rusqlite::Result<()> {
    let mark = info.mark.as_ref();
    let resume = mark.and_then(|mark| mark.resume);
    connection
        .prepare_cached("UPDATE source SET format = ?2, status = ?3, bytes = ?4, modified_ms = ?5, lines = ?6, records = ?7, rejected = ?8, pending_bytes = ?9, last_run = ?10, device = ?11, inode = ?12, reader = ?13, settled = ?14, resume_at = ?15, resume_lines = ?16, seal = ?17 WHERE id = ?1")?
        .execute(params![
            id, info.format, info.status, number(info.bytes), info.modified.map(Timestamp::millis), number(info.lines),
            number(info.records), number(info.rejected), number(info.pending_bytes), run,
            mark.map(|mark| mark.file.0.cast_signed()), mark.map(|mark| mark.file.1.cast_signed()),
            mark.map(|mark| mark.reader), mark.is_some_and(|mark| mark.settled),
            resume.map(|(offset, ..)| number(offset)), resume.map(|(_, lines, _)| number(lines)), resume.map(|(.., seal)| seal),
        ])?;
    Ok(())
}

/// Notes that a record was met in another source than its first one.
pub fn also(connection: &Connection, usage: i64, source: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO also(usage, source) VALUES(?1, ?2)")?
        .execute([usage, source])
        .map(drop)
}

/// Keeps a reject.
pub fn reject(
    connection: &Connection,
    run: i64,
    source: i64,
    reject: &RejectInfo,
) -> rusqlite::Result<()> {
    let reason: String = reject.reason.chars().take(500).collect();
    connection
        .prepare_cached("INSERT OR IGNORE INTO reject(run, source, line, byte_offset, pointer, reason) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![run, source, number(reject.line), reject.offset.map(number), reject.pointer, reason])?;
    Ok(())
}

/// All sources, by path.
pub fn list(connection: &Connection) -> rusqlite::Result<Vec<SourceInfo>> {
    // By their places: to find a column by its name takes longer than to read it.
    let mut list = connection.prepare(
        "SELECT path, format, status, bytes, modified_ms, lines, records, rejected, pending_bytes, first_run, last_run, \
         reader, device, inode, settled, resume_at, resume_lines, seal FROM source ORDER BY path",
    )?;
    let sources = list.query_map([], |row| {
        let modified: Option<i64> = row.get(4)?;
        Ok(SourceInfo {
            path: row.get(0)?,
            format: row.get(1)?,
            status: row.get(2)?,
            bytes: unsigned(row, 3)?,
            modified: modified.map(Timestamp::from_millis),
            lines: unsigned(row, 5)?,
            records: unsigned(row, 6)?,
            rejected: unsigned(row, 7)?,
            pending_bytes: unsigned(row, 8)?,
            first_run: row.get(9)?,
            last_run: row.get(10)?,
            mark: mark(row)?,
        })
    })?;
    sources.collect()
}

/// All rejects, by path and line.
pub fn list_rejects(connection: &Connection) -> rusqlite::Result<Vec<RejectInfo>> {
    let mut list = connection.prepare(
        "SELECT path, line, byte_offset, pointer, reason FROM reject JOIN source ON source.id = reject.source ORDER BY path, line, pointer",
    )?;
    let rejects = list.query_map([], |row| {
        Ok(RejectInfo {
            path: row.get(0)?,
            line: unsigned(row, 1)?,
            offset: row
                .get::<_, Option<i64>>(2)?
                .and_then(|offset| u64::try_from(offset).ok()),
            pointer: row.get(3)?,
            reason: row.get(4)?,
        })
    })?;
    rejects.collect()
}

fn mark(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<SourceMark>> {
    let Some(reader) = row.get(11)? else {
        return Ok(None);
    };
    let number = |column: usize| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let seal: Option<[u8; 16]> = row.get(17)?;
    let resume = match seal {
        Some(seal) => Some((unsigned(row, 15)?, unsigned(row, 16)?, seal)),
        None => None,
    };
    Ok(Some(SourceMark {
        file: (number(12)?, number(13)?),
        reader,
        settled: row.get(14)?,
        resume,
    }))
}
