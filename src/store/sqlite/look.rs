//! What can be learned of a file without SQLite, which would put things in order or create some.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{Mode, error};
use crate::ports::StoreError;

/// How every SQLite database begins: <https://www.sqlite.org/fileformat.html#magic_header_string>.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What there is at a place.
#[derive(Clone, Copy)]
pub(super) enum There {
    Nothing,
    /// A file without content, as `mktemp` leaves it.
    Blank,
    Database,
}

/// What there is at a path, or why it cannot be a store.
pub(super) fn look(path: &Path, place: &str, mode: Mode) -> Result<There, StoreError> {
    let known = match fs::metadata(path) {
        Ok(known) => known,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            return match folder {
                Some(folder) if !folder.is_dir() => Err(StoreError::Refused(format!(
                    "there is no folder {} for {place}; create it, or name another file",
                    folder.display()
                ))),
                _ => Ok(There::Nothing),
            };
        }
        Err(error) => return Err(cannot_look(place, &error)),
    };
    if !known.is_file() {
        let what = if known.is_dir() {
            "a folder"
        } else {
            "no file"
        };
        return Err(StoreError::Refused(format!(
            "{place} is {what}; name a file for the store"
        )));
    }
    let open = OpenOptions::new()
        .read(true)
        .write(mode == Mode::Write)
        .open(path);
    let mut file = open.map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => error::not_permitted(
            place,
            if mode == Mode::Write {
                "written"
            } else {
                "read"
            },
        ),
        _ => cannot_look(place, &error),
    })?;
    if known.len() == 0 {
        return Ok(There::Blank);
    }
    if begins_with_magic(&mut file).map_err(|error| cannot_look(place, &error))? {
        Ok(There::Database)
    } else {
        Err(error::no_database(place))
    }
}

fn begins_with_magic(file: &mut File) -> io::Result<bool> {
    let mut start = [0; MAGIC.len()];
    match file.read_exact(&mut start) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| start == *MAGIC),
    }
}

pub(super) fn cannot_look(place: &str, error: &io::Error) -> StoreError {
    if error.kind() == ErrorKind::PermissionDenied {
        return error::not_permitted(place, "read");
    }
    StoreError::Refused(format!(
        "{place} cannot be opened ({error}); name another file"
    ))
}

/// Whether a write-ahead log lies beside the file, which then is not all of the database.
pub(super) fn has_log(file: &Path) -> bool {
    let mut log = PathBuf::from(file).into_os_string();
    log.push("-wal");
    fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// A file as it was at a moment, with no log beside it. As long as it stays so it may be read without
/// SQLite's locks, for which even a reader creates files and needs permission to.
#[derive(Debug)]
pub(super) struct Frozen {
    file: PathBuf,
    stamp: (u64, SystemTime),
}

impl Frozen {
    /// `None` where a writer is, or was and did not come to its end.
    pub(super) fn new(file: &Path) -> Option<Self> {
        let stamp = stamp(file)?;
        (!has_log(file)).then(|| Self {
            file: file.to_owned(),
            stamp,
        })
    }

    /// Whether it still is so, and what was read since then is right.
    pub(super) fn holds(&self) -> bool {
        stamp(&self.file) == Some(self.stamp) && !has_log(&self.file)
    }
}

fn stamp(file: &Path) -> Option<(u64, SystemTime)> {
    let known = fs::metadata(file).ok()?;
    Some((known.len(), known.modified().ok()?))
}
