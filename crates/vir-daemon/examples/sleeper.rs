//! A daemon with one procedure: it sleeps for as many milliseconds as it is told, and answers.
//!
//! Shows how a daemon is made from a program of its own; the tests of how daemons end use it.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use vir_base::Result;
use vir_daemon::{DaemonSpec, Service};
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};

struct Sleeper;

impl Program for Sleeper {
    fn number(&self) -> u32 {
        0x1234_5678
    }

    fn version(&self) -> u32 {
        1
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        (procedure == 1).then_some(Procedure { placement: Placement::Worker, needs_auth: true })
    }

    fn call(&self, _: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        let milliseconds: u32 = call.decode()?;
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
        reply.encode(&milliseconds)?;
        Ok(Outcome::Done)
    }
}

const SPEC: DaemonSpec = DaemonSpec {
    name: "sleeperd",
    socket_prefix: "sleeperd",
    stands_for: &[],
    title: "a daemon that sleeps:",
    network: false,
    read_only: false,
    one_thread: false,
    state: None,
    check_settings: |_| Ok(()),
};

fn main() -> ExitCode {
    let argv = std::env::args().collect();
    vir_daemon::run(&SPEC, argv, |_| Service { programs: vec![Arc::new(Sleeper)], ..Service::default() })
}
