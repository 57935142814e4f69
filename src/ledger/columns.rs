//! Where each thing that is known about a record is stored: in its own row, in the row of its profile
//! or of its party, and as which column.

use std::sync::LazyLock;

use crate::usage::{Field, FieldKind, Meter};

/// Meters that are columns of the record's own row, in column order.
pub const CORE: [Meter; 6] = [
    Meter::INPUT,
    Meter::CACHE_READ,
    Meter::CACHE_WRITE,
    Meter::CACHE_WRITE_1H,
    Meter::OUTPUT,
    Meter::REASONING,
];

/// Text fields that differ from record to record, so that interning them would only cost.
const INLINE: &[Field] = &[
    Field::ResponseId,
    Field::RequestId,
    Field::IdempotencyKey,
    Field::ConversationId,
    Field::ParentUsageLogId,
    Field::EntityId,
    Field::ContentId,
    Field::PromptHash,
    Field::ErrorMessage,
];

/// Fields that say whose a record is: columns of `party`, in its order.
pub const PARTY: [Field; 5] = [
    Field::TenantId,
    Field::UserId,
    Field::AgentId,
    Field::WorkflowId,
    Field::Platform,
];

/// Which table holds a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// `usage`: it differs from record to record.
    Row,
    /// `profile`: many records share it.
    Profile,
    /// `party`: it says whose the record is.
    Party,
}

/// The table of a field.
pub fn home(field: Field) -> Home {
    if PARTY.contains(&field) {
        return Home::Party;
    }
    match field.kind() {
        FieldKind::Text if INLINE.contains(&field) => Home::Row,
        FieldKind::Text | FieldKind::Flag => Home::Profile,
        FieldKind::Integer if field == Field::HttpStatus => Home::Profile,
        FieldKind::Integer | FieldKind::Time => Home::Row,
    }
}

/// Whether a field's column holds the number of a word.
pub fn is_interned(field: Field) -> bool {
    field.kind() == FieldKind::Text && !INLINE.contains(&field)
}

/// Side tables that hold something for a record, and what keeps it out of the roll-ups, as bits of
/// `usage.sides`.
pub mod side {
    /// `line_item`
    pub const ITEMS: i64 = 1;
    /// `note`
    pub const NOTES: i64 = 2;
    /// `search`
    pub const SEARCHES: i64 = 4;
    /// `tag`
    pub const TAGS: i64 = 8;
    /// No table: its provider states a cost, or a total of tokens and nothing of what it is made of.
    pub const STATED: i64 = 16;
    /// The records that no roll-up holds have one of these.
    pub const APART: i64 = ITEMS | SEARCHES | STATED;
}

/// Columns of `usage` that every row has, in order. `chk` stands between and is not among them.
pub const ROW: [&str; 17] = [
    "id",
    "key",
    "facts",
    "run",
    "source",
    "line",
    "ms",
    "profile",
    "party",
    "sides",
    "cost_pico",
    "input",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "output",
    "reasoning",
];

/// Columns of `usage` that some rows have and that are no header fields.
pub const SOMETIMES: [&str; 8] = [
    "raw_numbers",
    "stated_total",
    "pointer",
    "reported_amount",
    "usd_pico",
    "usd_way",
    "rub_pico",
    "rub_way",
];

/// Columns of `profile` that are no header fields, in order.
pub const PROFILE: [&str; 13] = [
    "format",
    "basis",
    "time_basis",
    "status",
    "part",
    "cost_status",
    "currency",
    "reasons",
    "card",
    "reported_currency",
    "reported_field",
    "attributes",
    "raw_shape",
];

/// The header fields of each table. It is asked for with every record.
static FIELDS: LazyLock<[Vec<Field>; 3]> = LazyLock::new(|| {
    [Home::Row, Home::Profile, Home::Party].map(|table| {
        let fields = Field::ALL.iter().copied();
        fields.filter(|field| home(*field) == table).collect()
    })
});

/// The place of a header field among those of a record's own row, if it is one.
pub fn place_in_row(field: Field) -> Option<usize> {
    let [of_row, ..] = &*FIELDS;
    of_row.binary_search(&field).ok()
}

/// How many header fields a record's own row may have.
pub fn in_row() -> usize {
    let [of_row, ..] = &*FIELDS;
    of_row.len()
}

/// The header fields that stand in a table, in the order of all fields.
pub fn fields_of(table: Home) -> impl Iterator<Item = Field> {
    let [of_row, of_profile, of_party] = &*FIELDS;
    let fields = match table {
        Home::Row => of_row,
        Home::Profile => of_profile,
        Home::Party => of_party,
    };
    fields.iter().copied()
}
