//! Reports from hand-built entries: groups, periods, filters, figures, and every way to print them.

// Clippy lets tests unwrap and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "report/anomalies.rs"]
mod anomalies;
#[path = "report/build.rs"]
mod build;
#[path = "common/cases.rs"]
mod cases;
#[path = "report/earlier.rs"]
mod earlier;
#[path = "report/figures.rs"]
mod figures;
#[path = "report/groups.rs"]
mod groups;
#[path = "report/injection.rs"]
mod injection;
#[path = "report/order.rs"]
mod order;
#[path = "report/output.rs"]
mod output;
#[path = "report/periods.rs"]
mod periods;
#[path = "report/single.rs"]
mod single;
#[path = "report/view.rs"]
mod view;
