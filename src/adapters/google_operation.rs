//! Long-running operations: Veo videos. The response names neither length nor resolution nor sound,
//! so they come from `--set seconds=…` and its like, or stay unknown.

use super::{Adapter, Context, Reader, Reading, google, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// `{"name":"models/veo-…/operations/…","done":true,"response":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "google.operation",
    docs: "https://ai.google.dev/gemini-api/docs/video",
    recognizes: |body| name(body).is_some(),
    reader: Reader::Body(read),
};

fn name(body: &Object<'_>) -> Option<String> {
    let others = ["name", "done", "metadata", "response", "error"];
    let plain = body.keys().all(|key| others.contains(&key));
    let name = body.peek("name").and_then(Raw::string);
    name.filter(|name| plain && (name.contains("/operations/") || name.starts_with("operations/")))
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let name = name(body).unwrap_or_default();
    let model = name
        .split_once("models/")
        .and_then(|(_, rest)| rest.split('/').next());
    let response = body.object("response")?;
    let videos = response.as_ref().map(videos).transpose()?.flatten();
    if videos.is_none() && !model.is_some_and(|model| model.starts_with("veo")) {
        return Ok(Reading::ignored("google operation"));
    }
    let mut record = UsageRecord::of("video", "video");
    record.facts.text(Field::ResponseId, Some(&name));
    google::model(&mut record, model);
    google::outside_model(&mut record, context);
    let proven = if name.starts_with("projects/") {
        "vertex"
    } else {
        "google"
    };
    google::provider(&mut record, context, Some(proven), None);
    if let Some(error) = body.object("error")? {
        let failure = shared::failure(None, &error)?;
        record.status = failure.status;
        record.facts.fill_from(&failure.facts);
    } else if body.flag("done")? == Some(true) {
        seconds(&mut record, videos.unwrap_or_default(), context);
    } else {
        record.status = Status::Partial;
        record.gap("the video is not done");
    }
    if let Some(response) = response
        && filtered(&response)?
    {
        record.facts.flag(Field::ContentFiltered, Some(true));
    }
    Ok(record.into())
}

/// The object that lists the videos: AI Studio wraps it, Vertex and the SDKs do not.
fn inner<'a>(response: &Object<'a>) -> Result<Option<Object<'a>>, Fault> {
    response.object("generateVideoResponse")
}

fn videos(response: &Object<'_>) -> Result<Option<Quantity>, Fault> {
    let wrapped = inner(response)?;
    let lists = wrapped.as_ref().unwrap_or(response);
    for name in ["generatedSamples", "generatedVideos", "videos"] {
        if lists.has(name) {
            return Ok(Some(Quantity::of_len(lists.list(name)?.count())));
        }
    }
    Ok(wrapped.is_some().then_some(Quantity::ZERO))
}

fn filtered(response: &Object<'_>) -> Result<bool, Fault> {
    let wrapped = inner(response)?;
    let count = wrapped
        .as_ref()
        .unwrap_or(response)
        .count_or_zero("raiMediaFilteredCount")?;
    Ok(!count.is_zero())
}

fn seconds(record: &mut UsageRecord, videos: Quantity, context: &Context<'_>) {
    if videos.is_zero() {
        return;
    }
    let Some(seconds) = context.quantity("seconds") else {
        record.gap("seconds are not in the response; use --set seconds=…");
        return;
    };
    let count = videos
        .exact()
        .to_integer()
        .ok()
        .and_then(|count| u32::try_from(count).ok());
    match count.map(|count| seconds.times(count)) {
        Some(Ok(seconds)) => record.add(Meter::VIDEO_SECOND, seconds),
        Some(Err(_)) | None => record.gap("the seconds of all videos are too many to keep"),
    }
}
