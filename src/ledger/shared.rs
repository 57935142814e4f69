//! Rows that many records share: profiles (how a record was read, what served and priced it, how it
//! ended) and parties (whose it is). A run remembers those that it has met by what they say, so that
//! a record of a known kind costs one look.

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::codes::{self, code};
use super::columns::{Home, PARTY, PROFILE, fields_of, home, is_interned};
use super::facts::{self, fact};
use super::items::Core;
use super::values::{Bytes, Val, sum_of};
use super::words::Words;
use super::{Entry, cards};
use crate::lookup::Lookup;
use crate::pricing::{AppliedRate, CostStatus};
use crate::usage::{Field, IdentityBasis, Meter, RecordId, UsageRecord, Value};

/// What writing a record needs to know of its profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Its row.
    pub id: i64,
    /// What totals tell apart of it: see [`class`].
    pub class: i64,
    /// Of each core meter, whether its rate is a whole number of 10⁻¹² per unit.
    pub whole: [bool; 6],
}

/// What is known of a record that is like others which were written before: their number among all kinds of
/// this run, and what is its own of the usage object that is kept. Records of one kind have one profile.
#[derive(Debug, Clone, Copy)]
pub struct Like<'l> {
    /// The number of the kind.
    pub kind: u64,
    /// The numbers of the usage object, as [`split`](super::raw::split) gives them.
    pub numbers: &'l str,
    /// The hash of its facts.
    pub facts: i64,
    /// Whether other readings of the same call may follow soon.
    pub recurs: bool,
}

/// Profiles and parties that a run has met.
#[derive(Default)]
pub struct Shared {
    bytes: Bytes,
    profiles: Lookup<Box<[u8]>, Profile>,
    /// Of records that are like others, by their kind.
    kinds: Lookup<u64, Profile>,
    parties: Lookup<Box<[u8]>, i64>,
}

/// Rows of a kind remembered at once; past it they are looked up again.
const MOST_REMEMBERED: usize = 100_000;

impl Shared {
    /// The profile of all records of a kind, if one of them has been written.
    pub fn profile_of(&self, kind: u64) -> Option<Profile> {
        self.kinds.get(&kind).copied()
    }

    /// Remembers the profile of a kind.
    pub fn remember(&mut self, kind: u64, profile: Profile) {
        self.kinds.insert(kind, profile);
    }

