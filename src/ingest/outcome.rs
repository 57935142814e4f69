//! What a run did, for people and scripts.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::ledger::{Counts, Priced, Put, RejectInfo};
use crate::pricing::CostStatus;
use crate::usage::{NoteKind, RecordId, UsageRecord};

/// Rejects and warnings that are listed one by one; beyond it they are only counted.
const MOST_LISTED: usize = 100;

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// What became of the candidates.
    pub counts: Counts,
    /// Whether it was made permanent.
    pub committed: bool,
    /// Whether it was only tried.
    pub dry: bool,
    /// Source by source.
    pub sources: Vec<SourceOutcome>,
    /// The first rejects.
    pub rejects: Vec<RejectInfo>,
    /// The first warnings.
    pub warnings: Vec<Warning>,
    /// How many warnings there were.
    pub warnings_total: u64,
    /// What bills nothing, by kind.
    pub ignored: BTreeMap<String, u64>,
    /// New records without a cost, by provider, model and reason.
    pub unpriced: BTreeMap<(Option<String>, Option<String>, String), u64>,
    /// New records that are estimated or partial.
    pub inexact: u64,
}

/// Something odd about one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// `usage`, `conflict`, or a warning of the source.
    pub kind: String,
    /// Our own words.
    pub detail: String,
}

/// What one source held.
#[derive(Debug, Clone, Default)]
pub struct SourceOutcome {
    /// The file, or `-`.
    pub path: String,
    /// How it was read.
    pub format: String,
    /// `read`, `unchanged`, `skipped` or `unreadable`.
    pub status: &'static str,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// New records.
    pub new: u64,
    /// Records that were there.
    pub duplicate: u64,
    /// Records that were completed.
    pub updated: u64,
    /// What bills nothing.
    pub ignored: u64,
    /// What cannot be read.
    pub rejected: u64,
    /// The half-written end: its line and bytes.
    pub pending: Option<(u64, u64)>,
}

impl SourceOutcome {
    /// A file that has been read before, and is as it was.
    pub fn unchanged(path: String) -> Self {
        Self {
            path,
            status: "unchanged",
            ..Self::default()
        }
    }

    /// What is no log.
    pub fn skipped(path: String, reason: &str) -> Self {
        Self {
            path,
            status: "skipped",
            reason: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// All candidates.
    pub fn read(&self) -> u64 {
        self.new + self.duplicate + self.updated + self.ignored + self.rejected
    }

    /// Counts what became of a record.
    pub fn put(&mut self, put: &Put) {
        match put {
            Put::New(_) => self.new += 1,
            Put::Duplicate(_) => self.duplicate += 1,
            Put::Updated(..) => self.updated += 1,
        }
    }

    fn json(&self) -> Json {
        json!({
            "path": self.path,
            "format": self.format,
            "status": self.status,
            "reason": self.reason,
            "read": self.read(),
            "new": self.new,
            "duplicate": self.duplicate,
            "updated": self.updated,
            "ignored": self.ignored,
            "rejected": self.rejected,
            "pending_bytes": self.pending.map_or(0, |(_, bytes)| bytes),
        })
    }
}

impl Outcomes {
    /// What was listed so far of what leaves nothing in the ledger.
    pub(super) fn mark(&self) -> Self {
        Self {
            rejects: self.rejects.clone(),
            warnings: self.warnings.clone(),
            warnings_total: self.warnings_total,
            ignored: self.ignored.clone(),
            ..Self::default()
        }
    }

    /// Back to what was listed then.
    pub(super) fn rewind(&mut self, mark: Self) {
        self.rejects = mark.rejects;
        self.warnings = mark.warnings;
        self.warnings_total = mark.warnings_total;
        self.ignored = mark.ignored;
    }

    /// Notes a warning.
    pub fn warn(&mut self, path: &str, line: u64, kind: &str, detail: &str) {
        self.warnings_total += 1;
        if self.warnings.len() < MOST_LISTED {
            let (path, kind, detail) = (path.to_owned(), kind.to_owned(), detail.to_owned());
            self.warnings.push(Warning {
                path,
                line,
                kind,
                detail,
            });
        }
    }

    /// Notes a reject.
    pub fn reject(&mut self, reject: RejectInfo) {
        if self.rejects.len() < MOST_LISTED {
            self.rejects.push(reject);
        }
    }

    /// Notes what a record warns of, as read from a path and line.
    pub(super) fn warn_of(&mut self, record: &UsageRecord, (path, line): (&str, u64)) {
        let notes = record.notes.iter();
        for note in notes.filter(|note| note.kind == NoteKind::Warning) {
            self.warn(path, line, "usage", &note.text);
        }
    }

    /// Notes what became of a record, as read from a path and line.
    pub(super) fn put(&mut self, put: Put, id: RecordId, (path, line): (&str, u64)) {
        match put {
            Put::New(priced) => self.priced(priced),
            Put::Duplicate(conflicts) | Put::Updated(conflicts, _) => {
                for field in conflicts {
                    let detail = format!("another reading of {id} states another {field}");
                    self.warn(path, line, "conflict", &detail);
                }
            }
        }
    }

    /// Notes how a new record was priced.
    fn priced(&mut self, priced: Priced) {
        match priced.status {
            CostStatus::Exact | CostStatus::Covered | CostStatus::Unpriced => {}
            CostStatus::Estimated | CostStatus::Partial => self.inexact += 1,
        }
        if let Some(without) = priced.without {
            *self.unpriced.entry(without).or_default() += 1;
        }
    }

    /// The contract `llmcost.ingest/1`.
    pub fn json(&self) -> Json {
        let counts = &self.counts;
        let rejects = self.rejects.iter().map(|reject| {
            json!({"path": reject.path, "line": reject.line, "offset": reject.offset, "pointer": reject.pointer, "reason": reject.reason})
        });
        let warnings = self.warnings.iter().map(|warning| {
            json!({"path": warning.path, "line": warning.line, "kind": warning.kind, "detail": warning.detail})
        });
        let unpriced = self.unpriced.iter().map(|((provider, model, reason), records)| {
            json!({"provider": provider, "model": model, "reason": reason, "records": records})
        });
        json!({
            "schema": "llmcost.ingest/1",
            "read": counts.read(),
            "new": counts.new,
            "duplicate": counts.duplicate,
            "updated": counts.updated,
            "ignored": counts.ignored,
            "rejected": counts.rejected,
            "pending": counts.pending,
            "conflicts": counts.conflicts,
            "position_keyed": counts.position_keyed,
            "committed": self.committed,
            "dry_run": self.dry,
            "sources": self.sources.iter().map(SourceOutcome::json).collect::<Vec<_>>(),
            "rejects": rejects.collect::<Vec<_>>(),
            "rejects_total": counts.rejected,
            "warnings": warnings.collect::<Vec<_>>(),
            "warnings_total": self.warnings_total,
            "ignored_kinds": self.ignored,
            "unpriced": unpriced.collect::<Vec<_>>(),
        })
    }
}
