//! The verdicts over all samples: a table by kind, and what they add up to.

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::USAGE;
use super::verdict::{COLUMNS, Found};

/// Counts of verdicts.
#[derive(Default)]
pub struct Table {
    /// Samples by kind and column.
    kinds: BTreeMap<String, [usize; 10]>,
    /// Samples that state a number of calls or a cost: agree, in total, theirs, ours, differ.
    rest: [usize; 5],
}

/// How the verdicts on calls and costs are called in `--list`.
const OF_CALLS: [&str; 4] = ["calls agree", "calls theirs", "calls ours", "calls differ"];

impl Table {
    /// Adds a sample; what is to be listed of it.
    pub fn add(&mut self, kind: &str, found: &Found, list: Option<&str>) -> Vec<String> {
        let (column, detail) = found.column();
        self.kinds.entry(kind.to_owned()).or_default()[column] += 1;
        let mut lines = Vec::new();
        if list == Some(COLUMNS[column]) {
            lines.push(detail);
        }
        if let Found::Stated {
            rest: Some(rest), ..
        } = found
        {
            let (column, detail) = rest.parts();
            self.rest[column] += 1;
            if list == Some(OF_CALLS[column]) {
                lines.push(detail);
            }
        }
        lines
    }

    /// Prints it; fails where too few agree or something differs without an explanation.
    pub fn finish(&self, required: Option<&str>) -> ExitCode {
        let print = |kind: &str, counts: &[usize; 10]| {
            let cells: Vec<String> = counts.iter().map(|count| format!("{count:>12}")).collect();
            let sum = counts.iter().sum::<usize>();
            println!("{kind:<14}{sum:>8}{}", cells.concat());
        };
        let heads = COLUMNS.map(|word| format!("{word:>12}")).concat();
        println!("{:<14}{:>8}{heads}", "kind", "samples");
        let mut all = [0; 10];
        for (kind, counts) in &self.kinds {
            print(kind, counts);
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        print("all", &all);
        let [agree, in_total, theirs, ours, differ, ..] = all;
        let stated = agree + in_total + theirs + ours + differ;
        let held = agree + in_total;
        println!(
            "states token totals: {stated}, agree: {held} ({}), {in_total} of them in the total alone; the other \
             side is wrong: {theirs}, ours is: {ours}, unexplained: {differ}",
            share(held, stated)
        );
        println!(
            "of the {} in which the other side is not wrong agree {}",
            stated - theirs,
            share(held, stated - theirs)
        );
        let [agree, _, theirs, ours, unlike] = self.rest;
        let stated = self.rest.iter().sum();
        println!(
            "states calls or costs: {stated}, agree: {agree} ({}), the other side decides otherwise: \
             {theirs}, ours lacks: {ours}, unexplained: {unlike}",
            share(agree, stated)
        );
        let required = required.map(|text| text.parse::<usize>().expect(USAGE));
        let [agree, in_total, _, ours, differ, ..] = all;
        let held = agree + in_total;
        let enough = tenths(held, held + ours + differ) >= required.unwrap_or(0) * 10;
        if required.is_some() && !(enough && differ + unlike + all[9] == 0) {
            eprintln!("too few agree, or something differs without a reason");
            return ExitCode::FAILURE;
        }
        ExitCode::SUCCESS
    }
}

fn tenths(part: usize, whole: usize) -> usize {
    part * 1000 / whole.max(1)
}

fn share(part: usize, whole: usize) -> String {
    let tenths = tenths(part, whole);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
