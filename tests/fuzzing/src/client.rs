//! The client's end of a connection whose server says anything.

use rustix::event::{EventfdFlags, eventfd};
use rustix::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vir_proto::frame::{self, Header, MessageType, Status};
use vir_proto::wire::probe;
use vir_rpc::client::{Client, StreamRead, Target};
use vir_rpc::transport::{Transport, TransportKind};

/// What calls are made to; their serials count from 0.
const CALLED: Target = Target { program: 0x2000_8086, version: 1, procedure: 1 };

/// Says its bytes in pieces, and then has ended.
struct Says {
    bytes: VecDeque<u8>,
    piece: usize,
    /// Descriptors that come with each piece.
    fds: usize,
    /// Readable at any time, so that nobody waits.
    ready: OwnedFd,
}

impl Transport for Says {
    fn recv(&mut self, buffer: &mut [u8], fds: &mut VecDeque<OwnedFd>) -> io::Result<usize> {
        for _ in 0..self.fds {
            fds.push_back(self.ready.try_clone()?);
        }
        let length = self.piece.min(buffer.len()).min(self.bytes.len());
        self.bytes.drain(..length).zip(buffer).for_each(|(byte, place)| *place = byte);
        Ok(length)
    }

    fn send(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(parts.iter().map(|part| part.len()).sum())
    }

    fn send_fd(&mut self, _: BorrowedFd<'_>) -> io::Result<()> {
        Ok(())
    }

    fn fd(&self) -> BorrowedFd<'_> {
        self.ready.as_fd()
    }

    fn kind(&self) -> TransportKind {
        TransportKind::Unix
    }
}

/// The first byte says how many calls are given up before their answer (lowest three bits), whether a stream
/// is opened, whether its holes are wanted, and how many descriptors come (highest two bits); the second how
/// long the pieces are; the rest is what the server says. In the end the connection is over, and that has
/// been told once.
pub fn client(data: &[u8]) {
    let Some(([first, piece], bytes)) = data.split_first_chunk() else { return };
    let Ok(ready) = eventfd(1, EventfdFlags::CLOEXEC) else { return };
    let piece = usize::from(*piece).max(1);
    let says = Says { bytes: bytes.iter().copied().collect(), piece, fds: usize::from(first >> 6), ready };
    let Ok(client) = Client::from_transport(Box::new(says)) else { return };
    let [events, ends] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let [event, end] = [events.clone(), ends.clone()];
    client.set_event_sink(move |message| {
        event.fetch_add(1, Ordering::Relaxed);
        let _ = vir_remote::decode_event(message.program, message.procedure, &message.payload);
    });
    client.set_close_sink(move |_| {
        end.fetch_add(1, Ordering::Relaxed);
    });
    client.set_keepalive(Duration::from_secs(3600), 1);
    for _ in 0..first & 7 {
        let given_up = client.call_until(CALLED, b"", vec![], Some(Instant::now()));
        assert!(given_up.is_err(), "an answer before anything was read");
    }
    if first & 8 != 0
        && let Ok((_, stream)) = client.call_stream(CALLED, b"", first & 16 != 0)
    {
        let mut buffer = [0; 100];
        while let Ok(read) = stream.recv(&mut buffer) {
            match read {
                StreamRead::Data(0) => break,
                StreamRead::Hole(length) => assert_eq!(stream.recv_hole(), Some(length)),
                StreamRead::Data(_) | StreamRead::WouldBlock => {}
            }
        }
        let _ = stream.finish();
    }
    let _: Result<String, _> = client.call_value(CALLED, &());
    while client.dispatch_pending().is_ok() {}
    assert!(!client.is_alive());
    assert_eq!(ends.load(Ordering::Relaxed), 1);
    assert!(client.call(CALLED, b"", vec![]).is_err());
    assert!(events.load(Ordering::Relaxed) <= bytes.len() / frame::PREFIX_SIZE);
}

/// The first four bytes choose a procedure, the rest is an event of it.
pub fn event(data: &[u8]) {
    let Some((which, bytes)) = data.split_first_chunk::<4>() else { return };
    let (program, procedure, _) = probe::ALL[u32::from_be_bytes(*which) as usize % probe::ALL.len()];
    let _ = vir_remote::decode_event(program, procedure, bytes);
}

/// Every event there is.
pub fn event_seeds() -> Vec<Vec<u8>> {
    let mut seeds = crate::seeds::args();
    seeds.retain(|seed| {
        let Some((which, payload)) = seed.split_first_chunk::<4>() else { return false };
        let (program, procedure, _) = probe::ALL[u32::from_be_bytes(*which) as usize];
        vir_remote::decode_event(program, procedure, payload).is_some()
    });
    seeds
}

fn say(to: &mut Vec<u8>, kind: MessageType, status: Status, serial: u32, payload: &[u8]) {
    let Target { program, version, procedure } = CALLED;
    let header = Header { program, version, procedure, kind, serial, status };
    // short payloads fit
    let _ = frame::append(to, &header, payload);
}

/// A good answer, one with a descriptor, a failure, late answers, a stream, events.
pub fn seeds() -> Vec<Vec<u8>> {
    let reply = MessageType::REPLY;
    let text = b"\0\0\0\x04name";
    let mut good = vec![0, 255];
    say(&mut good, reply, Status::OK, 0, text);
    let mut files = vec![1 << 6, 200];
    say(&mut files, MessageType::REPLY_WITH_FDS, Status::OK, 0, b"\0\0\0\x01\0\0\0\x04name");
    files.push(0);
    let mut failed = vec![0, 7];
    let error = vir_base::err!(Rpc, InternalError, "no");
    say(&mut failed, reply, Status::ERROR, 0, &vir_proto::xdr::to_bytes(&error).unwrap_or_default());
    let mut late = vec![2, 100];
    for serial in [1, 0, 2] {
        say(&mut late, reply, Status::OK, serial, text);
    }
    let mut stream = vec![8 | 16, 50];
    say(&mut stream, reply, Status::OK, 0, &[]);
    say(&mut stream, MessageType::STREAM, Status::CONTINUE, 0, b"data");
    say(&mut stream, MessageType::STREAM_HOLE, Status::CONTINUE, 0, &[0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0]);
    say(&mut stream, MessageType::STREAM, Status::CONTINUE, 0, b"");
    say(&mut stream, MessageType::STREAM, Status::OK, 0, b"");
    say(&mut stream, reply, Status::OK, 1, text);
    let mut events = vec![0, 64];
    let header = frame::keepalive::header(frame::keepalive::PING);
    let _ = frame::append(&mut events, &header, &[]);
    for seed in event_seeds() {
        let Some((which, payload)) = seed.split_first_chunk::<4>() else { continue };
        let (program, procedure, _) = probe::ALL[u32::from_be_bytes(*which) as usize];
        let kind = MessageType::MESSAGE;
        let header = Header { program, version: 1, procedure, kind, serial: 0, status: Status::OK };
        // short payloads fit
        let _ = frame::append(&mut events, &header, payload);
    }
    say(&mut events, reply, Status::OK, 0, text);
    vec![good, files, failed, late, stream, events]
}
