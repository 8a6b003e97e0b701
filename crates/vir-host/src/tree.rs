//! Reading the kernel's files, below a root that may be another one.

use rustix::io::Errno;
use std::io;
use std::path::{Path, PathBuf};
use vir_base::{Bitmap, Error, ErrorDomain, Result, bail, file};

/// No file of the kernel's that is read here is larger.
const MAX_SIZE: u64 = 4 * 1024 * 1024;

/// A host, as its `/proc`, `/sys` and `/etc` show it.
#[derive(Clone, Debug)]
pub struct Host {
    root: PathBuf,
    arch: Option<String>,
}

impl Default for Host {
    fn default() -> Self {
        Self::real()
    }
}

impl Host {
    /// The host that this program runs on.
    pub fn real() -> Self {
        Self { root: "/".into(), arch: None }
    }

    /// A host whose files are below `root`, of this architecture.
    pub fn captured(root: impl Into<PathBuf>, arch: &str) -> Self {
        Self { root: root.into(), arch: Some(arch.to_owned()) }
    }

    /// Its architecture by the name that documents use: the machine of `uname`, but `i686` for all
    /// 32-bit x86.
    pub fn arch(&self) -> String {
        if let Some(arch) = &self.arch {
            return arch.clone();
        }
        let uname = rustix::system::uname();
        match uname.machine().to_string_lossy().as_ref() {
            "i386" | "i486" | "i586" => "i686".to_owned(),
            "amd64" => "x86_64".to_owned(),
            machine => machine.to_owned(),
        }
    }

    pub(crate) fn is_x86(&self) -> bool {
        matches!(self.arch().as_str(), "x86_64" | "i686")
    }

    /// The path of a file; `path` is relative to the root.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// What is below `/sys/devices/system`.
    pub(crate) fn system(&self, path: &str) -> String {
        format!("sys/devices/system/{path}")
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// A file's text.
    pub(crate) fn text(&self, path: &str) -> Result<String> {
        file::read_text(self.path(path), MAX_SIZE)
    }

    /// The text of a file of `/proc`.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn proc_text(&self, name: &str) -> Result<String> {
        self.text(&format!("proc/{name}"))
    }

    /// A file's text without the white space around it; `None` if there is no such file.
    pub(crate) fn value(&self, path: &str) -> Result<Option<String>> {
        match file::read_text(self.path(path), MAX_SIZE) {
            Ok(text) => Ok(Some(text.trim_ascii().to_owned())),
            Err(e) if is_missing(&e) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The number in a file.
    pub(crate) fn number<T: std::str::FromStr>(&self, path: &str) -> Result<Option<T>> {
        let Some(text) = self.value(path)? else { return Ok(None) };
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => {
                let name = self.path(path);
                bail!(None, InternalError, "Invalid integer value '{text}' in file '{}'", name.display())
            }
        }
    }

    /// The list of numbers in a file.
    pub(crate) fn bitmap(&self, path: &str) -> Result<Option<Bitmap>> {
        self.value(path)?.map(|text| Bitmap::parse_unlimited(&text)).transpose()
    }

    /// As [`Host::bitmap`], of a file that must be there.
    pub(crate) fn need_bitmap(&self, path: &str) -> Result<Bitmap> {
        match self.bitmap(path)? {
            Some(bitmap) => Ok(bitmap),
            None => {
                let what = format!("Failed to open file '{}'", self.path(path).display());
                Err(Error::system(ErrorDomain::None, Errno::NOENT.raw_os_error(), what))
            }
        }
    }

    /// The numbers of a directory's entries that are called `prefix` and a number, ascending;
    /// `None` if there is no such directory.
    pub(crate) fn numbered(&self, dir: &str, prefix: &str) -> Result<Option<Vec<u32>>> {
        let path = self.path(dir);
        let entries = match std::fs::read_dir(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other,
        };
        let cannot = |e: io::Error| {
            Error::io(ErrorDomain::None, &e, format!("cannot open directory '{}'", path.display()))
        };
        let mut numbers = Vec::new();
        for entry in entries.map_err(cannot)? {
            let name = entry.map_err(cannot)?.file_name();
            let number = name.to_str().and_then(|n| n.strip_prefix(prefix)).map(str::parse);
            if let Some(Ok(number)) = number {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        Ok(Some(numbers))
    }
}

fn is_missing(error: &Error) -> bool {
    let errno = error.data().int1;
    errno == Errno::NOENT.raw_os_error() || errno == Errno::NOTDIR.raw_os_error()
}
