//! The OpenAI dialect's response body, as chat, completions and their streams share it: header,
//! choices, usage, costs. <https://platform.openai.com/docs/api-reference/chat/object>

use super::attribution::Vendor;
use super::{Context, Reading, openai_usage, shared, stated_cost};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// What the choices of a response amount to, whole or by the chunk.
#[derive(Debug, Default)]
pub struct Choices {
    /// Characters of text and tool calls.
    pub counted: shared::Counted,
    /// The last finish reason that was given.
    pub finish_reason: Option<String>,
    /// Whether a content filter cut or blocked something.
    pub filtered: bool,
    /// Searches that Groq's compound systems made.
    pub searches: u32,
    /// Tool calls seen, by choice and index: their chunks repeat them.
    seen: std::collections::BTreeSet<(String, String)>,
}

impl Choices {
    /// Reads the choices of a body or of one chunk.
    pub fn add(&mut self, choices: &[Object<'_>]) -> Result<(), Fault> {
        for choice in choices {
            self.finish_reason = choice.text("finish_reason")?.or(self.finish_reason.take());
            self.filtered |= choice
                .peek("content_filter_results")
                .is_some_and(is_filtered);
            let said = match choice.peek("delta").or_else(|| choice.peek("message")) {
                Some(said) => said.object(),
                None => None,
            };
            match said {
                Some(said) => self.add_message(choice, &said)?,
                None => self.counted.chars += choice.peek("text").map_or(0, Raw::char_count),
            }
        }
        Ok(())
    }

    fn add_message(&mut self, choice: &Object<'_>, said: &Object<'_>) -> Result<(), Fault> {
        self.counted.chars += shared::content_chars(said.peek("content"));
        if said
            .peek("function_call")
            .and_then(|call| call.at("/name")?.word())
            .is_some()
        {
            self.counted.tool_calls += 1;
        }
        let tools = said.list("executed_tools")?;
        let searched = tools.filter(|tool| {
            tool.at("/type")
                .and_then(Raw::word)
                .is_some_and(|kind| kind.contains("search"))
        });
        self.searches += u32::try_from(searched.count()).unwrap_or(u32::MAX);
        let calls = said.objects("tool_calls")?;
        if !calls.is_empty() {
            let place = choice.text("index")?.unwrap_or_default();
            for call in &calls {
                self.add_tool_call(&place, call)?;
            }
        }
        Ok(())
    }

    /// Counts a tool call once, although a stream brings it in pieces. Without an index and an id
    /// each piece with a name is a call.
    fn add_tool_call(&mut self, place: &str, call: &Object<'_>) -> Result<(), Fault> {
        let id = call.text("id")?;
        let name = call
            .peek("function")
            .and_then(|function| function.at("/name")?.word());
        if id.is_none() && name.is_none() {
            return Ok(());
        }
        let new = match call.text("index")?.or(id) {
            Some(key) => self.seen.insert((place.to_owned(), key)),
            None => true,
        };
        self.counted.tool_calls += u64::from(new);
        Ok(())
    }

    fn state(&self, record: &mut UsageRecord) {
        self.counted.state(record);
        record.finished(self.finish_reason.as_deref());
        if self.filtered {
            record.facts.flag(Field::ContentFiltered, Some(true));
        }
    }
}

/// `{"hate": {"filtered": true, …}, …}`
fn is_filtered(results: Raw<'_>) -> bool {
    let Some(results) = results.object() else {
        return false;
    };
    results.entries().any(|(_, result)| {
        result
            .at("/filtered")
            .is_some_and(|value| value.as_str() == "true")
    })
}

/// A response to read: its body, or what a stream's chunks amount to as one.
pub struct Response<'o, 'a> {
    /// The fields at the top.
    pub body: &'o Object<'a>,
    /// What the choices say.
    pub choices: &'o Choices,
    /// Who served it.
    pub vendor: Vendor,
    /// `chat` or `completion`.
    pub operation: &'static str,
    /// What is missing where there is no usage.
    pub without_usage: &'static str,
    /// Whether nothing more comes.
    pub status: Status,
}

impl Response<'_, '_> {
    /// The records of the response: one, or one per model where the vendor bills several.
    pub fn read(&self, context: &Context<'_>) -> Result<Reading, Fault> {
        let head = self.head(context)?;
        let dialect = self.vendor.dialect(context);
        let models = compound_models(self.body)?;
        let mut records = if models.is_empty() {
            vec![self.whole(head, dialect)?]
        } else {
            compound(&head, &models, dialect)?
        };
        if let Some(first) = records.first_mut() {
            first.add(Meter::WEB_SEARCH, Quantity::of(self.choices.searches));
        }
        if let Some(error) = self.body.peek("error") {
            for record in &mut records {
                match error.object() {
                    Some(error) => shared::fail(record, &error)?,
                    None => record.failed(None::<&str>, error.word()),
                }
            }
        }
        Ok(Reading::Records(records))
    }

