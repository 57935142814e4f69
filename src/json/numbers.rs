//! The numbers of an object: exact, as quantities, as counts, or as they are written.

use super::{Object, Raw, looks_numeric};
use crate::error::Fault;
use crate::money::{Exact, Quantity};

impl<'a> Object<'a> {
    /// An exact number, also from a string that holds one. It may be below zero.
    ///
    /// # Errors
    /// When the field is there but is no number that can be kept exactly.
    pub fn exact(&self, name: &str) -> Result<Option<Exact>, Fault> {
        Ok(self.number(name)?.map(|(number, value)| {
            value.is_looked_at();
            number
        }))
    }

    fn number(&self, name: &str) -> Result<Option<(Exact, Raw<'a>)>, Fault> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let digits = value
            .digits()
            .ok_or_else(|| self.fault(name, "is not a number"))?;
        Exact::parse(digits)
            .map(|number| Some((number, value)))
            .map_err(|error| self.fault(name, &error.to_string()))
    }

    /// A quantity, which may have a fraction (seconds).
    ///
    /// # Errors
    /// When it is there but is no exact number of at least zero.
    pub fn quantity(&self, name: &str) -> Result<Option<Quantity>, Fault> {
        let Some(number) = self.exact(name)? else {
            return Ok(None);
        };
        Quantity::new(number)
            .map(Some)
            .map_err(|error| self.fault(name, &error.to_string()))
    }

    /// A whole number of things (tokens, images). `5.0` is 5, `5.5` is an error.
    ///
    /// # Errors
    /// As [`Object::quantity`], and when it has a fraction.
    pub fn count(&self, name: &str) -> Result<Option<Quantity>, Fault> {
        let Some((number, value)) = self.number(name)? else {
            return Ok(None);
        };
        let count = Quantity::new(number).and_then(|count| number.to_integer().map(|_| count));
        let count = count.map_err(|error| self.fault(name, &error.to_string()))?;
        Ok(Some(count.counted_at(value.address())))
    }

    /// [`Object::count`], where this provider leaves out what is zero.
    pub fn count_or_zero(&self, name: &str) -> Result<Quantity, Fault> {
        Ok(self.count(name)?.unwrap_or_default())
    }

    /// A number exactly as it is written, such as a reported cost.
    ///
    /// # Errors
    /// When it is there but is neither a number nor a string that holds one.
    pub fn number_text(&self, name: &str) -> Result<Option<String>, Fault> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        value.is_looked_at();
        match value.digits() {
            Some(digits) if looks_numeric(digits) => Ok(Some(digits.to_owned())),
            _ => Err(self.fault(name, "is not a number")),
        }
    }
}
