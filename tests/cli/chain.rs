//! `records --chain`: the attempts at one call, and what the failed ones cost.

use serde_json::Value as Json;

use crate::chat;
use crate::home::Home;

fn attempt(n: u32, tenant: &str, rest: &str) -> String {
    format!(r#"{{"tenant_id":"{tenant}","request_id":"req-{n}","attempt_index":{n},{rest}}}"#)
        + "\n"
}

#[test]
fn retries_and_fallbacks_are_found_from_any_of_them() {
    let home = Home::new();
    let key = r#""idempotency_key":"order-17","#;
    let failed = r#""response":{"error":{"code":"rate_limit_exceeded","type":"rate_limit_error","message":"CANARY"}}"#;
    let cut = format!(
        r#""response":{}"#,
        chat(2, "gpt-4o").replace("\"stop\"", "\"error\"").replace(
            "\"usage\"",
            "\"error\":{\"code\":\"server_error\"},\"usage\""
        )
    );
    let done = format!(
        r#""is_fallback":true,"fallback_reason":"error","response":{}"#,
        chat(3, "gpt-5-mini-2025-08-07")
    );
    let log = [
        attempt(2, "acme", &format!("{key}{done}")),
        attempt(
            0,
            "acme",
            &format!("{key}\"timestamp\":\"2026-11-02T10:00:00Z\",{failed}"),
        ),
        attempt(1, "acme", &format!("{key}{cut}")),
        attempt(
            9,
            "globex",
            &format!("{key}\"response\":{}", chat(4, "gpt-4o")),
        ),
        attempt(8, "acme", &format!("\"response\":{}", chat(5, "gpt-4o"))),
    ];
    let outcome = home.ingest("log.jsonl", log.concat());
    assert_eq!(outcome["new"], 5, "{outcome:#}");
    for id in ["req-0", "req-1", "req-2"] {
        let chain = home.json(&format!("records --chain {id}"));
        let attempts: Vec<Json> = chain["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record["attempt_index"].clone())
            .collect();
        assert_eq!(attempts, [0, 1, 2], "{id}: {chain:#}");
    }
    let text = home.ok("records --chain req-1");
    assert!(text.contains("3 requests cost "), "{text}");
    // 86 + 1920 cached in, 300 out of gpt-4o.
    assert!(
        text.contains("of which 2 failed ones cost 0.005615 USD"),
        "{text}"
    );
    let nobody = home.fails("records --chain req-1 --tenant globex", 2);
    assert!(nobody.contains("there is no record req-1"), "{nobody}");
}
