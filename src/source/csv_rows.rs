//! Rows of CSV → one JSON object per row, by the names in the header. A row stands on the line on
//! which it begins in the file, so that places stay true.

use std::io::{self, Read};

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder, StringRecord};

use super::compression::Damage;

/// What may separate cells.
const DELIMITERS: &[u8] = b",;\t|";
/// Words of which one is in the header of any usage export; other tables are not read as such.
const TELLING: &[&str] = &[
    "tok", "model", "cost", "usage", "input", "prompt", "engine", "llm",
];
/// Longer names are no header.
const LONGEST_NAME: usize = 64;
/// Bytes of a row, with what is read ahead of it. A row has no other end where a quote is never closed.
const LONGEST_ROW: usize = 8 << 20;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    delimiter: u8,
    /// Whether lines end with a carriage return and a line feed.
    crlf: bool,
}

/// The dialect, where a stream begins with the header of a usage export.
pub(super) fn dialect(head: &[u8]) -> Option<Dialect> {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let mut lines = text.lines();
    let (first, second) = (lines.next()?, lines.next());
    let fits = |delimiter: &u8| {
        let cells = |line: &str| line.split(char::from(*delimiter)).count();
        cells(first) > 2 && is_header(first, char::from(*delimiter))
            // Cells of text may hold more of them.
            && second.is_none_or(|second| cells(second) >= cells(first) || second.contains('"'))
    };
    let delimiters = DELIMITERS.iter().copied().filter(fits);
    let delimiter = delimiters.max_by_key(|delimiter| first.split(char::from(*delimiter)).count());
    Some(Dialect {
        delimiter: delimiter?,
        crlf: text
            .get(first.len()..)
            .is_some_and(|rest| rest.starts_with('\r')),
    })
}

fn is_header(line: &str, delimiter: char) -> bool {
    let names = line
        .split(delimiter)
        .map(|name| name.trim().trim_matches('"').trim());
    let plain = |c: char| c.is_alphanumeric() || " _-.()/$%#:@".contains(c);
    let is_name = |name: &str| {
        name.chars().all(plain)
            && name.len() <= LONGEST_NAME
            && !name
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit())
    };
    let mut told = false;
    let all = names.into_iter().all(|name| {
        let lower = name.to_ascii_lowercase();
        told |= TELLING.iter().any(|word| lower.contains(word));
        is_name(name)
    });
    all && told
}

/// Reads rows as lines of JSON.
pub(super) struct Rows<R> {
    reader: Reader<Limited<R>>,
    names: Vec<String>,
    /// The row that is written next: whether it is the last one is known only when another follows.
    held: Option<StringRecord>,
    /// Why no row follows, and on which line; told when the one that is held has been written.
    failed: Option<(io::Error, u64)>,
    /// The line that is written to.
    line: u64,
    text: Vec<u8>,
    at: usize,
    begun: bool,
    crlf: bool,
}

/// Bytes of a row, as many as it may have.
struct Limited<R> {
    bytes: R,
    left: usize,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.left = self.left.checked_sub(count).ok_or(Damage::EndlessRow)?;
        Ok(count)
    }
}

impl<R: Read> Rows<R> {
    pub(super) fn new(bytes: R, dialect: Dialect) -> Self {
        let mut builder = ReaderBuilder::new();
        builder
            .delimiter(dialect.delimiter)
            .has_headers(false)
            .flexible(true);
        Self {
            reader: builder.from_reader(Limited { bytes, left: 0 }),
            names: Vec::new(),
            held: None,
            failed: None,
            line: 1,
            text: Vec::new(),
            at: 0,
            begun: false,
            crlf: dialect.crlf,
        }
    }

    /// The next row; nothing at the end, and where the stream fails.
    fn next_record(&mut self) -> Option<StringRecord> {
        self.reader.get_mut().left = LONGEST_ROW;
        let line = self.reader.position().line();
        let mut bytes = ByteRecord::new();
        match self.reader.read_byte_record(&mut bytes) {
            Ok(true) => {
                let position = bytes.position().cloned();
                let mut record = StringRecord::from_byte_record_lossy(bytes);
                record.set_position(position);
                Some(record)
            }
            Ok(false) => None,
            Err(error) => {
                let error = if let ErrorKind::Io(error) = error.into_kind() {
                    error
                } else {
                    io::Error::other("is a table that cannot be read")
                };
                self.failed = Some((error, line));
                None
            }
        }
    }

