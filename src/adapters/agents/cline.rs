//! Cline and its relatives in editors (Roo Code, Kilo Code, IBM Bob): `ui_messages.json` of a task.
//! A request is a row whose text is JSON again. The task's name stands in the path only.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::Field;

/// `[{"type":"say","say":"api_req_started","text":"{\"tokensIn\":…}","ts":…}]`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.cline",
    docs: "https://docs.cline.bot/",
    recognizes: |row| {
        (row.is("type", "say") || row.is("type", "ask"))
            && row.has("ts")
            && (row.has("say") || row.has("ask"))
            || row.is("say", "api_req_started") && row.has("text")
    },
    reader: Reader::Transcript(|| Box::new(Task)),
};

const NAMES: Names = Names {
    input: "tokensIn",
    cache_read: "cacheReads",
    cache_write: "cacheWrites",
    output: "tokensOut",
    reasoning: "",
};

/// Parts of a path that tell the extension.
const EXTENSIONS: &[(&str, &str)] = &[
    ("roo-cline", "roo-code"),
    ("roo-code", "roo-code"),
    ("kilo-code", "kilo-code"),
    ("kilocode", "kilo-code"),
    ("ibm-bob", "ibm-bob"),
];

struct Task;

impl Transcript for Task {
    fn read(&mut self, row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let is_request = row.is("say", "api_req_started") || row.is("say", "deleted_api_reqs");
        let text = row
            .peek("text")
            .filter(|_| is_request)
            .and_then(Raw::string);
        let Some(request) = text.as_deref().and_then(|text| Object::parse(text).ok()) else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record(extension(context));
        common::happened_at(&mut record, row, "ts")?;
        let task = context.path_part(1);
        record.facts.text(Field::ConversationId, task);
        let model = row.peek("modelInfo").and_then(Raw::object);
        let said = |name: &str| model.as_ref().map_or(Ok(None), |model| model.text(name));
        common::served(
            &mut record,
            said("providerId")?.as_deref(),
            said("modelId")?.as_deref(),
            context,
        );
        Tokens::state(&mut record, &request, &NAMES, NONE_INSIDE)?;
        common::reported(&mut record, &request, "cost")?;
        record
            .facts
            .text(Field::FinishReasonRaw, request.text("cancelReason")?);
        common::name(
            &mut record,
            &[Some("cline"), task, row.text("ts")?.as_deref()],
        );
        Ok(common::used(record))
    }
}

fn extension(context: &Context<'_>) -> &'static str {
    let parts = (0..12).filter_map(|outward| context.path_part(outward));
    let mut found = parts.filter_map(|part| {
        let part = part.to_ascii_lowercase();
        EXTENSIONS.iter().find(|(name, _)| part.contains(name))
    });
    found.next().map_or("cline", |(_, extension)| extension)
}
