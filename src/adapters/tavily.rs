//! Tavily Search: credits only where they were asked for; the depth that prices a search is in the
//! request.

use super::{Adapter, Context, Reader, Reading, probe, search};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// `{"query":"…","results":[…],"response_time":…,"usage":{"credits":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "tavily.search",
    docs: "https://docs.tavily.com/documentation/api-reference/endpoint/search",
    recognizes: |body| probe::names(body, &["query", "results", "response_time"]),
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = search::record("tavily", body, body.peek("query"));
    record
        .facts
        .text(Field::ResponseId, body.text("request_id")?);
    let seconds = body.exact("response_time").ok().flatten();
    record
        .facts
        .integer(Field::LatencyMs, super::shared::millis(seconds, 3));
    let credits = match body.object("usage")? {
        Some(usage) => {
            record.raw_usage = Some(usage.numbers_only());
            let credits = usage.quantity("credits")?;
            record.warn_unread(&usage);
            credits
        }
        None => None,
    };
    search::bill(&mut record, "tavily", credits);
    Ok(record.into())
}
