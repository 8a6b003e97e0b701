//! A daemon whose program can be replaced while it runs: it keeps a number for each client, counts all
//! calls, and holds a file open.
//!
//! Shows what a daemon has to bring for that; the tests of replacing use it.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use vir_base::sys::FdKind;
use vir_base::{Error, ErrorDomain, Result};
use vir_daemon::reexec::document::Document;
use vir_daemon::reexec::{
    Attached, Descriptors, Faults, Fields, Format, Named, Object, Origin, Successor, Survivor, Value,
};
use vir_daemon::{DaemonSpec, Service};
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};

/// What the daemon has.
#[derive(Debug, Default)]
struct Counter {
    calls: AtomicU64,
    held: Mutex<Option<File>>,
}

/// A client's number.
#[derive(Default)]
struct Number(AtomicU64);

impl Counter {
    fn number(client: &ClientHandle) -> u64 {
        client.init_data(Number::default).map_or(0, |number| number.0.load(Ordering::Relaxed))
    }
}

impl Program for Counter {
    fn number(&self) -> u32 {
        0x1234_5679
    }

    fn version(&self) -> u32 {
        1
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let placement = if procedure == 4 { Placement::Worker } else { Placement::InPlace };
        (1..=5).contains(&procedure).then_some(Procedure { placement, needs_auth: true })
    }

    /// 1 sets the client's number; 2 gives it and the count of calls; 3 gives its argument back; 4 too,
    /// after so many milliseconds; 5 gives 64 KiB.
    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        let count = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        match call.header.procedure {
            1 => {
                let number: u64 = call.decode()?;
                if let Some(kept) = client.init_data(Number::default) {
                    kept.0.store(number, Ordering::Relaxed);
                }
            }
            2 => {
                reply.encode(&Self::number(client))?;
                reply.encode(&count)?;
            }
            4 => {
                let milliseconds: u32 = call.decode()?;
                std::thread::sleep(Duration::from_millis(milliseconds.into()));
                reply.encode(&milliseconds)?;
            }
            5 => reply.payload().extend_from_slice(&[5; 64 * 1024]),
            _ => reply.payload().extend_from_slice(call.args),
        }
        Ok(Outcome::Done)
    }
}

/// The document's part: the count, and the file's descriptor.
#[derive(Debug)]
struct CounterFormat;

fn read(own: &Object, faults: &mut Faults) -> Option<(u64, i32)> {
    let mut fields = Fields::new(own, faults);
    Some((fields.u64("calls")?, fields.i32("held")?))
}

impl Format for CounterFormat {
    fn check(&self, own: &Object<'_>, _: &[u8], named: &mut Vec<Named>, faults: &mut Faults) {
        if let Some((_, held)) = read(own, faults) {
            named.push(Named::new(held, &[FdKind::File], "the file"));
        }
    }

    fn check_client(&self, private: &Value<'_>, faults: &mut Faults) {
        if private.as_u64().is_none() {
            faults.add(vir_base::err!(Rpc, InternalError, "a client without a number"));
        }
    }

    fn version(&self) -> u32 {
        VERSION
    }
}

impl Survivor for Counter {
    fn save(&self, _: Successor, own: &mut Object<'static>, _: &mut Attached) -> Result<()> {
        let held = self.held.lock().unwrap().as_ref().map_or(-1, AsRawFd::as_raw_fd);
        own.insert("calls", self.calls.load(Ordering::Relaxed));
        own.insert("held", held);
        Ok(())
    }

    fn save_client(&self, client: &ClientHandle, _: Successor) -> Value<'static> {
        Self::number(client).into()
    }

    fn resume(&self, document: &Document, descriptors: &mut Descriptors, _: Origin, faults: &mut Faults) {
        if let Some((calls, held)) = read(&document.own, faults) {
            self.calls.store(calls, Ordering::Relaxed);
            *self.held.lock().unwrap() = descriptors.take(held, &[FdKind::File]).map(File::from);
        }
    }

    fn resume_client(&self, client: &ClientHandle, private: &Value<'_>) {
        client.init_data(|| Number(private.as_u64().unwrap_or(0).into()));
    }
}

const VERSION: u32 = 1;

const SPEC: DaemonSpec = DaemonSpec {
    name: "counter",
    socket_prefix: "counter",
    stands_for: &[],
    title: "a daemon that counts:",
    network: false,
    read_only: false,
    one_thread: false,
    check_settings: |_| Ok(()),
    state: Some(&CounterFormat),
};

vir_daemon::state_note!("counter", VERSION);

fn main() -> ExitCode {
    let argv = std::env::args().collect();
    vir_daemon::run(&SPEC, argv, |instance| {
        let counter = Arc::new(Counter::default());
        let path = instance.paths.state.join("held");
        let held = File::create(&path).map_err(|error| Error::io(ErrorDomain::None, &error, "cannot hold"));
        match held {
            Ok(file) => *counter.held.lock().unwrap() = Some(file),
            Err(error) => eprintln!("{error}"),
        }
        Service { programs: vec![counter.clone()], survivor: Some(counter), ..Service::default() }
    })
}
