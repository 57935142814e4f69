//! Rows that applications write themselves, with words that transcripts use, too: none of them is taken
//! for a transcript, where its usage would pass in silence.

use llmcost::adapters;
use llmcost::json::Object;

const ROWS: &[&str] = &[
    r#"{"type":"llm_call","sessionId":"s","timestamp":"2026-10-05T09:00:00Z","response":{"usage":{}}}"#,
    r#"{"type":"assistant","session_id":"s","model":"m","usage":{"input_tokens":1,"output_tokens":2}}"#,
    r#"{"type":"system","session_id":"s","uuid":"u","usage":{"input_tokens":1}}"#,
    r#"{"timestamp":"2026-10-05T09:00:00Z","message":{"type":"message","usage":{"input_tokens":1}}}"#,
    r#"{"type":"message","message":{"role":"assistant","usage":{"input_tokens":1,"output_tokens":2}}}"#,
    r#"{"type":"message","id":"m","message":{"role":"assistant","usage":{"input_tokens":1,"output_tokens":2}}}"#,
    r#"{"sessionId":"s","startTime":"2026-10-05T09:00:00Z","endTime":"2026-10-05T09:00:01Z","usage":{"prompt_tokens":1}}"#,
    r#"{"sessionId":"s","startTime":"2026-10-05T09:00:00Z","model":"m","messages":[],"response":{"usage":{}}}"#,
    r#"{"model":"gpt-4o","tokenUsage":{"promptTokens":1,"completionTokens":2,"totalTokens":3}}"#,
    r#"{"type":"llm.request","time":1,"model":"m","usage":{"prompt_tokens":1}}"#,
    r#"{"event":"$ai_generation","properties":{"$ai_input_tokens":1},"user_id":"u","time":1}"#,
    r#"{"session_id":"s","steps":[{"usage":{"prompt_tokens":1}}]}"#,
    r#"{"at":"2026-10-05T09:00:00Z","conversationId":"c","model":"m","usage":{"input_tokens":1}}"#,
    r#"{"executionId":"e","workflowType":"w","usage":{"prompt_tokens":1}}"#,
    r#"{"id":"1","role":"assistant","parts":[],"metadata":{"usage":{"promptTokens":1}}}"#,
    r#"{"type":"llm.completed","seq":5,"data":{"usage":{"prompt_tokens":1}}}"#,
    r#"{"type":"assistant.reply","data":{"usage":{"prompt_tokens":1}}}"#,
    r#"{"type":"span","attributes":{"llm.token_count.prompt":1}}"#,
    r#"{"id":"1","event":"agent","data":{"usage":{"prompt_tokens":1}}}"#,
    r#"{"variant":"agent","timestamp":1,"usage":{"prompt_tokens":1}}"#,
    r#"{"source":"api","ts":1,"input":10,"output":5,"model":"m"}"#,
    r#"{"type":"turn.done","usage":{"input_tokens":1}}"#,
    r#"{"method":"POST","params":{"update":{}},"usage":{"input_tokens":1}}"#,
    r#"{"messages":[],"id":"chat-1","usage":{"prompt_tokens":1}}"#,
];

#[test]
fn an_applications_own_row_is_no_transcript() {
    for row in ROWS {
        let object = Object::parse(row).unwrap();
        let taken = adapters::recognize_transcript(&object).map(|adapter| adapter.id);
        assert_eq!(taken, None, "{row}");
    }
}
