//! Who owns the files of a guest: QEMU's user while the guest runs, and whoever owned them before,
//! after that.
//!
//! The old owner and the number of guests that use a file are noted with the file, in extended
//! attributes, in the form that libvirt has for them; notes from before the host was booted are void.
//! A file system that has no such attributes gives files back to root.

use crate::config::{Account, Config};
use rustix::fs::{Gid, Mode, OFlags, Uid, XattrFlags};
use rustix::io::Errno;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use vir_base::{Error, ErrorDomain::Security, Result, bail};

const OWNER: &str = "trusted.libvirt.security.dac";
const COUNT: &str = "trusted.libvirt.security.ref_dac";
const BOOT: &str = "trusted.libvirt.security.timestamp_dac";

/// Gives files to QEMU's user, and back.
#[derive(Clone, Debug)]
pub struct Owner {
    account: Account,
    gives: bool,
    remembers: bool,
}

impl Owner {
    /// As configured; `None` where QEMU runs as who we are.
    pub fn of(config: &Config) -> Option<Self> {
        Some(Self {
            account: config.account.clone()?,
            gives: config.gives_files(),
            remembers: config.remembers_owners(),
        })
    }

    /// The security label of processes and files, as documents have it.
    pub fn label(&self) -> String {
        format!("+{}:+{}", self.account.uid, self.account.gid)
    }

    /// Gives away what the driver itself has made: for good, and whatever `dynamic_ownership` says.
    ///
    /// # Errors
    /// "unable to set ownership of …".
    pub fn give_own(&self, path: &Path) -> Result<()> {
        let Account { uid, gid, .. } = self.account;
        chown(path, uid, gid).map_err(|errno| {
            let what = format!("unable to set ownership of '{}' to user {uid}:{gid}", path.display());
            Error::system(Security, errno.raw_os_error(), what)
        })
    }

    /// Gives a file of the guest away while the guest runs.
    ///
    /// # Errors
    /// It cannot be given away, or is in use under another user.
    pub fn give(&self, path: &Path) -> Result<()> {
        if !self.gives {
            return Ok(());
        }
        let Account { uid, gid, .. } = self.account;
        let found = std::fs::metadata(path)
            .map_err(|e| Error::io(Security, &e, format!("unable to stat: {}", path.display())))?;
        if self.remembers {
            let others = remember(path, found.uid(), found.gid())?;
            if others > 0 && (found.uid(), found.gid()) != (uid, gid) {
                self.take_back(path);
                bail!(
                    Security,
                    OperationInvalid,
                    "Setting different DAC user or group on {} which is already in use",
                    path.display()
                );
            }
        }
        set(path, (found.uid(), found.gid()), (uid, gid)).inspect_err(|_| self.take_back(path))
    }

    /// Gives a file back, unless another guest has it still. What cannot be given back is logged.
    pub fn take_back(&self, path: &Path) {
        let Some(found) = std::fs::metadata(path).ok().filter(|_| self.gives) else { return };
        let owner = match self.remembers.then(|| recall(path)) {
            Some(Recalled::InUse) => return,
            Some(Recalled::Owner(owner)) => owner,
            Some(Recalled::Nothing) | None => (0, 0),
        };
        if let Err(error) = set(path, (found.uid(), found.gid()), owner) {
            log::warn!("{error}");
        }
    }
}

fn chown(path: &Path, uid: u32, gid: u32) -> std::result::Result<(), Errno> {
    rustix::fs::chown(path, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)))
}

fn set(path: &Path, from: (u32, u32), to: (u32, u32)) -> Result<()> {
    if from == to {
        return Ok(());
    }
    match chown(path, to.0, to.1) {
        Ok(()) => Ok(()),
        // a file system that has no owners, or lets nobody set them: QEMU will say if it cannot read
        Err(errno @ (Errno::OPNOTSUPP | Errno::INVAL | Errno::PERM | Errno::ROFS)) => {
            log::info!(
                "Setting user and group to '{}:{}' on '{}' not possible: {errno}",
                to.0,
                to.1,
                path.display()
            );
            Ok(())
        }
        Err(errno) => {
            let (uid, gid) = to;
            let what = format!("unable to set user and group to '{uid}:{gid}' on '{}'", path.display());
            Err(Error::system(Security, errno.raw_os_error(), what))
        }
    }
}

/// When the host was booted, in seconds since 1970, as notes have it.
fn boot_time() -> Option<String> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime ")).map(|time| time.trim().to_owned())
}

/// Keeps others, of this daemon or another, from changing a file's notes. An attribute is read and
/// written in two steps; the lock goes with the descriptor.
fn locked(path: &Path) -> Option<OwnedFd> {
    let fd =
        rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty()).ok()?;
    let file = File::from(fd);
    file.lock().ok()?;
    Some(file.into())
}

