//! A server that misbehaves: whatever it says, calls end with an error, and the end is told once.

use ferrovirt_tests::misbehaving::{HOSTNAME, MESSAGE, Misbehaving, PROGRAM, Said, lies, message, name};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use vir_api::Caller;
use vir_api::connection::Connection;
use vir_remote::{OpenOptions, RemoteDriver, open};

/// What keepalive is set to, in seconds and questions, and how long an end may take then on a busy host.
const KEEPALIVE: (u32, u32) = (1, 1);
const PATIENCE: Duration = Duration::from_secs(60);

/// A client of a server that misbehaves.
struct Client {
    server: Misbehaving,
    parts: Connection,
    driver: Arc<RemoteDriver>,
    told: Arc<AtomicUsize>,
}

impl Client {
    fn of(server: Misbehaving) -> Self {
        let options = OpenOptions { program_reads: true, ..OpenOptions::default() };
        let (parts, driver) = open(&server.uri(), options).unwrap();
        let told = Arc::new(AtomicUsize::new(0));
        let count = told.clone();
        let once_more = move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        };
        driver.on_close(once_more).unwrap();
        Self { server, parts, driver, told }
    }

    fn ask(&self) -> vir_base::Result<String> {
        self.parts.hypervisor.connect_get_hostname(&Caller::default())
    }

    /// Many ask at the same time; what each of them gets.
    fn ask_from_many(&self) -> Vec<vir_base::Result<String>> {
        let start = Instant::now();
        let answers = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| self.ask())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(start.elapsed() < PATIENCE);
        answers
    }

    /// It is over, and that has been told.
    fn has_ended(&self) {
        assert!(self.ask().is_err());
        assert!(!self.driver.is_alive());
        assert!(self.driver.dispatch().is_err());
        assert_eq!(self.told.load(Ordering::Relaxed), 1);
    }
}

/// The first question is answered so, and then the server closes.
fn last(answer: impl Fn(u32) -> Vec<u8> + Send + 'static) -> Client {
    Client::of(Misbehaving::start(false, move |serial| Said::Last(answer(serial))).unwrap())
}

#[test]
fn a_good_answer_is_taken() {
    let mut client = last(name);
    assert_eq!(client.ask().unwrap(), "host");
    client.server.join();
    client.has_ended();
}

#[test]
fn an_answer_that_ends_at_any_byte_is_an_error() {
    for length in 0..name(0).len() {
        let client = last(move |serial| name(serial)[..length].to_vec());
        assert!(client.ask_from_many().iter().all(Result::is_err), "{length} bytes were enough");
        client.has_ended();
    }
}

#[test]
fn lies_are_errors_although_the_server_stays() {
    for (what, lie) in lies() {
        let answer = move |serial| Said::Bytes(lie(serial));
        let client = Client::of(Misbehaving::start(true, answer).unwrap());
        assert!(client.driver.keepalive(KEEPALIVE.0, KEEPALIVE.1));
        assert!(client.ask().is_err(), "{what} was believed");
    }
}

#[test]
fn what_answers_no_call_is_the_end() {
    for (what, lie) in lies().into_iter().filter(|(what, _)| what.starts_with("another ")) {
        let mut client = last(lie);
        let error = client.ask().unwrap_err();
        let said = error.message();
        match what {
            "another procedure" => assert_eq!(said, "Unexpected message proc 60 != 59"),
            _ => assert!(said.starts_with("no call waiting for reply with prog "), "{what}: {said}"),
        }
        client.server.join();
        client.has_ended();
    }
}

#[test]
fn the_second_answer_to_one_call_is_the_end() {
    let client = last(|serial| [name(serial), name(serial)].concat());
    assert_eq!(client.ask().unwrap(), "host");
    client.has_ended();
}

#[test]
fn answers_may_come_in_any_order() {
    let mut waiting = vec![];
    let server = Misbehaving::start(false, move |serial| {
        waiting.push(serial);
        match waiting.len() {
            8 => Said::Bytes(waiting.drain(..).rev().flat_map(name).collect()),
            _ => Said::Bytes(vec![]),
        }
    });
    let client = Client::of(server.unwrap());
    let answers = client.ask_from_many();
    assert!(answers.iter().all(|answer| answer.as_deref() == Ok("host")), "{answers:?}");
    assert!(client.driver.is_alive());
}

#[test]
fn events_that_nobody_knows_are_no_harm() {
    let client = last(|serial| {
        let events = [(PROGRAM, 1, 9999), (PROGRAM, 7, 318), (PROGRAM, 1, 318), (12, 1, 1)];
        let events = events.map(|(program, version, procedure)| {
            message(program, version, procedure, MESSAGE, 0, &[0xff; 11])
        });
        [events.concat(), name(serial)].concat()
    });
    assert_eq!(client.ask().unwrap(), "host");
}

#[test]
fn a_server_that_is_not_there_is_given_up_and_all_are_let_go() {
    let client = Client::of(Misbehaving::start(true, |_| Said::Bytes(vec![])).unwrap());
    assert!(client.driver.keepalive(KEEPALIVE.0, KEEPALIVE.1));
    let answers = client.ask_from_many();
    let timeout = "internal error: connection closed due to keepalive timeout";
    let timed_out = |error: &vir_base::Error| error.message() == timeout;
    assert!(answers.iter().all(|answer| answer.as_ref().is_err_and(timed_out)), "{answers:?}");
    client.has_ended();
}

#[test]
fn a_message_that_never_comes_to_its_end_is_none() {
    let server = Misbehaving::start(false, |serial| {
        let payload = [b"\0\0\xff\xff".as_slice(), &[b'h'; 0xffff]].concat();
        let said = ferrovirt_tests::misbehaving::reply(HOSTNAME, serial, &payload);
        Said::Slowly(said, Duration::from_millis(20))
    });
    let client = Client::of(server.unwrap());
    assert!(client.driver.keepalive(KEEPALIVE.0, KEEPALIVE.1));
    let answers = client.ask_from_many();
    assert!(answers.iter().all(Result::is_err));
    client.has_ended();
}

#[test]
fn a_slow_message_that_ends_is_one() {
    let slowly = |serial| Said::Slowly(name(serial), Duration::from_millis(5));
    let client = Client::of(Misbehaving::start(false, slowly).unwrap());
    assert!(client.driver.keepalive(60, 5));
    assert_eq!(client.ask().unwrap(), "host");
}
