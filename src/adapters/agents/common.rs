//! What the transcripts of coding agents have in common.

use super::{Context, Entry, Reading, attribution, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{
    Field, Meter, NoteKind, PLAN_UNKNOWN, ReportedCost, TimeBasis, Timestamp, UsageRecord,
    clean_text,
};

/// What a value of a transcript is called that states no usage.
pub const NO_USAGE: &str = "transcript line without usage";

/// Separates the words of a key; no name holds it.
const BETWEEN: &str = "\u{1f}";

/// A response of a coding agent. Who pays for it by which plan, no transcript says.
pub fn record(platform: &str) -> UsageRecord {
    let mut record = UsageRecord::of("text", "chat");
    record.facts.text(Field::Platform, Some(platform));
    record.doubt(PLAN_UNKNOWN);
    record
}

/// Gives a record the words by which its tool knows it; none when one of them is missing.
pub fn name(record: &mut UsageRecord, words: &[Option<&str>]) {
    let words: Option<Vec<&str>> = words.iter().copied().collect();
    record.key = words.map(|words| words.join(BETWEEN));
}

/// A reading of one response, unless nothing was used and nothing is known to be missing.
pub fn used(record: UsageRecord) -> Reading {
    let lacks = record.notes.iter().any(|note| note.kind == NoteKind::Gap);
    if record.items.is_empty() && !lacks && !record.facts.has(Field::ErrorCode) {
        return Reading::ignored(NO_USAGE);
    }
    record.into()
}

/// The readings of a document, without what states no usage.
pub fn each(entries: Vec<Entry>) -> Reading {
    let entries: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| !matches!(entry.reading, Ok(Reading::Ignored(_))))
        .collect();
    if entries.is_empty() {
        return Reading::ignored("transcript without usage");
    }
    Reading::Each(entries)
}

/// Reads the objects of a list one by one, so that a broken one costs only itself.
pub fn each_of(
    document: &Object<'_>,
    list: &str,
    mut read: impl FnMut(usize, &Object<'_>) -> Result<Reading, Fault>,
) -> Result<Reading, Fault> {
    let elements = document.objects(list)?.into_iter().enumerate();
    let entries = elements.map(|(n, element)| Entry {
        pointer: format!("/{list}/{n}"),
        reading: read(n, &element),
    });
    Ok(each(entries.collect()))
}

/// When it happened, as the transcript says.
pub fn happened(record: &mut UsageRecord, at: Option<Timestamp>) {
    record.happened(at, TimeBasis::Envelope);
}

/// When it happened, from a field.
pub fn happened_at(record: &mut UsageRecord, line: &Object<'_>, name: &str) -> Result<(), Fault> {
    happened(record, shared::time(line, name)?);
    Ok(())
}

/// The project: the last part of the working directory, because the rest is a person's own.
pub fn project(record: &mut UsageRecord, directory: Option<&str>) {
    let last = directory.map(|path| path.trim_end_matches(['/', '\\']));
    tag(
        record,
        "project",
        last.and_then(|path| path.rsplit(['/', '\\']).next()),
    );
}

/// A label, unless there is nothing to say.
pub fn tag(record: &mut UsageRecord, name: &str, value: Option<&str>) {
    if let Some(value) = value.and_then(clean_text) {
        record.tags.insert(name.to_owned(), value);
    }
}

/// The money that the tool itself states; zero means that it does not know.
pub fn reported(record: &mut UsageRecord, line: &Object<'_>, name: &str) -> Result<(), Fault> {
    let known = line
        .exact(name)?
        .is_some_and(|cost| !cost.is_zero() && !cost.is_negative());
    if let (true, Some(amount)) = (known, line.number_text(name)?) {
        record.reported_cost = Some(ReportedCost {
            amount,
            currency: "USD".to_owned(),
            field: line.path_of(name),
        });
    }
    Ok(())
}

/// What tools call providers, and what we call them.
const PROVIDERS: &[(&str, &str)] = &[
    ("amazon-bedrock", "bedrock"),
    ("aws-bedrock", "bedrock"),
    ("google-vertex", "vertex"),
    ("google-vertex-anthropic", "vertex"),
    ("google-gemini", "google"),
    ("gemini", "google"),
    ("openai-codex", "openai"),
    ("openai-native", "openai"),
    ("azure-openai", "azure"),
    ("github-copilot", "github_copilot"),
    ("x-ai", "xai"),
    ("moonshotai", "moonshot"),
    ("zai-coding-plan", "zai"),
    ("z-ai", "zai"),
    ("deepseek-official", "deepseek"),
    ("qwen", "alibaba"),
];

/// Who served it, and the model: the provider as stated, else as known from outside, else by a
/// model's name that only one vendor serves.
pub fn served(
    record: &mut UsageRecord,
    provider: Option<&str>,
    model: Option<&str>,
    context: &Context<'_>,
) {
    let stated = provider.map(|name| {
        let name = name.trim().to_ascii_lowercase();
        let known = PROVIDERS.iter().find(|(theirs, _)| *theirs == name);
        known.map_or(name, |(_, ours)| (*ours).to_owned())
    });
    let by_name = |model: &str| match attribution::by_name(model) {
        None if model.starts_with("claude-") => Some("anthropic"),
        found => found,
    };
    let provider = stated
        .or_else(|| context.text(Field::Provider).map(str::to_owned))
        .or_else(|| by_name(model?).map(str::to_owned));
    record.facts.text(Field::Provider, provider);
    record
        .facts
        .text(Field::ResponseModel, context.model(model));
}

/// Provider and model of a name that holds both, such as `openai/gpt-5`.
pub fn split(model: Option<&str>, between: char) -> (Option<&str>, Option<&str>) {
    match model.and_then(|model| model.split_once(between)) {
        Some((provider, name)) => (Some(provider), Some(name)),
        None => (None, model),
    }
}

/// Who made a model that GitHub Copilot served, and its name there: the API-equivalent is theirs to
/// price. Copilot writes a point where Anthropic has a dash.
pub fn served_by_copilot(record: &mut UsageRecord, model: Option<&str>, context: &Context<'_>) {
    let own = model.map(|name| match name.strip_prefix("claude-") {
        Some(rest) => format!("claude-{}", rest.replace('.', "-")),
        None => name.to_owned(),
    });
    served(record, None, own.as_deref(), context);
    record.facts.text(Field::RequestedModel, model);
}

/// What a tool calls its counts; `""` is one that it does not have.
pub struct Names {
    /// Input tokens.
    pub input: &'static str,
    /// Input tokens read from a cache.
    pub cache_read: &'static str,
    /// Input tokens written to a cache.
    pub cache_write: &'static str,
    /// Output tokens.
    pub output: &'static str,
    /// Output tokens of hidden reasoning.
    pub reasoning: &'static str,
}

/// Counts as a tool states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Input tokens.
    pub input: Quantity,
    /// Input tokens read from a cache.
    pub cache_read: Quantity,
    /// Input tokens written to a cache.
    pub cache_write: Quantity,
    /// Output tokens.
    pub output: Quantity,
    /// Output tokens of hidden reasoning.
    pub reasoning: Quantity,
}