    /// The profile of an entry; a new one is stored. `shape` is that of its raw usage.
    pub fn profile(
        &mut self,
        connection: &Connection,
        words: &mut Words,
        entry: &Entry,
        (core, shape): (&Core<'_>, Option<&str>),
    ) -> rusqlite::Result<Profile> {
        self.bytes.clear();
        say_profile(entry, core, shape, &mut self.bytes);
        if let Some(known) = self.profiles.get(self.bytes.as_slice()) {
            return Ok(*known);
        }
        let profile = store_profile(connection, words, entry, (core, shape))?;
        if self.profiles.len() >= MOST_REMEMBERED {
            self.profiles.clear();
        }
        self.profiles.insert(self.bytes.as_slice().into(), profile);
        Ok(profile)
    }

    /// The party of a record; none where nothing says whose it is.
    pub fn party(
        &mut self,
        connection: &Connection,
        words: &mut Words,
        record: &UsageRecord,
    ) -> rusqlite::Result<Option<i64>> {
        let said = PARTY.map(|field| record.facts.get_text(field));
        if said.iter().all(Option::is_none) {
            return Ok(None);
        }
        self.bytes.clear();
        self.bytes.extend(said.map(Val::text));
        if let Some(known) = self.parties.get(self.bytes.as_slice()) {
            return Ok(Some(*known));
        }
        let mut values = Vec::new();
        for text in said {
            values.push(word(connection, words, text)?);
        }
        let columns = PARTY.map(Field::name);
        let party = find_or_add(connection, "party", &columns, &values)?;
        if self.parties.len() >= MOST_REMEMBERED {
            self.parties.clear();
        }
        self.parties.insert(self.bytes.as_slice().into(), party);
        Ok(Some(party))
    }
}

/// Everything that a profile holds, in words: what is equal here is the same profile.
fn say_profile(entry: &Entry, core: &Core<'_>, shape: Option<&str>, bytes: &mut Bytes) {
    let (record, receipt) = (&entry.record, &entry.receipt);
    bytes.push(Val::Text(&entry.place.format));
    bytes.push(Val::Int(packed(entry)));
    bytes.push(Val::text(record.part.as_deref()));
    bytes.push(Val::text(currency(entry)));
    bytes.extend(receipt.reasons.iter().map(|reason| Val::Text(reason)));
    if let Some(reported) = &record.reported_cost {
        bytes.extend([&reported.currency, &reported.field].map(|text| Val::Text(text)));
    }
    for (name, value) in &record.attributes {
        bytes.extend([Val::Text(name), Val::Text(value)]);
    }
    bytes.push(Val::text(shape));
    for (field, value) in record.facts.iter() {
        if home(field) == Home::Profile {
            bytes.extend([Val::Text(field.name()), fact(value)]);
        }
    }
    let Some(price) = &receipt.price else { return };
    let words = [&price.book, &price.version, &price.sha256, &price.sku];
    bytes.extend(words.map(|text| Val::Text(text)));
    bytes.push(Val::text(price.from.as_deref()));
    bytes.push(Val::Int(sum_of(price.snapshot.as_bytes())));
    for rate in core
        .iter()
        .flatten()
        .filter_map(|charge| charge.rate.as_ref())
    {
        say_rate(rate, bytes);
    }
}

fn say_rate(rate: &AppliedRate, bytes: &mut Bytes) {
    facts::number(rate.quoted, bytes);
    bytes.push(Val::Text(rate.per.name()));
    for multiplier in &rate.multipliers {
        bytes.push(Val::Text(&multiplier.why));
        facts::number(multiplier.factor, bytes);
    }
    bytes.push(Val::text(rate.falls_back_to.as_ref().map(Meter::name)));
}

/// The codes of a profile in one number.
fn packed(entry: &Entry) -> i64 {
    let record = &entry.record;
    let basis = record
        .occurred
        .map_or(7, |at| code(at.basis, &codes::TIME_BASES));
    code(entry.basis, &IdentityBasis::ALL)
        | basis << 4
        | code(record.status, &codes::STATUSES) << 8
        | code(entry.receipt.status, &CostStatus::ALL) << 12
}

fn currency(entry: &Entry) -> Option<&str> {
    let receipt = &entry.receipt;
    receipt.cost.and(receipt.currency.as_deref())
}

fn store_profile(
    connection: &Connection,
    words: &mut Words,
    entry: &Entry,
    (core, shape): (&Core<'_>, Option<&str>),
) -> rusqlite::Result<Profile> {
    let (record, receipt) = (&entry.record, &entry.receipt);
    let card = match &receipt.price {
        Some(price) => Some(cards::card(connection, price, core)?),
        None => None,
    };
    let as_json = |empty: bool, json: serde_json::Value| (!empty).then(|| json.to_string());
    let reasons = as_json(
        receipt.reasons.is_empty(),
        serde_json::json!(receipt.reasons),
    );
    let attributes = as_json(
        record.attributes.is_empty(),
        serde_json::json!(record.attributes),
    );
    let reported = record.reported_cost.as_ref();
    let mut word = |text: Option<&str>| word(connection, words, text);
    let occurred = record.occurred;
    let mut values = vec![
        word(Some(&entry.place.format))?,
        Val::Int(code(entry.basis, &IdentityBasis::ALL)),
        Val::maybe(occurred.map(|occurred| code(occurred.basis, &codes::TIME_BASES))),
        Val::Int(code(record.status, &codes::STATUSES)),
        word(record.part.as_deref())?,
        Val::Int(code(receipt.status, &CostStatus::ALL)),
        word(currency(entry))?,
        word(reasons.as_deref())?,
        Val::maybe(card),
        word(reported.map(|cost| cost.currency.as_str()))?,
        word(reported.map(|cost| cost.field.as_str()))?,
        word(attributes.as_deref())?,
        word(shape)?,
    ];
    for field in fields_of(Home::Profile) {
        values.push(match record.facts.get(field) {
            Some(Value::Text(text)) if is_interned(field) => word(Some(text))?,
            Some(value) => fact(value),
            None => Val::Null,
        });
    }
    let columns: Vec<&str> = PROFILE
        .into_iter()
        .chain(fields_of(Home::Profile).map(Field::name))
        .collect();
    let id = find_or_add(connection, "profile", &columns, &values)?;
    Ok(Profile {
        id,
        class: class(connection, id)?,
        whole: core.map(|charge| charge.is_some_and(cards::is_whole)),
    })
}

/// What totals tell apart of a profile, in one number: status, cost status, whether it is a part, its
/// price book and its currency.
///
/// # Errors
/// When there is no such profile.
pub fn class(connection: &Connection, profile: i64) -> rusqlite::Result<i64> {
    let mut find = connection.prepare_cached(
        "SELECT p.status, p.cost_status, p.part IS NOT NULL, COALESCE(c.book, 0), COALESCE(p.currency, 0) \
         FROM profile AS p LEFT JOIN rate_card AS c ON c.id = p.card WHERE p.id = ?1",
    )?;
    find.query_row([profile], |row| {
        let of = |at: usize| row.get::<_, i64>(at);
        Ok(of(0)? | of(1)? << 2 | of(2)? << 5 | of(3)? << 6 | of(4)? << 32)
    })
}

/// Interns an optional text.
fn word(
    connection: &Connection,
    words: &mut Words,
    text: Option<&str>,
) -> rusqlite::Result<Val<'static>> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => words.id(connection, text).map(Val::Int),
        None => Ok(Val::Null),
    }
}

/// The row of a table with these values; it is known by their hash.
pub fn find_or_add(
    connection: &Connection,
    table: &str,
    columns: &[&str],
    values: &[Val<'_>],
) -> rusqlite::Result<i64> {
    let mut bytes = Bytes::default();
    bytes.extend(values.iter().copied());
    let hash = RecordId::of(&[bytes.as_slice()]);
    let find = format!("SELECT id FROM {table} WHERE hash = ?1");
    let found = connection
        .prepare_cached(&find)?
        .query_row([hash.bytes()], |row| row.get(0));
    if let Some(id) = found.optional()? {
        return Ok(id);
    }
    let marks = ",?".repeat(columns.len());
    let insert = format!(
        "INSERT INTO {table}(hash,{}) VALUES(?{marks})",
        columns.join(",")
    );
    let hash = Val::Blob(hash.bytes());
    connection
        .prepare_cached(&insert)?
        .execute(params_from_iter(std::iter::once(&hash).chain(values)))?;
    Ok(connection.last_insert_rowid())
}
