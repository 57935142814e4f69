//! The text of a random price book, as somebody could have written it.

use std::fmt::Display;

use chrono::{DateTime, FixedOffset, SecondsFormat};

use super::random::{
    ATTRIBUTES, Body, Book, DAY, DECLARED, METERS, NEW_YEAR, Rate, Rule, Schedule,
};

/// The whole book. A model that serves any name stands beside the one that is asked for.
pub fn text(book: &Book) -> String {
    let checked = book.checked.map(|day| format!(", checked: {}", date(day)));
    let discount = book.discount.iter();
    let providers = discount.map(|factor| format!("providers: {{a: {{discount: {factor}}}}}\n"));
    let periods = book.periods.iter().map(|period| {
        let promised = period.guaranteed_until.map(date);
        let head = [
            key("from", period.from.map(moment)),
            key("to", period.to.map(moment)),
            key("guaranteed_until", promised),
            key("currency", period.body.currency),
        ];
        format!(
            "      - source: [p]\n{}{}",
            head.concat(),
            body(&period.body)
        )
    });
    format!(
        "format: llmcost-prices/1\nbook: {{name: b, version: 1, currency: USD}}\n\
         sources: {{p: {{url: x{}}}}}\nmeters:\n{}schedules: {{peak: {}}}\n{}\
         models:\n  - {{id: a/any, match: ['*'], prices: [{{source: [p], each: {{input: 77}}}}]}}\n  \
         - id: a/m\n    match: [m, 'm-*']\n{}    prices:\n{}",
        checked.unwrap_or_default(),
        meters(book),
        schedule(&book.schedule),
        providers.collect::<String>(),
        model(book),
        periods.collect::<String>(),
    )
}

fn key(name: &str, value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| format!("        {name}: {value}\n"))
}

fn meters(book: &Book) -> String {
    let declared = METERS[DECLARED..].iter();
    let declared = declared.map(|meter| (meter.name, meter.group, meter.falls_back_to));
    let all = declared.chain(book.redeclared);
    let line = |(name, group, falls_back_to): (&str, &str, Option<&str>)| {
        let fallback = falls_back_to.map(|other| format!(", falls_back_to: {other}"));
        format!(
            "  {name}: {{group: {group}{}}}\n",
            fallback.unwrap_or_default()
        )
    };
    all.map(line).collect()
}

fn model(book: &Book) -> String {
    let alias = book
        .alias
        .map(|(name, meter)| format!("    usage_aliases: {{{name}: {meter}}}\n"));
    let strict = if book.all_or_nothing {
        "    unpriced: fail\n"
    } else {
        ""
    };
    format!("{}{strict}", alias.unwrap_or_default())
}

fn schedule(schedule: &Schedule) -> String {
    let hours: Vec<&str> = schedule.hours.iter().map(|hours| hours.0).collect();
    let except: Vec<String> = schedule.except.iter().copied().map(date).collect();
    let until = schedule
        .calendar_until
        .map(|day| format!(", calendar_until: {}", date(day)));
    format!(
        "{{days: [{}], hours_utc: [{}], except: [{}]{}}}",
        schedule.days.join(", "),
        hours.join(", "),
        except.join(", "),
        until.unwrap_or_default()
    )
}

