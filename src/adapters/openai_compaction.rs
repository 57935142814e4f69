//! A compacted conversation: billed like a response, by a model that the body does not name.

use super::modal_usage::{self, Undivided};
use super::{Adapter, Context, Reader, Reading, shared, stated_cost};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, UsageRecord};

/// `{"object":"response.compaction","output":[…],"usage":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.compaction",
    docs: "https://platform.openai.com/docs/api-reference/responses/compact",
    recognizes: |body| body.is("object", "response.compaction"),
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("text", "compaction");
    record.facts.text(Field::ResponseId, body.text("id")?);
    let model = context.model(body.text("model")?.as_deref());
    record.facts.text(Field::ResponseModel, model);
    record.created(shared::time(body, "created_at")?);
    record.tier(body.text("service_tier")?);
    match body.object("usage")? {
        Some(usage) => {
            record.raw_usage = Some(usage.numbers_only());
            modal_usage::tokens(&mut record, &usage, &Undivided::default())?;
            stated_cost::read(&mut record, &usage)?;
            record.warn_unread(&usage);
        }
        None => record.gap("the compaction carries no usage"),
    }
    Ok(record.into())
}
