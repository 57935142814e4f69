//! The usage record and how adapters fill it.

use std::collections::BTreeMap;

use super::{
    Facts, Field, LineItem, Meter, Note, NoteKind, Occurred, ReportedCost, Status, TimeBasis,
    Timestamp, Value, WebSearch, clean_error_text, clean_text,
};
use crate::money::Quantity;

/// What one response consumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// The header.
    pub facts: Facts,
    /// How the call ended.
    pub status: Status,
    /// When it happened; absent when nothing says it.
    pub occurred: Option<Occurred>,
    /// What selects rates for the whole record beside the model: `speed`, `geo`, `plan` …
    /// The service tier is the header field of that name.
    pub attributes: BTreeMap<String, String>,
    /// The user's own labels.
    pub tags: BTreeMap<String, String>,
    /// What was consumed, disjoint, in the order of display.
    pub items: Vec<LineItem>,
    /// Web searches, where the response tells more than their number.
    pub searches: Vec<WebSearch>,
    /// Remarks of the adapter.
    pub notes: Vec<Note>,
    /// What the provider says it cost.
    pub reported_cost: Option<ReportedCost>,
    /// The provider's total of tokens, kept as a witness, never billed.
    pub stated_total: Option<Quantity>,
    /// The provider's usage object: numbers and known words only.
    pub raw_usage: Option<String>,
    /// Which part of the response this is, where one response bills several models.
    pub part: Option<String>,
    /// What a transcript calls this response, where the provider's id of it is missing or weak: the
    /// words of its tool, session and message. It makes the identity and is not kept.
    pub key: Option<String>,
}

impl Default for UsageRecord {
    fn default() -> Self {
        Self {
            facts: Facts::default(),
            status: Status::Success,
            occurred: None,
            attributes: BTreeMap::new(),
            tags: BTreeMap::new(),
            items: Vec::new(),
            searches: Vec::new(),
            notes: Vec::new(),
            reported_cost: None,
            stated_total: None,
            raw_usage: None,
            part: None,
            key: None,
        }
    }
}

/// Unknown fields of one usage object that are named; real ones have a few.
const MOST_NAMED: usize = 100;

impl UsageRecord {
    /// A record of a modality served by a provider, where that is known from the shape alone.
    pub fn of(modality: &str, operation: &str) -> Self {
        let mut record = Self::default();
        record.facts.text(Field::Modality, Some(modality));
        record.facts.text(Field::OperationType, Some(operation));
        record
    }

    /// Adds a line item. Nothing used is no line.
    pub fn add(&mut self, meter: Meter, quantity: Quantity) {
        self.add_item(LineItem::new(meter, quantity));
    }

    /// Adds a line item with attributes; quantities of the same meter and attributes add up.
    pub fn add_item(&mut self, item: LineItem) {
        if item.quantity.is_zero() {
            return;
        }
        match self
            .items
            .binary_search_by(|held| held.order().cmp(&item.order()))
        {
            Ok(at) => {
                let sum = self
                    .items
                    .get(at)
                    .and_then(|held| held.quantity.plus(item.quantity).ok());
                match (self.items.get_mut(at), sum) {
                    (Some(held), Some(sum)) => held.quantity = sum,
                    _ => self.gap(format!("{}: the sum is too large to keep", item.meter)),
                }
            }
            Err(at) => self.items.insert(at, item),
        }
    }

    /// The quantity of a meter over all attributes.
    pub fn quantity(&self, meter: &Meter) -> Quantity {
        let quantities = self
            .items
            .iter()
            .filter(|item| item.meter == *meter)
            .map(|item| item.quantity);
        quantities.fold(Quantity::ZERO, |sum, quantity| {
            sum.plus(quantity).unwrap_or(sum)
        })
    }

    /// Notes that something that bills is missing.
    pub fn gap(&mut self, text: impl Into<String>) {
        self.note(NoteKind::Gap, text);
    }

    /// Notes that something had to be assumed.
    pub fn doubt(&mut self, text: impl Into<String>) {
        self.note(NoteKind::Doubt, text);
    }

