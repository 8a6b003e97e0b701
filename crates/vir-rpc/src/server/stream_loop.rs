//! The loop's side of a stream: packets from the client to the far end, and back as the client
//! keeps up.

use super::mailbox::{Mailbox, Token};
use super::poller::{Poller, Source};
use super::stream::{Backend, IN_HIGH, Near, NewStream, OutItem, StreamItem};
use crate::frame::{self, Header, MessageType, STREAM_PAYLOAD_MAX, Status, StreamHole};
use crate::session::Session;
use crate::wire;
use rustix::event::epoll::EventFlags;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::collections::VecDeque;
use std::sync::Arc;
use vir_base::error::ErrorDomain;
use vir_base::{Error, err};

/// How much of a stream may wait in the client's queue before more is asked of the far end.
const WINDOW: u64 = 64 * 1024;

pub(crate) struct Stream {
    /// Of the call that opened it.
    header: Header,
    /// The position in the client's queue where its last packet ends.
    mark: u64,
    end: End,
}

enum End {
    Handle(Near),
    Fd(FdEnd),
}

#[derive(Default)]
struct FdEnd {
    read: Option<Polled>,
    write: Option<Polled>,
    /// From the client, not written yet.
    pending: VecDeque<Vec<u8>>,
    /// How much of the first is written.
    written: usize,
    pending_bytes: usize,
    /// The client has sent all.
    finishing: bool,
    /// The descriptor has given all.
    read_ended: bool,
}

struct Polled {
    fd: OwnedFd,
    token: Token,
    armed: bool,
}

/// What becomes of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays open.
    Open,
    /// It has ended; the client has been told.
    Ended,
    /// The client broke the rules: close the connection.
    Violation,
}

impl Stream {
    pub(crate) fn open(new: NewStream, conn: Token, mailbox: &Arc<Mailbox>, poller: &mut Poller) -> Self {
        let serial = new.header.serial;
        let end = match new.end.0 {
            Backend::Handle(shared) => {
                shared.link(mailbox, conn, serial);
                End::Handle(shared)
            }
            Backend::Fd { read, write } => {
                let mut polled = |fd| {
                    let token = poller.insert(Source::StreamFd { conn, serial });
                    Polled { fd, token, armed: false }
                };
                let (read, write) = (read.map(&mut polled), write.map(&mut polled));
                End::Fd(FdEnd { read, write, ..FdEnd::default() })
            }
        };
        Self { header: new.header, mark: 0, end }
    }

    pub(crate) fn serial(&self) -> u32 {
        self.header.serial
    }

    pub(crate) fn matches(&self, header: &Header) -> bool {
        let key = |h: &Header| (h.program, h.version, h.procedure, h.serial);
        key(&self.header) == key(header)
    }

    /// Whether the client may send more.
    pub(crate) fn has_room(&self) -> bool {
        match &self.end {
            End::Handle(shared) => shared.has_room(),
            End::Fd(fd) => fd.pending_bytes <= IN_HIGH,
        }
    }

    /// The handle has told that there is something to look at.
    pub(crate) fn seen(&self) {
        if let End::Handle(shared) = &self.end {
            shared.seen();
        }
    }

    /// Takes a packet from the client.
    pub(crate) fn packet(&mut self, session: &mut Session, header: &Header, payload: &[u8]) -> Fate {
        if header.kind == MessageType::STREAM_HOLE {
            return match (&self.end, StreamHole::from_bytes(payload)) {
                (End::Handle(shared), Some(hole)) if shared.sparse => {
                    shared.deliver(StreamItem::Hole(hole.length));
                    Fate::Open
                }
                _ => Fate::Violation,
            };
        }
        match header.status {
            Status::CONTINUE => self.data(session, payload),
            Status::OK => self.finish(session),
            Status::ERROR => {
                self.send(session, MessageType::STREAM, Status::OK, &[]);
                Fate::Ended
            }
            Status(other) => {
                self.fail(session, &err!(Rpc, Rpc, "stream aborted with unexpected status {other}"))
            }
        }
    }

    fn data(&mut self, session: &mut Session, payload: &[u8]) -> Fate {
        match &mut self.end {
            End::Handle(shared) => {
                shared.deliver(StreamItem::Data(payload.to_vec()));
                Fate::Open
            }
            End::Fd(fd) => {
                if fd.write.is_none() {
                    let error = err!(Streams, InternalError, "stream is not writable");
                    return self.fail(session, &error);
                }
                fd.pending.push_back(payload.to_vec());
                fd.pending_bytes += payload.len();
                self.drain(session)
            }
        }
    }

    fn finish(&mut self, session: &mut Session) -> Fate {
        match &mut self.end {
            End::Handle(shared) => {
                shared.deliver(StreamItem::Finish);
                Fate::Open
            }
            End::Fd(fd) => {
                fd.finishing = true;
                self.drain(session)
            }
        }
    }

    /// Writes what is pending to the descriptor.
    fn drain(&mut self, session: &mut Session) -> Fate {
        let End::Fd(end) = &mut self.end else { return Fate::Open };
        while let (Some(first), Some(write)) = (end.pending.front(), &end.write) {
            match rustix::io::write(&write.fd, &first[end.written..]) {
                Ok(n) => {
                    end.written += n;
                    end.pending_bytes -= n;
                    if end.written >= first.len() {
                        end.written = 0;
                        end.pending.pop_front();
                    }
                }
                Err(Errno::AGAIN) => return Fate::Open,
                Err(Errno::INTR) => {}
                Err(errno) => {
                    let error = system_error(errno, "cannot write to stream");
                    return self.fail(session, &error);
                }
            }
        }
        if !end.finishing {
            return Fate::Open;
        }
        self.send(session, MessageType::STREAM, Status::OK, &[]);
        Fate::Ended
    }

