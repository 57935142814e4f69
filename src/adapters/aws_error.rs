//! Errors of AWS services, whole or as the last event of a stream: they cost nothing.

use super::{Adapter, Context, Reader, Reading, probe, shared};
use crate::error::Fault;
use crate::json::{Kind, Object};
use crate::usage::UsageRecord;

/// `{"__type":"ThrottlingException","message":"…"}` or `{"throttlingException":{"message":"…"}}`
pub const ADAPTER: Adapter = Adapter {
    id: "aws.error",
    docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html",
    recognizes: |body| probe::is_text(body, "__type") || event(body).is_some(),
    reader: Reader::Body(read),
};

fn event<'a>(body: &Object<'a>) -> Option<(String, Object<'a>)> {
    if body.len() != 1 {
        return None;
    }
    let (name, value) = body.entries().next()?;
    let inner = value.object().filter(|_| name.ends_with("Exception"))?;
    let text =
        inner.is_kind("message", Kind::String) || inner.is_kind("originalMessage", Kind::String);
    text.then(|| (name.to_owned(), inner))
}

fn read(body: &Object<'_>, context: &Context<'_>) -> Result<Reading, Fault> {
    let (code, holder) = match event(body) {
        Some((name, inner)) => (Some(name), inner),
        None => (body.text("__type")?, Object::parse(body.raw().as_str())?),
    };
    // `com.amazon.coral.service#ThrottlingException` is the name with its namespace.
    let code = code.and_then(|code| code.rsplit('#').next().map(str::to_owned));
    let provider = context.text(crate::usage::Field::Provider);
    let mut record: UsageRecord = shared::failure(provider, &holder)?;
    let message = match holder.text("message")? {
        Some(message) => Some(message),
        None => holder.text("Message")?,
    };
    record.failed(code, message);
    Ok(record.into())
}
