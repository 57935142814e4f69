//! What is the same in all records that are read alike, and how the rest of each is made.

use std::sync::Arc;

use super::sight::Slots;
use crate::ledger::facts_hash;
use crate::money::asked::{Answer, Sum};
use crate::money::{Exact, Money, Quantity, charge};
use crate::pricing::{Charge, Receipt, Steady};
use crate::usage::{
    Field, Identity, IdentityBasis, Occurred, RecordId, Timestamp, UsageRecord, Value,
};

/// What is the same in all records that are read alike.
#[derive(Debug)]
pub struct Mould {
    /// What must be found of the counts.
    pub(super) answers: Vec<Answer>,
    /// Which sums of counts the line items are.
    pub(super) items: Vec<Sum>,
    /// Which of them is the stated total.
    pub(super) total: Option<Sum>,
    /// The usage object that is kept.
    pub(super) raw: Option<Kept>,
    /// Where prices are the same.
    pub(super) steady: Steady,
    /// How it was read.
    pub layers: String,
    /// Where it stands inside of what was read.
    pub pointer: String,
    /// Whose transcript it is a part of.
    pub transcript: Option<&'static str>,
    /// The header fields of words.
    pub(super) words: Vec<Field>,
    /// The header fields of numbers.
    pub(super) numbers: Vec<Field>,
    /// The first one.
    pub record: UsageRecord,
    /// Its receipt.
    pub receipt: Receipt,
}

/// A usage object that is kept: its numbers with what stands before each of them, and the end.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) numbers: Vec<(String, Written)>,
    pub(super) end: String,
}

/// A number of the usage object that is kept.
#[derive(Debug)]
pub(super) enum Written {
    /// A count.
    Count(usize),
    /// The same everywhere.
    Same(String),
}

/// A record that was not read by itself: what it shares with others, and what is its own.
#[derive(Debug, Clone)]
pub struct Cast {
    /// What it shares.
    pub mould: Arc<Mould>,
    /// Its id.
    pub identity: Identity,
    /// The hash of its facts.
    pub facts: i64,
    slots: Slots,
    items: Vec<i64>,
    /// What each line costs, and whether that was rounded.
    charges: Vec<(Option<Money>, bool)>,
    cost: Option<Money>,
}

impl Mould {
    /// The quantities of the line items, if all that is not in the key is as it was, too.
    pub(super) fn fits(&self, slots: &Slots) -> Option<Vec<i64>> {
        if !self
            .answers
            .iter()
            .all(|answer| answer.is_of(&slots.counts))
        {
            return None;
        }
        let items = self.items.iter().map(|sum| sum.of(&slots.counts));
        let items: Vec<i64> = items.collect::<Option<_>>()?;
        let are_some = items.iter().all(|quantity| *quantity > 0);
        (are_some && self.steady.holds(self.at(slots), &items)).then_some(items)
    }

    /// A record of its own, which `last` becomes. Nothing where it cannot be counted.
    pub(super) fn cast(
        mould: &Arc<Self>,
        slots: Slots,
        items: Vec<i64>,
        last: &mut UsageRecord,
    ) -> Option<Cast> {
        let charges = mould.receipt.charges.iter().zip(&items);
        let charges = charges.map(|(charge, quantity)| cost(charge, *quantity));
        let charges: Vec<(Option<Money>, bool)> = charges.collect::<Option<_>>()?;
        let cost = match mould.receipt.cost {
            Some(_) => {
                let mut costs = charges.iter().filter_map(|(cost, _)| *cost);
                Some(costs.try_fold(Money::ZERO, Money::plus).ok()?)
            }
            None => None,
        };
        let id = RecordId::of(&[b"id", slots.id()?.as_bytes(), b""]);
        let basis = IdentityBasis::ResponseId;
        mould.fill(last, &slots, &items);
        Some(Cast {
            facts: facts_hash(last),
            mould: Arc::clone(mould),
            identity: Identity { id, basis },
            slots,
            items,
            charges,
            cost,
        })
    }

    /// Whether the first one comes out of it as it was.
    pub(super) fn is_of(&self, slots: &Slots, identity: Identity) -> bool {
        let Some(items) = self.fits(slots) else {
            return false;
        };
        let Some(id) = slots.id() else { return false };
        let id = RecordId::of(&[b"id", id.as_bytes(), b""]);
        identity.id == id
            && self.record_of(slots, &items) == self.record
            && self.receipt.charges.len() == items.len()
            && self
                .receipt
                .charges
                .iter()
                .zip(&items)
                .all(|(line, quantity)| cost(line, *quantity) == Some((line.cost, line.rounded)))
    }

    fn at(&self, slots: &Slots) -> Option<Timestamp> {
        let own = slots.created.or(slots.time);
        own.or_else(|| Some(self.record.occurred?.at))
    }

