//! Costs that other tools got wrong, from the raw body through the whole program to the cost, on the
//! bundled price books. Each test is named after what it guards; the sum is worked in its comment.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)] // a failing check may stop

#[path = "../common/home.rs"]
mod home;

mod ask;
mod billed;
mod kinds;
mod read;
mod shown;
