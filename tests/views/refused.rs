//! What `llmcost query` refuses, and what it says then. The ledger is the same before and after.

use rusqlite::Connection;

use crate::binary::Home;
use crate::calls::{home, open, rows};

/// The error of a question.
fn refused(home: &Home, sql: &str) -> String {
    let answer = home.run(&["query", sql]);
    assert_eq!(answer.code, 2, "{sql}: {}{}", answer.out, answer.err);
    assert!(answer.out.is_empty(), "{sql}: {}", answer.out);
    answer.err
}

#[test]
fn whatever_does_not_read_the_views() {
    let home = home();
    let before = std::fs::read(home.ledger()).unwrap();
    for (sql, why) in [
        ("insert into usage(id) values (1)", "would write"),
        ("update usage set cost_pico = 0", "would write"),
        ("delete from usage", "would write"),
        ("delete from token_usage", "view"),
        ("replace into word values (1, 'x')", "would write"),
        ("drop table usage", "would"),
        ("drop view token_usage", "would"),
        ("create table x(y)", "would"),
        ("create temp table x(y)", "would"),
        ("create view x as select 1", "would"),
        (
            "create trigger x after insert on usage begin select 1; end",
            "view",
        ),
        ("create index x on usage(ms)", "view"),
        ("create virtual table x using fts5(y)", "would"),
        ("alter table usage add column x", "would"),
        ("reindex", "would"),
        ("analyze", "would"),
        ("vacuum", "would"),
        ("vacuum into 'copy.db'", ""),
        ("attach 'other.db' as other", "attach"),
        ("detach main", "attach"),
        ("pragma user_version = 9", "PRAGMA"),
        ("pragma table_info(usage)", "PRAGMA"),
        ("begin", "transaction"),
        ("savepoint x", "transaction"),
        ("explain select 1", "EXPLAIN"),
        ("explain query plan select * from token_usage", "EXPLAIN"),
        (
            "with recursive x(n) as (select 1 union all select n + 1 from x) select n from x",
            "RECURSIVE",
        ),
        (
            "with x(n) as (select 1 union all select n + 1 from x) select n from x",
            "RECURSIVE",
        ),
        ("select load_extension('x')", "load_extension"),
        ("select readfile('x')", "readfile"),
        ("select zeroblob(9)", "zeroblob"),
        ("select randomblob(9)", "randomblob"),
        ("select sqlite_version()", "sqlite_version"),
        ("select fts3_tokenizer('simple')", "fts3_tokenizer"),
        ("select total(total_tokens) from token_usage", "total"),
        ("select 1; select 2", "more than one"),
        ("select 1; drop table usage", "would"),
        ("", "no statement"),
        (";", "no statement"),
        ("/* nothing */", "no statement"),
        ("select ?1", "parameters"),
        ("select :x", "parameters"),
        ("selec 1", "syntax error (at character 1)"),
        ("select 1 +", "incomplete"),
        ("select \"alice\"", "single-quotes"),
        ("select 'x", "unrecognized token"),
    ] {
        let error = refused(&home, sql);
        assert!(error.contains(why), "{sql}: {error}");
    }
    assert_eq!(std::fs::read(home.ledger()).unwrap(), before);
    assert!(!home.path("other.db").exists() && !home.path("copy.db").exists());
}

/// Every table behind the views, in every way in which it could be named.
#[test]
fn tables_behind_the_views() {
    let home = home();
    let ledger = open(&home);
    let tables = rows(
        &ledger,
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
    );
    assert!(tables.len() > 15);
    let schema = [
        "sqlite_schema",
        "sqlite_master",
        "temp.sqlite_schema",
        "pragma_table_list",
        "dbstat",
        "json_each('[1]')",
    ];
    let names = tables.iter().map(String::as_str).chain(schema);
    let ways = [
        "select * from {}",
        "select count(*) from {}",
        "select 1 from token_usage, {} limit 1",
        "select (select count(*) from {}) from token_usage",
        "select 1 from token_usage where exists (select 1 from {})",
        "with token_usage as (select count(*) as n from {}) select n from token_usage",
        "with token_usage as (select * from {}) select * from token_usage",
    ];
    for (n, name) in names.enumerate() {
        // All ways for some tables, one way for every table.
        let ways = if n % 5 == 0 {
            &ways[..]
        } else {
            &ways[n % 7..=n % 7]
        };
        for way in ways {
            let error = refused(&home, &way.replace("{}", name));
            assert!(
                error.contains("no view") || error.contains("no such"),
                "{way} {name}: {error}"
            );
        }
    }
    for name in [
        "main.usage",
        "\"usage\"",
        "[usage]",
        "`usage`",
        "main.token_usage",
        "temp.usage",
    ] {
        refused(&home, &format!("select count(*) from {name}"));
    }
}

