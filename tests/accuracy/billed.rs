//! What is billed, and at which rate.

use crate::ask::{chat, costs, line, message, one, quantity, records, set};

#[test]
fn line_1_cached_tokens_are_a_part_of_the_prompt() {
    // 86 × 2.5 + 1920 × 1.25 + 300 × 10 = 215 + 2400 + 3000 millionths
    let usage = r#""usage":{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,"prompt_tokens_details":{"cached_tokens":1920}}"#;
    let record = one(&chat("1", "gpt-4o-2024-08-06", usage));
    costs(&record, "0.005615", "exact");
    assert_eq!(quantity(&record, "input").unwrap(), "86");
    assert_eq!(quantity(&record, "cache_read").unwrap(), "1920");
}

#[test]
fn line_1_so_they_are_with_gemini() {
    // 86 × 0.3 + 1920 × 0.03 + 300 × 2.5 = 25.8 + 57.6 + 750
    let record = one(
        r#"{"candidates":[{"content":{"parts":[{"text":"CANARY"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":2006,"cachedContentTokenCount":1920,"candidatesTokenCount":300,"totalTokenCount":2306},"modelVersion":"gemini-2.5-flash","createTime":"2026-11-02T10:00:00Z","responseId":"Kq7vTz3Rb9WfYxNc5LpAhD"}"#,
    );
    assert_eq!(record["cost"], "0.0008334", "{record:#}");
}

#[test]
fn line_2_cached_tokens_stand_beside_the_input() {
    // 3 × 3 + 12304 × 3.75 + 550 × 15 = 9 + 46140 + 8250
    let usage = r#"{"input_tokens":3,"cache_creation_input_tokens":12304,"cache_creation":{"ephemeral_5m_input_tokens":12304,"ephemeral_1h_input_tokens":0},"cache_read_input_tokens":0,"output_tokens":550}"#;
    let record = set(&message("02", usage), "--set timestamp=2026-11-02").remove(0);
    costs(&record, "0.054399", "exact");
}

#[test]
fn line_3_a_small_input_beside_a_large_cache_is_not_clamped_to_nothing() {
    // 19 × 3 + 39000 × 0.3 = 57 + 11700
    let usage = r#"{"input_tokens":19,"cache_creation_input_tokens":0,"cache_read_input_tokens":39000,"output_tokens":0}"#;
    let record = set(&message("03", usage), "--set timestamp=2026-11-02").remove(0);
    costs(&record, "0.011757", "exact");
    assert_eq!(line(&record, "input").unwrap()["cost"], "0.000057");
}

#[test]
fn line_4_reasoning_is_inside_the_output() {
    // 17 × 0.05 + 482 × 0.4 = 0.85 + 192.8
    let usage = r#""usage":{"prompt_tokens":17,"completion_tokens":482,"total_tokens":499,"completion_tokens_details":{"reasoning_tokens":448}}"#;
    let record = one(&chat("4", "gpt-5-nano-2025-08-07", usage));
    costs(&record, "0.00019365", "exact");
    assert_eq!(quantity(&record, "output").unwrap(), "34");
    assert_eq!(quantity(&record, "reasoning").unwrap(), "448");
}

fn gemini(usage: &str, rest: &str) -> serde_json::Value {
    one(&format!(
        r#"{{"candidates":[{{"content":{{"parts":[{{"text":"CANARY"}}],"role":"model"}},"finishReason":"STOP","index":0{rest}}}],"usageMetadata":{usage},"modelVersion":"gemini-2.5-flash","createTime":"2026-11-02T10:00:00Z","responseId":"Kq7vTz3Rb9WfYxNc5LpAhD"}}"#
    ))
}

#[test]
fn line_5_thoughts_stand_beside_the_candidates() {
    // 100 × 0.3 + (923 + 785) × 2.5 = 30 + 4270
    let record = gemini(
        r#"{"promptTokenCount":100,"candidatesTokenCount":923,"thoughtsTokenCount":785,"totalTokenCount":1808}"#,
        "",
    );
    costs(&record, "0.0043", "exact");
    assert_eq!(quantity(&record, "output").unwrap(), "923");
    assert_eq!(quantity(&record, "reasoning").unwrap(), "785");
}

#[test]
fn line_6_what_tools_read_is_input() {
    // (26 + 12504) × 0.3 + 10 × 2.5 = 3759 + 25
    let record = gemini(
        r#"{"promptTokenCount":26,"toolUsePromptTokenCount":12504,"candidatesTokenCount":10,"totalTokenCount":12540}"#,
        r#","urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"https://example.com/CANARY","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_SUCCESS"}]}"#,
    );
    assert_eq!(record["cost"], "0.003784", "{record:#}");
}

