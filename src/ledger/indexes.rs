//! Indexes that a ledger has only when somebody asks for them: our own commands answer from sums and keys,
//! and every index makes an ingest slower and the file larger. They are for people who ask the public
//! views in SQL. Their texts are fixed, so that nothing else passes for one of them.

use rusqlite::Connection;

use super::{Ledger, open};
use crate::error::Result;

/// Names and texts, in the order in which they are made. Questions by user, agent, workflow or model begin
/// with the few rows that hold these words, and go on from there to the records.
const INDEXES: [(&str, &str); 9] = [
    (
        "party_by_user",
        "CREATE INDEX party_by_user ON party(user_id)",
    ),
    (
        "party_by_agent",
        "CREATE INDEX party_by_agent ON party(agent_id)",
    ),
    (
        "party_by_workflow",
        "CREATE INDEX party_by_workflow ON party(workflow_id)",
    ),
    (
        "profile_by_model",
        "CREATE INDEX profile_by_model ON profile(provider, response_model)",
    ),
    (
        "usage_by_party",
        "CREATE INDEX usage_by_party ON usage(party, ms)",
    ),
    (
        "usage_by_profile",
        "CREATE INDEX usage_by_profile ON usage(profile, ms)",
    ),
    ("usage_by_time", "CREATE INDEX usage_by_time ON usage(ms)"),
    (
        "usage_by_request",
        "CREATE INDEX usage_by_request ON usage(request_id) WHERE request_id IS NOT NULL",
    ),
    (
        "usage_by_response",
        "CREATE INDEX usage_by_response ON usage(response_id) WHERE response_id IS NOT NULL",
    ),
];

/// What was done about the indexes of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// The indexes that were made or dropped now.
    pub changed: Vec<&'static str>,
    /// Those that stand there now.
    pub present: Vec<&'static str>,
    /// Bytes that these take in the file.
    pub bytes: u64,
}

impl Ledger {
    /// Makes the indexes that are missing, or drops all of them.
    ///
    /// # Errors
    /// When the ledger cannot be written to; nothing has changed then.
    pub fn index(&mut self, drop: bool) -> Result<Indexed> {
        let path = self.path.clone();
        index(&mut self.connection, drop).map_err(|error| open::failed(&path, &error))
    }
}

fn index(connection: &mut Connection, drop: bool) -> rusqlite::Result<Indexed> {
    let behavior = rusqlite::TransactionBehavior::Immediate;
    let transaction = connection.transaction_with_behavior(behavior)?;
    let before = present(&transaction)?;
    if drop {
        drop_all(&transaction)?;
    } else {
        let missing = INDEXES.iter().filter(|(name, _)| !before.contains(name));
        missing
            .map(|(name, _)| *name)
            .try_for_each(|name| create(&transaction, &[name]))?;
    }
    let present = present(&transaction)?;
    let bytes = size(&transaction)?;
    transaction.commit()?;
    let changed = INDEXES.iter().map(|(name, _)| *name);
    let changed = changed.filter(|name| before.contains(name) != present.contains(name));
    Ok(Indexed {
        changed: changed.collect(),
        present,
        bytes,
    })
}

/// Whether something in a ledger file is one of the indexes, word for word.
pub fn is_ours(kind: &str, name: &str, text: Option<&str>) -> bool {
    let known = INDEXES.iter().find(|(known, _)| *known == name);
    kind == "index" && known.is_some_and(|(_, known)| text == Some(known))
}

/// The indexes that a ledger has.
pub fn present(connection: &Connection) -> rusqlite::Result<Vec<&'static str>> {
    let mut find =
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1")?;
    let mut there = Vec::new();
    for (name, _) in INDEXES {
        if find.exists([name])? {
            there.push(name);
        }
    }
    Ok(there)
}

/// Makes some of the indexes.
pub fn create(connection: &Connection, names: &[&str]) -> rusqlite::Result<()> {
    let mut wanted = INDEXES.iter().filter(|(name, _)| names.contains(name));
    wanted.try_for_each(|(_, text)| connection.execute_batch(text))
}

/// Drops those that are there.
pub fn drop_all(connection: &Connection) -> rusqlite::Result<()> {
    let mut all = INDEXES.iter();
    all.try_for_each(|(name, _)| connection.execute_batch(&format!("DROP INDEX IF EXISTS {name}")))
}

/// Bytes of the pages that the indexes take.
fn size(connection: &Connection) -> rusqlite::Result<u64> {
    let mut pages = connection.prepare("SELECT sum(pgsize) FROM dbstat WHERE name = ?1")?;
    let mut bytes = 0;
    for (name, _) in INDEXES {
        let size: Option<i64> = pages.query_row([name], |row| row.get(0))?;
        bytes += size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
    }
    Ok(bytes)
}
