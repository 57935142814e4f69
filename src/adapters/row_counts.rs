//! The counts of a row → disjoint meters. What is inside of what is decided by the total where there
//! is one: cached tokens inside of or beside the input, reasoning inside of or beside the output. What
//! only the total shows is counted as output, and said to be so.

use super::openai_counts::sum_of;
use super::row_names::{Role, role};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{METERS, Meter, UsageRecord};

/// How counts stand to each other where no total tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Cached tokens are inside of the input.
    Inclusive,
    /// They are beside it.
    Exclusive,
    /// So are reasoning and audio beside the output and the input.
    Apart,
}

/// Audio among the input (the cached part included), the cached tokens and the output.
#[derive(Debug, Clone, Copy, Default)]
struct Audio {
    input: Quantity,
    cached: Quantity,
    output: Quantity,
}

/// The counts of a row as stated.
#[derive(Debug, Default)]
pub struct Counts {
    input: Option<Quantity>,
    output: Option<Quantity>,
    total: Option<Quantity>,
    read: Quantity,
    write: Quantity,
    write_1h: Quantity,
    reasoning: Quantity,
    audio: Audio,
    /// Counts that stand for themselves.
    others: Vec<(Meter, Quantity)>,
    convention: Option<Convention>,
    /// The numbers as they were named, for audit.
    stated: Vec<(String, Quantity)>,
}

impl Counts {
    /// Reads what a row states under anybody's names. Where two names mean the same the first counts.
    ///
    /// # Errors
    /// When a count is no whole number of at least zero.
    pub fn read(holder: &Object<'_>, inside: bool) -> Result<Self, Fault> {
        let mut counts = Self::default();
        let mut taken = Vec::new();
        let (mut beside, mut within) = (false, false);
        for name in holder.keys() {
            if let Some(inner) = holder.peek(name).and_then(Raw::object).filter(|_| inside) {
                counts.read_inner(name, &inner, &mut taken)?;
                continue;
            }
            let Some(role) = role(name, inside).filter(|role| !taken.contains(role)) else {
                continue;
            };
            let Some(count) = holder.count(name)? else {
                continue;
            };
            taken.push(role);
            // Anthropic's names mean Anthropic's counting, OpenAI's mean theirs.
            beside |= matches!(
                name,
                "cache_read_input_tokens" | "cache_creation_input_tokens"
            );
            within |= matches!(
                name,
                "prompt_tokens" | "cached_tokens" | "cached_input_tokens"
            );
            counts.set(role, name, count);
        }
        counts.convention = match (beside, within) {
            (true, false) => Some(Convention::Exclusive),
            (false, true) => Some(Convention::Inclusive),
            (true, true) | (false, false) => None,
        };
        Ok(counts)
    }

    /// `{"cache":{"read":…,"write":…}}` inside of an object of counts.
    fn read_inner(
        &mut self,
        holder: &str,
        inner: &Object<'_>,
        taken: &mut Vec<Role>,
    ) -> Result<(), Fault> {
        for name in inner.keys() {
            let joined = format!("{holder}{name}");
            let known = role(&joined, true).filter(|role| !taken.contains(role));
            if let (Some(role), Some(count)) = (known, inner.count(name)?) {
                taken.push(role);
                self.set(role, &joined, count);
            }
        }
        Ok(())
    }

    /// Reads the counts that a format has put together under our own names.
    ///
    /// # Errors
    /// When a count is no number of at least zero.
    pub fn put_together(row: &Object<'_>) -> Result<Self, Fault> {
        let mut counts = Self::default();
        for (role, name) in [
            (Role::Input, "input"),
            (Role::Output, "output"),
            (Role::CacheRead, "cache_read"),
            (Role::CacheWrite, "cache_write"),
            (Role::CacheWrite1h, "cache_write_1h"),
            (Role::Reasoning, "reasoning"),
            (Role::Total, "total"),
        ] {
            if let Some(count) = row.count(name)? {
                counts.set(role, name, count);
            }
        }
        for meter in METERS.iter().filter(|meter| !OWN.contains(&meter.name)) {
            if let Some(count) = row.quantity(meter.name)? {
                counts.stated.push((meter.name.to_owned(), count));
                counts.others.push((Meter::named(meter.name), count));
            }
        }
        counts.convention = match row.text("convention")?.as_deref() {
            Some("inclusive") => Some(Convention::Inclusive),
            Some("exclusive") => Some(Convention::Exclusive),
            Some(_) | None => None,
        };
        Ok(counts)
    }

    /// Counts whose roles somebody else has found.
    pub fn stated(
        counts: impl IntoIterator<Item = (Role, String, Quantity)>,
        convention: Option<Convention>,
    ) -> Self {
        let mut stated = Self {
            convention,
            ..Self::default()
        };
        for (role, name, count) in counts {
            stated.set(role, &name, count);
        }
        stated
    }

    fn set(&mut self, role: Role, name: &str, count: Quantity) {
        self.stated.push((name.to_owned(), count));
        match role {
            Role::Input => self.input = Some(count),
            Role::Output => self.output = Some(count),
            Role::Total => self.total = Some(count),
            Role::CacheRead => self.read = count,
            Role::CacheWrite => self.write = count,
            Role::CacheWrite1h => self.write_1h = count,
            Role::Reasoning => self.reasoning = count,
            Role::InputAudio => self.audio.input = count,
            Role::CacheReadAudio => self.audio.cached = count,
            Role::OutputAudio => self.audio.output = count,
        }
    }

    /// The numbers alone, as JSON.
    pub fn raw(&self) -> String {
        let fields = self.stated.iter().map(|(name, count)| {
            format!("\"{}\":{}", crate::json::printable(name), count.written())
        });
        let mut fields: Vec<String> = fields.collect();
        // In the order of their names, so that reordered copies of a row are equal.
        fields.sort_unstable();
        fields.dedup();
        format!("{{{}}}", fields.join(","))
    }

