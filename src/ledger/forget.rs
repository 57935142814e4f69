//! Taking records out again: a user's, those of a run or of a source that should not have been read, or
//! those of long ago. What is taken out is overwritten in the file and in its log.

use rusqlite::limits::Limit;
use rusqlite::{Connection, OptionalExtension, params};

use super::control;
use super::rollups::{Part, Rolls};
use super::{Ledger, Run, open, runs};
use crate::error::Result;
use crate::usage::Timestamp;

/// Which records are to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwanted {
    /// A user's. His name goes as well.
    User(String),
    /// Those that a run brought in: they come back when their logs are read again.
    Run(i64),
    /// Those of a source, unless another source held them, too: they come back as well.
    Source(String),
    /// Those that happened before. What has no time stays.
    Before(Timestamp),
}

/// What is found of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Records that go.
    pub records: u64,
    /// Records that stay, because another source held them, too.
    pub shared: u64,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// The run that did it.
    pub run: i64,
    /// What went and what stayed.
    pub found: Forgotten,
}

/// Records that are taken out at once.
const PAGE: i64 = 10_000;

impl Unwanted {
    /// Whether the records must not come back when their logs are read again.
    fn is_for_good(&self) -> bool {
        match self {
            Self::User(_) | Self::Before(_) => true,
            Self::Run(_) | Self::Source(_) => false,
        }
    }

    /// The condition on `usage`, and what stands for `?1` in it; none where there is no such thing.
    fn condition(&self, connection: &Connection) -> rusqlite::Result<Option<(&'static str, i64)>> {
        let find = |sql: &str, text: &str| {
            let found = connection.query_row(sql, [text], |row| row.get::<_, i64>(0));
            found.optional()
        };
        Ok(match self {
            Self::User(user) => find("SELECT id FROM word WHERE text = ?1", user)?
                .map(|word| ("party IN (SELECT id FROM party WHERE user_id = ?1)", word)),
            Self::Run(run) => Some(("run = ?1", *run)),
            Self::Source(path) => find("SELECT id FROM source WHERE path = ?1", path)?
                .map(|source| ("source = ?1", source)),
            Self::Before(time) => Some(("ms < ?1", time.millis())),
        })
    }

    /// What keeps a record: of a source, that another one held it, too.
    fn exception(&self) -> &'static str {
        match self {
            Self::Source(_) => "id IN (SELECT usage FROM also)",
            Self::User(_) | Self::Run(_) | Self::Before(_) => "0",
        }
    }
}

impl Ledger {
    /// What would be taken out.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn unwanted(&self, what: &Unwanted) -> Result<Forgotten> {
        count(&self.connection, what).map_err(|error| self.failed(&error))
    }

    /// Takes records out, in one transaction, and their bytes out of the file and its log. With
    /// `keep_totals` their sums stay, by day and by what served them; nobody is named there.
    ///
    /// # Errors
    /// When the ledger cannot be written; then nothing has changed.
    pub fn remove(
        &mut self,
        what: &Unwanted,
        keep_totals: bool,
        (now, version): (Timestamp, &str),
    ) -> Result<Removed> {
        let path = self.path.clone();
        let failed = |error: rusqlite::Error| open::failed(&path, &error);
        self.connection
            .execute_batch("PRAGMA secure_delete=ON")
            .map_err(failed)?;
        let mut run = self.begin(now, version)?;
        let removed = Removed {
            run: run.id,
            found: run.take_out(what, keep_totals).map_err(failed)?,
        };
        run.commit()?;
        // Pages that were split or put in order before may hold old copies still; the log as well.
        self.connection
            .set_limit(Limit::SQLITE_LIMIT_ATTACHED, 1)
            .and_then(|_| self.connection.execute_batch("VACUUM"))
            .map_err(failed)?;
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(failed)?;
        Ok(removed)
    }
}

