//! Pricing at ingest: a new record by the books, a completed one by the price it had before.

use crate::pricing::{self, PriceBook, PriceUsed, Prices, Receipt, Search};
use crate::usage::UsageRecord;

/// Prices a record. One that was priced before keeps its price period as long as the same SKU and
/// period apply to it: a book that has changed since does not move it.
pub fn price(record: &UsageRecord, before: Option<&PriceUsed>, search: &Search<'_>) -> Receipt {
    if let Some(before) = before
        && let Ok(book) = PriceBook::parse("snapshot", before.snapshot.as_bytes())
    {
        let mut receipt = pricing::price(record, &Prices::only(book));
        if receipt
            .price
            .as_ref()
            .is_some_and(|price| price.sku == before.sku && price.from == before.from)
        {
            receipt.price = Some(before.clone());
            return receipt;
        }
    }
    pricing::price_by(record, search)
}
