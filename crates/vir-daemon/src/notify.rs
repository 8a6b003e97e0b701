//! Word to the service manager (`NOTIFY_SOCKET`). A manager that cannot be reached is no failure.

use rustix::net::{AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType};
use std::ffi::OsStr;
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

    fn send(&self, message: &str) {
        let Some(address) = &self.0 else { return };
        let flags = SocketFlags::CLOEXEC;
        if let Ok(socket) = rustix::net::socket_with(AddressFamily::UNIX, SocketType::DGRAM, flags, None) {
            // best effort, as it has to be: the manager watches the process anyway
            let _ = rustix::net::sendto(&socket, message.as_bytes(), SendFlags::NOSIGNAL, address);
        }
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
