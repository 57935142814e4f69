//! Rules → verdict: does what was spent keep to what was set?
//!
//! [`Rules`] come from a budget file ([`mod@file`]) and from the command line. A [`Judge`] looks at every
//! record once and gives a [`Verdict`], which says the same thing to people ([`Verdict::table`]), to
//! scripts ([`Verdict::json`]) and to machines that run checks ([`Verdict::checklist`]).

pub mod anomaly;
pub mod baseline;
pub mod budget;
pub mod credit;
pub mod cut;
pub mod data;
pub mod file;
pub mod growth;
mod json;
pub mod judge;
pub mod models;
pub mod rules;
mod show;
pub mod values;
pub mod verdict;
pub mod words;

pub use baseline::Baseline;
pub use file::BudgetFile;
pub use judge::{Around, Judge};
pub use rules::Rules;
pub use verdict::Verdict;
