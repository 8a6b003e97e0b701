//! The protocol without sockets: any bytes, split anyhow.

use proptest::prelude::*;
use std::time::Duration;
use vir_rpc::frame::{self, Header, MessageType, Status, keepalive};
use vir_rpc::keepalive::Keepalive;
use vir_rpc::session::Session;

fn header(kind: i32, serial: u32) -> Header {
    Header {
        program: 0x2000_8086,
        version: 1,
        procedure: 5,
        kind: MessageType(kind),
        serial,
        status: Status::OK,
    }
}

fn session(max_requests: usize) -> Session {
    Session::new(max_requests, Keepalive::new(Duration::from_secs(5), 5))
}

fn pongs(session: &Session) -> usize {
    let sent: Vec<u8> = session.out.unsent().into_iter().flat_map(|(bytes, _)| bytes).collect();
    let pong = keepalive::header(keepalive::PONG).to_bytes();
    assert_eq!(sent.len() % 28, 0);
    sent.chunks(28).filter(|frame| frame[4..] == pong).count()
}

/// Feeds `bytes` in pieces; what came out, and whether it was refused.
fn feed(session: &mut Session, bytes: &[u8], cuts: &[usize]) -> (Vec<(u32, Vec<u8>)>, bool) {
    let mut got = vec![];
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    for pair in cuts.windows(2) {
        let result = session.receive(&bytes[pair[0]..pair[1]], 0, &mut |_, message| {
            got.push((message.header.serial, message.payload.to_vec()));
        });
        if result.is_err() {
            return (got, true);
        }
    }
    (got, false)
}

proptest! {
    #[test]
    fn any_split_gives_the_same_messages(
        messages in prop::collection::vec((0i32..8, prop::collection::vec(any::<u8>(), 0..300)), 0..12),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let mut bytes = vec![];
        let mut expected = vec![];
        let mut pings = 0;
        for (serial, (kind, payload)) in messages.into_iter().enumerate() {
            if kind == 7 {
                frame::append(&mut bytes, &keepalive::header(keepalive::PING), &[]).unwrap();
                pings += 1;
                continue;
            }
            let header = header(kind, serial as u32);
            let counted = if header.kind.has_fds() { vec![0; 4] } else { vec![] };
            frame::append(&mut bytes, &header, &[counted, payload.clone()].concat()).unwrap();
            expected.push((serial as u32, payload));
        }
        let mut session = session(100);
        let (got, refused) = feed(&mut session, &bytes, &cuts);
        prop_assert!(!refused);
        prop_assert_eq!(got, expected);
        prop_assert_eq!(pongs(&session), pings);
        prop_assert!(session.save().received.is_empty());
    }

    #[test]
    fn garbage_never_panics_and_splits_do_not_matter(
        lengths in prop::collection::vec(0u32..64, 0..8),
        noise in prop::collection::vec(any::<u8>(), 0..400),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        // Plausible length words in the noise, so that more than the first frame is looked at.
        let mut bytes = noise;
        let mut at = 0;
        for length in lengths {
            if let Some(word) = bytes.get_mut(at..at + 4) {
                word.copy_from_slice(&length.to_be_bytes());
            }
            at += length as usize;
        }
        let whole = feed(&mut session(100), &bytes, &[]);
        let split = feed(&mut session(100), &bytes, &cuts);
        prop_assert_eq!(whole, split);
    }

    #[test]
    fn a_saved_session_goes_on(cut in 0usize..112, requests in 1usize..4) {
        let mut bytes = vec![];
        for serial in 0..4 {
            frame::append(&mut bytes, &header(0, serial), &[]).unwrap();
        }
        let mut first = session(requests);
        let mut got = vec![];
        let mut note = |session: &mut Session, serial| {
            session.call_started();
            got.push(serial);
        };
        first.receive(&bytes[..cut], 0, &mut |s, m| note(s, m.header.serial)).unwrap();
        first.queue(&header(1, 9), b"unsent");
        let saved = first.save();
        let mut second = Session::restore(saved.clone().with_fds(|_| None).unwrap());
        prop_assert_eq!(second.save(), saved);
        second.receive(&bytes[cut..], 0, &mut |s, m| note(s, m.header.serial)).unwrap();
        while second.in_flight() > 0 {
            second.call_finished();
            second.resume(&mut |s, m| note(s, m.header.serial)).unwrap();
        }
        prop_assert_eq!(got, vec![0, 1, 2, 3]);
    }
}

