//! Mux: the chat file of a workspace, named only by its directory.

use super::common::{self, ALL_INSIDE, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::usage::Field;

/// `{"id":…,"role":"assistant","parts":[…],"metadata":{"model":"anthropic:…","usage":{…}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.mux",
    docs: "https://mux.coder.com/",
    recognizes: |line| {
        let metadata = || line.peek("metadata").and_then(Raw::object);
        let is_ours = |metadata: Object<'_>| {
            let model = metadata.peek("model").and_then(Raw::string);
            metadata.has("historySequence") || model.is_some_and(|model| model.contains(':'))
        };
        line.is_kind("parts", Kind::Array) && line.has("role") && metadata().is_some_and(is_ours)
    },
    reader: Reader::Transcript(|| Box::new(Chat)),
};

const NAMES: Names = Names {
    input: "inputTokens",
    cache_read: "cachedInputTokens",
    cache_write: "",
    output: "outputTokens",
    reasoning: "reasoningTokens",
};

struct Chat;

impl Transcript for Chat {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(metadata) = line.object("metadata")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let Some(usage) = metadata.object("usage")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("mux");
        let model = metadata.text("model")?;
        let (provider, name) = common::split(model.as_deref(), ':');
        common::served(&mut record, provider, name, context);
        common::happened_at(&mut record, &metadata, "timestamp")?;
        let workspace = context.path_part(1);
        record.facts.text(Field::ConversationId, workspace);
        record.raw_usage = Some(usage.numbers_only());
        let mut tokens = Tokens::read(&usage, &NAMES)?;
        let written = metadata
            .raw()
            .at("/providerMetadata/anthropic")
            .and_then(Raw::object);
        if let Some(anthropic) = written {
            tokens.cache_write = anthropic.count_or_zero("cacheCreationInputTokens")?;
        }
        tokens.add_to(&mut record, ALL_INSIDE);
        common::name(
            &mut record,
            &[Some("mux"), workspace, line.text("id")?.as_deref()],
        );
        Ok(common::used(record))
    }
}
