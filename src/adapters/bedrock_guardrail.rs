//! Bedrock Guardrails: text units by policy, from `ApplyGuardrail` and from the traces of the calls
//! that a guardrail watched. <https://aws.amazon.com/bedrock/pricing/#Guardrails>

use super::{Adapter, Context, Reader, Reading, bedrock, probe};
use crate::error::Fault;
use crate::json::{Object, Raw};
use crate::usage::{Field, LineItem, Meter, UsageRecord};

/// `{"action":"…","assessments":[…],"usage":{"topicPolicyUnits":…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "bedrock.guardrail",
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html",
    recognizes: |body| {
        probe::names(body, &["action", "assessments"])
            && probe::object(body, "usage").is_some_and(|usage| usage.names("topicPolicyUnits"))
    },
    reader: Reader::Body(read),
};

/// Fields of a usage object and the policy that they count units of.
const BILLED: &[(&str, &str)] = &[
    ("topicPolicyUnits", "topic"),
    ("contentPolicyUnits", "content"),
    ("contentPolicyImageUnits", "content_image"),
    ("sensitiveInformationPolicyUnits", "sensitive_information"),
    ("contextualGroundingPolicyUnits", "contextual_grounding"),
    ("automatedReasoningPolicyUnits", "automated_reasoning"),
];

/// Word filters and regular expressions are free; the number of policies is no unit.
const FREE: &[&str] = &[
    "wordPolicyUnits",
    "sensitiveInformationPolicyFreeUnits",
    "automatedReasoningPolicies",
];

/// Deepest nesting of a trace: `inputAssessment.ID.invocationMetrics.usage` and a list of those.
const DEEPEST: u8 = 5;

fn read(body: &Object<'_>, _context: &Context<'_>) -> Result<Reading, Fault> {
    let mut record = record();
    if body.is("action", "GUARDRAIL_INTERVENED") {
        record.facts.flag(Field::ContentFiltered, Some(true));
    }
    if let Some(usage) = body.object("usage")? {
        record.raw_usage = Some(usage.numbers_only());
        units(&mut record, &usage)?;
    }
    Ok(record.into())
}

/// The guardrail's own bill within a watched call, where there is one.
pub fn part(trace: Option<Raw<'_>>) -> Result<Option<UsageRecord>, Fault> {
    let mut record = record();
    record.part = Some("guardrail".to_owned());
    if let Some(trace) = trace {
        collect(&mut record, trace, DEEPEST)?;
    }
    Ok((!record.items.is_empty()).then_some(record))
}

/// What serves these units is no model, so it is named for what it is.
fn record() -> UsageRecord {
    let mut record = bedrock::record("moderation", "guardrail");
    record
        .facts
        .text(Field::ResponseModel, Some("amazon-bedrock-guardrails"));
    record
}

fn collect(record: &mut UsageRecord, trace: Raw<'_>, depth: u8) -> Result<(), Fault> {
    if let Some(usage) = trace.at("/invocationMetrics/usage").and_then(Raw::object) {
        return units(record, &usage);
    }
    let object = trace.object();
    let fields = object
        .iter()
        .flat_map(Object::entries)
        .map(|(_, value)| value);
    if depth > 0 {
        for value in fields.chain(trace.elements()) {
            collect(record, value, depth - 1)?;
        }
    }
    Ok(())
}

fn units(record: &mut UsageRecord, usage: &Object<'_>) -> Result<(), Fault> {
    for (field, policy) in BILLED {
        let item = LineItem::new(Meter::named("guardrail_unit"), usage.count_or_zero(field)?);
        record.add_item(item.with("policy", Some(policy)));
    }
    usage.ignore(FREE);
    record.warn_unread(usage);
    Ok(())
}
