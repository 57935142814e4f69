//! What a usage costs by a random book, worked out a second time: fractions of whole numbers without
//! any bound, rounded at the very end, and the steps in the order in which `docs/pricing-file.md`
//! tells them. Nothing here is shared with the code that is tried.

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{Pow, ToPrimitive, Zero};

use super::random::{
    ATTRIBUTES, Body, Book, DAY, DAYS, METERS, NEW_YEAR, OF_RULES, Period, Rate, Rule, Usage,
    is_input,
};

/// A fraction without any bound.
pub type Fraction = Ratio<BigInt>;

/// A line of the usage, with attributes of its own.
#[derive(Clone)]
pub struct Line<'a> {
    pub meter: &'a str,
    pub quantity: Fraction,
    pub attributes: Vec<(&'a str, &'a str)>,
}

/// What is due: for each line, and for all of them, in 10⁻¹²; and whether a line had more digits.
#[derive(Debug, PartialEq)]
pub struct Due {
    pub lines: Vec<Option<(i64, bool)>>,
    pub total: Option<i64>,
    pub status: &'static str,
}

/// A decimal as a book or a record writes it.
pub fn number(text: &str) -> Fraction {
    let text = text.trim_matches('"');
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mantissa: BigInt = format!("{whole}{fraction}").parse().unwrap();
    let places = exponent.parse::<i32>().unwrap() - i32::try_from(fraction.len()).unwrap();
    Fraction::from(mantissa) * Fraction::from(BigInt::from(10)).pow(places)
}

/// A fraction in 10⁻¹², half to even, and whether that is not all of it; none where it is beyond
/// what an amount can be.
pub fn pico(amount: &Fraction) -> Option<(i64, bool)> {
    let exact = amount * Fraction::from(BigInt::from(1_000_000_000_000_i64));
    let below = exact.floor();
    let half = Fraction::new(1.into(), 2.into());
    let rest = &exact - &below;
    let up = rest > half || (rest == half && below.to_integer() % 2 != BigInt::zero());
    let rounded = below.to_integer() + i32::from(up);
    Some((rounded.to_i64()?, !rest.is_zero()))
}

/// What is known of a call while its lines are priced.
struct Call<'a> {
    book: &'a Book,
    body: &'a Body,
    usage: &'a Usage,
    lines: Vec<Line<'a>>,
    held: Vec<&'a Rule>,
}

/// What the lines of a usage cost.
pub fn due(book: &Book, usage: &Usage, lines: Vec<Line<'_>>) -> Due {
    let count = lines.len();
    let unpriced = || Due {
        lines: vec![None; count],
        total: None,
        status: "unpriced",
    };
    if lines.is_empty() {
        return Due {
            lines: vec![],
            total: Some(0),
            status: "exact",
        };
    }
    let Some(period) = period(book, usage.at) else {
        return unpriced();
    };
    let mut call = Call {
        book,
        body: &period.body,
        usage,
        lines: billed_as(book, lines),
        held: vec![],
    };
    let mut estimated = usage.at.is_none() || doubtful(book, period, usage.at) || call.is_odd();
    let mut picked = Vec::new();
    for rule in &period.body.rules {
        if rule.pick.is_some_and(|pick| picked.contains(&pick)) || !call.holds(rule) {
            continue;
        }
        picked.extend(rule.pick);
        estimated |= rule.estimated || (rule.schedule && call.is_past_the_calendar());
        call.held.push(rule);
    }
    let priced: Vec<_> = call.lines.iter().map(|line| call.line(line)).collect();
    estimated |= priced.iter().flatten().any(|(_, doubt)| *doubt);
    let costs: Vec<_> = priced
        .into_iter()
        .map(|line| line.map(|(cost, _)| cost))
        .collect();
    let lacking = costs.contains(&None);
    let known: Vec<_> = costs.iter().flatten().collect();
    let total: Option<i64> = known
        .iter()
        .try_fold(0, |sum: i64, cost| sum.checked_add(cost.0));
    if known.is_empty() || total.is_none() || (lacking && book.all_or_nothing) {
        return unpriced();
    }
    let status = match (lacking, estimated) {
        (true, _) => "partial",
        (false, true) => "estimated",
        (false, false) => "exact",
    };
    Due {
        lines: costs,
        total,
        status,
    }
}

