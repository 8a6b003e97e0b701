//! Word to the service manager (`NOTIFY_SOCKET`). A manager that cannot be reached is no failure.

use rustix::fd::{AsFd, BorrowedFd};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, SocketFlags,
    SocketType, sendmsg_addr,
};
use std::ffi::OsStr;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

/// The line to the service manager, if there is one.
#[derive(Clone, Debug, Default)]
pub struct Notify(Option<SocketAddrUnix>);

impl Notify {
    /// From the environment.
    pub fn from_env() -> Self {
        Self(std::env::var_os("NOTIFY_SOCKET").and_then(|path| address(&path)))
    }

    /// Clients are served.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// The configuration is read again; [`Notify::ready`] follows.
    pub fn reloading(&self) {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1000;
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={micros}"));
    }

    /// The end has begun.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// The end may take so long from now.
    pub fn extend_timeout(&self, time: Duration) {
        self.send(&format!("EXTEND_TIMEOUT_USEC={}", time.as_micros()));
    }

    /// Whether there is a manager.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// The manager keeps a duplicate of this descriptor, and gives it to the next process of the
    /// service under this name. False if it was not told.
    pub fn store(&self, name: &str, fd: BorrowedFd<'_>) -> bool {
        self.send_with(&format!("FDSTORE=1\nFDNAME={name}\nFDPOLL=0"), &[fd])
    }

    /// It keeps what has this name no longer. False if it was not told.
    pub fn unstore(&self, name: &str) -> bool {
        self.send_with(&format!("FDSTOREREMOVE=1\nFDNAME={name}"), &[])
    }

    /// Waits until the manager has heeded everything that it was told before. Nothing to wait for where
    /// there is none.
    ///
    /// # Errors
    /// `TimedOut`; system errors.
    pub fn barrier(&self, patience: Duration) -> io::Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
        if !self.send_with("BARRIER=1", &[write.as_fd()]) {
            return Err(io::ErrorKind::NotConnected.into());
        }
        drop(write);
        // the manager closes its end when it has come to this message
        match vir_base::process::wait_readable(read.as_fd(), Some(patience))? {
            true => Ok(()),
            false => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn send(&self, message: &str) {
        // best effort, as it has to be: the manager watches the process anyway
        self.send_with(message, &[]);
    }

    /// Never waits for a manager that does not listen.
    fn send_with(&self, message: &str, fds: &[BorrowedFd<'_>]) -> bool {
        let Some(address) = &self.0 else { return false };
        let flags = SocketFlags::CLOEXEC;
        let Ok(socket) = rustix::net::socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None) else {
            return false;
        };
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !fds.is_empty() && !control.push(SendAncillaryMessage::ScmRights(fds)) {
            return false;
        }
        let message = [IoSlice::new(message.as_bytes())];
        let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
        sendmsg_addr(&socket, address, &message, &mut control, flags).is_ok()
    }
}

fn address(path: &OsStr) -> Option<SocketAddrUnix> {
    match path.as_bytes() {
        [b'@', name @ ..] => SocketAddrUnix::new_abstract_name(name).ok(),
        path => SocketAddrUnix::new(path).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixDatagram;

    #[test]
    fn the_manager_hears_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        let notify = Notify(address(path.as_os_str()));
        let mut buffer = [0; 100];
        let mut hear = || {
            let n = manager.recv(&mut buffer).unwrap();
            String::from_utf8_lossy(&buffer[..n]).into_owned()
        };
        notify.ready();
        assert_eq!(hear(), "READY=1");
        notify.reloading();
        assert!(hear().starts_with("RELOADING=1\nMONOTONIC_USEC="));
        notify.extend_timeout(Duration::from_secs(10));
        assert_eq!(hear(), "EXTEND_TIMEOUT_USEC=10000000");
    }

    #[test]
    fn nobody_there_is_fine() {
        Notify::default().ready();
        Notify(address(OsStr::new("/nonexistent/socket"))).stopping();
    }
}
