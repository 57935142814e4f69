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
    word.starts_with('"')
        && TELLING.contains(&field.name.as_ref())
        && word.len() <= LONGEST_TELLING
        && !word.contains('\\')
}

impl Object<'_> {
    /// What a test can see without a look at any value: names and kinds in their order, and the words
    /// of `TELLING` fields. Objects of one shape have the same bytes, which are written into `shape`.
    pub fn shape(&self, shape: &mut Vec<u8>) {
        shape.clear();
        self.add_shape(shape);
    }

    /// Adds its [`shape`](Object::shape) to others.
    pub fn add_shape(&self, shape: &mut Vec<u8>) {
        for field in &self.fields {
            shape.extend_from_slice(field.name.as_bytes());
            let is_telling = is_part_of_shape(field);
            // No name holds these: they are no UTF-8.
            shape.push(0xf8 | u8::from(is_telling));
            if is_telling {
                shape.extend_from_slice(field.value.0.as_bytes());
            } else {
                shape.push(match field.value.kind() {
                    Kind::Number => b'0',
                    Kind::Bool => b't',
                    Kind::Object => b'{',
                    Kind::Array => b'[',
                    Kind::String => b'"',
                    Kind::Null => b'n',
                });
            }
            shape.push(0xff);
        }
    }

    /// Runs a test of this object: its answer, and whether that hangs on nothing but the
    /// [`shape`](Object::shape), so that all objects of that shape get the same one.
    pub fn tested(&self, test: impl FnOnce(&Self) -> bool) -> (bool, bool) {
        let before = self.looked.replace(false);
        let answer = test(self);
        let looked = self.looked.replace(before);
        (answer, !looked)
    }

    /// Runs a test of this object, and names the fields at whose values it looked.
    pub fn looked_at_by(&self, test: impl FnOnce(&Self) -> bool) -> Vec<&str> {
        self.fields.iter().for_each(|field| field.looked.set(false));
        test(self);
        let looked = self.fields.iter().filter(|field| field.looked.get());
        looked.map(|field| field.name.as_ref()).collect()
    }
}
