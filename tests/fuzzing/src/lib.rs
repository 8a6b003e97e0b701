//! The functions that fuzzing feeds with bytes: one for each kind of input that we do not trust.
//!
//! Each takes any bytes and must return: a panic, an overflow or a hang is a finding. What must hold
//! beyond that is asserted. `fuzz/` builds them with libFuzzer; the tests here feed them with seeds
//! and with what was found before, so that stable Rust guards against its return.

mod client;
mod images;
mod leases;
mod logd;
pub mod seeds;

pub use client::{client, event};
pub use images::{image, storage_xml};
pub use leases::lock_program;
pub use logd::calls as log_daemon;

use vir_proto::wire::probe;
use vir_rpc::keepalive::Keepalive;
use vir_rpc::session::Session;

/// A target: its name, and what it feeds.
pub type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub const TARGETS: &[Target] = &[
    ("frames", frames),
    ("client", client),
    ("event", event),
    ("args", args),
    ("rets", rets),
    ("domain_xml", domain_xml),
    ("kept_xml", kept_xml),
    ("image", image),
    ("storage_xml", storage_xml),
    ("certificate", certificate),
    ("conf", conf),
    ("state", state),
    ("journal", journal),
    ("lock_program", lock_program),
    ("log_daemon", log_daemon),
];

/// Bytes from a socket, in pieces of a size that the first byte chooses.
pub fn frames(data: &[u8]) {
    let Some((size, data)) = data.split_first() else { return };
    let mut session = Session::new(5, Keepalive::default());
    for (now, piece) in data.chunks(usize::from(*size).max(1)).enumerate() {
        let served = session.receive(piece, now as u64, &mut |session, message| {
            // every message is answered at once, with as much as it brought
            session.queue(&message.header, message.payload);
        });
        if served.is_err() {
            return;
        }
    }
}

/// The first two bytes choose a procedure, the rest are its arguments.
pub fn args(data: &[u8]) {
    coded(data, probe::args);
}

/// The first two bytes choose a procedure, the rest are its results.
pub fn rets(data: &[u8]) {
    coded(data, probe::rets);
}

type Probe = fn(u32, i32, &[u8]) -> Option<Result<Vec<u8>, vir_proto::xdr::XdrError>>;

/// What was taken for a value is one: encoded, it is taken for the same.
fn coded(data: &[u8], decode: Probe) {
    let Some((which, bytes)) = data.split_first_chunk::<4>() else { return };
    let which = u32::from_be_bytes(*which) as usize % probe::ALL.len();
    let (program, procedure, name) = probe::ALL[which];
    if let Some(Ok(again)) = decode(program, procedure, bytes) {
        let twice = decode(program, procedure, &again);
        assert_eq!(twice, Some(Ok(again)), "{name} does not come back");
    }
}

/// A domain document; one that is accepted prints as one that is accepted, and that prints the same.
pub fn domain_xml(data: &[u8]) {
    use vir_model::domain::defaults::{Kernel, Rules, apply};
    use vir_model::domain::{Domain, ParseOptions};
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(mut domain) = Domain::parse(text, ParseOptions::default()) else { return };
    if apply(&mut domain, Rules::default(), &mut Kernel).is_err() {
        return;
    }
    let format = vir_xml::Format { secure: true, ..Default::default() };
    let printed = domain.to_xml(format);
    let mut again = Domain::parse(&printed, ParseOptions::default())
        .unwrap_or_else(|e| panic!("we do not read what we print: {e}\n{printed}"));
    apply(&mut again, Rules::default(), &mut Kernel).expect("what was whole stays whole");
    assert_eq!(again.to_xml(format), printed, "printing is not stable");
}

/// What daemons keep of running guests, and tell each other of those that move; as for [`domain_xml`].
pub fn kept_xml(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for name in ["domainstatus", "qemumigration"] {
        let document = vir_model::documents::named(name).expect("it is one");
        let Ok(printed) = (document.round)(text) else { continue };
        let again = (document.round)(&printed)
            .unwrap_or_else(|e| panic!("we do not read what we print: {e}\n{printed}"));
        assert_eq!(again, printed, "printing is not stable");
    }
}

