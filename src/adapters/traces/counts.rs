//! The counts of a span: the provider's own usage object where the span holds it, else the
//! attributes of any instrumentation, by the arithmetic that rows are read by.

use std::collections::BTreeMap;

use super::attributes::Attributes;
use super::names::{self, CONVENTION, PARTS_ONLY, USAGE};
use super::row;
use super::row_counts::{Convention, Counts};
use super::row_names::{Role, role};
use crate::error::Fault;
use crate::json::{Object, plain, printable};
use crate::money::Quantity;
use crate::usage::UsageRecord;

/// Names of parts that only traces use, without case and punctuation.
const PARTS: &[(&str, Role)] = &[
    ("promptdetailscacheread", Role::CacheRead),
    ("promptdetailscacheinput", Role::CacheRead),
    ("inputtokendetailscacheread", Role::CacheRead),
    ("inputtokendetailscachereadtokens", Role::CacheRead),
    ("cachedtokencount", Role::CacheRead),
    ("promptdetailscachewrite", Role::CacheWrite),
    ("inputtokendetailscachewritetokens", Role::CacheWrite),
    ("inputtokendetailscachecreation", Role::CacheWrite),
    ("cachewriteinputtokens", Role::CacheWrite),
    ("inputcachecreation5m", Role::CacheWrite),
    ("promptcachecreationtokens", Role::CacheWrite),
    ("inputcachecreation1h", Role::CacheWrite1h),
    ("completiondetailsreasoning", Role::Reasoning),
    ("outputtokendetailsreasoning", Role::Reasoning),
    ("reasoningtokencount", Role::Reasoning),
    ("outputtokendetailsreasoningtokens", Role::Reasoning),
    ("completionreasoningtokens", Role::Reasoning),
    ("outputreasoning", Role::Reasoning),
    ("inputaudiotokens", Role::InputAudio),
    ("inputaudio", Role::InputAudio),
    ("promptdetailsaudio", Role::InputAudio),
    ("inputtokendetailsaudio", Role::InputAudio),
    ("cacheaudioreadtokens", Role::CacheReadAudio),
    ("outputaudiotokens", Role::OutputAudio),
    ("outputaudio", Role::OutputAudio),
    ("completiondetailsaudio", Role::OutputAudio),
    ("outputtokendetailsaudio", Role::OutputAudio),
];

/// Numbers beside the counts that are none.
const NO_COUNTS: &[&str] = &[
    "requests",
    "unit",
    "convention",
    "inputTokenDetails.noCacheTokens",
    "outputTokenDetails.textTokens",
];

/// A count that is stated: how good its name is (less is better), the name and the word.
type Stated<'a> = (usize, &'a str, &'a str);

/// Whether a span states any usage.
pub fn has_usage(attributes: &Attributes) -> bool {
    let (stated, _) = stated(attributes);
    let is_count = |role: &Role| role.makes_a_row() || *role == Role::Reasoning;
    stated.keys().any(is_count) || attributes.provider_usage.iter().any(|text| is_whole(text))
}

/// Adds what a span used as disjoint line items.
///
/// # Errors
/// When a count is no whole number of at least zero.
pub fn state(record: &mut UsageRecord, attributes: &Attributes) -> Result<(), Fault> {
    let own = attributes.provider_usage.iter();
    if let Some(text) = own.clone().find(|text| is_whole(text)) {
        let usage = Object::parse(text)?;
        usage.ignore(NO_COUNTS);
        return row::usage(record, &usage, true);
    }
    let (stated, unknown) = stated(attributes);
    let convention = convention(attributes, &stated);
    let counts = stated.into_iter().map(|(role, (_, name, word))| {
        let count = count(name, word)?;
        Ok((role, name.to_owned(), count))
    });
    let counts: Vec<(Role, String, Quantity)> = counts.collect::<Result<_, Fault>>()?;
    let counts = Counts::stated(counts, convention);
    record.raw_usage = Some(counts.raw());
    counts.state(record);
    for name in unknown {
        record.warn(format!("unknown usage field {}", printable(name)));
    }
    Ok(())
}

