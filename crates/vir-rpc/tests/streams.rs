//! Streams over real sockets: both ways, bounded, ended and broken off.

mod common;

use common::{Running, call, procedure::*, target};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use vir_base::{ErrorCode, ErrorDomain};
use vir_rpc::client::{ClientStream, StreamRead};
use vir_rpc::server::Limits;

fn read_all(stream: &ClientStream) -> usize {
    let (mut buffer, mut total) = (vec![0; 50_000], 0);
    loop {
        match stream.recv(&mut buffer).unwrap() {
            StreamRead::Data(0) => return total,
            StreamRead::Data(len) => {
                for (index, byte) in buffer[..len].iter().enumerate() {
                    assert_eq!(*byte, ((total + index) % 100_000) as u8);
                }
                total += len;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn download() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    for size in [0u32, 1, 99_999, 7_000_000] {
        let (_, stream) = client.call_stream(target(DOWNLOAD), &size.to_be_bytes(), false).unwrap();
        assert_eq!(read_all(&stream), size as usize);
        stream.finish().unwrap();
    }
    assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn upload_and_its_error() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let data = vec![1; 5_000_000];
    let (_, stream) = client.call_stream(target(UPLOAD), &5_000_000u32.to_be_bytes(), false).unwrap();
    stream.send(&data).unwrap();
    stream.finish().unwrap();
    let (_, stream) = client.call_stream(target(UPLOAD), &5u32.to_be_bytes(), false).unwrap();
    stream.send(&data[..7]).unwrap();
    let error = stream.finish().unwrap_err();
    assert_eq!((error.domain(), error.code()), (ErrorDomain::Storage, ErrorCode::OperationFailed));
    assert_eq!(error.message(), "operation failed: 7 is not 5");
}

#[test]
fn holes() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let sent = 3 + (1 << 30);
    let (_, stream) = client.call_stream(target(SPARSE), &u32::to_be_bytes(sent), true).unwrap();
    stream.send(b"xyz").unwrap();
    stream.send_hole(1 << 30).unwrap();
    let mut buffer = [0; 10];
    assert_eq!(stream.recv(&mut buffer).unwrap(), StreamRead::Data(3));
    assert_eq!(stream.recv(&mut buffer).unwrap(), StreamRead::Hole(1 << 40));
    assert_eq!(stream.peek(), Some((false, 1 << 40)));
    assert_eq!(stream.recv_hole(), Some(1 << 40));
    assert_eq!(stream.recv(&mut buffer).unwrap(), StreamRead::Data(3));
    assert_eq!(&buffer[..3], b"def");
    assert_eq!(stream.recv(&mut buffer).unwrap(), StreamRead::Data(0));
    stream.finish().unwrap();
    // One that did not ask for holes may not send them.
    let (_, stream) = client.call_stream(target(UPLOAD), &0u32.to_be_bytes(), false).unwrap();
    stream.send_hole(5).unwrap();
    assert!(stream.finish().is_err());
    assert!(!client.is_alive());
}

#[test]
fn files_in_and_out() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let path = server.dir.path().join("image");
    std::fs::File::create(&path).unwrap();
    let name = path.to_str().unwrap().as_bytes();
    let (_, stream) = client.call_stream(target(FILE_IN), name, true).unwrap();
    stream.send(&[1; 4096]).unwrap();
    stream.send_hole(10 << 20).unwrap();
    stream.send(&[2; 4096]).unwrap();
    stream.send_hole(1 << 20).unwrap();
    stream.finish().unwrap();
    let written = std::fs::read(&path).unwrap();
    assert_eq!(written.len(), (11 << 20) + 8192);
    assert!(written[..4096] == [1; 4096] && written[4096 + (10 << 20)..][..4096] == [2; 4096]);
    assert_eq!(written.iter().map(|byte| usize::from(*byte)).sum::<usize>(), 3 * 4096);

    for procedure in [FILE_OUT, FILE_OUT_SPARSE] {
        let sparse = procedure == FILE_OUT_SPARSE;
        let (_, stream) = client.call_stream(target(procedure), name, sparse).unwrap();
        let (mut read, mut holes, mut buffer) = (vec![], 0, vec![0; 100_000]);
        loop {
            match stream.recv(&mut buffer).unwrap() {
                StreamRead::Data(0) => break,
                StreamRead::Data(len) => read.extend_from_slice(&buffer[..len]),
                StreamRead::Hole(len) => {
                    assert_eq!(stream.recv_hole(), Some(len));
                    read.resize(read.len() + len as usize, 0);
                    holes += 1;
                }
                StreamRead::WouldBlock => panic!("it waits"),
            }
        }
        stream.finish().unwrap();
        assert!(read == written, "{} {}", read.len(), written.len());
        // A file system without holes gives none.
        assert!(holes == 0 || sparse);
    }
}

#[test]
fn console_both_ways() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (mut guest, host) = UnixStream::pair().unwrap();
    guest.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The call that carries the descriptor opens the stream; a plain call has no stream state, so
    // its packets are read raw here.
    let mut raw = server.raw();
    let serial = 3;
    send_console_call(&raw, serial, host);
    let reply = read_frame(&mut raw);
    assert_eq!((word(&reply, 4), word(&reply, 6)), (1, 0));
    guest.write_all(b"login: ").unwrap();
    let packet = read_frame(&mut raw);
    assert_eq!((word(&packet, 4), word(&packet, 5), word(&packet, 6)), (3, serial, 2));
    assert_eq!(&packet[28..], b"login: ");
    raw.write_all(&stream_frame(serial, 2, b"root\n")).unwrap();
    let mut typed = [0; 5];
    guest.read_exact(&mut typed).unwrap();
    assert_eq!(&typed, b"root\n");
    // The guest's end: an empty packet; then the client finishes and is told so.
    drop(guest);
    let packet = read_frame(&mut raw);
    assert_eq!((packet.len(), word(&packet, 6)), (28, 2));
    raw.write_all(&stream_frame(serial, 0, b"")).unwrap();
    let packet = read_frame(&mut raw);
    assert_eq!((packet.len(), word(&packet, 4), word(&packet, 6)), (28, 3, 0));
    // What still comes for it is ignored.
    raw.write_all(&stream_frame(serial, 2, b"late")).unwrap();
    assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn an_idle_console_whose_far_end_hung_up_does_not_spin() {
    let server = Running::start(Limits::default());
    let (guest, host) = UnixStream::pair().unwrap();
    let mut raw = server.raw();
    send_console_call(&raw, 1, host);
    read_frame(&mut raw);
    drop(guest);
    assert_eq!(read_frame(&mut raw).len(), 28);
    let before = loop_cpu(&server);
    std::thread::sleep(Duration::from_millis(300));
    assert!(loop_cpu(&server) - before < Duration::from_millis(100), "the loop spins");
}

/// The processor time of the loop's thread.
fn loop_cpu(server: &Running) -> Duration {
    let (sender, receiver) = std::sync::mpsc::channel();
    server.handle.run(move |_| {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        sender.send(Duration::new(time.tv_sec as u64, time.tv_nsec as u32)).unwrap();
    });
    receiver.recv().unwrap()
}

#[test]
fn abort_and_drop() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (_, stream) = client.call_stream(target(DOWNLOAD), &100_000_000u32.to_be_bytes(), false).unwrap();
    stream.recv(&mut [0; 10]).unwrap();
    stream.abort().unwrap();
    let (_, stream) = client.call_stream(target(DOWNLOAD), &100_000_000u32.to_be_bytes(), false).unwrap();
    drop(stream);
    assert_eq!(call(&client, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn a_far_end_learns_that_nobody_is_there() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    assert!(call(&client, ABANDON, &[]).is_err());
    common::eventually("it is told", || common::ABANDONED.load(Ordering::SeqCst) == 1);
}

#[test]
fn a_slow_reader_makes_the_sender_wait() {
    let server = Running::start(Limits::default());
    let mut raw = server.raw();
    raw.write_all(&call_frame(DOWNLOAD, 1, &200_000_000u32.to_be_bytes())).unwrap();
    read_frame(&mut raw);
    std::thread::sleep(Duration::from_millis(200));
    // 200 MB are asked for and not read; what waits must be little. Measured where it shows: the
    // memory of this very process.
    assert!(resident_kb() < 100_000, "{} KB", resident_kb());
    // Calls on the same connection are served as it is read.
    raw.write_all(&call_frame(ECHO, 2, b"four")).unwrap();
    let mut stream_bytes = 0;
    let reply = loop {
        let frame = read_frame(&mut raw);
        if word(&frame, 4) == 1 {
            break frame;
        }
        stream_bytes += frame.len() - 28;
    };
    assert_eq!(&reply[28..], b"four");
    assert!(stream_bytes < 3_000_000, "{stream_bytes}");
}

#[test]
fn a_far_end_that_does_not_read_makes_the_client_wait() {
    let server = Running::start(Limits::default());
    let mut raw = server.raw();
    raw.write_all(&call_frame(STUCK, 1, &[])).unwrap();
    read_frame(&mut raw);
    raw.set_nonblocking(true).unwrap();
    let packet = stream_frame(1, 2, &[0; 100_000]);
    let (mut sent, mut quiet) = (0, 0);
    while quiet < 20 {
        match raw.write(&packet[sent % packet.len()..]) {
            Ok(len) => (sent, quiet) = (sent + len, 0),
            Err(_) => {
                quiet += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        assert!(sent < 20_000_000, "{sent} bytes were taken");
    }
    let other = server.connect();
    assert_eq!(call(&other, ECHO, b"alive").unwrap(), b"alive");
}

#[test]
fn wakers_are_called() {
    let server = Running::start(Limits::default());
    let client = server.connect();
    let (_, stream) = client.call_stream(target(DOWNLOAD), &1_000_000u32.to_be_bytes(), false).unwrap();
    let woken = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&woken);
    stream.set_waker(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    let (mut buffer, mut total) = (vec![0; 70_000], 0);
    while total < 1_000_000 {
        client.process_for(Duration::from_millis(1)).unwrap();
        while let StreamRead::Data(len @ 1..) = stream.try_recv(&mut buffer).unwrap() {
            total += len;
        }
    }
    assert!(woken.load(Ordering::Relaxed) > 0);
    stream.finish().unwrap();
}

fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4
}

fn frame(kind: u32, procedure: i32, serial: u32, status: u32, payload: &[u8]) -> Vec<u8> {
    let words = [28 + payload.len() as u32, common::PROGRAM, 1, procedure as u32, kind, serial, status];
    words.iter().flat_map(|word| word.to_be_bytes()).chain(payload.iter().copied()).collect()
}

fn call_frame(procedure: i32, serial: u32, payload: &[u8]) -> Vec<u8> {
    frame(0, procedure, serial, 0, payload)
}

fn stream_frame(serial: u32, status: u32, payload: &[u8]) -> Vec<u8> {
    let procedure = if serial == 1 && payload.len() == 100_000 { STUCK } else { CONSOLE };
    frame(3, procedure, serial, status, payload)
}

/// As the peer sends it: the message, then one byte with the descriptor.
fn send_console_call(mut raw: &UnixStream, serial: u32, fd: UnixStream) {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
    raw.write_all(&frame(4, CONSOLE, serial, 0, &1u32.to_be_bytes())).unwrap();
    let fds = [std::os::fd::AsFd::as_fd(&fd)];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&fds));
    sendmsg(raw, &[std::io::IoSlice::new(&[0])], &mut control, SendFlags::empty()).unwrap();
}

fn read_frame(raw: &mut UnixStream) -> Vec<u8> {
    let mut frame = vec![0; 4];
    raw.read_exact(&mut frame).unwrap();
    frame.resize(word(&frame, 0) as usize, 0);
    raw.read_exact(&mut frame[4..]).unwrap();
    frame
}

/// The word at this place: 0 length, 4 kind, 5 serial, 6 status.
fn word(frame: &[u8], n: usize) -> u32 {
    u32::from_be_bytes(frame[n * 4..n * 4 + 4].try_into().unwrap())
}
