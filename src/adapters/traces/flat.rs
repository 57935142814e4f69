//! Single spans as programs dump them: the console exporters of Python and JavaScript, Phoenix,
//! Logfire, ClickHouse, a table of spans as JSON. Their names differ in case and punctuation only.

use std::collections::BTreeMap;

use super::span::Span;
use super::{Adapter, Reader, open};
use crate::json::{Kind, Object, Raw, plain};
use crate::money::Exact;
use crate::usage::Timestamp;

/// `{"context":{"trace_id":…,"span_id":…},"parent_id":…,"start_time":…,"attributes":{…}}`
pub const ADAPTER: Adapter = Adapter {
    id: "trace.span",
    docs: "https://opentelemetry.io/docs/concepts/signals/traces/",
    recognizes: |value| is_span(value) && is_timed(value) && has_attributes(value),
    reader: Reader::Transcript(|| {
        open(|value, held| {
            held.spans.push((String::new(), span_of(value)));
            Ok(())
        })
    }),
};

fn is_span(value: &Object<'_>) -> bool {
    let named = [
        "spanId",
        "span_id",
        "context.span_id",
        "SpanId",
        "span_context.span_id",
    ];
    let inside = |name: &str| {
        let context = value.peek(name).and_then(Raw::object);
        context.is_some_and(|context| context.has("span_id") || context.has("spanId"))
    };
    named.iter().any(|name| value.has(name))
        || value.has("traceId") && value.has("id")
        || ["context", "spanContext", "_spanContext"]
            .iter()
            .any(|name| inside(name))
}

/// A log line names the span it was written in; a span says when it began or what it is inside of.
fn is_timed(value: &Object<'_>) -> bool {
    let signs = [
        "starttime",
        "endtime",
        "starttimestamp",
        "starttimeunixnano",
        "duration",
    ];
    value
        .keys()
        .any(|name| signs.contains(&plain(name).as_str()))
}

fn has_attributes(value: &Object<'_>) -> bool {
    let beginnings = [
        "gen_ai.",
        "llm.",
        "openinference.",
        "ai.",
        "attributes.",
        "traceloop.",
    ];
    value.keys().any(|name| {
        let is_map = ["attributes", "SpanAttributes", "span_attributes"].contains(&name);
        is_map || beginnings.iter().any(|begin| name.starts_with(begin))
    })
}

/// A span under anybody's names.
pub fn span_of(value: &Object<'_>) -> Span {
    let fields = Fields::of(value);
    let mut span = Span::new();
    span.trace = fields.id(&["traceid", "contexttraceid", "spancontexttraceid"]);
    span.id = fields.id(&["spanid", "contextspanid", "spancontextspanid", "id"]);
    let parents = ["parentspanid", "parentid", "parentspancontextspanid"];
    span.parent = fields.id(&parents);
    let starts = [
        "starttimeunixnano",
        "starttimens",
        "starttime",
        "starttimestamp",
        "timestamp",
    ];
    span.start = fields.time(&starts);
    span.end = fields.time(&["endtimeunixnano", "endtimens", "endtime", "endtimestamp"]);
    if span.end.is_none()
        && let Some(duration) = fields.duration(value.has("SpanAttributes"))
    {
        span.attributes.say("duration_ms", &duration);
    }
    let codes = ["statuscode", "statusstatuscode", "otelstatuscode", "status"];
    let status = fields.word(&codes).unwrap_or_default().to_ascii_uppercase();
    span.failed = status == "2" || status.ends_with("ERROR");
    for (name, value) in value.entries() {
        match name {
            "attributes" | "SpanAttributes" | "span_attributes" => span.attributes.take(value),
            _ if name.contains('.') => {
                let name = name.strip_prefix("attributes.").unwrap_or(name);
                span.attributes.take_named(name, value);
            }
            _ => {}
        }
    }
    for name in [
        "resource_attributes",
        "ResourceAttributes",
        "otel_resource_attributes",
    ] {
        if let Some(resource) = value.peek(name) {
            span.attributes.take(resource);
        }
    }
    if let Some(resource) = value.raw().at("/resource/attributes") {
        span.attributes.take(resource);
    }
    let service = fields.word(&["servicename"]).unwrap_or_default();
    span.attributes.say("service.name", &service);
    if span.failed {
        let messages = [
            "statusmessage",
            "otelstatusmessage",
            "statusdescription",
            "exceptionmessage",
        ];
        let message = fields.word(&messages).unwrap_or_default();
        span.attributes.say("error.message", &message);
        let kind = fields.word(&["exceptiontype"]).unwrap_or_default();
        span.attributes.say("error.type", &kind);
    }
    span
}

/// The fields of a span without case and punctuation; those of its contexts and its status are joined
/// with their names.
struct Fields<'a>(BTreeMap<String, Raw<'a>>);

impl<'a> Fields<'a> {
    fn of(value: &Object<'a>) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in value.entries() {
            let name = plain(name);
            let holds = ["context", "spancontext", "parentspancontext", "status"];
            match value.object().filter(|_| holds.contains(&name.as_str())) {
                Some(inner) => {
                    for (part, value) in inner.entries() {
                        fields.insert(format!("{name}{}", plain(part)), value);
                    }
                }
                None => drop(fields.insert(name, value)),
            }
        }
        Self(fields)
    }

    fn word(&self, names: &[&str]) -> Option<String> {
        let mut found = names.iter().filter_map(|name| self.0.get(*name)?.word());
        found.next()
    }

    /// An id, without the sign that it is hexadecimal.
    fn id(&self, names: &[&str]) -> Option<String> {
        let id = self.word(names)?;
        let id = id.strip_prefix("0x").unwrap_or(&id);
        let is_none = id.bytes().all(|byte| byte == b'0');
        (!is_none).then(|| id.to_owned())
    }

    /// How long it took, in milliseconds: the console of JavaScript counts microseconds, the tables of
    /// ClickHouse nanoseconds.
    fn duration(&self, nanos: bool) -> Option<String> {
        let duration = Exact::parse(self.0.get("duration")?.digits()?).ok()?;
        let exponent = if nanos { -6 } else { -3 };
        duration
            .shift(exponent)
            .ok()
            .map(|millis| millis.to_string())
    }

    /// A time: a word, a count, or `[seconds, nanoseconds]`.
    fn time(&self, names: &[&str]) -> Option<Timestamp> {
        let mut found = names.iter().filter_map(|name| self.0.get(*name));
        found.find_map(|value| match value.kind() {
            Kind::Array => {
                let parts = value.elements();
                let parts: Option<Vec<Exact>> = parts
                    .map(|part| Exact::parse(part.digits()?).ok())
                    .collect();
                match parts?.as_slice() {
                    [seconds, nanos] => {
                        let at = nanos.shift(-9).and_then(|nanos| seconds.plus(nanos)).ok()?;
                        Timestamp::from_epoch(&at.to_string())
                    }
                    _ => None,
                }
            }
            Kind::String | Kind::Number => Timestamp::parse(&value.word()?),
            Kind::Object | Kind::Bool | Kind::Null => None,
        })
    }
}
