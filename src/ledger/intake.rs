//! One transaction that brings records in: each is new, known, or completed.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::held::{Held, hash_and_source, load};
use super::keys::Held as Known;
use super::recent::Recent;
use super::{
    Cause, Counts, Entry, Like, Place, RejectInfo, SourceInfo, exchange, facts, file, open, read,
    runs, sources, trail, write,
};
use crate::error::{Error, Result};
use crate::pricing::{CostStatus, PriceUsed, Receipt};
use crate::usage::{Field, Identity, IdentityBasis, Timestamp, UsageRecord, merge};

/// What became of a record that was put into the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// The ledger did not hold it.
    New(Priced),
    /// The ledger held it, with the same facts or more.
    Duplicate(Vec<Field>),
    /// The ledger held less or other facts of it.
    Updated(Vec<Field>, Receipt),
}

/// How far the cost of a new record is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The status of its cost.
    pub status: CostStatus,
    /// Where it has no price: its provider, its model, and why.
    pub without: Option<(Option<String>, Option<String>, String)>,
}

impl Priced {
    fn of(entry: &Entry) -> Self {
        let (facts, receipt) = (&entry.record.facts, &entry.receipt);
        let owned = |field| facts.get_text(field).map(str::to_owned);
        let without = || {
            let model = owned(Field::ResponseModel).or_else(|| owned(Field::RequestedModel));
            let reason = receipt.reasons.first().cloned().unwrap_or_default();
            (owned(Field::Provider), model, reason)
        };
        Self {
            status: receipt.status,
            without: (receipt.status == CostStatus::Unpriced).then(without),
        }
    }
}

/// One transaction that brings records in. Dropped without [`Run::commit`], nothing has happened.
pub struct Run<'l> {
    pub(super) transaction: rusqlite::Transaction<'l>,
    pub(super) path: PathBuf,
    pub(super) id: i64,
    pub(super) now: Timestamp,
    pub(super) writer: write::Writer,
    pub(super) loader: read::Loader,
    recent: Recent,
    pub(super) exchange: exchange::Exchange,
    /// What it did so far.
    pub counts: Counts,
}

/// Which record is to be priced.
#[derive(Debug, Clone, Copy)]
pub enum ToPrice<'h> {
    /// The one that was put in, as it is.
    New,
    /// One that was joined with what the ledger held, and the price by which that was priced: it stays
    /// where it still applies.
    Joined(Option<&'h PriceUsed>),
}

/// Prices a record.
pub type Pricer<'p> = dyn Fn(&UsageRecord, ToPrice<'_>) -> Receipt + 'p;

