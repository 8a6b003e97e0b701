//! The journal's own protocol: fields in a datagram, or in a memory file where that is too small.

use super::format::Message;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketAddrUnix, sendmsg_addr};
use std::fs::File;
use std::io::{self, IoSlice, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;

/// Where the journal listens.
pub(super) const SOCKET: &str = "/run/systemd/journal/socket";

/// Facility "daemon", as RFC 5424 numbers it.
const FACILITY: u32 = 3;

pub(super) fn send(socket: &UnixDatagram, message: &Message<'_>) -> io::Result<()> {
    let data = fields(message);
    match socket.send_to(&data, SOCKET) {
        Err(e) if matches!(Errno::from_io_error(&e), Some(Errno::MSGSIZE | Errno::NOBUFS)) => {
            send_file(socket, &data)
        }
        other => other.map(drop),
    }
}

fn fields(message: &Message<'_>) -> Vec<u8> {
    let mut data = Vec::with_capacity(256 + message.text.len());
    add(&mut data, "MESSAGE", &message.text);
    add(&mut data, "PRIORITY", &message.priority.syslog().to_string());
    add(&mut data, "SYSLOG_FACILITY", &FACILITY.to_string());
    add(&mut data, "LIBVIRT_SOURCE", &message.source);
    if let Some(file) = message.file {
        add(&mut data, "CODE_FILE", file);
    }
    add(&mut data, "CODE_LINE", &message.line.to_string());
    data
}

/// `NAME=value`, or, for a value of more than one line, the name, its length and its bytes.
fn add(data: &mut Vec<u8>, name: &str, value: &str) {
    data.extend_from_slice(name.as_bytes());
    match value.contains('\n') {
        true => {
            data.push(b'\n');
            data.extend_from_slice(&(value.len() as u64).to_le_bytes());
        }
        false => data.push(b'='),
    }
    data.extend_from_slice(value.as_bytes());
    data.push(b'\n');
}

fn send_file(socket: &UnixDatagram, data: &[u8]) -> io::Result<()> {
    let mut file = File::from(memfd_create("journal", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?);
    file.write_all(data)?;
    fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL)?;
    let fds = [file.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&fds));
    let address = SocketAddrUnix::new(SOCKET)?;
    sendmsg_addr(socket, &address, &[IoSlice::new(&[])], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_several_lines_carry_their_length() {
        let mut data = Vec::new();
        add(&mut data, "A", "b");
        add(&mut data, "C", "d\ne");
        assert_eq!(data, b"A=b\nC\n\x03\0\0\0\0\0\0\0d\ne\n");
    }
}
