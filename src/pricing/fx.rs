//! Exchange rates: which one holds on a day, and the way from one currency to another.
//!
//! The newest rate that is not after the day and at most a week old, in either direction; through
//! the base currency where there is none between the two. Never a nearer one that is later, never
//! an older one: what has no way stays in its own currency.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::book::{BookInfo, PriceBook};
use super::prices::Prices;
use super::scalar::Day;
use crate::money::{Exact, NumberError, convert};
use crate::usage::Timestamp;

/// Days for which a rate holds, its own not counted.
const LONGEST_DAYS: i64 = 7;
/// The currency that rates are chained through where no book names another one.
const USUAL_BASE: &str = "USD";
/// Codes of ISO 4217. Any other is a provider's credit: its rate is fixed and does not age.
const ISO_4217: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL \
    BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR \
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES \
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR \
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH \
    UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/// An exchange rate of a day, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    /// The day.
    pub date: Day,
    /// The currency that is converted.
    pub from: String,
    /// The currency it becomes.
    pub to: String,
    /// Units of `to` for one `from`.
    pub rate: Exact,
    /// The page it was read from.
    pub source: String,
    /// The book it stands in.
    pub book: BookInfo,
}

/// A rate and the direction in which it is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The rate.
    pub rate: Arc<Rate>,
    /// Whether an amount in `to` becomes one in `from`.
    pub inverse: bool,
}

/// How an amount gets from one currency to another: one rate, or two through the base currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The first rate.
    pub first: Step,
    /// The second rate, where the first leads to the base currency only.
    pub second: Option<Step>,
}

impl Way {
    /// The rates in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::once(&self.first).chain(&self.second)
    }

    /// An amount at the end of the way. The flag says whether it was rounded at 10⁻¹².
    ///
    /// # Errors
    /// When it has too many digits.
    pub fn convert(&self, amount: Exact) -> Result<(Exact, bool), NumberError> {
        let rates = |inverse: bool| -> Vec<Exact> {
            let used = self.steps().filter(|step| step.inverse == inverse);
            used.map(|step| step.rate.rate).collect()
        };
        convert(amount, &rates(false), &rates(true))
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Step { rate, .. }) in self.steps().enumerate() {
            let comma = if n > 0 { ", " } else { "" };
            let Rate { from, to, date, .. } = rate.as_ref();
            write!(f, "{comma}1 {from} = {} {to} of {date}", rate.rate)?;
        }
        Ok(())
    }
}

/// All rates that may be converted by.
#[derive(Debug, Clone, Default)]
pub struct Fx {
    rates: BTreeMap<(String, String), BTreeMap<Day, Arc<Rate>>>,
    base: Option<String>,
}

impl Fx {
    /// The rates of all books that the user laid over the bundled ones, which hold none: a rate of
    /// the day cannot be known before the day. A higher book's rate of a day beats a lower one's.
    pub fn of(prices: &Prices) -> Self {
        let mut fx = Self::default();
        for book in prices.overlays() {
            fx.add_book(book);
        }
        fx
    }

    fn add_book(&mut self, book: &PriceBook) {
        let rates = book.fx().iter().map(|fx| Rate {
            date: fx.date,
            from: fx.from.to_string(),
            to: fx.to.to_string(),
            rate: fx.rate.exact(),
            source: book.source_url(&fx.source),
            book: book.info(),
        });
        rates.for_each(|rate| self.add(rate));
        if !book.fx().is_empty() {
            self.base.get_or_insert_with(|| book.currency());
        }
    }

    /// Adds a rate, unless there is one of that day already.
    pub fn add(&mut self, rate: Rate) {
        let pair = (rate.from.clone(), rate.to.clone());
        let days = self.rates.entry(pair).or_default();
        days.entry(rate.date).or_insert_with(|| Arc::new(rate));
    }

