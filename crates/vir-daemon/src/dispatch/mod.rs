//! From a procedure number to a driver's method: tables, requests, and the entries written by hand.
//!
//! The tables and most entries are generated from `api/*.api`. An entry decodes, checks what the
//! declaration says (read-only, access), calls the driver of the client's connection and encodes.

pub(crate) mod by_hand;
mod cpu_stats;
mod event_wire;
mod request;
mod session;

pub(crate) use cpu_stats::cpu_stats;
pub use request::{AccessHook, Subject};
pub(crate) use request::{Request, Rule, When, object};
pub use session::{Drivers, Session};

use std::sync::Arc;
use vir_api::Op;
use vir_base::Result;
use vir_proto::procedures;
use vir_rpc::server::{Call, ClientHandle, Outcome, Placement, Procedure, Program, Reply};

/// Serves one procedure.
type Handler = fn(&mut Request<'_>) -> Result<()>;

/// How a procedure is served.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// By a method of the connection's driver, which says whether it may wait.
    Method(Op, Handler),
    /// By the daemon itself.
    ByHand(by_hand::Entry),
}

/// A row of a program's table.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// The C name of the function, or the procedure's.
    name: &'static str,
    /// Sure to end soon: may use a priority worker.
    high: bool,
    run: Run,
}

impl Entry {
    pub(crate) const fn new(name: &'static str, high: bool, run: Run) -> Self {
        Self { name, high, run }
    }
}

/// One of the programs that drivers serve.
pub struct DriverProgram {
    number: u32,
    version: u32,
    table: &'static [Option<Entry>],
    drivers: Arc<Drivers>,
}

impl DriverProgram {
    /// The programs `remote`, `qemu` and `lxc` over these drivers.
    pub fn all(drivers: &Arc<Drivers>) -> Vec<Arc<dyn Program>> {
        let program = |number, version, table| -> Arc<dyn Program> {
            Arc::new(Self { number, version, table, drivers: drivers.clone() })
        };
        vec![
            program(procedures::remote::PROGRAM, procedures::remote::VERSION, &crate::generated::REMOTE),
            program(procedures::qemu::PROGRAM, procedures::qemu::VERSION, &crate::generated::QEMU),
            program(procedures::lxc::PROGRAM, procedures::lxc::VERSION, &crate::generated::LXC),
        ]
    }

    fn entry(&self, procedure: i32) -> Option<&'static Entry> {
        self.table.get(usize::try_from(procedure).ok()?)?.as_ref()
    }
}

impl Program for DriverProgram {
    fn number(&self) -> u32 {
        self.number
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn procedure(&self, procedure: i32) -> Option<Procedure> {
        let entry = self.entry(procedure)?;
        let needs_auth = !matches!(entry.run, Run::ByHand(by_hand::Entry { before_auth: true, .. }));
        // the entry is asked for each call: what waits depends on the connection and the arguments
        Some(Procedure { placement: Placement::InPlace, needs_auth })
    }

    fn call(&self, client: &ClientHandle, call: &mut Call<'_>, reply: &mut Reply<'_>) -> Result<Outcome> {
        let Some(entry) = self.entry(call.header.procedure) else { return Ok(Outcome::NoReply) };
        let session = Session::of(client, &self.drivers)?;
        match entry.run {
            Run::Method(op, handler) => {
                let connection = session.connection()?;
                if call.on_loop && connection.traits.may_wait(op) {
                    let worker = if entry.high { Placement::PriorityWorker } else { Placement::Worker };
                    return Ok(Outcome::MayWait(worker));
                }
                handler(&mut Request::new(client, session, Some(connection), entry.name, call, reply))?;
            }
            Run::ByHand(by_hand) => {
                if call.on_loop && (by_hand.may_wait)(session, call.args) {
                    return Ok(Outcome::MayWait(Placement::PriorityWorker));
                }
                (by_hand.serve)(&mut Request::new(client, session, None, entry.name, call, reply))?;
            }
        }
        Ok(Outcome::Done)
    }
}
