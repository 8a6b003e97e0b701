//! Sockets that systemd opened for us, known by the names of their units.

use rustix::fd::OwnedFd;
use vir_base::sys::{ListenFd, listen_fd_numbers, listen_fds};
use vir_base::{Result, bail};

/// The sockets that have not been claimed.
#[derive(Debug)]
pub(super) struct Activation(Vec<ListenFd>);

impl Activation {
    /// Takes them from the environment; `None` if there are none.
    ///
    /// # Errors
    /// They have no names, or not as many as there are sockets.
    pub(super) fn take() -> Result<Option<Self>> {
        let names = std::env::var("LISTEN_FDNAMES").ok();
        Self::new(listen_fds(), listen_fd_numbers().len(), names.as_deref())
    }

    /// `count` came, of which some may have been taken by others.
    fn new(fds: Vec<ListenFd>, count: usize, names: Option<&str>) -> Result<Option<Self>> {
        if fds.is_empty() {
            return Ok(None);
        }
        let Some(names) = names else {
            bail!(Systemd, InternalError, "Missing LISTEN_FDNAMES env from systemd socket activation");
        };
        let named = names.split(':').count();
        if named != count {
            bail!(Systemd, InternalError, "Expecting {count} FD names but got {named}");
        }
        Ok(Some(Self(fds)))
    }

    /// Whether a socket of that name is left.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|socket| socket.name == name)
    }

    /// Takes the sockets of that name.
    pub(super) fn claim(&mut self, name: &str) -> Vec<OwnedFd> {
        self.0.extract_if(.., |socket| socket.name == name).map(|socket| socket.fd).collect()
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
        let mut activation = Activation::new(fds, 3, Some(names)).unwrap().unwrap();
        assert_eq!(activation.claim("libvirtd.socket").len(), 2);
        assert!(activation.has("libvirtd-ro.socket") && !activation.has("libvirtd.socket"));
        let error = activation.complete().unwrap_err();
        assert_eq!(error.message(), "internal error: Some activation file descriptors are unclaimed");
    }

    #[test]
    fn names_must_be_there() {
        assert!(Activation::new(vec![], 0, None).unwrap().is_none());
        let error = Activation::new(sockets(&["a", "b"]), 2, Some("a")).unwrap_err();
        assert_eq!(error.message(), "internal error: Expecting 2 FD names but got 1");
        assert!(Activation::new(sockets(&["a"]), 1, None).is_err());
    }
}
