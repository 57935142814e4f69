//! A file that appears whole or not at all: it is written beside its place, synced, and moved there.
//! Its owner alone can read it, and no link is followed to it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// Names that are tried for a draft, where drafts of runs that were killed stand in the way.
const NAMES: u32 = 100;

/// A file on its way. Dropped before it is published, it is gone.
pub struct Draft {
    place: PathBuf,
    path: PathBuf,
    file: File,
    force: bool,
    published: bool,
}

/// Fails where a file must not be put: there is one and it is not to be replaced, or what is there is
/// no file at all.
///
/// # Errors
/// In these cases.
pub fn refuse(place: &Path, force: bool) -> Result<()> {
    let Ok(there) = place.symlink_metadata() else {
        return Ok(());
    };
    let refused = |message: &str, hint: &str| {
        Err(Error::new(ErrorKind::Output, message)
            .at(place, None)
            .hint(hint))
    };
    if there.is_symlink() {
        // Followed, it could lead anywhere; replaced, it could be one that others need.
        return refused(
            "this is a symbolic link; it was not followed",
            "name the file that it points to",
        );
    }
    if !there.is_file() {
        // Moved onto a device, a file would take its place for everybody.
        return refused(
            "this is no regular file; it was not touched",
            "name a file, or leave the output on standard output: -o -",
        );
    }
    if force {
        return Ok(());
    }
    refused("this file is there already", "replace it with --force")
}

impl Draft {
    /// Begins a file that is to stand at a place.
    ///
    /// # Errors
    /// When it must not be put there, or nothing can be written beside it.
    pub fn begin(place: &Path, force: bool) -> Result<Self> {
        refuse(place, force)?;
        if place.file_name().is_none() {
            return Err(Error::usage("this is no file name").at(place, None));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let process = std::process::id();
        for number in 0..NAMES {
            let path = place.with_file_name(format!(".llmcost-{process}-{number}"));
            match options.open(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(place, &error)),
                Ok(file) => {
                    return Ok(Self {
                        place: place.to_path_buf(),
                        path,
                        file,
                        force,
                        published: false,
                    });
                }
            }
        }
        Err(failed(place, &io::ErrorKind::AlreadyExists.into()))
    }

    /// Where it stands until it is published.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is written to.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Moves it to its place, and makes that last.
    ///
    /// # Errors
    /// When it cannot be synced or moved, or something stands there by now.
    pub fn publish(mut self) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|error| failed(&self.place, &error))?;
        if self.force {
            fs::rename(&self.path, &self.place).map_err(|error| failed(&self.place, &error))?;
        } else {
            self.put_where_nothing_is()?;
        }
        self.published = true;
        sync_folder(&self.place).map_err(|error| failed(&self.place, &error))
    }

    /// A link is only made where nothing is; not every file system has links.
    fn put_where_nothing_is(&self) -> Result<()> {
        match fs::hard_link(&self.path, &self.place) {
            Ok(()) => fs::remove_file(&self.path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return refuse(&self.place, false);
            }
            Err(_) => {
                refuse(&self.place, false)?;
                fs::rename(&self.path, &self.place)
            }
        }
        .map_err(|error| failed(&self.place, &error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            drop(fs::remove_file(&self.path));
        }
    }
}

/// Makes a name in a folder last. Where folders cannot be synced, nothing more can be done.
///
/// # Errors
/// When the disk fails.
pub fn sync_folder(of: &Path) -> io::Result<()> {
    let folder = of.parent().filter(|folder| !folder.as_os_str().is_empty());
    match File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()) {
        Err(error) if !cannot(error.kind()) => Err(error),
        _ => Ok(()),
    }
}

fn cannot(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    matches!(kind, InvalidInput | PermissionDenied | Unsupported)
}

fn failed(place: &Path, error: &io::Error) -> Error {
    let message = format!("the output cannot be written: {}", error.kind());
    Error::new(ErrorKind::Output, message).at(place, None)
}
