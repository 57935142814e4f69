//! Runway tasks: credits. The same id is polled until it ends; a refunded task costs 0 credits.

use super::{Adapter, Context, Reader, Reading, probe, replicate, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"id":…,"status":"SUCCEEDED","createdAt":…,"output":[…],"cost":{"credits":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "runway.task",
    docs: "https://docs.dev.runwayml.com/api/#tag/Task-management",
    recognizes: |body| {
        let credits = |name| probe::object(body, name).is_some_and(|cost| cost.names("credits"));
        probe::names(body, &["id", "status", "createdAt"])
            && (credits("cost") || credits("estimatedCost"))
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::default();
    record.facts.text(Field::Provider, Some("runway"));
    record.facts.text(Field::OperationType, Some("task"));
    record.facts.text(Field::ResponseId, body.text("id")?);
    record.created(shared::time(body, "createdAt")?);
    let modality = body.get("output")?.and_then(replicate::file_modality);
    record.facts.text(Field::Modality, modality);
    match body.text("status")?.as_deref() {
        Some("SUCCEEDED") => {}
        Some(status @ ("FAILED" | "CANCELLED")) => {
            let code = body
                .text("failureCode")?
                .unwrap_or_else(|| status.to_owned());
            record.failed(Some(code), body.text("failure")?);
        }
        _ => record.status = Status::Partial,
    }
    match body.object("cost")? {
        Some(cost) => {
            record.raw_usage = Some(cost.numbers_only());
            record.add(Meter::CREDIT, cost.quantity("credits")?.unwrap_or_default());
        }
        None => record.gap("the task has not ended; its estimate is no cost"),
    }
    Ok(record.into())
}
