//! The program that is to take over: where it is, whether it can, and that it is still the same.

use super::note::{self, Kind};
use super::survivor::Successor;
use rustix::fs::{Access, AtFlags, CWD, accessat};
use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The oldest release of the peer that writes and reads its leases at re-exec.
const OLDEST: [u32; 3] = [1, 0, 1];

/// A program's file, as it was when it was examined.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub successor: Successor,
    identity: [i128; 6],
}

impl Program {
    /// Examines the file at `path`, which should be `daemon`, reading documents of `version` if it is ours.
    ///
    /// # Errors
    /// Why it cannot take over, in words.
    pub fn examine(path: &Path, daemon: &str, version: u32) -> Result<Self, String> {
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        let about = path.metadata().map_err(at)?;
        if !about.is_file() {
            let what = if about.is_dir() { "a directory" } else { "no regular file" };
            return Err(format!("{} is {what}", path.display()));
        }
        accessat(CWD, path, Access::EXEC_OK, AtFlags::EACCESS)
            .map_err(|_| format!("{} is not executable", path.display()))?;
        let file = File::open(path).map_err(at)?;
        let identity = identity(&file.metadata().map_err(at)?);
        let kind = note::examine(&file).map_err(|why| format!("{}: {why}", path.display()))?;
        let successor = match kind {
            Kind::Ours { daemon: marked, .. } if marked != daemon => {
                return Err(format!("{} is {marked}, not {daemon}", path.display()));
            }
            Kind::Ours { version: reads, .. } if reads < version => {
                return Err(format!(
                    "{} reads state documents up to version {reads}, this is version {version}",
                    path.display()
                ));
            }
            Kind::Ours { .. } => Successor::Ours,
            Kind::Unmarked => Successor::Peer,
        };
        Ok(Self { path: path.to_owned(), successor, identity })
    }

    /// Whether the file is still what was examined.
    pub fn is_same(&self) -> bool {
        self.path.metadata().is_ok_and(|about| identity(&about) == self.identity)
    }
}

fn identity(about: &Metadata) -> [i128; 6] {
    let (dev, ino, size) = (about.dev(), about.ino(), about.size());
    [
        dev.into(),
        ino.into(),
        size.into(),
        about.mtime().into(),
        about.mtime_nsec().into(),
        about.ctime_nsec().into(),
    ]
}

/// Whether a program that is not ours says that it is the peer's `daemon`, of a release that can take
/// over. `text` is what it printed for `--version`.
///
/// # Errors
/// Why not, in words.
pub fn check_version(text: &str, daemon: &str) -> Result<(), String> {
    let line = text.lines().next().unwrap_or_default();
    let said = || format!("it says '{}' for --version", line.chars().take(80).collect::<String>());
    let mut words = line.split_ascii_whitespace();
    let name = words.next().and_then(|name| Path::new(name).file_name()).and_then(OsStr::to_str);
    if name != Some(daemon) || words.next() != Some("(libvirt)") {
        return Err(format!("{}, not '{daemon} (libvirt) ...'", said()));
    }
    let leading = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    let numbers: Option<Vec<u32>> = words.next().map(|text| text.split('.').map_while(leading).collect());
    match numbers.as_deref() {
        Some([major, minor, release, ..]) if [*major, *minor, *release] >= OLDEST => Ok(()),
        _ => Err(format!("{}, and 1.0.1 is the oldest that can take over", said())),
    }
}

/// Where a program is that was started by this name, as `execvp` finds it: a path as it is, from the
/// directory that it was started in; a bare name in `PATH`.
pub fn locate(name: &OsStr) -> PathBuf {
    let path = Path::new(name);
    if path.components().count() > 1 || path.is_absolute() {
        return std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    }
    let dirs = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut found = std::env::split_paths(&dirs).map(|dir| dir.join(path)).filter(|path| path.is_file());
    found.next().unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn refusal(path: &Path) -> String {
        Program::examine(path, "virtlockd", 1).unwrap_err()
    }

    #[test]
    fn what_is_no_program_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("virtlockd");
        assert!(refusal(&path).ends_with("No such file or directory (os error 2)"));
        assert!(refusal(dir.path()).ends_with(" is a directory"));
        std::fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
        assert!(refusal(&path).ends_with(" is not executable"));
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o755);
        assert!(refusal(&path).ends_with("it is too short for a program"));
        std::fs::write(&path, [b'x'; 100]).unwrap();
        assert!(refusal(&path).ends_with("it is no ELF program"));
        let mut elf = std::fs::read("/proc/self/exe").unwrap();
        std::fs::write(&path, &elf).unwrap();
        let program = Program::examine(&path, "virtlockd", 1).unwrap();
        assert_eq!(program.successor, Successor::Peer);
        assert!(program.is_same());
        elf[18] = 99;
        std::fs::write(&path, &elf).unwrap();
        assert!(!program.is_same());
        assert!(refusal(&path).contains("it is for another machine (ELF machine 99)"));
        elf.truncate(4096);
        elf[18] = std::fs::read("/proc/self/exe").unwrap()[18];
        std::fs::write(&path, &elf).unwrap();
        assert_eq!(Program::examine(&path, "virtlockd", 1).unwrap().successor, Successor::Peer);
    }

    #[test]
    fn releases_of_the_peer() {
        for good in [
            "virtlockd (libvirt) 11.3.0\n",
            "/usr/sbin/virtlockd (libvirt) 1.0.1",
            "virtlockd (libvirt) 2.0.0-1",
        ] {
            check_version(good, "virtlockd").unwrap();
        }
        for bad in [
            "",
            "virtlogd (libvirt) 11.3.0",
            "virtlockd 11.3.0",
            "virtlockd (libvirt) 1.0.0",
            "virtlockd (libvirt) x",
        ] {
            check_version(bad, "virtlockd").unwrap_err();
        }
    }

    #[test]
    fn names_are_found_where_exec_finds_them() {
        assert_eq!(locate(OsStr::new("/usr/sbin/virtlockd")), Path::new("/usr/sbin/virtlockd"));
        assert!(locate(OsStr::new("./virtlockd")).is_absolute());
        assert!(locate(OsStr::new("sh")).is_absolute());
        assert_eq!(locate(OsStr::new("no such program")), Path::new("no such program"));
    }
}
