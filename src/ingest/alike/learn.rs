//! One document that was read in full → the mould of those that are read alike.

use super::mould::{Kept, Mould, Written};
use super::notes::Notes;
use super::roles::Role;
use super::sight::{ELEMENTS, Part, Slots, is_list_of_objects};
use crate::adapters;
use crate::ingest::documents::{Found, Outcome, Spot};
use crate::json::{Kind, Raw};
use crate::ledger::raw;
use crate::money::asked::{Answer, Asked, Stands, Sum};
use crate::pricing::{Search, price_by, steady};
use crate::usage::{IdentityBasis, UsageRecord};

/// Longest usage object that is kept of records that are read alike.
const LONGEST_KEPT: usize = 4 << 10;

/// A document that was read in full.
pub(super) struct Lesson<'l, 'a> {
    /// Its parts.
    pub parts: &'l [Part<'a>],
    /// What came of it.
    pub found: &'l Found,
    /// Where it stands.
    pub spot: &'l Spot,
    /// How it came to be read.
    pub notes: &'l Notes,
    /// What was asked of its counts.
    pub asked: &'l Asked,
}

/// A count, or another value among the counts, by the names that lead to it.
struct Placed<'a> {
    way: Vec<&'a str>,
    value: Raw<'a>,
}

impl<'a> Lesson<'_, 'a> {
    /// The record that came of it.
    pub(super) fn record(&self) -> Option<&UsageRecord> {
        match &self.found.outcome {
            Outcome::Record(record, _) => Some(record),
            Outcome::Alike(_) | Outcome::Ignored(_) | Outcome::Rejected(_) => None,
        }
    }

    /// The mould; nothing where not everything of the record is known to be the same or taken over.
    pub(super) fn mould(
        &self,
        roles: &[Role],
        slots: &Slots,
        search: &Search<'_>,
    ) -> Option<Mould> {
        let Outcome::Record(record, identity) = &self.found.outcome else {
            return None;
        };
        let is_named = identity.basis == IdentityBasis::ResponseId && self.found.nth.is_none();
        if !is_named || record.part.is_some() || record.key.is_some() || self.asked.spoiled {
            return None;
        }
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        for role in roles {
            words.extend(role.word());
            numbers.extend(role.number());
        }
        let placed = self.placed(roles)?;
        if !self.keeps_counts_only(roles, record.raw_usage.as_deref().unwrap_or_default()) {
            return None;
        }
        let items = record
            .items
            .iter()
            .map(|item| self.sum(self.asked.sum(item.quantity)?, slots));
        let total = record
            .stated_total
            .map(|total| self.sum(self.asked.sum(total)?, slots));
        let total = match total {
            Some(sum) => Some(sum?),
            None => None,
        };
        let record = alone(record);
        let receipt = price_by(&record, search);
        let mould = Mould {
            answers: self.answers(slots)?,
            items: items.collect::<Option<_>>()?,
            total,
            raw: match &record.raw_usage {
                Some(text) => Some(kept(text, &placed, slots)?),
                None => None,
            },
            transcript: self.transcript(),
            steady: steady(&record, &receipt, search)?,
            layers: self.found.spot.layers.clone(),
            pointer: self
                .found
                .spot
                .pointer
                .strip_prefix(&self.spot.pointer)?
                .to_owned(),
            words,
            numbers,
            record,
            receipt,
        };
        mould.is_of(slots, *identity).then_some(mould)
    }

    /// Whose transcript it is a part of.
    fn transcript(&self) -> Option<&'static str> {
        let adapter = self.notes.levels.last()?.adapter?;
        let is_line = adapters::differs(adapter)?.line.is_some();
        is_line.then_some(adapter)
    }

    /// What was asked, of the counts in their slots. Those that were looked at otherwise must be the same.
    fn answers(&self, slots: &Slots) -> Option<Vec<Answer>> {
        let mut answers = Vec::new();
        for answer in &self.asked.answers {
            let sum = self.sum(answer.sum.clone(), slots)?;
            let stands = answer.stands;
            if !sum.terms.is_empty() {
                answers.push(Answer { sum, stands });
            }
        }
        for (at, (place, count)) in slots.places.iter().zip(&slots.counts).enumerate() {
            let is_counted = self.asked.counts.iter().any(|(met, _)| met == place);
            if !is_counted || self.asked.texts.contains(place) {
                let (terms, constant) = (vec![(at, 1)], -count);
                let stands = Stands::At(std::cmp::Ordering::Equal);
                let sum = Sum { terms, constant };
                answers.push(Answer { sum, stands });
            }
        }
        Some(answers)
    }

    /// A sum of counts that were met as one of counts in slots; the others are the same everywhere.
    fn sum(&self, met: Sum, slots: &Slots) -> Option<Sum> {
        let mut sum = Sum {
            terms: Vec::new(),
            constant: met.constant,
        };
        for (at, times) in met.terms {
            let (place, number) = self.asked.counts.get(at)?;
            if let Some(slot) = slots.places.iter().position(|held| held == place) {
                sum.terms.push((slot, times));
            } else {
                let more = number.checked_mul(times)?;
                sum.constant = sum.constant.checked_add(more)?;
            }
        }
        Some(sum)
    }

    /// Whether of a row whose counts stand among its other fields nothing but these counts is kept. Otherwise
    /// somebody took the row as a whole for a usage object of a provider, and looked at any of it.
    fn keeps_counts_only(&self, roles: &[Role], kept: &str) -> bool {
        let tops = || {
            roles
                .iter()
                .zip(self.parts)
                .filter(|(_, part)| !part.inside)
        };
        if !tops().any(|(role, _)| *role == Role::Count) {
            return true;
        }
        let mut names = Raw::cut(kept).fields();
        let is_count =
            |name: &str| tops().any(|(role, top)| *role == Role::Count && top.name == name);
        names.all(|(name, ..)| is_count(name))
    }

    /// Everything among the counts; nothing where a name stands twice.
    fn placed(&self, roles: &[Role]) -> Option<Vec<Placed<'a>>> {
        let mut placed = Vec::new();
        for (role, part) in roles.iter().zip(self.parts) {
            if *role == Role::Counts {
                place(part.value, &[], &mut placed)?;
            } else if *role == Role::Count {
                let (way, value) = (vec![part.name], part.value);
                placed.push(Placed { way, value });
            }
        }
        let mut ways: Vec<&Vec<&str>> = placed.iter().map(|placed| &placed.way).collect();
        ways.sort_unstable();
        let twice = ways.windows(2).any(|two| two.first() == two.last());
        (!twice).then_some(placed)
    }
}

