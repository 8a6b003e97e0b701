//! The host's policy on who may use the daemon.

use vir_base::process::start_time;
use vir_base::{Result, err};
use vir_host::polkit::{Subject, check};
use vir_rpc::auth::{PolkitHook, UnixIdentity};

/// Asks polkit.
pub struct Polkit;

impl PolkitHook for Polkit {
    fn check(&self, who: &UnixIdentity, action: &str) -> Result<()> {
        // with its start a process cannot be taken for another that has had its number
        let start = start_time(who.pid)
            .map_err(|_| err!(None, InternalError, "Cannot find start time for pid {}", who.pid))?;
        check(Subject { pid: who.pid, start, uid: who.uid }, action)
    }
}
