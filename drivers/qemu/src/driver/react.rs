//! What a QEMU event means for a guest: the change of its state, the events that clients get, and
//! what is left to do elsewhere. Pure: runs on the reactor's thread under the guest's lock.

use crate::guest::unplug::Departure;
use crate::guest::{Ending, View};
use crate::model;
use crate::monitor::{Event as QmpEvent, MigrateStatus};
use serde_json::Value;
use vir_api::constants::*;
use vir_api::event::DomainEvent;
use vir_api::types::{DomainEventGraphicsAddress, DomainEventGraphicsIdentity};

/// What is left to do after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chore {
    /// Write down the state.
    SaveStatus,
    /// Its processors have stopped, or run: its leases follow.
    Leases,
    /// The guest is off: end the process.
    End,
    /// The guest is off, but is to boot again.
    BootAgain,
    /// The guest has let go of the device of that alias, for which nobody waits.
    Unplugged(String),
}

/// What a QEMU event leads to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reaction {
    pub(super) events: Vec<DomainEvent>,
    pub(super) chores: Vec<Chore>,
}

impl Reaction {
    fn tell(&mut self, event: DomainEvent) {
        self.events.push(event);
    }

    fn lifecycle(&mut self, event: i32, detail: i32) {
        self.tell(DomainEvent::Lifecycle { event, detail });
        self.chores.push(Chore::SaveStatus);
        if matches!(event, VIR_DOMAIN_EVENT_SUSPENDED | VIR_DOMAIN_EVENT_RESUMED) {
            self.chores.push(Chore::Leases);
        }
    }
}

