//! Random price books and usages: what they say, and the text that says it. Only what
//! `docs/pricing-file.md` allows is drawn; nothing here is shared with the code that is tried.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// A meter that is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub name: &'static str,
    pub group: &'static str,
    pub falls_back_to: Option<&'static str>,
    /// Whether it counts input tokens.
    pub is_input: bool,
    /// The blocks that may price it.
    blocks: &'static [&'static str],
}

const fn known(
    name: &'static str,
    group: &'static str,
    falls_back_to: Option<&'static str>,
    is_input: bool,
    blocks: &'static [&'static str],
) -> Known {
    Known {
        name,
        group,
        falls_back_to,
        is_input,
        blocks,
    }
}

/// The meters. The last four are none of ours: the book declares them.
pub const METERS: &[Known] = &[
    known("input", "tokens", None, true, COUNTED),
    known("input_audio", "tokens", Some("input"), true, COUNTED),
    known("input_image", "tokens", Some("input"), true, COUNTED),
    known("cache_read", "tokens", None, true, COUNTED),
    known(
        "cache_read_audio",
        "tokens",
        Some("cache_read"),
        true,
        COUNTED,
    ),
    known("cache_write", "tokens", None, true, COUNTED),
    known(
        "cache_write_30m",
        "tokens",
        Some("cache_write"),
        true,
        COUNTED,
    ),
    known("output", "tokens", None, false, COUNTED),
    known("reasoning", "tokens", Some("output"), false, COUNTED),
    known("output_image", "tokens", None, false, COUNTED),
    known("image", "media", None, false, COUNTED),
    known("megapixel", "media", None, false, COUNTED),
    known("music_second", "media", None, false, SECONDS),
    known("audio_second", "media", None, false, SECONDS),
    known("web_search", "tools", None, false, COUNTED),
    known("session_seconds", "tools", None, false, SECONDS),
    known("cache_storage", "storage", None, false, STORED),
    known("request", "fees", None, false, COUNTED),
    known("doze", "tokens", Some("reasoning"), false, COUNTED),
    known("nap", "tokens", Some("doze"), false, COUNTED),
    known("stamp", "fees", None, false, COUNTED),
    known("disk", "storage", None, false, KEPT),
];
const COUNTED: &[&str] = &["each", "per_1k", "per_1m"];
const SECONDS: &[&str] = &["per_minute", "per_hour", "each", "per_1k"];
const STORED: &[&str] = &["per_1m_hours", "each"];
const KEPT: &[&str] = &["per_gib_day", "each"];
/// Where the meters begin that the book must declare.
pub const DECLARED: usize = 18;

/// Attributes, the values that rules and tables ask for, and those that mean the ordinary price;
/// records may have others.
pub const ATTRIBUTES: &[(&str, &[&str], &[&str])] = &[
    (
        "service_tier",
        &["batch", "flex", "priority"],
        &["default", "standard", "on_demand", "standard_only"],
    ),
    ("speed", &["fast"], &["standard"]),
    ("geo", &["us", "eu"], &["global", "not_available"]),
    ("endpoint", &["regional"], &["global"]),
    ("plan", &["free", "pro"], &["paid"]),
    ("tool_version", &["v1", "v2"], &[]),
    ("size", &["s", "l"], &[]),
    ("quality", &["low", "standard"], &[]),
];
/// How many of them rules may ask for.
pub const OF_RULES: usize = 6;
/// Spans of hours, as a book writes them and in minutes of the day.
pub const HOURS: &[(&str, u32, u32)] = &[
    ("01:00-04:00", 60, 240),
    ("06:00-10:00", 360, 600),
    ("22:30-24:00", 1350, 1440),
];
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Midnight of 2026-01-01 UTC.
pub const NEW_YEAR: i64 = 1_767_225_600_000;
pub const DAY: i64 = 86_400_000;

/// A decimal as it stands in the book, quotes included.
pub type Num = String;