#[test]
fn line_6_unless_it_is_search_whose_tokens_are_free() {
    // 26 × 0.3 + 10 × 2.5 = 32.8, and one grounded prompt at 35 per thousand
    let record = gemini(
        r#"{"promptTokenCount":26,"toolUsePromptTokenCount":12504,"candidatesTokenCount":10,"totalTokenCount":12540}"#,
        r#","groundingMetadata":{"webSearchQueries":["CANARY"],"groundingChunks":[{"web":{"uri":"https://example.com","title":"CANARY"}}]}"#,
    );
    assert_eq!(record["cost"], "0.0350328", "{record:#}");
}

#[test]
fn line_7_the_total_decides_whether_reasoning_is_inside_the_completion() {
    // 9992 × 1.25 + 128 × 0.2 + (1499 + 2809) × 2.5 = 12490 + 25.6 + 10770
    let usage = r#""usage":{"prompt_tokens":10120,"completion_tokens":1499,"total_tokens":14428,"prompt_tokens_details":{"text_tokens":10120,"audio_tokens":0,"image_tokens":0,"cached_tokens":128},"completion_tokens_details":{"reasoning_tokens":2809,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},"num_sources_used":0,"cost_in_usd_ticks":232856000},"system_fingerprint":"fp_7e1"#;
    let record = one(&chat("7", "grok-4.3", &format!("{usage}\"")));
    costs(&record, "0.0232856", "exact");
    assert_eq!(record["provider"], "xai");
    assert_eq!(record["reported_cost"]["amount"], "0.0232856");
}

#[test]
fn line_8_a_split_that_is_smaller_than_its_total_leaves_the_rest_at_the_default() {
    // 184457 × 3.75
    let usage = r#"{"input_tokens":0,"cache_creation_input_tokens":184457,"cache_creation":{"ephemeral_5m_input_tokens":31490,"ephemeral_1h_input_tokens":0},"cache_read_input_tokens":0,"output_tokens":0}"#;
    let record = set(&message("08", usage), "--set timestamp=2026-11-02").remove(0);
    costs(&record, "0.69171375", "estimated");
    assert!(!record["reasons"].as_array().unwrap().is_empty());
}

