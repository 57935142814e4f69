//! What a session of GitHub Copilot CLI used of a model: the legs whose ends its events state, and the
//! rows of its store that lie in them or behind them.

use super::common::Tokens;
use crate::money::Quantity;
use crate::usage::Timestamp;

/// What a session used of a model, leg by leg.
#[derive(Default)]
pub struct Legs {
    /// The legs that ended, in their order.
    ended: Vec<Leg>,
    /// Rows that are newer than all of them.
    rows: Tokens,
    /// The last totals that were stated.
    totals: Tokens,
}

/// What a session used from one end to the next.
struct Leg {
    /// When it ended, where that is stated; otherwise any row may be of it.
    until: Option<Timestamp>,
    /// What the totals grew by.
    grown: Tokens,
    /// What its rows add up to.
    rows: Tokens,
}

impl Legs {
    /// Ends a leg by the totals so far. Totals that fell began anew.
    pub fn end(&mut self, totals: Tokens, until: Option<Timestamp>) {
        let grown = grown(totals, self.totals).unwrap_or(totals);
        self.totals = totals;
        self.ended.push(Leg {
            until,
            grown,
            rows: Tokens::default(),
        });
    }

    /// Adds a row to the leg that it is of; one without a time is of the first.
    pub fn add_row(&mut self, tokens: Tokens, at: Option<Timestamp>) {
        let is_of = |leg: &&mut Leg| match (leg.until, at) {
            (Some(until), Some(at)) => at <= until,
            (None, _) | (_, None) => true,
        };
        let rows = match self.ended.iter_mut().find(is_of) {
            Some(leg) => &mut leg.rows,
            None => &mut self.rows,
        };
        *rows = added(*rows, tokens);
    }

    /// All that was used: of each leg what states more, and the rows behind them.
    pub fn sum(&self) -> Tokens {
        let size = |tokens: &Tokens| sum(tokens.input, tokens.output);
        let legs = self.ended.iter().map(|leg| {
            if size(&leg.rows) > size(&leg.grown) {
                leg.rows
            } else {
                leg.grown
            }
        });
        legs.fold(self.rows, added)
    }
}

fn sum(a: Quantity, b: Quantity) -> Quantity {
    a.plus(b).unwrap_or(a)
}

fn added(a: Tokens, b: Tokens) -> Tokens {
    Tokens {
        input: sum(a.input, b.input),
        cache_read: sum(a.cache_read, b.cache_read),
        cache_write: sum(a.cache_write, b.cache_write),
        output: sum(a.output, b.output),
        reasoning: sum(a.reasoning, b.reasoning),
    }
}

fn grown(now: Tokens, before: Tokens) -> Option<Tokens> {
    Some(Tokens {
        input: now.input.minus(before.input).ok()?,
        cache_read: now.cache_read.minus(before.cache_read).ok()?,
        cache_write: now.cache_write.minus(before.cache_write).ok()?,
        output: now.output.minus(before.output).ok()?,
        reasoning: now.reasoning.minus(before.reasoning).ok()?,
    })
}
