//! Rerank of those who bill tokens: Voyage (`data`), Together, llama.cpp, Jina and OpenRouter
//! (`results`), which passes search units and the cost on.

use super::{Adapter, Context, Reader, Reading, probe, stated_cost};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, Meter, UsageRecord};

/// `{"model":…,"results":[{"relevance_score":…}],"usage":{"total_tokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "rerank.tokens",
    docs: "https://docs.voyageai.com/reference/reranker-api",
    recognizes: |body| {
        let scored = |name| probe::first(body, name).is_some_and(|r| r.has("relevance_score"));
        probe::is_object(body, "usage") && (scored("results") || scored("data"))
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("rerank", "rerank");
    let id = body.text("id")?;
    let model = body.text("model")?;
    record.facts.text(
        Field::Provider,
        provider(body, id.as_deref(), model.as_deref()),
    );
    record.facts.text(Field::ResponseId, id);
    record.facts.text(Field::ResponseModel, model);
    if let Some(usage) = body.object("usage")? {
        read_usage(&mut record, &usage)?;
    }
    Ok(record.into())
}

/// Voyage alone lists its results as `data`; OpenRouter names who it asked, Together the object.
fn provider(body: &Object<'_>, id: Option<&str>, model: Option<&str>) -> Option<&'static str> {
    let voyage = body.names("data") && model.is_some_and(|model| model.starts_with("rerank-"));
    match id {
        Some(id) if id.starts_with("gen-") && body.has("provider") => Some("openrouter"),
        _ if body.is("object", "rerank") => Some("together"),
        _ => voyage.then_some("voyage"),
    }
}

/// Where search units are stated, they are what is billed.
fn read_usage(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    let total = usage.count("total_tokens")?;
    let prompt = usage.count("prompt_tokens")?;
    let units = usage.quantity("search_units")?;
    record.stated_total = total;
    match (units, prompt.or(total)) {
        (Some(units), _) => record.add(Meter::SEARCH_UNIT, units),
        (None, Some(tokens)) => record.add(Meter::INPUT, tokens),
        (None, None) => record.gap("the usage object states neither tokens nor search units"),
    }
    record.add(Meter::OUTPUT, usage.count_or_zero("completion_tokens")?);
    if let Some(amount) = usage.number_text("cost")? {
        record.reported_cost = Some(stated_cost::dollars(amount, usage.path_of("cost")));
    }
    usage.ignore(&["is_byok", "cost_details"]);
    record.warn_unread(usage);
    Ok(())
}
