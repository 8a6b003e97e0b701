//! Sockets that systemd opened for us, known by the names of their units, or else by their addresses.

use rustix::fd::OwnedFd;
use rustix::net::{SocketAddrUnix, getsockname};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use vir_base::sys::{ListenFd, listen_fd_numbers, listen_fds};
use vir_base::{Result, bail};

/// The sockets that have not been claimed.
#[derive(Debug)]
pub(super) struct Activation(Vec<ListenFd>);

impl Activation {
    /// Takes them from the environment; `None` if there are none.
    ///
    /// Names that cannot be right are said to be so, and not heeded.
    pub(super) fn take() -> Option<Self> {
        let names = std::env::var("LISTEN_FDNAMES").ok();
        Self::new(listen_fds(), listen_fd_numbers().len(), names.as_deref())
    }

    /// `count` came, of which some may have been taken by others.
    fn new(mut fds: Vec<ListenFd>, count: usize, names: Option<&str>) -> Option<Self> {
        if fds.is_empty() {
            return None;
        }
        if let Err(error) = check_names(count, names) {
            log::error!("{error}");
            fds.iter_mut().for_each(|socket| socket.name.clear());
        }
        Some(Self(fds))
    }

    /// Takes the sockets of that name.
    pub(super) fn claim(&mut self, name: &str) -> Vec<OwnedFd> {
        self.0.extract_if(.., |socket| socket.name == name).map(|socket| socket.fd).collect()
    }

    /// Takes the sockets of that name, and those without a name that listen there.
    pub(super) fn claim_at(&mut self, name: &str, path: &Path) -> Vec<OwnedFd> {
        let is_it = |socket: &mut ListenFd| match socket.name.as_str() {
            "" => listens_at(&socket.fd, path),
            other => other == name,
        };
        self.0.extract_if(.., is_it).map(|socket| socket.fd).collect()
    }

    /// All should have been claimed: a socket that nobody serves makes its clients wait for ever.
    ///
    /// # Errors
    /// They are not.
    pub(super) fn complete(self) -> Result<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => bail!(Systemd, InternalError, "Some activation file descriptors are unclaimed"),
        }
    }
}

/// There should be as many names as sockets.
fn check_names(count: usize, names: Option<&str>) -> Result<()> {
    let Some(names) = names else {
        bail!(Systemd, InternalError, "Missing LISTEN_FDNAMES env from systemd socket activation");
    };
    let named = names.split(':').count();
    if named != count {
        bail!(Systemd, InternalError, "Expecting {count} FD names but got {named}");
    }
    Ok(())
}

fn listens_at(fd: &OwnedFd, path: &Path) -> bool {
    let address = getsockname(fd).ok().and_then(|any| SocketAddrUnix::try_from(any).ok());
    let bytes = address.as_ref().and_then(|address| address.path_bytes());
    bytes.is_some_and(|bytes| Path::new(OsStr::from_bytes(bytes)) == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(names: &[&str]) -> Vec<ListenFd> {
        let fd = || std::fs::File::open("/dev/null").unwrap().into();
        names.iter().map(|name| ListenFd { fd: fd(), name: (*name).to_owned() }).collect()
    }

    #[test]
    fn sockets_are_claimed_by_name() {
        let names = "libvirtd.socket:libvirtd-ro.socket:libvirtd.socket";
        let fds = sockets(&["libvirtd.socket", "libvirtd-ro.socket", "libvirtd.socket"]);
        let mut activation = Activation::new(fds, 3, Some(names)).unwrap();
        assert_eq!(activation.claim("libvirtd.socket").len(), 2);
        assert!(activation.claim("libvirtd.socket").is_empty());
        let error = activation.complete().unwrap_err();
        assert_eq!(error.message(), "internal error: Some activation file descriptors are unclaimed");
    }

    #[test]
    fn without_names_that_fit_addresses_count() {
        use std::os::unix::net::UnixListener;
        assert!(Activation::new(vec![], 0, None).is_none());
        let text = |count, names| check_names(count, names).unwrap_err().message().to_owned();
        assert_eq!(text(2, Some("a")), "internal error: Expecting 2 FD names but got 1");
        assert!(text(1, None).contains("Missing LISTEN_FDNAMES env"));

        let dir = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| dir.path().join(name));
        let socket = |path: &Path| UnixListener::bind(path).unwrap().into();
        let fds = [&other, &one].map(|path| ListenFd { fd: socket(path), name: "x".to_owned() });
        let mut activation = Activation::new(fds.into(), 2, Some("x")).unwrap();
        assert_eq!(activation.claim_at("a.socket", &one).len(), 1);
        assert_eq!(activation.claim_at("a.socket", &one).len(), 0);
        assert_eq!(activation.claim_at("b.socket", &other).len(), 1);
        assert!(activation.complete().is_ok());
        // one that has a name is what its name says
        let mut activation = Activation::new(sockets(&["x"]), 1, Some("x")).unwrap();
        assert_eq!(activation.claim_at("a.socket", &one).len(), 0);
        assert!(activation.complete().is_err());
    }
}
