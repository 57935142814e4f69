//! Each view has the columns that are promised, in no more and no fewer words.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::binary::Home;
use crate::calls::open;

/// Everything of a record's header.
const USAGE_LOGS: &str = "
    id tenant_id user_id idempotency_key request_id response_id conversation_id parent_usage_log_id
    attempt_index is_fallback fallback_reason routing_rule_id identity_basis part
    provider requested_model response_model resolved_model modality region service_tier endpoint
    operation_type entity_type entity_id content_id content_type task_type agent_id workflow_id platform
    web_enabled web_provider web_search_mode web_budget_count web_search_count
    prompt_hash prompt_length_chars prompt_tokens_estimated response_length_chars response_bytes
    finish_reason finish_reason_raw content_filtered tool_call_count
    provider_created_at started_at headers_received_at first_token_at finished_at latency_ms ttfb_ms
    ttft_ms queue_wait_ms network_ms server_processing_ms occurred_at occurred_ms time_basis
    status http_status error_code error_message error_retryable
    cost cost_pico currency cost_status cost_reasons reported_cost reported_currency
    price_book price_book_version price_book_sha256 price_sku price_from
    source_path source_line source_pointer source_format raw_usage_shape raw_usage_numbers run_id
    ingested_at
    model estimated_cost is_estimated prompt_tokens completion_tokens total_tokens request_params
    response_summary response_time_ms parent_operation_id metadata created_at";

const VIEWS: [(&str, &str); 10] = [
    ("llm_usage_logs", USAGE_LOGS),
    ("llm_token_usages", "usage_log_id input_tokens cached_input_tokens output_tokens unit"),
    ("llm_image_usages", "usage_log_id image_count size quality unit"),
    ("llm_video_usages", "usage_log_id seconds size unit"),
    ("llm_music_usages", "usage_log_id seconds sample_rate channels bit_depth unit"),
    (
        "llm_web_search_usages",
        "id usage_log_id provider count query_chars_total response_bytes_total status error_code unit",
    ),
    (
        "token_usage",
        "id user_id userId content_id workflow_id agent_id request_id endpoint ai_provider ai_model
         model_name service_type prompt_tokens completion_tokens total_tokens api_cost cost_usd cost_rub
         cost_usd_pico cost_rub_pico platform content_type task_type execution_time_ms request_metadata
         response_metadata metadata created_at occurred_ms",
    ),
    (
        "llm_charges",
        "usage_log_id meter quantity unit rate per multipliers cost cost_pico currency",
    ),
    ("llm_daily_costs", "day provider model currency requests cost_pico cost"),
    (
        "llm_credits",
        "credit_id kind user_id tenant_id unit amount note effective_at entered_at",
    ),
];

fn columns(connection: &Connection, view: &str) -> BTreeSet<String> {
    let mut info = connection
        .prepare("SELECT name FROM pragma_table_info(?1)")
        .unwrap();
    let names = info.query_map([view], |row| row.get(0)).unwrap();
    names.map(Result::unwrap).collect()
}

#[test]
fn every_view_has_its_promised_columns() {
    let home = Home::new();
    home.ingest(&[crate::binary::demo().join("search.jsonl")]);
    let ledger = open(&home);
    for (view, promised) in VIEWS {
        let promised: BTreeSet<String> = promised.split_whitespace().map(str::to_owned).collect();
        assert_eq!(columns(&ledger, view), promised, "{view}");
    }
}

/// A header field that is added must be seen here too.
#[test]
fn every_header_field_is_a_column() {
    for field in llmcost::usage::Field::ALL {
        let named = USAGE_LOGS
            .split_whitespace()
            .any(|name| name == field.name());
        assert!(named, "{field}");
    }
}
