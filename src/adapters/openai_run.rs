//! Assistants: one run of a thread, polled or streamed: the same object comes again until it ends,
//! and its usage is null before. Its steps repeat it.
//! <https://platform.openai.com/docs/api-reference/runs/object>

use super::modal_usage::{self, Undivided};
use super::{
    Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader, responses_attribution, shared,
};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, Status, UsageRecord};

/// `{"object":"thread.run","status":…,"usage":{"prompt_tokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "openai.run",
    docs: "https://platform.openai.com/docs/api-reference/runs/object",
    recognizes: |body| body.is("object", "thread.run"),
    reader: Reader::Stream(StreamReader {
        chunk: |run| Chunk {
            id: run.peek("id").and_then(Raw::word),
            opens: false,
            closes: ENDS.iter().any(|status| run.is("status", status)),
        },
        open: || Box::new(Run::default()),
    }),
};

const ENDS: &[&str] = &["completed", "incomplete", "failed", "cancelled", "expired"];

/// The run as it was seen last.
#[derive(Default)]
struct Run(String);

impl Fold for Run {
    fn push(&mut self, run: &Object<'_>) -> Result<(), Fault> {
        run.raw().as_str().clone_into(&mut self.0);
        Ok(())
    }

    fn finish(self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        read(&Object::parse(&self.0)?, context).map(Reading::from)
    }
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<UsageRecord, Fault> {
    let mut record = UsageRecord::of("text", "chat");
    let model = context.model(body.text("model")?.as_deref());
    let provider = responses_attribution::by_name(model.as_deref(), context);
    let facts = &mut record.facts;
    facts.text(Field::Provider, provider);
    facts.text(Field::ResponseId, body.text("id")?);
    facts.text(Field::ResponseModel, model);
    facts.text(Field::ConversationId, body.text("thread_id")?);
    facts.text(Field::AgentId, body.text("assistant_id")?);
    facts.time(Field::StartedAt, shared::time(body, "started_at")?);
    facts.time(Field::FinishedAt, shared::time(body, "completed_at")?);
    record.created(shared::time(body, "created_at")?);
    outcome(&mut record, body)?;
    match body.object("usage")? {
        Some(usage) => {
            record.raw_usage = Some(usage.numbers_only());
            modal_usage::tokens(&mut record, &usage, &Undivided::default())?;
            record.warn_unread(&usage);
        }
        None if record.status == Status::Failed => {}
        None => record.gap("the run carries no usage"),
    }
    let hosted = ["code_interpreter", "file_search"];
    let tools = body.objects("tools")?;
    let may_bill = tools
        .iter()
        .any(|tool| hosted.iter().any(|kind| tool.is("type", kind)));
    if may_bill && !record.items.is_empty() {
        record.doubt("hosted tools of a run bill beside it; whether they ran is in its steps");
    }
    Ok(record)
}

fn outcome(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let status = body.text("status")?;
    match status.as_deref() {
        Some("completed") => record.finished(status),
        Some("incomplete") => {
            let details = body.object("incomplete_details")?;
            let reason = details.map_or(Ok(None), |details| details.text("reason"))?;
            record.finished(reason.or(status));
        }
        Some("failed" | "expired" | "cancelled") => {
            let error = body.object("last_error")?;
            let of = |name| error.as_ref().map_or(Ok(None), |error| error.text(name));
            record.failed(of("code")?.or(status.clone()), of("message")?);
            record.finished(status);
        }
        _ => record.status = Status::Partial,
    }
    Ok(())
}
