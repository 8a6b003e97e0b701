//! A client that stops in the midst of a message.

use ferrovirt_tests::lockd::Lockd;
use std::io::{ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use vir_base::Uuid;
use vir_proto::frame::{self, Header, MessageType, Status};
use vir_proto::procedures::lock::*;
use vir_proto::wire::*;
use vir_proto::xdr::{Encoder, Xdr};

/// A connection of bytes, to stop in the midst of them.
pub struct Raw {
    pub stream: UnixStream,
    serial: u32,
}

impl Raw {
    /// To a daemon.
    pub fn connect(daemon: &Lockd) -> Self {
        let stream = UnixStream::connect(daemon.socket()).unwrap();
        stream.set_read_timeout(Some(ferrovirt_tests::lockd::PATIENCE)).unwrap();
        Self { stream, serial: 0 }
    }

    /// A call as bytes, which are not sent.
    pub fn request(&mut self, procedure: i32, args: &impl Xdr) -> Vec<u8> {
        self.serial += 1;
        let (kind, status) = (MessageType::CALL, Status::OK);
        let header =
            Header { program: PROGRAM, version: VERSION, procedure, kind, serial: self.serial, status };
        let mut encoder = Encoder::default();
        args.encode(&mut encoder);
        let payload = encoder.finish().unwrap();
        let mut bytes = vec![];
        frame::append(&mut bytes, &header, &payload).unwrap();
        bytes
    }

    /// One that says for whom it acts.
    pub fn register(&mut self) -> Vec<u8> {
        let owner = LockOwner { uuid: Uuid([7; 16]), name: "raw".into(), id: 5, pid: 1 };
        self.request(LOCK_REGISTER, &LockRegisterArgs { owner, flags: 0 })
    }

    /// The next answer's serial, and how it went.
    pub fn answer(&mut self) -> (u32, Status) {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap();
        let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
        self.stream.read_exact(&mut rest).unwrap();
        let header = Header::from_bytes(&rest).unwrap();
        (header.serial, header.status)
    }

    /// Whether nothing has come.
    pub fn is_quiet(&mut self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let read = self.stream.read(&mut [0; 1]);
        self.stream.set_nonblocking(false).unwrap();
        read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}
