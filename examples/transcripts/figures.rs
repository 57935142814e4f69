//! Whether what was read is what a check says: counts in the ways in which tools state them, with
//! and without what is inside of them.

use std::collections::{BTreeMap, BTreeSet};

use llmcost::ledger::Entry;
use llmcost::money::{Exact, round_half_even};
use llmcost::usage::{Field, Meter, UsageRecord};

use super::asserted::Check;

/// The ways in which tools state the counts of a record.
pub fn ways(record: &UsageRecord) -> Vec<(&'static str, u64)> {
    let of = |meter: &Meter| {
        let count = record.quantity(meter).exact().to_integer();
        count.ok().and_then(|count| u64::try_from(count).ok())
    };
    let of = |meter: &Meter| of(meter).unwrap_or_default();
    let (read, output, reasoning) = (
        of(&Meter::CACHE_READ),
        of(&Meter::OUTPUT),
        of(&Meter::REASONING),
    );
    let written = of(&Meter::CACHE_WRITE) + of(&Meter::CACHE_WRITE_1H);
    let input = of(&Meter::INPUT) + of(&Meter::INPUT_TOOL);
    let stated = record
        .stated_total
        .and_then(|total| total.exact().to_integer().ok());
    vec![
        ("input", input),
        ("input", input + read),
        ("input", input + read + written),
        ("cache_read", read),
        ("cache_write", written),
        ("output", output),
        ("output", output + reasoning),
        ("reasoning", reasoning),
        ("web_search", of(&Meter::WEB_SEARCH)),
        ("total", input + read + written + output + reasoning),
        (
            "total",
            stated
                .and_then(|total| u64::try_from(total).ok())
                .unwrap_or_default(),
        ),
    ]
}

/// Whether a check holds for what was read.
pub fn holds(check: &Check, entries: &[Entry]) -> bool {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match check {
        Check::Records(stated) => count(requests(entries)) == *stated,
        Check::Part(stated) => groups(entries)
            .iter()
            .any(|group| count(group.len()) == *stated),
        Check::Call(_, counts) => entries.iter().any(|entry| {
            let ways = ways(&entry.record);
            counts.iter().all(|stated| ways.contains(stated))
        }),
        Check::Sum(name, stated) => groups(entries)
            .iter()
            .any(|group| sums(group, name).contains(stated)),
        Check::Cost(amount, decimals) => costs(entries).into_iter().any(|cost| {
            round_half_even(cost, *decimals)
                .minus(*amount)
                .is_ok_and(Exact::is_zero)
        }),
    }
}

/// Whether the tokens that are stated are those that were read, whatever number of records they
/// stand in: every stated sum holds, and the counts of all stated calls add up to ours.
pub fn totals_hold(checks: &[&Check], entries: &[Entry]) -> bool {
    let all: Vec<&Entry> = entries.iter().collect();
    let mut of_calls: BTreeMap<&str, u64> = BTreeMap::new();
    let mut stated = false;
    for check in checks {
        match check {
            Check::Records(_) | Check::Part(_) | Check::Cost(..) => {}
            Check::Sum(_, count) => {
                if !holds(check, entries) {
                    return false;
                }
                stated |= *count > 0;
            }
            Check::Call(_, counts) => {
                for (name, count) in counts {
                    *of_calls.entry(name).or_default() += count;
                    stated |= *count > 0;
                }
            }
        }
    }
    let add_up = |(name, count): (&&str, &u64)| sums(&all, name).contains(count);
    stated && of_calls.iter().all(add_up)
}

/// Whether what is stated adds up to the totals of records of which nothing but a total is known.
pub fn unsplit_holds(checks: &[&Check], entries: &[Entry]) -> bool {
    let stated = checks.iter().map(|check| match check {
        Check::Sum(_, count) => *count,
        Check::Call(_, counts) => counts.iter().map(|(_, count)| count).sum(),
        Check::Records(_) | Check::Part(_) | Check::Cost(..) => 0,
    });
    let of = |entry: &Entry| {
        let total = entry
            .record
            .stated_total
            .filter(|_| entry.record.items.is_empty());
        u64::try_from(total?.exact().to_integer().ok()?).ok()
    };
    let totals: Option<u64> = entries.iter().map(of).sum();
    totals.is_some_and(|total| total > 0 && total == stated.sum::<u64>())
}

fn requests(entries: &[Entry]) -> usize {
    let mains = entries.iter().filter(|entry| entry.record.part.is_none());
    mains.count()
}

/// The requests: parts of the same model are put together with what they are parts of.
pub fn calls(entries: Vec<Entry>) -> Vec<Entry> {
    let (parts, mut calls): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .partition(|entry| entry.record.part.is_some());
    for part in parts {
        let parent = part.record.facts.get_text(Field::ParentUsageLogId);
        let model = part.record.facts.get_text(Field::ResponseModel);
        let main = calls.iter_mut().find(|main| {
            parent == Some(main.id.to_string().as_str())
                && model == main.record.facts.get_text(Field::ResponseModel)
        });
        match main {
            Some(main) => {
                for item in &part.record.items {
                    main.record.add(item.meter.clone(), item.quantity);
                }
            }
            None => calls.push(part),
        }
    }
    calls
}

/// All records, and those of each session, source and model.
fn groups(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut groups: BTreeMap<(&str, String), Vec<&Entry>> = BTreeMap::new();
    groups.insert(("all", String::new()), entries.iter().collect());
    for entry in entries {
        for (kind, field) in [
            ("session", Field::ConversationId),
            ("model", Field::ResponseModel),
        ] {
            let name = entry.record.facts.get_text(field).unwrap_or_default();
            groups
                .entry((kind, name.to_owned()))
                .or_default()
                .push(entry);
        }
        groups
            .entry(("source", entry.place.path.to_string()))
            .or_default()
            .push(entry);
    }
    groups.into_values().collect()
}

/// The sums of a count over some records, in the ways in which tools state it.
fn sums(entries: &[&Entry], name: &str) -> BTreeSet<u64> {
    let mut sums: Vec<u64> = vec![0; usize::from(entries.is_empty())];
    for entry in entries {
        let ways = ways(&entry.record)
            .into_iter()
            .filter(|(way, _)| *way == name);
        for (n, (_, count)) in ways.enumerate() {
            match sums.get_mut(n) {
                Some(sum) => *sum += count,
                None => sums.push(count),
            }
        }
    }
    sums.into_iter().collect()
}

/// What records cost, and all of them: as computed, and as their tools state it.
fn costs(entries: &[Entry]) -> Vec<Exact> {
    let computed = entries
        .iter()
        .filter_map(|entry| Some(entry.receipt.cost?.exact()));
    let stated = entries.iter().filter_map(|entry| {
        let cost = entry.record.reported_cost.as_ref()?;
        let amount = Exact::parse(&cost.amount).ok()?;
        // Other tools take a credit as a cent.
        let is_credit = cost.currency.ends_with("credits");
        amount.shift(if is_credit { -2 } else { 0 }).ok()
    });
    let mut all = Vec::new();
    for costs in [computed.collect::<Vec<_>>(), stated.collect()] {
        let sum = costs
            .iter()
            .try_fold(Exact::from_integer(0), |sum, cost| sum.plus(*cost));
        all.extend(sum.ok());
        all.extend(costs);
    }
    all
}
