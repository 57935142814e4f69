//! A book that can be reckoned by head, and calls in November 2026.

use serde_json::{Value as Json, json};

use crate::home::Home;

/// A dollar, or a euro, for a thousand tokens.
const BOOK: &str = "
format: llmcost-prices/1
book: {name: round, version: 2026-11-20, currency: USD}
sources: {page: {url: 'https://prices.example/round', checked: 2026-11-20}}
models:
  - {id: acme/dollar, match: [dollar], prices: [{source: [page], per_1k: {input: 1, output: 1}}]}
  - {id: acme/euro, match: [euro], prices: [{source: [page], currency: EUR, per_1k: {input: 1, output: 1}}]}
";

/// A call at noon of a day, that used so many tokens.
pub fn call(number: u32, model: &str, day: u32, tokens: u32) -> Json {
    json!({
        "id": format!("chatcmpl-{:024x}", u128::from(number) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced),
        "object": "chat.completion",
        "created": 1_793_534_400 + (day - 1) * 86_400,
        "model": model,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "CANARY"}}],
        "usage": {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens},
    })
}

pub fn home() -> Home {
    let home = Home::new();
    home.write("config/llmcost/prices.yaml", BOOK);
    home
}

/// Ingests calls of a user.
pub fn used(home: &Home, set: &str, calls: &[Json]) {
    let texts: Vec<String> = calls.iter().map(ToString::to_string).collect();
    let line = format!("ingest - --set provider=acme {set}");
    let answer = home.pipe(&line, texts.join("\n").as_bytes());
    assert_eq!(answer.code, 0, "{}", answer.err);
}

/// A failed call that the provider billed nevertheless.
pub fn failed(number: u32, model: &str, day: u32, tokens: u32) -> Json {
    let mut call = call(number, model, day, tokens);
    call["object"] = json!("response");
    call["id"] = json!(format!(
        "resp_{:040x}",
        u128::from(number) * 0x9e37_79b9_7f4a_7c15
    ));
    call["created_at"] = call["created"].clone();
    call["status"] = json!("failed");
    call["error"] = json!({"code": "server_error", "message": "CANARY"});
    call["usage"] = json!({"input_tokens": tokens, "output_tokens": 0, "total_tokens": tokens});
    let fields = call.as_object_mut().unwrap();
    fields.remove("choices");
    fields.remove("created");
    call
}

/// The only account that a balance lists.
pub fn account(home: &Home, whose: &str) -> Json {
    let json = home.json(&format!("credits balance {whose}"));
    assert_eq!(json["schema"], "llmcost.credits/1");
    let accounts = json["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 1, "{json}");
    accounts[0].clone()
}

/// Some of the figures of an account.
pub fn figures(account: &Json, names: &[&str]) -> Vec<String> {
    let text = |name: &&str| match &account[*name] {
        Json::String(text) => text.clone(),
        other @ (Json::Null
        | Json::Bool(_)
        | Json::Number(_)
        | Json::Array(_)
        | Json::Object(_)) => other.to_string(),
    };
    names.iter().map(text).collect()
}
