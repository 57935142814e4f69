//! What several adapters read alike. Nothing here knows one provider.

use std::collections::BTreeMap;

use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::{Exact, Quantity, round_half_even};
use crate::usage::{Field, Timestamp, UsageRecord, WebSearch, clean_text};

/// A time field of any spelling; a bad one is absent.
pub fn time(object: &Object<'_>, name: &str) -> Result<Option<Timestamp>, Fault> {
    Ok(object.text(name)?.and_then(|text| Timestamp::parse(&text)))
}

/// Characters of a content field: a string, or a list of parts that hold `text`.
pub fn content_chars(content: Option<Raw<'_>>) -> u64 {
    let Some(content) = content else { return 0 };
    match content.kind() {
        Kind::String => content.char_count(),
        Kind::Array => content
            .elements()
            .map(|part| {
                part.object()
                    .and_then(|part| part.peek("text"))
                    .map_or(0, Raw::char_count)
            })
            .sum(),
        Kind::Object | Kind::Number | Kind::Bool | Kind::Null => 0,
    }
}

/// What the text of a response amounts to, counted and never kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Characters of text.
    pub chars: u64,
    /// Tool calls.
    pub tool_calls: u64,
}

impl Counted {
    /// States both on a record.
    pub fn state(self, record: &mut UsageRecord) {
        record.facts.count(Field::ResponseLengthChars, self.chars);
        record.facts.count(Field::ToolCallCount, self.tool_calls);
    }
}

/// States web searches of which more than the number is known.
pub fn searched(record: &mut UsageRecord, provider: &str, count: Quantity, query_chars: usize) {
    let searches = count.exact().to_integer().ok();
    record.facts.integer(Field::WebSearchCount, searches);
    record.searches.push(WebSearch {
        provider: Some(provider.to_owned()),
        count,
        query_chars_total: i64::try_from(query_chars).ok().filter(|chars| *chars > 0),
        ..WebSearch::default()
    });
}

/// The record of an error body: free, unless a stream had already stated usage.
pub fn failure(provider: Option<&str>, error: &Object<'_>) -> Result<UsageRecord, Fault> {
    let mut record = UsageRecord::default();
    record.facts.text(Field::Provider, provider);
    fail(&mut record, error)?;
    record.facts.text(Field::Modality, Some("text"));
    Ok(record)
}

/// Marks a record as failed, with code, HTTP status and text of an error object. Codes and statuses
/// that are numbers are HTTP's; the others are words.
pub fn fail(record: &mut UsageRecord, error: &Object<'_>) -> Result<(), Fault> {
    let kind = error.text("type")?;
    let code = error.text("code")?;
    let status = error.text("status")?;
    let http = [&code, &status]
        .into_iter()
        .find_map(|text| http_status(text.as_deref()?));
    record.facts.integer(Field::HttpStatus, http);
    let is_word = |text: &String| http_status(text).is_none();
    let word = status.filter(is_word);
    let word = word.or_else(|| code.clone().filter(is_word));
    record.failed(word.or(kind).or(code), error.text("message")?);
    Ok(())
}

/// An HTTP status in text.
pub fn http_status(text: &str) -> Option<i64> {
    text.parse()
        .ok()
        .filter(|status| (100..600).contains(status))
}

/// Line-item attributes from fields of the same names, where they are stated.
pub fn attributes(object: &Object<'_>, names: &[&str]) -> Result<BTreeMap<String, String>, Fault> {
    let mut attributes = BTreeMap::new();
    for name in names {
        if let Some(value) = object.text(name)?.and_then(|value| clean_text(&value)) {
            attributes.insert((*name).to_owned(), value);
        }
    }
    Ok(attributes)
}

/// A span of time as whole milliseconds; `exponent` is 3 for seconds, 0 for milliseconds and -6
/// for nanoseconds.
pub fn millis(span: Option<Exact>, exponent: i32) -> Option<i64> {
    let millis = span?.shift(exponent).ok()?;
    round_half_even(millis, 0).to_integer().ok()
}

/// The finish reason, where a provider has words of its own for the usual ones.
pub fn finished(record: &mut UsageRecord, raw: Option<&str>, words: &[(&str, &str)]) {
    let Some(raw) = raw else { return };
    let usual = words.iter().find(|(own, _)| *own == raw);
    record.finished(Some(usual.map_or(raw, |(_, usual)| usual)));
    record.facts.text(Field::FinishReasonRaw, Some(raw));
}
