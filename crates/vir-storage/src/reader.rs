//! Who opens images: the only part of this crate that looks at files.

use crate::header::HEADER;
use crate::image::Image;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What is at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A directory.
    Directory,
    /// A block device.
    Block,
    /// Anything else.
    Other,
}

/// Who opens images.
pub trait Reader {
    /// Whether it could read this image: where it cannot, a chain ends without an error.
    fn serves(&self, image: &Image) -> bool;

    /// What is at a path of the host; none if nothing is, or nobody may know.
    fn kind(&self, path: &str) -> Option<Kind>;

    /// The first [`HEADER`] bytes of an image, or all if there are fewer.
    ///
    /// # Errors
    /// As the host says it.
    fn header(&self, image: &Image) -> io::Result<Vec<u8>>;

    /// Numbers of the user and the group that it opens images as.
    fn identity(&self) -> (u32, u32);

    /// Whether two paths lead to the same thing; the first is relative to a directory.
    fn same(&self, directory: &str, name: &str, path: &str) -> bool;
}

/// Opens images of the host as the user that the program runs as.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Where relative paths begin; where the program is, if nothing is said.
    pub base: Option<PathBuf>,
}

impl Files {
    fn place(&self, path: &str) -> PathBuf {
        match &self.base {
            Some(base) => base.join(path),
            None => PathBuf::from(path),
        }
    }
}

impl Reader for Files {
    fn serves(&self, image: &Image) -> bool {
        use vir_model::domain::device::disk::DiskType;
        matches!(image.kind, DiskType::File | DiskType::Block)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        let kind = std::fs::metadata(self.place(path)).ok()?.file_type();
        Some(match () {
            () if kind.is_dir() => Kind::Directory,
            () if kind.is_block_device() => Kind::Block,
            () => Kind::Other,
        })
    }

    fn header(&self, image: &Image) -> io::Result<Vec<u8>> {
        let path = image.path().ok_or(io::ErrorKind::NotFound)?;
        let mut bytes = vec![];
        open(&self.place(path))?.take(HEADER as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn identity(&self) -> (u32, u32) {
        (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw())
    }

    fn same(&self, directory: &str, name: &str, path: &str) -> bool {
        let inode = |path: PathBuf| std::fs::metadata(path).ok().map(|it| (it.dev(), it.ino()));
        let one = inode(self.place(directory).join(name));
        one.is_some() && one == inode(self.place(path))
    }
}

/// Opens what can be an image, and never waits for whoever could be at its other end.
fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let kind = file.metadata()?.file_type();
    match kind.is_fifo() || kind.is_socket() {
        true => Err(io::Error::from_raw_os_error(rustix::io::Errno::INVAL.raw_os_error())),
        false => Ok(file),
    }
}
