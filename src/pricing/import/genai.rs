//! The list of genai-prices: providers with their models, patterns for names, prices per million,
//! context tiers, and start dates.
//! <https://github.com/pydantic/genai-prices/blob/main/prices/data.schema.json>

use super::super::receipt::Per;
use super::super::scalar::Moment;
use super::draft::{Draft, DraftPeriod, DraftRate, When};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};

/// Their units and ours.
const UNITS: &[(&str, &str, Per)] = &[
    ("input_mtok", "input", Per::Million),
    ("output_mtok", "output", Per::Million),
    ("cache_read_mtok", "cache_read", Per::Million),
    ("cache_write_mtok", "cache_write", Per::Million),
    ("cache_write_1h_mtok", "cache_write_1h", Per::Million),
    ("input_audio_mtok", "input_audio", Per::Million),
    ("output_audio_mtok", "output_audio", Per::Million),
    ("cache_audio_read_mtok", "cache_read_audio", Per::Million),
    ("input_image_mtok", "input_image", Per::Million),
    ("output_image_mtok", "output_image", Per::Million),
    ("cache_image_read_mtok", "cache_read_image", Per::Million),
    ("requests_kcount", "request", Per::Thousand),
];

/// Their providers under another name than ours.
const PROVIDERS: &[(&str, &str)] = &[("aws", "bedrock"), ("x-ai", "xai")];

/// What a model says that has nothing to do with its price.
const NO_PRICES: &[&str] = &[
    "id",
    "name",
    "description",
    "match",
    "context_window",
    "price_comments",
    "prices_checked",
    "prices",
    "deprecated",
    "collapse",
    "price_discrepancies",
];

/// The models of a list.
pub fn drafts(text: &str) -> Result<Vec<Draft>, Fault> {
    let list = Raw::parse(text)?;
    let mut drafts = Vec::new();
    for provider in list.elements().filter_map(Raw::object) {
        let Some(id) = provider.peek("id").and_then(Raw::string) else {
            continue;
        };
        let known = PROVIDERS.iter().find(|(theirs, _)| *theirs == id);
        let ours = known.map_or(id.as_str(), |(_, ours)| ours);
        let models = provider.peek("models").map(Raw::elements);
        let models = models.into_iter().flatten().filter_map(Raw::object);
        drafts.extend(models.filter_map(|model| draft(ours, &model)));
    }
    if drafts.is_empty() {
        return Err(Fault::new("it is not a list of providers with models"));
    }
    Ok(drafts)
}

fn draft(provider: &str, model: &Object<'_>) -> Option<Draft> {
    let mut draft = Draft::new(provider, &model.peek("id")?.string()?);
    if draft.name.contains(['*', '?']) {
        draft.odd.push("(name)".to_owned());
        return Some(draft);
    }
    if let Some(clause) = model.peek("match") {
        patterns(clause, &mut draft);
    }
    let others = model.entries().map(|(key, _)| key);
    let others = others.filter(|key| !NO_PRICES.contains(key));
    draft.odd.extend(others.map(str::to_owned));
    let prices = model.peek("prices")?;
    match prices.kind() {
        Kind::Object => {
            let period = period(prices, None, &mut draft.odd);
            draft.periods.push(period);
        }
        Kind::Array => dated(prices.elements(), &mut draft),
        Kind::String | Kind::Number | Kind::Bool | Kind::Null => {}
    }
    Some(draft)
}

/// Periods in order of time. A price that holds for hours of a day only is not understood.
fn dated<'r>(prices: impl Iterator<Item = Raw<'r>>, draft: &mut Draft) {
    for entry in prices.filter_map(Raw::object) {
        let constraint = entry
            .peek("constraint")
            .filter(|raw| raw.kind() != Kind::Null);
        let start = constraint.and_then(|raw| raw.at("/start_date"));
        let start = start.and_then(Raw::string);
        let from = start.as_deref().and_then(Moment::parse);
        if constraint.is_some() && from.is_none() {
            draft.odd.push("prices.constraint".to_owned());
            continue;
        }
        if let Some(prices) = entry.peek("prices") {
            let period = period(prices, from, &mut draft.odd);
            draft.periods.push(period);
        }
    }
    let begins = |period: &DraftPeriod| period.from.as_ref().map(Moment::at);
    draft.periods.sort_by_key(begins);
}

fn period(prices: Raw<'_>, from: Option<Moment>, odd: &mut Vec<String>) -> DraftPeriod {
    let mut period = DraftPeriod {
        from,
        ..DraftPeriod::default()
    };
    let mut tiers: Vec<(u64, DraftRate)> = Vec::new();
    for (key, value) in prices.object().iter().flat_map(Object::entries) {
        let known = UNITS.iter().find(|(theirs, _, _)| *theirs == key);
        let Some((_, meter, per)) = known else {
            odd.extend((value.kind() != Kind::Null).then(|| key.to_owned()));
            continue;
        };
        let unit = (*meter, *per, 0);
        let base = value.at("/base").unwrap_or(value);
        period.rates.extend(DraftRate::new(key, unit, base));
        let steps = value.at("/tiers").map(Raw::elements);
        for step in steps.into_iter().flatten() {
            let start = step.at("/start").and_then(Raw::digits);
            let start = start.and_then(|digits| digits.parse().ok());
            let rate = step
                .at("/price")
                .and_then(|price| DraftRate::new(key, unit, price));
            match start.zip(rate) {
                Some(tier) => tiers.push(tier),
                None => odd.push(format!("{key}.tiers")),
            }
        }
    }
    // Ascending, as rules are written: where several hold, the last one sets the rate.
    for (above, rate) in tiers {
        let when = When {
            tier: None,
            above: Some(above),
        };
        period.ruled.entry(when).or_default().push(rate);
    }
    period
}

/// Their clauses as patterns of ours; what cannot be said in a pattern is left out.
fn patterns(clause: Raw<'_>, draft: &mut Draft) {
    for (kind, value) in clause.object().iter().flat_map(Object::entries) {
        let text = value.string().filter(|text| !text.contains(['*', '?']));
        match (kind, text) {
            ("equals", Some(text)) => draft.matches.push(text),
            ("starts_with", Some(text)) => draft.matches.push(format!("{text}*")),
            ("ends_with", Some(text)) => draft.matches.push(format!("*{text}")),
            ("contains", Some(text)) => draft.matches.push(format!("*{text}*")),
            ("or", _) => {
                for part in value.elements() {
                    patterns(part, draft);
                }
            }
            _ => draft
                .odd
                .push(format!("match.{}", crate::json::printable(kind))),
        }
    }
}
