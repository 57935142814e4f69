//! Usage record + price book → receipt.
//!
//! A book is read and checked once ([`PriceBook`]); books lie over one another ([`Prices`]);
//! [`price()`] finds the model, the period and the rules that hold, and prices line by line.

mod book;
mod bundled;
mod check;
mod check_names;
mod check_period;
mod convert;
mod decimal;
pub mod diff;
pub mod format;
pub mod free;
pub mod fx;
pub mod import;
pub mod lint;
pub mod listing;
mod load;
mod locate;
mod matching;
mod overlay;
mod pages;
mod per_1k;
pub mod period;
mod price;
mod prices;
mod quote;
mod rate;
mod receipt;
mod regular;
mod rules;
mod scalar;
mod search;
mod shelves;
mod snapshot;
mod steady;
mod whole;
pub mod words;
pub mod writing;

pub use book::{BookInfo, PriceBook};
pub use bundled::texts as bundled_texts;
pub use convert::{Converted, convert};
pub use decimal::Price;
pub use per_1k::UsageLogging;
pub use price::{price, price_by};
pub use prices::{Found, Prices};
pub use quote::{Quote, quote, record as quoted_record};
pub use receipt::{AppliedRate, Charge, CostStatus, Multiplier, Per, PriceUsed, Receipt};
pub use scalar::{Currency, Day, Moment};
pub use search::Search;
pub use shelves::Fit;
pub use steady::{Steady, steady};
