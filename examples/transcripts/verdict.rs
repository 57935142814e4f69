//! What became of one sample: whether the tokens that its index entry states are those that were read,
//! and, apart from that, whether its numbers of calls and its costs are.

use super::Reading;
use super::asserted::Check;
use super::explained::{self, Kind};
use super::figures::{holds, totals_hold, unsplit_holds, ways};

/// How what is stated of a sample compares with what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Agree,
    /// Only the total does: nothing says what it is made of, though the other tool does.
    InTotal(&'static str),
    /// It does not, and the other tool is wrong or decides otherwise: the evidence.
    Theirs(&'static str),
    /// It does not, and that is our lack: why.
    Ours(&'static str),
    /// It does not, and nobody has explained it.
    Differ(String),
}

/// What became of one sample.
pub enum Found {
    /// Something is stated of all of it.
    Stated {
        /// The tokens; `None` where none are stated.
        tokens: Option<Verdict>,
        /// Numbers of calls, and costs; `None` where none are stated.
        rest: Option<Verdict>,
    },
    /// What is stated is of files, or of states of them, that are not in the sample: why.
    Incomplete(&'static str),
    /// No usage can be read from it, which is said: why.
    Unsupported(String),
    /// It is recognised, and nothing is stated of it.
    Silent,
    /// Nobody knows what it is.
    Unknown(String),
}

/// The column of a sample in the table of tokens, and what is to be said of it there.
pub const COLUMNS: [&str; 10] = [
    "agree",
    "in total",
    "theirs",
    "ours",
    "differ",
    "calls only",
    "incomplete",
    "silent",
    "unsupported",
    "unknown",
];

impl Found {
    /// Its column among [`COLUMNS`], by its tokens, and the reason why it stands there.
    pub fn column(&self) -> (usize, String) {
        match self {
            Self::Stated {
                tokens: Some(tokens),
                ..
            } => tokens.parts(),
            Self::Stated { tokens: None, .. } => (
                5,
                "its index entry states no count of tokens, or only zeros".to_owned(),
            ),
            Self::Incomplete(why) => (6, (*why).to_owned()),
            Self::Silent => (7, "its index entry states no number".to_owned()),
            Self::Unsupported(why) => (8, why.clone()),
            Self::Unknown(what) => (9, what.clone()),
        }
    }
}

impl Found {
    /// Whether it is counted as it is for a reason that is kept in `explained`.
    pub fn needs_reason(&self) -> bool {
        let explained = |verdict: &Option<Verdict>| {
            matches!(
                verdict,
                Some(Verdict::InTotal(_) | Verdict::Theirs(_) | Verdict::Ours(_))
            )
        };
        match self {
            Self::Stated { tokens, rest } => explained(tokens) || explained(rest),
            Self::Incomplete(_) | Self::Unsupported(_) => true,
            Self::Silent | Self::Unknown(_) => false,
        }
    }
}

impl Verdict {
    /// Its column: agree, in total, theirs, ours, differ; and the reason.
    pub fn parts(&self) -> (usize, String) {
        match self {
            Self::Agree => (0, String::new()),
            Self::InTotal(why) => (1, (*why).to_owned()),
            Self::Theirs(why) => (2, (*why).to_owned()),
            Self::Ours(why) => (3, (*why).to_owned()),
            Self::Differ(what) => (4, what.clone()),
        }
    }
}

/// Compares what is stated of a sample with what was read of it.
pub fn judge(name: &str, stated: &[Check], reading: &Reading) -> Found {
    let reason = explained::reason(name).map(|(_, kind, why)| (*kind, *why));
    match reason {
        Some((Kind::Incomplete, why)) => return Found::Incomplete(why),
        Some((Kind::Unsupported, why)) => return Found::Unsupported(why.to_owned()),
        Some((Kind::Theirs | Kind::Ours, _)) | None => {}
    }
    if let Some(why) = unreadable(reading) {
        return Found::Unsupported(why);
    }
    let (tokens, rest): (Vec<&Check>, Vec<&Check>) =
        stated.iter().partition(|check| check.counts_tokens());
    if stated.is_empty() {
        return if is_known(reading) {
            Found::Silent
        } else {
            Found::Unknown(told(reading))
        };
    }
    let wrong = |checks: &[&Check]| -> Vec<String> {
        let wrong = checks
            .iter()
            .filter(|check| !holds(check, &reading.entries));
        wrong.map(|check| format!("{check:?}")).collect()
    };
    let unsplit = unsplit_holds(&tokens, &reading.entries);
    let explained = |wrong: Vec<String>| match reason {
        _ if wrong.is_empty() => Verdict::Agree,
        Some((_, why)) if unsplit => Verdict::InTotal(why),
        Some((Kind::Theirs, why)) => Verdict::Theirs(why),
        Some((Kind::Ours, why)) => Verdict::Ours(why),
        Some((Kind::Incomplete | Kind::Unsupported, _)) | None => {
            Verdict::Differ(format!("stated {wrong:?}\n    read {}", told(reading)))
        }
    };
    let of_tokens = if totals_hold(&tokens, &reading.entries) {
        Vec::new()
    } else {
        wrong(&tokens)
    };
    let states_tokens = tokens.iter().any(|check| !check.is_zero());
    let states_rest = !rest.is_empty() || !tokens.is_empty() && !states_tokens;
    let all: Vec<&Check> = stated.iter().collect();
    Found::Stated {
        tokens: states_tokens.then(|| explained(of_tokens)),
        rest: states_rest.then(|| explained(wrong(if states_tokens { &rest } else { &all }))),
    }
}

/// Why nothing of a sample can be read, where that is so.
fn unreadable(reading: &Reading) -> Option<String> {
    let mut sources = reading.outcomes.sources.iter();
    let is_unreadable = sources.any(|source| source.status == "unreadable");
    let reject = reading.outcomes.rejects.first()?;
    (is_unreadable && reading.entries.is_empty()).then(|| reject.reason.clone())
}

/// Whether a sample of which nothing is stated is taken for what it is.
fn is_known(reading: &Reading) -> bool {
    let sources = &reading.outcomes.sources;
    let mut ignored = reading.outcomes.ignored.keys();
    !reading.entries.is_empty()
        || sources
            .iter()
            .any(|source| source.format.starts_with("sqlite:"))
        || ignored.any(|kind| kind.contains("transcript"))
}

/// What was read, in short.
fn told(reading: &Reading) -> String {
    let entries = reading.entries.iter();
    let counts: Vec<_> = entries
        .map(|entry| {
            ways(&entry.record)
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .collect::<Vec<_>>()
        })
        .collect();
    let costs: Vec<_> = reading
        .entries
        .iter()
        .map(|entry| {
            (
                entry.receipt.cost.map(|cost| cost.exact().to_string()),
                entry
                    .record
                    .reported_cost
                    .as_ref()
                    .map(|cost| cost.amount.clone()),
            )
        })
        .collect();
    let sources = reading.outcomes.sources.iter();
    let formats: Vec<_> = sources
        .map(|source| (source.status, &source.format, &source.reason))
        .collect();
    let rejects = reading.outcomes.rejects.iter();
    let rejects: Vec<_> = rejects.map(|reject| &reject.reason).collect();
    format!(
        "{counts:?} {costs:?}\n    {formats:?} ignored {:?} rejected {rejects:?}",
        reading.outcomes.ignored
    )
}
