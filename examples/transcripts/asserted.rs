//! What an index says that a sample holds → checks. Most of it is quoted from the tests of other tools,
//! in Rust (`assert_eq!(a, b)`) or JavaScript (`expect(a).toBe(b)`); the rest are figures by name.

use llmcost::money::Exact;
use serde_json::Value as Json;

/// Something that is stated of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// How many records there are.
    Records(u64),
    /// How many records one session or source of the sample has.
    Part(u64),
    /// Counts of one record, by the words with which the test refers to it.
    Call(String, Vec<(&'static str, u64)>),
    /// A count of all records, or of one session or model.
    Sum(&'static str, u64),
    /// Money, at so many decimals.
    Cost(Exact, u32),
}

impl Check {
    /// Whether it is about tokens.
    pub fn counts_tokens(&self) -> bool {
        match self {
            Self::Call(..) | Self::Sum(..) => true,
            Self::Records(_) | Self::Part(_) | Self::Cost(..) => false,
        }
    }

    /// Whether all of its counts are zero.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Records(count) | Self::Part(count) | Self::Sum(_, count) => *count == 0,
            Self::Call(_, counts) => counts.iter().all(|(_, count)| *count == 0),
            Self::Cost(amount, _) => amount.is_zero(),
        }
    }
}

/// What tools call counts, and what they mean.
const NAMES: &[(&str, &str)] = &[
    ("cache_creation_input_tokens", "cache_write"),
    ("cacheCreationInputTokens", "cache_write"),
    ("totalCacheWriteTokens", "cache_write"),
    ("cacheWrite", "cache_write"),
    ("cache_read_input_tokens", "cache_read"),
    ("cached_input_tokens", "cache_read"),
    ("cacheReadInputTokens", "cache_read"),
    ("cachedInputTokens", "cache_read"),
    ("totalCacheReadTokens", "cache_read"),
    ("cacheRead", "cache_read"),
    ("cached", "cache_read"),
    ("reasoning_output_tokens", "reasoning"),
    ("reasoningTokens", "reasoning"),
    ("totalReasoningTokens", "reasoning"),
    ("reasoning", "reasoning"),
    ("extra_total_tokens", "reasoning"),
    ("total_input_tokens", "input"),
    ("input_tokens", "input"),
    ("inputTokens", "input"),
    ("totalInputTokens", "input"),
    ("total_input", "input"),
    ("inputTotal", "input"),
    ("inputByModel", "input"),
    ("totalInput", "input"),
    ("sumInput", "input"),
    ("input", "input"),
    ("output_tokens", "output"),
    ("outputTokens", "output"),
    ("totalOutputTokens", "output"),
    ("totalOutput", "output"),
    ("output", "output"),
    ("total_tokens", "total"),
    ("tokens", "total"),
    ("total", "total"),
    ("webSearchRequests", "web_search"),
];
const RECORDS: &[&str] = &[
    "apiCalls",
    "totalApiCalls",
    "totalCalls",
    "message_send_events",
    "rows_with_usage",
];
const COSTS: &[&str] = &["costUSD", "totalCostUSD", "cost", "sum_cost"];

/// What tests call all that they read from a sample. A second reading is called otherwise, and
/// gives nothing new.
const ALL: &[&str] = &[
    "calls",
    "calls1",
    "events",
    "entries",
    "first",
    "firstRun",
    "firstRunCalls",
    "resumed",
];
/// What tests call a part of it.
const PARTS: &[&str] = &[
    "callsA",
    "callsB",
    "corruptCalls",
    "parent_events",
    "subagent_events",
];
/// Results of a reading that the test confines to a range of time, which is no statement of the
/// sample.
const RANGES: &[&str] = &["a", "b", "shutdownDay", "requestDay", "ranged"];

