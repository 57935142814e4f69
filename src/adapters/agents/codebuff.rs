//! Codebuff: chat documents. A message states credits; tokens stand only in the history that is
//! kept with it, of which the last answer is this one's.

use super::common::{self, ALL_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, Meter, ReportedCost, UsageRecord};

/// `[{"variant":"ai","id":…,"timestamp":…,"credits":…,"metadata":{"runState":{…}}}]`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.codebuff",
    docs: "https://www.codebuff.com/docs",
    recognizes: |value| {
        let variants = ["ai", "agent", "user"];
        variants.iter().any(|variant| value.is("variant", variant))
            && (value.has("timestamp") || value.has("metadata") || value.has("credits"))
            && !value.has("usage")
    },
    reader: Reader::Transcript(|| Box::new(Chat)),
};

const NAMES: Names = Names {
    input: "prompt_tokens",
    cache_read: "cached",
    cache_write: "cache_creation_input_tokens",
    output: "completion_tokens",
    reasoning: "",
};

const HISTORY: &str = "/metadata/runState/sessionState/mainAgentState/messageHistory";

struct Chat;

impl Transcript for Chat {
    fn read(&mut self, message: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let mut record = common::record("codebuff");
        common::happened_at(&mut record, message, "timestamp")?;
        let chat = context.path_part(1);
        record.facts.text(Field::ConversationId, chat);
        common::tag(&mut record, "project", context.path_part(3));
        let credits = message.quantity("credits")?;
        match last_answer(message.raw().at(HISTORY)) {
            Some(answer) => tokens(&mut record, &answer, context)?,
            None => record.add(Meter::CREDIT, credits.unwrap_or_default()),
        }
        if let (Some(_), Some(amount)) = (credits, message.number_text("credits")?) {
            record.reported_cost = Some(ReportedCost {
                amount,
                currency: "codebuff credits".to_owned(),
                field: "credits".to_owned(),
            });
        }
        let id = message.text("id")?;
        common::name(&mut record, &[Some("codebuff"), chat, id.as_deref()]);
        Ok(common::used(record))
    }
}

/// What the tool keeps of the last answer of a history: model and usage.
fn last_answer(history: Option<Raw<'_>>) -> Option<Object<'_>> {
    let answers = history?.elements().filter_map(|entry| {
        let kept = entry.at("/providerOptions/codebuff")?.object()?;
        kept.has("usage").then_some(kept)
    });
    answers.last()
}

fn tokens(
    record: &mut UsageRecord,
    answer: &Object<'_>,
    context: &Context<'_>,
) -> Result<(), Fault> {
    let model = answer.text("model")?;
    let (provider, name) = common::split(model.as_deref(), '/');
    common::served(record, provider, name, context);
    if let Some(usage) = answer.object("usage")? {
        record.raw_usage = Some(usage.numbers_only());
        let mut counts = Tokens::read(&usage, &NAMES)?;
        if let Some(details) = usage.object("prompt_tokens_details")? {
            counts.cache_read = details.count_or_zero("cached_tokens")?;
        }
        counts.add_to(record, ALL_INSIDE);
    }
    Ok(())
}