/// A certificate that the other end has shown; what its name is matched with is part of it.
pub fn certificate(data: &[u8]) {
    use vir_tls::check::Role;
    let Some(read) = vir_tls::Certificate::read(data) else { return };
    let all = [read.name.clone(), format!("*{}?", read.name)];
    for role in [Role::Server, Role::Client, Role::Authority] {
        let _ = read.check("fuzz.pem", role);
    }
    for host in ["host.example", "a.b.example", "127.0.0.1", "::1", &read.name] {
        let _ = read.check_session(Role::Server, Some(host), None);
    }
    let _ = read.check_session(Role::Client, None, Some(&all));
}

/// A configuration file.
pub fn conf(data: &[u8]) {
    let _ = vir_base::conf::Conf::parse("fuzz.conf", data, vir_base::conf::Format::default());
}

/// A state document that another program left; one that is whole comes back as it is written.
pub fn state(data: &[u8]) {
    use vir_daemon::reexec::{Format, checker, write};
    let formats: [(&str, &dyn Format); 2] =
        [("virtlockd", &vir_lockd::state::FORMAT), ("virtlogd", &vir_logd::state::FORMAT)];
    for (daemon, format) in formats {
        let reading = checker::read(data, daemon, format);
        assert!(reading.damage.is_none() || !reading.faults.is_empty());
        let Ok(document) = checker::check(data, daemon, format) else { continue };
        let mut written = write::document(&document);
        written.push(0);
        written.extend(&document.attached);
        let again = checker::check(&written, daemon, format).expect("we read what we write");
        assert_eq!(again, document);
    }
}

/// What a lock daemon left. What is read of it, written down again, is read as the same.
pub fn journal(data: &[u8]) {
    use vir_lockd::journal::{line, read};
    use vir_lockd::record::Change;
    const BOOT: &str = "11111111-2222-3333-4444-555555555555";
    let contents = read::read(data, BOOT);
    let head = line::Head { version: line::VERSION, boot: BOOT.into(), next_id: contents.next_id };
    let spaces = contents.spaces.iter().cloned().map(Change::Space);
    let leases = contents.leases.values().cloned().map(Change::Put);
    let entries = spaces.chain(leases).map(line::Entry::Change);
    let again: String =
        std::iter::once(line::Entry::Head(head)).chain(entries).map(|e| line::encode(&e)).collect();
    assert_eq!(read::read(again.as_bytes(), BOOT), read::Contents { faults: vec![], ..contents });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn seeds_reach_every_type() {
        for make in [seeds::args as fn() -> Vec<Vec<u8>>, seeds::rets] {
            let mut reached = BTreeSet::new();
            for seed in make() {
                let which = u32::from_be_bytes(*seed.first_chunk().unwrap()) as usize;
                reached.insert(which);
            }
            assert_eq!(reached.len(), probe::ALL.len());
        }
    }

    #[test]
    fn seeds_reach_every_event() {
        // virDomainEventID has 28, of which two are two events each; 2 of networks, of pools, of devices and of
        // secrets; the monitor's
        assert!(seeds::of("event").len() >= 36, "{}", seeds::of("event").len());
    }

    #[test]
    fn seeds_and_past_findings_are_harmless() {
        let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/regressions");
        for (name, target) in TARGETS {
            for seed in seeds::of(name) {
                target(&seed);
            }
            let files = std::fs::read_dir(found.join(name)).into_iter().flatten().flatten();
            for file in files {
                target(&std::fs::read(file.path()).unwrap());
            }
        }
    }

    #[test]
    fn state_documents_survive_any_wrong_byte() {
        let seeds = seeds::of("state");
        assert_eq!(seeds.len(), 6);
        let whole = |seed: &[u8]| {
            use vir_daemon::reexec::checker::check;
            check(seed, "virtlockd", &vir_lockd::state::FORMAT).is_ok()
                || check(seed, "virtlogd", &vir_logd::state::FORMAT).is_ok()
        };
        for mut seed in seeds {
            assert!(whole(&seed), "{}", String::from_utf8_lossy(&seed));
            for at in (0..seed.len()).step_by(17) {
                for wrong in [b'9', b'"', b'}', b'-', 0xff] {
                    let right = std::mem::replace(&mut seed[at], wrong);
                    state(&seed);
                    seed[at] = right;
                }
            }
        }
    }
}