    fn record_of(&self, slots: &Slots, items: &[i64]) -> UsageRecord {
        let mut record = self.record.clone();
        self.fill(&mut record, slots, items);
        record
    }

    /// Makes a record of this mould into another one.
    fn fill(&self, record: &mut UsageRecord, slots: &Slots, items: &[i64]) {
        let facts = &mut record.facts;
        for (at, field) in self.words.iter().enumerate() {
            facts.word(*field, slots.word(at));
        }
        for (field, number) in self.numbers.iter().zip(&slots.numbers) {
            facts.set(*field, Value::Integer(*number));
        }
        facts.time(Field::ProviderCreatedAt, slots.created);
        if let (Some(created), Some(completed)) = (slots.created, slots.completed) {
            facts.time(Field::FinishedAt, Some(completed));
            facts.integer(
                Field::LatencyMs,
                Some(completed.millis() - created.millis()),
            );
        }
        if let Some((hash, chars)) = &slots.prompt {
            facts.word(Field::PromptHash, hash);
            facts.integer(Field::PromptLengthChars, Some(*chars));
        }
        if let Some(counted) = slots.counted {
            counted.state(record);
        }
        if let (Some(occurred), Some(at)) = (record.occurred, self.at(slots)) {
            record.occurred = Some(Occurred { at, ..occurred });
        }
        for (item, quantity) in record.items.iter_mut().zip(items) {
            item.quantity = quantity_of(*quantity);
        }
        if let Some(total) = self.total.as_ref().and_then(|sum| sum.of(&slots.counts)) {
            record.stated_total = Some(quantity_of(total));
        }
        let kept = record.raw_usage.as_mut().zip(self.raw.as_ref());
        if let Some((text, raw)) = kept {
            text.clear();
            for (before, number) in &raw.numbers {
                text.push_str(before);
                number.write(slots, text);
            }
            text.push_str(&raw.end);
        }
    }
}

impl Written {
    fn write(&self, slots: &Slots, text: &mut String) {
        match self {
            Self::Count(at) => {
                let count = slots.counts.get(*at).copied().unwrap_or_default();
                text.push_str(itoa::Buffer::new().format(count));
            }
            Self::Same(number) => text.push_str(number),
        }
    }
}

impl Cast {
    /// The record as if it had been read by itself.
    pub fn record(&self) -> UsageRecord {
        self.mould.record_of(&self.slots, &self.items)
    }

    /// A header field of words.
    pub fn text(&self, field: Field) -> Option<&str> {
        let own = self.mould.words.iter().position(|word| *word == field);
        match own {
            Some(at) => Some(self.slots.word(at)),
            None => self.mould.record.facts.get_text(field),
        }
    }

    /// Its receipt.
    pub fn receipt(&self) -> Receipt {
        let mut receipt = self.mould.receipt.clone();
        self.fill_receipt(&mut receipt);
        receipt
    }

    /// Makes a record of the same mould and its receipt into this one. `numbers` are those of the usage
    /// object that is kept, with blanks between them.
    pub fn fill(&self, record: &mut UsageRecord, receipt: &mut Receipt, numbers: &mut String) {
        self.mould.fill(record, &self.slots, &self.items);
        self.fill_receipt(receipt);
        numbers.clear();
        for (_, number) in self.mould.raw.iter().flat_map(|raw| &raw.numbers) {
            if !numbers.is_empty() {
                numbers.push(' ');
            }
            number.write(&self.slots, numbers);
        }
    }

    fn fill_receipt(&self, receipt: &mut Receipt) {
        let own = self.items.iter().zip(&self.charges);
        for (charge, (quantity, (cost, rounded))) in receipt.charges.iter_mut().zip(own) {
            charge.quantity = quantity_of(*quantity);
            (charge.cost, charge.rounded) = (*cost, *rounded);
        }
        receipt.cost = self.cost;
    }
}

/// What a line costs that differs from another one in its quantity alone, and whether that was rounded.
/// Nothing where it is too much.
fn cost(line: &Charge, quantity: i64) -> Option<(Option<Money>, bool)> {
    let Some(rate) = line.rate.as_ref().filter(|_| line.cost.is_some()) else {
        return Some((line.cost, line.rounded));
    };
    let factors: Vec<Exact> = rate.multipliers.iter().map(|by| by.factor).collect();
    let quantity = Exact::new(i128::from(quantity), 0);
    let (cost, rounded) = charge(quantity, rate.quoted, &factors, rate.per.units()).ok()?;
    Some((Some(cost), rounded))
}

fn quantity_of(number: i64) -> Quantity {
    Quantity::new(Exact::new(i128::from(number), 0)).unwrap_or_default()
}