#[test]
fn calls_over_the_limit_wait_and_pings_do_not() {
    let mut bytes = vec![];
    for serial in 0..4 {
        frame::append(&mut bytes, &header(0, serial), b"args").unwrap();
        frame::append(&mut bytes, &keepalive::header(keepalive::PING), &[]).unwrap();
    }
    let mut session = session(2);
    let mut got = vec![];
    session
        .receive(&bytes, 0, &mut |session, message| {
            session.call_started();
            got.push(message.header.serial);
        })
        .unwrap();
    assert_eq!((got.as_slice(), pongs(&session)), (&[0, 1][..], 4));
    assert!(!session.can_resume());
    session.call_finished();
    assert!(session.can_resume());
    session
        .resume(&mut |session, message| {
            session.call_started();
            got.push(message.header.serial);
        })
        .unwrap();
    assert_eq!((got.as_slice(), session.in_flight()), (&[0, 1, 2][..], 2));
    // Answered once, though they are passed again.
    session.call_finished();
    session.call_finished();
    session.resume(&mut |_, message| got.push(message.header.serial)).unwrap();
    assert_eq!((got.len(), pongs(&session)), (4, 4));
}

#[test]
fn part_of_a_message_is_nothing_to_resume() {
    let mut bytes = vec![];
    frame::append(&mut bytes, &header(0, 1), &[0; 100]).unwrap();
    let mut session = session(2);
    session.receive(&bytes[..90], 0, &mut |_, _| panic!("not complete")).unwrap();
    assert!(!session.can_resume() && session.wants_input());
}

#[test]
fn a_held_session_reads_a_little_ahead_only() {
    let mut session = session(5);
    session.hold(true);
    let mut bytes = vec![];
    frame::append(&mut bytes, &header(0, 1), &[0; 1000]).unwrap();
    let mut fed = 0;
    while session.wants_input() {
        session.receive(&bytes, 0, &mut |_, _| panic!("held")).unwrap();
        fed += bytes.len();
        assert!(fed < 200_000);
    }
    session.hold(false);
    let mut count = 0;
    session.resume(&mut |_, _| count += 1).unwrap();
    assert_eq!(count, fed / bytes.len());
}

#[test]
fn answers_that_nobody_reads_stop_the_calls() {
    let mut session = session(5);
    let mut bytes = vec![];
    frame::append(&mut bytes, &header(0, 1), &[]).unwrap();
    let mut calls = 0;
    while session.wants_input() {
        session
            .receive(&bytes, 0, &mut |session, message| {
                calls += 1;
                session.queue(&message.header.answer(MessageType::REPLY, Status::OK), &[0; 10_000]);
            })
            .unwrap();
        assert!(calls < 100);
    }
    assert!(session.out.len() < 600_000);
}

#[test]
fn descriptors_must_come_with_their_message() {
    let mut bytes = vec![];
    frame::append(&mut bytes, &header(4, 1), &1u32.to_be_bytes()).unwrap();
    bytes.push(0);
    assert!(session(5).receive(&bytes, 0, &mut |_, _| panic!("no descriptor came")).is_err());
    let mut session = session(5);
    let (reader, _writer) = std::io::pipe().unwrap();
    session.loose_fds().push_back(reader.into());
    let mut got = 0;
    session.receive(&bytes[..32], 0, &mut |_, _| panic!("not complete")).unwrap();
    session.receive(&bytes[32..], 0, &mut |_, message| got = message.fds.len()).unwrap();
    assert_eq!(got, 1);
    // One that no message announced is closed.
    let (reader, _writer) = std::io::pipe().unwrap();
    session.loose_fds().push_back(reader.into());
    frame::append(&mut bytes, &header(0, 1), &[]).unwrap();
    session.receive(&bytes[33..], 0, &mut |_, message| assert!(message.fds.is_empty())).unwrap();
    assert!(session.loose_fds().is_empty());
}
