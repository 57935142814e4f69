//! Other cases of the same kinds: the dialects, tiers, streams and relatives where the mistakes of
//! the list can be made again. Sums are worked in the comments, in millionths of a dollar.

use serde_json::Value as Json;

use crate::ask::{chat, costs, line, message, one, quantity, records, set};
use crate::home::{Home, counts};

/// The only record of a body that says neither when it was nor, where `more` sets it, by what.
fn dated(body: &str, more: &str) -> Json {
    set(body, &format!("--set timestamp=2026-11-02 {more}")).remove(0)
}

#[test]
fn line_1_a_hit_that_is_told_twice_is_subtracted_once() {
    // 100 × 0.15 + 900 × 0.003 + 50 × 0.6 = 15 + 2.7 + 30; ten o'clock is no longer peak
    let usage = r#""usage":{"prompt_tokens":1000,"completion_tokens":50,"total_tokens":1050,"prompt_cache_hit_tokens":900,"prompt_cache_miss_tokens":100,"prompt_tokens_details":{"cached_tokens":900},"completion_tokens_details":{"reasoning_tokens":20}}"#;
    let body = chat("k1", "deepseek-v4-flash", usage);
    costs(&one(&body), "0.0000477", "exact");
    let second_before = body.replace("1793613600", "1793613599");
    costs(&one(&second_before), "0.0000954", "exact");
}

#[test]
fn line_1_what_cohere_has_cached_is_no_part_of_what_it_bills() {
    // command-r-08-2024: 100 × 0.15 + 10 × 0.6
    let body = r#"{"id":"c0ffee00-1234-4abc-8def-0123456789ab","finish_reason":"COMPLETE","message":{"role":"assistant","content":[{"type":"text","text":"CANARY"}]},"usage":{"billed_units":{"input_tokens":100,"output_tokens":10},"tokens":{"input_tokens":600,"output_tokens":12},"cached_tokens":448}}"#;
    let record = dated(body, "--set model=command-r-08-2024");
    assert_eq!(record["cost"], "0.000021", "{record:#}");
}

#[test]
fn line_2_converse_counts_its_cache_beside_the_input() {
    // 3 × 3 + 2000 × 0.3 + 12304 × 3.75 + 550 × 15 = 9 + 600 + 46140 + 8250
    let body = r#"{"output":{"message":{"role":"assistant","content":[{"text":"CANARY"}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":550,"totalTokens":14857,"cacheReadInputTokens":2000,"cacheWriteInputTokens":12304,"cacheDetails":[{"ttl":"5m","inputTokens":12304}]},"metrics":{"latencyMs":900}}"#;
    let model = "--set model=global.anthropic.claude-sonnet-4-5-20250929-v1:0";
    costs(&dated(body, model), "0.054999", "exact");
}

#[test]
fn line_3_more_cached_than_prompted_is_kept_and_marked() {
    let usage = r#""prompt_filter_results":[],"usage":{"prompt_tokens":10,"completion_tokens":213,"total_tokens":223,"prompt_tokens_details":{"cached_tokens":161},"completion_tokens_details":{"reasoning_tokens":200},"num_sources_used":0}"#;
    let record = one(&chat("k3", "grok-4.3", usage));
    assert_eq!(record["provider"], "azure", "{record:#}");
    assert_eq!(quantity(&record, "input").unwrap(), "10");
    assert_eq!(quantity(&record, "cache_read").unwrap(), "161");
    assert_ne!(record["cost_status"], "exact");
}

#[test]
fn line_4_reasoning_of_a_response_is_inside_its_output() {
    // gpt-5: 100 × 1.25 + 50 × 10 = 625, of which 30 are reasoning
    let body = r#"{"id":"resp_0d0f84bce6a57cbbc3e9b4a5f7d826aa","object":"response","created_at":1793613600,"status":"completed","error":null,"model":"gpt-5-2025-08-07","output":[],"service_tier":"default","usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":0},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":30},"total_tokens":150}}"#;
    let record = one(body);
    costs(&record, "0.000625", "exact");
    assert_eq!(quantity(&record, "reasoning").unwrap(), "30");
}

