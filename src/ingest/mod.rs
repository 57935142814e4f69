//! The way of the data, once: source → envelope → adapter → record → receipt → ledger.

mod ahead;
mod alike;
mod apart;
mod complete;
mod database;
mod documents;
mod identify;
mod inspect;
mod known;
mod ledgers;
mod opening;
mod outcome;
mod pieces;
mod pricer;
mod reader;
mod recognize;
mod run;
pub mod samples;
mod settle;
mod settling;
mod text;
mod transcripts;
mod unrecognized;
mod users;

pub use alike::{Cast, Mould};
pub use apart::Threads;
pub use complete::Options;
pub use documents::{Documents, Found, Outcome, Spot};
pub use inspect::{Look, Sight, inspect, inspect_database};
pub use outcome::{Outcomes, SourceOutcome, Warning};
pub use run::{Plan, Progress, Watch, ingest, ingest_by};
pub use users::Users;
