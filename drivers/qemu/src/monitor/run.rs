//! Commands that run, stop, reset and end a guest, and those that act on it as a person would.

use super::{Monitor, malformed, refused};
use serde_json::{Value, json};
use std::os::fd::BorrowedFd;
use vir_base::{Result, err};

/// Whether the guest's processors run, and QEMU's word for why (`running`, `paused`, `prelaunch`,
/// `inmigrate`, `shutdown`, `internal-error`, `io-error`, `guest-panicked`, …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunState {
    /// The processors run.
    pub running: bool,
    /// QEMU's run state.
    pub status: String,
}

impl Monitor {
    /// `query-status`.
    pub fn query_status(&self) -> Result<RunState> {
        let reply = self.run("query-status")?;
        match (reply["running"].as_bool(), reply["status"].as_str()) {
            (Some(running), status) => {
                Ok(RunState { running, status: status.unwrap_or_default().to_owned() })
            }
            _ => Err(err!(Qemu, InternalError, "query-status reply was missing running state")),
        }
    }

    /// `cont`: lets the processors run.
    pub fn cont(&self) -> Result<()> {
        self.run("cont").map(drop)
    }

    /// `stop`: stops the processors.
    pub fn stop(&self) -> Result<()> {
        self.run("stop").map(drop)
    }

    /// `system_powerdown`: presses the power button. The guest may ignore it.
    pub fn system_powerdown(&self) -> Result<()> {
        self.run("system_powerdown").map(drop)
    }

    /// `system_reset`: presses the reset button.
    pub fn system_reset(&self) -> Result<()> {
        self.run("system_reset").map(drop)
    }

    /// `system_wakeup`: wakes the guest from sleep.
    pub fn system_wakeup(&self) -> Result<()> {
        self.run("system_wakeup").map(drop)
    }

    /// `quit`: ends the process. It may be gone before its answer arrives; that is success.
    pub fn quit(&self) -> Result<()> {
        match self.run("quit") {
            Ok(_) => Ok(()),
            Err(_) if self.closed().is_some() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// `inject-nmi`.
    pub fn inject_nmi(&self) -> Result<()> {
        self.run("inject-nmi").map(drop)
    }

    /// `send-key`: presses all `keys` (QEMU's key numbers) together for `hold_ms` milliseconds,
    /// or for QEMU's default time where that is 0.
    pub fn send_key(&self, keys: &[u32], hold_ms: u32) -> Result<()> {
        let keys: Vec<Value> = keys.iter().map(|k| json!({"type": "number", "data": k})).collect();
        let hold = (hold_ms > 0).then_some(hold_ms);
        self.execute("send-key", json!({"keys": keys, "hold-time": hold})).map(drop)
    }

    /// `screendump`: writes the picture of a screen to `file` in the form `format` (`png`, `ppm`).
    pub fn screendump(&self, file: &str, device: Option<&str>, head: u32, format: &str) -> Result<()> {
        let head = device.is_some().then_some(head);
        let arguments = json!({"filename": file, "device": device, "head": head, "format": format});
        self.execute("screendump", arguments).map(drop)
    }

    /// `set-action`: what QEMU does when the guest shuts down (`shutdown`, `pause`) or reboots
    /// (`reset`, `shutdown`).
    pub fn set_action(&self, shutdown: Option<&str>, reboot: Option<&str>) -> Result<()> {
        self.execute("set-action", json!({"shutdown": shutdown, "reboot": reboot})).map(drop)
    }

    /// `human-monitor-command`: a line for the old monitor, answered with text.
    pub fn human(&self, line: &str) -> Result<String> {
        let arguments = json!({"command-line": line}).as_object().cloned();
        match self.raw("human-monitor-command", arguments, None)? {
            Ok(Value::String(text)) => Ok(text),
            Ok(_) => Err(malformed("human-monitor-command")),
            Err(refusal) if refusal.class == "CommandNotFound" => {
                Err(err!(Qemu, OperationUnsupported, "Human monitor command is not available to run {line}"))
            }
            Err(refusal) => Err(refused("human-monitor-command", &refusal)),
        }
    }

    /// `getfd`: gives QEMU a descriptor under a name.
    pub fn getfd(&self, name: &str, fd: BorrowedFd<'_>) -> Result<()> {
        self.execute_with_fd("getfd", json!({"fdname": name}), fd).map(drop)
    }

    /// `closefd`: takes back a name that [`Monitor::getfd`] gave.
    pub fn closefd(&self, name: &str) -> Result<()> {
        self.execute("closefd", json!({"fdname": name})).map(drop)
    }

    /// `add-fd`: gives QEMU a descriptor as `/dev/fdset/SET`.
    pub fn add_fd(&self, set: u32, fd: BorrowedFd<'_>) -> Result<()> {
        self.execute_with_fd("add-fd", json!({"fdset-id": set}), fd).map(drop)
    }

    /// `remove-fd`: takes back a whole set.
    pub fn remove_fd(&self, set: u32) -> Result<()> {
        self.execute("remove-fd", json!({"fdset-id": set})).map(drop)
    }

    /// `set_link`: plugs or pulls the cable of a network device.
    pub fn set_link(&self, device: &str, up: bool) -> Result<()> {
        self.execute("set_link", json!({"name": device, "up": up})).map(drop)
    }
}
