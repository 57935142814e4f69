//! Which records are wanted, as far as a narrow look at their rows tells: what is shared is judged
//! once, and the rest of a record is loaded only where it is wanted.

use std::rc::Rc;

use rusqlite::{Connection, Row};

use super::Entry;
use super::cards;
use super::columns::CORE;
use super::read::{Loader, Profile};
use crate::lookup::Lookup;
use crate::usage::{Facts, Field, Timestamp, Value};

/// Judges a part of a record by an entry that has nothing but that part.
pub type Judge<'q> = Box<dyn Fn(&Entry) -> bool + 'q>;

/// What must hold of a record, part by part; a record is wanted where all of it holds.
pub struct Wanted<'q> {
    /// No record is wanted that happened before this time, in milliseconds.
    pub from: Option<i64>,
    /// None is wanted that happened at this time or after it.
    pub to: Option<i64>,
    /// Of the time at which it happened.
    pub time: Box<dyn Fn(Option<Timestamp>) -> bool + 'q>,
    /// Of its profile.
    pub profile: Judge<'q>,
    /// Of its party, where that is asked for.
    pub party: Option<Judge<'q>>,
    /// Of the texts in its own row that are looked at.
    pub own: Judge<'q>,
    /// The header fields that are looked at in its own row, all of them texts.
    pub own_fields: Vec<Field>,
}

impl Wanted<'_> {
    /// Every record.
    pub fn all() -> Self {
        Self {
            from: None,
            to: None,
            time: Box::new(|_| true),
            profile: Box::new(|_| true),
            party: None,
            own: Box::new(|_| true),
            own_fields: Vec::new(),
        }
    }

    /// Whether a record is, as far as its time tells.
    pub(super) fn has_time(&self, ms: Option<i64>) -> bool {
        let is_outside = ms.is_some_and(|ms| {
            self.from.is_some_and(|from| ms < from) || self.to.is_some_and(|to| ms >= to)
        });
        !is_outside && (self.time)(ms.map(Timestamp::from_millis))
    }

    /// A condition on columns of `usage` that leaves out what its ends do.
    pub(super) fn within(&self) -> String {
        let ends = [(">=", self.from), ("<", self.to)];
        let ends = ends
            .iter()
            .filter_map(|(sign, end)| Some(format!("ms {sign} {}", (*end)?)));
        let ends: Vec<String> = ends.collect();
        if ends.is_empty() {
            return "1".to_owned();
        }
        format!("(ms IS NULL OR {})", ends.join(" AND "))
    }
}

/// What the records of a profile have in common.
pub(super) struct Template {
    pub profile: Rc<Profile>,
    /// The rates of core meters in 10⁻¹² per unit.
    pub rates: [Option<i64>; 6],
}

/// What is wanted, and what has been judged by it so far. What is kept of a thing is none where it is
/// not.
pub(super) struct Chooser<'k> {
    connection: &'k Connection,
    pub wanted: &'k Wanted<'k>,
    loader: Loader,
    profiles: Lookup<i64, Option<Template>>,
    parties: Lookup<i64, Option<Rc<Facts>>>,
    /// The numbers of what stands in rows and is wanted, by their texts.
    numbers: Lookup<Vec<Option<String>>, usize>,
    own: Vec<Facts>,
    /// The entry by which texts of rows are judged.
    blank: Option<Entry>,
}

impl<'k> Chooser<'k> {
    pub fn new(connection: &'k Connection, wanted: &'k Wanted<'k>) -> Self {
        Self {
            connection,
            wanted,
            loader: Loader::default(),
            profiles: Lookup::default(),
            parties: Lookup::default(),
            numbers: Lookup::default(),
            own: Vec::new(),
            blank: None,
        }
    }

    /// `SELECT` of what [`Chooser::takes`] looks at, of the rows that meet a condition.
    pub fn select(&self, condition: &str) -> String {
        let own = self.wanted.own_fields.iter();
        let own: String = own.flat_map(|field| [", ", field.name()]).collect();
        format!("SELECT id, ms, profile, party{own} FROM usage WHERE {condition}")
    }

