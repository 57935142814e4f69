//! Filling what a record does not say: from its envelopes, from `--set` options, and from what it
//! does say.

use std::collections::{BTreeMap, BTreeSet};

use super::Users;
use crate::envelopes::{Said, Target};
use crate::error::{Error, Result};
use crate::money::Quantity;
use crate::usage::{
    Facts, Field, Occurred, PLAN_UNKNOWN, RecordId, ReportedCost, SHORT_NAMES, Status, TimeBasis,
    Timestamp, UsageRecord, Value,
};

/// What the user states for all records of a run; it fills only what is absent.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Header fields.
    pub facts: Facts,
    /// Labels.
    pub tags: BTreeMap<String, String>,
    /// Anything else: `seconds`, `size`, `quality`, `plan` …
    pub settings: BTreeMap<String, String>,
    /// The time of records that state none.
    pub timestamp: Option<Timestamp>,
    /// Whether users are named.
    pub users: Users,
}

/// Settings that select rates for the whole record.
const RECORD_ATTRIBUTES: &[&str] = &[
    "speed",
    "geo",
    "plan",
    "tool_version",
    "search_context",
    "container",
];

/// Settings that select the rate of a line item, by meter.
const ITEM_ATTRIBUTES: &[(&str, &[&str])] = &[
    ("image", &["size", "quality", "resolution"]),
    ("video_second", &["size", "resolution", "audio", "quality"]),
    ("music_second", &["sample_rate", "channels", "bit_depth"]),
    ("code_session", &["container"]),
    ("web_search", &["provider"]),
    ("request", &["search_context"]),
];

/// A setting that is a quantity: how long a video or a piece of music is.
const SECONDS: &str = "seconds";

impl Options {
    /// The names that [`Options::set`] knows; `tag.NAME` beside them.
    pub fn names() -> BTreeSet<&'static str> {
        let settings = RECORD_ATTRIBUTES.iter().copied();
        let of_items = ITEM_ATTRIBUTES.iter().flat_map(|(_, names)| *names);
        let mut names: BTreeSet<&str> = settings.chain(of_items.copied()).collect();
        names.extend(SHORT_NAMES.iter().map(|(name, _)| *name));
        names.extend(Field::ALL.iter().map(|field| field.name()));
        names.extend(["timestamp", SECONDS]);
        names
    }

    /// Takes one `name=value` of `--set`.
    ///
    /// # Errors
    /// When the value is no value of that field.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        if let Some(tag) = name
            .strip_prefix("tag.")
            .or_else(|| name.strip_prefix("tag:"))
        {
            self.tags.insert(tag.to_owned(), value.to_owned());
            return Ok(());
        }
        if name == "timestamp" {
            let time = Timestamp::parse(value).ok_or_else(|| {
                Error::usage(format!("--set timestamp={value}: this is no time"))
                    .hint("write it as 2026-11-02T10:00:00Z or as seconds since 1970")
            })?;
            self.timestamp = Some(time);
            return Ok(());
        }
        match Field::meant_by(name) {
            Some(field) => {
                let value = Value::parse(field.kind(), value).ok_or_else(|| {
                    Error::usage(format!("--set {name}={value}: this is no value of {field}"))
                })?;
                self.facts.set(field, value);
            }
            None => self.setting(name, value)?,
        }
        Ok(())
    }

    fn setting(&mut self, name: &str, value: &str) -> Result<()> {
        if !Self::names().contains(name) {
            return Err(Error::usage(format!("--set {name}: nothing has this name")));
        }
        if name == SECONDS && Quantity::parse(value).is_err() {
            return Err(Error::usage(format!(
                "--set {name}={value}: this is no number"
            )));
        }
        self.settings.insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}

