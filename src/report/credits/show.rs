//! Accounts for people and for scripts.

use serde_json::{Map, Value as Json, json};

use crate::ledger::Unit;
use crate::money::Exact;
use crate::table::{Cell, Column, Kind, Shown, Table};
use crate::usage::Timestamp;

use super::{Account, Undrawn};

/// An amount in the unit of an account.
pub fn amount_cell(unit: &Unit, amount: Exact) -> Cell {
    match unit {
        Unit::Money(currency) => Cell::money(Some(amount), Some(currency)),
        Unit::Tokens => Cell::Quantity(amount),
    }
}

/// The amount with its unit, in words.
fn words(unit: &Unit, amount: Exact) -> String {
    format!("{amount} {}", unit.name())
}

/// The columns that say whose account it is.
pub fn holder_columns() -> [Column; 3] {
    [
        Column::new("user", "user", Kind::Text).shown(Shown::WhenUsed),
        Column::new("tenant", "tenant", Kind::Text).shown(Shown::WhenUsed),
        Column::new("unit", "unit", Kind::Text),
    ]
}

/// What stands in them.
pub fn holder_cells(account: &Account) -> [Cell; 3] {
    [
        Cell::text(account.holder.user.as_ref()),
        Cell::text(account.holder.tenant.as_ref()),
        Cell::Text(account.unit.name().to_owned()),
    ]
}

/// Accounts as a table.
pub fn table(accounts: &[Account], at: Timestamp) -> Table {
    let amount =
        |key: &str, title: &str, shown: Shown| Column::new(key, title, Kind::Reported).shown(shown);
    let count =
        |key: &str| Column::new(key, key.replace('_', " "), Kind::Count).shown(Shown::WhenUsed);
    let mut columns: Vec<Column> = holder_columns().into();
    columns.extend([
        amount("granted", "granted", Shown::Always),
        amount("revoked", "revoked", Shown::WhenUsed),
        amount("drawn", "drawn", Shown::Always),
        amount("balance", "balance", Shown::Always),
        amount("warn_below", "warn below", Shown::WhenUsed),
        amount("absorbed", "absorbed", Shown::WhenUsed),
        Column::new("records", "records", Kind::Count),
        count("estimated"),
        count("partial"),
        count("absorbed_unpriced"),
    ]);
    columns.extend(Undrawn::ALL.map(|why| count(why.key())));
    columns.push(count("pending"));
    columns.push(Column::new("opened_at", "opened", Kind::Time).shown(Shown::DataOnly));
    Table {
        meta: vec![("as of".to_owned(), at.to_string())],
        columns,
        rows: accounts.iter().map(row).collect(),
        notes: notes(accounts),
        ..Table::default()
    }
}

fn row(account: &Account) -> Vec<Cell> {
    let amount = |amount| amount_cell(&account.unit, amount);
    let mut cells: Vec<Cell> = holder_cells(account).into();
    cells.extend([
        amount(account.granted),
        amount(account.revoked),
        amount(account.drawn),
        amount(account.balance),
        account.warn_below.map_or(Cell::Absent, amount),
        amount(account.absorbed.amount),
        Cell::Count(account.records),
        Cell::Count(account.estimated),
        Cell::Count(account.partial),
        Cell::Count(account.absorbed.unpriced),
    ]);
    cells.extend(Undrawn::ALL.map(|why| Cell::Count(undrawn(account, why))));
    cells.push(Cell::Count(account.pending));
    cells.push(Cell::Time(account.opened.to_string()));
    cells
}

fn undrawn(account: &Account, why: Undrawn) -> u64 {
    account.undrawn.get(&why).copied().unwrap_or_default()
}

/// An account as JSON.
pub fn json(account: &Account) -> Map<String, Json> {
    let not_drawn: Map<String, Json> = Undrawn::ALL
        .iter()
        .map(|why| (why.key().to_owned(), json!(undrawn(account, *why))))
        .collect();
    let absorbed = &account.absorbed;
    let named = [
        ("user", json!(account.holder.user)),
        ("tenant", json!(account.holder.tenant)),
        ("unit", json!(account.unit.name())),
        ("opened_at", json!(account.opened.to_string())),
        ("granted", json!(account.granted)),
        ("revoked", json!(account.revoked)),
        ("drawn", json!(account.drawn)),
        ("balance", json!(account.balance)),
        ("upper_bound", json!(account.is_upper_bound())),
        ("warn_below", json!(account.warn_below)),
        ("low", json!(account.is_low())),
        ("records", json!(account.records)),
        ("estimated", json!(account.estimated)),
        ("partial", json!(account.partial)),
        (
            "absorbed",
            json!({"records": absorbed.records, "amount": absorbed.amount, "unpriced": absorbed.unpriced}),
        ),
        ("not_drawn", Json::Object(not_drawn)),
        ("pending", json!(account.pending)),
    ];
    let named = named.into_iter();
    named
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What must be said of balances that are below the one at which to warn.
pub fn low(accounts: &[Account]) -> Vec<String> {
    let said = |account: &Account| {
        let least = account
            .warn_below
            .filter(|least| account.balance < *least)?;
        let (unit, holder) = (&account.unit, &account.holder);
        let left = words(unit, account.balance);
        Some(format!(
            "credits of {holder} are low: {left} left, below {}",
            words(unit, least)
        ))
    };
    accounts.iter().filter_map(said).collect()
}

/// Low balances, and balances that may be lower than they say.
pub fn notes(accounts: &[Account]) -> Vec<String> {
    let mut notes = low(accounts);
    for account in accounts {
        let said = |count: u64, why: &str| {
            let one = if count == 1 { "record" } else { "records" };
            (count > 0).then(|| {
                let (holder, unit) = (&account.holder, account.unit.name());
                format!("{count} {one} of {holder} did not draw {unit}: {why}")
            })
        };
        notes.extend(said(
            undrawn(account, Undrawn::Unpriced),
            "the cost is unknown",
        ));
        notes.extend(said(
            undrawn(account, Undrawn::OtherCurrency),
            "the cost is in another currency",
        ));
        notes.extend(said(
            undrawn(account, Undrawn::NoTime),
            "nothing says when it was",
        ));
        notes.extend(said(
            undrawn(account, Undrawn::Later),
            "it is later than this balance",
        ));
    }
    notes
}