/// The period that holds; without a time, the only one.
fn period(book: &Book, at: Option<i64>) -> Option<&Period> {
    let Some(at) = at else {
        return Some(&book.periods[0]).filter(|_| book.periods.len() == 1);
    };
    let holds = |period: &&Period| {
        period.from.is_none_or(|from| from <= at) && period.to.is_none_or(|to| at < to)
    };
    book.periods.iter().find(holds)
}

fn doubtful(book: &Book, period: &Period, at: Option<i64>) -> bool {
    let Some(at) = at else { return false };
    let ended = period
        .guaranteed_until
        .is_some_and(|last| day(at) > last && book.checked.is_none_or(|checked| checked <= last));
    let announced = period
        .from
        .zip(book.checked)
        .is_some_and(|(from, checked)| day(from) > checked);
    ended || announced
}

/// The day of the year.
fn day(at: i64) -> i64 {
    (at - NEW_YEAR).div_euclid(DAY)
}

/// An alias stands for its meter, unless that is there as well.
fn billed_as<'a>(book: &Book, mut lines: Vec<Line<'a>>) -> Vec<Line<'a>> {
    if let Some((alias, meter)) = book.alias
        && !lines.iter().any(|line| line.meter == meter)
    {
        let aliased = lines.iter_mut().filter(|line| line.meter == alias);
        aliased.for_each(|line| line.meter = meter);
    }
    lines
}

