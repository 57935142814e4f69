//! What wraps a response: transport, batch lines, gateways, an application's own log lines.
//!
//! An envelope is an entry of a formats file: what it looks like, where the responses are, and where
//! header fields stand. The built-in ones are written in the form that users write (`builtin/`).
//! A value of no known format is searched for usage ([`find`]). An envelope knows no adapter: what
//! it finds is read by whoever recognises it.

mod aliases;
mod endpoint;
mod find;
mod format;
mod formats;
mod line;
mod open;
mod place;
mod request;
mod said;
mod slots;
mod suggest;
mod target;
mod when;
mod written;

pub use find::{Hit, Search, Sort, find, row};
pub use format::{Format, Pieces, Sample};
pub use formats::{Formats, States};
pub use line::{Line, split};
pub use open::{Opened, ROW, open, request_place};
pub use place::{Place, Scene, Unit};
pub use request::facts as request_facts;
pub use said::{Said, Stated, time as time_of, whole as whole_of};
pub use slots::{bears_usage, row_looks_at};
pub use suggest::{Leaf, LeafSort, leaves, suggest};
pub use target::Target;
pub use when::{Look, Sort as LookSort, When};
