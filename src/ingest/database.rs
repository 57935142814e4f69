//! The database of another program → record candidates, one document per row.

use super::documents::{Documents, Spot};
use super::outcome::SourceOutcome;
use super::reader::{Reader, STRIDE};
use crate::error::Result;
use crate::ledger::SourceInfo;
use crate::source::{Database, Document, Stat};
use crate::usage::Timestamp;

impl Reader<'_, '_, '_, '_, '_> {
    /// Reads the rows that may state usage.
    ///
    /// # Errors
    /// As [`super::ingest`].
    pub fn database(
        &mut self,
        database: &Database,
        stat: Stat,
        path: String,
    ) -> Result<SourceOutcome> {
        let mut current = self.begin(path, "read", true)?;
        let format = database.format();
        let mut documents = Documents::new(self.plan.formats, self.plan.options).at(&current.path);
        let mut lines = 0;
        database.each(&mut |document: Document| {
            let spot = Spot {
                line: document.line,
                pointer: document.pointer,
                layers: String::new(),
            };
            match document.text {
                Ok(text) => documents.value(&text, spot),
                Err(fault) => self.reject(&mut current, &spot, None, &fault.to_string())?,
            }
            self.settle(&mut documents, &mut current, &format)?;
            lines = document.line;
            if lines.is_multiple_of(STRIDE) {
                self.report_progress(0)?;
            }
            Ok(())
        })?;
        documents.finish();
        self.settle(&mut documents, &mut current, &format)?;
        current.outcome.format = format;
        let info = SourceInfo {
            bytes: stat.size,
            modified: Some(Timestamp::from_millis(stat.modified_ms)),
            lines,
            mark: Some(self.known.mark(stat, None, self.plan.clock)),
            ..SourceInfo::default()
        };
        self.finish(&mut current, &info)?;
        self.report_progress(stat.size)?;
        Ok(current.outcome)
    }
}
