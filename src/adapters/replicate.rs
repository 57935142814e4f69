//! Replicate predictions and trainings. The same id is polled until it ends.
//!
//! A model that states what it made (images, tokens, seconds of video) is billed by that; any other
//! by the seconds its hardware ran. <https://replicate.com/docs/topics/billing>

use super::{Adapter, Context, Reader, Reading, probe, shared};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, LineItem, Meter, Status, UsageRecord};

/// `{"id":…,"version":…,"urls":{"get":…},"status":"succeeded","metrics":{"predict_time":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "replicate.prediction",
    docs: "https://replicate.com/docs/reference/http#predictions.get",
    recognizes: |body| {
        probe::object(body, "urls").is_some_and(|urls| urls.names("get"))
            && probe::names(body, &["id", "status", "created_at"])
            && (body.names("version") || body.names("model"))
    },
    reader: Reader::Body(read),
};

/// Metrics that are billed, and what they count. Older language models have the second spelling.
const BILLED: &[(&str, Meter)] = &[
    ("token_input_count", Meter::INPUT),
    ("input_token_count", Meter::INPUT),
    ("token_output_count", Meter::OUTPUT),
    ("output_token_count", Meter::OUTPUT),
    ("image_output_count", Meter::IMAGE),
    ("image_count", Meter::IMAGE),
    ("video_output_duration_seconds", Meter::VIDEO_SECOND),
    ("audio_output_duration_seconds", Meter::AUDIO_SECOND),
    ("character_input_count", Meter::CHARACTER),
];

/// Metrics that select the rate of what is billed.
const ATTRIBUTES: &[&str] = &[
    "model_variant",
    "motion_mode",
    "resolution_target",
    "with_audio",
];

/// Metrics that bill nothing beside the others.
const KNOWN: &[&str] = &[
    "tokens_per_second",
    "time_to_first_token",
    "batch_size",
    "predict_time_share",
    "video_output_count",
    "audio_output_count",
    "character_output_count",
    "resolution_upscale_target",
];

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::default();
    header(&mut record, body)?;
    let metrics = body.object("metrics")?;
    if let Some(metrics) = &metrics {
        read_metrics(&mut record, metrics)?;
    }
    state(&mut record, body)?;
    let modality = modality(&record, body.get("output")?);
    record.facts.text(Field::Modality, modality);
    Ok(record.into())
}

fn header(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let facts = &mut record.facts;
    facts.text(Field::Provider, Some("replicate"));
    facts.text(Field::OperationType, Some("prediction"));
    facts.text(Field::ResponseId, body.text("id")?);
    let version = body.text("version")?;
    facts.text(Field::ResponseModel, body.text("model")?.or(version));
    facts.time(Field::StartedAt, shared::time(body, "started_at")?);
    facts.time(Field::FinishedAt, shared::time(body, "completed_at")?);
    record.created(shared::time(body, "created_at")?);
    Ok(())
}

fn read_metrics(record: &mut UsageRecord, metrics: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(metrics.numbers_only());
    let attributes = shared::attributes(metrics, ATTRIBUTES)?;
    for (name, meter) in BILLED {
        let quantity = metrics.quantity(name)?.unwrap_or_default();
        if record.quantity(meter).is_zero() {
            let mut item = LineItem::new(meter.clone(), quantity);
            item.attributes.clone_from(&attributes);
            record.add_item(item);
        }
    }
    let predict = metrics.exact("predict_time")?;
    record
        .facts
        .integer(Field::ServerProcessingMs, shared::millis(predict, 3));
    let total = shared::millis(metrics.exact("total_time")?, 3);
    record.facts.integer(Field::LatencyMs, total);
    if record.items.is_empty() {
        let seconds = predict.map(Quantity::new).transpose();
        let seconds = seconds.map_err(|e| metrics.fault("predict_time", &e.to_string()))?;
        match seconds {
            Some(seconds) => record.add(Meter::SESSION_SECONDS, seconds),
            None => record.gap("the metrics state no seconds"),
        }
    }
    metrics.ignore(KNOWN);
    record.warn_unread(metrics);
    Ok(())
}

/// A cancelled prediction bills what it ran; one that was never started bills nothing.
fn state(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let status = body.text("status")?;
    match status.as_deref() {
        Some("succeeded" | "successful") => {
            if !body.has("metrics") {
                record.gap("the prediction ended without metrics");
            }
        }
        Some("starting" | "processing" | "queued") => {
            record.status = Status::Partial;
            record.gap("the prediction has not ended, so its seconds are not known yet");
        }
        Some("failed" | "canceled" | "aborted") => {
            let error = body.get("error")?.and_then(Raw::string);
            record.failed(status, error);
        }
        _ => record.gap("the status of the prediction is not known"),
    }
    Ok(())
}

/// What was made: by its meters, else by the kind of file that the output points to.
fn modality(record: &UsageRecord, output: Option<Raw<'_>>) -> Option<&'static str> {
    let counts = |meter: Meter| !record.quantity(&meter).is_zero();
    if counts(Meter::INPUT) || counts(Meter::OUTPUT) {
        return Some("text");
    }
    if counts(Meter::IMAGE) {
        return Some("image_create");
    }
    if counts(Meter::VIDEO_SECOND) {
        return Some("video");
    }
    if counts(Meter::AUDIO_SECOND) || counts(Meter::CHARACTER) {
        return Some("audio");
    }
    file_modality(output?)
}

/// The kind of media that an output address ends with; `text` for text that is no address.
pub fn file_modality(output: Raw<'_>) -> Option<&'static str> {
    let first = match output.kind() {
        Kind::Array => output.elements().next()?,
        Kind::String | Kind::Object | Kind::Number | Kind::Bool | Kind::Null => output,
    };
    let text = first.string()?;
    if !text.starts_with("https://") {
        return Some("text");
    }
    let path = text.split(['?', '#']).next()?;
    match path.rsplit('.').next()?.to_ascii_lowercase().as_str() {
        "png" | "jpg" | "jpeg" | "webp" | "gif" | "svg" | "avif" => Some("image_create"),
        "mp4" | "webm" | "mov" => Some("video"),
        "mp3" | "wav" | "ogg" | "flac" | "m4a" => Some("audio"),
        _ => None,
    }
}
