//! Reading a log from a position, through the files that have been set aside since.

use super::{Limits, Position, backup};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use vir_base::{Error, ErrorDomain, Result};

struct Part {
    path: PathBuf,
    file: File,
    inode: u64,
}

/// At most `max` bytes from `position` on. If its file is gone, the reader has been left behind, and
/// goes on with the oldest that there is.
///
/// # Errors
/// In the peer's words; also if there is no file at all.
pub fn read(path: &Path, backups: usize, position: Position, max: usize) -> Result<Vec<u8>> {
    Limits { size: 0, backups }.check()?;
    let mut parts = Vec::new();
    // the newest is opened first: one that is set aside meanwhile is met twice rather than never
    parts.extend(open(path.to_owned())?);
    for age in 0..backups {
        parts.extend(open(backup(path, age))?);
    }
    parts.reverse();
    let found = parts.iter().position(|part| part.inode == position.inode);
    let (first, offset) = match found {
        Some(at) => (at, position.offset),
        None => (0, 0),
    };
    let seek = match parts.get_mut(first) {
        // the kernel's offsets are signed
        Some(_) if i64::try_from(offset).is_err() => Err(rustix::io::Errno::INVAL.into()),
        Some(part) => part.file.seek(SeekFrom::Start(offset)).map(drop),
        None => Err(rustix::io::Errno::BADF.into()),
    };
    seek.map_err(|error| {
        let Position { inode, offset } = position;
        Error::io(ErrorDomain::None, &error, format_args!("Unable to seek to inode {inode} offset {offset}"))
    })?;
    let mut data = Vec::new();
    for Part { path, file, .. } in &mut parts[first..] {
        let left = max.saturating_sub(data.len()) as u64;
        file.take(left).read_to_end(&mut data).map_err(|error| {
            Error::io(ErrorDomain::None, &error, format_args!("Unable to read from file {}", path.display()))
        })?;
    }
    Ok(data)
}

/// `None` if there is no such file.
fn open(path: PathBuf) -> Result<Option<Part>> {
    let failed =
        |error, what: &str| Error::io(ErrorDomain::None, &error, format_args!("{what}: {}", path.display()));
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error, "Unable to open file")),
    };
    let stat = file.metadata().map_err(|error| failed(error, "Unable to determine current file inode"))?;
    Ok(Some(Part { path, file, inode: stat.ino() }))
}
