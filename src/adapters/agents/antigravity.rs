//! Antigravity: the status lines of its command line, as a recorder keeps them. Each is a snapshot of
//! the request that is under way; counts that fall begin another request. Its own databases hold an
//! undocumented binary form and are not read.

use std::collections::BTreeMap;

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Late, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, UsageRecord};

/// `{"at":…,"conversationId":…,"model":…,"usage":{"inputTokens":…,"cacheReadInputTokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.antigravity",
    docs: "https://antigravity.google/docs",
    recognizes: |line| {
        let usage = || line.peek("usage").and_then(Raw::object);
        let is_ours = |usage: Object<'_>| usage.has("inputTokens") && usage.has("outputTokens");
        line.has("at") && line.has("conversationId") && usage().is_some_and(is_ours)
    },
    reader: Reader::Transcript(|| Box::new(StatusLines::default())),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadInputTokens",
    cache_write: "cacheCreationInputTokens",
    output: "outputTokens",
    reasoning: "",
};

#[derive(Default)]
struct StatusLines {
    /// The requests of each conversation, in their order.
    requests: BTreeMap<String, Vec<(Tokens, UsageRecord)>>,
}

impl Transcript for StatusLines {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let (Some(conversation), Some(usage)) =
            (line.text("conversationId")?, line.object("usage")?)
        else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let tokens = Tokens::read(&usage, &NAMES)?;
        let requests = self.requests.entry(conversation.clone()).or_default();
        let grows = |(before, _): &(Tokens, UsageRecord)| {
            before.input <= tokens.input && before.output <= tokens.output
        };
        let continued = requests.pop_if(|last| grows(last));
        let mut record = common::record("antigravity");
        common::served(&mut record, None, line.text("model")?.as_deref(), context);
        record
            .facts
            .text(Field::ConversationId, Some(conversation.as_str()));
        let first = continued.and_then(|(_, record)| record.occurred);
        let at = first
            .map(|occurred| occurred.at)
            .or(shared::time(line, "at")?);
        common::happened(&mut record, at);
        tokens.add_to(&mut record, NONE_INSIDE);
        let number = requests.len().to_string();
        common::name(
            &mut record,
            &[Some("antigravity"), Some(&conversation), Some(&number)],
        );
        requests.push((tokens, record));
        Ok(Reading::kept())
    }

    fn finish(&mut self, _: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let requests = std::mem::take(&mut self.requests).into_values().flatten();
        let records = requests.map(|(_, record)| record);
        let used = records.filter(|record| !record.items.is_empty());
        Ok(used.map(Late::from).collect())
    }
}
