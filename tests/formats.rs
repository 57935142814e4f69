//! What is printed, read back: the same digits in every format; workbooks, pages and CSV as their
//! readers see them.
// Clippy lets tests unwrap, panic and index, but not the functions that tests share.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "common/binary.rs"]
mod binary;
#[path = "formats/browser.rs"]
mod browser;
#[path = "report/build.rs"]
#[allow(dead_code, reason = "each test binary uses some of these")]
mod build;
#[path = "common/cases.rs"]
mod cases;
#[path = "formats/csv.rs"]
mod csv_dialects;
#[path = "common/home.rs"]
mod home;
#[path = "formats/markdown.rs"]
mod markdown;
#[path = "formats/page.rs"]
mod page;
#[path = "formats/read.rs"]
mod read;
#[path = "formats/sums.rs"]
mod sums;
#[path = "formats/workbook.rs"]
mod workbook;
