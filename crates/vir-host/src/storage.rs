//! Sizes of files and block devices, asked for in a way that a dead file server cannot hold up.

use rustix::fs::{FileType, Mode, OFlags, SeekFrom, fstat, open, seek, stat};
use rustix::io::Errno;
use std::path::{Path, PathBuf};
use std::time::Duration;
use vir_base::{Error, ErrorDomain, Result, giveup};

/// What kind of thing a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Kind {
    File,
    Block,
    Directory,
    Other,
}

/// How large something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// What it is.
    pub kind: Kind,
    /// Bytes up to its end.
    pub physical: u64,
    /// Bytes that it takes where it lies; fewer for a file with holes.
    pub allocation: u64,
}

/// The size of a file or block device.
///
/// # Errors
/// System errors naming it; `OperationTimeout` after `patience`.
pub fn sizes(path: impl Into<PathBuf>, patience: Duration) -> Result<Sizes> {
    let path = path.into();
    let what = format!("get the size of '{}'", path.display());
    giveup::within(patience, &what, move || sizes_now(&path))?
}

/// Whether something is there that this process may use so; see [`sizes`].
pub fn accessible(path: impl Into<PathBuf>, access: rustix::fs::Access, patience: Duration) -> Result<bool> {
    let path = path.into();
    let what = format!("access '{}'", path.display());
    giveup::within(patience, &what, move || rustix::fs::access(&path, access).is_ok())
}

fn sizes_now(path: &Path) -> Result<Sizes> {
    let failed = |what: &str| {
        let what = format!("{what} '{}'", path.display());
        move |e: Errno| Error::system(ErrorDomain::Storage, e.raw_os_error(), what)
    };
    // opened only where it is a block device: opening a pipe would wait for its other end
    let found = stat(path).map_err(failed("cannot stat file"))?;
    let kind = match FileType::from_raw_mode(found.st_mode) {
        FileType::RegularFile => Kind::File,
        FileType::BlockDevice => Kind::Block,
        FileType::Directory => Kind::Directory,
        _ => Kind::Other,
    };
    if kind != Kind::Block {
        let allocation = u64::try_from(found.st_blocks).unwrap_or(0).saturating_mul(512);
        return Ok(Sizes { kind, physical: u64::try_from(found.st_size).unwrap_or(0), allocation });
    }
    let fd = open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())
        .map_err(failed("cannot open file"))?;
    fstat(&fd).map_err(failed("cannot stat file"))?;
    let physical = seek(&fd, SeekFrom::End(0)).map_err(failed("failed to seek to end of"))?;
    Ok(Sizes { kind, physical, allocation: physical })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_take_no_room() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sparse");
        std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let found = sizes(&path, giveup::PATIENCE).unwrap();
        assert_eq!((found.kind, found.physical), (Kind::File, 1 << 30));
        assert!(found.allocation < 1 << 20);
        assert_eq!(sizes(dir.path(), giveup::PATIENCE).unwrap().kind, Kind::Directory);
        let error = sizes(dir.path().join("none"), giveup::PATIENCE).unwrap_err();
        assert!(error.message().contains("none': No such file"), "{error}");
        assert!(accessible(&path, rustix::fs::Access::READ_OK, giveup::PATIENCE).unwrap());
    }
}
