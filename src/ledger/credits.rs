//! Credits: entries of grants and corrections, and what each record may draw on them. No balance is
//! stored; `report` works it out.

use std::fmt;
use std::rc::Rc;

use rusqlite::types::Type;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior, params};

use super::codes::{self, from_code};
use super::expressions::{TOTAL_TOKENS, record};
use super::words::Words;
use super::{Ledger, row};
use crate::error::Result;
use crate::money::{Exact, Money};
use crate::pricing::CostStatus;
use crate::usage::{RecordId, Status, Timestamp};

/// Whose credits they are: a user's, a tenant's, or a user's within a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Holder {
    /// The user, whatever the tenant where none is stated.
    pub user: Option<String>,
    /// The tenant, whatever the user where none is stated.
    pub tenant: Option<String>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.user, &self.tenant) {
            (Some(user), Some(tenant)) => write!(f, "user {user} of tenant {tenant}"),
            (Some(user), None) => write!(f, "user {user}"),
            (None, Some(tenant)) => write!(f, "tenant {tenant}"),
            (None, None) => f.write_str("nobody"),
        }
    }
}

/// What credits are counted in. Different units never mix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Money of a currency, by its code.
    Money(String),
    /// Tokens, as the providers total them.
    Tokens,
}

impl Unit {
    /// The currency code, or `tokens`.
    pub fn name(&self) -> &str {
        match self {
            Self::Money(currency) => currency,
            Self::Tokens => "tokens",
        }
    }

    /// The currency, where it is one.
    pub fn currency(&self) -> Option<&str> {
        match self {
            Self::Money(currency) => Some(currency),
            Self::Tokens => None,
        }
    }

    fn named(name: String) -> Self {
        if name == "tokens" {
            Self::Tokens
        } else {
            Self::Money(name)
        }
    }
}

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditKind {
    /// Adds to the balance.
    Grant,
    /// Takes from it: a correction, or credits that are withdrawn.
    Revoke,
    /// States the balance below which to warn from now on.
    Warn,
}

impl CreditKind {
    const ALL: [Self; 3] = [Self::Grant, Self::Revoke, Self::Warn];

    /// The word that is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Warn => "warn",
        }
    }
}

/// One entry. It is never changed; a correction is another entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// What it does.
    pub kind: CreditKind,
    /// Whose it is.
    pub holder: Holder,
    /// What it is counted in.
    pub unit: Unit,
    /// How much, never below zero.
    pub amount: Exact,
    /// From when on it counts.
    pub at: Timestamp,
    /// When it was entered.
    pub entered: Timestamp,
    /// Why, in the words of whoever entered it.
    pub note: Option<String>,
}

/// A record as far as credits go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The record.
    pub id: RecordId,
    /// When it happened, where that is known.
    pub at: Option<Timestamp>,
    /// Who made the call.
    pub user: Option<Rc<str>>,
    /// Whose bill it is.
    pub tenant: Option<Rc<str>>,
    /// The model that served it, else the one that was asked for.
    pub model: Option<Rc<str>>,
    /// Whether the call failed.
    pub failed: bool,
    /// How far its cost can be trusted.
    pub cost_status: CostStatus,
    /// Its cost, where it is known.
    pub cost: Option<Money>,
    /// The currency of the cost.
    pub currency: Option<Rc<str>>,
    /// The provider's total of tokens, else the sum.
    pub tokens: Exact,
}

impl Ledger {
    /// Adds an entry; its number.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn add_credit(&mut self, credit: &Credit, version: &str) -> Result<i64> {
        self.try_add_credit(credit, version)
            .map_err(|error| self.failed(&error))
    }

    fn try_add_credit(&mut self, credit: &Credit, version: &str) -> rusqlite::Result<i64> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let id = insert(&transaction, credit, version)?;
        transaction.commit()?;
        Ok(id)
    }

    /// All entries, in the order in which they count.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn credits(&self) -> Result<Vec<Credit>> {
        list(&self.connection).map_err(|error| self.failed(&error))
    }

    /// Hands every record of somebody who has credits to a function, in no order; of this user and
    /// this tenant only, where they are given.
    ///
    /// # Errors
    /// When the ledger cannot be read, or the function fails.
    pub fn for_each_draw(
        &self,
        of: &Holder,
        take: &mut dyn FnMut(&Draw) -> Result<()>,
    ) -> Result<()> {
        let failed = |error: rusqlite::Error| self.failed(&error);
        let mut words = Words::default();
        let mut statement = self.connection.prepare(&select_draws()).map_err(failed)?;
        let values = params![of.user, of.tenant];
        let mut rows = statement.query(values).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            take(&draw(&self.connection, &mut words, row).map_err(failed)?)?;
        }
        Ok(())
    }
}

