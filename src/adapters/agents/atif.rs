//! Agent trajectories in the interchange format of Harbor (ATIF), and Devin's older form of it. The
//! totals at the end repeat the steps and are read only where no step states any.

use super::common::{self, ALL_INSIDE, Inside, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Entry, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// `{"session_id":…,"agent":{"model_name":…},"steps":[{"step_id":1,"metrics":{"prompt_tokens":…}}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.atif",
    docs: "https://github.com/harbor-framework/harbor/blob/main/rfcs/0001-trajectory-format.md",
    recognizes: |value| {
        let is_schema = || {
            let schema = value.peek("schema_version").and_then(Raw::string);
            schema.is_some_and(|schema| schema.starts_with("ATIF"))
        };
        let metrics = ["/metrics", "/metadata/metrics", CREDITS];
        let is_measured = || {
            let mut steps = value.peek("steps").into_iter().flat_map(Raw::elements);
            steps.any(|step| metrics.iter().any(|place| step.at(place).is_some()))
        };
        value.is_kind("steps", Kind::Array)
            && (value.has("session_id") || value.has("trajectory_id"))
            && (is_schema() || value.has("final_metrics") || is_measured())
    },
    reader: Reader::Transcript(|| Box::new(Trajectory)),
};

/// What Devin says of a step whose tokens it does not state.
const CREDITS: &str = "/metadata/committed_acu_cost";

/// Cached tokens are among the prompt.
const STEP: Names = Names {
    input: "prompt_tokens",
    cache_read: "cached_tokens",
    cache_write: "",
    output: "completion_tokens",
    reasoning: "",
};

/// Devin's own counts stand each for itself.
const DEVIN: Names = Names {
    input: "input_tokens",
    cache_read: "cache_read_tokens",
    cache_write: "cache_creation_tokens",
    output: "output_tokens",
    reasoning: "",
};

const FINAL: Names = Names {
    input: "total_prompt_tokens",
    cache_read: "total_cached_tokens",
    cache_write: "",
    output: "total_completion_tokens",
    reasoning: "",
};

struct Trajectory;

impl Transcript for Trajectory {
    fn read(&mut self, document: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        trajectory(document, context)
    }
}

fn trajectory(document: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let session = match document.text("trajectory_id")? {
        None => document.text("session_id")?,
        id => id,
    };
    let agent = document.object("agent")?;
    let mut entries = Vec::new();
    for (n, of_step) in document.objects("steps")?.iter().enumerate() {
        entries.push(Entry {
            pointer: format!("/steps/{n}"),
            reading: step(of_step, n, session.as_deref(), agent.as_ref(), context),
        });
    }
    let stated = |entry: &Entry| !matches!(entry.reading, Ok(Reading::Ignored(_)));
    if !entries.iter().any(stated)
        && let Some(totals) = document.object("final_metrics")?
    {
        entries.push(Entry {
            pointer: "/final_metrics".to_owned(),
            reading: totals_of(&totals, session.as_deref(), agent.as_ref(), context),
        });
    }
    for (n, inner) in document
        .objects("subagent_trajectories")?
        .iter()
        .enumerate()
    {
        entries.push(Entry {
            pointer: format!("/subagent_trajectories/{n}"),
            reading: trajectory(inner, context),
        });
    }
    Ok(common::each(entries))
}

fn step(
    step: &Object<'_>,
    position: usize,
    session: Option<&str>,
    agent: Option<&Object<'_>>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let raw = step.raw();
    let word = |place: &str| raw.at(place).and_then(Raw::word);
    let (metrics, names, inside) = match raw.at("/metrics").and_then(Raw::object) {
        Some(metrics) => (Some(metrics), &STEP, ALL_INSIDE),
        None => (
            raw.at("/metadata/metrics").and_then(Raw::object),
            &DEVIN,
            NONE_INSIDE,
        ),
    };
    let model = word("/metadata/generation_model").or_else(|| word("/model_name"));
    let mut record = begin(session, model, agent, context)?;
    let at = word("/timestamp").or_else(|| word("/metadata/created_at"));
    common::happened(
        &mut record,
        at.as_deref().and_then(crate::usage::Timestamp::parse),
    );
    record
        .facts
        .text(Field::RequestId, word("/metadata/request_id"));
    let number = format!("#{position}");
    let id = word("/metadata/request_id")
        .or_else(|| word("/step_id"))
        .unwrap_or(number);
    common::name(&mut record, &[Some("atif"), session, Some(&id)]);
    let Some(metrics) = metrics else {
        let credits = word(CREDITS).and_then(|credits| Quantity::parse(&credits).ok());
        record.add(Meter::CREDIT, credits.unwrap_or_default());
        return Ok(common::used(record));
    };
    record.raw_usage = Some(metrics.numbers_only());
    let mut tokens = Tokens::read(&metrics, names)?;
    if let Some(extra) = metrics.object("extra")? {
        tokens.cache_write = extra.count_or_zero("cache_creation_input_tokens")?;
    }
    // Tokens that no prompt can hold stand beside it.
    let cached = tokens
        .cache_read
        .plus(tokens.cache_write)
        .unwrap_or(tokens.cache_read);
    let cache = inside.cache && cached <= tokens.input;
    tokens.add_to(&mut record, Inside { cache, ..inside });
    common::reported(&mut record, &metrics, "cost_usd")?;
    Ok(common::used(record))
}

fn totals_of(
    totals: &Object<'_>,
    session: Option<&str>,
    agent: Option<&Object<'_>>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let mut record = begin(session, None, agent, context)?;
    Tokens::state(&mut record, totals, &FINAL, ALL_INSIDE)?;
    common::reported(&mut record, totals, "total_cost_usd")?;
    common::name(&mut record, &[Some("atif"), session]);
    Ok(common::used(record))
}

fn begin(
    session: Option<&str>,
    model: Option<String>,
    agent: Option<&Object<'_>>,
    context: &Context<'_>,
) -> Result<UsageRecord, Fault> {
    let said = |name: &str| agent.map_or(Ok(None), |agent| agent.text(name));
    let name = said("name")?;
    let mut record = common::record(name.as_deref().unwrap_or("atif"));
    let model = model.or(said("model_name")?);
    let (provider, model) = common::split(model.as_deref(), '/');
    common::served(&mut record, provider, model, context);
    record.facts.text(Field::ConversationId, session);
    common::tag(&mut record, "cli_version", said("version")?.as_deref());
    Ok(record)
}
