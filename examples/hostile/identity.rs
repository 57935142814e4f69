//! Who a record is: the same call again, other calls under one id, calls without any.

use super::cases::{Case, call, call_of, lines};

pub fn identities() -> Vec<Case> {
    let log = |name: &str, texts: &[&str], wanted: [u64; 6]| {
        Case::new(format!("identity-{name}"), lines(texts), wanted)
    };
    let with_id = |id: &str| call(1).replace("\"id\":\"chatcmpl-00000001Hq3vUz8Sb1WgYxMc7\"", id);
    let partial = call(1).replace("\"finish_reason\":\"stop\"", "\"finish_reason\":null");
    let embedding = r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":8,"total_tokens":8}}"#;
    let precomposed = with_id("\"id\":\"chatcmpl-é0000001Hq3vUz8Sb1WgYxMc7\"");
    let decomposed = with_id("\"id\":\"chatcmpl-e\u{301}0000001Hq3vUz8Sb1WgYxMc7\"");
    vec![
        log("same-line-twice", &[&call(1), &call(1)], [1, 1, 0, 0, 0, 0]),
        log(
            "other-white-space",
            &[&call(1), &call(1).replace("\":", "\" : ")],
            [1, 1, 0, 0, 0, 0],
        ),
        log(
            "hundred-copies",
            &[call(1).as_str(); 100],
            [1, 99, 0, 0, 0, 0],
        ),
        // A conflict, whose join is the same in both orders.
        log(
            "other-model",
            &[&call(1), &call_of(1, "gpt-4.1", "1000")],
            [1, 0, 1, 0, 0, 0],
        ),
        log(
            "grows",
            &[&call_of(1, "gpt-4o-2024-08-06", "500"), &call(1)],
            [1, 0, 1, 0, 0, 0],
        ),
        log(
            "shrinks",
            &[&call(1), &call_of(1, "gpt-4o-2024-08-06", "500")],
            [1, 1, 0, 0, 0, 0],
        ),
        log(
            "partial-after-final",
            &[&call(1), &partial],
            [1, 1, 0, 0, 0, 0],
        ),
        // Three equal calls that nothing tells apart are three calls.
        log(
            "no-id-thrice",
            &[embedding, embedding, embedding],
            [3, 0, 0, 0, 0, 0],
        ),
        log(
            "empty-id-twice",
            &[&with_id("\"id\":\"\""), &with_id("\"id\":\"\"")],
            [2, 0, 0, 0, 0, 0],
        ),
        log("null-id", &[&with_id("\"id\":null")], [1, 0, 0, 0, 0, 0]),
        log(
            "placeholder-id",
            &[
                &with_id("\"id\":\"chatcmpl-123\""),
                &with_id("\"id\":\"chatcmpl-123\"").replace("1000", "1001"),
            ],
            [2, 0, 0, 0, 0, 0],
        ),
        log("number-id", &[&with_id("\"id\":7")], [1, 0, 0, 0, 0, 0]),
        log(
            "long-id",
            &[&with_id(&format!(
                "\"id\":\"chatcmpl-{}\"",
                "x".repeat(100_000)
            ))],
            [1, 0, 0, 0, 0, 0],
        ),
        log(
            "two-forms-of-a-letter",
            &[&precomposed, &decomposed],
            [2, 0, 0, 0, 0, 0],
        ),
        Case::named(
            "identity-two-files",
            "a.jsonl",
            lines(&[&call(1), &call(2)]),
            [3, 1, 0, 0, 0, 0],
        )
        .and("b.jsonl", lines(&[&call(2), &call(3)])),
    ]
}
