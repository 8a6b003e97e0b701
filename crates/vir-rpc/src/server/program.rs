//! What a program is to the server: a table of procedures and a function that answers a call.
//!
//! This is the contract between the connections here and whoever serves calls; it knows neither
//! sockets nor threads.

use super::handle::ClientHandle;
use super::stream::StreamEnd;
use crate::frame::{self, FDS_MAX, Header, MessageType, Status};
use crate::wire;
use rustix::fd::{BorrowedFd, OwnedFd};
use vir_base::{Error, Result, err};
use vir_proto::xdr::Xdr;

/// Where a procedure runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// On the thread that read the call: it never waits for a disk, a lock held for long, a process
    /// or another machine. It may still say [`Outcome::MayWait`] when it finds that it must.
    InPlace,
    /// On a worker.
    #[default]
    Worker,
    /// On a worker, and also on those kept for procedures that are sure to end soon.
    PriorityWorker,
}

/// One entry of a program's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Where it runs.
    pub placement: Placement,
    /// Whether the client must have authenticated.
    pub needs_auth: bool,
}

/// How a call ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer is what is in the [`Reply`].
    Done,
    /// Nothing was done: call again on a worker of this kind, it may have to wait. Only from
    /// [`Placement::InPlace`].
    MayWait(Placement),
    /// The answer comes later, from the [`super::Pending`] taken with [`ClientHandle::defer`].
    Later,
    /// There is no answer.
    NoReply,
}

/// A call as it arrived.
pub struct Call<'a> {
    /// Its header.
    pub header: Header,
    /// The encoded arguments.
    pub args: &'a [u8],
    /// The descriptors that came with it; closed unless taken.
    pub fds: Vec<OwnedFd>,
    /// Whether this runs on the loop's thread, where nothing may wait.
    pub on_loop: bool,
    /// The client's socket, to ask the kernel who is there: only where the call was read.
    pub socket: Option<BorrowedFd<'a>>,
}

impl Call<'_> {
    /// The arguments.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn decode<T: Xdr>(&self) -> Result<T> {
        wire::decode(self.args)
    }
}

/// Serves calls. One value serves all clients, from many threads at once.
pub trait Program: Send + Sync {
    /// The program's number.
    fn number(&self) -> u32;

    /// The version it serves.
    fn version(&self) -> u32;

    /// The table's entry, `None` if there is no such procedure.
    fn procedure(&self, procedure: i32) -> Option<Procedure>;

    /// Answers a call.
    ///
    /// # Errors
    /// What the client is told; what the reply had by then is dropped.
    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome>;
}

/// The answer to a call while it is made.
pub struct Reply<'a> {
    /// This answer's frame and nothing else.
    out: &'a mut Vec<u8>,
    pub(crate) fds: Vec<OwnedFd>,
    pub(crate) stream: Option<StreamEnd>,
}

impl<'a> Reply<'a> {
    /// Starts the answer to `header` in `out`, which is empty.
    pub(crate) fn start(out: &'a mut Vec<u8>, header: &Header) -> Self {
        frame::begin(out, &header.answer(MessageType::REPLY, Status::OK));
        Self { out, fds: vec![], stream: None }
    }

    /// Appends the encoded result.
    ///
    /// # Errors
    /// It does not fit on the wire.
    pub fn encode<T: Xdr>(&mut self, result: &T) -> Result<()> {
        wire::encode(self.out, result)
    }

    /// Where to append a result that is encoded already, behind the header that is in it.
    pub fn payload(&mut self) -> &mut Vec<u8> {
        self.out
    }

    /// Sends a descriptor with the answer. Only unix sockets can carry it.
    pub fn attach_fd(&mut self, fd: OwnedFd) {
        self.fds.push(fd);
    }

    /// Opens a stream that starts right behind the answer. The peer knows it by the call's
    /// procedure and serial.
    pub fn open_stream(&mut self, end: StreamEnd) {
        self.stream = Some(end);
    }

    /// Completes the frame as `result` says; `false` if there is none to send.
    pub(crate) fn finish(&mut self, header: &Header, result: Result<Outcome>) -> bool {
        let result = match result {
            Ok(Outcome::Done) => self.seal(header),
            Ok(_) => {
                self.out.clear();
                return false;
            }
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            self.out.clear();
            self.fds.clear();
            self.stream = None;
            wire::append_error(self.out, &header.answer(MessageType::REPLY, Status::ERROR), &error);
        }
        true
    }

    fn seal(&mut self, header: &Header) -> Result<()> {
        if self.out.len() < frame::PREFIX_SIZE {
            // The program took the header away.
            return Err(super::handle::unanswered());
        }
        if self.fds.len() > FDS_MAX {
            let sent = self.fds.len();
            return Err(err!(Rpc, Rpc, "Too many FDs to send {sent}, expected {FDS_MAX} maximum"));
        }
        if !self.fds.is_empty() {
            let kind = header.answer(MessageType::REPLY_WITH_FDS, Status::OK);
            let at = frame::PREFIX_SIZE;
            self.out[frame::LENGTH_SIZE..at].copy_from_slice(&kind.to_bytes());
            let count = self.fds.len() as u32;
            self.out.splice(at..at, count.to_be_bytes());
        }
        frame::finish(self.out, 0).map_err(|_| err!(Rpc, Rpc, "Unable to encode message payload"))
    }
}

/// The errors that the server itself answers a call with.
pub(crate) fn refusal(
    call: &Header,
    procedure: Option<Option<Procedure>>,
    authenticated: bool,
) -> Option<Error> {
    let Some(entry) = procedure else {
        let (program, version) = (call.program as i32, call.version as i32);
        return Some(err!(Rpc, Rpc, "Cannot find program {program} version {version}"));
    };
    if call.status != Status::OK {
        return Some(err!(Rpc, Rpc, "Unexpected message status {}", call.status.0 as u32));
    }
    match entry {
        None => Some(err!(Rpc, Rpc, "unknown procedure: {}", call.procedure)),
        Some(entry) if entry.needs_auth && !authenticated => Some(err!(Rpc, Rpc, "authentication required")),
        Some(_) => None,
    }
}
