//! Ledgers of earlier schemas: brought to this one, they say what they said, and can do what is new.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use llmcost::ledger::{Ledger, SCHEMA_VERSION};
use rusqlite::Connection;
use serde_json::json;

use crate::calls::row;
use crate::home::Home;

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name)
}

fn home_of(ledger: &str) -> Home {
    let home = Home::new();
    let bytes = std::fs::read(fixture(ledger)).unwrap();
    let ledger = home.write("data/llmcost/ledger.db", bytes);
    fs::set_permissions(ledger, fs::Permissions::from_mode(0o600)).unwrap();
    home
}

fn home() -> Home {
    home_of("ledgers/v1.db")
}

fn list(path: &Path, sql: &str) -> Vec<String> {
    let ledger = Connection::open(path).unwrap();
    let mut list = ledger.prepare(sql).unwrap();
    let rows = list
        .query_map([], |row| row.get::<_, Option<String>>(0))
        .unwrap();
    rows.map(|row| row.unwrap().unwrap_or_default()).collect()
}

/// Every row of every table.
fn dump(ledger: &Connection) -> Vec<String> {
    let text = |sql: &str| -> Vec<String> {
        let mut list = ledger.prepare(sql).unwrap();
        let columns = list.column_count();
        let rows = list.query_map([], |row| {
            let values = (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n).unwrap());
            Ok(format!("{:?}", values.collect::<Vec<_>>()))
        });
        rows.unwrap().map(Result::unwrap).collect()
    };
    let mut tables = ledger
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let rows = tables.flat_map(|table| text(&format!("SELECT * FROM {}", table.unwrap())));
    rows.collect()
}

#[test]
fn an_earlier_copy_is_never_replaced() {
    let home = home_of("ledgers/v2.db");
    home.write("data/llmcost/ledger.db.schema-2.backup", "an older one");
    home.ok("report");
    assert_eq!(
        home.read("data/llmcost/ledger.db.schema-2.backup"),
        "an older one"
    );
    assert!(
        home.file("data/llmcost/ledger.db.schema-2.2.backup")
            .exists()
    );
}

#[test]
fn an_earlier_ledger_that_something_else_has_changed_is_not_brought_on() {
    for change in [
        "CREATE TRIGGER evil AFTER INSERT ON run BEGIN DELETE FROM usage; END",
        "CREATE TABLE more(x)",
        "CREATE VIEW run2 AS SELECT * FROM run",
        "DROP TABLE reject",
    ] {
        let home = home_of("ledgers/v1.db");
        let ledger = Connection::open(home.ledger()).unwrap();
        ledger.execute_batch(change).unwrap();
        drop(ledger);
        let before = fs::read(home.ledger()).unwrap();
        assert!(home.fails("report", 2).contains("not touched"));
        assert!(home.fails("ingest nothing", 2).contains("nothing"));
        assert_eq!(fs::read(home.ledger()).unwrap(), before, "{change}");
        assert!(!home.file("data/llmcost/ledger.db.schema-1.backup").exists());
    }
}

#[test]
fn earlier_schemas_are_brought_to_this_one() {
    // There is a ledger of every schema before this one.
    for schema in 1..SCHEMA_VERSION {
        let home = home_of(&format!("ledgers/v{schema}.db"));
        let version = "SELECT CAST(user_version AS TEXT) FROM pragma_user_version";
        assert_eq!(list(&home.ledger(), version), [schema.to_string()]);
        let said = home.run("report").err;
        // What it was stands beside it, and is said.
        let backup = home.file(&format!("data/llmcost/ledger.db.schema-{schema}.backup"));
        assert!(said.contains(&backup.display().to_string()), "{said}");
        assert_eq!(list(&backup, version), [schema.to_string()]);
        assert_eq!(
            fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let was = Connection::open(fixture(&format!("ledgers/v{schema}.db"))).unwrap();
        assert_eq!(dump(&Connection::open(&backup).unwrap()), dump(&was));
        assert_eq!(list(&home.ledger(), version), [SCHEMA_VERSION.to_string()]);
        assert_eq!(list(&home.ledger(), "PRAGMA integrity_check"), ["ok"]);
        let broken = "SELECT \"table\" FROM pragma_foreign_key_check";
        assert_eq!(list(&home.ledger(), broken).len(), 0);
        // It is what a new ledger is.
        let fresh = home.file("fresh.db");
        drop(Ledger::open(&fresh).unwrap());
        let everything = "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY name";
        assert_eq!(list(&home.ledger(), everything), list(&fresh, everything));
    }
}

#[test]
fn the_second_schema_keeps_its_conversions_and_its_trail() {
    let home = home_of("ledgers/v2.db");
    let report = home.json("report --by user");
    assert_eq!(row(&report, "user", "alice")["cost"], "0.00136");
    let costs = "SELECT cost_usd || ' ' || coalesce(cost_rub, '-') FROM token_usage WHERE cost_usd IS NOT NULL ORDER BY created_at";
    assert_eq!(
        list(&home.ledger(), costs),
        ["0.0006 0.048681", "0.00076 0.0616626", "0.0025 0.2028375"]
    );
    let trail = home.json("explain 15875817")["trail"].clone();
    assert_eq!(
        (
            &trail[0]["what"],
            &trail[0]["old"]["cost"],
            &trail[0]["new"]["cost"]
        ),
        (&json!("repriced"), &json!("0.002"), &json!("0.0025"))
    );
}

#[test]
fn the_second_schema_can_grant_credits() {
    let home = home_of("ledgers/v2.db");
    home.ok("credits grant --user alice --amount 1 --currency USD --at 2026-11-01");
    home.ok("credits grant --tenant south --amount 1 --currency EUR --at 2026-11-01");
    let json = home.json("credits balance");
    let balances: Vec<_> = json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| &account["balance"])
        .collect();
    assert_eq!(balances, [&json!("0.99422"), &json!("0.99864")]);
}

