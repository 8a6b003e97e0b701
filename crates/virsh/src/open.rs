//! From a URI to an open connection: which driver serves it, in this process or through a daemon.

use crate::session::Link;
use std::sync::Arc;
use vir_api::Caller;
use vir_base::Result;
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
    let options = OpenOptions { read_only: readonly, autostart: true };
    let (parts, driver) = vir_remote::open(uri, options)?;
    let caller = Caller { read_only: readonly, ..Caller::default() };
    Ok(Link { hv: parts.hypervisor.clone(), parts, caller, remote: Some(Box::new(driver)) })
}