impl Run<'_> {
    /// Begins a run, and waits for whoever writes just now.
    pub(super) fn begin<'l>(
        connection: &'l mut Connection,
        path: &Path,
        now: Timestamp,
        version: &str,
    ) -> Result<Run<'l>> {
        let failed = |error: rusqlite::Error| open::failed(path, &error);
        // Who refers to what is looked up by whoever writes it, and `verify` looks at all of it again: SQLite
        // need not do so at every row as well.
        let loose = connection.pragma_update(None, "foreign_keys", false);
        loose.map_err(failed)?;
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = begun.map_err(failed)?;
        let id = runs::begin(&transaction, now, version).map_err(failed)?;
        Ok(Run {
            transaction,
            path: path.to_path_buf(),
            id,
            now,
            writer: write::Writer::default(),
            loader: read::Loader::default(),
            recent: Recent::default(),
            exchange: exchange::Exchange::default(),
            counts: Counts::default(),
        })
    }

    /// Numbers and devices of the ledger's own files, which must not be opened beside it.
    pub fn files(&self) -> Vec<(u64, u64)> {
        file::numbers(&self.path)
    }

    /// Its number.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Begins a source, from its start or where it was left; the number stands for it.
    pub fn source(&mut self, path: &str, from_start: bool) -> Result<i64> {
        sources::begin(&self.transaction, self.id, path, from_start)
            .map_err(|error| self.failed(&error))
    }

    /// The sources that were read before this run.
    pub fn sources(&self) -> Result<Vec<SourceInfo>> {
        sources::list(&self.transaction).map_err(|error| self.failed(&error))
    }

    /// Puts a record in: new, or joined with what the ledger holds of the same call.
    pub fn put(
        &mut self,
        record: UsageRecord,
        identity: Identity,
        place: Place,
        source: i64,
        price: &Pricer<'_>,
    ) -> Result<Put> {
        let put = self
            .try_put(record, identity, place, source, price)
            .map_err(|error| self.failed(&error))?;
        self.count(&put, identity.basis);
        Ok(put)
    }

    /// Puts a record in that is like others and has its receipt; nothing happens where it says something new
    /// of what the ledger knows: then it is to be [put](Run::put) as any other. Its run is filled in.
    pub fn put_like(
        &mut self,
        entry: &mut Entry,
        like: Like<'_>,
        source: i64,
    ) -> Result<Option<Put>> {
        (entry.run, entry.ingested_at) = (self.id, self.now);
        let put = self.try_put_like(entry, like, source);
        let put = put.map_err(|error| self.failed(&error))?;
        if let Some(put) = &put {
            self.count(put, entry.basis);
        }
        Ok(put)
    }

    fn count(&mut self, put: &Put, basis: IdentityBasis) {
        let counts = &mut self.counts;
        let conflicts = match put {
            Put::New(_) => {
                counts.new += 1;
                counts.position_keyed += u64::from(basis == IdentityBasis::Position);
                return;
            }
            Put::Duplicate(conflicts) => {
                counts.duplicate += 1;
                conflicts
            }
            Put::Updated(conflicts, _) => {
                counts.updated += 1;
                conflicts
            }
        };
        counts.conflicts += u64::from(!conflicts.is_empty());
    }

    /// Counts something that bills nothing.
    pub fn ignore(&mut self) {
        self.counts.ignored += 1;
    }

    /// Keeps and counts a reject.
    pub fn reject(&mut self, source: i64, reject: &RejectInfo) -> Result<()> {
        self.counts.rejected += 1;
        sources::reject(&self.transaction, self.id, source, reject)
            .map_err(|error| self.failed(&error))
    }

    /// States what a source held.
    pub fn finish_source(&mut self, source: i64, info: &SourceInfo) -> Result<()> {
        self.counts.pending += u64::from(info.pending_bytes > 0);
        sources::finish(&self.transaction, source, self.id, info)
            .map_err(|error| self.failed(&error))
    }

    /// Makes everything permanent.
    pub fn commit(mut self) -> Result<Counts> {
        let path = self.path;
        let failed = |error: rusqlite::Error| open::failed(&path, &error);
        self.writer.finish(&self.transaction).map_err(failed)?;
        runs::finish(&self.transaction, self.id, &self.counts).map_err(failed)?;
        self.transaction.commit().map_err(failed)?;
        Ok(self.counts)
    }

    fn try_put(
        &mut self,
        record: UsageRecord,
        identity: Identity,
        place: Place,
        source: i64,
        price: &Pricer<'_>,
    ) -> rusqlite::Result<Put> {
        let connection = &self.transaction;
        let slot = write::Slot {
            row: None,
            run: self.id,
            source,
        };
        let row = match self.writer.keys.find(connection, &identity.id)? {
            Some(Known::Row(row)) => row,
            Some(Known::Gone) => return Ok(Put::Duplicate(Vec::new())),
            None => {
                let receipt = price(&record, ToPrice::New);
                let entry = self.entry(record, identity, place, receipt);
                let hash = facts::hash(&entry.record);
                let row = self.rewrite(&entry, slot, (hash, &exchange::Before::default()))?;
                self.writer.keys.add(&self.transaction, identity.id, row)?;
                let priced = Priced::of(&entry);
                self.recent.remember(row, (hash, source), entry.record);
                return Ok(Put::New(priced));
            }
        };
        if let Some(known) = self.says_nothing_new(row, (&record, facts::hash(&record)), source)? {
            return Ok(known);
        }
        let held = self.held(row)?;
        let merge::Merged { record, conflicts } = merge::merge(&held.entry.record, &record);
        let hash = facts::hash(&record);
        if hash == facts::hash(&held.entry.record) {
            return Ok(Put::Duplicate(conflicts));
        }
        let receipt = price(&record, ToPrice::Joined(held.entry.receipt.price.as_ref()));
        let entry = Entry {
            record,
            receipt,
            ..held.entry
        };
        let slot = write::Slot {
            row: Some(row),
            run: held.run,
            source: held.source,
        };
        self.rewrite(&entry, slot, (hash, &held.converted))?;
        self.recent.remember(row, (hash, held.source), entry.record);
        let place = (row, self.id);
        trail::leave(&self.transaction, place, Cause::Completed, &held.cost)?;
        Ok(Put::Updated(conflicts, entry.receipt))
    }

    /// Whether a record says nothing that its row does not, as far as that is told without reading all of it.
    fn says_nothing_new(
        &mut self,
        row: i64,
        (record, facts): (&UsageRecord, i64),
        source: i64,
    ) -> rusqlite::Result<Option<Put>> {
        let connection = &self.transaction;
        let recent = self.recent.get(row);
        let (hash, first) = if let Some(recent) = recent {
            (recent.hash, recent.source)
        } else {
            self.writer.store_rows(connection)?;
            hash_and_source(connection, row)?
        };
        if first != source {
            sources::also(connection, row, source)?;
        }
        if hash == facts {
            return Ok(Some(Put::Duplicate(Vec::new())));
        }
        let merged = recent.map(|recent| merge::merge(&recent.record, record));
        let same = merged.filter(|merged| facts::hash(&merged.record) == hash);
        Ok(same.map(|merged| Put::Duplicate(merged.conflicts)))
    }

    fn try_put_like(
        &mut self,
        entry: &Entry,
        like: Like<'_>,
        source: i64,
    ) -> rusqlite::Result<Option<Put>> {
        let connection = &self.transaction;
        match self.writer.keys.find(connection, &entry.id)? {
            Some(Known::Row(row)) => {
                return self.says_nothing_new(row, (&entry.record, like.facts), source);
            }
            Some(Known::Gone) => return Ok(Some(Put::Duplicate(Vec::new()))),
            None => {}
        }
        let slot = write::Slot {
            row: None,
            run: self.id,
            source,
        };
        let hash = like.facts;
        let before = exchange::Before::default();
        let converted = self.exchange.convert(connection, entry, &before)?;
        let writer = &mut self.writer;
        let row = writer.write(connection, entry, slot, (hash, converted), Some(like))?;
        writer.keys.add(connection, entry.id, row)?;
        if like.recurs {
            self.recent
                .remember(row, (hash, source), entry.record.clone());
        }
        Ok(Some(Put::New(Priced::of(entry))))
    }

    /// The record in a row.
    pub(super) fn held(&mut self, row: i64) -> rusqlite::Result<Held> {
        self.writer.store_rows(&self.transaction)?;
        load(&self.transaction, &mut self.loader, row)
    }

    fn entry(
        &self,
        record: UsageRecord,
        identity: Identity,
        place: Place,
        receipt: Receipt,
    ) -> Entry {
        Entry {
            id: identity.id,
            basis: identity.basis,
            record,
            receipt,
            place,
            run: self.id,
            ingested_at: self.now,
        }
    }

    pub(super) fn failed(&self, error: &rusqlite::Error) -> Error {
        open::failed(&self.path, error)
    }
}
