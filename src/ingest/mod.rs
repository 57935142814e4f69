//! The way of the data, once: source → envelope → adapter → record → receipt → ledger.

mod complete;
mod database;
mod documents;
mod identify;
mod known;
mod ledgers;
mod outcome;
mod pricer;
mod reader;
mod run;
mod settle;
mod unrecognized;

pub use complete::Options;
pub use documents::{Documents, Found, Outcome, Spot};
pub use outcome::{Outcomes, SourceOutcome, Warning};
pub use run::{Plan, Progress, Watch, ingest};