/// What each role is stated by, best name first, and the counts that nobody knows.
fn stated(attributes: &Attributes) -> (BTreeMap<Role, Stated<'_>>, Vec<&str>) {
    let mut best: BTreeMap<Role, Stated<'_>> = BTreeMap::new();
    let mut unknown = Vec::new();
    let has_model = attributes.first(&["model", "model_name"]).is_some();
    for (name, word) in attributes.iter() {
        let Some((rank, short, is_part)) = placed(name, has_model) else {
            continue;
        };
        match role_of(short) {
            Some(role) if is_part && role.makes_a_row() => {}
            Some(role) => {
                let mine = (rank, name, word);
                let held = best.entry(role).or_insert(mine);
                *held = (*held).min(mine);
            }
            None if is_part || is_no_count(short) || !is_number(word) => {}
            None => unknown.push(name),
        }
    }
    (best, unknown)
}

/// How good a name is, what follows its beginning, and whether only parts are taken by it. A name
/// with a dot more is the newer spelling and goes before the one without.
fn placed(name: &str, has_model: bool) -> Option<(usize, &str, bool)> {
    let of = |list: &[&str]| {
        let mut places = list.iter().enumerate();
        places.find_map(|(at, begin)| Some((at, name.strip_prefix(begin)?)))
    };
    if let Some((at, short)) = of(PARTS_ONLY) {
        return Some((1000 + at, short, true));
    }
    if let Some((at, short)) = of(USAGE) {
        return Some((2 * at + usize::from(!short.contains('.')), short, false));
    }
    (has_model && names::is_bare_count(name)).then_some((500, name, false))
}

fn is_no_count(short: &str) -> bool {
    NO_COUNTS.contains(&short) || short.to_ascii_lowercase().contains("cost")
}

fn role_of(short: &str) -> Option<Role> {
    let whole = plain(short);
    let part = PARTS.iter().find(|(name, _)| *name == whole);
    part.map(|(_, role)| *role).or_else(|| role(short, true))
}

/// How cached tokens stand to the input, as far as the names say it: the conventions of
/// OpenTelemetry and OpenInference count them in, older spellings were written both ways.
fn convention(attributes: &Attributes, stated: &BTreeMap<Role, Stated<'_>>) -> Option<Convention> {
    match attributes.word(CONVENTION) {
        Some("inclusive") => return Some(Convention::Inclusive),
        Some("exclusive") => return Some(Convention::Exclusive),
        Some("apart") => return Some(Convention::Apart),
        Some(_) | None => {}
    }
    let caches = [Role::CacheRead, Role::CacheWrite, Role::CacheWrite1h];
    let mut named = caches.iter().filter_map(|role| stated.get(role)).peekable();
    let counts_in = |(_, name, _): &Stated<'_>| {
        let spelled = ["gen_ai.usage.cache_read.", "gen_ai.usage.cache_creation."];
        let begins = spelled.iter().any(|begin| name.starts_with(begin));
        begins || name.starts_with("llm.token_count.") || name.starts_with("gen_ai.usage.details.")
    };
    (named.peek().is_some() && named.all(counts_in)).then_some(Convention::Inclusive)
}

/// Whether a provider's usage object states input and output both.
fn is_whole(text: &str) -> bool {
    let Ok(usage) = Object::parse(text) else {
        return false;
    };
    let has = |wanted: Role| {
        usage
            .entries()
            .any(|(name, value)| value.digits().is_some() && role(name, true) == Some(wanted))
    };
    has(Role::Input) && has(Role::Output)
}

fn is_number(word: &str) -> bool {
    Quantity::parse(word).is_ok()
}

fn count(name: &str, word: &str) -> Result<Quantity, Fault> {
    let wrong = |error: crate::money::NumberError| Fault::field(printable(name), error.to_string());
    let count = Quantity::parse(word).map_err(wrong)?;
    count.exact().to_integer().map_err(wrong)?;
    Ok(count)
}
