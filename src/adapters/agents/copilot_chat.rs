//! GitHub Copilot in VS Code: the journal of a chat session, and the older document of one.
//!
//! The journal says step by step how the session's document changes. Only the places that state
//! usage are followed; what stands there at the end is read.

use std::collections::BTreeMap;

use super::common;
use super::{Adapter, Context, Late, Reader, Reading, Transcript};
use crate::error::Fault;
use crate::json::{Kind, Object, Raw};
use crate::money::Quantity;
use crate::usage::{Field, Meter, Timestamp, UsageRecord};

/// `{"kind":2,"k":["requests"],"v":[{"requestId":…,"result":{"metadata":{"promptTokens":…}}}]}`
pub const ADAPTER: Adapter = Adapter {
    id: "agent.copilot_chat",
    docs: "https://code.visualstudio.com/docs/copilot/chat/chat-sessions",
    recognizes: |value| {
        let is_step = value.is_kind("kind", Kind::Number) && value.names("v") && value.len() <= 4;
        let is_session = value.is_kind("requests", Kind::Array)
            && (value.has("sessionId") || value.has("requesterUsername"));
        is_step || is_session
    },
    reader: Reader::Transcript(|| Box::new(Journal::default())),
};

/// The places of a request that are followed.
const FOLLOWED: &[&str] = &[
    "/requestId",
    "/timestamp",
    "/modelId",
    "/promptTokens",
    "/completionTokens",
    "/agent/id",
    "/result/metadata/promptTokens",
    "/result/metadata/outputTokens",
    "/result/metadata/resolvedModel",
];

#[derive(Default)]
struct Journal {
    session: Option<String>,
    /// The followed places of each request.
    requests: Vec<BTreeMap<&'static str, String>>,
}

impl Transcript for Journal {
    fn read(&mut self, value: &Object<'_>, _: &Context<'_>) -> Result<Reading, Fault> {
        if value.has("requests") {
            self.document(value.raw());
        } else if let Some(new) = value.get("v")? {
            let path: Vec<String> = value.list("k")?.filter_map(Raw::word).collect();
            let path: Vec<&str> = path.iter().map(String::as_str).collect();
            match (value.text("kind")?.as_deref(), path.as_slice()) {
                (Some("0"), _) => self.document(new),
                (Some("2"), [] | ["requests"]) => self.append(new),
                (Some("1"), ["requests", number, place @ ..]) => self.set(number, place, new),
                _ => {}
            }
        }
        Ok(Reading::kept())
    }

    fn finish(&mut self, context: &Context<'_>) -> Result<Vec<Late>, Fault> {
        let mut records = Vec::new();
        for request in std::mem::take(&mut self.requests) {
            records.extend(self.record(&request, context));
        }
        Ok(records.into_iter().map(Late::from).collect())
    }
}

impl Journal {
    fn document(&mut self, document: Raw<'_>) {
        self.session = document.at("/sessionId").and_then(Raw::word);
        self.requests.clear();
        if let Some(requests) = document.at("/requests") {
            self.append(requests);
        }
    }

    fn append(&mut self, requests: Raw<'_>) {
        for request in requests.elements() {
            let mut followed = BTreeMap::new();
            follow(&mut followed, "", request);
            self.requests.push(followed);
        }
    }

    fn set(&mut self, number: &str, place: &[&str], value: Raw<'_>) {
        let request = number
            .parse::<usize>()
            .ok()
            .and_then(|n| self.requests.get_mut(n));
        if let Some(request) = request {
            let place = place
                .iter()
                .fold(String::new(), |place, step| place + "/" + step);
            follow(request, &place, value);
        }
    }

    fn record(
        &self,
        request: &BTreeMap<&str, String>,
        context: &Context<'_>,
    ) -> Option<UsageRecord> {
        let text = |place: &str| request.get(place).map(String::as_str);
        let count = |places: [&str; 2]| {
            let mut stated = places
                .iter()
                .filter_map(|place| Quantity::parse(text(place)?).ok());
            stated.find(|count| !count.is_zero()).unwrap_or_default()
        };
        let mut record = common::record("copilot-chat");
        let asked = text("/modelId").map(|model| model.strip_prefix("copilot/").unwrap_or(model));
        let model = text("/result/metadata/resolvedModel").or(asked);
        common::served_by_copilot(&mut record, model, context);
        record.facts.text(Field::RequestedModel, asked);
        record
            .facts
            .text(Field::ConversationId, self.session.as_deref());
        record.facts.text(Field::RequestId, text("/requestId"));
        record.facts.text(Field::AgentId, text("/agent/id"));
        common::happened(&mut record, text("/timestamp").and_then(Timestamp::parse));
        record.add(
            Meter::INPUT,
            count(["/result/metadata/promptTokens", "/promptTokens"]),
        );
        record.add(
            Meter::OUTPUT,
            count(["/result/metadata/outputTokens", "/completionTokens"]),
        );
        record.doubt("cached tokens are not told apart");
        common::name(&mut record, &[Some("copilot-chat"), text("/requestId")]);
        (!record.items.is_empty()).then_some(record)
    }
}

/// Takes what a new value at a place says of the followed places.
fn follow(followed: &mut BTreeMap<&'static str, String>, place: &str, value: Raw<'_>) {
    for wanted in FOLLOWED {
        let Some(rest) = wanted.strip_prefix(place) else {
            continue;
        };
        let found = if rest.is_empty() {
            Some(value)
        } else {
            value.at(rest)
        };
        match found.and_then(Raw::word) {
            Some(word) => drop(followed.insert(wanted, word)),
            None if rest.is_empty() || rest.starts_with('/') => drop(followed.remove(wanted)),
            None => {}
        }
    }
}