fn insert(transaction: &Transaction<'_>, credit: &Credit, version: &str) -> rusqlite::Result<i64> {
    let mut words = Words::default();
    let mut word = |text: &Option<String>| {
        let text = text.as_deref();
        text.map(|text| words.id(transaction, text)).transpose()
    };
    let (user, tenant) = (word(&credit.holder.user)?, word(&credit.holder.tenant)?);
    transaction.execute(
        "INSERT INTO credit(kind, user_id, tenant_id, unit, amount, at_ms, entered_ms, version, note) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            credit.kind.name(), user, tenant, credit.unit.name(), credit.amount.to_string(),
            credit.at.millis(), credit.entered.millis(), version, credit.note,
        ],
    )?;
    let id = transaction.last_insert_rowid();
    row::remember_day(transaction, credit.at)?;
    row::remember_day(transaction, credit.entered)?;
    Ok(id)
}

fn list(connection: &Connection) -> rusqlite::Result<Vec<Credit>> {
    let mut list = connection.prepare(
        "SELECT c.id, c.kind, u.text, t.text, c.unit, c.amount, c.at_ms, c.entered_ms, c.note FROM credit AS c \
         LEFT JOIN word AS u ON u.id = c.user_id LEFT JOIN word AS t ON t.id = c.tenant_id ORDER BY c.at_ms, c.id",
    )?;
    let credits = list.query_map([], |row| {
        let (kind, amount): (String, String) = (row.get(1)?, row.get(5)?);
        let kind = CreditKind::ALL
            .into_iter()
            .find(|known| known.name() == kind);
        let amount = Exact::parse(&amount).map_err(|error| unread(5, &error.to_string()))?;
        Ok(Credit {
            id: row.get(0)?,
            kind: kind.ok_or_else(|| unread(1, "is no kind of entry"))?,
            holder: Holder {
                user: row.get(2)?,
                tenant: row.get(3)?,
            },
            unit: Unit::named(row.get(4)?),
            amount,
            at: Timestamp::from_millis(row.get(6)?),
            entered: Timestamp::from_millis(row.get(7)?),
            note: row.get(8)?,
        })
    })?;
    credits.collect()
}

/// Somebody else has written into the ledger.
fn unread(column: usize, why: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// `?1` and `?2` are the user and the tenant that are asked for, or null.
fn select_draws() -> String {
    let is = |column: &str, mark: &str| {
        format!(
            "({mark} IS NULL OR u.{column} = (SELECT w.id FROM word AS w WHERE w.text = {mark}))"
        )
    };
    let holds = |column: &str| {
        format!("u.{column} IN (SELECT c.{column} FROM credit AS c WHERE c.{column} IS NOT NULL)")
    };
    format!(
        "SELECT u.key, u.ms, u.user_id, u.tenant_id, COALESCE(u.response_model, u.requested_model), u.status, \
         u.cost_status, u.cost_pico, u.currency, {TOTAL_TOKENS} FROM {record} AS u \
         WHERE {user} AND {tenant} AND ({any_user} OR {any_tenant})",
        record = record(),
        user = is("user_id", "?1"),
        tenant = is("tenant_id", "?2"),
        any_user = holds("user_id"),
        any_tenant = holds("tenant_id"),
    )
}

fn draw(connection: &Connection, words: &mut Words, row: &Row<'_>) -> rusqlite::Result<Draw> {
    let mut word = |at: usize| -> rusqlite::Result<Option<Rc<str>>> {
        let id: Option<i64> = row.get(at)?;
        id.map(|id| words.text(connection, id)).transpose()
    };
    let status = from_code(row.get(5)?, &codes::STATUSES, Status::Partial);
    Ok(Draw {
        id: RecordId::from_bytes(row.get(0)?),
        at: row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis),
        user: word(2)?,
        tenant: word(3)?,
        model: word(4)?,
        failed: status == Status::Failed,
        cost_status: from_code(row.get(6)?, &CostStatus::ALL, CostStatus::Unpriced),
        cost: row.get::<_, Option<i64>>(7)?.map(Money::from_pico),
        currency: word(8)?,
        tokens: Exact::from_integer(row.get(9)?),
    })
}