    /// Whether there is no rate at all.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty()
    }

    /// The way from one currency to another for something that happened then.
    pub fn way(&self, from: &str, to: &str, at: Timestamp) -> Option<Way> {
        if self.is_empty() {
            return None;
        }
        let day = Day::of(at);
        if let Some(first) = self.step(from, to, day) {
            let second = None;
            return Some(Way { first, second });
        }
        let base = self.base.as_deref().unwrap_or(USUAL_BASE);
        let first = self.step(from, base, day)?;
        let second = Some(self.step(base, to, day)?);
        Some(Way { first, second })
    }

    /// The newest rate between two currencies, in either direction; stated beats inverted.
    fn step(&self, from: &str, to: &str, day: Day) -> Option<Step> {
        let stated = self.newest(from, to, day);
        let inverted = self.newest(to, from, day);
        let inverse = match (&stated, &inverted) {
            (Some(stated), Some(inverted)) => inverted.date > stated.date,
            (stated, _) => stated.is_none(),
        };
        let rate = if inverse { inverted } else { stated }?;
        Some(Step { rate, inverse })
    }

    fn newest(&self, from: &str, to: &str, day: Day) -> Option<Arc<Rate>> {
        let days = self.rates.get(&(from.to_owned(), to.to_owned()))?;
        let (date, rate) = days.range(..=day).next_back()?;
        let holds = is_fixed(from) || is_fixed(to) || day.days_since(*date) <= LONGEST_DAYS;
        holds.then(|| Arc::clone(rate))
    }
}

/// Whether it is no currency of a country, but credits of a provider.
fn is_fixed(code: &str) -> bool {
    !ISO_4217.split_ascii_whitespace().any(|iso| iso == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = "
format: llmcost-prices/1
book: {name: rates, version: 2026-11-22, currency: USD}
sources: {bank: {url: 'https://bank.example/rates', checked: 2026-11-22}}
fx:
  - {date: 2026-11-01, from: USD, to: RUB, rate: 80, source: bank}
  - {date: 2026-11-10, from: USD, to: RUB, rate: 81.1350, source: bank}
  - {date: 2026-11-10, from: EUR, to: USD, rate: 1.25, source: bank}
  - {date: 2026-11-12, from: USD, to: EUR, rate: 0.75, source: bank}
  - {date: 2026-01-01, from: CCU, to: USD, rate: 0.01, source: bank}
";

    fn way(from: &str, to: &str, at: &str) -> Option<String> {
        let book = PriceBook::parse("rates", BOOK.as_bytes()).unwrap();
        let fx = Fx::of(&Prices::only(book));
        let way = fx.way(from, to, Timestamp::parse(at).unwrap())?;
        Some(way.convert(Exact::ONE).unwrap().0.to_string())
    }

    #[test]
    fn the_newest_rate_of_the_last_week_holds() {
        let rub = |at| way("USD", "RUB", at);
        assert_eq!(rub("2026-10-31T23:59:59Z"), None);
        assert_eq!(rub("2026-11-01T00:00:00Z"), Some("80".into()));
        assert_eq!(rub("2026-11-08T23:59:59Z"), Some("80".into()));
        assert_eq!(rub("2026-11-09T00:00:00Z"), None);
        assert_eq!(rub("2026-11-10T00:00:00Z"), Some("81.135".into()));
        assert_eq!(rub("2026-11-17T23:59:59Z"), Some("81.135".into()));
        assert_eq!(rub("2026-11-18T00:00:00Z"), None);
    }

    #[test]
    fn rates_hold_backwards_and_through_the_base_currency_only() {
        let at = "2026-11-11T00:00:00Z";
        assert_eq!(way("RUB", "USD", at), Some("0.012325137117".into()));
        assert_eq!(way("EUR", "RUB", at), Some("101.41875".into()));
        assert_eq!(way("RUB", "EUR", at), Some("0.009860109694".into()));
        assert_eq!(way("RUB", "CNY", at), None);
        // The newer rate counts, whichever way it is written.
        assert_eq!(way("EUR", "USD", at), Some("1.25".into()));
        let later = "2026-11-12T00:00:00Z";
        assert_eq!(way("EUR", "USD", later), Some("1.333333333333".into()));
    }

    #[test]
    fn credits_have_a_fixed_rate() {
        let at = "2026-11-11T00:00:00Z";
        assert_eq!(way("CCU", "USD", at), Some("0.01".into()));
        assert_eq!(way("CCU", "RUB", at), Some("0.81135".into()));
        assert_eq!(way("CCU", "USD", "2025-12-31T00:00:00Z"), None);
    }
}