    /// States the counts as disjoint line items.
    pub fn state(mut self, record: &mut UsageRecord) {
        record.stated_total = self.total;
        for (meter, count) in std::mem::take(&mut self.others) {
            record.add(meter, count);
        }
        if !self.complete(record) {
            return;
        }
        let (input, output) = (
            self.input.unwrap_or_default(),
            self.output.unwrap_or_default(),
        );
        let sum = |parts: &[Quantity]| sum_of(parts).unwrap_or_default();
        let cache = sum(&[self.read, self.write, self.write_1h]);
        let base = sum(&[input, output]);
        // Where cached tokens have a count of their own, audio has one, too.
        let apart = sum(&[base, self.audio.input, self.audio.output]);
        let with = [
            (base, false, false),
            (sum(&[base, self.reasoning]), false, true),
            (sum(&[apart, cache]), true, false),
            (sum(&[apart, self.read]), true, false),
            (sum(&[apart, cache, self.reasoning]), true, true),
        ];
        let told = with.iter().find(|(sum, ..)| Some(*sum) == self.total);
        let exclusive = match told {
            _ if cache > input => true,
            Some((_, exclusive, _)) => *exclusive,
            None => self.assumed(record, cache),
        };
        let apart_said = told.is_none() && self.convention == Some(Convention::Apart);
        let beside =
            told.is_some_and(|(.., beside)| *beside) || self.reasoning > output || apart_said;
        self.add(record, exclusive, beside);
        let counted = sum(&[
            if exclusive { apart } else { base },
            if exclusive { cache } else { Quantity::ZERO },
            if beside {
                self.reasoning
            } else {
                Quantity::ZERO
            },
        ]);
        hidden(record, self.total, counted);
    }

    /// Fills in the one count that the total tells; says what is missing. False when there is nothing
    /// to count.
    fn complete(&mut self, record: &mut UsageRecord) -> bool {
        let rest = |stated: Quantity, total: Quantity| total.minus(stated).unwrap_or_default();
        let is_embedding =
            record.facts.get_text(crate::usage::Field::Modality) == Some("embedding");
        if self.output.is_none() && self.input.is_none() {
            if is_embedding {
                // Nothing but input is used.
                self.input = self.total;
            } else if !self.reasoning.is_zero() {
                self.output = Some(self.reasoning);
            }
        }
        match (self.input, self.output, self.total) {
            (Some(_), Some(_), _) => {}
            (None, None, Some(_)) => {
                record.gap(
                    "only a total of tokens is stated: input and output have different prices",
                );
                return false;
            }
            (None, None, None) => {
                if record.items.is_empty() {
                    record.gap("no token counts are stated");
                }
                return false;
            }
            (Some(input), None, Some(total)) => self.output = Some(rest(input, total)),
            (None, Some(output), Some(total)) => self.input = Some(rest(output, total)),
            (Some(_), None, None) => {
                if !is_embedding && record.items.is_empty() {
                    record.gap("output tokens are not stated");
                }
            }
            (None, Some(_), None) => record.gap("input tokens are not stated"),
        }
        true
    }

    fn assumed(&self, record: &mut UsageRecord, cache: Quantity) -> bool {
        if self.convention == Some(Convention::Apart) {
            return true;
        }
        if cache.is_zero() {
            return false;
        }
        let convention = self.convention.unwrap_or(Convention::Inclusive);
        if self.convention.is_none() {
            record.doubt("nothing tells whether the input count contains the cached tokens; it is taken to contain them");
        }
        convention == Convention::Exclusive
    }

    fn add(&self, record: &mut UsageRecord, exclusive: bool, beside: bool) {
        let (mut input, mut output) = (
            self.input.unwrap_or_default(),
            self.output.unwrap_or_default(),
        );
        if !exclusive {
            for (part, what) in [
                (self.read, "the cached count"),
                (self.write, "the written count"),
                (self.write_1h, "the written count"),
            ] {
                input = record.rest(input, part, what);
            }
        }
        let audio = self.audio;
        let heard = record.rest(audio.input, audio.cached, "the cached audio");
        let read = record.rest(self.read, audio.cached, "the cached audio");
        if !exclusive {
            input = record.rest(input, heard, "the audio count");
            output = record.rest(output, audio.output, "the audio count");
        }
        if !beside {
            output = record.rest(output, self.reasoning, "the reasoning count");
        }
        record.add(Meter::INPUT, input);
        record.add(Meter::INPUT_AUDIO, heard);
        record.add(Meter::CACHE_READ, read);
        record.add(Meter::CACHE_READ_AUDIO, audio.cached);
        record.add(Meter::CACHE_WRITE, self.write);
        record.add(Meter::CACHE_WRITE_1H, self.write_1h);
        record.add(Meter::OUTPUT, output);
        record.add(Meter::OUTPUT_AUDIO, audio.output);
        record.add(Meter::REASONING, self.reasoning);
    }
}

/// Meters that take part in the arithmetic.
const OWN: &[&str] = &[
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "reasoning",
];

/// A remainder that only the total shows is real money: models think in secret.
fn hidden(record: &mut UsageRecord, total: Option<Quantity>, counted: Quantity) {
    match total.map(|total| total.minus(counted)) {
        Some(Ok(rest)) if !rest.is_zero() => {
            record.doubt("the total is larger than the counts; the rest is counted as output");
            record.add(Meter::OUTPUT, rest);
        }
        Some(Err(_)) => record.warn("the total is smaller than the counts it should be the sum of"),
        Some(Ok(_)) | None => {}
    }
}