/// Takes in an event of the instance `id`.
pub(super) fn react(view: &mut View, id: i32, event: &QmpEvent) -> Reaction {
    let mut out = Reaction::default();
    if view.live.as_ref().is_none_or(|l| l.id != id) {
        return out;
    }
    let data = &event.data;
    match event.name.as_str() {
        "STOP" => stopped(view, &mut out),
        "RESUME" => resumed(view, &mut out),
        "SHUTDOWN" => shut_down(view, data, &mut out),
        "RESET" => reset(view, &mut out),
        "RTC_CHANGE" => out.tell(DomainEvent::RtcChange { offset: data["offset"].as_i64().unwrap_or(0) }),
        "WATCHDOG" => watchdog(view, data, &mut out),
        "BLOCK_IO_ERROR" => io_error(view, data, &mut out),
        "BALLOON_CHANGE" => balloon(view, data, &mut out),
        "DEVICE_TRAY_MOVED" => tray(view, data, &mut out),
        "SUSPEND" => {
            out.tell(DomainEvent::PmSuspend { reason: 0 });
            if view.state == VIR_DOMAIN_RUNNING {
                set(view, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
                out.lifecycle(VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY);
            }
        }
        "SUSPEND_DISK" => {
            out.tell(DomainEvent::PmSuspendDisk { reason: 0 });
            if view.state == VIR_DOMAIN_RUNNING {
                set(view, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN);
                out.lifecycle(VIR_DOMAIN_EVENT_PMSUSPENDED, VIR_DOMAIN_EVENT_PMSUSPENDED_DISK);
            }
        }
        "WAKEUP" => {
            out.tell(DomainEvent::PmWakeup { reason: 0 });
            if view.state == VIR_DOMAIN_PMSUSPENDED {
                set(view, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP);
                out.lifecycle(VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_WAKEUP);
            }
        }
        "GUEST_PANICKED" => {
            set(view, VIR_DOMAIN_CRASHED, VIR_DOMAIN_CRASHED_PANICKED);
            out.lifecycle(VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED);
        }
        "DEVICE_DELETED" => departed(view, data, Departure::Gone, &mut out),
        "DEVICE_UNPLUG_GUEST_ERROR" => departed(view, data, Departure::Refused, &mut out),
        "VSERPORT_CHANGE" => channel(view, data, &mut out),
        "VNC_CONNECTED" => graphics(data, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT, &mut out),
        "VNC_INITIALIZED" => graphics(data, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE, &mut out),
        "VNC_DISCONNECTED" => graphics(data, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT, &mut out),
        "MIGRATION" => {
            if let (Some(live), Some(word)) = (&view.live, data["status"].as_str()) {
                live.migration.set(MigrateStatus::from_word(word));
            }
        }
        "MIGRATION_PASS" => {
            let pass = data["pass"].as_i64().and_then(|p| p.try_into().ok()).unwrap_or(0);
            out.tell(DomainEvent::MigrationIteration { iteration: pass });
        }
        _ => {}
    }
    out
}

fn set(view: &mut View, state: i32, reason: i32) {
    view.state = state;
    view.reason = reason;
}

fn stopped(view: &mut View, out: &mut Reaction) {
    let Some(live) = view.live.as_mut() else { return };
    let reason = live.next_reason.take().unwrap_or(VIR_DOMAIN_PAUSED_UNKNOWN);
    // a guest that reboots by the power button is off for a moment that nobody is to see
    if view.state == VIR_DOMAIN_RUNNING && !(live.fake_reboot || model::restarts_on_poweroff(&live.def)) {
        set(view, VIR_DOMAIN_PAUSED, reason);
        out.lifecycle(VIR_DOMAIN_EVENT_SUSPENDED, suspended_detail(reason));
    }
}

/// The detail of the event for a reason to be paused.
pub(super) fn suspended_detail(reason: i32) -> i32 {
    match reason {
        VIR_DOMAIN_PAUSED_MIGRATION => VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED,
        VIR_DOMAIN_PAUSED_FROM_SNAPSHOT => VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT,
        _ => VIR_DOMAIN_EVENT_SUSPENDED_PAUSED,
    }
}

fn resumed(view: &mut View, out: &mut Reaction) {
    let Some(live) = view.live.as_mut() else { return };
    let reason = live.next_reason.take().unwrap_or(VIR_DOMAIN_RUNNING_UNPAUSED);
    if view.state != VIR_DOMAIN_RUNNING {
        live.io_errors.clear();
        set(view, VIR_DOMAIN_RUNNING, reason);
        let detail = match reason {
            VIR_DOMAIN_RUNNING_RESTORED | VIR_DOMAIN_RUNNING_FROM_SNAPSHOT => {
                VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT
            }
            VIR_DOMAIN_RUNNING_MIGRATED | VIR_DOMAIN_RUNNING_MIGRATION_CANCELED => {
                VIR_DOMAIN_EVENT_RESUMED_MIGRATED
            }
            _ => VIR_DOMAIN_EVENT_RESUMED_UNPAUSED,
        };
        out.lifecycle(VIR_DOMAIN_EVENT_RESUMED, detail);
    }
}

fn shut_down(view: &mut View, data: &Value, out: &mut Reaction) {
    let Some(live) = view.live.as_mut() else { return };
    if view.state == VIR_DOMAIN_SHUTDOWN || live.ending.is_some() {
        return;
    }
    if live.fake_reboot || model::restarts_on_poweroff(&live.def) {
        out.chores.push(Chore::BootAgain);
        return;
    }
    live.ending = Some(Ending::SHUTDOWN);
    set(view, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
    let detail = match data["guest"].as_bool() {
        Some(true) => VIR_DOMAIN_EVENT_SHUTDOWN_GUEST,
        Some(false) => VIR_DOMAIN_EVENT_SHUTDOWN_HOST,
        None => VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED,
    };
    out.lifecycle(VIR_DOMAIN_EVENT_SHUTDOWN, detail);
    out.chores.push(Chore::End);
}

fn reset(view: &mut View, out: &mut Reaction) {
    let Some(live) = view.live.as_mut().filter(|l| !l.starting) else { return };
    live.fake_reboot = false;
    out.tell(DomainEvent::Reboot);
    out.chores.push(Chore::SaveStatus);
}

fn watchdog(view: &mut View, data: &Value, out: &mut Reaction) {
    let action = match data["action"].as_str() {
        Some("pause") => VIR_DOMAIN_EVENT_WATCHDOG_PAUSE,
        Some("reset") => VIR_DOMAIN_EVENT_WATCHDOG_RESET,
        Some("poweroff") => VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF,
        Some("shutdown") => VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN,
        Some("debug") => VIR_DOMAIN_EVENT_WATCHDOG_DEBUG,
        Some("inject-nmi") => VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI,
        _ => VIR_DOMAIN_EVENT_WATCHDOG_NONE,
    };
    out.tell(DomainEvent::Watchdog { action });
    if action == VIR_DOMAIN_EVENT_WATCHDOG_PAUSE && view.state == VIR_DOMAIN_RUNNING {
        set(view, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG);
        out.lifecycle(VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG);
    }
}

fn io_error(view: &mut View, data: &Value, out: &mut Reaction) {
    let Some(live) = view.live.as_mut() else { return };
    let device = data["device"].as_str().filter(|d| !d.is_empty());
    let name = device.or(data["qom-path"].as_str()).unwrap_or_default();
    let (alias, target, path) = model::disk_by_device(&live.def, name).unwrap_or_default();
    let action = match data["action"].as_str() {
        Some("stop") => VIR_DOMAIN_EVENT_IO_ERROR_PAUSE,
        Some("report") => VIR_DOMAIN_EVENT_IO_ERROR_REPORT,
        _ => VIR_DOMAIN_EVENT_IO_ERROR_NONE,
    };
    let nospace = data["nospace"].as_bool().unwrap_or(false);
    let reason = match (nospace, data["reason"].is_string()) {
        (true, _) => "enospc",
        (false, true) => "message",
        (false, false) => "",
    };
    out.tell(DomainEvent::IoError { path: path.clone(), alias: alias.clone(), action });
    out.tell(DomainEvent::IoErrorReason { path, alias, action, reason: reason.to_owned() });
    if action == VIR_DOMAIN_EVENT_IO_ERROR_PAUSE && view.state == VIR_DOMAIN_RUNNING {
        let kind = if nospace { VIR_DOMAIN_DISK_ERROR_NO_SPACE } else { VIR_DOMAIN_DISK_ERROR_UNSPEC };
        live.io_errors.push((target, kind));
        set(view, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_IOERROR);
        out.lifecycle(VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_IOERROR);
    }
}

fn balloon(view: &mut View, data: &Value, out: &mut Reaction) {
    if let (Some(live), Some(bytes)) = (view.live.as_mut(), data["actual"].as_u64()) {
        live.balloon = Some(bytes.div_ceil(1024));
        out.tell(DomainEvent::BalloonChange { actual: bytes.div_ceil(1024) });
        out.chores.push(Chore::SaveStatus);
    }
}

/// A device is gone, or stays: who waits for it goes on; what nobody waits for is done elsewhere.
fn departed(view: &View, data: &Value, departure: Departure, out: &mut Reaction) {
    let (Some(live), Some(alias)) = (&view.live, data["device"].as_str()) else { return };
    let awaited = live.unplug.tell(alias, departure);
    match departure {
        Departure::Refused => out.tell(DomainEvent::DeviceRemovalFailed { alias: alias.to_owned() }),
        Departure::Gone if !awaited => out.chores.push(Chore::Unplugged(alias.to_owned())),
        Departure::Gone => {}
    }
}

fn tray(view: &mut View, data: &Value, out: &mut Reaction) {
    let Some(live) = view.live.as_mut() else { return };
    let name = data["device"].as_str().filter(|d| !d.is_empty()).or(data["id"].as_str()).unwrap_or_default();
    if let Some((alias, ..)) = model::disk_by_device(&live.def, name) {
        let open = data["tray-open"].as_bool().unwrap_or(false);
        let reason =
            if open { VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN } else { VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE };
        live.def = model::with_tray(&live.def, &alias, open);
        live.trays.set(open);
        out.tell(DomainEvent::TrayChange { alias, reason });
        out.chores.push(Chore::SaveStatus);
    }
}

fn channel(view: &mut View, data: &Value, out: &mut Reaction) {
    let (Some(live), Some(id), Some(open)) =
        (view.live.as_mut(), data["id"].as_str(), data["open"].as_bool())
    else {
        return;
    };
    let Some(def) = model::with_channel_state(&live.def, id, open) else { return };
    let is_agent = model::channel_name(&def, id) == Some("org.qemu.guest_agent.0");
    live.def = def;
    if is_agent {
        let state = match open {
            true => VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED,
            false => VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED,
        };
        let reason = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL;
        out.tell(DomainEvent::AgentLifecycle { state, reason });
    }
    out.chores.push(Chore::SaveStatus);
}

fn graphics(data: &Value, phase: i32, out: &mut Reaction) {
    let address = |side: &Value| DomainEventGraphicsAddress {
        family: match side["family"].as_str() {
            Some("ipv6") => VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6,
            Some("unix") => VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX,
            _ => VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4,
        },
        node: side["host"].as_str().unwrap_or_default().to_owned(),
        service: side["service"].as_str().unwrap_or_default().to_owned(),
    };
    let (server, client) = (&data["server"], &data["client"]);
    let identity = |kind: &str, field: &str| {
        let name = client[field].as_str()?.to_owned();
        Some(DomainEventGraphicsIdentity { kind: kind.to_owned(), name })
    };
    let subject = [identity("x509dname", "x509_dname"), identity("saslUsername", "sasl_username")];
    out.tell(DomainEvent::Graphics {
        phase,
        local: address(server),
        remote: address(client),
        auth_scheme: server["auth"].as_str().unwrap_or_default().to_owned(),
        subject: subject.into_iter().flatten().collect(),
    });
}
