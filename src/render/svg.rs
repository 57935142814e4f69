//! Charts as inline SVG, drawn by hand. Heights are whole pixels, breadths are shares of whatever room
//! there is, so that a chart fits a phone without shrinking its words. What a chart shows is also in
//! words and in the table below it; series differ by pattern, not by colour alone.

use std::io::{self, Write};

use crate::money::Exact;
use crate::table::{Cell, Chart, Kind, Series, Shape};

use super::axis::Axis;
use super::html::escape;
use super::number::{self, Digits};

/// The height of the plot in pixels, and what stands above and below it.
const HEIGHT: u16 = 220;
const ABOVE: i64 = 12;
const BELOW: i64 = 28;

/// At most this many words below a chart.
const MOST_LABELS: usize = 5;

/// A whole breadth, in hundredths of a percent.
const BREADTH: usize = 10_000;

/// The fills of series after the first: a colour each, and lines in every second.
pub const PATTERNS: &str = r#"<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
<pattern id="p1" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="c1" width="6" height="6"/><path class="h" d="M0 6L6 0"/></pattern>
<pattern id="p3" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="c3" width="5" height="5"/><path class="h" d="M0 2H5"/></pattern>
<pattern id="p5" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="c5" width="6" height="6"/><path class="h" d="M0 0L6 6"/></pattern>
<pattern id="p7" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="c7" width="5" height="5"/><path class="h" d="M2 0V5"/></pattern>
</defs></svg>
"#;

/// The pattern of a series; the last one is that of all others.
fn class(index: usize) -> String {
    format!("s{}", index.min(7))
}

/// Draws a chart. The number tells it apart on its page.
///
/// # Errors
/// When it cannot be written.
pub fn put(chart: &Chart, number: usize, out: &mut dyn Write) -> io::Result<()> {
    let title = escape(&chart.title);
    writeln!(out, "<figure>\n<figcaption>{title}</figcaption>")?;
    match chart.shape {
        Shape::Bars => put_bars(chart, out)?,
        Shape::Stacked => {
            put_key(&chart.series, out)?;
            put_plot(chart, number, out)?;
        }
        Shape::Line => put_plot(chart, number, out)?,
    }
    writeln!(out, "</figure>")
}

fn money(amount: Option<Exact>, chart: &Chart, digits: Digits) -> String {
    let cell = Cell::money(amount, Some(&chart.currency));
    escape(&number::text(&cell, Kind::Money, digits))
}

fn percent(hundredths: usize) -> String {
    let share = Exact::new(i128::try_from(hundredths).unwrap_or(0), 2);
    format!("{share}%")
}

/// A list: the words stand as text, so that the drawing says nothing that they do not.
fn put_bars(chart: &Chart, out: &mut dyn Write) -> io::Result<()> {
    let Some(series) = chart.series.first() else {
        return Ok(());
    };
    let largest = series.amounts.iter().flatten().max();
    let axis = largest.copied().unwrap_or_default();
    writeln!(out, "<ul class=\"bars\">")?;
    for (label, amount) in chart.labels.iter().zip(&series.amounts) {
        let length = if axis.is_zero() {
            0
        } else {
            Axis::exactly(axis).place(amount.unwrap_or_default(), 10_000)
        };
        let length = percent(usize::try_from(length).unwrap_or(0));
        let (label, amount) = (escape(label), money(*amount, chart, Digits::Rounded));
        writeln!(
            out,
            "<li><span>{label}</span><svg width=\"100%\" height=\"14\" aria-hidden=\"true\"><rect class=\"s0\" width=\"{length}\" height=\"14\"/></svg><b>{amount}</b></li>"
        )?;
    }
    writeln!(out, "</ul>")
}

fn put_key(all: &[Series], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<ul class=\"key\">")?;
    for (index, series) in all.iter().enumerate() {
        let (class, name) = (class(index), escape(&series.name));
        write!(
            out,
            "<li><svg width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"14\" height=\"14\"/></svg>{name}</li>"
        )?;
    }
    writeln!(out, "</ul>")
}