impl Run<'_> {
    fn take_out(&mut self, what: &Unwanted, keep_totals: bool) -> rusqlite::Result<Forgotten> {
        let found = count(&self.transaction, what)?;
        let label = if matches!(what, Unwanted::Before(_)) {
            "prune"
        } else {
            "forget"
        };
        runs::mark(&self.transaction, self.id, label)?;
        let Some((condition, value)) = what.condition(&self.transaction)? else {
            return Ok(found);
        };
        let list = format!(
            "SELECT id FROM usage WHERE id > ?2 AND {condition} AND NOT {} ORDER BY id LIMIT ?3",
            what.exception()
        );
        let mut after = 0_i64;
        loop {
            let page = page(&self.transaction, &list, [value, after, PAGE])?;
            let Some(end) = page.last() else { break };
            after = *end;
            let parts = page
                .iter()
                .map(|row| self.take_out_one(*row, what.is_for_good()));
            let parts: Vec<Part> = parts.collect::<rusqlite::Result<_>>()?;
            if keep_totals {
                Rolls::keep(&self.transaction, &parts)?;
            }
        }
        match what {
            Unwanted::Source(_) => read_again(&self.transaction, "id = ?1", value)?,
            Unwanted::Run(_) => {
                read_again(&self.transaction, "?1 IN (first_run, last_run)", value)?;
            }
            Unwanted::User(_) => forget_word(&self.transaction, value)?,
            Unwanted::Before(_) => {}
        }
        control::recount(&self.transaction, "trail")?;
        Ok(found)
    }

    fn take_out_one(&mut self, row: i64, for_good: bool) -> rusqlite::Result<Part> {
        let connection = &self.transaction;
        let key = if for_good {
            "UPDATE key_row SET usage = NULL WHERE key = (SELECT key FROM usage WHERE id = ?1)"
        } else {
            "DELETE FROM key_row WHERE key = (SELECT key FROM usage WHERE id = ?1)"
        };
        for sql in [
            "UPDATE run SET removed = removed + 1 WHERE id = (SELECT run FROM usage WHERE id = ?1)",
            key,
            "DELETE FROM trail WHERE usage = ?1",
            "DELETE FROM also WHERE usage = ?1",
        ] {
            connection.prepare_cached(sql)?.execute([row])?;
        }
        self.writer.remove(connection, row)
    }
}

fn page(connection: &Connection, list: &str, values: [i64; 3]) -> rusqlite::Result<Vec<i64>> {
    let mut page = connection.prepare_cached(list)?;
    page.query_map(values, |row| row.get(0))?.collect()
}

fn count(connection: &Connection, what: &Unwanted) -> rusqlite::Result<Forgotten> {
    let Some((condition, value)) = what.condition(connection)? else {
        return Ok(Forgotten::default());
    };
    let exception = what.exception();
    let sql =
        format!("SELECT COUNT(*), COALESCE(SUM({exception}), 0) FROM usage WHERE {condition}");
    connection.query_row(&sql, [value], |row| {
        let (all, shared): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(Forgotten {
            records: (all - shared).unsigned_abs(),
            shared: shared.unsigned_abs(),
        })
    })
}

/// Sources are read whole the next time, and what could not be read of them is forgotten.
fn read_again(connection: &Connection, condition: &str, value: i64) -> rusqlite::Result<()> {
    let sources = format!("SELECT id FROM source WHERE {condition}");
    for sql in [
        format!("DELETE FROM reject WHERE source IN ({sources})"),
        format!("DELETE FROM also WHERE source IN ({sources})"),
        format!(
            "UPDATE source SET reader = NULL, settled = 0, resume_at = NULL, resume_lines = NULL, seal = NULL, \
             status = 'forgotten', records = 0, rejected = 0 WHERE id IN ({sources})"
        ),
    ] {
        connection.execute(&sql, [value])?;
    }
    Ok(())
}

/// Overwrites a word that named somebody, unless it means something else as well.
fn forget_word(connection: &Connection, word: i64) -> rusqlite::Result<()> {
    let mut list = connection.prepare(
        "SELECT m.name, f.\"from\" FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f \
         WHERE m.type = 'table' AND f.\"table\" = 'word' AND f.\"from\" <> 'user_id'",
    )?;
    let columns = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns: Vec<(String, String)> = columns.collect::<rusqlite::Result<_>>()?;
    for (table, column) in columns {
        let used = format!("SELECT EXISTS(SELECT 1 FROM {table} WHERE {column} = ?1)");
        if connection.query_row(&used, [word], |row| row.get(0))? {
            return Ok(());
        }
    }
    let text = format!("(forgotten {word})");
    connection.execute(
        "UPDATE word SET text = ?2 WHERE id = ?1",
        params![word, text],
    )?;
    control::recount(connection, "word")
}
