//! `verify`: silent where a ledger is sound, and what it says where one is not.

use rusqlite::Connection;

use crate::home::{Home, json};
use crate::log;

#[test]
fn damage_is_named_and_is_the_exit_status() {
    let home = Home::with_log(&log());
    assert_eq!(home.ok("verify"), "");
    assert_eq!(home.json("verify")["sound"], true);
    let ledger = Connection::open(home.ledger()).unwrap();
    let change =
        "UPDATE usage SET output = output + 1 WHERE id = 2; DELETE FROM key_row WHERE usage = 1;
        UPDATE word SET text = text || 'x' WHERE text = 'openai'";
    ledger.execute_batch(change).unwrap();
    drop(ledger);
    let told = home.run("verify");
    assert_eq!(told.code, 1);
    for what in [
        "(row 2) is not what was stored",
        "row 2 costs what its lines do not",
        "roll-up: roll_profile: 1 sums are not those of the records",
        "1 records cannot be found by their key",
        "word is not what was stored",
    ] {
        assert!(told.out.contains(what), "{what}: {}", told.out);
    }
    assert!(told.err.contains("restore a backup"), "{}", told.err);
    let answer = home.run("verify --format json");
    let answer = (answer.code, json(&answer.out));
    assert_eq!((answer.0, &answer.1["sound"]), (1, &false.into()));
    assert!(answer.1["damage"].as_array().unwrap().len() >= 5);
}
