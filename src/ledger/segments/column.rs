//! A column of numbers ↔ bytes: each number as its distance from the least, in as few whole bytes as the
//! farthest one needs.

/// Bytes before the numbers of a column: how many bytes a number takes and whether one may be missing, and
/// the least number.
const HEAD: usize = 9;
/// The bit of the first byte that says that numbers may be missing.
const SOME_MISSING: u8 = 0x80;
/// Bytes after the last column, so that every number can be read as eight.
pub const PAD: usize = 8;

/// Appends a column; nothing where its numbers lie too far from each other.
pub fn put(numbers: &[Option<i64>], bytes: &mut Vec<u8>) -> Option<()> {
    let there = || numbers.iter().copied().flatten();
    let (least, most) = (there().min().unwrap_or(0), there().max().unwrap_or(0));
    // A missing number is 0, and all others are one more.
    let more = u64::from(numbers.contains(&None));
    let farthest = most.abs_diff(least).checked_add(more)?;
    let farthest = if there().next().is_some() {
        farthest
    } else {
        0
    };
    let width = farthest.to_le_bytes().iter().rposition(|byte| *byte != 0);
    let width = width.map_or(0, |last| last + 1);
    let flag = if more == 0 { 0 } else { SOME_MISSING };
    bytes.push(u8::try_from(width).ok()? | flag);
    bytes.extend(least.to_le_bytes());
    for number in numbers {
        let code = number.map_or(0, |number| number.abs_diff(least) + more);
        bytes.extend(code.to_le_bytes().iter().take(width));
    }
    Some(())
}

/// A column that can be looked at.
#[derive(Clone, Copy)]
pub struct Column<'b> {
    /// Its numbers, and whatever follows them.
    bytes: &'b [u8],
    width: usize,
    mask: u64,
    least: i64,
    some_missing: bool,
}

impl<'b> Column<'b> {
    /// The column of so many numbers that bytes begin with, and what follows it; nothing where they do not.
    pub fn take(bytes: &'b [u8], rows: usize) -> Option<(Self, &'b [u8])> {
        let (head, bytes) = bytes.split_at_checked(HEAD)?;
        let (flags, least) = head.split_first()?;
        let width = usize::from(flags & !SOME_MISSING);
        let unused = 64_u32.checked_sub(u32::try_from(width * 8).ok()?)?;
        let rest = bytes.get(width.checked_mul(rows)?..)?;
        let column = Self {
            bytes,
            width,
            mask: u64::MAX.checked_shr(unused).unwrap_or(0),
            least: i64::from_le_bytes(least.try_into().ok()?),
            some_missing: flags & SOME_MISSING != 0,
        };
        // The last number is read as eight bytes, too.
        (rest.len() >= PAD).then_some((column, rest))
    }

    /// A number of the column.
    pub fn at(&self, row: usize) -> Option<i64> {
        let bytes = self.bytes.get(row * self.width..)?.first_chunk()?;
        let code = u64::from_le_bytes(*bytes) & self.mask;
        if self.some_missing {
            return Some(self.least.wrapping_add_unsigned(code.checked_sub(1)?));
        }
        Some(self.least.wrapping_add_unsigned(code))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = Option<i64>> {
        prop_oneof![
            Just(None),
            Just(Some(0)),
            (-300..300_i64).prop_map(Some),
            (1_700_000_000_000..1_800_000_000_000_i64).prop_map(Some),
            any::<i64>().prop_map(Some),
        ]
    }

    proptest! {
        #[test]
        fn columns_are_read_as_they_were_put(
            columns in proptest::collection::vec(proptest::collection::vec(number(), 5), 0..6),
            is_narrow in any::<bool>(),
        ) {
            let few = |number: Option<i64>| number.map(|number| number.rem_euclid(1_000));
            let mut bytes = Vec::new();
            let mut put_in = Vec::new();
            for column in columns {
                let column: Vec<_> = if is_narrow { column.into_iter().map(few).collect() } else { column };
                let before = bytes.len();
                match put(&column, &mut bytes) {
                    Some(()) => put_in.push(column),
                    None => bytes.truncate(before),
                }
            }
            prop_assert!(!is_narrow || bytes.len() <= put_in.len() * (HEAD + 2 * 5));
            bytes.extend([0; PAD]);
            let mut rest = bytes.as_slice();
            for column in &put_in {
                let (read, after) = Column::take(rest, 5).unwrap();
                prop_assert_eq!(&(0..5).map(|row| read.at(row)).collect::<Vec<_>>(), column);
                rest = after;
            }
            prop_assert_eq!(rest.len(), PAD);
        }

        #[test]
        fn no_bytes_are_too_short_to_be_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..60), rows in 0..40_usize,
        ) {
            if let Some((column, _)) = Column::take(&bytes, rows) {
                let there = (0..rows).filter_map(|row| column.at(row));
                prop_assert!(there.count() <= rows);
            }
        }
    }

    #[test]
    fn numbers_at_both_ends_have_no_room_for_a_missing_one() {
        let ends = [Some(i64::MIN), Some(i64::MAX)];
        let mut bytes = Vec::new();
        assert_eq!(put(&[ends[0], ends[1], None], &mut bytes), None);
        assert_eq!(put(&ends, &mut bytes), Some(()));
        bytes.extend([0; PAD]);
        let (column, _) = Column::take(&bytes, 2).unwrap();
        assert_eq!([column.at(0), column.at(1)], ends);
    }
}
