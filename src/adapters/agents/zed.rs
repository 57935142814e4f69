//! Zed: the threads of its agent panel, from its database.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Entry, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// A row of `threads`: `{"id":…,"data":{"model":{…},"request_token_usage":{"…":{…}}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.zed",
    docs: "https://zed.dev/docs/ai/agent-panel",
    recognizes: |value| value.is("llmcost.table", "zed.threads"),
    reader: Reader::Transcript(|| Box::new(Threads)),
};

const NAMES: Names = Names {
    input: "input_tokens",
    cache_read: "cache_read_input_tokens",
    cache_write: "cache_creation_input_tokens",
    output: "output_tokens",
    reasoning: "",
};

struct Threads;

impl Transcript for Threads {
    fn read(&mut self, row: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(data) = row.object("data")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let Some(requests) = data.object("request_token_usage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let entries = requests.keys().map(|request| Entry {
            pointer: format!("/data/request_token_usage/{request}"),
            reading: read(row, &data, &requests, request, context),
        });
        Ok(common::each(entries.collect()))
    }
}

fn read(
    row: &Object<'_>,
    data: &Object<'_>,
    requests: &Object<'_>,
    request: &str,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let Some(usage) = requests.object(request)? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    let mut record = common::record("zed");
    let model = data.object("model")?;
    let said = |name: &str| model.as_ref().map_or(Ok(None), |model| model.text(name));
    common::served(
        &mut record,
        said("provider")?.as_deref(),
        said("model")?.as_deref(),
        context,
    );
    let thread = row.text("id")?;
    record.facts.text(Field::ConversationId, thread.as_deref());
    common::tag(
        &mut record,
        "parent_session",
        row.text("parent_id")?.as_deref(),
    );
    // A thread has one time for all its requests.
    common::happened_at(&mut record, row, "updated_at")?;
    record.doubt("the time is that of the thread's last change");
    Tokens::state(&mut record, &usage, &NAMES, NONE_INSIDE)?;
    common::name(
        &mut record,
        &[Some("zed"), thread.as_deref(), Some(request)],
    );
    Ok(common::used(record))
}
