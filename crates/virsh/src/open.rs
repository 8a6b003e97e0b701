//! From a URI to an open connection: which driver serves it, in this process or through a daemon.

use crate::session::Link;
use std::sync::{Arc, OnceLock};
use vir_api::caller::Identity;
use vir_api::constants::VIR_CONNECT_RO;
use vir_api::{Caller, DriverFactory, OpenRequest};
use vir_base::conf::{Conf, Value};
use vir_base::paths::Paths;
use vir_base::{Result, err};
use vir_driver_test::TestFactory;
use vir_remote::{OpenOptions, RemoteDriver};

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
    let uri = resolve(uri)?;
    if !uri.is_empty() && !uri.contains(':') {
        return Err(err!(None, NoConnect, "URI '{uri}' does not include a driver name"));
    }
    if is_local_test(&uri) {
        return in_process(test_factory(), &uri, readonly);
    }
    let options = OpenOptions { read_only: readonly, autostart: true, ..OpenOptions::default() };
    let (parts, driver) = vir_remote::open(&uri, options)?;
    let caller = Caller { read_only: readonly, ..Caller::default() };
    Ok(Link { hv: parts.hypervisor.clone(), parts, caller, remote: Some(Box::new(driver)) })
}

/// `test:///…`: neither a transport nor a server.
fn is_local_test(uri: &str) -> bool {
    uri.strip_prefix("test://").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

/// The URI that is meant: the user's default for none, the real one for an alias of the configuration.
/// Where the user has no default either, the daemon chooses.
fn resolve(uri: &str) -> Result<String> {
    let conf = client_configuration()?;
    if uri.is_empty() {
        if let Some(uri) = std::env::var("LIBVIRT_DEFAULT_URI").ok().filter(|uri| !uri.is_empty()) {
            return Ok(uri);
        }
        if let Some(uri) = conf.string("uri_default")? {
            return Ok(uri.to_owned());
        }
        return Ok(String::new());
    }
    let is_name = uri.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let aliases = match conf.get("uri_aliases") {
        Some(Value::List(aliases)) if is_name => aliases.as_slice(),
        _ => &[],
    };
    for alias in aliases {
        if let Value::String(alias) = alias
            && let Some((name, target)) = alias.split_once('=')
            && name == uri
        {
            return Ok(target.to_owned());
        }
    }
    Ok(uri.to_owned())
}

/// `libvirt.conf`: the system's for root, the user's own for others.
fn client_configuration() -> Result<Conf> {
    Conf::read_if_exists(Paths::of_this_user()?.config_file("libvirt.conf"))
}
