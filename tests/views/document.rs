//! Questions as JSON documents: every operator, values that stay values, names that are looked up.

use serde_json::{Value as Json, json};

use crate::binary::Home;
use crate::calls::{home, open, rows};

/// What a home answers to a document.
fn ask(home: &Home, document: &Json) -> (i32, Json, String) {
    let file = home.path("question.json");
    std::fs::write(&file, document.to_string()).unwrap();
    let answer = home.run(&[
        "query",
        "--json",
        file.to_str().unwrap(),
        "--format",
        "json",
    ]);
    let json = serde_json::from_str(&answer.out).unwrap_or(Json::Null);
    (answer.code, json, answer.err)
}

/// The ids that meet conditions, against those that meet a condition in SQL.
fn agree(home: &Home, conditions: &Json, sql: &str) {
    let document =
        json!({"table": "llm_usage_logs", "select": ["id"], "where": conditions, "order_by": "id"});
    let (code, answer, error) = ask(home, &document);
    assert_eq!(code, 0, "{conditions}: {error}");
    let found: Vec<&str> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["id"].as_str().unwrap())
        .collect();
    let wanted = rows(
        &open(home),
        &format!("SELECT id FROM llm_usage_logs WHERE {sql} ORDER BY id"),
    );
    assert!(
        !wanted.is_empty() && wanted.len() < 162,
        "{sql} says nothing"
    );
    assert_eq!(found, wanted, "{conditions}");
}

#[test]
fn every_operator() {
    let home = home();
    let one =
        |field: &str, op: &str, value: Json| json!([{"field": field, "op": op, "value": value}]);
    for (conditions, sql) in [
        (one("user_id", "=", json!("alice")), "user_id = 'alice'"),
        (one("user_id", "!=", json!("alice")), "user_id <> 'alice'"),
        (one("total_tokens", "<", json!(1000)), "total_tokens < 1000"),
        (
            one("total_tokens", "<=", json!("1000")),
            "total_tokens <= 1000",
        ),
        (one("total_tokens", ">", json!(1000)), "total_tokens > 1000"),
        (
            one("created_at", ">=", json!("2026-11-10")),
            "created_at >= '2026-11-10'",
        ),
        (one("model", "like", json!("gpt%")), "model LIKE 'gpt%'"),
        (
            one("model", "in", json!(["gpt-6-luna", "grok-4.7"])),
            "model IN ('gpt-6-luna', 'grok-4.7')",
        ),
        (
            one("latency_ms", "in", json!([1394, 300])),
            "latency_ms IN (1394, 300)",
        ),
        (
            one("tenant_id", "is_null", json!(true)),
            "tenant_id IS NULL",
        ),
        (
            one("tenant_id", "is_null", json!(false)),
            "tenant_id IS NOT NULL",
        ),
        (
            json!([{"field": "tenant_id", "op": "is_null"}]),
            "tenant_id IS NULL",
        ),
        (
            one("total_tokens", "between", json!([100, 2000])),
            "total_tokens BETWEEN 100 AND 2000",
        ),
        (one("is_estimated", "=", json!(true)), "is_estimated = 1"),
        // Decimal numbers, by their value.
        (one("cost", ">", json!(0.02)), "cost_pico > 20000000000"),
        (
            one("cost", ">=", json!("0.020")),
            "cost_pico >= 20000000000",
        ),
        (
            one("cost", "between", json!([0.001, "1e-2"])),
            "cost_pico BETWEEN 1000000000 AND 10000000000",
        ),
        (
            one("cost", "in", json!([0, "2.40"])),
            "cost_pico IN (0, 2400000000000)",
        ),
        (
            json!([{"field": "user_id", "op": "=", "value": "alice"}, {"field": "status", "op": "=", "value": "success"}]),
            "user_id = 'alice' AND status = 'success'",
        ),
    ] {
        agree(&home, &conditions, sql);
    }
}

