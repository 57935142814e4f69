//! Text Generation Inference's own generate, whole. Hugging Face endpoints answer with a list of
//! such values. The prompt is counted only if its tokens were asked for.

use super::{Adapter, Context, Reader, Reading, probe, shared};
use crate::error::Fault;
use crate::json::Object;
use crate::money::Quantity;
use crate::usage::{Meter, UsageRecord};

/// `{"generated_text":"…","details":{"generated_tokens":…,"prefill":[…]}}`
pub const ADAPTER: Adapter = Adapter {
    id: "tgi.generate",
    docs: "https://huggingface.github.io/text-generation-inference/",
    recognizes: |body| {
        probe::is_text(body, "generated_text")
            && !body.names("token")
            && !body.names("generated_token_count")
            && body
                .keys()
                .all(|name| name == "generated_text" || name == "details")
    },
    reader: Reader::Body(read),
};

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = UsageRecord::of("text", "completion");
    let chars = probe::chars(body, "generated_text");
    shared::Counted {
        chars,
        tool_calls: 0,
    }
    .state(&mut record);
    match body.object("details")? {
        Some(details) => read_details(&mut record, &details)?,
        None => record.gap("the response does not state its usage"),
    }
    Ok(record.into())
}

/// The details of a whole response or of the last event of a stream.
pub fn read_details(record: &mut UsageRecord, details: &Object<'_>) -> Result<(), Fault> {
    record.finished(details.text("finish_reason")?);
    match details.count("generated_tokens")? {
        Some(tokens) => record.add(Meter::OUTPUT, tokens),
        None => record.gap("the details do not state the output tokens"),
    }
    for other in details.objects("best_of_sequences")? {
        record.add(Meter::OUTPUT, other.count_or_zero("generated_tokens")?);
    }
    let prefill = details.list("prefill")?.count();
    match details.count("input_length")? {
        Some(tokens) => record.add(Meter::INPUT, tokens),
        None if prefill > 0 => record.add(Meter::INPUT, Quantity::of_len(prefill)),
        None => record.gap("the details do not state the input tokens"),
    }
    Ok(())
}