#[test]
fn the_third_schema_keeps_its_credits() {
    let home = home_of("ledgers/v3.db");
    let json = home.json("credits balance --at 2026-12-01");
    let told: Vec<_> = json["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| json!([account["unit"], account["balance"], account["low"]]))
        .collect();
    assert_eq!(
        told,
        [
            json!(["tokens", "3460", false]),
            json!(["USD", "0.74864", true])
        ]
    );
    let entries =
        "SELECT kind || ' ' || amount || ' ' || effective_at FROM llm_credits ORDER BY credit_id";
    assert_eq!(
        list(&home.ledger(), entries),
        [
            "grant 1 2026-11-01 00:00:00",
            "grant 5000 2026-11-01 00:00:00",
            "revoke -0.25 2026-11-05 00:00:00",
            "warn 0.8 2026-11-23 08:00:00"
        ]
    );
}

#[test]
fn the_fourth_schema_keeps_every_line_of_every_call() {
    let home = home_of("ledgers/v4.db");
    let report = home.json("report --by model,user,meter");
    let told = std::fs::read_to_string(fixture("ledgers/v4.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    for part in ["rows", "totals", "unpriced"] {
        assert_eq!(report[part], told[part], "{part}");
    }
}

#[test]
fn every_figure_stands() {
    let home = home();
    let report = home.json("report --by provider,model");
    let euros = row(&report, "provider", "thrifty");
    assert_eq!(
        (&euros["cost"], &euros["currency"]),
        (&json!("0.0068"), &json!("EUR"))
    );
    let plain = row(&report, "model", "plain");
    assert_eq!(
        (&plain["cost"], &plain["requests"], &plain["estimated"]),
        (&json!("0.00142"), &json!(3), &json!(1))
    );
    assert_eq!(row(&report, "model", "nobody-sells-this")["unpriced"], 1);
    let costs = "SELECT cost_usd || ' ' || coalesce(cost_rub, '-') FROM token_usage WHERE cost_usd IS NOT NULL ORDER BY 1";
    assert_eq!(
        list(&home.ledger(), costs),
        ["0.0003 -", "0.00056 -", "0.00056 -"]
    );
    let runs = home.json("runs");
    let whats: Vec<&serde_json::Value> = runs["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["what"])
        .collect();
    assert_eq!(whats, ["ingest", "ingest", "ingest"]);
    // Its trail did not say currencies yet, and says none.
    let trail = home.json("explain bd70293b")["trail"].clone();
    assert_eq!(
        (
            &trail[0]["what"],
            &trail[0]["old"]["cost"],
            &trail[0]["old"]["currency"]
        ),
        (&json!("completed"), &json!("0.00018"), &json!(null))
    );
}

#[test]
fn its_records_can_be_priced_anew_and_converted() {
    let home = home();
    let book = std::fs::read_to_string(fixture("prices/workshop.yaml")).unwrap();
    // The book that it was priced by: the euros get their dollars, which the first schema had not.
    home.write("same.yaml", &book);
    let same = home.json("reprice --prices same.yaml --apply");
    assert_eq!(
        (&same["records"]["changed"], &same["records"]["converted"]),
        (&json!(0), &json!(1))
    );
    home.write(
        "rates.yaml",
        book.replace("to: EUR, rate: 0.9215", "to: RUB, rate: 81.1350"),
    );
    let filled = home.json("reprice --prices rates.yaml --apply");
    assert_eq!(
        (
            &filled["records"]["changed"],
            &filled["records"]["converted"]
        ),
        (&json!(0), &json!(2))
    );
    let roubles = "SELECT cost_rub FROM token_usage WHERE cost_rub IS NOT NULL ORDER BY 1";
    assert_eq!(list(&home.ledger(), roubles), ["0.0243405", "0.0454356"]);
}
