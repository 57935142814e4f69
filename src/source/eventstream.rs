//! AWS event streams → one JSON object per event, `{"EVENT-TYPE":PAYLOAD}`, as SDKs show them.
//!
//! A message is its length, the length of its headers and their checksum, headers, a payload and a
//! checksum. <https://smithy.io/2.0/aws/amazon-eventstream.html>

/// Lengths and checksum at the beginning of a message.
const PRELUDE: usize = 12;
/// The checksum at its end.
const CHECKSUM: usize = 4;
/// The header that names the sort of event.
const NAMES: &[&str] = &[":event-type", ":exception-type"];

/// Whether bytes begin with a message: its checksum says so.
pub(super) fn is_one(head: &[u8]) -> bool {
    let (Some(lengths), Some(stated)) = (head.get(..8), number(head, 8)) else {
        return false;
    };
    let mut checksum = flate2::Crc::new();
    checksum.update(lengths);
    checksum.sum() == stated
}

/// The events as lines of JSON, up to the first one that is damaged or cut.
pub(super) fn to_json(mut bytes: &[u8]) -> String {
    let mut lines = String::new();
    while let Some((line, rest)) = message(bytes) {
        lines.push_str(&line);
        bytes = rest;
    }
    lines
}

fn message(bytes: &[u8]) -> Option<(String, &[u8])> {
    if !is_one(bytes) {
        return None;
    }
    let total = usize::try_from(number(bytes, 0)?).ok()?;
    let headers = usize::try_from(number(bytes, 4)?).ok()?;
    let (message, rest) = bytes.split_at_checked(total)?;
    let payload = PRELUDE.checked_add(headers)?;
    let name = named(message.get(PRELUDE..payload)?)?;
    let payload = message.get(payload..total.checked_sub(CHECKSUM)?)?;
    let payload = str::from_utf8(payload)
        .ok()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let name = serde_json::to_string(&name).ok()?;
    // JSON is written on one line; a payload that is none is left out, as it holds no counts.
    let payload =
        payload.and_then(|text| serde_json::from_str::<&serde_json::value::RawValue>(text).ok());
    let payload = payload.map_or_else(
        || "{}".to_owned(),
        |raw| raw.get().replace(['\n', '\r'], " "),
    );
    Some((format!("{{{name}:{payload}}}\n"), rest))
}

/// The name of the event, from its headers.
fn named(mut headers: &[u8]) -> Option<String> {
    while let Some((length, rest)) = headers.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(*length))?;
        let (kind, rest) = rest.split_first()?;
        let (value, rest) = match kind {
            0 | 1 => (&[][..], rest),
            2 => rest.split_at_checked(1)?,
            3 => rest.split_at_checked(2)?,
            4 => rest.split_at_checked(4)?,
            5 | 8 => rest.split_at_checked(8)?,
            9 => rest.split_at_checked(16)?,
            6 | 7 => {
                let (length, rest) = rest.split_at_checked(2)?;
                let length = u16::from_be_bytes(length.try_into().ok()?);
                rest.split_at_checked(usize::from(length))?
            }
            _ => return None,
        };
        if NAMES.iter().any(|known| known.as_bytes() == name) {
            return String::from_utf8(value.to_vec()).ok();
        }
        headers = rest;
    }
    Some("initial-response".to_owned())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(digits.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, payload: &str) -> Vec<u8> {
        let mut headers = Vec::new();
        for (key, value) in [(":message-type", "event"), (":event-type", name)] {
            headers.push(u8::try_from(key.len()).unwrap());
            headers.extend_from_slice(key.as_bytes());
            headers.push(7);
            headers.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
            headers.extend_from_slice(value.as_bytes());
        }
        let total = u32::try_from(PRELUDE + headers.len() + payload.len() + CHECKSUM).unwrap();
        let mut bytes = total.to_be_bytes().to_vec();
        bytes.extend_from_slice(&u32::try_from(headers.len()).unwrap().to_be_bytes());
        let sum = |bytes: &[u8]| {
            let mut checksum = flate2::Crc::new();
            checksum.update(bytes);
            checksum.sum().to_be_bytes()
        };
        bytes.extend_from_slice(&sum(&bytes));
        bytes.extend_from_slice(&headers);
        bytes.extend_from_slice(payload.as_bytes());
        bytes.extend_from_slice(&sum(&bytes));
        bytes
    }

    #[test]
    fn events_become_lines_and_a_cut_loses_only_the_last() {
        let mut bytes = event("messageStart", "{\"role\":\"assistant\"}");
        bytes.extend(event("metadata", "{\"usage\":{\"inputTokens\":5}}"));
        assert!(is_one(&bytes));
        assert_eq!(
            to_json(&bytes),
            "{\"messageStart\":{\"role\":\"assistant\"}}\n{\"metadata\":{\"usage\":{\"inputTokens\":5}}}\n"
        );
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(
            to_json(cut),
            "{\"messageStart\":{\"role\":\"assistant\"}}\n"
        );
        for other in [&b"{\"a\":1}\n{\"b\":2}\n"[..], b"", &[0; 64]] {
            assert!(!is_one(other));
        }
    }
}