    /// Notes something odd that does not touch the cost.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.note(NoteKind::Warning, text);
    }

    fn note(&mut self, kind: NoteKind, text: impl Into<String>) {
        let note = Note {
            kind,
            text: text.into(),
        };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Warns of every field of a usage object that nobody has read: new meters show there first.
    /// Of very many the first in the alphabet are named, whatever their order, and the rest is counted.
    pub fn warn_unread(&mut self, usage: &crate::json::Object<'_>) {
        let mut fields = usage.unread();
        if fields.len() > MOST_NAMED {
            fields.sort_unstable();
        }
        let more = fields.len().saturating_sub(MOST_NAMED);
        for field in fields.into_iter().take(MOST_NAMED) {
            self.warn(format!("unknown usage field {field}"));
        }
        if more > 0 {
            self.warn(format!("{more} more unknown usage fields"));
        }
    }

    /// Subtracts a part from the whole that contains it. When the part is larger the reading of the
    /// shape is wrong: nothing is clamped, the whole is kept and the record is marked.
    pub fn rest(&mut self, whole: Quantity, part: Quantity, what: &str) -> Quantity {
        whole.minus(part).unwrap_or_else(|_| {
            self.doubt(format!(
                "{what} is larger than the count that should contain it"
            ));
            whole
        })
    }

    /// States when it happened, unless there is nothing to say.
    pub fn happened(&mut self, at: Option<Timestamp>, basis: TimeBasis) {
        if let Some(at) = at {
            self.occurred = Some(Occurred { at, basis });
        }
    }

    /// The provider's creation time, which is also when it happened.
    pub fn created(&mut self, at: Option<Timestamp>) {
        self.facts.time(Field::ProviderCreatedAt, at);
        self.happened(at, TimeBasis::Response);
    }

    /// The served tier; neutral values are the same as none (pricing.md, "Settled").
    pub fn tier(&mut self, tier: Option<impl AsRef<str>>) {
        let Some(tier) = tier else { return };
        let tier = tier.as_ref();
        if !matches!(
            tier,
            "default" | "standard" | "on_demand" | "standard_only" | "not_available"
        ) {
            self.facts.text(Field::ServiceTier, Some(tier));
        }
    }

    /// An attribute that selects rates for the whole record. Of those that change the ordinary
    /// price, values that mean it are the same as none; elsewhere (a picture's quality) they are
    /// values like any other.
    pub fn attribute(&mut self, name: &str, value: Option<impl AsRef<str>>) {
        let Some(value) = value.and_then(|value| clean_text(value.as_ref())) else {
            return;
        };
        let changes = matches!(
            name,
            "speed" | "geo" | "endpoint" | "plan" | "tool_version" | "latency"
        );
        let ordinary = matches!(
            value.as_str(),
            "default" | "standard" | "global" | "not_available"
        );
        if !(changes && ordinary) {
            self.attributes.insert(name.to_owned(), value);
        }
    }

    /// The finish reason in our words beside the provider's own.
    pub fn finished(&mut self, raw: Option<impl AsRef<str>>) {
        let Some(raw) = raw else { return };
        let raw = raw.as_ref();
        self.facts.text(Field::FinishReasonRaw, Some(raw));
        let reason = match raw.to_ascii_lowercase().as_str() {
            "stop" | "end_turn" | "stop_sequence" | "complete" | "completed" | "eos"
            | "eos_token" | "finish" | "finished" | "done" | "limit_reached_stop"
            | "pause_turn" => "stop",
            "length"
            | "max_tokens"
            | "max_output_tokens"
            | "max_completion_tokens"
            | "incomplete"
            | "model_context_window_exceeded"
            | "max_token"
            | "max_length"
            | "context_window_exceeded" => "length",
            "content_filter"
            | "safety"
            | "refusal"
            | "recitation"
            | "blocklist"
            | "prohibited_content"
            | "spii"
            | "guardrail_intervened"
            | "content_filtered"
            | "error_toxic"
            | "image_safety"
            | "image_prohibited_content"
            | "image_recitation"
            | "model_armor"
            | "jailbreak"
            | "malformed_response"
            | "language" => "content_filter",
            "tool_calls"
            | "tool_call"
            | "tool_use"
            | "function_call"
            | "malformed_function_call" => "tool_calls",
            "error"
            | "failed"
            | "cancelled"
            | "canceled"
            | "error_limit"
            | "user_cancel"
            | "other"
            | "no_image"
            | "image_other"
            | "unexpected_tool_call"
            | "too_many_tool_calls"
            | "missing_thought_signature"
            | "network_error"
            | "insufficient_system_resource" => "error",
            _ => return,
        };
        self.facts.text(Field::FinishReason, Some(reason));
        if reason == "content_filter" {
            self.facts.flag(Field::ContentFiltered, Some(true));
        }
    }

    /// A failed call: its code and text, cleaned and cut.
    pub fn failed(&mut self, code: Option<impl AsRef<str>>, message: Option<impl AsRef<str>>) {
        self.status = Status::Failed;
        self.facts.text(Field::ErrorCode, code);
        let message = message.map(|message| clean_error_text(message.as_ref()));
        if let Some(message) = message.filter(|message| !message.is_empty()) {
            self.facts.set(Field::ErrorMessage, Value::Text(message));
        }
    }
}
