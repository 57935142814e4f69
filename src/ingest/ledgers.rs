//! Another llmcost ledger → this one: its records come with the identities and the costs that stand
//! in it, so merging the ledgers of several machines counts nothing twice and moves no cost.

use std::collections::BTreeMap;

use super::outcome::SourceOutcome;
use super::pricer;
use super::reader::{Current, Reader};
use crate::error::{Fault, Result};
use crate::ledger::{Entry, Ledger, SourceInfo, ToPrice};
use crate::source::Found;
use crate::usage::{Identity, UsageRecord};

impl Reader<'_, '_, '_, '_, '_> {
    /// Brings the records of another ledger in. Its rejects, runs and credits stay its own.
    ///
    /// # Errors
    /// As [`super::ingest`].
    pub fn ledger(&mut self, found: &Found, path: String) -> Result<SourceOutcome> {
        let other = match Ledger::open_for_reading(&found.path) {
            Ok(other) => other,
            Err(error) => return self.unreadable(path, &Fault::new(error.message)),
        };
        let mut current = self.begin(path, "read", true)?;
        "ledger".clone_into(&mut current.outcome.format);
        let mut origins = BTreeMap::new();
        other.for_each(&mut |entry| self.merge(entry, &mut current, &mut origins))?;
        self.report_progress(0)?;
        for (origin, (id, records)) in origins {
            let info = SourceInfo {
                path: origin,
                format: "ledger".to_owned(),
                status: "read".to_owned(),
                records,
                ..SourceInfo::default()
            };
            self.run.finish_source(id, &info)?;
        }
        self.finish(&mut current, &SourceInfo::default())?;
        Ok(current.outcome)
    }

    /// Puts one of its records in, from the source in which the other ledger found it.
    fn merge(
        &mut self,
        entry: &Entry,
        current: &mut Current,
        origins: &mut BTreeMap<String, (i64, u64)>,
    ) -> Result<()> {
        let origin = format!("{}!{}", current.path, entry.place.path);
        let source = if let Some((source, records)) = origins.get_mut(&origin) {
            *records += 1;
            *source
        } else {
            let source = self.run.source(&origin, true)?;
            origins.insert(origin, (source, 1));
            source
        };
        let identity = Identity {
            id: entry.id,
            basis: entry.basis,
        };
        let mut record = entry.record.clone();
        self.plan.options.users.apply(&mut record);
        // A new record keeps its cost; one that two ledgers know in part is priced as any other.
        let search = self.search;
        let price = |given: &UsageRecord, asked: ToPrice<'_>| match asked {
            ToPrice::New => entry.receipt.clone(),
            ToPrice::Joined(None) if *given == record => entry.receipt.clone(),
            ToPrice::Joined(before) => pricer::price(given, before, search),
        };
        let into = (source, current);
        self.put(record.clone(), identity, entry.place.clone(), into, &price)
    }
}
