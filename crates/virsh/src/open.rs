//! From a URI to an open connection: which driver serves it, in this process or through a daemon.

use crate::agent::Agent;
use crate::credentials::Person;
use crate::session::Link;
use std::sync::{Arc, OnceLock};
use vir_api::auth::Credentials;
use vir_api::caller::Identity;
use vir_api::constants::VIR_CONNECT_RO;
use vir_api::{Caller, DriverFactory, OpenRequest};
use vir_base::{ErrorCode, ErrorDomain, Result};
use vir_driver_test::TestFactory;
use vir_remote::{Destination, OpenOptions, RemoteDriver};

/// How often a wrong password is asked for again.
const ATTEMPTS: u32 = 5;

/// What only a connection to a daemon can do.
pub trait Remote: Send + Sync {
    /// False once the connection is known to be broken.
    fn is_alive(&self) -> bool;

    /// Starts keepalive messages; false if the daemon does not answer them.
    fn keepalive(&self, interval: i32, count: u32) -> bool;

    /// The daemon's version, as a number of millions, thousands and ones.
    fn version(&self) -> Result<u64>;
}

impl Remote for Arc<RemoteDriver> {
    fn is_alive(&self) -> bool {
        RemoteDriver::is_alive(self)
    }

    fn keepalive(&self, interval: i32, count: u32) -> bool {
        u32::try_from(interval).is_ok_and(|interval| RemoteDriver::keepalive(self, interval, count))
    }

    fn version(&self) -> Result<u64> {
        self.lib_version()
    }
}

/// Opens a connection. An empty URI means the default one.
pub fn open(uri: &str, readonly: bool) -> Result<Link> {
    let uri = match Destination::of(uri, true)? {
        Destination::Here(uri) => return in_process(test_factory(), &uri, readonly),
        Destination::Daemon(uri) => uri,
    };
    let credentials = Some(&Person as &dyn Credentials);
    let options = OpenOptions { read_only: readonly, autostart: true, credentials, ..OpenOptions::default() };
    let (parts, driver) = with_agent(readonly, || vir_remote::open(&uri, options))?;
    let caller = Caller { read_only: readonly, ..Caller::default() };
    Ok(Link { hv: parts.hypervisor.clone(), parts, caller, remote: Some(Box::new(driver)) })
}

/// Opens while an agent is there to ask for a password, if the daemon's host wants one.
fn with_agent<T>(readonly: bool, open: impl Fn() -> Result<T>) -> Result<T> {
    let mut agent = Agent::start();
    let mut refused = 0;
    loop {
        let error = match open() {
            Err(error) if !readonly && error.domain() == ErrorDomain::Polkit => error,
            opened => return opened,
        };
        match error.code() {
            // it may be able to start now
            ErrorCode::AuthUnavailable if agent.is_none() => match Agent::start() {
                None => return Err(error),
                started => agent = started,
            },
            ErrorCode::AuthFailed if refused < ATTEMPTS - 1 => refused += 1,
            _ => return Err(error),
        }
    }
}

/// The test driver of this program: connections to the same place see the same objects.
fn test_factory() -> &'static TestFactory {
    static FACTORY: OnceLock<TestFactory> = OnceLock::new();
    FACTORY.get_or_init(TestFactory::default)
}

fn in_process(factory: &dyn DriverFactory, uri: &str, readonly: bool) -> Result<Link> {
    let identity = Arc::new(Identity::default());
    let flags = if readonly { VIR_CONNECT_RO } else { 0 };
    let parts = factory.open(&OpenRequest {
        uri: uri.to_owned(),
        flags,
        identity: identity.clone(),
        credentials: None,
    })?;
    let parts = if readonly { parts.for_reading() } else { parts };
    let caller = Caller { identity, read_only: readonly, ..Caller::default() };
    Ok(Link { hv: parts.hypervisor.clone(), parts, caller, remote: None })
}
