//! The tables of other programs that are read, and which columns of them. What a database lacks is
//! left out, so that older and newer versions are read alike; a table without the wanted columns is
//! another program's.

mod tables;

pub use tables::{SCHEMAS, WITHOUT_COUNTS};

/// How a column is written into the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number or text. Fractions are asked for as text, because a float would lose digits.
    Plain,
    /// JSON text, which may be compressed.
    Json,
}

/// One field of the document.
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// How it is asked for.
    sql: &'static str,
    /// The table and the column that it needs.
    needs: (&'static str, &'static str),
    /// How it is written.
    pub kind: Kind,
}

/// One known table.
pub struct Schema {
    /// The tool and the table, as documents name it.
    pub name: &'static str,
    /// The table, `t` in the expressions.
    pub table: &'static str,
    /// The columns by which it is known.
    wanted: &'static [&'static str],
    columns: &'static [Column],
    /// A table that says more (`s`), and the column of `t` that leads to its `id`.
    joined: Option<(&'static str, &'static str)>,
    /// Which rows, and the column that this needs; all where it is missing.
    rows: Option<(&'static str, &'static str)>,
    /// Files that stand beside the database and say something of its rows.
    pub beside: Option<Beside>,
}

/// A file for each of the things that rows are of, in a directory beside the database:
/// `DIRECTORY/NAME/FILE`.
pub struct Beside {
    /// What its documents are called, and the field that says what they are of.
    pub name: (&'static str, &'static str),
    /// The column that names the things.
    pub column: &'static str,
    /// The directory.
    pub directory: &'static str,
    /// The file.
    pub file: &'static str,
    /// Text that stands in the values that are wanted of it.
    pub word: &'static str,
}

const fn plain(name: &'static str, table: &'static str) -> Column {
    Column {
        name,
        sql: name,
        needs: (table, name),
        kind: Kind::Plain,
    }
}

const fn of(name: &'static str, sql: &'static str, needs: (&'static str, &'static str)) -> Column {
    Column {
        name,
        sql,
        needs,
        kind: Kind::Plain,
    }
}

const fn json(
    name: &'static str,
    sql: &'static str,
    needs: (&'static str, &'static str),
) -> Column {
    Column {
        name,
        sql,
        needs,
        kind: Kind::Json,
    }
}

impl Schema {
    /// Whether a database has this table with the wanted columns.
    pub fn fits(&self, columns: impl Fn(&str) -> Vec<String>) -> bool {
        let held = columns(self.table);
        self.wanted
            .iter()
            .all(|name| held.iter().any(|column| column == name))
    }

    /// The question for all rows, and the columns behind the number of the row.
    pub fn query(&self, columns: impl Fn(&str) -> Vec<String>) -> (String, Vec<&Column>) {
        let has = |table: &str, name: &str| columns(table).iter().any(|column| column == name);
        let asked: Vec<&Column> = self
            .columns
            .iter()
            .filter(|column| has(column.needs.0, column.needs.1))
            .collect();
        let fields = asked.iter().map(|column| {
            let of_table = if column.sql == column.name { "t." } else { "" };
            format!(", {of_table}{}", column.sql)
        });
        let joined = self.joined.filter(|(table, _)| has(table, "id"));
        let joined = joined
            .map(|(table, by)| format!(" LEFT JOIN {table} AS s ON s.id = t.{by}"))
            .unwrap_or_default();
        let rows = self.rows.filter(|(_, needs)| has(self.table, needs));
        let rows = rows
            .map(|(rows, _)| format!(" WHERE {rows}"))
            .unwrap_or_default();
        let fields: Vec<String> = fields.collect();
        let sql = format!(
            "SELECT t.rowid{} FROM {} AS t{joined}{rows} ORDER BY t.rowid",
            fields.concat(),
            self.table,
        );
        (sql, asked)
    }
}
