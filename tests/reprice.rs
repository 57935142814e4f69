//! The same usage at other prices: what would change, what is rewritten and what never moves; and
//! reports at other terms, which touch nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

#[path = "common/home.rs"]
mod home;

#[path = "reprice/apply.rs"]
mod apply;
#[path = "reprice/calls.rs"]
mod calls;
#[path = "common/cases.rs"]
mod cases;
#[path = "reprice/currencies.rs"]
mod currencies;
#[path = "reprice/free.rs"]
mod free;
#[path = "reprice/laws.rs"]
mod laws;
#[path = "reprice/migration.rs"]
mod migration;
#[path = "reprice/reported.rs"]
mod reported;
#[path = "reprice/what_if.rs"]
mod what_if;