    /// Writes the next row; false at the end.
    fn write(&mut self) -> io::Result<bool> {
        if !self.begun {
            self.begun = true;
            let header = self.next_record().unwrap_or_default();
            self.names = header
                .iter()
                .map(|name| name.trim_start_matches('\u{feff}').trim().to_owned())
                .collect();
            self.held = self.next_record();
        }
        let Some(row) = self.held.take() else {
            return match self.failed.take() {
                Some((error, line)) if self.is_on(line) => Err(error),
                Some((error, line)) => {
                    self.go_to(line);
                    self.failed = Some((error, line));
                    Ok(true)
                }
                None => Ok(false),
            };
        };
        self.held = self.next_record();
        self.go_to(row.position().map_or(self.line, csv::Position::line));
        self.text.push(b'{');
        let cells = self.names.iter().zip(row.iter());
        let cells = cells.filter(|(name, cell)| !name.is_empty() && !cell.trim().is_empty());
        for (index, (name, cell)) in cells.enumerate() {
            if index > 0 {
                self.text.push(b',');
            }
            serde_json::to_writer(&mut self.text, name).map_err(io::Error::other)?;
            self.text.push(b':');
            serde_json::to_writer(&mut self.text, cell.trim()).map_err(io::Error::other)?;
        }
        // A last row with too few cells is still being written.
        if self.held.is_some() || self.failed.is_some() || row.len() >= self.names.len() {
            self.text.extend_from_slice(b"}\n");
            self.line += 1;
        }
        Ok(true)
    }

    /// Whether the line that is written to is one of the file, as its reader counts them. The line feed of
    /// the line before is passed over only when a row is read.
    fn is_on(&self, line: u64) -> bool {
        self.line >= line + u64::from(self.crlf)
    }

    fn go_to(&mut self, line: u64) {
        while !self.is_on(line) {
            self.line += 1;
            self.text.push(b'\n');
        }
    }
}

impl<R: Read> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            self.text.clear();
            self.at = 0;
            if !self.write()? {
                return Ok(0);
            }
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> String {
        let mut rows = Rows::new(text.as_bytes(), dialect(text.as_bytes()).unwrap());
        let mut json = String::new();
        rows.read_to_string(&mut json).unwrap();
        json
    }

    #[test]
    fn rows_become_objects_on_their_own_lines() {
        let text = "\u{feff}Model,Prompt Tokens,note\r\ngpt-4o,10,\"two\nlines, \"\"q\"\"\"\r\ngpt-4o,,x\r\n";
        let lines: Vec<String> = json(text).lines().map(str::to_owned).collect();
        assert_eq!(
            lines,
            [
                "",
                r#"{"Model":"gpt-4o","Prompt Tokens":"10","note":"two\nlines, \"q\""}"#,
                "",
                r#"{"Model":"gpt-4o","note":"x"}"#,
            ]
        );
        assert_eq!(
            json("model;tokens;cost\na;1;2\n").trim(),
            r#"{"model":"a","tokens":"1","cost":"2"}"#
        );
        assert_eq!(
            json("model\ttokens\tcost\na\t1\t2\nb\t1"),
            "\n{\"model\":\"a\",\"tokens\":\"1\",\"cost\":\"2\"}\n{\"model\":\"b\",\"tokens\":\"1\""
        );
    }

    #[test]
    fn only_headers_of_usage_are_known() {
        for head in [
            "model,input_tokens,output_tokens\n",
            "\"a\";\"Total cost ($)\";\"b\"\n1;2;3\n",
        ] {
            assert!(dialect(head.as_bytes()).is_some(), "{head}");
        }
        for head in [
            "name,age,town\n",
            "{\"model\":1,\"tokens\":2,\"a\":3}\n",
            "2026-11-02,model,tokens\n",
            "the model, the tokens\n",
            "INFO model=a, tokens=5, cost=2\n",
        ] {
            assert_eq!(dialect(head.as_bytes()), None, "{head}");
        }
    }
}
