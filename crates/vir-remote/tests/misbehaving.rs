//! A server that misbehaves: whatever it says, calls end with an error, and the end is told once.

use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vir_api::Caller;
use vir_remote::{OpenOptions, open};

const PROGRAM: u32 = 0x2000_8086;
const AUTH_LIST: u32 = 66;
const HOSTNAME: u32 = 59;

/// A reply's frame.
fn reply(procedure: u32, serial: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(28 + payload.len()).unwrap();
    let words = [length, PROGRAM, 1, procedure, 1, serial, 0];
    words.iter().flat_map(|word| word.to_be_bytes()).chain(payload.iter().copied()).collect()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Answers what opening asks, and the question for the host's name with `answer`; then closes.
fn serve(mut socket: UnixStream, answer: impl Fn(u32) -> Vec<u8>) {
    loop {
        let mut head = [0; 28];
        if socket.read_exact(&mut head).is_err() {
            return;
        }
        let mut rest = vec![0; word(&head, 0) as usize - 28];
        if socket.read_exact(&mut rest).is_err() {
            return;
        }
        let (procedure, serial) = (word(&head, 12), word(&head, 20));
        let said = match procedure {
            HOSTNAME => answer(serial),
            // one way to be let in: none
            AUTH_LIST => reply(procedure, serial, &[0, 0, 0, 1, 0, 0, 0, 0]),
            _ => reply(procedure, serial, &[]),
        };
        if socket.write_all(&said).is_err() || procedure == HOSTNAME {
            return;
        }
    }
}

/// Asks a server that answers so; whether the answer was good.
fn ask(answer: impl Fn(u32) -> Vec<u8> + Send + 'static) -> bool {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("misbehaving-{}-{number}", std::process::id()));
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || serve(listener.accept().unwrap().0, answer));
    let uri = format!("test+unix:///default?socket={}", path.display());
    let options = OpenOptions { program_reads: true, ..OpenOptions::default() };
    let (parts, driver) = open(&uri, options).unwrap();
    std::fs::remove_file(&path).unwrap();
    let told = Arc::new(AtomicUsize::new(0));
    let count = told.clone();
    let told_once = move |_| {
        count.fetch_add(1, Ordering::Relaxed);
    };
    driver.on_close(told_once).unwrap();
    let start = Instant::now();
    let caller = Caller::default();
    let good = parts.hypervisor.connect_get_hostname(&caller).is_ok();
    assert!(start.elapsed() < Duration::from_secs(60));
    server.join().unwrap();
    // the server has gone: the next call says so
    assert!(parts.hypervisor.connect_get_hostname(&caller).is_err());
    assert!(!driver.is_alive());
    assert_eq!(told.load(Ordering::Relaxed), 1);
    good
}

fn name(serial: u32) -> Vec<u8> {
    reply(HOSTNAME, serial, &[0, 0, 0, 4, b'h', b'o', b's', b't'])
}

#[test]
fn a_good_answer_is_taken() {
    assert!(ask(name));
}

#[test]
fn an_answer_that_ends_at_any_byte_is_an_error() {
    for length in 0..name(0).len() {
        assert!(!ask(move |serial| name(serial)[..length].to_vec()), "{length} bytes were enough");
    }
}

#[test]
fn lies_about_lengths_serials_and_kinds_are_errors() {
    let lies: [fn(u32) -> Vec<u8>; 7] = [
        |_| vec![0xff; 100],
        |_| vec![0; 100],
        |_| [0xff, 0xff, 0xff, 0xff].to_vec(),
        |serial| name(serial + 7),
        |serial| reply(HOSTNAME, serial, &[0xff, 0xff, 0xff, 0xff]),
        |serial| reply(HOSTNAME, serial, &[0, 0, 0, 5, b'h']),
        |serial| {
            let mut said = name(serial);
            // a kind of message that there is none of
            said[19] = 9;
            said
        },
    ];
    for (number, lie) in lies.into_iter().enumerate() {
        assert!(!ask(lie), "lie {number} was believed");
    }
}