#[derive(Debug, Clone)]
pub struct Book {
    /// A built-in meter that the book declares anew: its group, and whose rate it takes.
    pub redeclared: Option<(&'static str, &'static str, Option<&'static str>)>,
    pub schedule: Schedule,
    pub discount: Option<Num>,
    /// Usage of the first name is of the second.
    pub alias: Option<(&'static str, &'static str)>,
    /// The day of the year on which a source was checked.
    pub checked: Option<i64>,
    pub all_or_nothing: bool,
    pub periods: Vec<Period>,
}

#[derive(Debug, Clone)]
pub struct Schedule {
    pub days: Vec<&'static str>,
    pub hours: Vec<(&'static str, u32, u32)>,
    pub except: Vec<i64>,
    pub calendar_until: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct Period {
    /// Milliseconds since the epoch.
    pub from: Option<i64>,
    pub to: Option<i64>,
    pub guaranteed_until: Option<i64>,
    pub body: Body,
}

#[derive(Debug, Clone)]
pub struct Body {
    pub currency: Option<&'static str>,
    /// By the places of the meters.
    pub rates: Vec<Option<Rate>>,
    pub bill: Vec<(&'static str, Option<Num>, Option<Num>)>,
    pub free: Option<&'static str>,
    pub unverified: Option<&'static str>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
pub enum Rate {
    Flat(&'static str, Num),
    /// The attributes and the rows.
    Table(Vec<&'static str>, Vec<(String, Num)>),
    /// Ends and rates, ascending; the last has no end.
    Graduated(Vec<(u32, Num)>, Num),
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub pick: Option<&'static str>,
    pub above: Option<Num>,
    pub from: Option<Num>,
    /// By the places of the attributes.
    pub attributes: Vec<Vec<&'static str>>,
    pub with_tool: Vec<&'static str>,
    pub schedule: bool,
    /// Meters or groups and their factors.
    pub times: Vec<(&'static str, Num)>,
    /// Blocks, meters and rates.
    pub replaced: Vec<(&'static str, &'static str, Num)>,
    pub estimated: bool,
}

#[derive(Debug, Clone)]
pub struct Usage {
    /// Milliseconds since the epoch.
    pub at: Option<i64>,
    /// Meters, mantissas and scales.
    pub quantities: Vec<(&'static str, u64, u32)>,
    /// Meters of which some came in a size: the size, and how many.
    pub sized: Vec<(&'static str, &'static str, u32)>,
    pub attributes: Vec<(&'static str, &'static str)>,
}

/// A number of at most 12 digits in any spelling.
fn num() -> impl Strategy<Value = Num> {
    let mantissa = prop_oneof![0..100_u64, 0..1_000_000_u64, 0..1_000_000_000_000_u64];
    (mantissa, 0..14_usize, 0..6_u8).prop_map(|(mantissa, scale, spelling)| {
        let plain = decimal(mantissa, scale);
        match spelling {
            0 => format!("{mantissa}e-{scale}"),
            1 => format!("\"{plain}\""),
            2 if plain.contains('.') => format!("{plain}0"),
            _ => plain,
        }
    })
}

/// `mantissa` × 10⁻ˢᶜᵃˡᵉ, written out.
pub fn decimal(mantissa: u64, scale: usize) -> String {
    let digits = format!("{mantissa:0>width$}", width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if scale == 0 { "" } else { "." };
    format!("{whole}{point}{fraction}")
}

fn meter() -> impl Strategy<Value = &'static str> {
    select(METERS).prop_map(|meter| meter.name)
}

fn rate(blocks: &'static [&'static str]) -> impl Strategy<Value = Option<Rate>> {
    let by = subsequence(vec!["service_tier", "geo", "size", "quality"], 1..=2);
    let table = (by, vec(option::weighted(0.8, num()), 9)).prop_map(|(by, prices)| {
        let rows = rows(&by).into_iter().zip(prices);
        Rate::Table(
            by,
            rows.filter_map(|(row, price)| Some((row, price?)))
                .collect(),
        )
    });
    let steps = vec((1..100_000_u32, num()), 0..3).prop_map(|mut steps| {
        steps.sort();
        steps.dedup_by_key(|step| step.0);
        steps
    });
    prop_oneof![
        1 => Just(None),
        7 => (select(blocks), num()).prop_map(|(block, price)| Some(Rate::Flat(block, price))),
        1 => table.prop_map(Some),
        1 => (steps, num()).prop_map(|(steps, last)| Some(Rate::Graduated(steps, last))),
    ]
}

/// All rows that a table by these attributes can have.
fn rows(by: &[&str]) -> Vec<String> {
    let values = |name: &str| ATTRIBUTES.iter().find(|known| known.0 == name).unwrap().1;
    let mut rows = vec![String::new()];
    for name in by {
        let longer = rows.iter().flat_map(|row| {
            let joint = if row.is_empty() { "" } else { "/" };
            values(name)
                .iter()
                .map(move |value| format!("{row}{joint}{value}"))
        });
        rows = longer.collect();
    }
    rows
}

fn rule() -> impl Strategy<Value = Rule> {
    let attributes = ATTRIBUTES[..OF_RULES].iter().map(|(_, values, _)| {
        let some = subsequence(values.to_vec(), 1..=values.len());
        prop_oneof![9 => Just(Vec::new()), 1 => some].boxed()
    });
    let edge = || option::weighted(0.15, prop_oneof![Just("1000".to_owned()), num()]);
    let condition = (edge(), edge(), attributes.collect::<Vec<_>>());
    let with_tool =
        option::weighted(0.15, meter()).prop_map(|meter| meter.into_iter().collect::<Vec<_>>());
    let more = (with_tool, prop::bool::weighted(0.2));
    let scaled = prop_oneof![
        meter(),
        select(vec!["tokens", "tools", "media", "fees", "storage"])
    ];
    let replaced =
        select(METERS).prop_flat_map(|meter| (select(meter.blocks), Just(meter.name), num()));
    let effect = (
        vec((scaled, num()), 0..3),
        vec(replaced, 0..3),
        prop::bool::weighted(0.1),
    );
    let pick = option::of(select(vec!["context", "tier"]));
    (pick, condition, more, effect).prop_map(|(pick, condition, more, effect)| {
        let (above, from, mut attributes) = condition;
        let (with_tool, schedule) = more;
        let (mut times, mut replaced, estimated) = effect;
        once_each(&mut times, |(name, _)| name);
        once_each(&mut replaced, |(_, meter, _)| meter);
        let asks = above.is_some() || from.is_some() || schedule || !with_tool.is_empty();
        if !asks && attributes.iter().all(Vec::is_empty) {
            attributes[0] = vec!["batch"];
        }
        if times.is_empty() && replaced.is_empty() {
            times = vec![("tokens", "0.5".to_owned())];
        }
        Rule {
            pick,
            above,
            from,
            attributes,
            with_tool,
            schedule,
            times,
            replaced,
            estimated,
        }
    })
}

fn once_each<T>(all: &mut Vec<T>, name: impl Fn(&T) -> &'static str) {
    let mut seen = BTreeSet::new();
    all.retain(|one| seen.insert(name(one)));
}

fn body() -> impl Strategy<Value = Body> {
    let rates = METERS.iter().map(|meter| rate(meter.blocks).boxed());
    let step = || (1..100_000_u64, 0..3_usize).prop_map(|(digits, scale)| decimal(digits, scale));
    let bill = vec((meter(), option::of(step()), option::of(step())), 0..4);
    let remarks = (
        option::weighted(0.2, meter()),
        option::weighted(0.2, meter()),
    );
    let currency = option::weighted(0.2, Just("EUR"));
    (
        currency,
        rates.collect::<Vec<_>>(),
        bill,
        remarks,
        vec(rule(), 0..6),
    )
        .prop_map(|(currency, rates, mut bill, (free, unverified), rules)| {
            once_each(&mut bill, |(meter, _, _)| meter);
            Body {
                currency,
                rates,
                bill,
                free,
                unverified,
                rules,
            }
        })
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let days = subsequence(DAYS.to_vec(), 0..=7);
    let hours = subsequence(HOURS.to_vec(), 0..=3);
    (days, hours, vec(0..365_i64, 0..3), option::of(0..365_i64)).prop_map(
        |(days, hours, except, calendar_until)| Schedule {
            days,
            hours,
            except,
            calendar_until,
        },
    )
}

/// Moments that divide the year: days, or times of a day.
fn cuts() -> impl Strategy<Value = BTreeSet<i64>> {
    let cut = (0..365_i64, select(vec![0, 0, 57_600_000, 45_296_789]));
    prop::collection::btree_set(
        cut.prop_map(|(day, time)| NEW_YEAR + day * DAY + time),
        0..4,
    )
}

/// Periods between the cuts, some of them left out; one at least.
fn periods() -> impl Strategy<Value = Vec<Period>> {
    let bodies = vec(
        (
            body(),
            option::weighted(0.2, 0..365_i64),
            prop::bool::weighted(0.95),
        ),
        5,
    );
    (cuts(), bodies, any::<(bool, bool)>()).prop_map(|(cuts, bodies, (early, late))| {
        let mut ends: Vec<Option<i64>> = cuts.into_iter().map(Some).collect();
        if early || ends.len() < 2 {
            ends.insert(0, None);
        }
        if late || ends.len() < 2 {
            ends.push(None);
        }
        let spans: Vec<_> = ends
            .iter()
            .copied()
            .zip(ends.iter().copied().skip(1))
            .collect();
        let mut bodies = bodies.into_iter();
        let mut periods = Vec::new();
        for (at, (from, to)) in spans.iter().enumerate() {
            let (body, guaranteed_until, kept) = bodies.next().unwrap();
            if kept || (periods.is_empty() && at + 1 == spans.len()) {
                periods.push(Period {
                    from: *from,
                    to: *to,
                    guaranteed_until,
                    body,
                });
            }
        }
        periods
    })
}

/// A book.
pub fn book() -> impl Strategy<Value = Book> {
    let redeclared = select(vec![
        ("reasoning", "tools", None),
        ("input_audio", "tokens", Some("cache_read")),
        ("output", "fees", Some("request")),
    ]);
    let redeclared = option::weighted(0.3, redeclared);
    let alias = select(vec![
        ("browse", "web_search"),
        ("thought", "nap"),
        ("reasoning", "output"),
        ("picture", "image"),
    ]);
    let terms = (
        option::of(num()),
        option::weighted(0.4, alias),
        option::of(0..365_i64),
    );
    (
        redeclared,
        schedule(),
        terms,
        prop::bool::weighted(0.1),
        periods(),
    )
        .prop_map(
            |(redeclared, schedule, (discount, alias, checked), all_or_nothing, periods)| Book {
                redeclared,
                schedule,
                discount,
                alias,
                checked,
                all_or_nothing,
                periods,
            },
        )
}

/// A book and a usage that meets its edges more often than chance would.
pub fn case() -> impl Strategy<Value = (Book, Usage)> {
    (
        book(),
        usage(),
        any::<(prop::sample::Index, prop::sample::Index)>(),
        -1..=1_i64,
    )
        .prop_map(|(mut book, mut usage, (which, rule), off)| {
            let cuts = book
                .periods
                .iter()
                .flat_map(|period| [period.from, period.to]);
            let cuts: Vec<i64> = cuts.flatten().collect();
            if !cuts.is_empty() && which.index(3) == 0 {
                usage.at = usage.at.map(|_| cuts[which.index(cuts.len())] + off);
            }
            let prompt = usage.prompt();
            let rules = book
                .periods
                .iter_mut()
                .flat_map(|period| &mut period.body.rules);
            let edges: Vec<&mut Num> = rules
                .filter_map(|rule| rule.above.as_mut().or(rule.from.as_mut()))
                .collect();
            let place = rule.index(edges.len().max(1));
            let fits = prompt < 999_999_999_999;
            if let Some(edge) = edges.into_iter().nth(place).filter(|_| fits) {
                *edge = decimal(prompt.saturating_add_signed(off), 3);
            }
            (book, usage)
        })
}

/// A usage.
fn usage() -> impl Strategy<Value = Usage> {
    let mantissa = prop_oneof![0..1_u64, 1..2_000_u64, 1..1_000_000_000_000_u64];
    let quantities = vec(
        option::weighted(0.2, (mantissa, 0..4_u32)),
        METERS.len() + 3,
    );
    let attributes = ATTRIBUTES.iter().map(|(_, values, ordinary)| {
        let values = [*values, *values, ordinary, &["odd", "auto"]].concat();
        option::weighted(0.3, select(values)).boxed()
    });
    let times = select(vec![
        0, 3_600_000, 14_399_999, 14_400_000, 35_999_999, 36_000_000, 81_000_000, 86_399_999,
    ]);
    let at = option::weighted(0.95, (-10..380_i64, times));
    let sized = vec((meter(), select(vec!["s", "l", "odd"]), 1..50_u32), 0..3);
    let attributes = attributes.collect::<Vec<_>>();
    (quantities, sized, attributes, at).prop_map(|(quantities, sized, attributes, at)| {
        let names = METERS
            .iter()
            .map(|meter| meter.name)
            .chain(["browse", "thought", "picture"]);
        let quantities = names.zip(quantities);
        let attributes = ATTRIBUTES.iter().zip(attributes);
        Usage {
            at: at.map(|(day, time)| NEW_YEAR + day * DAY + time),
            quantities: quantities
                .filter_map(|(name, drawn)| drawn.map(|(mantissa, scale)| (name, mantissa, scale)))
                .collect(),
            sized,
            attributes: attributes
                .filter_map(|((name, _, _), value)| Some((*name, value?)))
                .collect(),
        }
    })
}

impl Usage {
    /// Its input tokens in thousandths.
    fn prompt(&self) -> u64 {
        let thousandths = |(name, mantissa, scale): &(&str, u64, u32)| {
            is_input(name).then(|| mantissa * 10_u64.pow(3 - scale))
        };
        let sized = self
            .sized
            .iter()
            .map(|(name, _, count)| (*name, u64::from(*count), 0));
        let all: Vec<_> = self.quantities.iter().copied().chain(sized).collect();
        all.iter().filter_map(thousandths).sum()
    }
}

/// Whether a meter counts input tokens.
pub fn is_input(name: &str) -> bool {
    METERS
        .iter()
        .any(|meter| meter.name == name && meter.is_input)
}