/// Everything that an index states of a sample.
pub fn checks(expected: &Json) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    let named = [expected, &expected["family_truth_delta_method"]];
    for (name, value) in named.iter().filter_map(|of| of.as_object()).flatten() {
        checks.extend(number_of(value).and_then(|text| figure(name, &text, None)));
    }
    let asserts = expected["asserts"].as_array().into_iter().flatten();
    for text in asserts.filter_map(Json::as_str) {
        for (subject, verb, argument) in statements(text) {
            for check in stated(&subject, &verb, &argument) {
                add(&mut checks, check);
            }
        }
    }
    checks
}

fn number_of(value: &Json) -> Option<String> {
    let text = value.as_str().map(str::to_owned);
    text.or_else(|| value.is_number().then(|| value.to_string()))
}

/// Counts of one record are checked together. No records after some are a second reading with the
/// keys of the first.
fn add(checks: &mut Vec<Check>, check: Check) {
    let some = |check: &Check| matches!(check, Check::Records(count) if *count > 0);
    if check == Check::Records(0) && checks.iter().any(some) {
        return;
    }
    if let Check::Call(of, counts) = &check {
        for held in checks.iter_mut() {
            if let Check::Call(same, all) = held
                && same == of
            {
                all.extend(counts);
                return;
            }
        }
    }
    checks.push(check);
}

/// The assertions of a piece of code: what is asserted of, how, and the value.
fn statements(text: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (at, word) in text.match_indices("assert_eq!(") {
        let (inner, _) = closed(&text[at + word.len()..]);
        let mut sides = split(inner).into_iter();
        if let (Some(subject), Some(value)) = (sides.next(), sides.next()) {
            found.push((subject, "toBe".to_owned(), value));
        }
    }
    for (at, word) in text.match_indices("assert!(") {
        let (inner, _) = closed(&text[at + word.len()..]);
        if let Some(subject) = inner.strip_suffix(".is_empty()") {
            found.push((subject.to_owned(), "toEqual".to_owned(), "[]".to_owned()));
        }
    }
    for (at, word) in text.match_indices("expect(") {
        let (subject, rest) = closed(&text[at + word.len()..]);
        let rest = rest.trim_start_matches(".resolves").trim_start_matches('.');
        let (verb, rest) = rest.split_once('(').unwrap_or((rest, ""));
        let (argument, _) = closed(rest);
        let trimmed = [subject, verb, argument].map(|part| part.trim().to_owned());
        let [subject, verb, argument] = trimmed;
        found.push((subject, verb, argument));
    }
    found
}

/// The text up to the bracket that closes it, and what follows; all of it where it was cut off.
fn closed(text: &str) -> (&str, &str) {
    let (mut depth, mut quote) = (0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') if depth == 0 => return (&text[..at], &text[at + 1..]),
            (None, ')' | ']' | '}') => depth -= 1,
            (Some(_) | None, _) => {}
        }
    }
    (text, "")
}

