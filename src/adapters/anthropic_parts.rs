//! What one Anthropic response bills beside its main model: `usage.iterations`.
//! <https://docs.claude.com/en/docs/build-with-claude/compaction>
//!
//! Top-level counts hold the `message` entries, or where a fallback answered its entry alone;
//! `compaction` and `advisor_message` come on top and are records of their own.

use std::collections::BTreeMap;

use super::anthropic::tokens;
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Field, UsageRecord, clean_text};

/// The counts that must add up to those of the top level.
const COUNTS: &[&str] = &[
    "input_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "output_tokens",
];

/// The records of one response: the main one, and one for each model or compaction beside it.
pub fn parts(mut main: UsageRecord, usage: Option<&Object<'_>>) -> Result<Vec<UsageRecord>, Fault> {
    let entries = usage
        .map(|usage| usage.objects("iterations"))
        .transpose()?
        .unwrap_or_default();
    let fallback = entries
        .iter()
        .any(|entry| entry.is("type", "fallback_message"));
    let mut beside: BTreeMap<(String, Option<String>), UsageRecord> = BTreeMap::new();
    let mut inside = Vec::new();
    for entry in entries {
        let kind = entry.text("type")?.unwrap_or_default();
        let model = entry.text("model")?;
        match kind.as_str() {
            "message" if fallback => declined(&mut main, &entry)?,
            "message" => inside.push(entry),
            "fallback_message" => {
                fell_back(&mut main, model);
                inside.push(entry);
            }
            "compaction" | "advisor_message" => {
                let part = beside.entry((kind.clone(), model.clone()));
                let part = part.or_insert_with(|| part_of(&main, &kind, model.as_deref()));
                tokens(part, &entry)?;
                entry.ignore(&["type", "model"]);
                part.warn_unread(&entry);
            }
            _ => main.gap("usage.iterations holds an entry of an unknown type"),
        }
    }
    if let Some(usage) = usage {
        cross_check(&mut main, usage, &inside)?;
    }
    let mut records = vec![main];
    records.extend(beside.into_values());
    Ok(records)
}

/// The model that answered is priced; the one that stood at the top was asked for.
fn fell_back(main: &mut UsageRecord, model: Option<String>) {
    main.facts.flag(Field::IsFallback, Some(true));
    let asked = main.facts.get_text(Field::ResponseModel).map(str::to_owned);
    if model.is_some() && asked != model && !main.facts.has(Field::RequestedModel) {
        main.facts.text(Field::RequestedModel, asked);
    }
    main.facts.text(Field::ResponseModel, model);
}

/// A model that declined before the fallback: whether its tokens are charged is not documented.
fn declined(main: &mut UsageRecord, entry: &Object<'_>) -> Result<(), Fault> {
    for name in COUNTS {
        if !entry.count_or_zero(name)?.is_zero() {
            main.doubt("a model declined before the fallback; its tokens are taken as free");
        }
    }
    Ok(())
}

fn cross_check(
    main: &mut UsageRecord,
    usage: &Object<'_>,
    inside: &[Object<'_>],
) -> Result<(), Fault> {
    if inside.is_empty() {
        return Ok(());
    }
    for name in COUNTS {
        let mut sum = Quantity::ZERO;
        for entry in inside {
            let count = entry.count_or_zero(name)?;
            sum = sum
                .plus(count)
                .map_err(|error| entry.fault(name, &error.to_string()))?;
        }
        if sum != usage.count_or_zero(name)? {
            main.warn(format!("the iterations do not add up to {name}"));
        }
    }
    Ok(())
}

fn part_of(main: &UsageRecord, kind: &str, model: Option<&str>) -> UsageRecord {
    let mut part = UsageRecord::of("text", "chat");
    part.facts.fill_from(&main.facts);
    for own in [
        Field::ResponseLengthChars,
        Field::ToolCallCount,
        Field::FinishReason,
        Field::FinishReasonRaw,
        Field::WebSearchCount,
    ] {
        part.facts.remove(own);
    }
    part.attributes.clone_from(&main.attributes);
    part.occurred = main.occurred;
    part.facts.text(Field::ResponseModel, model);
    let model = model.and_then(clean_text);
    part.part = Some(model.map_or_else(|| kind.to_owned(), |model| format!("{kind}:{model}")));
    part
}
