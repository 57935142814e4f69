//! Droid: the settings that stand beside a session, with the session's totals so far. They grow, so
//! the latest is the whole of it. The session's name stands in the file's name only.

use super::common::{self, NO_USAGE, NONE_INSIDE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Field;

/// `{"model":…,"providerLock":…,"tokenUsage":{"inputTokens":…,"thinkingTokens":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.droid",
    docs: "https://docs.factory.ai/cli/configuration/settings",
    recognizes: |value| {
        let usage = || value.peek("tokenUsage").and_then(Raw::object);
        let is_ours = |usage: Object<'_>| {
            value.has("providerLock")
                || usage.has("thinkingTokens")
                || usage.has("cacheCreationTokens")
        };
        value.is_kind("tokenUsage", Kind::Object) && usage().is_some_and(is_ours)
    },
    reader: Reader::Transcript(|| Box::new(Settings)),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cacheReadTokens",
    cache_write: "cacheCreationTokens",
    output: "outputTokens",
    reasoning: "thinkingTokens",
};

struct Settings;

impl Transcript for Settings {
    fn read(&mut self, settings: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(usage) = settings.object("tokenUsage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("droid");
        let model = settings.text("model")?.map(|model| plain(&model));
        let provider = settings.text("providerLock")?;
        common::served(&mut record, provider.as_deref(), model.as_deref(), context);
        common::happened_at(&mut record, settings, "providerLockTimestamp")?;
        let file = context.path_part(0);
        let session = file.map(|name| name.trim_end_matches(".json").trim_end_matches(".settings"));
        record.facts.text(Field::ConversationId, session);
        Tokens::state(&mut record, &usage, &NAMES, NONE_INSIDE)?;
        common::name(&mut record, &[Some("droid"), session]);
        Ok(common::used(record))
    }
}

/// The model's name without the provider that is written behind it: `Claude-Sonnet-4-[Anthropic]`.
fn plain(model: &str) -> String {
    let name = model.split('[').next().unwrap_or(model);
    name.trim_end_matches(['-', ' ']).to_ascii_lowercase()
}
