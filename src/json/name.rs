//! Names of fields in one word, so that most comparisons of names are one comparison of words.

/// The first bytes and the length of a name, of a short one all bytes: most names that differ differ
/// there.
pub(super) fn tag(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let word = if let Some(first) = bytes.first_chunk::<8>() {
        u64::from_le_bytes(*first)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
    } else {
        let short = bytes.iter().rev();
        short.fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    let length = u64::try_from(bytes.len()).unwrap_or_default();
    word ^ length.rotate_right(8)
}

/// One of 64 bits, for a set of the names that an object may have.
pub(super) fn bit(tag: u64) -> u64 {
    1 << (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}
