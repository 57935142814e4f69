//! Deepgram transcription: seconds × channels. <https://deepgram.com/pricing>

use std::collections::BTreeSet;

use super::{Adapter, Context, Reader, Reading, probe, shared, transcription};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, UsageRecord};

/// `{"metadata":{"request_id":…,"duration":…,"channels":…,"model_info":{…}},"results":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "deepgram.listen",
    docs: "https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded",
    recognizes: |body| {
        body.names("results")
            && probe::object(body, "metadata")
                .is_some_and(|metadata| probe::names(&metadata, &["request_id", "duration"]))
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = transcription::record("deepgram");
    let Some(metadata) = body.object("metadata")? else {
        return Err(Fault::field("metadata", "is missing"));
    };
    record
        .facts
        .text(Field::ResponseId, metadata.text("request_id")?);
    record.created(shared::time(&metadata, "created")?);
    models(&mut record, &metadata)?;
    transcription::seconds(
        &mut record,
        metadata.quantity("duration")?,
        metadata.count("channels")?,
    )?;
    let channels = body
        .raw()
        .at("/results/channels")
        .into_iter()
        .flat_map(Raw::elements);
    let text = |channel: Raw<'_>| {
        channel
            .at("/alternatives/0/transcript")
            .map_or(0, Raw::char_count)
    };
    record
        .facts
        .count(Field::ResponseLengthChars, channels.map(text).sum::<u64>());
    Ok(record.into())
}

/// The architecture is what price lists name (`nova-3`); the name beside it is a variant of it.
fn models(record: &mut UsageRecord, metadata: &Object<'_>) -> Result<(), Fault> {
    let Some(info) = metadata.object("model_info")? else {
        return Ok(());
    };
    let mut models = BTreeSet::new();
    for model in info.entries().filter_map(|(_, model)| model.object()) {
        models.extend(model.text("arch")?.or(model.text("name")?));
        record.attribute("variant", model.text("name")?);
    }
    if models.len() > 1 {
        record.doubt("several models transcribed, and the seconds are not split between them");
    }
    record.facts.text(Field::ResponseModel, models.last());
    Ok(())
}