fn place<'a>(object: Raw<'a>, way: &[&'a str], placed: &mut Vec<Placed<'a>>) -> Option<()> {
    for (name, _, value) in object.fields() {
        let mut way = way.to_vec();
        way.push(name);
        if value.kind() == Kind::Object {
            place(value, &way, placed)?;
        } else if value.kind() == Kind::Array && is_list_of_objects(value) {
            for (name, element) in ELEMENTS.iter().zip(value.elements()) {
                let way = [way.as_slice(), &[*name]].concat();
                place(element, &way, placed)?;
            }
        }
        placed.push(Placed { way, value });
    }
    Some(())
}

/// The usage object that is kept for audit: which of its numbers are counts, and which the same.
fn kept(text: &str, placed: &[Placed<'_>], slots: &Slots) -> Option<Kept> {
    let mut ways = Vec::new();
    place(Raw::parse(text).ok()?, &[], &mut ways)?;
    // An object stands behind its fields there; the numbers themselves are in the order of the text.
    let numbers = ways
        .into_iter()
        .filter(|kept| kept.value.kind() == Kind::Number);
    let (mut kept, mut end) = (Vec::new(), 0);
    for number in numbers {
        let (digits, begin) = (
            number.value.as_str(),
            number.value.address() - text.as_ptr().addr(),
        );
        let of = placed.iter().find(|placed| placed.way == number.way)?;
        if of.value.as_str() != digits {
            return None;
        }
        let slot = slots
            .places
            .iter()
            .position(|place| *place == of.value.address());
        let written = slot.map_or_else(|| Written::Same(digits.to_owned()), Written::Count);
        kept.push((text.get(end..begin)?.to_owned(), written));
        end = begin + digits.len();
    }
    // Numbers in lists of other things are none of them.
    let all = raw::split(text).1;
    let count = all.split(' ').filter(|number| !number.is_empty()).count();
    (count == kept.len() && text.len() <= LONGEST_KEPT).then(|| Kept {
        numbers: kept,
        end: text.get(end..).unwrap_or_default().to_owned(),
    })
}

/// A record without a memory of the counts that it was made of.
pub(in crate::ingest) fn alone(record: &UsageRecord) -> UsageRecord {
    let mut record = record.clone();
    forget(&mut record);
    record
}

/// Forgets of which counts a record was made.
pub(in crate::ingest) fn forget(record: &mut UsageRecord) {
    for item in &mut record.items {
        item.quantity = item.quantity.alone();
    }
    for search in &mut record.searches {
        search.count = search.count.alone();
    }
    record.stated_total = record.stated_total.map(crate::money::Quantity::alone);
}
