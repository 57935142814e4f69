//! Google's objects that bill nothing by themselves: token counts, cached contents, files, lists,
//! batches. What is cached is billed by the hour, outside of any response.

use super::{Adapter, Reader, Reading};
use crate::json::{Kind, Object, Raw};

/// `{"totalTokens":12}`, `{"name":"cachedContents/…"}`, `{"models":[…]}` …
pub const ADAPTER: Adapter = Adapter {
    id: "google.objects",
    docs: "https://ai.google.dev/api/tokens",
    recognizes: |body| kind(body).is_some(),
    reader: Reader::Body(|body, _| Ok(Reading::ignored(kind(body).unwrap_or("google object")))),
};

/// Resource names and what they are.
const RESOURCES: &[(&str, &str)] = &[
    ("cachedContents/", "cached content"),
    ("files/", "file"),
    ("batches/", "batch"),
    ("tunedModels/", "model"),
    ("fileSearchStores/", "file search store"),
    ("batchPredictionJobs/", "batch"),
];

/// Lists, by the name of their field and that of their elements.
const LISTS: &[(&str, &str)] = &[
    ("cachedContents", "cachedContents/"),
    ("files", "files/"),
    ("models", "models/"),
    ("operations", "operations/"),
    ("batches", "batches/"),
];

/// All that a token count holds.
const COUNT: &[&str] = &[
    "totalTokens",
    "totalBillableCharacters",
    "promptTokensDetails",
    "cachedContentTokenCount",
    "cacheTokensDetails",
];

fn kind(body: &Object<'_>) -> Option<&'static str> {
    if body.is_kind("totalTokens", Kind::Number) && body.keys().all(|key| COUNT.contains(&key)) {
        return Some("token count");
    }
    if body.len() == 1
        && body
            .peek("tokensInfo")
            .is_some_and(|info| info.at("/0/tokenIds").is_some())
    {
        return Some("token count");
    }
    let own = body.peek("name").and_then(Raw::string);
    if let Some(name) = own.or_else(|| named(body.peek("file")?)) {
        return resource(&name, body);
    }
    let list = |(field, element): &&(&str, &str)| {
        let first = body.peek(field).and_then(|list| list.at("/0"));
        first
            .and_then(named)
            .is_some_and(|name| holds(&name, element))
    };
    LISTS.iter().any(|entry| list(&entry)).then_some("list")
}

fn named(value: Raw<'_>) -> Option<String> {
    value.object()?.peek("name")?.string()
}

fn holds(name: &str, resource: &str) -> bool {
    name.starts_with(resource) || name.contains("projects/") && name.contains(resource)
}

fn resource(name: &str, body: &Object<'_>) -> Option<&'static str> {
    // A batch that holds its responses is an envelope.
    let inlined = [
        "/response/inlinedResponses",
        "/metadata/output/inlinedResponses",
    ];
    if inlined.iter().any(|path| body.raw().at(path).is_some()) {
        return None;
    }
    if holds(name, "models/") && body.has("supportedGenerationMethods") {
        return Some("model");
    }
    let known = RESOURCES.iter().find(|(start, _)| holds(name, start));
    known.map(|(_, kind)| *kind)
}