    /// A descriptor of this stream is ready.
    pub(crate) fn ready(&mut self, token: Token, session: &mut Session, scratch: &mut [u8]) -> Fate {
        let End::Fd(end) = &mut self.end else { return Fate::Open };
        if end.write.as_ref().is_some_and(|write| write.token == token) {
            return self.drain(session);
        }
        let Some(read) = &end.read else { return Fate::Open };
        if !has_credit(self.mark, session) {
            return Fate::Open;
        }
        let size = scratch.len().min(STREAM_PAYLOAD_MAX);
        match rustix::io::read(&read.fd, &mut scratch[..size]) {
            // A terminal whose other side is closed says EIO.
            Ok(0) | Err(Errno::IO) => {
                self.send(session, MessageType::STREAM, Status::CONTINUE, &[]);
                self.set_ended();
            }
            Ok(n) => self.send(session, MessageType::STREAM, Status::CONTINUE, &scratch[..n]),
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(errno) => return self.fail(session, &system_error(errno, "cannot read from stream")),
        }
        Fate::Open
    }

    fn set_ended(&mut self) {
        if let End::Fd(end) = &mut self.end {
            end.read_ended = true;
        }
    }

    /// Sends what the far end has as far as the client keeps up, and watches what is to be watched.
    pub(crate) fn settle(&mut self, session: &mut Session, poller: &mut Poller) -> Fate {
        let credit = has_credit(self.mark, session);
        match &mut self.end {
            End::Handle(_) => self.collect(session),
            End::Fd(end) => {
                if end.read_ended
                    && let Some(read) = end.read.take()
                {
                    read.close(poller);
                }
                let write_waits = !end.pending.is_empty();
                let read = end.read.as_mut().map_or(Ok(()), |p| p.set(poller, EventFlags::IN, credit));
                let write =
                    end.write.as_mut().map_or(Ok(()), |p| p.set(poller, EventFlags::OUT, write_waits));
                match read.and(write) {
                    Ok(()) => Fate::Open,
                    Err(_) => self.fail(session, &err!(Rpc, Rpc, "stream had I/O failure")),
                }
            }
        }
    }

    fn collect(&mut self, session: &mut Session) -> Fate {
        while has_credit(self.mark, session) {
            let End::Handle(shared) = &self.end else { break };
            match shared.collect() {
                None => break,
                Some(OutItem::Packet(mut packet)) => {
                    let header = self.header.answer(MessageType::STREAM, Status::CONTINUE);
                    let length = packet.len() as u32;
                    packet[..frame::LENGTH_SIZE].copy_from_slice(&length.to_be_bytes());
                    packet[frame::LENGTH_SIZE..frame::PREFIX_SIZE].copy_from_slice(&header.to_bytes());
                    session.out.push(packet, vec![]);
                    self.mark = session.out.end();
                }
                Some(OutItem::Hole(length)) => {
                    let hole = StreamHole { length, flags: 0 }.to_bytes();
                    self.send(session, MessageType::STREAM_HOLE, Status::CONTINUE, &hole);
                }
                Some(OutItem::Finished) => {
                    self.send(session, MessageType::STREAM, Status::OK, &[]);
                    return Fate::Ended;
                }
                Some(OutItem::Failed(error)) => return self.fail(session, &error),
            }
        }
        Fate::Open
    }

    fn send(&mut self, session: &mut Session, kind: MessageType, status: Status, payload: &[u8]) {
        session.queue(&self.header.answer(kind, status), payload);
        self.mark = session.out.end();
    }

    fn fail(&mut self, session: &mut Session, error: &Error) -> Fate {
        let header = self.header.answer(MessageType::STREAM, Status::ERROR);
        wire::append_error(session.out.writer(), &header, error);
        Fate::Ended
    }

    /// Lets go of the far end.
    pub(crate) fn close(self, poller: &mut Poller) {
        match self.end {
            End::Handle(near) => drop(near),
            End::Fd(end) => {
                for polled in [end.read, end.write].into_iter().flatten() {
                    polled.close(poller);
                }
            }
        }
    }
}

impl Polled {
    fn close(self, poller: &mut Poller) {
        // A duplicate elsewhere would keep it in the epoll set.
        poller.disarm(&self.fd);
        poller.remove(self.token);
    }

    fn set(&mut self, poller: &Poller, flags: EventFlags, wanted: bool) -> std::io::Result<()> {
        match (self.armed, wanted) {
            (false, true) => poller.arm(&self.fd, self.token, flags)?,
            // Taken out rather than masked: a hang-up cannot be masked and would spin the loop.
            (true, false) => poller.disarm(&self.fd),
            _ => {}
        }
        self.armed = wanted;
        Ok(())
    }
}

fn has_credit(mark: u64, session: &Session) -> bool {
    mark <= session.out.written() + WINDOW
}

fn system_error(errno: Errno, what: &str) -> Error {
    Error::system(ErrorDomain::Streams, errno.raw_os_error(), what)
}
