//! Reading whole files with a limit, and making directories. Writing is in [`crate::atomic`].

use crate::{Error, ErrorDomain, Result};
use rustix::io::Errno;
use std::fs::{DirBuilder, File};
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// A file's bytes.
///
/// # Errors
/// A system error naming the file; `EOVERFLOW` where it holds more than `max` bytes.
pub fn read_all(path: impl AsRef<Path>, max: u64) -> Result<Vec<u8>> {
    let path = path.as_ref();
    let file = File::open(path)
        .map_err(|e| Error::io(ErrorDomain::None, &e, format!("Failed to open file '{}'", path.display())))?;
    let failed = |e: &std::io::Error| {
        Error::io(ErrorDomain::None, e, format!("Failed to read file '{}'", path.display()))
    };
    let mut data = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut data).map_err(|e| failed(&e))?;
    match data.len() as u64 > max {
        true => Err(failed(&Errno::OVERFLOW.into())),
        false => Ok(data),
    }
}

/// A file's text; see [`read_all`]. Bytes that are not UTF-8 are replaced.
pub fn read_text(path: impl AsRef<Path>, max: u64) -> Result<String> {
    let data = read_all(path, max)?;
    Ok(String::from_utf8(data).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()))
}

/// Makes a directory and those above it. `mode` goes to all that are made, less the umask; one
/// that exists is left as it is.
pub fn make_dirs(path: impl AsRef<Path>, mode: u32) -> Result<()> {
    let path = path.as_ref();
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(|e| {
        Error::io(ErrorDomain::None, &e, format!("cannot create directory '{}'", path.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_all(&path, 5).unwrap(), b"12345");
        let error = read_all(&path, 4).unwrap_err();
        assert!(error.message().ends_with("Value too large for defined data type"), "{error}");
        let error = read_all(dir.path().join("none"), 4).unwrap_err();
        assert!(error.message().contains("Failed to open file '"), "{error}");
    }
}
