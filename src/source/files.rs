//! Names → files: what the user named, what a directory holds, what a pattern matches.
//!
//! Nothing is opened here. On a walk, hidden files are read, because agents keep their
//! transcripts in dot-directories; what is no file is told of and never opened.

use std::collections::BTreeSet;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use super::suspects;
use crate::error::{Error, ErrorKind};

/// Something that was found under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its path; `-` is standard input.
    pub path: PathBuf,
    /// Its path from the root and without links, where that was found on the way.
    pub real: Option<PathBuf>,
    /// Whether the user named it, rather than a directory that it is in.
    pub named: bool,
    /// What it is.
    pub kind: Kind,
}

/// What sort of thing was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File(Stat),
    /// Standard input.
    Stdin,
    /// A named pipe, as the shell makes for `<(…)`.
    Pipe,
    /// No log: why.
    Skipped(&'static str),
    /// It should be read and cannot be: why.
    Unreadable(String),
}

/// What tells a file from another version of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stat {
    /// Bytes.
    pub size: u64,
    /// Last change, in milliseconds since 1970.
    pub modified_ms: i64,
    /// The file's number on its device; 0 where there is none.
    pub inode: u64,
    /// The device; 0 where there is none.
    pub device: u64,
}

impl Stat {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let (inode, device) = number(metadata);
        Self {
            size: metadata.len(),
            modified_ms: modified_ms(metadata),
            inode,
            device,
        }
    }
}

fn modified_ms(metadata: &Metadata) -> i64 {
    let millis = |time: std::time::Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    match metadata
        .modified()
        .map(|time| time.duration_since(UNIX_EPOCH))
    {
        Ok(Ok(after)) => millis(after),
        Ok(Err(before)) => -millis(before.duration()),
        Err(_) => 0,
    }
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ino(), metadata.dev())
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Finds what the names mean, in their order; a directory's files in the order of their names.
/// The same file is given once, however often it is named.
///
/// # Errors
/// When a name means nothing that is there.
pub fn expand(paths: &[String]) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    for path in paths {
        name(path, &mut found)?;
    }
    let mut seen = BTreeSet::new();
    found.retain(|one| seen.insert(same(one)));
    Ok(found)
}

/// What two names of the same thing have in common.
fn same(found: &Found) -> (u64, u64, PathBuf) {
    match &found.kind {
        Kind::File(Stat { inode, device, .. }) if *inode != 0 => (*inode, *device, PathBuf::new()),
        // What was passed over on a walk may still be named.
        Kind::Skipped(_) => (0, 1, found.path.clone()),
        Kind::File(_) | Kind::Stdin | Kind::Pipe | Kind::Unreadable(_) => {
            let path = fs::canonicalize(&found.path);
            (0, 0, path.unwrap_or_else(|_| found.path.clone()))
        }
    }
}

fn name(text: &str, found: &mut Vec<Found>) -> Result<(), Error> {
    let path = Path::new(text);
    if text == "-" {
        found.push(Found {
            path: path.to_owned(),
            real: None,
            named: true,
            kind: Kind::Stdin,
        });
        return Ok(());
    }
    match fs::metadata(path) {
        Ok(metadata) => named(path, &metadata, found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if text.contains(['*', '?', '[']) && fs::symlink_metadata(path).is_err() {
                return pattern(text, found);
            }
            let hint = "check the spelling; names are looked up in the current directory";
            Err(input(path, "no such file or directory").hint(hint))
        }
        Err(error) => Err(input(path, reason(&error))),
    }
}

fn named(path: &Path, metadata: &Metadata, found: &mut Vec<Found>) -> Result<(), Error> {
    let kind = if metadata.is_dir() {
        walk(path, found);
        return Ok(());
    } else if metadata.is_file() {
        Kind::File(Stat::of(metadata))
    } else if special(metadata.file_type()) == PIPE {
        Kind::Pipe
    } else {
        let what = special(metadata.file_type());
        return Err(input(path, format!("is {what}")).hint("pipe it in and name `-` instead"));
    };
    found.push(Found {
        path: path.to_owned(),
        real: None,
        named: true,
        kind,
    });
    Ok(())
}

