//! Counts that are none, and times that are none. A bad time never loses a call.

use super::cases::{Case, call, call_of, lines};

pub fn counts() -> Vec<Case> {
    let digits = "9".repeat(100_000);
    // What is wrong, and how many of two records are rejected for it.
    let odd: [(&str, &str, u64); 30] = [
        ("minus", "-1", 1),
        ("minus-zero", "-0", 0),
        ("fraction", "5.5", 1),
        ("whole-fraction", "5.0", 0),
        ("exponent", "1e3", 0),
        ("huge-exponent", "1e400", 1),
        ("small-exponent", "5e-1", 1),
        ("endless-exponent", "1e99999999999999999999", 1),
        ("ten-to-30", "1000000000000000000000000000000", 1),
        ("two-to-63", "9223372036854775808", 1),
        ("two-to-64", "18446744073709551616", 1),
        ("two-to-53-and-1", "9007199254740993", 1),
        ("text", "\"5\"", 0),
        ("text-with-unit", "\"5 tokens\"", 1),
        ("text-with-commas", "\"1,000\"", 1),
        ("text-minus", "\"-5\"", 1),
        ("empty-text", "\"\"", 1),
        ("nan-text", "\"NaN\"", 1),
        ("yes", "true", 1),
        ("list", "[5]", 1),
        ("object", "{\"n\":5}", 1),
        ("nan", "NaN", 1),
        ("infinity", "Infinity", 1),
        ("leading-zeros", "007", 1),
        ("plus", "+5", 1),
        ("hexadecimal", "0x10", 1),
        ("underscores", "1_000", 1),
        ("no-whole-part", ".5", 1),
        ("full-width", "\"５\"", 1),
        ("digits", &digits, 1),
    ];
    let count = |(name, input, rejected): (&str, &str, u64)| {
        let log = lines(&[&call(1), &call_of(2, "gpt-4o-2024-08-06", input)]);
        Case::new(
            format!("number-{name}"),
            log,
            [2 - rejected, 0, 0, 0, rejected, 0],
        )
    };
    let mut cases: Vec<Case> = odd.into_iter().map(count).collect();
    let most: Vec<String> = (1..=40)
        .map(|n| call_of(n, "gpt-4o-2024-08-06", "1000000000000"))
        .collect();
    let most: Vec<&str> = most.iter().map(String::as_str).collect();
    cases.push(Case::new(
        "number-large-sums",
        lines(&most),
        [40, 0, 0, 0, 0, 0],
    ));
    let cached = call(2).replace(
        "\"completion_tokens\"",
        "\"prompt_tokens_details\":{\"cached_tokens\":5000},\"completion_tokens\"",
    );
    cases.push(Case::new(
        "number-more-cached-than-read",
        lines(&[&cached]),
        [1, 0, 0, 0, 0, 0],
    ));
    cases
}

pub fn times() -> Vec<Case> {
    let times = [
        ("seconds", "1793613600"),
        ("milliseconds", "1793613600000"),
        ("microseconds", "1793613600000000"),
        ("nanoseconds", "1793613600000000000"),
        ("zero", "0"),
        ("minus", "-1"),
        ("far-past", "-99999999999999"),
        ("year-9999", "253402300799"),
        ("year-10000", "253402300800"),
        ("beyond-all", "999999999999999999999999999999"),
        ("fraction", "1793613600.123456789"),
        ("exponent", "1e400"),
        ("leap-second", "\"2016-12-31T23:59:60Z\""),
        ("no-such-day", "\"2026-02-29T00:00:00Z\""),
        ("hour-that-is-not", "\"2026-03-29T02:30:00+01:00\""),
        ("no-zone", "\"2026-11-02T10:00:00\""),
        ("far-zone", "\"2026-11-02T10:00:00+99:99\""),
        ("text", "\"CANARY\""),
        ("null", "null"),
        ("object", "{\"at\":1}"),
        ("future", "4102444800"),
    ];
    let time = |(name, time): (&str, &str)| {
        let odd = call(2).replace("\"created\":1793613600", &format!("\"created\":{time}"));
        Case::new(
            format!("time-{name}"),
            lines(&[&call(1), &odd]),
            [2, 0, 0, 0, 0, 0],
        )
    };
    times.into_iter().map(time).collect()
}