fn put_plot(chart: &Chart, number: usize, out: &mut dyn Write) -> io::Result<()> {
    let sums = sums(chart);
    let largest = sums.iter().copied().chain(chart.budget).max();
    let axis = Axis::up_to(largest.unwrap_or_default());
    let height = i64::from(HEIGHT) + ABOVE + BELOW;
    writeln!(
        out,
        "<svg class=\"plot\" role=\"img\" width=\"100%\" height=\"{height}\" aria-labelledby=\"t{number} d{number}\">\n<title id=\"t{number}\">{}</title>\n<desc id=\"d{number}\">{}</desc>",
        escape(&chart.title),
        described(chart, &sums)
    )?;
    put_grid(chart, &axis, out)?;
    match chart.shape {
        Shape::Line => put_line(chart, &axis, out)?,
        Shape::Stacked | Shape::Bars => put_stack(chart, &axis, out)?,
    }
    put_budget(chart, &axis, out)?;
    put_labels(&chart.labels, out)?;
    writeln!(out, "</svg>")
}

/// The amount of each label over all series. A sum that is too large to keep is not drawn.
fn sums(chart: &Chart) -> Vec<Exact> {
    let sum = |at: usize| {
        let amounts = chart
            .series
            .iter()
            .filter_map(|series| series.amounts.get(at));
        amounts
            .flatten()
            .try_fold(Exact::ZERO, |sum, amount| sum.plus(*amount))
            .unwrap_or_default()
    };
    (0..chart.labels.len()).map(sum).collect()
}

/// The chart in words, for those who do not see it.
fn described(chart: &Chart, sums: &[Exact]) -> String {
    let (Some(first), Some(last)) = (chart.labels.first(), chart.labels.last()) else {
        return "nothing".to_owned();
    };
    let range = format!("{first} to {last}");
    let over = sums.iter().zip(&chart.labels);
    let over = over
        .filter(|(sum, _)| chart.budget.is_some_and(|budget| **sum > budget))
        .map(|(_, label)| label)
        .next();
    let what = match chart.shape {
        Shape::Line => {
            let reached = money(sums.last().copied(), chart, Digits::Rounded);
            format!("{range}, reaching {reached}")
        }
        Shape::Stacked | Shape::Bars => {
            let most = sums.iter().zip(&chart.labels).max_by_key(|(sum, _)| **sum);
            let most = most.map_or_else(String::new, |(sum, label)| {
                let sum = money(Some(*sum), chart, Digits::Rounded);
                format!(", the most on {label}: {sum}")
            });
            format!("{range}{most}")
        }
    };
    match (chart.budget, over) {
        (None, _) => escape(&what),
        (Some(budget), None) => {
            let budget = money(Some(budget), chart, Digits::Exact);
            format!("{what}, within the budget of {budget}")
        }
        (Some(budget), Some(label)) => {
            let budget = money(Some(budget), chart, Digits::Exact);
            format!(
                "{what}, over the budget of {budget} since {}",
                escape(label)
            )
        }
    }
}

/// How far below the top edge an amount stands.
fn depth(axis: &Axis, amount: Exact) -> i64 {
    ABOVE + i64::from(HEIGHT) - axis.place(amount, HEIGHT)
}

fn put_grid(chart: &Chart, axis: &Axis, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<g class=\"grid\" aria-hidden=\"true\">")?;
    for tick in &axis.ticks {
        let (y, text) = (depth(axis, *tick), money(Some(*tick), chart, Digits::Exact));
        write!(
            out,
            "<line x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/><text x=\"-8\" y=\"{}\">{text}</text>",
            y + 4
        )?;
    }
    writeln!(out, "</g>")
}

/// The left edge of a label's place, and its breadth.
fn slot(at: usize, count: usize) -> (usize, usize) {
    let edge = |at: usize| at * BREADTH / count.max(1);
    (edge(at), edge(at + 1) - edge(at))
}

