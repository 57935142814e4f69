//! Speech, streamed as events: audio, then one event with the usage. The plain endpoint answers with
//! sound only. <https://platform.openai.com/docs/api-reference/audio/speech-audio-done-event>

use super::modal_usage::{self, Undivided};
use super::{Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::{Field, Meter, Status, UsageRecord};

/// One event of a speech stream.
pub const ADAPTER: Adapter = Adapter {
    id: "openai.speech_stream",
    docs: "https://platform.openai.com/docs/api-reference/audio/speech-audio-done-event",
    recognizes: |event| {
        event.is("type", "speech.audio.delta") || event.is("type", "speech.audio.done")
    },
    reader: Reader::Stream(StreamReader {
        chunk: |event| Chunk {
            closes: event.is("type", "speech.audio.done"),
            ..Chunk::default()
        },
        open: || Box::new(Stream::default()),
    }),
};

#[derive(Default)]
struct Stream {
    usage: Option<String>,
    done: bool,
}

impl Fold for Stream {
    fn push(&mut self, event: &Object<'_>) -> Result<(), Fault> {
        self.done |= event.is("type", "speech.audio.done");
        if let Some(usage) = event.object("usage")? {
            self.usage = Some(usage.raw().as_str().to_owned());
        }
        Ok(())
    }

    fn finish(self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        let mut record = UsageRecord::of("audio", "speech");
        record.facts.text(Field::ResponseModel, context.model(None));
        if !self.done {
            record.status = Status::Partial;
        }
        let Some(usage) = self.usage else {
            record.gap("the stream carries no usage");
            return Ok(record.into());
        };
        let usage = Object::parse(&usage)?;
        record.raw_usage = Some(usage.numbers_only());
        let output = Meter::OUTPUT_AUDIO;
        modal_usage::tokens(
            &mut record,
            &usage,
            &Undivided {
                output,
                ..Undivided::default()
            },
        )?;
        record.warn_unread(&usage);
        Ok(record.into())
    }
}
