//! What the numbers of a row count, by the names that developers give them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::json::{Names, plain};

/// What a number of a row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Input,
    Output,
    CacheRead,
    CacheWrite,
    CacheWrite1h,
    Reasoning,
    Total,
    /// Of the input, what is audio and was not cached.
    InputAudio,
    /// Of the cached tokens, what is audio.
    CacheReadAudio,
    /// Of the output, what is audio.
    OutputAudio,
}

impl Role {
    /// Whether it alone makes a row of an object with a model.
    pub fn makes_a_row(self) -> bool {
        matches!(self, Self::Input | Self::Output | Self::Total)
    }
}

/// Names of counts without case and punctuation, wherever they stand.
const NAMES: &[(Role, &[&str])] = &[
    (
        Role::Input,
        &[
            "inputtokens",
            "prompttokens",
            "tokensin",
            "intokens",
            "tokensinput",
            "tokensprompt",
            "inputtokencount",
            "prompttokencount",
            "numinputtokens",
            "numprompttokens",
            "inputtokensused",
            "tokeninput",
            "prompttokensused",
            "nprompttokens",
            "ninputtokens",
            "llmtokencountprompt",
            "nativetokensprompt",
            "tokensinputcount",
            "totalinputtokens",
            "totalprompttokens",
            "tokensintotal",
        ],
    ),
    (
        Role::Output,
        &[
            "outputtokens",
            "completiontokens",
            "tokensout",
            "outtokens",
            "tokensoutput",
            "tokenscompletion",
            "outputtokencount",
            "completiontokencount",
            "candidatestokencount",
            "numoutputtokens",
            "numcompletiontokens",
            "generatedtokens",
            "tokenoutput",
            "completiontokensused",
            "ncompletiontokens",
            "noutputtokens",
            "llmtokencountcompletion",
            "nativetokenscompletion",
            "responsetokens",
            "totaloutputtokens",
            "totalcompletiontokens",
        ],
    ),
    (
        Role::CacheRead,
        &[
            "cachereadinputtokens",
            "cachedinputtokens",
            "cachedtokens",
            "cachereadtokens",
            "tokenscached",
            "promptcachehittokens",
            "cachedprompttokens",
            "inputcachedtokens",
            "cachehittokens",
            "cachereadinputtokencount",
            "cachedcontenttokencount",
            "tokenscacheread",
            "promptcachedtokens",
            "cachereads",
            "inputcacheread",
            "nativetokenscached",
            "genaiusagecachereadinputtokens",
            "llmtokencountpromptdetailscacheread",
        ],
    ),
    (
        Role::CacheWrite,
        &[
            "cachecreationinputtokens",
            "cachewritetokens",
            "cachecreationtokens",
            "cachewriteinputtokens",
            "cachewriteinputtokencount",
            "promptcachewritetokens",
            "tokenscachewrite",
            "cachewrites",
            "inputcachecreation",
            "genaiusagecachecreationinputtokens",
            "llmtokencountpromptdetailscachewrite",
            "tokenscachecreation",
        ],
    ),
    (
        Role::CacheWrite1h,
        &[
            "cachewrite1htokens",
            "cachecreation1htokens",
            "ephemeral1hinputtokens",
        ],
    ),
    (
        Role::Reasoning,
        &[
            "reasoningtokens",
            "thinkingtokens",
            "thoughtstokencount",
            "thoughtstokens",
            "outputreasoningtokens",
            "tokensreasoning",
            "reasoningoutputtokens",
            "nativetokensreasoning",
            "genaiusagereasoningoutputtokens",
            "llmtokencountcompletiondetailsreasoning",
            "thoughttokens",
        ],
    ),
    (
        Role::Total,
        &[
            "totaltokens",
            "tokensused",
            "tokenstotal",
            "totaltokencount",
            "usedtokens",
            "tokencount",
            "tokens",
            "llmtokencounttotal",
        ],
    ),
];

/// Names that are counts only inside of an object of counts.
const INSIDE: &[(Role, &[&str])] = &[
    (Role::Input, &["input", "in", "prompt"]),
    (Role::Output, &["output", "out", "completion"]),
    (Role::CacheRead, &["cached", "cacheread", "cachereads"]),
    (
        Role::CacheWrite,
        &["cachewrite", "cachecreation", "cachewrites"],
    ),
    (Role::Reasoning, &["reasoning", "thinking", "thoughts"]),
    (Role::Total, &["total"]),
];

/// Words that tell a part, a limit or a price from a count, in a name of which only the end is known.
const NO_COUNT: &[&str] = &[
    "cache", "reason", "audio", "detail", "price", "cost", "rate", "limit", "max", "budget",
    "estimate", "window", "saved",
];

/// [`NAMES`] to look up in.
fn by_name() -> &'static BTreeMap<&'static str, Role> {
    static BY_NAME: LazyLock<BTreeMap<&str, Role>> = LazyLock::new(|| {
        let roles = NAMES.iter().rev();
        let names = roles.flat_map(|(role, names)| names.iter().map(|name| (*name, *role)));
        names.collect()
    });
    &BY_NAME
}

/// What a field counts, by its name.
pub fn role(name: &str, inside: bool) -> Option<Role> {
    thread_local! { static KNOWN: [Names<Option<Role>>; 2] = const { [Names::new(), Names::new()] }; }
    KNOWN.with(|[outside, within]| {
        let known = if inside { within } else { outside };
        known.of(name, |name| find(name, inside))
    })
}

fn find(name: &str, inside: bool) -> Option<Role> {
    let whole = plain(name);
    let known = |name: &str| by_name().get(name).copied();
    let within = || {
        let mut roles = INSIDE.iter();
        let (role, _) = roles.find(|(_, names)| names.contains(&whole.as_str()))?;
        Some(*role)
    };
    let found = known(&whole).or_else(|| inside.then(within).flatten());
    found.or_else(|| {
        let (_, last) = name.rsplit_once('.')?;
        let a_count = !NO_COUNT.iter().any(|word| whole.contains(word));
        a_count.then(|| known(&plain(last))).flatten()
    })
}
