//! `llmcost query`: the views as they are, to the digit; decimal numbers that compare, sort and add up.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use serde_json::{Value as Json, json};

use crate::binary::{Home, lines, pico};
use crate::calls::{NONE, calls, home, open, rows};

fn ask(home: &Home, sql: &str) -> Json {
    home.json(&["query", sql, "--format", "json"])
}

/// The rows of an answer, each with its values in order.
fn values(home: &Home, sql: &str) -> Json {
    let json = ask(home, sql);
    let columns = json["columns"].as_array().unwrap().clone();
    let row = |row: &Json| {
        columns
            .iter()
            .map(|name| row[name.as_str().unwrap()].clone())
            .collect::<Json>()
    };
    json["rows"].as_array().unwrap().iter().map(row).collect()
}

/// The views and what their columns hold.
fn views(home: &Home) -> BTreeMap<String, Vec<(String, String)>> {
    let json = home.json(&["query", "--format", "json"]);
    assert_eq!(json["schema"], "llmcost.views/1");
    let word = |json: &Json| json.as_str().unwrap().to_owned();
    let views = json["views"].as_array().unwrap().iter().map(|view| {
        let columns = view["columns"].as_array().unwrap().iter();
        let columns = columns.map(|column| (word(&column["column"]), word(&column["holds"])));
        (word(&view["view"]), columns.collect())
    });
    views.collect()
}

/// A home whose ledger has something for every view.
fn full() -> Home {
    let home = home();
    home.out(&[
        "credits",
        "grant",
        "--user",
        "alice",
        "--amount",
        "5",
        "--currency",
        "USD",
        "--note",
        "x",
    ]);
    home.out(&[
        "credits",
        "revoke",
        "--user",
        "alice",
        "--amount",
        "1.5",
        "--currency",
        "USD",
    ]);
    home
}

#[test]
fn every_view_answers_what_sqlite_answers() {
    let home = full();
    let ledger = open(&home);
    let views = views(&home);
    assert_eq!(views.len(), 10);
    for (view, columns) in &views {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("SELECT {} FROM {view}", names.join(", "));
        let mut wanted = rows(&ledger, &sql);
        wanted.sort();
        assert!(!wanted.is_empty(), "{view}");
        let text = |json: &Json| match json {
            Json::Null => NONE.to_owned(),
            Json::String(text) => text.clone(),
            other @ (Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_)) => {
                other.to_string()
            }
        };
        let told = lines(&home.out(&["query", &sql, "--format", "jsonl"]));
        let row = |json: &Json| {
            names
                .iter()
                .map(|name| text(&json[*name]))
                .collect::<Vec<String>>()
                .join("|")
        };
        let mut found: Vec<String> = told.iter().map(row).collect();
        found.sort();
        assert_eq!(found, wanted, "{view}");
    }
}

/// What is said of a column holds of all that stands in it.
#[test]
fn columns_hold_what_is_said() {
    let home = full();
    let ledger = open(&home);
    for (view, columns) in views(&home) {
        for (name, holds) in columns {
            let mut query = ledger
                .prepare(&format!("SELECT {name} FROM {view}"))
                .unwrap();
            let mut found = query.query([]).unwrap();
            while let Some(row) = found.next().unwrap() {
                let sound = match row.get_ref(0).unwrap() {
                    ValueRef::Null => true,
                    ValueRef::Integer(_) => holds != "text",
                    ValueRef::Text(text) => {
                        let text = str::from_utf8(text).unwrap();
                        holds == "text"
                            || holds == "decimal number"
                                && text.parse::<llmcost::money::Exact>().is_ok()
                    }
                    ValueRef::Real(_) | ValueRef::Blob(_) => false,
                };
                assert!(sound, "{view}.{name} holds no {holds}");
            }
        }
    }
}

