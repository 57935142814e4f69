//! What follows from the name of a field alone, remembered: a log repeats a few names in every record.

use std::cell::RefCell;

use super::name::tag;

/// Names that are remembered at once; of two that share a place the last one stays.
const PLACES: usize = 1 << PLACE_BITS;
const PLACE_BITS: u32 = 10;

/// A name and its answer.
type Known<T> = Option<(Box<str>, T)>;

/// Answers of one question about names, as one thread has met them.
pub struct Names<T>(RefCell<Vec<Known<T>>>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Names<T> {
    /// With nothing remembered.
    pub const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// The answer for a name, which nothing but the name may decide.
    pub fn of(&self, name: &str, answer: impl FnOnce(&str) -> T) -> T {
        let at = place(name);
        if let Some(Some((known, answer))) = self.0.borrow().get(at)
            && **known == *name
        {
            return answer.clone();
        }
        let answer = answer(name);
        let mut places = self.0.borrow_mut();
        if places.is_empty() {
            places.resize_with(PLACES, || None);
        }
        if let Some(held) = places.get_mut(at) {
            *held = Some((name.into(), answer.clone()));
        }
        answer
    }
}

fn place(name: &str) -> usize {
    let last = name.as_bytes().last_chunk::<8>();
    let last = last.map_or(0, |last| u64::from_le_bytes(*last));
    let mixed = (tag(name) ^ last.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> (u64::BITS - PLACE_BITS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_those_of_the_question_whatever_is_remembered() {
        let names = Names::new();
        for round in 0..3 {
            for number in 0..5_000_u32 {
                let name = format!("name_of_field_{number}");
                assert_eq!(names.of(&name, str::len), name.len(), "{round}");
            }
        }
        assert_eq!(names.of("n", |_| 1), 1);
        assert_eq!(names.of("n", |_| 2), 1);
    }
}
