//! Credits: what is granted, what usage draws, what is left, and what is said of the rest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

#[path = "common/cases.rs"]
mod cases;
#[path = "common/home.rs"]
mod home;
#[path = "common/mod.rs"]
mod records;

#[path = "credits/accounts.rs"]
mod accounts;
#[path = "credits/calls.rs"]
mod calls;
#[path = "credits/check.rs"]
mod check;
#[path = "credits/draws.rs"]
mod draws;
#[path = "credits/laws.rs"]
mod laws;
#[path = "credits/statement.rs"]
mod statement;
