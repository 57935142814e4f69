//! Bedrock Agents and RetrieveAndGenerate, streamed. Only traces state usage, one per call of a
//! model; without traces what the agent consumed is unknown.

use std::collections::BTreeMap;

use super::{Adapter, Chunk, Context, Fold, Reader, Reading, StreamReader};
use super::{bedrock, bedrock_guardrail, probe, shared};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Timestamp, UsageRecord, clean_text};

/// `{"trace":{"agentId":…,"trace":{…}}}`, `{"chunk":{"bytes":"…"}}`, `{"output":{"text":"…"}}`
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.agent",
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html",
    recognizes,
    reader: Reader::Stream(StreamReader {
        chunk: |_| Chunk::default(),
        open: || Box::new(Stream::default()),
    }),
};

fn recognizes(event: &Object<'_>) -> bool {
    let inner = |name: &str| {
        (event.len() == 1)
            .then(|| probe::object(event, name))
            .flatten()
    };
    inner("trace").is_some_and(|trace| trace.names("agentId") && trace.names("trace"))
        || inner("chunk").is_some_and(|chunk| chunk.names("bytes") || chunk.names("attribution"))
        || inner("output").is_some_and(|output| probe::only(&output, &["text"]))
        || inner("citation").is_some_and(|citation| {
            citation.names("citation") || citation.names("generatedResponsePart")
        })
}

#[derive(Default)]
struct Stream {
    chars: u64,
    session: Option<String>,
    ended: Option<Timestamp>,
    /// The model that the last call was made to; traces of answers do not repeat it.
    model: Option<String>,
    calls: BTreeMap<Option<String>, (Quantity, Quantity)>,
    guardrails: Vec<UsageRecord>,
}

impl Fold for Stream {
    fn push(&mut self, event: &Object<'_>) -> Result<(), Fault> {
        self.chars += event.raw().at("/output/text").map_or(0, Raw::char_count);
        let Some(trace) = event.object("trace")? else {
            return Ok(());
        };
        self.session = trace.text("sessionId")?.or(self.session.take());
        self.ended = shared::time(&trace, "eventTime")?.or(self.ended);
        let Some(steps) = trace.object("trace")? else {
            return Ok(());
        };
        for (_, step) in steps.entries() {
            let model = step
                .at("/modelInvocationInput/foundationModel")
                .and_then(Raw::string);
            self.model = model.or(self.model.take());
            let usage = step
                .at("/modelInvocationOutput/metadata/usage")
                .and_then(Raw::object);
            if let Some(usage) = usage {
                self.call(&usage)?;
            }
        }
        self.guardrails
            .extend(bedrock_guardrail::part(Some(steps.raw()))?);
        Ok(())
    }

    fn finish(self: Box<Self>, _context: &Context<'_>) -> Result<Reading, Fault> {
        let mut records = Vec::new();
        for (model, (input, output)) in &self.calls {
            let mut record = self.record();
            record.facts.text(Field::ResponseModel, model.as_deref());
            record.add(Meter::INPUT, *input);
            record.add(Meter::OUTPUT, *output);
            if !records.is_empty() {
                let model = model.as_deref().and_then(clean_text);
                let model = model.as_deref().unwrap_or("unknown");
                record.part = Some(format!("model:{model}"));
            }
            records.push(record);
        }
        if records.is_empty() {
            let mut record = self.record();
            record.gap("an agent states its usage in traces only, and there are none");
            records.push(record);
        }
        let numbered = self.guardrails.into_iter().enumerate();
        records.extend(numbered.map(|(n, mut guardrail)| {
            guardrail.part = Some(format!("guardrail:{n}"));
            guardrail
        }));
        Ok(Reading::Records(records))
    }
}

impl Stream {
    fn call(&mut self, usage: &Object<'_>) -> Result<(), Fault> {
        let add = |sum: &mut Quantity, name: &str| {
            let more = usage.count_or_zero(name)?;
            *sum = sum
                .plus(more)
                .map_err(|error| usage.fault(name, &error.to_string()))?;
            Ok(())
        };
        let (input, output) = self.calls.entry(self.model.clone()).or_default();
        add(input, "inputTokens")?;
        add(output, "outputTokens")
    }

    fn record(&self) -> UsageRecord {
        let mut record = bedrock::record("text", "agent");
        record
            .facts
            .text(Field::ConversationId, self.session.as_deref());
        record.created(self.ended);
        // An agent's own text is base64 here and not looked into.
        if self.chars > 0 {
            record.facts.count(Field::ResponseLengthChars, self.chars);
        }
        record
    }
}