#[test]
fn line_9_the_tier_that_served_decides() {
    // 1000 × 0.25 + 1000 × 0.025 + 500 × 2 = 1275; flex halves it
    let usage = r#""usage":{"prompt_tokens":2000,"completion_tokens":500,"total_tokens":2500,"prompt_tokens_details":{"cached_tokens":1000}}"#;
    for (tier, cost) in [("flex", "0.0006375"), ("default", "0.001275")] {
        let rest = format!(r#"{usage},"service_tier":"{tier}""#);
        let record = one(&chat("9", "gpt-5-mini-2025-08-07", &rest));
        costs(&record, cost, "exact");
    }
}

fn response(output: &str) -> String {
    format!(
        r#"{{"id":"resp_0d0f84bce6a57cbbc3e9b4a5f7d826a3","object":"response","created_at":1793613600,"status":"completed","error":null,"model":"gpt-5-2025-08-07","output":[{output}{{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{{"type":"output_text","text":"CANARY"}}]}}],"service_tier":"default","tools":[{{"type":"web_search","search_context_size":"medium"}}],"tool_choice":"auto","usage":{{"input_tokens":1000,"input_tokens_details":{{"cached_tokens":0}},"output_tokens":100,"output_tokens_details":{{"reasoning_tokens":0}},"total_tokens":1100}}}}"#
    )
}

#[test]
fn line_10_searches_are_billed_and_opened_pages_are_not() {
    // 1000 × 1.25 + 100 × 10 = 2250, and one search at 10 per thousand
    let calls = r#"{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"CANARY"}},{"id":"ws_2","type":"web_search_call","status":"completed","action":{"type":"open_page","url":"https://example.com/CANARY"}},"#;
    let record = one(&response(calls));
    costs(&record, "0.01225", "exact");
    assert_eq!(quantity(&record, "web_search").unwrap(), "1");
}

#[test]
fn line_10_a_tool_that_is_only_declared_costs_nothing() {
    let record = one(&response(""));
    costs(&record, "0.00225", "exact");
    assert_eq!(quantity(&record, "web_search"), None);
}

#[test]
fn line_16_tokens_of_images_have_their_own_rate() {
    // 50 × 2 + 300 × 2.5 + 1056 × 8 = 100 + 750 + 8448
    let body = r#"{"created":1793613600,"background":"opaque","output_format":"png","quality":"medium","size":"1024x1024","data":[{"b64_json":"Q0FOQVJZ"}],"usage":{"input_tokens":350,"input_tokens_details":{"image_tokens":300,"text_tokens":50},"output_tokens":1056,"total_tokens":1406}}"#;
    let record = set(body, "--set model=gpt-image-1-mini --set provider=openai").remove(0);
    costs(&record, "0.009298", "exact");
}

#[test]
fn line_16_an_images_response_names_no_model_and_none_is_made_up() {
    let body = r#"{"created":1793613600,"size":"1024x1024","quality":"medium","data":[{"b64_json":"Q0FOQVJZ"}],"usage":{"input_tokens":50,"input_tokens_details":{"image_tokens":0,"text_tokens":50},"output_tokens":1056,"total_tokens":1106}}"#;
    let record = one(body);
    assert_eq!(record["cost_status"], "unpriced", "{record:#}");
    assert!(record["cost"].is_null() && record["response_model"].is_null());
}

#[test]
fn line_17_a_reported_zero_is_no_absent_cost() {
    let usage = |cost: &str| {
        format!(
            r#""provider":"OpenAI","usage":{{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100{cost}}}"#
        )
    };
    let free = one(&chat("17a", "openai/gpt-4o", &usage(r#","cost":0"#)));
    assert_eq!(free["reported_cost"]["amount"], "0", "{free:#}");
    let silent = one(&chat("17b", "openai/gpt-4o", &usage("")));
    assert!(silent["reported_cost"].is_null());
}

#[test]
fn line_17_the_reported_cost_stands_beside_ours_and_never_in_its_place() {
    // 1000 × 2.5 + 100 × 10 = 3500
    let usage = r#""usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"cost":0.0041}"#;
    let home = crate::home::Home::with_log(&chat("17", "gpt-4o-2024-08-06", usage));
    let record = home.records().remove(0);
    assert_eq!(record["reported_cost"]["amount"], "0.0041", "{record:#}");
    assert_ne!(record["cost"], "0.0041");
    let report = home.json("report --by model --reported");
    assert_eq!(report["rows"][0]["reported_cost"][0]["amount"], "0.0041");
    assert_eq!(report["rows"][0]["cost"], record["cost"]);
}

#[test]
fn line_22_without_a_time_it_is_never_now() {
    let usage = r#"{"input_tokens":1000,"output_tokens":100}"#;
    let record = one(&message("22", usage));
    assert!(record["occurred_at"].is_null(), "{record:#}");
    // 1000 × 3 + 100 × 15: one period only, so its rates are the only ones it can have
    costs(&record, "0.0045", "estimated");
}

#[test]
fn line_22_and_where_the_price_changed_there_is_none() {
    let body = chat(
        "22",
        "o3-2025-04-16",
        r#""usage":{"prompt_tokens":1000000,"completion_tokens":0,"total_tokens":1000000}"#,
    )
    .replace(r#""created":1793613600,"#, "");
    let record = one(&body);
    assert_eq!(record["cost_status"], "unpriced", "{record:#}");
    for (day, cost) in [("2025-06-01", "10"), ("2025-07-01", "2")] {
        let record = set(&body, &format!("--set timestamp={day}")).remove(0);
        costs(&record, cost, "exact");
    }
}

#[test]
fn line_23_what_failed_or_was_cancelled_is_billed_when_it_used_something() {
    for status in ["cancelled", "failed", "incomplete"] {
        let body = response("").replace(
            r#""status":"completed","error""#,
            &format!(r#""status":"{status}","error""#),
        );
        let record = one(&body);
        assert_eq!(record["cost"], "0.00225", "{record:#}");
        let whole = record["status"] == "success" && record["finish_reason"] == "stop";
        assert!(!whole, "{record:#}");
    }
}

#[test]
fn line_23_a_refused_call_is_a_failed_call_that_costs_nothing() {
    let body = r#"{"error":{"message":"Rate limit reached for CANARY","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#;
    let record = records(body).remove(0);
    assert_eq!(record["status"], "failed", "{record:#}");
    assert_eq!(record["error_code"], "rate_limit_exceeded");
    assert_eq!(record["line_items"], serde_json::json!([]));
    costs(&record, "0", "exact");
}
