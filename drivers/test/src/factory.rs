//! Opening connections: `test:///default`, shared by all of a program, and `test:///FILE`, each its own.

use crate::defaults;
use crate::definition::Definition;
use crate::domains::Adding;
use crate::driver::{Driver, State};
use crate::guest::Guest;
use crate::host::Host;
use crate::moments::snapshots;
use crate::node_file;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use vir_api::connection::DriverTraits;
use vir_api::constants as c;
use vir_api::{Connection, DriverFactory, Op, OpenRequest};
use vir_base::error::check_flags;
use vir_base::{ErrorDomain, Result, bail};
use vir_xml::Tree;

/// Opens test connections. A program has one: connections to `test:///default` share their objects as
/// long as one of them is open.
#[derive(Default)]
pub struct TestFactory {
    standard: Mutex<Weak<Driver>>,
}

impl DriverFactory for TestFactory {
    fn name(&self) -> &'static str {
        "Test"
    }

    fn schemes(&self) -> &'static [&'static str] {
        &["test"]
    }

    fn opens_at_once(&self, uri: &str) -> bool {
        path_of(uri) == "/default"
    }

    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection> {
        check_flags(ErrorDomain::Test, request.flags, c::VIR_CONNECT_RO, "testConnectOpen")?;
        let path = path_of(&request.uri);
        let driver = match path.as_str() {
            "" | "/" => bail!(Test, InvalidArg, "testOpen: supply a path or use test:///default"),
            "/default" => self.standard()?,
            file => Arc::new(node_file::open(file, request)?),
        };
        Ok(Connection {
            uri: request.uri.clone(),
            hypervisor: driver.clone(),
            network: Some(driver.clone()),
            storage: Some(driver.clone()),
            node_device: Some(driver.clone()),
            interface: Some(driver.clone()),
            secret: None,
            nwfilter: None,
            events: driver.events.clone(),
            traits: driver,
        })
    }
}

impl TestFactory {
    fn standard(&self) -> Result<Arc<Driver>> {
        let mut standard = self.standard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(driver) = standard.upgrade() {
            return Ok(driver);
        }
        let mut state = State::default();
        state.networks = defaults::networks()?;
        state.pools = defaults::pools()?;
        state.interfaces = defaults::interfaces()?;
        state.devices = defaults::devices()?;
        let definition = Definition::parse(defaults::DOMAIN)?;
        add(&mut state, definition, &Initial::default())?;
        let driver = Arc::new(Driver::new(Host::standard(), state));
        *standard = Arc::downgrade(&driver);
        Ok(driver)
    }
}

/// What a domain of a new connection is in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Initial {
    /// `virDomainState`.
    pub state: i32,
    /// It has no configuration.
    pub transient: bool,
    /// It was put aside.
    pub managed_save: bool,
    /// Its snapshots, or the names of the files they stand in.
    pub snapshots: Vec<Tree>,
}

impl Default for Initial {
    fn default() -> Self {
        Self { state: c::VIR_DOMAIN_RUNNING, transient: false, managed_save: false, snapshots: vec![] }
    }
}

/// Puts a domain into a new connection's state; without events: nobody listens yet.
pub(crate) fn add(state: &mut State, mut definition: Definition, initial: &Initial) -> Result<()> {
    let snapshots = snapshots::from_file(&initial.snapshots, definition.name())?;
    definition.name_interfaces()?;
    let runs = initial.state != c::VIR_DOMAIN_SHUTOFF;
    let taints = definition.taints();
    let id = if runs { state.take_id() } else { crate::guest::NO_ID };
    let (guest, _): (&mut Guest, _) = state.domains.add(definition, Adding::Config)?;
    guest.persistent = !initial.transient;
    if runs {
        guest.start(id, c::VIR_DOMAIN_RUNNING_BOOTED);
    }
    guest.managed_save = initial.managed_save;
    guest.taints = taints;
    guest.snapshots = snapshots;
    // what it was before is not known
    guest.set_state(initial.state, 0);
    Ok(())
}

/// The path of a URI, with what is escaped in it.
fn path_of(uri: &str) -> String {
    let rest = uri.split_once(':').map_or(uri, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = match rest.strip_prefix("//") {
        Some(authority) => authority.find('/').map_or("", |at| &authority[at..]),
        None => rest,
    };
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let [first, tail @ ..] = left {
        let escaped = match (first, tail) {
            (b'%', [high, low, rest @ ..]) => hex(*high).zip(hex(*low)).map(|(h, l)| (h << 4 | l, rest)),
            _ => None,
        };
        let (byte, rest) = escaped.unwrap_or((*first, tail));
        bytes.push(byte);
        left = rest;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

impl DriverTraits for Driver {
    /// Everything is in memory but images and core dumps; a snapshot looks for the files of disks.
    fn may_wait(&self, op: Op) -> bool {
        matches!(
            op,
            Op::DomainSave
                | Op::DomainSaveFlags
                | Op::DomainRestore
                | Op::DomainRestoreFlags
                | Op::DomainSaveImageGetXmlDesc
                | Op::DomainSaveImageDefineXml
                | Op::DomainCoreDump
                | Op::DomainCoreDumpWithFormat
                | Op::DomainSnapshotCreateXml
        )
    }

    /// Strings in typed parameters, descriptors, the right order of arguments in network updates.
    fn has_feature(&self, feature: i32) -> bool {
        [8, 9, 16].contains(&feature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_uris() {
        for (uri, path) in [
            ("test:///default", "/default"),
            ("test:///default?x=y", "/default"),
            ("test://", ""),
            ("test:", ""),
            ("test:///", "/"),
            ("test:///a%20b/c%2", "/a b/c%2"),
        ] {
            assert_eq!(path_of(uri), path, "{uri}");
        }
    }
}
