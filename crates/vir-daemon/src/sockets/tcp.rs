//! Sockets on the network.

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen as start, socket_with, sockopt};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use vir_base::{Error, ErrorDomain, Result, err};

/// Connections the kernel keeps for us; it has a smaller limit of its own.
const BACKLOG: i32 = 4096;

/// Listens at all addresses of a name, or of the host. An address that cannot be had is left out
/// as long as another one can.
///
/// # Errors
/// The name has no address, or none of them can be had.
pub(super) fn listen(name: Option<&str>, service: &str) -> Result<Vec<OwnedFd>> {
    let mut sockets = Vec::new();
    let mut last = None;
    for address in resolve(name, service)? {
        match listen_at(address) {
            Ok(fd) => sockets.push(fd),
            Err((what, errno)) if is_passing(errno) => last = Some((what, errno)),
            Err((what, errno)) => return Err(failed(what, errno)),
        }
    }
    match (sockets.is_empty(), last) {
        (false, _) => Ok(sockets),
        (true, Some((what, errno))) => Err(failed(what, errno)),
        (true, None) => Err(err!(Rpc, InternalError, "No addresses to bind to")),
    }
}

/// Taken, not ours, or of a family that this kernel has not.
fn is_passing(errno: Errno) -> bool {
    matches!(errno, Errno::ADDRINUSE | Errno::ADDRNOTAVAIL | Errno::AFNOSUPPORT)
}

fn failed(what: &str, errno: Errno) -> Error {
    Error::system(ErrorDomain::Rpc, errno.raw_os_error(), what)
}

fn resolve(name: Option<&str>, service: &str) -> Result<Vec<SocketAddr>> {
    let cannot = |why: &str| {
        let name = name.unwrap_or("(null)");
        err!(Rpc, SystemError, "Unable to resolve address '{name}' service '{service}': {why}")
    };
    let port: u16 = service.parse().map_err(|_| cannot("Servname not supported for ai_socktype"))?;
    let Some(name) = name else {
        let any = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        return Ok(any.map(|ip| SocketAddr::new(ip, port)).into());
    };
    let found = (name, port).to_socket_addrs().map_err(|error| {
        let text = error.to_string();
        cannot(text.strip_prefix("failed to lookup address information: ").unwrap_or(&text))
    })?;
    Ok(found.collect())
}

fn listen_at(address: SocketAddr) -> Result<OwnedFd, (&'static str, Errno)> {
    let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let fd =
        socket_with(family, SocketType::STREAM, flags, None).map_err(|e| ("Unable to create socket", e))?;
    sockopt::set_socket_reuseaddr(&fd, true).map_err(|e| ("Unable to bind to port", e))?;
    if address.is_ipv6() {
        // the other family has a socket of its own
        sockopt::set_ipv6_v6only(&fd, true).map_err(|e| ("Unable to force bind to IPv6 only", e))?;
    }
    bind(&fd, &address).map_err(|e| ("Unable to bind to port", e))?;
    start(&fd, BACKLOG).map_err(|e| ("Unable to listen on socket", e))?;
    Ok(fd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn an_address_is_served_and_a_taken_one_is_told() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port().to_string();
        let error = listen(Some("127.0.0.1"), &port).unwrap_err();
        assert_eq!(error.message(), "Unable to bind to port: Address already in use");
        drop(taken);
        let sockets = listen(Some("127.0.0.1"), &port).unwrap();
        assert_eq!(sockets.len(), 1);
        assert!(TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_ok());
    }

    #[test]
    fn what_cannot_be_resolved() {
        let error = listen(None, "no service").unwrap_err();
        assert!(error.message().contains("Unable to resolve address '(null)' service 'no service': "));
    }
}