fn read(path: &Path, name: &str) -> std::result::Result<Option<String>, Errno> {
    let mut bytes = [0u8; 256];
    match rustix::fs::getxattr(path, name, &mut bytes) {
        Ok(length) => {
            let text = String::from_utf8_lossy(&bytes[..length]);
            // the peer's values end in a zero byte or not
            Ok(Some(text.trim_end_matches('\0').to_owned()))
        }
        Err(Errno::NODATA) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn write(path: &Path, name: &str, value: &str) -> Result<()> {
    rustix::fs::setxattr(path, name, value.as_bytes(), XattrFlags::empty()).map_err(|errno| {
        let what = format!("Unable to set XATTR {name} on {}", path.display());
        Error::system(Security, errno.raw_os_error(), what)
    })
}

fn forget(path: &Path) {
    for name in [OWNER, COUNT, BOOT] {
        // it may not be there
        let _ = rustix::fs::removexattr(path, name);
    }
}

/// How many guests use a file, by its notes of this boot; `None` where it can have no notes.
fn users(path: &Path) -> Option<u32> {
    let count = match read(path, COUNT) {
        Ok(count) => count,
        Err(_) => return None,
    };
    let fresh = read(path, BOOT).ok().flatten().is_some_and(|noted| same_boot(&noted));
    match count {
        Some(count) if fresh => Some(count.parse().unwrap_or(0)),
        Some(_) => {
            forget(path);
            Some(0)
        }
        None => Some(0),
    }
}

/// The kernel computes the time of boot anew each time, and may be a second off.
fn same_boot(noted: &str) -> bool {
    let number = |text: &str| text.parse::<i64>().ok();
    match (number(noted), boot_time().as_deref().and_then(number)) {
        (Some(noted), Some(now)) => (noted - now).abs() <= 2,
        _ => false,
    }
}

/// Notes the owner of a file and one more user of it; gives the number of users before.
fn remember(path: &Path, uid: u32, gid: u32) -> Result<u32> {
    let _lock = locked(path);
    let (Some(users), Some(boot)) = (users(path), boot_time()) else { return Ok(0) };
    if users == 0 {
        if let Err(errno) =
            rustix::fs::setxattr(path, OWNER, format!("+{uid}:+{gid}").as_bytes(), XattrFlags::empty())
        {
            // no such attributes here, or not for us
            return match errno {
                Errno::OPNOTSUPP | Errno::PERM | Errno::ROFS | Errno::NOSPC => Ok(0),
                _ => {
                    let what = format!("Unable to set XATTR {OWNER} on {}", path.display());
                    Err(Error::system(Security, errno.raw_os_error(), what))
                }
            };
        }
        write(path, BOOT, &boot)?;
    }
    write(path, COUNT, &(users + 1).to_string())?;
    Ok(users)
}

enum Recalled {
    /// Nothing is noted.
    Nothing,
    /// Another guest uses the file.
    InUse,
    /// Its owner from before.
    Owner((u32, u32)),
}

/// Takes away one user of a file; with the last, its notes.
fn recall(path: &Path) -> Recalled {
    let _lock = locked(path);
    match users(path) {
        None | Some(0) => Recalled::Nothing,
        Some(1) => {
            let owner = read(path, OWNER).ok().flatten().and_then(|text| parse(&text));
            forget(path);
            owner.map_or(Recalled::Nothing, Recalled::Owner)
        }
        Some(users) => match write(path, COUNT, &(users - 1).to_string()) {
            Ok(()) => Recalled::InUse,
            Err(error) => {
                log::warn!("{error}");
                Recalled::InUse
            }
        },
    }
}

/// `+0:+0`.
fn parse(text: &str) -> Option<(u32, u32)> {
    let (uid, gid) = text.split_once(':')?;
    let number = |text: &str| text.trim_start_matches('+').parse().ok();
    Some((number(uid)?, number(gid)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_noted_as_known() {
        assert_eq!(parse("+0:+65534"), Some((0, 65534)));
        assert_eq!(parse("1:2"), Some((1, 2)));
        assert_eq!(parse("root"), None);
        assert!(same_boot(&boot_time().unwrap()));
        assert!(!same_boot("12345"));
    }

    #[test]
    fn a_file_goes_and_comes_back_with_its_last_guest() {
        if !rustix::process::geteuid().is_root() {
            skip::skip!("needs root");
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("disk");
        std::fs::write(&path, "").unwrap();
        chown(&path, 7, 8).unwrap();
        if rustix::fs::setxattr(&path, OWNER, b"+7:+8", XattrFlags::empty()).is_err() {
            skip::skip!("needs trusted extended attributes");
        }
        forget(&path);
        let account = Account { uid: 65534, gid: 65534, groups: vec![] };
        let owner = Owner { account, gives: true, remembers: true };
        let now = || std::fs::metadata(&path).map(|m| (m.uid(), m.gid())).unwrap();
        owner.give(&path).unwrap();
        owner.give(&path).unwrap();
        assert_eq!(now(), (65534, 65534));
        assert_eq!(read(&path, COUNT), Ok(Some("2".into())));
        let other = Owner { account: Account { uid: 9, gid: 9, groups: vec![] }, ..owner.clone() };
        let error = other.give(&path).unwrap_err();
        assert!(error.message().ends_with("which is already in use"), "{error}");
        owner.take_back(&path);
        assert_eq!(now(), (65534, 65534), "another guest has it still");
        owner.take_back(&path);
        assert_eq!(now(), (7, 8));
        assert_eq!(read(&path, COUNT), Ok(None));
        Owner { gives: false, ..owner }.give(&path).unwrap();
        assert_eq!(now(), (7, 8));
    }
}
