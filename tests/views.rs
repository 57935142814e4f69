//! The public views: the columns that are promised, and the questions that were asked of the tables
//! they stand in for. The right answers are worked out here, from the records alone.
// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/binary.rs"]
mod binary;
#[path = "common/home.rs"]
mod home;

#[path = "views/calls.rs"]
mod calls;
#[path = "views/columns.rs"]
mod columns;
#[path = "views/document.rs"]
mod document;
#[path = "views/money.rs"]
mod money;
#[path = "views/plans.rs"]
mod plans;
#[path = "views/query.rs"]
mod query;
#[path = "views/questions.rs"]
mod questions;
#[path = "views/refused.rs"]
mod refused;
