//! LingTai: the token ledger of an agent.

use super::common::{self, Inside, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// `{"source":"main","ts":…,"input":…,"output":…,"thinking":…,"cached":…,"model":…}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.lingtai",
    docs: "https://github.com/Lingtai-AI/lingtai",
    recognizes: |line| {
        ["source", "ts", "input", "output", "thinking", "cached"]
            .iter()
            .all(|name| line.has(name))
    },
    reader: Reader::Transcript(|| Box::new(Ledger)),
};

const NAMES: Names = Names {
    input: "input",
    cache_read: "cached",
    cache_write: "",
    output: "output",
    reasoning: "thinking",
};

struct Ledger;

impl Transcript for Ledger {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let mut record = common::record("lingtai");
        common::served(&mut record, None, line.text("model")?.as_deref(), context);
        common::happened_at(&mut record, line, "ts")?;
        record.facts.text(Field::AgentId, context.path_part(2));
        record.facts.text(Field::TaskType, line.text("source")?);
        record.facts.text(Field::Endpoint, line.text("endpoint")?);
        Tokens::state(
            &mut record,
            line,
            &NAMES,
            Inside {
                cache: true,
                reasoning: false,
            },
        )?;
        record.raw_usage = None;
        Ok(common::used(record))
    }
}
