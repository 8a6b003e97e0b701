//! Ways to suspend the host.

use crate::Host;
use std::time::Duration;
use vir_base::command::{Command, find_program};

/// A way to suspend the host (`virNodeSuspendTarget`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuspendTarget {
    /// To memory (S3).
    Memory,
    /// To disk (S4).
    Disk,
    /// To both.
    Hybrid,
}

/// Asking takes no longer than this, or the answer is no.
const PATIENCE: Duration = Duration::from_secs(5);

impl Host {
    /// The ways that the host's session manager, or else pm-utils, offers. Without either there is
    /// none, whatever the kernel could do.
    pub fn suspend_targets(&self) -> Vec<SuspendTarget> {
        let ways = [
            (SuspendTarget::Memory, "CanSuspend", "--suspend"),
            (SuspendTarget::Disk, "CanHibernate", "--hibernate"),
            (SuspendTarget::Hybrid, "CanHybridSleep", "--suspend-hybrid"),
        ];
        let offered =
            |method: &str, option: &str| logind(self, method).or_else(|| pm_utils(option)).unwrap_or(false);
        ways.iter().filter(|(_, method, option)| offered(method, option)).map(|(way, ..)| *way).collect()
    }
}

/// What systemd-logind answers; `None` without it.
fn logind(host: &Host, method: &str) -> Option<bool> {
    if !host.exists("run/systemd/system") || !host.exists("run/dbus/system_bus_socket") {
        return None;
    }
    let mut command = Command::new("busctl");
    let service = "org.freedesktop.login1";
    command.args(["--system", "call", service, "/org/freedesktop/login1"]);
    command.args(["org.freedesktop.login1.Manager", method]);
    let output = command.output(PATIENCE).ok().filter(|output| output.exit.success())?;
    Some(output.text().contains("\"yes\""))
}

/// What pm-utils answers; `None` without it.
fn pm_utils(option: &str) -> Option<bool> {
    find_program("pm-is-supported").ok()?;
    let mut command = Command::new("pm-is-supported");
    command.arg(option);
    Some(command.output(PATIENCE).ok()?.exit.success())
}