#[test]
fn decimal_text_compares_and_sorts_as_numbers() {
    let home = home();
    let mut costs: Vec<i128> = calls(&home).iter().filter_map(|call| call.cost).collect();
    costs.sort_unstable();
    let found = values(
        &home,
        "select cost from llm_usage_logs where cost is not null order by cost",
    );
    let found: Vec<i128> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| pico(row[0].as_str().unwrap()))
        .collect();
    assert_eq!(found, costs);
    // The number as a number, as text, and with digits that change nothing.
    for bound in ["0.02", "'0.02'", "'0.020'", "2e-2"] {
        let sql = format!("select count(*) from llm_usage_logs where cost > {bound}");
        let above = costs.iter().filter(|cost| **cost > pico("0.02")).count();
        assert_eq!(values(&home, &sql), json!([[above]]), "{bound}");
    }
    let ends = values(&home, "select min(cost), max(cost) from llm_usage_logs");
    let [low, high] = [0, 1].map(|at| pico(ends[0][at].as_str().unwrap()));
    assert_eq!((low, high), (costs[0], *costs.last().unwrap()));
}

#[test]
fn sums_and_averages_are_exact() {
    let home = home();
    let costs: Vec<i128> = calls(&home).iter().filter_map(|call| call.cost).collect();
    let total: i128 = costs.iter().sum();
    let found = values(
        &home,
        "select dec_sum(cost), sum(cost_pico), dec_avg(cost), avg(total_tokens), sum(cost_pico) filter (where 0) from llm_usage_logs",
    );
    assert_eq!(pico(found[0][0].as_str().unwrap()), total);
    assert_eq!(found[0][1].as_i64().map(i128::from), Some(total));
    let count = i128::try_from(costs.len()).unwrap();
    let average = pico(found[0][2].as_str().unwrap());
    assert!((average * count - total).abs() <= count / 2, "{average}");
    assert!(found[0][3].is_f64(), "{found}");
    assert_eq!(found[0][4], json!(null));
    // Ten cents ten times; a window of two; what binary fractions cannot hold.
    let ten = "select dec_sum(x) from (select '0.1' as x union all values ('0.1'), ('0.1'), ('0.1'), ('0.1'), ('0.1'), ('0.1'), ('0.1'), ('0.1'), ('0.1'))";
    assert_eq!(values(&home, ten), json!([["1"]]));
    let window = "select dec_sum(x) over (order by n rows 1 preceding), sum(n) over (order by n rows 1 preceding) from (select 1 as n, '0.1' as x union all values (2, '0.2'), (3, '1e-12'), (4, null))";
    assert_eq!(
        values(&home, window),
        json!([
            ["0.1", 1],
            ["0.3", 3],
            ["0.200000000001", 5],
            ["0.000000000001", 7]
        ])
    );
    let large = "select dec_sum(n) from (select 9223372036854775807 as n union all values (9223372036854775807))";
    assert_eq!(values(&home, large), json!([["18446744073709551614"]]));
    assert_eq!(
        values(
            &home,
            "select avg(n) from (select 1 as n union all values (2))"
        ),
        json!([[1.5]])
    );
}

/// The money of the report and of the views is the same.
#[test]
fn sums_by_user_are_those_of_the_report() {
    let home = home();
    let report = home.json(&["report", "--by", "user", "--format", "json"]);
    let mut wanted: Vec<Json> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["cost"].is_string())
        .map(|row| json!([row["user"], row["cost"]]))
        .collect();
    let sql = "select user_id, dec_sum(cost) from llm_usage_logs where cost is not null group by 1";
    let mut found = values(&home, sql).as_array().unwrap().clone();
    wanted.sort_by_key(ToString::to_string);
    found.sort_by_key(ToString::to_string);
    assert_eq!(found, wanted);
}