/// Which counts are a part of which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inside {
    /// Whether the cached tokens are among the input.
    pub cache: bool,
    /// Whether the reasoning is among the output.
    pub reasoning: bool,
}

/// Cached tokens are among the input and reasoning among the output, as OpenAI counts.
pub const ALL_INSIDE: Inside = Inside {
    cache: true,
    reasoning: true,
};
/// Every count stands for itself, as Anthropic counts.
pub const NONE_INSIDE: Inside = Inside {
    cache: false,
    reasoning: false,
};

impl Tokens {
    /// Reads counts by their names; what is not stated is zero.
    pub fn read(usage: &Object<'_>, names: &Names) -> Result<Self, Fault> {
        Ok(Self {
            input: usage.count_or_zero(names.input)?,
            cache_read: usage.count_or_zero(names.cache_read)?,
            cache_write: usage.count_or_zero(names.cache_write)?,
            output: usage.count_or_zero(names.output)?,
            reasoning: usage.count_or_zero(names.reasoning)?,
        })
    }

    /// Reads counts and keeps their object for audit.
    pub fn state(
        record: &mut UsageRecord,
        usage: &Object<'_>,
        names: &Names,
        inside: Inside,
    ) -> Result<(), Fault> {
        record.raw_usage = Some(usage.numbers_only());
        Self::read(usage, names)?.add_to(record, inside);
        Ok(())
    }

    /// Adds disjoint line items to a record.
    pub fn add_to(self, record: &mut UsageRecord, inside: Inside) {
        let cached = self
            .cache_read
            .plus(self.cache_write)
            .unwrap_or(self.cache_read);
        let input = if inside.cache {
            record.rest(self.input, cached, "the cached part")
        } else {
            self.input
        };
        let output = if inside.reasoning {
            record.rest(self.output, self.reasoning, "the reasoning part")
        } else {
            self.output
        };
        for (meter, quantity) in [
            (Meter::INPUT, input),
            (Meter::CACHE_READ, self.cache_read),
            (Meter::CACHE_WRITE, self.cache_write),
            (Meter::OUTPUT, output),
            (Meter::REASONING, self.reasoning),
        ] {
            record.add(meter, quantity);
        }
    }
}

impl Tokens {
    /// Which counts are a part of which, where the tool's own total tells; otherwise as declared.
    /// A total that is explained by neither says nothing.
    pub fn inside(&self, total: Option<Quantity>, declared: Inside) -> Inside {
        let sum = |inside: Inside| {
            let mut parts = vec![self.input, self.output];
            if !inside.cache {
                parts.extend([self.cache_read, self.cache_write]);
            }
            if !inside.reasoning {
                parts.push(self.reasoning);
            }
            let add = |sum: Quantity, part| sum.plus(part).ok();
            parts.into_iter().try_fold(Quantity::ZERO, add)
        };
        let others = [
            declared,
            ALL_INSIDE,
            NONE_INSIDE,
            Inside {
                cache: true,
                reasoning: false,
            },
            Inside {
                cache: false,
                reasoning: true,
            },
        ];
        let explains = |inside: &Inside| total.is_some() && sum(*inside) == total;
        others.into_iter().find(explains).unwrap_or(declared)
    }
}
