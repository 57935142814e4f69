//! Amp: thread documents. Older threads keep a ledger of what was billed, whose cache counts stand
//! in the message that it leads to; newer ones have only the messages.

use std::collections::BTreeMap;

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::{Field, ReportedCost, UsageRecord};

/// `{"id":"T-…","messages":[{"usage":{"inputTokens":…}}],"usageLedger":{"events":[…]}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.amp",
    docs: "https://ampcode.com/manual",
    recognizes: |value| {
        let is_thread = || {
            let id = value.peek("id").and_then(crate::json::Raw::string);
            id.is_some_and(|id| id.starts_with("T-"))
        };
        value.is_kind("messages", Kind::Array)
            && (value.is_kind("usageLedger", Kind::Object) || is_thread())
    },
    reader: Reader::Transcript(|| Box::new(Thread)),
};

const MESSAGE: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadInputTokens",
    cache_write: "cacheCreationInputTokens",
    output: "outputTokens",
    reasoning: "",
};

struct Thread;

impl Transcript for Thread {
    fn read(&mut self, thread: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let id = thread.text("id")?;
        let id = id.as_deref();
        let ledger = thread.object("usageLedger")?;
        if let Some(ledger) = ledger.filter(|ledger| ledger.is_kind("events", Kind::Array)) {
            let cached = cached(thread)?;
            return common::each_of(&ledger, "events", |_, event| {
                billed(event, id, &cached, context)
            });
        }
        common::each_of(thread, "messages", |n, message| {
            answer(message, n, id, context)
        })
    }
}

/// The cache counts of the messages by their numbers.
fn cached(thread: &Object<'_>) -> Result<BTreeMap<String, Tokens>, Fault> {
    let mut cached = BTreeMap::new();
    for message in thread.objects("messages")? {
        if let (Some(id), Some(usage)) = (message.text("messageId")?, message.object("usage")?) {
            cached.insert(id, Tokens::read(&usage, &MESSAGE)?);
        }
    }
    Ok(cached)
}

fn billed(
    event: &Object<'_>,
    thread: Option<&str>,
    cached: &BTreeMap<String, Tokens>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let mut record = begin(thread, event.text("model")?.as_deref(), context);
    common::happened_at(&mut record, event, "timestamp")?;
    let Some(tokens) = event.object("tokens")? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    record.raw_usage = Some(tokens.numbers_only());
    let message = event
        .text("toMessageId")?
        .and_then(|id| cached.get(&id).copied());
    let counts = Tokens {
        input: tokens.count_or_zero("input")?,
        output: tokens.count_or_zero("output")?,
        ..message.unwrap_or_default()
    };
    counts.add_to(&mut record, NONE_INSIDE);
    credits(&mut record, event)?;
    common::name(
        &mut record,
        &[Some("amp"), thread, event.text("id")?.as_deref()],
    );
    Ok(common::used(record))
}

fn answer(
    message: &Object<'_>,
    position: usize,
    thread: Option<&str>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let Some(usage) = message.object("usage")? else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    let mut record = begin(thread, usage.text("model")?.as_deref(), context);
    common::happened_at(&mut record, &usage, "timestamp")?;
    Tokens::state(&mut record, &usage, &MESSAGE, NONE_INSIDE)?;
    let total = usage.count("totalTokens")?.filter(|total| !total.is_zero());
    record.stated_total = total;
    if record.items.is_empty() {
        if total.is_none() {
            return Ok(Reading::ignored(NO_USAGE));
        }
        record.gap("only a total is stated, which no rate can price");
    }
    credits(&mut record, &usage)?;
    let number = format!("#{position}");
    let id = message.text("messageId")?.unwrap_or(number);
    common::name(
        &mut record,
        &[Some("amp"), thread, Some("message"), Some(&id)],
    );
    Ok(record.into())
}

fn begin(thread: Option<&str>, model: Option<&str>, context: &Context<'_>) -> UsageRecord {
    let mut record = common::record("amp");
    common::served(&mut record, None, model, context);
    record.facts.text(Field::ConversationId, thread);
    record
}

fn credits(record: &mut UsageRecord, event: &Object<'_>) -> Result<(), Fault> {
    if let Some(amount) = event.number_text("credits")? {
        record.reported_cost = Some(ReportedCost {
            amount,
            currency: "amp credits".to_owned(),
            field: event.path_of("credits"),
        });
    }
    Ok(())
}