impl Call<'_> {
    fn terms(&self, meter: &str) -> (Option<&'static str>, Option<&'static str>) {
        let built_in = METERS
            .iter()
            .map(|known| (known.name, known.group, known.falls_back_to));
        let mut all = self.book.redeclared.into_iter().chain(built_in);
        let found = all.find(|(name, _, _)| *name == meter);
        found.map_or((None, None), |(_, group, fallback)| (Some(group), fallback))
    }

    /// The meter and those whose rate it may take.
    fn chain<'m>(&self, meter: &'m str) -> Vec<&'m str> {
        let mut chain = vec![meter];
        while let Some(next) = self.terms(chain[chain.len() - 1]).1 {
            chain.push(next);
        }
        chain
    }

    /// What the record says of an attribute; what means the ordinary price says nothing.
    fn stated(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .usage
            .attributes
            .iter()
            .find(|(stated, _)| *stated == name)?;
        let known = ATTRIBUTES.iter().find(|known| known.0 == name)?;
        Some(*value).filter(|value| !known.2.contains(value))
    }

    /// Whether an attribute that usually changes prices has a value that this period does not know.
    fn is_odd(&self) -> bool {
        let versions = self
            .body
            .rules
            .iter()
            .any(|rule| !rule.attributes[5].is_empty());
        (0..OF_RULES).any(|at| {
            let name = ATTRIBUTES[at].0;
            let Some(value) = self.stated(name) else {
                return false;
            };
            let by_rule = self
                .body
                .rules
                .iter()
                .any(|rule| rule.attributes[at].contains(&value));
            let by_table = self.body.rates.iter().flatten().any(|rate| match rate {
                Rate::Table(by, rows) => by.iter().position(|by| *by == name).is_some_and(|at| {
                    rows.iter()
                        .any(|(row, _)| row.split('/').nth(at) == Some(value))
                }),
                Rate::Flat(..) | Rate::Graduated(..) => false,
            });
            (name == "service_tier" && value == "auto")
                || (!by_rule && !by_table && (name != "tool_version" || versions))
        })
    }

    fn prompt(&self) -> Fraction {
        let read = self.lines.iter().filter(|line| is_input(line.meter));
        read.map(|line| line.quantity.clone()).sum()
    }

    fn holds(&self, rule: &Rule) -> bool {
        let prompt = self.prompt();
        let attributes = rule
            .attributes
            .iter()
            .zip(ATTRIBUTES)
            .all(|(wanted, known)| {
                wanted.is_empty()
                    || self
                        .stated(known.0)
                        .is_some_and(|value| wanted.contains(&value))
            });
        let used = |meter: &&str| self.lines.iter().any(|line| line.meter == *meter);
        rule.above.as_ref().is_none_or(|edge| prompt > number(edge))
            && rule.from.as_ref().is_none_or(|edge| prompt >= number(edge))
            && attributes
            && (rule.with_tool.is_empty() || rule.with_tool.iter().any(used))
            && (!rule.schedule || self.is_peak())
    }

    fn is_peak(&self) -> bool {
        let Some(at) = self.usage.at else {
            return false;
        };
        let schedule = &self.book.schedule;
        // The first of January 2026 was a Thursday.
        let weekday = DAYS[usize::try_from((day(at) + 3).rem_euclid(7)).unwrap()];
        let minute = (at - NEW_YEAR).rem_euclid(DAY) / 60_000;
        let within =
            |hours: &(&str, u32, u32)| (i64::from(hours.1)..i64::from(hours.2)).contains(&minute);
        (schedule.days.is_empty() || schedule.days.contains(&weekday))
            && (schedule.hours.is_empty() || schedule.hours.iter().any(within))
            && !schedule.except.contains(&day(at))
    }

    fn is_past_the_calendar(&self) -> bool {
        let last = self.book.schedule.calendar_until;
        last.zip(self.usage.at)
            .is_some_and(|(last, at)| day(at) > last)
    }

    /// What a line costs, and whether something about it is doubtful.
    fn line(&self, line: &Line<'_>) -> Option<((i64, bool), bool)> {
        let made = |other: &Line<'_>| {
            let drawn = Line {
                meter: "output_image",
                ..other.clone()
            };
            ["output", "output_image"].contains(&other.meter)
                && self.rate(other).is_some()
                && self.rate(&drawn).is_some()
        };
        if line.meter == "image" && self.lines.iter().any(made) {
            return Some(((0, false), false));
        }
        let (owner, by, rate) = self.rate(line)?;
        let chain = self.chain(line.meter);
        let names = &chain[..=chain.iter().position(|name| *name == owner)?];
        let quantity = self.billed(line, names);
        let mut amount = match rate {
            Rate::Flat(block, price) => quantity * number(&price) / units(block),
            Rate::Graduated(steps, last) => graduated(&quantity, &steps, &last),
            Rate::Table(..) => return None,
        };
        let (group, _) = self.terms(line.meter);
        for (at, rule) in self.held.iter().enumerate() {
            let scaling = |name: &str| rule.times.iter().find(|(scaled, _)| *scaled == name);
            let factor = names
                .iter()
                .find_map(|name| scaling(name))
                .or_else(|| scaling(group?));
            if let Some((_, factor)) = factor.filter(|_| by != Some(at)) {
                amount *= number(factor);
            }
        }
        if let Some(discount) = self
            .book
            .discount
            .as_ref()
            .filter(|_| matches!(group, Some("tokens" | "tools")))
        {
            amount *= number(discount);
        }
        let cost = pico(&amount)?;
        let about =
            |meter: Option<&str>| meter.is_some_and(|meter| meter == line.meter || meter == owner);
        Some((
            cost,
            about(self.body.unverified) || (about(self.body.free) && cost.0 != 0),
        ))
    }

    /// Whose rate it is, the rule that set it, and the rate.
    fn rate<'m>(&self, line: &Line<'m>) -> Option<(&'m str, Option<usize>, Rate)> {
        for owner in self.chain(line.meter) {
            for (at, rule) in self.held.iter().enumerate().rev() {
                if let Some((block, _, price)) =
                    rule.replaced.iter().find(|(_, meter, _)| *meter == owner)
                {
                    return Some((owner, Some(at), Rate::Flat(block, price.clone())));
                }
            }
            let place = METERS.iter().position(|known| known.name == owner);
            match place.and_then(|at| self.body.rates[at].clone()) {
                None => {}
                Some(Rate::Table(by, rows)) => {
                    let values: Option<Vec<&str>> = by
                        .iter()
                        .map(|name| {
                            let of_line = line.attributes.iter().find(|(stated, _)| stated == name);
                            of_line
                                .map(|(_, value)| *value)
                                .or_else(|| self.stated(name))
                        })
                        .collect();
                    let (_, price) = rows.into_iter().find(|(row, _)| {
                        values
                            .as_ref()
                            .is_some_and(|values| *row == values.join("/"))
                    })?;
                    return Some((owner, None, Rate::Flat("each", price)));
                }
                Some(rate) => return Some((owner, None, rate)),
            }
        }
        None
    }

    /// At least the minimum, then up to a whole step.
    fn billed(&self, line: &Line<'_>, names: &[&str]) -> Fraction {
        let mut quantity = line.quantity.clone();
        let bill = names
            .iter()
            .find_map(|name| self.body.bill.iter().find(|(meter, _, _)| meter == name));
        if let Some((_, min, step)) = bill {
            quantity = min
                .iter()
                .fold(quantity, |quantity, min| quantity.max(number(min)));
            quantity = step.iter().fold(quantity, |quantity, step| {
                (quantity / number(step)).ceil() * number(step)
            });
        }
        quantity
    }
}

