//! Tools that keep only the totals of a session: one record per session, whose latest reading is the
//! whole of it. A table says what each of them calls things.

use super::common::{self, ALL_INSIDE, Inside, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::{Exact, Quantity};
use crate::usage::{Field, Meter, ReportedCost, Timestamp, UsageRecord};

/// A row of a sessions table, or a document with a session's totals
pub const ADAPTER: Adapter = Adapter {
    id: "agent.session_totals",
    docs: "https://github.com/block/goose",
    recognizes: |value| SHAPES.iter().any(|shape| (shape.recognizes)(value)),
    reader: Reader::Transcript(|| Box::new(Totals)),
};

/// What one tool calls things. Places are JSON pointers; the first that holds something counts.
struct Shape {
    platform: &'static str,
    recognizes: fn(&Object<'_>) -> bool,
    session: &'static str,
    model: &'static [&'static str],
    provider: &'static [&'static str],
    time: &'static [&'static str],
    directory: &'static str,
    /// Where the object with the counts is.
    usage: &'static str,
    names: Names,
    inside: Inside,
    /// The total of all tokens, inside the object with the counts.
    total: &'static str,
    /// Where the cost is; `+` joins the places of its parts.
    cost: &'static [&'static str],
}

const SHAPES: &[Shape] = &[
    Shape {
        platform: "hermes",
        recognizes: |value| value.is("llmcost.table", "hermes.sessions"),
        session: "/id",
        model: &["/model"],
        provider: &["/billing_provider"],
        time: &["/started_at"],
        directory: "/cwd",
        usage: "",
        names: Names {
            input: "input_tokens",
            cache_read: "cache_read_tokens",
            cache_write: "cache_write_tokens",
            output: "output_tokens",
            reasoning: "reasoning_tokens",
        },
        inside: NONE_INSIDE,
        total: "",
        cost: &["/actual_cost_usd", "/estimated_cost_usd"],
    },
    Shape {
        platform: "goose",
        recognizes: |value| value.is("llmcost.table", "goose.sessions"),
        session: "/id",
        model: &["/model_config/model_name", "/model"],
        provider: &["/provider_name"],
        time: &["/created_at"],
        directory: "/working_dir",
        usage: "",
        names: Names {
            input: "accumulated_input_tokens",
            cache_read: "",
            cache_write: "",
            output: "accumulated_output_tokens",
            reasoning: "",
        },
        inside: ALL_INSIDE,
        total: "accumulated_total_tokens",
        cost: &["/accumulated_cost"],
    },
    Shape {
        platform: "crush",
        recognizes: |value| value.is("llmcost.table", "crush.sessions"),
        session: "/id",
        model: &["/model"],
        provider: &["/provider"],
        time: &["/created_at"],
        directory: "",
        usage: "",
        names: Names {
            input: "prompt_tokens",
            cache_read: "",
            cache_write: "",
            output: "completion_tokens",
            reasoning: "",
        },
        inside: ALL_INSIDE,
        total: "",
        cost: &["/cost"],
    },
    Shape {
        platform: "zerostack",
        recognizes: |value| {
            value.has("total_input_tokens")
                && value.has("total_output_tokens")
                && value.has("working_dir")
        },
        session: "/id",
        model: &["/model"],
        provider: &["/provider"],
        time: &["/created_at"],
        directory: "/working_dir",
        usage: "",
        names: Names {
            input: "total_input_tokens",
            cache_read: "",
            cache_write: "",
            output: "total_output_tokens",
            reasoning: "",
        },
        inside: ALL_INSIDE,
        total: "",
        cost: &["/total_cost"],
    },
    Shape {
        platform: "codewhale",
        recognizes: |value| {
            value.has("schema_version") && value.raw().at("/metadata/total_tokens").is_some()
        },
        session: "/metadata/id",
        model: &["/metadata/model"],
        provider: &["/metadata/model_provider"],
        time: &["/metadata/created_at"],
        directory: "/metadata/workspace",
        usage: "/metadata",
        names: NO_NAMES,
        inside: ALL_INSIDE,
        total: "total_tokens",
        cost: &["/metadata/cost/session_cost_usd+/metadata/cost/subagent_cost_usd"],
    },
    Shape {
        platform: "mistral-vibe",
        recognizes: |value| {
            value.has("session_id") && value.raw().at("/stats/session_prompt_tokens").is_some()
        },
        session: "/session_id",
        model: &["/config/active_model"],
        provider: &["/config/models/0/provider"],
        time: &["/start_time"],
        directory: "/environment/working_directory",
        usage: "/stats",
        names: Names {
            input: "session_prompt_tokens",
            cache_read: "session_cached_tokens",
            cache_write: "",
            output: "session_completion_tokens",
            reasoning: "",
        },
        inside: ALL_INSIDE,
        total: "",
        cost: &["/stats/session_cost"],
    },
];

