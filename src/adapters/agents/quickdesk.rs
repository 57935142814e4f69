//! Quick Desktop: its metrics files.

use super::common::{self, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, Timestamp};

/// `{"_aws":{"Timestamp":…},"session_id":…,"Model":…,"InputTokens":…,"OutputTokens":…,"CostUSD":…}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.quickdesk",
    docs: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html",
    recognizes: |line| {
        let has = |name: &&str| line.has(name);
        ["Model", "InputTokens", "OutputTokens"].iter().all(has)
            && ["_aws", "session_id", "CostUSD"]
                .iter()
                .any(|name| line.has(name))
    },
    reader: Reader::Transcript(|| Box::new(Metrics)),
};

const NAMES: Names = Names {
    input: "InputTokens",
    cache_read: "CacheReadTokens",
    cache_write: "CacheWriteTokens",
    output: "OutputTokens",
    reasoning: "",
};

struct Metrics;

impl Transcript for Metrics {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let mut record = common::record("quickdesk");
        common::served(&mut record, None, line.text("Model")?.as_deref(), context);
        let at = line.raw().at("/_aws/Timestamp").and_then(Raw::word);
        common::happened(&mut record, at.and_then(|at| Timestamp::parse(&at)));
        record
            .facts
            .text(Field::ConversationId, line.text("session_id")?);
        Tokens::state(&mut record, line, &NAMES, NONE_INSIDE)?;
        record.raw_usage = None;
        common::reported(&mut record, line, "CostUSD")?;
        Ok(common::used(record))
    }
}