/// Fills a record from the options, then derives what follows from the rest.
pub fn complete(record: &mut UsageRecord, options: &Options) {
    record.facts.fill_from(&options.facts);
    for (name, value) in &options.tags {
        record
            .tags
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    if record.occurred.is_none() {
        record.happened(options.timestamp, TimeBasis::Option);
    }
    for name in RECORD_ATTRIBUTES {
        if !record.attributes.contains_key(*name) {
            record.attribute(name, options.settings.get(*name));
        }
    }
    for item in &mut record.items {
        let names = ITEM_ATTRIBUTES
            .iter()
            .find(|(meter, _)| *meter == item.meter.name());
        for name in names.into_iter().flat_map(|(_, names)| names.iter()) {
            if let (Some(value), false) = (
                options.settings.get(*name),
                item.attributes.contains_key(*name),
            ) {
                item.attributes.insert((*name).to_owned(), value.clone());
            }
        }
    }
    if record.attributes.contains_key("plan") {
        record.notes.retain(|note| note.text != PLAN_UNKNOWN);
    }
    options.users.apply(record);
    derive(record);
}

/// Fills a record from the envelopes around it.
pub fn fill(record: &mut UsageRecord, around: &Said) {
    record.facts.fill_from(&around.facts);
    if record.occurred.is_none() {
        record.happened(around.occurred, TimeBasis::Envelope);
    }
    for (name, value) in &around.tags {
        let tag = record.tags.entry(name.clone());
        tag.or_insert_with(|| value.clone());
    }
    for (name, value) in &around.attributes {
        if !record.attributes.contains_key(name) {
            record.attribute(name, Some(value));
        }
    }
    // Parts of a response are charged together: the cost is that of the main record.
    if let (Some((amount, place)), None, None) = (&around.cost, &record.reported_cost, &record.part)
    {
        let currency = around.currency.clone();
        record.reported_cost = Some(ReportedCost {
            amount: amount.clone(),
            currency: currency.unwrap_or_else(|| "USD".to_owned()),
            field: place.clone(),
        });
    }
    if !record.facts.has(Field::FinishReason)
        && let Some(raw) = record
            .facts
            .get_text(Field::FinishReasonRaw)
            .map(str::to_owned)
    {
        record.finished(Some(raw));
    }
    if around.is_failure() && record.items.is_empty() {
        record.status = Status::Failed;
    }
    let is_lost = |(name, _): &(&String, _)| record.part.is_none() && !around.places_name(name);
    let lost: Vec<_> = around.too_long.iter().filter(is_lost).collect();
    for (name, place) in lost {
        record.warn(format!(
            "{name} at {place} is longer than 128 characters and not kept"
        ));
    }
}

/// Says behind the layers of a record where the facts stand that its envelopes stated, for `explain`.
pub fn places(around: &Said, record: &UsageRecord, layers: &mut String) {
    let by_envelope = |occurred: Occurred| occurred.basis == TimeBasis::Envelope;
    let told = around.places.iter().filter(|stated| match stated.target {
        Target::Field(field) => record.facts.get(field) == around.facts.get(field),
        Target::Time => record.occurred.is_some_and(by_envelope),
        Target::Cost => record
            .reported_cost
            .as_ref()
            .is_some_and(|cost| cost.field == stated.place),
        Target::Status
        | Target::Currency
        | Target::Tag(_)
        | Target::Attribute(_)
        | Target::Count(_) => true,
    });
    for stated in told {
        layers.reserve(stated.name.len() + stated.place.len() + 2);
        layers.extend([" ", &stated.name, "=", &stated.place]);
    }
}

/// Says that a part belongs to the main record of its response.
pub fn link(part: &mut UsageRecord, main: RecordId) {
    part.facts
        .text(Field::ParentUsageLogId, Some(main.to_string()));
}

fn derive(record: &mut UsageRecord) {
    let facts = &mut record.facts;
    let span = |from: Option<Timestamp>, to: Option<Timestamp>| {
        Some(to?.millis() - from?.millis()).filter(|millis| *millis >= 0)
    };
    let started = facts.get_time(Field::StartedAt);
    for (field, end) in [
        (Field::LatencyMs, Field::FinishedAt),
        (Field::TtfbMs, Field::HeadersReceivedAt),
        (Field::TtftMs, Field::FirstTokenAt),
    ] {
        if !facts.has(field) {
            let millis = span(started, facts.get_time(end));
            facts.integer(field, millis);
        }
    }
    if record.status == Status::Failed && !facts.has(Field::ErrorRetryable) {
        facts.flag(Field::ErrorRetryable, retryable(facts));
    }
}

/// Whether trying again may help: by HTTP status, else by the words that providers use.
fn retryable(facts: &Facts) -> Option<bool> {
    if let Some(status) = facts.get_integer(Field::HttpStatus) {
        return Some(matches!(status, 408 | 409 | 425 | 429 | 500..=599));
    }
    let code = facts.get_text(Field::ErrorCode)?.to_ascii_lowercase();
    let passing = [
        "rate_limit",
        "ratelimit",
        "throttl",
        "too_many",
        "toomany",
        "overloaded",
        "timeout",
        "unavailable",
        "server_error",
        "internalserver",
        "api_error",
        "exhausted",
    ];
    let lasting = [
        "invalid",
        "validation",
        "not_found",
        "authentication",
        "permission",
        "billing",
        "quota",
        "denied",
    ];
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if has(&lasting) {
        Some(false)
    } else {
        has(&passing).then_some(true)
    }
}
