//! What many records share: profiles and parties, read once.

use std::rc::Rc;
use std::sync::LazyLock;

use rusqlite::{Connection, Row};

use super::{Loader, MOST_REMEMBERED, Rates};
use crate::ledger::codes::{self, from_code};
use crate::ledger::columns::{self, Home};
use crate::ledger::{Entry, Place};
use crate::money::Money;
use crate::pricing::{CostStatus, Receipt};
use crate::usage::{
    Facts, Field, FieldKind, IdentityBasis, Occurred, RecordId, Status, TimeBasis, Timestamp,
    UsageRecord, Value,
};

/// What the records of a profile have in common.
pub struct Profile {
    /// An entry that has nothing but that: no place, no run, no quantities, and no time but its basis.
    pub entry: Entry,
    /// The rates of its core meters.
    pub rates: Rates,
    pub(super) reported: Option<(String, String)>,
    pub(super) raw_shape: Option<String>,
}

impl Loader {
    /// What the row of a profile says.
    pub fn profile(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<Rc<Profile>> {
        if let Some(known) = self.profiles.get(&id) {
            return Ok(Rc::clone(known));
        }
        let profile = Rc::new(self.load_profile(connection, id)?);
        if self.profiles.len() >= MOST_REMEMBERED {
            self.profiles.clear();
        }
        self.profiles.insert(id, Rc::clone(&profile));
        Ok(profile)
    }

    fn load_profile(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<Profile> {
        static FIND: LazyLock<String> = LazyLock::new(|| {
            let facts = columns::fields_of(Home::Profile).map(Field::name);
            let columns: Vec<&str> = columns::PROFILE.into_iter().chain(facts).collect();
            format!("SELECT {} FROM profile WHERE id = ?1", columns.join(","))
        });
        let mut find = connection.prepare_cached(&FIND)?;
        let mut rows = find.query([id])?;
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let mut word = |name: &str| self.word(connection, row.get(name)?);
        let json = |text: Option<String>| text.unwrap_or_default();
        let (currency, part) = (word("currency")?, word("part")?);
        let (reasons, attributes) = (json(word("reasons")?), json(word("attributes")?));
        let reported = word("reported_currency")?.zip(word("reported_field")?);
        let (raw_shape, format) = (word("raw_shape")?, json(word("format")?));
        let (price, rates) = self.card(connection, row.get("card")?)?;
        let basis: Option<i64> = row.get("time_basis")?;
        let record = UsageRecord {
            facts: self.facts(connection, row)?,
            status: from_code(row.get("status")?, &codes::STATUSES, Status::Partial),
            part,
            occurred: basis.map(|basis| Occurred {
                at: Timestamp::from_millis(0),
                basis: from_code(basis, &codes::TIME_BASES, TimeBasis::File),
            }),
            attributes: serde_json::from_str(&attributes).unwrap_or_default(),
            ..UsageRecord::default()
        };
        let status = from_code(
            row.get("cost_status")?,
            &CostStatus::ALL,
            CostStatus::Unpriced,
        );
        let receipt = Receipt {
            charges: Vec::new(),
            cost: currency.as_ref().map(|_| Money::ZERO),
            currency,
            status,
            reasons: serde_json::from_str(&reasons).unwrap_or_default(),
            price,
        };
        let basis = from_code(
            row.get("basis")?,
            &IdentityBasis::ALL,
            IdentityBasis::Position,
        );
        let entry = Entry {
            id: RecordId::from_bytes([0; 16]),
            basis,
            record,
            receipt,
            place: Place {
                format,
                ..Place::default()
            },
            run: 0,
            ingested_at: Timestamp::from_millis(0),
        };
        Ok(Profile {
            entry,
            rates,
            reported,
            raw_shape,
        })
    }

    /// The header fields of a profile, which stand behind what else there is of it.
    fn facts(&mut self, connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Facts> {
        let mut facts = Facts::default();
        for (at, field) in (columns::PROFILE.len()..).zip(columns::fields_of(Home::Profile)) {
            match field.kind() {
                FieldKind::Text => {
                    if let Some(text) = self.word(connection, row.get(at)?)? {
                        facts.set(field, Value::Text(text));
                    }
                }
                FieldKind::Integer | FieldKind::Time => facts.integer(field, row.get(at)?),
                FieldKind::Flag => facts.flag(field, row.get(at)?),
            }
        }
        Ok(facts)
    }

    /// What the row of a party says; 0 is nobody.
    pub fn party(&mut self, connection: &Connection, id: i64) -> rusqlite::Result<Rc<Facts>> {
        if let Some(known) = self.parties.get(&id) {
            return Ok(Rc::clone(known));
        }
        let mut facts = Facts::default();
        if id != 0 {
            static FIND: LazyLock<String> = LazyLock::new(|| {
                let columns = columns::PARTY.map(Field::name).join(",");
                format!("SELECT {columns} FROM party WHERE id = ?1")
            });
            let mut find = connection.prepare_cached(&FIND)?;
            let mut rows = find.query([id])?;
            let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            for (at, field) in columns::PARTY.into_iter().enumerate() {
                if let Some(text) = self.word(connection, row.get(at)?)? {
                    facts.set(field, Value::Text(text));
                }
            }
        }
        let facts = Rc::new(facts);
        if self.parties.len() >= MOST_REMEMBERED {
            self.parties.clear();
        }
        self.parties.insert(id, Rc::clone(&facts));
        Ok(facts)
    }
}
