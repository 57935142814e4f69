//! The database of another program → record candidates, one document per row.

use super::documents::{Documents, Spot};
use super::reader::{Current, Ended, Reader, STRIDE};
use crate::error::Result;
use crate::source::{Database, Document, Stat};

impl Reader<'_, '_, '_, '_, '_> {
    /// Reads the rows that may state usage.
    ///
    /// # Errors
    /// As [`super::ingest`].
    pub fn database(
        &mut self,
        database: &Database,
        stat: Stat,
        current: &mut Current,
    ) -> Result<()> {
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
                Err(fault) => self.reject(current, &spot, None, &fault.to_string())?,
            }
            self.settle(&mut documents, current, &format)?;
            lines = document.line;
            if lines.is_multiple_of(STRIDE) {
                self.report_progress(0)?;
            }
            Ok(())
        })?;
        documents.finish();
        self.settle(&mut documents, current, &format)?;
        current.outcome.format = format;
        let ended = Ended {
            stat: Some(stat),
            bytes: stat.size,
            lines,
            pending: None,
        };
        self.finish(current, &ended)?;
        self.report_progress(stat.size)
    }
}