#[test]
fn line_5_thoughts_that_only_the_total_shows_are_billed() {
    // 35 × 0.3 + (12 + 62) × 2.5 = 10.5 + 185
    let usage = r#""usage":{"prompt_tokens":35,"completion_tokens":12,"total_tokens":109}"#;
    let record = one(&chat("k5", "gemini-2.5-flash", usage));
    assert_eq!(record["cost"], "0.0001955", "{record:#}");
    assert_eq!(quantity(&record, "reasoning").unwrap(), "62");
}

#[test]
fn line_7_where_the_total_has_no_room_reasoning_is_inside() {
    // 100 × 1.25 + 50 × 2.5 = 250
    let usage = r#""usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":20},"num_sources_used":0}"#;
    let record = one(&chat("k7", "grok-4.3", usage));
    costs(&record, "0.00025", "exact");
    assert_eq!(quantity(&record, "output").unwrap(), "30");
}

#[test]
fn line_8_each_lifetime_has_its_rate() {
    // 100 × 3.75 + 200 × 6 = 375 + 1200
    let usage = r#"{"input_tokens":0,"cache_creation_input_tokens":300,"cache_creation":{"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":200},"cache_read_input_tokens":0,"output_tokens":0}"#;
    costs(&dated(&message("k8", usage), ""), "0.001575", "exact");
}

#[test]
fn line_9_a_batch_is_one_though_its_body_says_default() {
    // half of 1000 × 2.5 + 100 × 10
    let usage = r#""service_tier":"default","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}"#;
    let body = chat("k9", "gpt-4o-2024-08-06", usage);
    let batch = format!(
        r#"{{"id":"batch_req_66f0","custom_id":"a","response":{{"status_code":200,"request_id":"r1","body":{body}}},"error":null}}"#
    );
    costs(&one(&batch), "0.00175", "exact");
    // and half of 1000 × 3 + 100 × 15 where the body itself says it
    let usage = r#"{"input_tokens":1000,"output_tokens":100,"service_tier":"batch"}"#;
    costs(&dated(&message("k9", usage), ""), "0.00225", "exact");
}

#[test]
fn line_9_an_unresolved_tier_is_priced_as_standard_and_said_so() {
    let usage = r#""service_tier":"auto","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}"#;
    costs(
        &one(&chat("k9b", "gpt-4o-2024-08-06", usage)),
        "0.0035",
        "estimated",
    );
}

#[test]
fn line_10_searches_are_counted_as_each_provider_bills_them() {
    // 1000 × 3 + 100 × 15 = 4500, and two requests at 10 per thousand
    let usage = r#"{"input_tokens":1000,"output_tokens":100,"server_tool_use":{"web_search_requests":2,"web_fetch_requests":3}}"#;
    costs(&dated(&message("k10", usage), ""), "0.0245", "exact");
    // 1000 × 1.25 + 100 × 2.5 = 1500, and the two calls that succeeded at 5 per thousand
    let usage = r#""usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"num_server_side_tools_used":2,"server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":0,"code_interpreter_calls":0,"file_search_calls":0,"document_search_calls":0,"mcp_calls":0}}"#;
    costs(&one(&chat("k10", "grok-4.3", usage)), "0.0115", "exact");
    // 26 × 0.75 + 10 × 3.75 = 57, and two different queries at 14 per thousand
    let body = r#"{"candidates":[{"content":{"parts":[{"text":"CANARY"}],"role":"model"},"finishReason":"STOP","index":0,"groundingMetadata":{"webSearchQueries":["CANARY one","CANARY two","CANARY one",""],"groundingChunks":[{"web":{"uri":"https://example.com","title":"CANARY"}}]}}],"usageMetadata":{"promptTokenCount":26,"candidatesTokenCount":10,"totalTokenCount":36},"modelVersion":"gemini-3.8-flash","createTime":"2026-11-02T10:00:00Z","responseId":"Kq7vTz3Rb9WfYxNc5LpAhE"}"#;
    let record = one(body);
    assert_eq!(quantity(&record, "web_search").unwrap(), "2", "{record:#}");
    assert_eq!(record["cost"], "0.028057");
}

