//! SQL expressions that the views are made of: ids, money and times as text, tokens by side.
//!
//! No date function and no division that another engine would carry out in fractions.

use super::columns::{self, Home};
use crate::usage::{Direction, Field, FieldKind, METERS};

/// The word of a stored outcome.
pub const STATUS: &str =
    "CASE u.status WHEN 0 THEN 'partial' WHEN 1 THEN 'failed' ELSE 'success' END";
/// The word of a stored cost status.
pub const COST_STATUS: &str = "CASE u.cost_status WHEN 0 THEN 'exact' WHEN 1 THEN 'estimated' WHEN 2 THEN 'partial' WHEN 3 THEN 'unpriced' ELSE 'covered' END";
/// The word of where a time is from.
pub const TIME_BASIS: &str = "CASE u.time_basis WHEN 0 THEN 'response' WHEN 1 THEN 'envelope' WHEN 2 THEN 'option' WHEN 3 THEN 'file' END";
/// The word of how a record is known.
pub const BASIS: &str = "CASE u.basis WHEN 0 THEN 'response_id' WHEN 1 THEN 'idempotency_key' WHEN 2 THEN 'content' ELSE 'position' END";

/// The record's id as a UUID.
fn uuid() -> String {
    let hex = "lower(hex(u.key))";
    let part = |from: u32, length: u32| format!("substr({hex}, {from}, {length})");
    [
        part(1, 8),
        part(9, 4),
        part(13, 4),
        part(17, 4),
        part(21, 12),
    ]
    .join(" || '-' || ")
}

/// A whole number as text, also where another engine divides integers into fractions.
fn whole_text(expression: &str) -> String {
    format!("CAST(CAST({expression} AS BIGINT) AS TEXT)")
}

/// An amount in 10⁻¹² units as decimal text without trailing zeros.
pub fn money_text(pico: &str) -> String {
    let whole = whole_text(&format!(
        "({pico} - {pico} % 1000000000000) / 1000000000000"
    ));
    let digits = whole_text(&format!("1000000000000 + {pico} % 1000000000000"));
    let all = format!("{whole} || '.' || substr({digits}, 2, 12)");
    format!("CASE WHEN {pico} IS NULL THEN NULL ELSE rtrim(rtrim({all}, '0'), '.') END")
}

/// A time in milliseconds as `YYYY-MM-DD HH:MM:SS` in UTC; its day is joined as `calendar`.
pub fn time_text(ms: &str, calendar: &str) -> String {
    let two = |expression: &str| {
        format!(
            "substr({}, 2, 2)",
            whole_text(&format!("100 + {expression}"))
        )
    };
    let hours = two(&format!("({ms} % 86400000 - {ms} % 3600000) / 3600000"));
    let minutes = two(&format!("({ms} % 3600000 - {ms} % 60000) / 60000"));
    let seconds = two(&format!("({ms} % 60000 - {ms} % 1000) / 1000"));
    format!("{calendar}.iso || ' ' || {hours} || ':' || {minutes} || ':' || {seconds}")
}

/// The join of the day on which a record happened, behind those of its words. SQLite looks once more at what
/// stands before a relation that it takes apart: by then it knows that a user, say, is asked for, and can
/// begin with him where there is an index. `tests/views/plans.rs` reads the plans.
pub fn join_own_day() -> String {
    join_day("u.ms", "c_created")
        .replace("JOIN calendar", "JOIN (SELECT day, iso FROM calendar AS d)")
}

/// The join that [`time_text`] needs.
pub fn join_day(ms: &str, calendar: &str) -> String {
    format!(
        " LEFT JOIN calendar AS {calendar} ON {calendar}.day = ({ms} - {ms} % 86400000) / 86400000"
    )
}

/// The arms of a `CASE` that renames words.
pub fn when<'w>(pairs: impl Iterator<Item = (&'w str, &'w str)>) -> String {
    let arms: Vec<String> = pairs
        .map(|(from, to)| format!(" WHEN '{from}' THEN '{to}'"))
        .collect();
    arms.concat()
}