#[test]
fn names_that_are_nearly_right_are_asked_about() {
    let home = home();
    for (sql, hint) in [
        ("select * from token_usages", "Did you mean token_usage?"),
        ("select usr_id from token_usage", "Did you mean user_id?"),
        (
            "select t.usr_id from token_usage as t",
            "Did you mean user_id?",
        ),
        ("select * from banana", "One of: llm_usage_logs"),
        ("select banana_split from token_usage", "llmcost query"),
        ("select * from main.token_usage", "Say token_usage alone"),
    ] {
        let error = refused(&home, sql);
        assert!(error.contains(hint), "{sql}: {error}");
    }
}

#[test]
fn money_never_becomes_a_binary_fraction_in_a_sum() {
    let home = home();
    for (sql, why) in [
        ("select sum(cost) from llm_usage_logs", "dec_sum()"),
        ("select avg(cost) from llm_usage_logs", "dec_avg()"),
        ("select sum(cost) over () from llm_usage_logs", "dec_sum()"),
        ("select sum(0.1)", "binary fraction"),
        ("select dec_sum(0.1)", "binary fraction"),
        ("select dec_sum('much')", "this text is none"),
        (
            "select sum(n) from (select 9223372036854775807 as n union all values (1))",
            "dec_sum()",
        ),
    ] {
        let error = refused(&home, sql);
        assert!(error.contains(why), "{sql}: {error}");
    }
}

#[test]
fn what_never_ends_or_never_fits_is_stopped() {
    let home = home();
    let product = "select count(*) from llm_charges a, llm_charges b, llm_charges c, llm_charges d";
    let answer = home.run(&["query", product, "--timeout", "1"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.err.contains("longer than 1 s") && answer.err.contains("--timeout"),
        "{}",
        answer.err
    );
    for sql in [
        "select length(printf('%.*c', 100000000, 'x'))",
        "select length(replace(printf('%.*c', 10000, 'x'), 'x', printf('%.*c', 10000, 'y')))",
    ] {
        let error = refused(&home, sql);
        assert!(error.contains("memory"), "{sql}: {error}");
    }
    let long = format!("select '{}'", "x".repeat(300_000));
    let file = home.path("long.sql");
    std::fs::write(&file, &long).unwrap();
    let answer = home.run(&["query", &long[..100_000]]);
    assert_eq!(answer.code, 2);
    let deep = format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    refused(&home, &deep);
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    let home = home();
    let name = home.path("rows.jsonl");
    let sql =
        "select case when id > 'f' then sum('x') over () else 1 end from token_usage order by id";
    let answer = home.run(&["query", sql, "-o", name.to_str().unwrap()]);
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(!name.exists());
    std::fs::write(&name, "mine").unwrap();
    let answer = home.run(&["query", "select 1", "-o", name.to_str().unwrap()]);
    assert!(
        answer.code == 2 && answer.err.contains("--force"),
        "{}",
        answer.err
    );
}

/// A ledger file brings data, and nothing that runs or stands in for what is documented.
#[test]
fn views_that_a_file_brings_are_not_asked() {
    let home = home();
    let ledger = Connection::open(home.ledger()).unwrap();
    ledger
        .execute_batch(
            "DROP VIEW token_usage; CREATE TABLE token_usage(id); INSERT INTO token_usage VALUES('planted');
             DROP VIEW llm_charges; CREATE VIEW llm_charges AS SELECT 'planted' AS usage_log_id;",
        )
        .unwrap();
    drop(ledger);
    let bytes = std::fs::read(home.ledger()).unwrap();
    for sql in ["select count(*) as n from token_usage", "select 1"] {
        let answer = home.run(&["query", sql]);
        assert_eq!(answer.code, 2, "{}", answer.err);
        assert!(
            answer.err.contains("was changed by something else"),
            "{}",
            answer.err
        );
    }
    assert!(bytes == std::fs::read(home.ledger()).unwrap());
}

#[test]
fn there_must_be_a_ledger() {
    let home = Home::new();
    for args in [&["query"][..], &["query", "select 1"]] {
        let answer = home.run(args);
        assert!(
            answer.code == 2 && answer.err.contains("llmcost ingest"),
            "{}",
            answer.err
        );
    }
    assert!(!home.ledger().exists());
}
