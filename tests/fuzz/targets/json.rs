//! The scanner against serde_json: what is JSON, what stands in it, and how a text is counted and
//! squeezed are the same for both.

use std::collections::BTreeMap;

use llmcost::json::{Checked, Kind, Object, Raw, squeezed};
use serde_json::value::RawValue;

/// Layers of values that are compared one by one.
const DEEPEST: usize = 16;

/// Any text.
pub fn run(bytes: &[u8]) {
    agree(super::text(bytes));
}

/// Fails where the scanner and serde_json do not agree on a text.
pub fn agree(text: &str) {
    let ours = Raw::parse(text);
    let theirs = serde_json::from_str::<&RawValue>(text);
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text:?}");
    assert_eq!(squeezed_whole(text), plainly_squeezed(text), "{text:?}");
    let object = Object::parse(text);
    match serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        Err(_) => assert!(object.is_err(), "{text:?}"),
        Ok(fields) => {
            let object = object.unwrap();
            let found: BTreeMap<String, &str> = object
                .entries()
                .map(|(name, value)| (name.to_owned(), value.as_str()))
                .collect();
            assert_eq!(object.len(), found.len());
            let fields: BTreeMap<String, &str> = fields
                .into_iter()
                .map(|(name, value)| (name, value.get()))
                .collect();
            assert_eq!(found, fields, "{text:?}");
        }
    }
    if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
        assert_eq!(ours.as_str(), theirs.get());
        inside(ours, DEEPEST);
        // The same where the ends of what is inside are known.
        let checked = Checked::parse(text).unwrap();
        assert_eq!(checked.raw(), ours);
        inside(checked.raw(), DEEPEST);
        let copy = text.to_owned();
        inside(Raw::parse(&copy).unwrap(), DEEPEST);
    } else {
        assert!(Checked::parse(text).is_err());
    }
}

/// The same of every value inside.
fn inside(value: Raw<'_>, layers: usize) {
    let text = value.as_str();
    let list: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
    let list: Vec<&str> = list.into_iter().map(RawValue::get).collect();
    let ours: Vec<_> = value.elements().collect();
    assert_eq!(
        ours.iter().map(|one| one.as_str()).collect::<Vec<_>>(),
        list
    );
    let decoded = serde_json::from_str::<String>(text).ok();
    assert_eq!(value.string(), decoded, "{text:?}");
    if let Some(decoded) = decoded {
        assert_eq!(
            value.char_count(),
            u64::try_from(decoded.chars().count()).unwrap()
        );
    }
    let object = value.object();
    if let Some(object) = &object {
        // What is kept for audit is JSON itself.
        let kept = object.numbers_only();
        assert!(Raw::parse(&kept).is_ok(), "{text:?}: {kept:?}");
        for name in object.keys().filter(|name| !name.contains(['/', '~'])) {
            let held = object.peek(name).map(Raw::as_str);
            assert_eq!(value.at(&format!("/{name}")).map(Raw::as_str), held);
        }
    }
    if layers == 0 {
        return;
    }
    let fields = object
        .iter()
        .flat_map(Object::entries)
        .map(|(_, value)| value);
    for inner in fields.chain(ours.iter().copied()) {
        if matches!(inner.kind(), Kind::Object | Kind::Array | Kind::String) {
            inside(inner, layers - 1);
        }
    }
}

fn squeezed_whole(text: &str) -> Vec<u8> {
    let mut whole = Vec::new();
    squeezed(text, |piece| whole.extend(piece));
    whole
}

/// What squeezing means, byte by byte.
fn plainly_squeezed(text: &str) -> Vec<u8> {
    let (mut quoted, mut escaped) = (false, false);
    let kept = text.bytes().filter(|byte| {
        let blank = !quoted && matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        !blank
    });
    kept.collect()
}
