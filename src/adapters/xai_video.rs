//! Videos of xAI: a job that is polled until it is done, then states its exact cost.
//! <https://docs.x.ai/docs/guides/video-generations>

use super::{Adapter, Context, Reader, Reading, shared, stated_cost};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{Field, LineItem, Meter, UsageRecord};

/// `{"status":"done","video":{"url":…,"duration":…},"usage":{"cost_in_usd_ticks":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "xai.video",
    docs: "https://docs.x.ai/docs/guides/video-generations",
    recognizes,
    reader: Reader::Body(read),
};

const NAMES: &[&str] = &["status", "progress", "model", "video", "usage", "error"];
const STATES: &[&str] = &["pending", "done", "failed", "expired"];

/// A finished job holds the video; an open one nothing but how far it is.
fn recognizes(body: &Object<'_>) -> bool {
    let polled = body.has("progress") && body.keys().all(|name| NAMES.contains(&name));
    let made = body.is_kind("video", Kind::Object) && !body.has("object") && !body.has("id");
    STATES.iter().any(|state| body.is("status", state)) && (made || polled)
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let status = body.text("status")?;
    if status.as_deref() == Some("pending") {
        // It has no id, so each poll would be a record that nothing ever completes.
        return Ok(Reading::ignored("unfinished video job"));
    }
    let mut record = UsageRecord::of("video", "video");
    record.facts.text(Field::Provider, Some("xai"));
    let model = context.model(body.text("model")?.as_deref());
    record.facts.text(Field::ResponseModel, model);
    record.finished(status.as_deref());
    if status.as_deref() != Some("done") {
        let error = body.object("error")?;
        let of = |name| error.as_ref().map_or(Ok(None), |error| error.text(name));
        record.failed(of("code")?.or(status), of("message")?);
    }
    if let Some(video) = body.object("video")?
        && let Some(seconds) = video.quantity("duration")?
    {
        let mut item = LineItem::new(Meter::VIDEO_SECOND, seconds);
        item.attributes = shared::attributes(&video, &["resolution", "size"])?;
        record.add_item(item);
    } else if record.status == crate::usage::Status::Success {
        record.gap("the length of the video is not stated");
    }
    if let Some(usage) = body.object("usage")? {
        record.raw_usage = Some(usage.numbers_only());
        stated_cost::ticks(&mut record, &usage)?;
        record.warn_unread(&usage);
    }
    Ok(record.into())
}