/// How many units a price is for.
pub fn units(block: &str) -> Fraction {
    let units = match block {
        "each" | "per_gib_day" => 1,
        "per_1k" => 1_000,
        "per_1m" | "per_1m_hours" => 1_000_000,
        "per_minute" => 60,
        "per_hour" => 3_600,
        _ => panic!("{block}"),
    };
    Fraction::from(BigInt::from(units))
}

fn graduated(quantity: &Fraction, steps: &[(u32, String)], last: &str) -> Fraction {
    let mut sum = Fraction::zero();
    let mut begins = Fraction::zero();
    for (upto, each) in steps {
        let ends = Fraction::from(BigInt::from(*upto)).min(quantity.clone());
        if ends > begins {
            sum += (&ends - &begins) * number(each);
            begins = ends;
        }
    }
    if *quantity > begins {
        sum + (quantity - begins) * number(last)
    } else {
        sum
    }
}

/// Where a usage stands to every edge that the quantity of one of its lines can cross.
pub fn edges(book: &Book, usage: &Usage, lines: Vec<Line<'_>>, meter: &str) -> Vec<Fraction> {
    let Some(period) = period(book, usage.at) else {
        return vec![];
    };
    let lines = billed_as(book, lines);
    let call = Call {
        book,
        body: &period.body,
        usage,
        lines,
        held: vec![],
    };
    let side = |beyond: bool| Fraction::from(BigInt::from(u8::from(beyond)));
    let prompt = call.prompt();
    let mut sides = Vec::new();
    for rule in &period.body.rules {
        sides.extend(rule.above.iter().map(|edge| side(prompt > number(edge))));
        sides.extend(rule.from.iter().map(|edge| side(prompt >= number(edge))));
    }
    let Some(line) = call
        .lines
        .iter()
        .find(|line| line.meter == meter && line.attributes.is_empty())
    else {
        return sides;
    };
    let chain = call.chain(meter);
    for (_, min, step) in period
        .body
        .bill
        .iter()
        .filter(|(meter, _, _)| chain.contains(meter))
    {
        sides.extend(min.iter().map(|min| side(line.quantity > number(min))));
        sides.extend(step.iter().map(|step| &line.quantity % number(step)));
    }
    let rates = METERS
        .iter()
        .zip(&period.body.rates)
        .filter(|(known, _)| chain.contains(&known.name));
    for (_, rate) in rates {
        if let Some(Rate::Graduated(steps, _)) = rate {
            let billed = call.billed(line, &chain);
            sides.extend(
                steps
                    .iter()
                    .map(|(upto, _)| side(billed > Fraction::from(BigInt::from(*upto)))),
            );
        }
    }
    sides
}
