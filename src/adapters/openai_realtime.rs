//! Realtime sessions of OpenAI, Azure and xAI: every `response.done` is a bill of its own, and the
//! model is named only when the session begins.
//! <https://platform.openai.com/docs/api-reference/realtime-server-events>

use super::modal_usage::{self, Undivided};
use super::{
    Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader, openai_transcription,
    realtime_events, responses_attribution, shared,
};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, UsageRecord};

/// One event of a realtime session.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.realtime",
    docs: "https://platform.openai.com/docs/api-reference/realtime-server-events",
    recognizes: realtime_events::recognizes,
    reader: Reader::Stream(StreamReader {
        chunk: |event| Chunk {
            opens: event.is("type", "session.created"),
            ..Chunk::default()
        },
        open: || Box::new(Session::default()),
    }),
};

const TRANSCRIBED: &str = "conversation.item.input_audio_transcription.completed";

const TRANSCRIPTION: &str = "transcription";

/// What the session says of itself, and the bills so far.
#[derive(Default)]
struct Session {
    id: Option<String>,
    model: Option<String>,
    listener: Option<String>,
    provider: Option<&'static str>,
    records: Vec<UsageRecord>,
    /// Seconds of a live session so far: each event states them anew.
    seconds: Option<Quantity>,
}

impl Fold for Session {
    fn push(&mut self, event: &Object<'_>) -> Result<(), Fault> {
        if realtime_events::SESSION
            .iter()
            .any(|name| event.is("type", name))
        {
            self.learn(event)?;
        } else if realtime_events::is_done(event) {
            let record = self.response(event)?;
            self.records.push(record);
        } else if event.is("type", TRANSCRIBED) {
            let record = self.heard(event)?;
            self.records.push(record);
        } else if event.is("type", "session.usage.updated") || event.is("type", "session.closed") {
            let usage = event.object("usage")?;
            let seconds = usage.map_or(Ok(None), |usage| usage.quantity("seconds"))?;
            self.seconds = seconds.or(self.seconds);
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        self.records.extend(self.live_time());
        if self.records.is_empty() {
            return Ok(Reading::ignored("realtime events without a response"));
        }
        let model = context.model(self.model.as_deref());
        let by_name = responses_attribution::by_name(model.as_deref(), context);
        for record in &mut self.records {
            record
                .facts
                .text(Field::Provider, self.provider.or(by_name));
            let heard = record.facts.get_text(Field::OperationType) == Some(TRANSCRIPTION);
            if !heard && !record.facts.has(Field::ResponseModel) {
                record.facts.text(Field::ResponseModel, model.as_deref());
            }
        }
        Ok(Reading::Records(self.records))
    }
}

impl Session {
    fn learn(&mut self, event: &Object<'_>) -> Result<(), Fault> {
        let Some(session) = event.object("session")? else {
            return Ok(());
        };
        let model = session.text("model")?;
        // Azure's voice service describes the voice where OpenAI names it.
        let azure = session
            .peek("voice")
            .and_then(|voice| voice.at("/type"))
            .is_some();
        self.provider = azure.then_some("azure").or(self.provider);
        let places = [
            "/audio/input/transcription/model",
            "/input_audio_transcription/model",
        ];
        let heard = places
            .iter()
            .find_map(|place| session.raw().at(place)?.word());
        self.listener = heard.or(self.listener.take());
        self.model = model.or(self.model.take());
        self.id = session.text("id")?.or(self.id.take());
        Ok(())
    }

    /// The time of a live session, which is billed beside its responses.
    fn live_time(&self) -> Option<UsageRecord> {
        let mut record = UsageRecord::of("audio", "realtime");
        record.facts.text(Field::ResponseId, self.id.as_deref());
        record.add(Meter::AUDIO_SECOND, self.seconds?);
        Some(record)
    }

    fn response(&self, event: &Object<'_>) -> Result<UsageRecord, Fault> {
        let mut record = UsageRecord::of("audio", "realtime");
        let Some(response) = event.object("response")? else {
            return Ok(record);
        };
        let model = response.text("model")?.or(self.model.clone());
        record.facts.text(Field::ResponseModel, model);
        record.facts.text(Field::ResponseId, response.text("id")?);
        record
            .facts
            .text(Field::ConversationId, response.text("conversation_id")?);
        outcome(&mut record, &response)?;
        count_output(&response)?.state(&mut record);
        match response.object("usage")?.filter(|usage| !usage.is_empty()) {
            Some(usage) => read_tokens(&mut record, &usage)?,
            None => read_usage_beside(&mut record, event)?,
        }
        Ok(record)
    }

    /// What the user said is written down by a second model, which bills for itself.
    fn heard(&self, event: &Object<'_>) -> Result<UsageRecord, Fault> {
        let mut record = UsageRecord::of("audio", TRANSCRIPTION);
        record.facts.text(Field::ResponseId, event.text("item_id")?);
        record
            .facts
            .text(Field::ResponseModel, self.listener.as_deref());
        if self.listener.is_none() {
            record.gap("the session does not name the model that transcribes its input");
        }
        match event.object("usage")? {
            Some(usage) => openai_transcription::read_usage(&mut record, &usage)?,
            None => record.gap("the transcription carries no usage"),
        }
        Ok(record)
    }
}

fn read_tokens(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    record.raw_usage = Some(usage.numbers_only());
    modal_usage::tokens(record, usage, &Undivided::default())?;
    record.warn_unread(usage);
    Ok(())
}

/// xAI leaves the response's usage empty and puts counts beside it, but bills the session by time.
/// <https://docs.x.ai/docs/guides/voice>
fn read_usage_beside(record: &mut UsageRecord, event: &Object<'_>) -> Result<(), Fault> {
    let Some(usage) = event.object("usage")? else {
        record.gap("the response carries no usage");
        return Ok(());
    };
    record.raw_usage = Some(usage.numbers_only());
    modal_usage::tokens(record, &usage, &Undivided::default())?;
    let seconds = usage
        .quantity("billable_audio_seconds")?
        .unwrap_or_default();
    record.add(Meter::AUDIO_SECOND, seconds);
    usage.ignore(&["output_audio_seconds", "input_audio_seconds"]);
    record.warn_unread(&usage);
    record.gap("the session is billed by its time, which its events do not state");
    Ok(())
}

fn outcome(record: &mut UsageRecord, response: &Object<'_>) -> Result<(), Fault> {
    let status = response.text("status")?;
    let details = response
        .get("status_details")?
        .filter(|details| details.kind() == Kind::Object);
    let word = |place: &str| {
        details
            .and_then(|details| details.at(place))
            .and_then(Raw::word)
    };
    match status.as_deref() {
        Some("failed") => {
            record.failed(
                word("/error/code").or(word("/error/type")),
                word("/error/message"),
            );
            record.finished(status);
        }
        Some("cancelled") => {
            record.failed(word("/reason").or(status.clone()), None::<&str>);
            record.finished(status);
        }
        Some("incomplete") => record.finished(word("/reason").or(status)),
        _ => record.finished(status),
    }
    Ok(())
}

fn count_output(response: &Object<'_>) -> Result<shared::Counted, Fault> {
    let mut counted = shared::Counted::default();
    for item in response.objects("output")? {
        counted.tool_calls += u64::from(item.is("type", "function_call"));
        for part in item.objects("content")? {
            let said = part.peek("text").or_else(|| part.peek("transcript"));
            counted.chars += said.map_or(0, Raw::char_count);
        }
    }
    Ok(counted)
}