/// The arguments of a call.
fn split(text: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn stated(subject: &str, verb: &str, argument: &str) -> Vec<Check> {
    let plain: String = subject.chars().filter(|c| !"!?".contains(*c)).collect();
    let of = plain.split('.').next().unwrap_or_default();
    if RANGES.contains(&of) {
        return Vec::new();
    }
    if let Some(arguments) = argument.split_once("calculateCost(") {
        return priced(of, closed(arguments.1).0);
    }
    if verb == "toBeDefined"
        && let Some((name, count)) = plain.split_once(" === ")
    {
        let count = count.trim_end_matches(')');
        let found = figure(last_word(name), count, Some(&plain));
        return found.into_iter().collect();
    }
    match verb {
        "toHaveLength" => records(&plain, argument).into_iter().collect(),
        "toEqual" if argument == "[]" => records(&plain, "0").into_iter().collect(),
        "toEqual" | "toMatchObject" if argument.starts_with('{') => fields(of, argument),
        "toBe" | "toBeCloseTo" => {
            let mut counted = [".len()", ".length"].iter();
            let base = counted.find_map(|end| plain.strip_suffix(end));
            match base {
                Some(base) => records(base, argument).into_iter().collect(),
                None => value(&plain, of, argument).into_iter().collect(),
            }
        }
        _ => Vec::new(),
    }
}

/// A number of records, where that is what the words stand for.
fn records(subject: &str, count: &str) -> Option<Check> {
    let count = integer(count)?;
    let subject = subject.trim_start_matches('(').trim_end_matches(')');
    if count == 0 && subject.contains("seen") {
        return None;
    }
    let reads = ["await parse", "await collectCalls("];
    if ALL.contains(&subject) || reads.iter().any(|read| subject.starts_with(read)) {
        return Some(Check::Records(count));
    }
    PARTS.contains(&subject).then_some(Check::Part(count))
}

/// `{ inputTokens: 600, output: 25 }`
fn fields(of: &str, object: &str) -> Vec<Check> {
    let object = object.trim_start_matches('{').trim_end_matches('}');
    let pairs = split(object).into_iter();
    let pairs = pairs.filter_map(|pair| {
        let (name, value) = pair.split_once(':')?;
        let name = name.trim();
        let of = name.ends_with("Tokens").then_some(of);
        figure(name, value.trim(), of)
    });
    pairs.collect()
}

/// `calculateCost(model, input, output, cache_write, cache_read, …)`
fn priced(of: &str, arguments: &str) -> Vec<Check> {
    let names = ["input", "output", "cache_write", "cache_read", "web_search"];
    let counts = split(arguments).into_iter().skip(1);
    let counts = names.into_iter().zip(counts).filter_map(|(name, text)| {
        let sum = text.split('+').map(integer);
        Some((name, sum.sum::<Option<u64>>()?))
    });
    vec![Check::Call(of.to_owned(), counts.collect())]
}

fn value(subject: &str, of: &str, argument: &str) -> Option<Check> {
    if let Some((_, summed)) = subject.split_once(".reduce(") {
        let inner = summed.split_once("=>")?.1;
        let name = inner.rsplit_once(',').map_or(inner, |(sum, _)| sum);
        return figure(last_word(name), argument, None);
    }
    let added = |other: &str| subject.contains('+') && subject.contains(other);
    if added("outputTokens") && added("reasoningTokens") {
        return figure("outputTokens", argument, Some(of));
    }
    let called = subject.split(['(', '[']).next().unwrap_or_default();
    let name = if subject.contains('.') && !subject.contains("await") {
        last_word(subject)
    } else {
        called
    };
    let of_all = name.starts_with("total") && name != "total_input_tokens";
    let of = subject.contains('.') && !of_all;
    let single = subject.split('.').next().filter(|_| of);
    figure(name, argument, single)
}

fn figure(name: &str, value: &str, of: Option<&str>) -> Option<Check> {
    if RECORDS.contains(&name) {
        return integer(value).map(Check::Records);
    }
    if COSTS.contains(&name) {
        return money(value);
    }
    let (_, meaning) = NAMES.iter().find(|(known, _)| *known == name)?;
    let count = integer(value)?;
    Some(match of {
        Some(of) => Check::Call(of.to_owned(), vec![(*meaning, count)]),
        None => Check::Sum(meaning, count),
    })
}

/// An amount, and how many decimals of it are asserted.
fn money(text: &str) -> Option<Check> {
    let mut parts = split(text).into_iter();
    let amount = Exact::parse(&parts.next()?).ok()?;
    let decimals = parts.next().and_then(|text| text.parse().ok());
    Some(Check::Cost(amount, decimals.unwrap_or(amount.scale())))
}

fn last_word(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let end = text.trim_end_matches(|c| !is_part(c));
    let start = end.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    &end[start..]
}

/// A whole number as code writes it; `None` for anything that goes on behind it.
fn integer(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text
        .strip_prefix("Some(")
        .map_or(text, |rest| rest.trim_end_matches(')'));
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    digits.parse().ok()
}
