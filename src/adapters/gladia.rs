//! Gladia transcription jobs: the seconds that it says it bills. The same id is polled until it ends.

use super::{Adapter, Context, Reader, Reading, probe, shared, transcription};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// `{"id":…,"kind":"pre-recorded","status":"done","result":{"metadata":{"billing_time":…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "gladia.job",
    docs: "https://docs.gladia.io/api-reference/v2/pre-recorded/get",
    recognizes: |body| {
        (body.is("kind", "pre-recorded") || body.is("kind", "live"))
            && probe::names(body, &["id", "status"])
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = transcription::record("gladia");
    record.facts.text(Field::ResponseId, body.text("id")?);
    record
        .facts
        .text(Field::RequestId, body.text("request_id")?);
    record
        .facts
        .time(Field::FinishedAt, shared::time(body, "completed_at")?);
    record.created(shared::time(body, "created_at")?);
    if !transcription::ended(
        &mut record,
        body.text("status")?.as_deref(),
        body.text("error_code")?,
    ) {
        return Ok(record.into());
    }
    let metadata = body.raw().at("/result/metadata").and_then(Raw::object);
    let seconds = match &metadata {
        Some(metadata) => {
            record.raw_usage = Some(metadata.numbers_only());
            let billed = metadata.quantity("billing_time")?;
            billed.or(metadata.quantity("audio_duration")?)
        }
        None => None,
    };
    transcription::seconds(&mut record, seconds, None)?;
    Ok(record.into())
}