/// `SELECT` expressions and joins of header fields under their own names.
pub fn fields(wanted: &[Field]) -> (Vec<String>, String) {
    let (mut selected, mut joins) = (Vec::new(), String::new());
    for field in wanted {
        let name = field.name();
        if columns::is_interned(*field) {
            selected.push(format!("w_{name}.text AS {name}"));
            let join = format!(" LEFT JOIN word AS w_{name} ON w_{name}.id = u.{name}");
            joins.push_str(&join);
        } else if field.kind() == FieldKind::Time {
            selected.push(format!(
                "{} AS {name}",
                time_text(&format!("u.{name}"), &format!("c_{name}"))
            ));
            joins.push_str(&join_day(&format!("u.{name}"), &format!("c_{name}")));
        } else {
            selected.push(format!("u.{name} AS {name}"));
        }
    }
    (selected, joins)
}

fn meters(direction: Direction) -> String {
    let names: Vec<String> = METERS
        .iter()
        .filter(|meter| meter.direction == direction)
        .map(|meter| format!("'{}'", meter.name))
        .collect();
    names.join(", ")
}

/// Tokens of some meters that a record's row has no column for.
fn extra(meters: &str) -> String {
    format!(
        "CASE WHEN u.sides & {items} = 0 THEN 0 ELSE (SELECT COALESCE(SUM(i.whole), 0) FROM line_item AS i \
         WHERE i.usage = u.id AND i.core = 0 AND i.meter IN ({meters})) END",
        items = columns::side::ITEMS,
    )
}

/// Columns of whole records that are worked out. They stand there once: written out in every view they
/// would take longer to understand than most questions take to answer.
fn worked_out() -> String {
    let [input, output] = [Direction::Input, Direction::Output].map(|side| extra(&meters(side)));
    let cached = extra("'cache_read_audio', 'cache_read_image'");
    let read = "u.input + u.cache_read + u.cache_write + u.cache_write_1h";
    format!(
        "{id} AS record_id, {read} + {input} AS input_tokens, u.cache_read + {cached} AS cached_tokens, \
         u.output + u.reasoning + {output} AS output_tokens",
        id = uuid(),
    )
}

/// `SELECT` of whole records, with one column for everything that is known. The joins are outer ones, so
/// that no plan begins with the shared rows unless they are asked for by name.
pub fn select_record() -> String {
    let own = columns::ROW.into_iter().chain(columns::SOMETIMES);
    let own = own.map(|name| ("u", name));
    let shared = columns::PROFILE.into_iter().map(|name| ("p", name));
    let fields = Field::ALL.iter().map(|field| {
        let table = match columns::home(*field) {
            Home::Row => "u",
            Home::Profile => "p",
            Home::Party => "q",
        };
        (table, field.name())
    });
    let all = own.chain(shared).chain(fields);
    let all: Vec<String> = all
        .map(|(table, name)| format!("{table}.{name} AS {name}"))
        .collect();
    format!(
        "SELECT {}, {} FROM usage AS u LEFT JOIN profile AS p ON p.id = u.profile LEFT JOIN party AS q ON q.id = u.party",
        all.join(", "),
        worked_out(),
    )
}

/// Whole records as a relation: what `FROM` takes.
pub fn record() -> String {
    format!("({})", select_record())
}

/// The total that the provider states, else the sum.
pub const TOTAL_TOKENS: &str = "COALESCE(u.stated_total, u.input_tokens + u.output_tokens)";

/// The user's labels as a JSON object.
pub const TAGS: &str = "(SELECT '{' || group_concat('\"' || replace(replace(t.name, '\\', '\\\\'), '\"', '\\\"') || '\":\"' || replace(replace(t.value, '\\', '\\\\'), '\"', '\\\"') || '\"', ',') || '}' FROM tag AS t WHERE t.usage = u.id)";

/// What is known about the response without its text; what is not stated is left out.
pub const RESPONSE_SUMMARY: &str = "NULLIF(rtrim(COALESCE(w_finish_reason.text || ' ', '') || COALESCE('chars=' || CAST(u.response_length_chars AS TEXT) || ' ', '') || COALESCE('tool_calls=' || CAST(u.tool_call_count AS TEXT), '')), '')";

/// The model that served, else the one that was asked for.
pub const MODEL: &str = "COALESCE(w_response_model.text, w_requested_model.text)";
