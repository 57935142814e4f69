//! Price books and receipts: what loads, what does not, and what every line comes to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

#[cfg(test)]
mod pricing {
    #[path = "../common/cases.rs"]
    pub mod cases;
    pub mod support;

    mod accuracy;
    mod book;
    mod bundled;
    mod bundled_facts;
    mod bundled_page;
    mod bundled_traps;
    mod laws;
    mod names;
    mod oracle;
    mod random;
    mod receipts;
    mod services;
    mod shared_cases;
    mod shared_facts;
    mod written;
}
