//! One short run of a QEMU binary, without a machine, to ask what it can do.

use super::{Accelerated, Caps, Flag, Stamp, arch_from_qemu, found, questions};
use crate::monitor::{Event, EventSink, Monitor};
use crate::reactor::Reactor;
use serde_json::Value;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use vir_base::command::{Command, Io};
use vir_base::{Error, ErrorDomain, Result, err};

/// A binary on cold storage takes its time to load.
const DEADLINE: Duration = Duration::from_secs(30);

struct Deaf;

impl EventSink for Deaf {
    fn event(&self, _event: Event) {}
    fn closed(&self, _why: &Error) {}
}

pub(super) fn probe(binary: &Path, stamp: Stamp) -> Result<Caps> {
    let fail = |e: std::io::Error| Error::io(ErrorDomain::Qemu, &e, "cannot make a monitor socket");
    let (ours, theirs) = UnixStream::pair().map_err(fail)?;
    let mut command = Command::new(binary.to_string_lossy());
    command.env_clear().env("LC_ALL", "C");
    let number = command.pass_fd_anywhere(OwnedFd::from(theirs));
    command.args(["-S", "-no-user-config", "-nodefaults", "-nographic", "-machine", "none,accel=tcg"]);
    command.args(["-chardev", &format!("socket,id=monitor,fd={number}")]);
    command.args(["-mon", "chardev=monitor,mode=control"]);
    let (errors, writer) = std::io::pipe().map_err(fail)?;
    command.stderr(Io::Fd(writer.into()));
    // should this process die first, nobody would end the other
    command.death_signal(rustix::process::Signal::KILL.as_raw());
    let mut child = command.spawn()?;
    let asked = ask(binary, stamp, ours);
    // it has nothing to lose
    let _ = child.process().signal(rustix::process::Signal::KILL);
    let _ = child.wait(Some(DEADLINE));
    asked.map_err(|error| {
        let said = crate::process::read_to_string(errors, 4096);
        match said.trim() {
            "" => err!(
                Qemu,
                InternalError,
                "Failed to probe QEMU binary with QMP: {}: {}",
                binary.display(),
                error.message()
            ),
            said => err!(Qemu, InternalError, "Failed to probe QEMU binary with QMP: {said}"),
        }
    })
}

fn ask(binary: &Path, stamp: Stamp, socket: UnixStream) -> Result<Caps> {
    let start = Reactor::start().map_err(|e| Error::io(ErrorDomain::Qemu, &e, "cannot start a thread"))?;
    let reactor = Arc::new(start);
    let name = binary.to_string_lossy();
    let monitor = Monitor::over(&reactor, &name, socket, Box::new(Deaf), DEADLINE)?;
    let (kvm, _) = monitor.query_kvm()?;
    let types = monitor.qom_list_types()?.into_iter().collect();
    let arch = arch_from_qemu(&monitor.query_target()?).to_owned();
    let mut ask = |command: &str, arguments: Value| match arguments {
        Value::Null => monitor.run(command),
        arguments => monitor.execute(command, arguments),
    };
    let mut flags = found::of_types(&types);
    flags.extend(questions::flags(&mut ask, &types, &arch)?.iter());
    flags.set(Flag::Tcg);
    if kvm {
        flags.set(Flag::Kvm);
    }
    questions::without_host(&mut ask, &mut flags);
    Ok(Caps {
        binary: binary.to_owned(),
        stamp,
        version: monitor.query_version()?,
        arch,
        kvm,
        tcg: Accelerated {
            machines: monitor.query_machines()?,
            cpus: monitor.query_cpu_definitions()?,
            host_cpu: None,
        },
        with_kvm: None,
        gics: Vec::new(),
        secure_guest: false,
        enclaves: Vec::new(),
        types,
        flags,
    })
}
