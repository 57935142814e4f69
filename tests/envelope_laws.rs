//! Laws of envelopes: a response is the same whatever it is wrapped in, what stands in prompts and
//! requests changes nothing, and a cut loses at most what it cuts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions
)] // a failing check may stop

#[path = "common/cases.rs"]
mod cases;
#[path = "common/wraps.rs"]
mod wraps;

use cases::cases;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};
use wraps::{WRAPS, core, read, wrapped};

fn bodies() -> impl Strategy<Value = Json> {
    let counts = (
        1_u32..100_000,
        0_u32..1000,
        1_u32..5000,
        0_u32..400,
        "[a-zA-Z0-9]{24}",
    );
    let text = "(CANARY|\\{\"usage\":1\\}|line\nfeed|\"quoted\" \\\\|ä€😀){0,4}";
    (counts, text, 0..4_usize).prop_map(|((input, cached, output, thought, id), text, shape)| match shape {
        0 => json!({"id": format!("chatcmpl-{id}"), "object": "chat.completion", "created": 1_793_613_600, "model": "gpt-5-mini-2025-08-07",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": input + cached, "completion_tokens": output + thought, "total_tokens": input + cached + output + thought,
                "prompt_tokens_details": {"cached_tokens": cached}, "completion_tokens_details": {"reasoning_tokens": thought}}}),
        1 => json!({"id": format!("msg_{id}"), "type": "message", "role": "assistant", "model": "claude-haiku-4-5", "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn", "usage": {"input_tokens": input, "cache_read_input_tokens": cached, "cache_creation_input_tokens": 0, "output_tokens": output}}),
        2 => json!({"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "finishReason": "STOP", "index": 0}], "responseId": id, "modelVersion": "gemini-2.5-flash",
            "createTime": "2026-11-02T10:00:00Z",
            "usageMetadata": {"promptTokenCount": input + cached, "cachedContentTokenCount": cached, "candidatesTokenCount": output, "thoughtsTokenCount": thought, "totalTokenCount": input + cached + output + thought}}),
        _ => json!({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn", "metrics": {"latencyMs": 5},
            "usage": {"inputTokens": input, "outputTokens": output, "cacheReadInputTokens": cached, "totalTokens": input + output + cached}}),
    })
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn a_wrapped_response_is_the_same_as_a_bare_one(body in bodies(), wraps in prop::collection::vec(select(WRAPS), 1..4)) {
        let bare = body.to_string();
        let (records, _) = read(bare.as_bytes());
        prop_assert_eq!(records.len(), 1);
        let (wrapped, names) = wrapped(bare, &wraps);
        let (found, broken) = read(wrapped.as_bytes());
        prop_assert_eq!(broken, 0, "{:?}\n{}", names, wrapped);
        prop_assert_eq!(found.len(), 1, "{:?}\n{}", names, wrapped);
        // A body without a model of its own takes the one of the request around it.
        let (mut expected, mut got) = (core(&records[0]), core(&found[0]));
        if expected.1.is_none() {
            (expected.1, got.1) = (None, None);
        }
        if expected.2.is_none() {
            (expected.2, got.2) = (None, None);
        }
        prop_assert_eq!(expected, got, "{:?}\n{}", names, wrapped);
        prop_assert!(found[0].occurred.is_some() || names.iter().all(|name| matches!(*name, "cassette" | "nock" | "exchange")));
    }

    #[test]
    fn a_line_in_pieces_is_the_whole_line(body in bodies(), size in 20_usize..200, cri in any::<bool>()) {
        let line = body.to_string();
        let chars: Vec<char> = line.chars().collect();
        let pieces: Vec<String> = chars.chunks(size).map(|piece| piece.iter().collect()).collect();
        let last = pieces.len() - 1;
        let split: String = pieces.iter().enumerate().map(|(n, piece)| {
            let other = "2026-11-02T10:00:00Z stderr F noise\n";
            if cri {
                let tag = if n == last { "F" } else { "P" };
                format!("2026-11-02T10:00:00Z stdout {tag} {piece}\n{other}")
            } else {
                let end = if n == last { "\n" } else { "" };
                let log = json!({"log": format!("{piece}{end}"), "stream": "stdout", "time": "2026-11-02T10:00:00Z"});
                let other = json!({"log": "noise\n", "stream": "stderr", "time": "2026-11-02T10:00:00Z"});
                format!("{log}\n{other}\n")
            }
        }).collect();
        let (whole, _) = read(line.as_bytes());
        let (joined, broken) = read(split.as_bytes());
        prop_assert_eq!(broken, 0, "{}", split);
        prop_assert_eq!(joined.len(), 1, "{}", split);
        prop_assert_eq!(core(&whole[0]), core(&joined[0]));
    }

    #[test]
    fn what_stands_in_prompts_and_requests_is_no_usage(
        input in 1_u32..9999, output in 1_u32..9999, decoy in bodies(),
        place in select(vec!["messages", "prompt", "request", "request_body", "input", "tools", "arguments", "contents", "inputBodyJson", "history"]),
        how in 0..3_usize,
    ) {
        let row = json!({"timestamp": "2026-11-02T10:00:00Z", "model": "gpt-4o", "usage": {"input": input, "output": output}});
        let mut spoiled = row.clone();
        spoiled[place] = match how {
            0 => decoy.clone(),
            1 => Json::String(decoy.to_string()),
            _ => json!([{"role": "user", "content": decoy.to_string()}, {"role": "tool", "content": [{"type": "tool_result", "content": decoy}]}]),
        };
        let (clean, _) = read(row.to_string().as_bytes());
        let (found, broken) = read(spoiled.to_string().as_bytes());
        prop_assert_eq!(broken, 0);
        prop_assert_eq!(found.len(), 1, "{}", spoiled);
        prop_assert_eq!(core(&clean[0]), core(&found[0]), "{}", spoiled);
        // Without usage of its own the value holds none at all.
        spoiled.as_object_mut().unwrap().remove("usage");
        let (none, _) = read(spoiled.to_string().as_bytes());
        prop_assert_eq!(none.len(), 0, "{}", spoiled);
    }

    #[test]
    fn a_cut_loses_at_most_the_last_record(bodies in prop::collection::vec(bodies(), 1..4), wrap in select(&WRAPS[..8]), at in any::<prop::sample::Index>()) {
        let lines: Vec<String> = bodies.iter().map(|body| (wrap.1)(&body.to_string())).collect();
        let text = lines.join("\n") + "\n";
        let at = at.index(text.len());
        let (all, _) = read(text.as_bytes());
        let (cut, _) = read(&text.as_bytes()[..at]);
        let complete = text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        prop_assert!(cut.len() >= complete && cut.len() <= complete + 1, "{} of {complete}", cut.len());
        let (all, cut): (Vec<_>, Vec<_>) = (all.iter().map(core).collect(), cut.iter().map(core).collect());
        prop_assert_eq!(&all[..cut.len()], &cut[..]);
    }
}

#[test]
fn an_event_stream_in_a_string_is_one_response() {
    let sse = "data: {\"id\":\"chatcmpl-8aQ2mWzY1kFq0vD3sEbRcTg5b\",\"object\":\"chat.completion.chunk\",\"created\":1793613600,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"CANARY\"}}]}\n\ndata: {\"id\":\"chatcmpl-8aQ2mWzY1kFq0vD3sEbRcTg5b\",\"object\":\"chat.completion.chunk\",\"created\":1793613600,\"model\":\"gpt-4o\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15}}\n\ndata: [DONE]\n\n";
    let line = json!({"timestamp": "2026-11-02T10:00:00Z", "request_id": "r", "response": sse});
    let (found, broken) = read(line.to_string().as_bytes());
    assert_eq!((found.len(), broken), (1, 0));
    assert_eq!(core(&found[0]).0, ["input 10", "output 5"]);
}
