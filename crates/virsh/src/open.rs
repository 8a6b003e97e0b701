//! From a URI to an open connection: which driver serves it, in this process or through a daemon.

use crate::session::Link;
use vir_base::{Result, err};

/// What only a connection to a daemon can do.
pub trait Remote: Send + Sync {
    /// False once the connection is known to be broken.
    fn is_alive(&self) -> bool;

    /// Starts keepalive messages; false if the daemon does not answer them.
    fn keepalive(&self, interval: i32, count: u32) -> bool;

    /// The daemon's version, as a number of millions, thousands and ones.
    fn version(&self) -> Result<u64>;
}

/// Opens a connection. An empty URI means the default one.
pub fn open(uri: &str, _readonly: bool) -> Result<Link> {
    Err(err!(None, NoConnect, "no driver in this version for '{uri}'"))
}
