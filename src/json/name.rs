//! Names of fields in one word, so that most comparisons of names are one comparison of words.

/// The first bytes and the length of a name: most names that differ differ there.
pub(super) fn tag(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let first = bytes.first_chunk::<8>().copied().unwrap_or_else(|| {
        let mut first = [0; 8];
        first
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        first
    });
    let length = u64::try_from(bytes.len()).unwrap_or_default();
    u64::from_le_bytes(first) ^ length.rotate_right(8)
}

/// One of 64 bits, for a set of the names that an object may have.
pub(super) fn bit(tag: u64) -> u64 {
    1 << (tag.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}
