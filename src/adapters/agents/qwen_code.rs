//! Qwen Code: chat files.

use super::common::{self, Inside, NO_USAGE, Names, Tokens};
use super::{Adapter, Context, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::Field;

/// `{"type":"assistant","sessionId":…,"uuid":…,"model":…,"usageMetadata":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.qwen_code",
    docs: "https://qwenlm.github.io/qwen-code-docs/",
    recognizes: |line| {
        line.is("type", "assistant")
            && line.is_kind("usageMetadata", Kind::Object)
            && line.has("sessionId")
    },
    reader: Reader::Transcript(|| Box::new(Chat)),
};

/// Cached tokens are among the prompt, thoughts stand beside the candidates, as Gemini counts.
const NAMES: Names = Names {
    input: "promptTokenCount",
    cache_read: "cachedContentTokenCount",
    cache_write: "",
    output: "candidatesTokenCount",
    reasoning: "thoughtsTokenCount",
};

struct Chat;

impl Transcript for Chat {
    fn read(&mut self, line: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(usage) = line.object("usageMetadata")? else {
            return Ok(Reading::ignored(NO_USAGE));
        };
        let mut record = common::record("qwen-code");
        common::served(&mut record, None, line.text("model")?.as_deref(), context);
        common::happened_at(&mut record, line, "timestamp")?;
        common::project(&mut record, line.text("cwd")?.as_deref());
        common::tag(&mut record, "branch", line.text("gitBranch")?.as_deref());
        common::tag(&mut record, "cli_version", line.text("version")?.as_deref());
        let session = line.text("sessionId")?;
        record.facts.text(Field::ConversationId, session.as_deref());
        record.stated_total = usage.count("totalTokenCount")?;
        record.raw_usage = Some(usage.numbers_only());
        let tokens = Tokens::read(&usage, &NAMES)?;
        let declared = Inside {
            cache: true,
            reasoning: false,
        };
        let inside = tokens.inside(record.stated_total, declared);
        tokens.add_to(&mut record, inside);
        let id = match line.text("uuid")? {
            None => line.text("timestamp")?,
            uuid => uuid,
        };
        common::name(
            &mut record,
            &[Some("qwen-code"), session.as_deref(), id.as_deref()],
        );
        Ok(common::used(record))
    }
}