fn body(body: &Body) -> String {
    let rates = || METERS.iter().zip(&body.rates);
    let flat = rates().filter_map(|(meter, rate)| match rate {
        Some(Rate::Flat(block, price)) => Some((*block, meter.name, price.clone())),
        _ => None,
    });
    let tables = rates().filter_map(|(meter, rate)| match rate {
        Some(Rate::Table(by, rows)) => {
            let rows = rows.iter().map(|(row, price)| (row, price.clone()));
            Some(format!(
                "{{meter: {}, by: [{}], rows: {}}}",
                meter.name,
                by.join(", "),
                map(rows)
            ))
        }
        _ => None,
    });
    let graduated = rates().filter_map(|(meter, rate)| match rate {
        Some(Rate::Graduated(steps, last)) => {
            let steps = steps
                .iter()
                .map(|(upto, each)| format!("{{upto: {upto}, each: {each}}}, "));
            let steps: String = steps.collect();
            Some(format!(
                "{{meter: {}, steps: [{steps}{{each: {last}}}]}}",
                meter.name
            ))
        }
        _ => None,
    });
    let bill = body.bill.iter().map(|(meter, min, step)| {
        let min = min.iter().map(|min| format!("min: {min}"));
        let parts: Vec<String> = min
            .chain(step.iter().map(|step| format!("step: {step}")))
            .collect();
        (*meter, format!("{{{}}}", parts.join(", ")))
    });
    let free = body
        .free
        .map(|meter| format!("[{{meter: {meter}, count: 5, per: day}}]"));
    let unverified = body.unverified.map(|meter| format!("[{meter}]"));
    [
        blocks(&flat.collect::<Vec<_>>())
            .map(|(block, rates)| key(block, Some(rates)))
            .collect(),
        list("tables", tables),
        list("graduated", graduated),
        key("bill", Some(map(bill))),
        key("free", free),
        key("unverified", unverified),
        list("rules", body.rules.iter().map(rule)),
    ]
    .concat()
}

/// Rates by block.
fn blocks<'a>(
    rates: &'a [(&'static str, &'static str, String)],
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    let names = [
        "each",
        "per_1k",
        "per_1m",
        "per_minute",
        "per_hour",
        "per_1m_hours",
        "per_gib_day",
    ];
    names.into_iter().filter_map(|name| {
        let of_name = rates.iter().filter(move |(block, _, _)| *block == name);
        let rates = map(of_name.map(|(_, meter, price)| (*meter, price.clone())));
        (rates != "{}").then_some((name, rates))
    })
}

fn map(pairs: impl Iterator<Item = (impl Display, String)>) -> String {
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{{{}}}", pairs.join(", "))
}

fn list(name: &str, lines: impl Iterator<Item = String>) -> String {
    let lines = lines.fold(String::new(), |all, line| {
        format!("{all}          - {line}\n")
    });
    if lines.is_empty() {
        lines
    } else {
        format!("        {name}:\n{lines}")
    }
}

fn rule(rule: &Rule) -> String {
    let edges = [("prompt_above", &rule.above), ("prompt_from", &rule.from)];
    let edges = edges
        .into_iter()
        .filter_map(|(name, edge)| Some((name, edge.clone()?)));
    let attributes = ATTRIBUTES.iter().map(|known| known.0).zip(&rule.attributes);
    let lists = attributes
        .chain([("with_tool", &rule.with_tool)])
        .filter(|(_, list)| !list.is_empty());
    let lists = lists.map(|(name, list)| (name, format!("[{}]", list.join(", "))));
    let schedule = rule.schedule.then(|| ("schedule", "peak".to_owned()));
    let condition = map(edges.chain(lists).chain(schedule));
    let times = map(rule.times.iter().cloned());
    let pick = rule.pick.map(|pick| ("pick", pick.to_owned()));
    let estimated = rule
        .estimated
        .then(|| ("estimated", "so it is said".to_owned()));
    let all = pick
        .into_iter()
        .chain([("if", condition), ("times", times)]);
    map(all.chain(blocks(&rule.replaced)).chain(estimated))
}

/// A day of the year.
fn date(day: i64) -> String {
    utc(NEW_YEAR + day * DAY).format("%Y-%m-%d").to_string()
}

/// Midnights are days; other moments are written as somebody two hours east of Greenwich does.
fn moment(at: i64) -> String {
    if (at - NEW_YEAR) % DAY == 0 {
        return date((at - NEW_YEAR) / DAY);
    }
    let east = FixedOffset::east_opt(7_200).unwrap();
    utc(at)
        .with_timezone(&east)
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn utc(at: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(at).unwrap()
}