#[test]
fn order_limit_offset_and_columns() {
    let home = home();
    let (_, answer, _) = ask(
        &home,
        &json!({"table": "token_usage", "select": ["cost_usd", "id"], "where": [{"field": "cost_usd", "op": "is_null", "value": false}],
                "order_by": ["cost_usd desc", "id"], "limit": 3, "offset": 1}),
    );
    assert_eq!(answer["columns"], json!(["cost_usd", "id"]));
    let sql = "SELECT cost_usd FROM token_usage WHERE cost_usd IS NOT NULL ORDER BY cost_usd_pico DESC, id LIMIT 3 OFFSET 1";
    let found: Vec<String> = answer["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["cost_usd"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, rows(&open(&home), sql));
    let (_, all, _) = ask(&home, &json!({"table": "llm_image_usages"}));
    assert_eq!(
        all["columns"],
        json!(["usage_log_id", "image_count", "size", "quality", "unit"])
    );
    let (_, rest, _) = ask(&home, &json!({"table": "llm_image_usages", "offset": 1}));
    assert_eq!(rest["rows"].as_array().unwrap().len(), 2);
}

/// A value is a value whatever it says; it never becomes SQL.
#[test]
fn values_stay_values() {
    let home = home();
    for hostile in [
        "' OR 1=1 --",
        "x'; DROP TABLE usage; --",
        "\u{0}",
        "%",
        "alice' UNION SELECT 1 --",
    ] {
        for op in ["=", "in", "between"] {
            let value = match op {
                "=" => json!(hostile),
                "in" => json!([hostile]),
                _ => json!([hostile, hostile]),
            };
            let document = json!({"table": "token_usage", "where": [{"field": "user_id", "op": op, "value": value}]});
            let (code, answer, error) = ask(&home, &document);
            assert_eq!(
                (code, answer["rows"].as_array().map(Vec::len)),
                (0, Some(0)),
                "{hostile}: {error}"
            );
        }
    }
    // A literal percent sign.
    let literal = json!({"table": "token_usage", "where": [{"field": "ai_model", "op": "like", "value": r"gpt\%"}]});
    assert_eq!(ask(&home, &literal).1["rows"], json!([]));
}

/// Asks what is no question; each is told why.
fn wrong(home: &Home, documents: &[(Json, &str)]) {
    for (document, why) in documents {
        let (code, _, error) = ask(home, document);
        assert_eq!(code, 2, "{document}");
        assert!(error.contains(why), "{document}: {error}");
    }
}

#[test]
fn what_is_no_question_says_why_and_where() {
    let home = home();
    let documents = [
        (json!({"table": "usage"}), "no view usage"),
        (
            json!({"table": "token_usages"}),
            "Did you mean token_usage?",
        ),
        (json!({"table": "token_usage; drop table usage"}), "no view"),
        (
            json!({"table": "token_usage", "select": ["usr_id"]}),
            "Did you mean user_id?",
        ),
        (
            json!({"table": "token_usage", "select": ["id\" from usage --"]}),
            "no column",
        ),
        (
            json!({"table": "token_usage", "select": ["*"]}),
            "no column *",
        ),
        (
            json!({"table": "token_usage", "order_by": ["id; drop"]}),
            "no column",
        ),
        (
            json!({"table": "token_usage", "order_by": ["id descending"]}),
            "no column",
        ),
        (json!({"table": "token_usage", "order_by": 3}), "order_by"),
        (
            json!({"table": "token_usage", "limits": 3}),
            "unknown field `limits`",
        ),
        (json!({"table": "token_usage", "limit": -1}), "-1"),
        (json!({"table": "token_usage", "limit": 1.5}), "1.5"),
        (json!({"select": ["id"]}), "missing field `table`"),
        (json!([]), "no question"),
    ];
    wrong(&home, &documents);
    let file = home.path("broken.json");
    std::fs::write(&file, "{\"table\": \"token_usage\",\n \"limit\": }").unwrap();
    let answer = home.run(&["query", "--json", file.to_str().unwrap()]);
    assert!(
        answer.code == 2 && answer.err.contains("broken.json:2:"),
        "{}",
        answer.err
    );
    let answer = home.run(&["query", "--json", "nowhere.json"]);
    assert!(
        answer.code == 2 && answer.err.contains("nowhere.json"),
        "{}",
        answer.err
    );
}

#[test]
fn what_is_no_condition_says_why_and_where() {
    let of = |condition: Json| json!({"table": "token_usage", "where": [condition]});
    let documents = [
        (
            of(json!({"field": "user_id", "op": "is"})),
            "unknown variant `is`",
        ),
        (
            of(json!({"field": "user_id", "op": "=", "value": "x", "and": []})),
            "unknown field `and`",
        ),
        (
            of(json!({"field": "user_id", "op": "="})),
            "where[0]: it has no value",
        ),
        (
            of(json!({"field": "user_id", "op": "=", "value": null})),
            "is_null",
        ),
        (
            of(json!({"field": "user_id", "op": "=", "value": ["x"]})),
            "neither a text nor a number",
        ),
        (
            of(json!({"field": "user_id", "op": "=", "value": {"a": 1}})),
            "neither a text nor a number",
        ),
        (
            of(json!({"field": "user_id", "op": "=", "value": true})),
            "neither a text nor a number",
        ),
        (
            of(json!({"field": "total_tokens", "op": ">", "value": 0.5})),
            "whole numbers",
        ),
        (
            of(json!({"field": "total_tokens", "op": ">", "value": "many"})),
            "whole numbers",
        ),
        (
            of(json!({"field": "total_tokens", "op": "like", "value": "1%"})),
            "holds no text",
        ),
        (
            of(json!({"field": "cost_usd", "op": ">", "value": "much"})),
            "decimal numbers",
        ),
        (
            of(json!({"field": "user_id", "op": "in", "value": []})),
            "1 to 1000",
        ),
        (
            of(json!({"field": "user_id", "op": "in", "value": vec!["x"; 1001]})),
            "1 to 1000",
        ),
        (
            of(json!({"field": "user_id", "op": "in", "value": "x"})),
            "list",
        ),
        (
            of(json!({"field": "user_id", "op": "between", "value": ["x"]})),
            "[from, to]",
        ),
        (
            of(json!({"field": "user_id", "op": "is_null", "value": "no"})),
            "true or false",
        ),
    ];
    wrong(&home(), &documents);
}