#[test]
fn the_usual_functions_are_there() {
    let home = home();
    for (sql, wanted) in [
        (
            "select json_extract(metadata, '$.env') from token_usage limit 1",
            json!("demo"),
        ),
        (
            "select metadata ->> 'env' from token_usage limit 1",
            json!("demo"),
        ),
        ("select date('2026-11-22', '-30 days')", json!("2026-10-23")),
        (
            "select strftime('%Y-%m', created_at) from token_usage where created_at is not null order by created_at limit 1",
            json!("2026-11"),
        ),
        (
            "select row_number() over () from token_usage limit 1",
            json!(1),
        ),
        ("select printf('%.2f', 2)", json!("2.00")),
        (
            "select group_concat(distinct service_type) is not null from token_usage",
            json!(1),
        ),
        ("with x as (select 1 as n) select n + 1 from x", json!(2)),
        ("values (7)", json!(7)),
    ] {
        assert_eq!(values(&home, sql), json!([[wanted]]), "{sql}");
    }
}

#[test]
fn answers_in_every_format() {
    let home = home();
    let sql = "select 'a' as word, -1.5 as n, null as gap, 9007199254740993 as large, x'0aff' as bytes, '-2.50' as text, 'a' as word";
    let json = ask(&home, sql);
    assert_eq!(
        json["columns"],
        json!(["word", "n", "gap", "large", "bytes", "text", "word_2"])
    );
    assert_eq!(
        json["rows"][0],
        json!({"word": "a", "n": -1.5, "gap": null, "large": "9007199254740993", "bytes": "0aff", "text": "-2.50", "word_2": "a"})
    );
    let csv = home.out(&["query", sql, "--format", "csv"]);
    // A number is no formula, text that looks like one may be.
    assert_eq!(
        csv,
        "word,n,gap,large,bytes,text,word\na,-1.5,,9007199254740993,0aff,'-2.50,a\n"
    );
    for format in ["table", "markdown", "html"] {
        let text = home.out(&["query", sql, "--format", format]);
        assert!(text.contains("9007199254740993"), "{text}");
    }
    assert_eq!(
        home.out(&["query", "select 1 as x where 0", "--format", "csv"]),
        "x\n"
    );
    // No column that was asked for leaves, however narrow it is.
    let wide = "select user_id, tenant_id, status, prompt_tokens as input_tokens, created_at, id from llm_usage_logs limit 2";
    let table = home.out(&["query", wide]);
    assert!(
        table.contains("user_id") && !table.contains("do not fit"),
        "{table}"
    );
    let name = home.path("rows.csv");
    let name = name.to_str().unwrap();
    home.out(&["query", "select id from token_usage", "-o", name]);
    assert_eq!(std::fs::read_to_string(name).unwrap().lines().count(), 163);
}

#[test]
fn text_of_records_does_nothing_where_it_is_shown() {
    let home = home();
    let sql = "select char(27) || '[2J' || char(8238) || '=1+1|<b>' as text, '=1+1' as formula";
    for format in ["table", "csv", "json", "jsonl", "markdown", "html"] {
        let text = home.out(&["query", sql, "--format", format]);
        let acts = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
        assert!(!text.contains(acts) || format == "csv", "{format}: {text}");
        assert!(format != "html" || !text.contains("<b>"), "{text}");
    }
    assert!(
        home.out(&["query", sql, "--format", "csv"])
            .contains("'=1+1")
    );
}

#[test]
fn a_question_from_standard_input_or_of_a_ledger_elsewhere() {
    let home = home();
    let elsewhere = home.path("we ird#?%.db");
    std::fs::copy(home.ledger(), &elsewhere).unwrap();
    let args = [
        "query",
        "select count(*) from token_usage",
        "--ledger",
        elsewhere.to_str().unwrap(),
        "--format",
        "csv",
    ];
    assert_eq!(home.out(&args), "count(*)\n162\n");
    let plain = crate::home::Home::new();
    plain.write(
        "data/llmcost/ledger.db",
        std::fs::read(home.ledger()).unwrap(),
    );
    let answer = plain.pipe(
        "query - --format csv",
        b"select count(*)\nfrom token_usage -- all\n;\n",
    );
    assert_eq!(
        (answer.code, answer.out.as_str()),
        (0, "count(*)\n162\n"),
        "{}",
        answer.err
    );
}