fn put_stack(chart: &Chart, axis: &Axis, out: &mut dyn Write) -> io::Result<()> {
    let count = chart.labels.len();
    let mut below = vec![Exact::ZERO; count];
    for (index, series) in chart.series.iter().enumerate() {
        writeln!(out, "<g class=\"{}\">", class(index))?;
        let stacked = chart.labels.iter().zip(&series.amounts).zip(&mut below);
        for (at, ((label, amount), below)) in stacked.enumerate() {
            // What is below zero takes something away: it cannot stand on top.
            let amount = amount.filter(|amount| *amount > Exact::ZERO);
            let Some((amount, above)) = amount.and_then(|amount| {
                let above = below.plus(amount).ok()?;
                Some((amount, above))
            }) else {
                continue;
            };
            let (y, foot) = (depth(axis, above), depth(axis, *below));
            *below = above;
            if foot == y {
                continue;
            }
            let (left, breadth) = slot(at, count);
            let (x, width) = (percent(left + breadth / 12), percent(breadth - breadth / 6));
            write!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\"><title>{}, {}: {}</title></rect>",
                foot - y,
                escape(label),
                escape(&series.name),
                money(Some(amount), chart, Digits::Rounded)
            )?;
        }
        writeln!(out, "</g>")?;
    }
    Ok(())
}

fn put_line(chart: &Chart, axis: &Axis, out: &mut dyn Write) -> io::Result<()> {
    let count = chart.labels.len();
    let amounts = chart.series.first().map(|series| series.amounts.as_slice());
    let points = chart.labels.iter().zip(amounts.unwrap_or_default());
    let points = points.enumerate().filter_map(|(at, (label, amount))| {
        let (left, breadth) = slot(at, count);
        Some((percent(left + breadth / 2), (*amount)?, label))
    });
    let mut before: Option<(String, i64)> = None;
    write!(out, "<g class=\"line\">")?;
    for (x, amount, label) in points {
        let y = depth(axis, amount);
        if let Some((from, start)) = &before {
            write!(
                out,
                "<line x1=\"{from}\" y1=\"{start}\" x2=\"{x}\" y2=\"{y}\"/>"
            )?;
        }
        write!(
            out,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\"><title>{}: {}</title></circle>",
            escape(label),
            money(Some(amount), chart, Digits::Rounded)
        )?;
        before = Some((x, y));
    }
    writeln!(out, "</g>")
}

fn put_budget(chart: &Chart, axis: &Axis, out: &mut dyn Write) -> io::Result<()> {
    let Some(budget) = chart.budget else {
        return Ok(());
    };
    let (y, text) = (
        depth(axis, budget),
        money(Some(budget), chart, Digits::Exact),
    );
    writeln!(
        out,
        "<g class=\"budget\"><line x2=\"100%\" y1=\"{y}\" y2=\"{y}\"/><text x=\"4\" y=\"{}\">budget {text}</text></g>",
        if y > ABOVE + 20 { y - 6 } else { y + 16 }
    )
}

/// Names some labels below their bars: as many as fit a phone.
fn put_labels(labels: &[String], out: &mut dyn Write) -> io::Result<()> {
    let step = labels.len().div_ceil(MOST_LABELS).max(1);
    write!(out, "<g class=\"labels\" aria-hidden=\"true\">")?;
    for (at, label) in labels.iter().enumerate().step_by(step) {
        let (left, breadth) = slot(at, labels.len());
        // A word that begins too far right would be cut.
        if left > BREADTH - BREADTH / MOST_LABELS {
            break;
        }
        let (x, y) = (percent(left + breadth / 12), ABOVE + i64::from(HEIGHT) + 20);
        write!(out, "<text x=\"{x}\" y=\"{y}\">{}</text>", escape(label))?;
    }
    writeln!(out, "</g>")
}
