//! A ledger file before SQLite sees it: what it is, whose it is, who may write to it, and what its
//! header says. Nothing of it is changed.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::names;
use crate::atomic::sync_folder;
use crate::error::{Error, ErrorKind, Result};

/// `lcst`: marks a SQLite file as one of our ledgers.
pub const APPLICATION_ID: u32 = 0x6c63_7374;

/// What the first hundred bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// There is no file.
    Missing,
    /// It has no bytes: it is made, and nothing stands in it yet.
    Empty,
    /// A ledger of some schema.
    Ours {
        /// Its schema.
        version: u32,
    },
    /// A SQLite file without any mark, or the blank beginning of one: another process may be making a
    /// ledger of it just now, whose first transaction is still beside the file.
    Unmarked,
    /// Something else.
    Foreign,
}

/// Looks at a file and at what SQLite keeps beside it.
///
/// # Errors
/// When it is no regular file, others than its owner can write to it, or it cannot be read.
pub fn inspect(path: &Path) -> Result<Header> {
    let Some(metadata) = metadata(path)? else {
        return Ok(Header::Missing);
    };
    judge(path, &metadata)?;
    for beside in names::beside(path) {
        if let Some(metadata) = self::metadata(&beside)? {
            judge(&beside, &metadata)?;
        }
    }
    if metadata.len() == 0 {
        return Ok(Header::Empty);
    }
    let mut bytes = [0_u8; 100];
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let is_whole = file.read_exact(&mut bytes).is_ok();
    // A power cut can leave the first page half written; the journal beside it takes it back.
    if is_whole && bytes == [0; 100] && names::has_journal(path) {
        return Ok(Header::Unmarked);
    }
    if !is_whole || bytes.get(..16) != Some(b"SQLite format 3\0".as_slice()) {
        return Ok(Header::Foreign);
    }
    let number = |at: usize| {
        let field = bytes
            .get(at..at + 4)
            .and_then(|field| <[u8; 4]>::try_from(field).ok());
        field.map_or(0, u32::from_be_bytes)
    };
    Ok(match (number(68), number(60)) {
        (APPLICATION_ID, version) => {
            // A page of 65536 bytes is written as 1.
            let page = match number(16) >> 16 {
                1 => 1 << 16,
                page => u64::from(page),
            };
            whole(path, page)?;
            Header::Ours { version }
        }
        (0, 0) => Header::Unmarked,
        _ => Header::Foreign,
    })
}

/// Refuses a file whose last page is cut off: SQLite would read zeros in its place. What is beside a log
/// may be on its way; a log that is gone by now may have made it whole.
fn whole(path: &Path, page: u64) -> Result<()> {
    let is_cut = || {
        let length = fs::symlink_metadata(path).map_or(0, |file| file.len());
        page == 0 || !length.is_multiple_of(page)
    };
    if is_cut() && !names::has_log(path) && is_cut() {
        let message = "the ledger is damaged: its end is cut off; it was not touched";
        return Err(Error::new(ErrorKind::Ledger, message)
            .at(path, None)
            .hint(super::open::GO_BACK));
    }
    Ok(())
}

/// Of a file or link itself, where there is one.
fn metadata(path: &Path) -> Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
        Ok(metadata) => Ok(Some(metadata)),
    }
}

/// Refuses what nobody makes by ingesting logs: somebody wants something of us.
fn judge(path: &Path, metadata: &Metadata) -> Result<()> {
    let refused = |message: &str, hint: String| {
        Err(Error::new(
            ErrorKind::Ledger,
            format!("the ledger {message}; it was not touched"),
        )
        .at(path, None)
        .hint(hint))
    };
    let another = || "name a file with --ledger".to_owned();
    if metadata.is_symlink() {
        return refused(
            "is a symbolic link",
            "name the file that it points to with --ledger".to_owned(),
        );
    }
    if metadata.is_dir() {
        return refused("is a directory", another());
    }
    if !metadata.is_file() {
        return refused("is no regular file", another());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = rustix::process::geteuid().as_raw();
        if metadata.uid() != own {
            let message = format!("belongs to another user (number {})", metadata.uid());
            let hint = "run llmcost as its owner, or work with a copy of your own";
            return refused(&message, hint.to_owned());
        }
        let mode = metadata.mode() & 0o777;
        if mode & 0o022 != 0 {
            return refused(
                &format!("can be written by others than its owner (mode {mode:o})"),
                format!("see that it is sound, then: chmod 600 {}", path.display()),
            );
        }
    }
    Ok(())
}

/// The file's name with every link in the folders above it resolved: SQLite follows none of them.
pub fn real(path: &Path) -> PathBuf {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize();
    match (folder, path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

/// Makes the file, and the folders above it, for their owner alone, before SQLite writes to it; SQLite
/// gives its side files the same mode. Another process may be first, which is as good.
///
/// # Errors
/// When it cannot be made.
pub fn create(path: &Path) -> Result<()> {
    let failed = |error: io::Error| {
        let message = format!("the ledger cannot be made: {}", error.kind());
        Error::new(ErrorKind::Ledger, message).at(path, None)
    };
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.and_then(|_| sync_folder(path)).map_err(failed),
    }
}

/// Number and device of a ledger and of what stands beside it, as far as there are such things. Whoever
/// opens and closes one of them takes away the locks that this process holds on it.
pub fn numbers(path: &Path) -> Vec<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let own = std::iter::once(path.to_path_buf()).chain(names::beside(path));
        let there = own.filter_map(|path| path.symlink_metadata().ok());
        there.map(|file| (file.ino(), file.dev())).collect()
    }
    #[cfg(not(unix))]
    {
        drop(path);
        Vec::new()
    }
}

/// Takes an empty file away from everybody but its owner.
///
/// # Errors
/// When that cannot be done.
pub fn keep_private(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(path, private).map_err(|error| unreadable(path, &error))?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    let message = format!("the ledger cannot be read: {}", error.kind());
    Error::new(ErrorKind::Ledger, message).at(path, None)
}
