//! Kiro: the sessions of its command line, which state credits per turn and no tokens.

use super::common::{self, NO_USAGE};
use super::{Adapter, Context, Entry, Reader, Reading, Transcript, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, Meter};

/// `{"session_id":…,"session_state":{"conversation_metadata":{"user_turn_metadatas":[…]}}}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.kiro",
    docs: "https://kiro.dev/docs/cli/",
    recognizes: |value| {
        let is_run = value.has("executionId") && (value.has("chat") || value.has("workflowType"));
        value.has("session_state") && value.has("session_id") || is_run && !value.has("usage")
    },
    reader: Reader::Transcript(|| Box::new(Session)),
};

const TURNS: &str = "/session_state/conversation_metadata/user_turn_metadatas";
const MODEL: &str = "/session_state/rts_model_state/model_info/model_id";

struct Session;

impl Transcript for Session {
    fn read(&mut self, document: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
        let turns = document.raw().at(TURNS).into_iter().flat_map(Raw::elements);
        let turns = turns.filter_map(Raw::object).enumerate();
        let entries = turns.map(|(n, of_turn)| Entry {
            pointer: format!("{TURNS}/{n}"),
            reading: turn(&of_turn, n, document, context),
        });
        Ok(common::each(entries.collect()))
    }
}

fn turn(
    turn: &Object<'_>,
    position: usize,
    document: &Object<'_>,
    context: &Context<'_>,
) -> Result<Reading, Fault> {
    let mut record = common::record("kiro");
    let model = document.raw().at(MODEL).and_then(Raw::word);
    common::served(&mut record, Some("kiro"), model.as_deref(), context);
    let session = document.text("session_id")?;
    record.facts.text(Field::ConversationId, session.as_deref());
    common::project(&mut record, document.text("cwd")?.as_deref());
    common::happened(&mut record, shared::time(turn, "end_timestamp")?);
    for metered in turn.objects("metering_usage")? {
        if metered.is("unit", "credit") {
            record.add(
                Meter::CREDIT,
                metered.quantity("value")?.unwrap_or_default(),
            );
        }
    }
    common::name(
        &mut record,
        &[
            Some("kiro"),
            session.as_deref(),
            Some(&position.to_string()),
        ],
    );
    if record.items.is_empty() {
        return Ok(Reading::ignored(NO_USAGE));
    }
    Ok(record.into())
}
