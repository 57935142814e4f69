//! Exa: every body states its cost.

use super::{Adapter, Context, Reader, Reading, probe, search, stated_cost};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// `{"requestId":…,"resolvedSearchType":"neural","results":[…],"costDollars":{"total":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "exa.search",
    docs: "https://docs.exa.ai/reference/search",
    recognizes: |body| {
        probe::object(body, "costDollars").is_some_and(|cost| cost.names("total"))
            || body.names("resolvedSearchType")
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = search::record("exa", body, None);
    record
        .facts
        .text(Field::ResponseId, body.text("requestId")?);
    search::bill_search(&mut record, "exa");
    if let Some(cost) = body.object("costDollars")? {
        record.raw_usage = Some(cost.numbers_only());
        if let Some(amount) = cost.number_text("total")? {
            record.reported_cost = Some(stated_cost::dollars(amount, cost.path_of("total")));
        }
    }
    Ok(record.into())
}