    fn head(&self, context: &Context<'_>) -> Result<UsageRecord, Fault> {
        let mut record = UsageRecord::of("text", self.operation);
        header(&mut record, self.body, self.vendor.stated(context))?;
        record.status = self.status;
        self.choices.state(&mut record);
        let tier = self.body.text("service_tier")?;
        // Before the end, `auto` only says that the tier is not decided yet.
        record.tier(tier.filter(|tier| tier != "auto" || self.status != Status::Partial));
        search_fee(&mut record, self.body)?;
        stated_cost::venice(&mut record, self.body)?;
        stated_cost::copilot(&mut record, self.body)?;
        Ok(record)
    }

    fn whole(&self, mut record: UsageRecord, dialect: Option<&str>) -> Result<UsageRecord, Fault> {
        if let Some(usage) = self.body.object("usage")? {
            openai_usage::read(&mut record, &usage, dialect)?;
        } else {
            record.gap(self.without_usage);
        }
        Ok(record)
    }
}

/// Id, model, time and provider.
pub fn header(
    record: &mut UsageRecord,
    body: &Object<'_>,
    provider: Option<&str>,
) -> Result<(), Fault> {
    record.facts.text(Field::Provider, provider);
    record.facts.text(Field::ResponseId, body.text("id")?);
    record.facts.text(Field::ResponseModel, body.text("model")?);
    let groq = body.peek("x_groq").and_then(|groq| groq.at("/id")?.word());
    record
        .facts
        .text(Field::RequestId, body.text("request_id")?.or(groq));
    record.created(shared::time(body, "created")?);
    Ok(())
}

/// Search models bill each request a search that no usage object states.
/// <https://platform.openai.com/docs/pricing#built-in-tools>
fn search_fee(record: &mut UsageRecord, body: &Object<'_>) -> Result<(), Fault> {
    let model = body.text("model")?.unwrap_or_default();
    if model.contains("-search-preview") || model.contains("-search-api") {
        record.add(Meter::WEB_SEARCH, Quantity::ONE);
        record.doubt(
            "a search model bills its search, which the response does not count; one is assumed",
        );
    }
    Ok(())
}

/// Groq's compound systems bill the models they called, not themselves.
/// <https://console.groq.com/docs/compound>
fn compound_models<'a>(body: &Object<'a>) -> Result<Vec<Object<'a>>, Fault> {
    match body.object("usage_breakdown")? {
        Some(breakdown) if breakdown.is_kind("models", Kind::Array) => breakdown.objects("models"),
        _ => Ok(Vec::new()),
    }
}

fn compound(
    head: &UsageRecord,
    models: &[Object<'_>],
    dialect: Option<&str>,
) -> Result<Vec<UsageRecord>, Fault> {
    let mut records: Vec<UsageRecord> = Vec::new();
    for entry in models {
        let model = entry.text("model")?;
        let known = records.iter().position(|record| record.part == model);
        let at = known.unwrap_or_else(|| {
            let mut record = head.clone();
            if !records.is_empty() {
                // The text was written once, whoever was called on the way.
                record.facts.remove(Field::ResponseLengthChars);
                record.facts.remove(Field::ToolCallCount);
            }
            record.facts.text(Field::ResponseModel, model.as_deref());
            record.part.clone_from(&model);
            records.push(record);
            records.len() - 1
        });
        if let Some(record) = records.get_mut(at) {
            match entry.object("usage")? {
                Some(usage) => openai_usage::read(record, &usage, dialect)?,
                None => record.gap("usage_breakdown names a model without its usage"),
            }
        }
    }
    Ok(records)
}