/// A pattern that the shell left as it was.
fn pattern(text: &str, found: &mut Vec<Found>) -> Result<(), Error> {
    let path = Path::new(text);
    let options = glob::MatchOptions {
        require_literal_leading_dot: true,
        ..Default::default()
    };
    let matches = glob::glob_with(text, options)
        .map_err(|_| Error::usage("is no valid pattern").at(path, None))?;
    let before = found.len();
    for one in matches {
        match one {
            Ok(path) => match fs::metadata(&path) {
                Ok(metadata) => named(&path, &metadata, found)?,
                Err(error) => found.push(unreadable(&path, &error)),
            },
            Err(error) => found.push(unreadable(error.path(), error.error())),
        }
    }
    if found.len() == before {
        let hint = "`*` does not match names that begin with a dot, nor across directories";
        return Err(input(path, "no file matches").hint(hint));
    }
    Ok(())
}

/// Everything below a directory that may be a log, and a word on what is not.
fn walk(root: &Path, found: &mut Vec<Found>) {
    let from_root = fs::canonicalize(root).ok();
    // Folders that are links are not entered: below the root only the last step may be one.
    let real = |entry: &DirEntry| {
        let below = entry.path().strip_prefix(root).ok();
        let below = below.filter(|_| !entry.path_is_symlink())?;
        Some(from_root.as_ref()?.join(below))
    };
    let is_wanted = |entry: &DirEntry| entry.depth() == 0 || entry.file_name() != ".git";
    let entries = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(is_wanted);
    for entry in entries {
        match entry {
            // A root that is a link is not said to be a directory.
            Ok(entry) if entry.depth() == 0 || entry.file_type().is_dir() => {}
            Ok(entry) => {
                let (kind, real) = (walked(&entry), real(&entry));
                found.push(Found {
                    path: entry.into_path(),
                    real,
                    named: false,
                    kind,
                });
            }
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let reason = error.io_error().map_or("is a loop".to_owned(), reason);
                found.push(Found {
                    path,
                    real: None,
                    named: false,
                    kind: Kind::Unreadable(reason),
                });
            }
        }
    }
}

fn walked(entry: &DirEntry) -> Kind {
    let path = entry.path();
    let is_link = entry.path_is_symlink();
    if !is_link && !entry.file_type().is_file() {
        return Kind::Skipped(special(entry.file_type()));
    }
    if let Some(what) = suspects::by_name(path) {
        return Kind::Skipped(what);
    }
    // A link to a file is followed; a link to a directory may lead in circles, or out of here.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Kind::File(Stat::of(&metadata)),
        Ok(metadata) if metadata.is_dir() => Kind::Skipped("a link to a directory"),
        Ok(metadata) => Kind::Skipped(special(metadata.file_type())),
        Err(_) if is_link => Kind::Skipped("a link to nothing"),
        Err(error) => Kind::Unreadable(reason(&error)),
    }
}

const PIPE: &str = "a named pipe";

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        PIPE
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a device"
}

fn unreadable(path: &Path, error: &io::Error) -> Found {
    Found {
        path: path.to_owned(),
        real: None,
        named: true,
        kind: Kind::Unreadable(reason(error)),
    }
}

fn input(path: &Path, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Input, message).at(path, None)
}

/// What the system says, in our words where we have them.
pub fn reason(error: &io::Error) -> String {
    let kind = error.kind();
    if kind == io::ErrorKind::NotFound {
        "no such file".to_owned()
    } else if kind == io::ErrorKind::PermissionDenied {
        "permission denied".to_owned()
    } else {
        format!("cannot be read ({kind})")
    }
}
