//! Record candidates → ledger: each ends as new, duplicate, updated, ignored or rejected.

use std::cell::Cell;
use std::sync::Arc;

use super::alike::Cast;
use super::apart::Priced;
use super::documents::{Documents, Outcome, Spot};
use super::pricer;
use super::reader::{Current, Reader};
use crate::error::Result;
use crate::json::words;
use crate::ledger::{Like, Place, Pricer, Put, RejectInfo, ToPrice};
use crate::usage::{Identity, IdentityBasis, UsageRecord};

/// Longest usage object that is kept beside the line items, in bytes; real ones have a few hundred.
const LONGEST_RAW: usize = 16_384;

impl Reader<'_, '_, '_, '_, '_> {
    /// Takes what the documents have found so far into the ledger.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn settle(
        &mut self,
        documents: &mut Documents<'_>,
        current: &mut Current,
        format: &str,
    ) -> Result<()> {
        for found in documents.take() {
            let receipt = None;
            self.settle_one(Priced { found, receipt }, current, format)?;
        }
        Ok(())
    }

    /// Takes one candidate into the ledger.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub(super) fn settle_one(
        &mut self,
        candidate: Priced,
        current: &mut Current,
        format: &str,
    ) -> Result<()> {
        if let Outcome::Alike(cast) = &candidate.found.outcome
            && self.settle_like(cast, &candidate.found.spot, current, format)?
        {
            return Ok(());
        }
        let (found, cast) = candidate.found.in_full();
        let receipt = candidate.receipt.or(cast);
        match found.outcome {
            Outcome::Alike(_) => {}
            Outcome::Ignored(kind) => self.ignore(current, &kind),
            Outcome::Rejected(fault) => {
                self.reject(current, &found.spot, None, &fault.to_string())?;
            }
            Outcome::Record(record, identity) => {
                let place = place(current, found.spot, format);
                let search = self.search;
                let known = Cell::new(receipt);
                let price = |record: &UsageRecord, asked: ToPrice<'_>| match asked {
                    ToPrice::New => match known.take() {
                        Some(known) => *known,
                        None => pricer::price(record, None, search),
                    },
                    ToPrice::Joined(before) => pricer::price(record, before, search),
                };
                let into = (current.id, &mut *current);
                self.put(*record, identity, place, into, &price)?;
            }
        }
        Ok(())
    }

    /// Takes a record into the ledger that is like others, and says whether it was new: others are to be
    /// settled in full.
    fn settle_like(
        &mut self,
        cast: &Cast,
        spot: &Spot,
        current: &mut Current,
        format: &str,
    ) -> Result<bool> {
        let kind = self.likes.fill(cast, (&current.path, spot), format);
        let known = Like {
            kind: kind.number,
            numbers: &kind.numbers,
            facts: cast.facts,
            recurs: cast.mould.transcript.is_some(),
        };
        let put = self.run.put_like(&mut kind.entry, known, current.id)?;
        let Some(put) = put else { return Ok(false) };
        let place = (&*current.path, spot.line);
        self.outcomes.warn_of(&kind.entry.record, place);
        current.outcome.put(&put);
        self.outcomes.put(put, cast.identity.id, place);
        Ok(true)
    }

    /// Puts a record in, as read from a source, and counts and lists what became of it.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn put(
        &mut self,
        mut record: UsageRecord,
        identity: Identity,
        place: Place,
        (source, current): (i64, &mut Current),
        price: &Pricer<'_>,
    ) -> Result<()> {
        if record
            .raw_usage
            .as_ref()
            .is_some_and(|raw| raw.len() > LONGEST_RAW)
        {
            record.raw_usage = None;
            record.warn("usage: too long to be kept for audit");
        }
        let (path, line) = (Arc::clone(&place.path), place.line);
        self.outcomes.warn_of(&record, (&path, line));
        let put = self.run.put(record, identity, place, source, price)?;
        current.outcome.put(&put);
        // Which of several equal calls it is hangs on how many stand before it.
        let is_new = matches!(put, Put::New(_));
        current.recurs |= identity.basis == IdentityBasis::Content && !is_new;
        self.outcomes.put(put, identity.id, (&path, line));
        Ok(())
    }

    /// Counts something that bills nothing.
    pub fn ignore(&mut self, current: &mut Current, kind: &str) {
        self.run.ignore();
        current.outcome.ignored += 1;
        *self.outcomes.ignored.entry(kind.to_owned()).or_default() += 1;
    }

    /// Keeps something that cannot be read.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn reject(
        &mut self,
        current: &mut Current,
        spot: &Spot,
        offset: Option<u64>,
        reason: &str,
    ) -> Result<()> {
        let reject = RejectInfo {
            path: current.path.to_string(),
            line: spot.line,
            offset,
            pointer: words(spot.pointer.clone()),
            reason: reason.to_owned(),
        };
        self.run.reject(current.id, &reject)?;
        current.outcome.rejected += 1;
        self.outcomes.reject(reject);
        Ok(())
    }
}

fn place(current: &Current, spot: Spot, format: &str) -> Place {
    Place {
        path: Arc::clone(&current.path),
        line: spot.line,
        pointer: words(spot.pointer),
        format: read_as(format, spot.layers),
    }
}

/// How a record was read: the format of its source, and what was opened there.
pub(super) fn read_as(format: &str, layers: String) -> String {
    if format.is_empty() {
        layers
    } else {
        [format, ">", &layers].concat()
    }
}