    /// The number of a row of [`Chooser::select`] whose record is wanted.
    pub fn takes(&mut self, row: &Row<'_>) -> rusqlite::Result<Option<i64>> {
        let ms: Option<i64> = row.get(1)?;
        if !self.wanted.has_time(ms) {
            return Ok(None);
        }
        let profile = row.get(2)?;
        let party = row.get::<_, Option<i64>>(3)?.unwrap_or(0);
        let is_wanted = self.accepts(profile, party)?
            && (self.wanted.own_fields.is_empty() || self.own(profile, row, 4)?.is_some());
        is_wanted.then(|| row.get(0)).transpose()
    }

    /// Whether records of a profile and a party are wanted.
    pub fn accepts(&mut self, profile: i64, party: i64) -> rusqlite::Result<bool> {
        // Asked of every row, and nearly always of what has been judged.
        let served = self.profiles.get(&profile);
        if let (Some(served), Some(whose)) = (served, self.parties.get(&party)) {
            return Ok(served.is_some() && whose.is_some());
        }
        if !self.profiles.contains_key(&profile) {
            let template = self.template(profile)?;
            let template = Some(template).filter(|it| (self.wanted.profile)(&it.profile.entry));
            self.profiles.insert(profile, template);
        }
        let Some(Some(template)) = self.profiles.get(&profile) else {
            return Ok(false);
        };
        if !self.parties.contains_key(&party) {
            let facts = self.loader.party(self.connection, party)?;
            let mut entry = template.profile.entry.clone();
            entry.record.facts = facts.as_ref().clone();
            let accepts = self.wanted.party.as_ref();
            let is_wanted = accepts.is_none_or(|accepts| accepts(&entry));
            let facts = is_wanted.then_some(facts);
            self.parties.insert(party, facts);
        }
        Ok(matches!(self.parties.get(&party), Some(Some(_))))
    }

    /// The number by which the texts of a row are known, the first of which stands in a column; none
    /// where they are not wanted, or none is looked at.
    pub fn own(
        &mut self,
        profile: i64,
        row: &Row<'_>,
        first: usize,
    ) -> rusqlite::Result<Option<usize>> {
        if self.wanted.own_fields.is_empty() {
            return Ok(None);
        }
        let columns = (first..).take(self.wanted.own_fields.len());
        let texts = columns.map(|column| row.get(column));
        let texts: Vec<Option<String>> = texts.collect::<Result<_, _>>()?;
        if let Some(number) = self.numbers.get(&texts).copied() {
            return Ok(Some(number));
        }
        if self.blank.is_none() {
            self.blank = self.profile(profile).map(|it| it.profile.entry.clone());
        }
        let Some(entry) = &mut self.blank else {
            return Ok(None);
        };
        entry.record.facts = Facts::default();
        for (field, text) in self.wanted.own_fields.iter().zip(&texts) {
            if let Some(text) = text {
                entry.record.facts.set(*field, Value::Text(text.clone()));
            }
        }
        // There may be as many texts as records: only those that become groups are remembered.
        if !(self.wanted.own)(entry) {
            return Ok(None);
        }
        let number = self.own.len();
        self.own.push(std::mem::take(&mut entry.record.facts));
        self.numbers.insert(texts, number);
        Ok(Some(number))
    }

    /// The template of a profile that is wanted.
    pub fn profile(&self, profile: i64) -> Option<&Template> {
        self.profiles.get(&profile)?.as_ref()
    }

    /// Whether records of a profile are whole responses, not parts of one.
    pub fn is_whole(&self, profile: i64) -> bool {
        self.profile(profile)
            .is_some_and(|it| it.profile.entry.record.part.is_none())
    }

    /// The header fields of a party that is wanted, and those under a number.
    pub fn facts(&self, party: i64, own: Option<usize>) -> impl Iterator<Item = &Facts> {
        let party = self.parties.get(&party).and_then(Option::as_deref);
        let own = own.and_then(|own| self.own.get(own));
        party.into_iter().chain(own)
    }

    fn template(&mut self, profile: i64) -> rusqlite::Result<Template> {
        let profile = self.loader.profile(self.connection, profile)?;
        let rates = CORE.map(|meter| {
            let rate = profile.rates.iter().find(|(priced, _)| *priced == meter);
            rate.and_then(|(_, rate)| cards::pico_per_unit(rate))
        });
        Ok(Template { profile, rates })
    }
}