#[test]
fn line_11_the_last_counts_of_a_stream_win_also_where_they_fall() {
    let chunk = |prompt: u32, out: u32, end: &str| {
        format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"CANARY"}}],"role":"model"}},"index":0{end}}}],"usageMetadata":{{"promptTokenCount":{prompt},"candidatesTokenCount":{out},"totalTokenCount":{}}},"modelVersion":"gemini-2.5-flash","createTime":"2026-11-02T10:00:00Z","responseId":"Kq7vTz3Rb9WfYxNc5LpAhF"}}"#,
            prompt + out
        )
    };
    let stream = [
        chunk(100, 40, ""),
        chunk(900, 300, ""),
        chunk(100, 90, r#","finishReason":"STOP""#),
    ];
    let log = stream.map(|chunk| format!("data: {chunk}\n\n")).concat();
    // 100 × 0.3 + 90 × 2.5
    costs(&one(&log), "0.000255", "exact");
}

#[test]
fn line_13_usage_that_a_stream_tells_twice_counts_once() {
    let chunk = |rest: &str| {
        format!(
            r#"data: {{"id":"chatcmpl-C4tVx8Nq2LzR7sBhKw3MfYpE","object":"chat.completion.chunk","created":1793613600,"model":"llama-3.3-70b-versatile",{rest}}}{}"#,
            "\n\n"
        )
    };
    let usage = r#"{"queue_time":0.1,"prompt_tokens":1000,"prompt_time":0.1,"completion_tokens":100,"completion_time":0.1,"total_tokens":1100,"total_time":0.2}"#;
    let log = [
        chunk(r#""choices":[{"index":0,"delta":{"content":"CANARY"},"finish_reason":null}]"#),
        chunk(&format!(
            r#""choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}],"x_groq":{{"id":"req_01","usage":{usage}}}"#
        )),
        chunk(&format!(r#""choices":[],"usage":{usage}"#)),
    ];
    // 1000 × 0.59 + 100 × 0.79
    let record = one(&log.concat());
    assert_eq!(record["cost"], "0.000669", "{record:#}");
}

#[test]
fn line_13_a_response_that_is_fetched_until_it_ends_is_one_call() {
    let body = |status: &str, usage: &str| {
        format!(
            r#"{{"id":"resp_0d0f84bce6a57cbbc3e9b4a5f7d826ab","object":"response","created_at":1793613600,"status":"{status}","error":null,"model":"gpt-5-2025-08-07","output":[],"background":true,"service_tier":"default","usage":{usage}}}"#
        )
    };
    let done = r#"{"input_tokens":100,"input_tokens_details":{"cached_tokens":0},"output_tokens":50,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":150}"#;
    let log = [
        body("queued", "null"),
        body("in_progress", "null"),
        body("completed", done),
        body("completed", done),
    ];
    let home = Home::new();
    let outcome = home.ingest("log.jsonl", log.join("\n"));
    assert_eq!(counts(&outcome)[0], 1, "{outcome:#}");
    let mut records = home.records();
    assert_eq!(records.len(), 1);
    costs(&records.remove(0), "0.000625", "exact");
}

#[test]
fn line_14_relatives_have_prices_of_their_own() {
    for (model, rate) in [
        ("gpt-5.4-mini", "0.75"),
        ("gpt-5", "1.25"),
        ("o1-mini", "1.1"),
        ("o1-2024-12-17", "15"),
        ("grok-3", "3"),
        ("grok-3-mini", "0.3"),
        ("mistral-large-2411", "2"),
        ("mistral-large-2512", "0.5"),
    ] {
        let usage =
            r#""usage":{"prompt_tokens":100000,"completion_tokens":0,"total_tokens":100000}"#;
        let provider = if model.starts_with("mistral") {
            "--set provider=mistral"
        } else {
            ""
        };
        let record = set(&chat("k14", model, usage), provider).remove(0);
        let charge = line(&record, "input").unwrap();
        assert_eq!(charge["rate"], rate, "{model}: {record:#}");
    }
}

/// A book that knows one model, at a price.
fn book(version: u32, rate: &str) -> String {
    format!(
        "format: llmcost-prices/1
book: {{name: ours, version: {version}, currency: USD}}
sources: {{contract: {{url: 'file:contract.pdf', checked: 2026-11-01}}}}
models:
  - {{id: openai/gpt-4o, match: [gpt-4o-2024-08-06], prices: [{{source: [contract], per_1m: {{input: {rate}, output: 10}}}}]}}
"
    )
}

#[test]
fn line_15_a_price_that_changes_leaves_older_rows_alone() {
    let usage = r#""usage":{"prompt_tokens":1000000,"completion_tokens":0,"total_tokens":1000000}"#;
    let call = |id: &str| chat(id, "gpt-4o-2024-08-06", usage);
    let home = Home::new();
    home.write("old.yaml", book(1, "2.5"));
    home.write("new.yaml", book(2, "1"));
    home.write("one.jsonl", call("k15a"));
    home.write(
        "both.jsonl",
        format!("{}\n{}\n", call("k15a"), call("k15b")),
    );
    home.ok("ingest one.jsonl --prices old.yaml");
    home.ok("ingest both.jsonl --prices new.yaml");
    let mut found: Vec<String> = home
        .records()
        .iter()
        .map(|record| record["cost"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, ["1", "2.5"]);
}

#[test]
fn line_15_the_day_of_the_change_is_already_the_new_price() {
    let usage = r#""usage":{"prompt_tokens":1000000,"completion_tokens":0,"total_tokens":1000000}"#;
    let body = chat("k15", "o3-2025-04-16", usage);
    // 2025-06-09T23:59:59Z and one second later
    for (second, cost) in [(1_749_513_599, "10"), (1_749_513_600, "2")] {
        let body = body.replace("1793613600", &second.to_string());
        costs(&one(&body), cost, "exact");
    }
}

#[test]
fn line_16_pictures_without_tokens_are_priced_by_size_and_quality_together() {
    let body = r#"{"created":1793613600,"data":[{"url":"https://example.com/1","revised_prompt":"CANARY"},{"url":"https://example.com/2","revised_prompt":"CANARY"}]}"#;
    let asked = "--set provider=openai --set model=dall-e-3 --set size=1024x1024";
    let record = set(body, &format!("{asked} --set quality=hd")).remove(0);
    costs(&record, "0.16", "exact");
    let record = set(body, asked).remove(0);
    assert_eq!(record["cost_status"], "unpriced", "{record:#}");
}

#[test]
fn line_17_a_cost_object_and_ticks_are_kept_to_the_digit() {
    // 7 × 1 + 1 × 1 = 8, and the fee of 5 per thousand; the provider rounds to five decimals
    let usage = r#""citations":[],"search_results":[],"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8,"search_context_size":"low","cost":{"input_tokens_cost":0.00001,"output_tokens_cost":0.0,"request_cost":0.005,"total_cost":0.00501}}"#;
    let record = one(&chat("k17", "sonar", usage));
    costs(&record, "0.005008", "exact");
    assert_eq!(record["reported_cost"]["amount"], "0.00501");
    let usage = r#""usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8,"cost_in_usd_ticks":0}"#;
    let record = one(&chat("k17b", "grok-4.3", usage));
    assert_eq!(record["reported_cost"]["amount"], "0", "{record:#}");
}

#[test]
fn line_17_a_resold_call_has_the_resellers_word_and_no_price_of_ours() {
    let usage = r#""provider":"OpenAI","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"cost":0.00021,"is_byok":false}"#;
    let record = one(&chat("k17c", "openai/gpt-4o-mini", usage));
    assert_eq!(record["provider"], "openrouter", "{record:#}");
    assert_eq!(record["cost_status"], "unpriced");
    assert!(record["cost"].is_null());
    assert_eq!(record["reported_cost"]["amount"], "0.00021");
}

#[test]
fn line_23_a_refusal_that_used_something_is_billed() {
    let usage = r#"{"input_tokens":1000,"output_tokens":0}"#;
    let body = message("k23", usage).replace("end_turn", "refusal");
    costs(&dated(&body, ""), "0.003", "exact");
}

#[test]
fn a_search_that_names_no_model_has_the_price_of_a_search() {
    // two credits at 0.008; whether the month's free ones are used up is the account's to know
    let body = r#"{"query":"CANARY","results":[{"title":"CANARY","url":"https://example.com","content":"CANARY","score":0.9}],"response_time":1.2,"usage":{"credits":2},"request_id":"c0ffee00-1234-4abc-8def-0123456789ac"}"#;
    let record = records(body).remove(0);
    costs(&record, "0.016", "estimated");
    assert!(record["response_model"].is_null(), "{record:#}");
    // without them it may have been one or two
    let record = records(&body.replace(r#""usage":{"credits":2},"#, "")).remove(0);
    assert_eq!(record["cost_status"], "unpriced", "{record:#}");
}
