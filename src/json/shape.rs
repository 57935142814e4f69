//! What objects have in common that the same tests say no to: their shape.

use super::object::Field;
use super::{Kind, Object};

/// Fields whose words tell shapes apart in so many formats that they are taken for a part of the shape.
const TELLING: &[&str] = &["object", "type"];
/// Longer words tell nothing.
const LONGEST_TELLING: usize = 48;

/// Whether the value of a field is a short plain word that counts as a part of the object's shape.
pub(super) fn is_part_of_shape(field: &Field<'_>) -> bool {
    let word = field.value.0;
    TELLING.contains(&field.name.as_ref())
        && word.starts_with('"')
        && word.len() <= LONGEST_TELLING
        && !word.contains('\\')
}

impl Object<'_> {
    /// What a test can see without a look at any value: names and kinds in their order, and the words
    /// of `TELLING` fields. Objects of one shape have the same bytes.
    pub fn shape(&self) -> Vec<u8> {
        let mut shape = Vec::with_capacity(self.fields.len() * 16);
        for field in &self.fields {
            shape.extend(field.name.as_bytes());
            // No name holds these: they are no UTF-8.
            shape.push(0xf8 | u8::from(is_part_of_shape(field)));
            let telling = is_part_of_shape(field).then_some(field.value.0.as_bytes());
            let kind = field.value.0.as_bytes().first().map(std::slice::from_ref);
            let kind = match field.value.kind() {
                Kind::Number => Some(b"0".as_slice()),
                Kind::Bool => Some(b"t".as_slice()),
                Kind::Object | Kind::Array | Kind::String | Kind::Null => kind,
            };
            shape.extend(telling.or(kind).unwrap_or_default());
            shape.push(0xff);
        }
        shape
    }

    /// Runs a test of this object: its answer, and whether that hangs on nothing but the
    /// [`shape`](Object::shape), so that all objects of that shape get the same one.
    pub fn tested(&self, test: impl FnOnce(&Self) -> bool) -> (bool, bool) {
        let before = self.looked.replace(false);
        let answer = test(self);
        let looked = self.looked.replace(before);
        (answer, !looked)
    }
}