const NO_NAMES: Names = Names {
    input: "",
    cache_read: "",
    cache_write: "",
    output: "",
    reasoning: "",
};

struct Totals;

impl Transcript for Totals {
    fn read(&mut self, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        match SHAPES.iter().find(|shape| (shape.recognizes)(value)) {
            Some(shape) => read(shape, value, context),
            None => Ok(Reading::ignored(NO_USAGE)),
        }
    }
}

fn read(shape: &Shape, value: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let raw = value.raw();
    let word = |places: &[&str]| {
        let mut found = places.iter().filter_map(|place| raw.at(place)?.word());
        found.next()
    };
    let usage = if shape.usage.is_empty() {
        Some(raw)
    } else {
        raw.at(shape.usage)
    };
    let Some(usage) = usage.and_then(Raw::object) else {
        return Ok(Reading::ignored(NO_USAGE));
    };
    let mut record = common::record(shape.platform);
    common::served(
        &mut record,
        word(shape.provider).as_deref(),
        word(shape.model).as_deref(),
        context,
    );
    common::happened(
        &mut record,
        word(shape.time).and_then(|time| Timestamp::parse(&time)),
    );
    let session = word(&[shape.session]);
    record.facts.text(Field::ConversationId, session.as_deref());
    common::project(&mut record, word(&[shape.directory]).as_deref());
    Tokens::state(&mut record, &usage, &shape.names, shape.inside)?;
    record.raw_usage = None;
    remainder(&mut record, usage.count(shape.total)?);
    record.reported_cost = cost(shape, raw);
    common::name(&mut record, &[Some(shape.platform), session.as_deref()]);
    if record.items.is_empty() && record.stated_total.is_none() {
        return Ok(Reading::ignored(NO_USAGE));
    }
    Ok(record.into())
}

/// What the total holds beside input and output is output that was not shown.
fn remainder(record: &mut UsageRecord, total: Option<Quantity>) {
    record.stated_total = total.filter(|total| !total.is_zero());
    let Some(total) = record.stated_total else {
        return;
    };
    if record.items.is_empty() {
        record.gap("only a total is stated, which no rate can price");
        return;
    }
    let shown = record
        .quantity(&Meter::INPUT)
        .plus(record.quantity(&Meter::OUTPUT));
    let hidden = shown
        .and_then(|shown| total.minus(shown))
        .unwrap_or_default();
    if !hidden.is_zero() {
        record.doubt("the total holds more than input and output; the rest is taken as reasoning");
        record.add(Meter::REASONING, hidden);
    }
}

/// The first stated cost that is not zero; several places are the parts of one.
fn cost(shape: &Shape, raw: Raw<'_>) -> Option<ReportedCost> {
    let places = shape.cost.iter();
    let mut stated = places.filter_map(|places| reported(places, raw));
    stated.next()
}

fn reported(places: &str, raw: Raw<'_>) -> Option<ReportedCost> {
    let mut parts = Vec::new();
    for place in places.split('+') {
        if let Some(amount) = raw.at(place).and_then(Raw::word) {
            let number = Exact::parse(&amount).ok()?;
            parts.push((amount, number));
        }
    }
    let add = |sum: Exact, (_, number): &(String, Exact)| sum.plus(*number).ok();
    let sum = parts.iter().try_fold(Exact::from_integer(0), add)?;
    let amount = match parts.as_slice() {
        [(amount, _)] => amount.clone(),
        _ => sum.to_string(),
    };
    let known = !sum.is_zero() && !sum.is_negative();
    known.then(|| ReportedCost {
        amount,
        currency: "USD".to_owned(),
        field: places
            .trim_start_matches('/')
            .replace("+/", " + ")
            .replace('/', "."),
    })
}
