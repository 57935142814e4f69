//! An event of Bedrock's InvokeModelWithResponseStream whose payload is still base64, as it is on
//! the wire: `{"chunk":{"bytes":"…"}}`. The chunk inside is read by whoever reads its family.

use super::{Adapter, Context, Fold, Reader, Reading, StreamReader};
use super::{bedrock, recognize};
use crate::error::Fault;
use crate::json::Object;
use crate::usage::Field;

/// `{"chunk":{"bytes":"eyJ0…"}}`
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.event",
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html",
    recognizes: |event| inside(event, |_, _| ()).is_some(),
    reader: Reader::Stream(StreamReader {
        chunk: |event| inside(event, |reader, chunk| (reader.chunk)(chunk)).unwrap_or_default(),
        open: || Box::new(Stream::default()),
    }),
};

/// Applies `read` to the chunk inside, if a stream adapter reads it.
fn inside<T>(
    event: &Object<'_>,
    read: impl FnOnce(&'static StreamReader, &Object<'_>) -> T,
) -> Option<T> {
    let payload = bedrock::payload(event)?;
    let chunk = Object::parse(&payload).ok()?;
    match &recognize(&chunk)?.reader {
        Reader::Stream(reader) => Some(read(reader, &chunk)),
        Reader::Body(_) | Reader::Row(_) | Reader::Ignore(_) | Reader::Transcript(_) => None,
    }
}

#[derive(Default)]
struct Stream(Option<Box<dyn Fold>>);

impl Fold for Stream {
    fn push(&mut self, event: &Object<'_>) -> Result<(), Fault> {
        let pushed = inside(event, |reader, chunk| {
            self.0.get_or_insert_with(reader.open).push(chunk)
        });
        pushed.unwrap_or(Ok(()))
    }

    fn finish(self: Box<Self>, context: &Context<'_>) -> Result<Reading, Fault> {
        let Some(fold) = self.0 else {
            return Ok(Reading::ignored("empty stream"));
        };
        let mut reading = fold.finish(context)?;
        if let Reading::Records(records) = &mut reading {
            for record in records {
                record.facts.text(Field::Provider, Some("bedrock"));
            }
        }
        Ok(reading)
    }
}
