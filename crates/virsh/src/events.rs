//! Waiting for events, and events in words.

use crate::clock;
use crate::failure::{Failure, Outcome, fail};
use crate::shell::Shell;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use vir_api::event::{DomainEvent, Event, Filter};
use vir_base::error::errno_text;

use crate::stats::plain_text;

/// The kinds of domain events, by their numbers.
pub(crate) const NAMES: [&str; 28] = [
    "lifecycle",
    "reboot",
    "rtc-change",
    "watchdog",
    "io-error",
    "graphics",
    "io-error-reason",
    "control-error",
    "block-job",
    "disk-change",
    "tray-change",
    "pm-wakeup",
    "pm-suspend",
    "balloon-change",
    "pm-suspend-disk",
    "device-removed",
    "block-job-2",
    "tunable",
    "agent-lifecycle",
    "device-added",
    "migration-iteration",
    "job-completed",
    "device-removal-failed",
    "metadata-change",
    "block-threshold",
    "memory-failure",
    "memory-device-size-change",
    "nic-mac-change",
];

/// How to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// The first event is enough.
    pub(crate) once: bool,
    /// Put the time before each event.
    pub(crate) timestamp: bool,
    /// The longest wait, in milliseconds.
    pub(crate) timeout: Option<i32>,
}

/// Shows each event that passes one of the filters, in the words of `describe`, until one came, the
/// time is up, or the user has had enough. Fails silently if there was none.
pub(crate) fn watch(
    shell: &mut Shell,
    how: Watch,
    filters: Vec<Filter>,
    describe: impl Fn(&Event) -> Option<String> + Send + Sync + 'static,
) -> Outcome {
    let link = shell.session.link()?;
    let pipe = UnixStream::pair();
    let Ok((waiting, done)) = pipe else { fail!("failed to determine loop exit status: out of descriptors") };
    let interrupt = done.try_clone().and_then(|end| signal_hook::low_level::pipe::register(2, end));

    let seen = Arc::new(AtomicUsize::new(0));
    let count = seen.clone();
    // one at a time, so that lines and the count agree
    let done = Mutex::new(done);
    let sink = move |event: &Event| {
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        if how.once && count.load(Ordering::Relaxed) > 0 {
            return;
        }
        let Some(text) = describe(event) else { return };
        let time = if how.timestamp { clock::stamp() + ": " } else { String::new() };
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all((time + &text).as_bytes()).and_then(|()| stdout.flush());
        count.fetch_add(1, Ordering::Relaxed);
        if how.once {
            let _ = done.write_all(b"D");
        }
    };
    let sink: Arc<dyn Fn(&Event) + Send + Sync> = Arc::new(sink);
    let bus = &link.parts.events;
    let mut subscriptions = vec![];
    for filter in filters {
        subscriptions.push(bus.subscribe(filter, sink.clone())?);
    }
    let ended = wait(&waiting, how.timeout.map(|ms| Duration::from_millis(ms.unsigned_abs().into())));
    for subscription in subscriptions {
        bus.unsubscribe(subscription);
    }
    if let Ok(interrupt) = interrupt {
        signal_hook::low_level::unregister(interrupt);
    }
    match ended {
        Ok(Some(b'D')) => {}
        Ok(Some(_)) => shell.out.print("event loop interrupted\n"),
        Ok(None) => shell.out.print("event loop timed out\n"),
        Err(error) => {
            let text = errno_text(error.raw_os_error().unwrap_or_default());
            fail!("failed to determine loop exit status: {text}")
        }
    }
    let seen = seen.load(Ordering::Relaxed);
    shell.out.print(format!("events received: {seen}\n"));
    if seen > 0 { Ok(()) } else { Err(Failure::silent()) }
}

/// The first byte that someone writes: `D` when all came that was waited for, anything else for a
/// signal. `None` when the time is up.
fn wait(mut from: &UnixStream, timeout: Option<Duration>) -> std::io::Result<Option<u8>> {
    let end = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let left = left
            .map(|left| Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) });
        let mut ready = [PollFd::new(from, PollFlags::IN)];
        match poll(&mut ready, left.as_ref()) {
            Ok(0) => return Ok(None),
            Ok(_) => {
                let mut byte = [0];
                from.read_exact(&mut byte)?;
                return Ok(Some(byte[0]));
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn pick(texts: &[&'static str], at: i32, unknown: &'static str) -> &'static str {
    usize::try_from(at).ok().and_then(|at| texts.get(at)).copied().unwrap_or(unknown)
}

/// A domain event in words, with its line's end.
pub(crate) fn describe(name: &str, event: &DomainEvent) -> String {
    use DomainEvent as E;
    let kind = NAMES.get(event.id() as usize).copied().unwrap_or("unknown");
    let about = format!("event '{kind}' for domain '{name}'");
    let or_null = |text: &Option<String>| text.clone().unwrap_or_else(|| "<null>".to_owned());
    let listed = |params: &[vir_base::TypedParam]| {
        params.iter().map(|p| format!("\t{}: {}\n", p.field, plain_text(&p.value))).collect::<String>()
    };
    match event {
        E::Lifecycle { event, detail } => {
            let (event, detail) = lifecycle(*event, *detail);
            format!("{about}: {event} {detail}\n")
        }
        E::Reboot | E::ControlError | E::PmWakeup { .. } | E::PmSuspend { .. } | E::PmSuspendDisk { .. } => {
            format!("{about}\n")
        }
        E::RtcChange { offset } => format!("{about}: {offset}\n"),
        E::Watchdog { action } => {
            let actions = ["none", "pause", "reset", "poweroff", "shutdown", "debug", "inject-nmi"];
            format!("{about}: {}\n", pick(&actions, *action, "unknown"))
        }
        E::IoError { path, alias, action } => {
            format!("{about}: {path} ({alias}) {}\n", io_error(*action))
        }
        // the peer names both kinds of I/O errors alike
        E::IoErrorReason { path, alias, action, reason } => {
            format!(
                "event 'io-error' for domain '{name}': {path} ({alias}) {} due to {reason}\n",
                io_error(*action)
            )
        }
        E::Graphics { phase, local, remote, auth_scheme, subject } => {
            let phase = pick(&["connect", "initialize", "disconnect"], *phase, "unknown");
            let family = |family| pick(&["IPv4", "IPv6", "unix"], family, "unknown");
            let identities: String =
                subject.iter().map(|id| format!("\t{}={}\n", id.kind, id.name)).collect();
            format!(
                "{about}: {phase} local[{} {} {}] remote[{} {} {}] {auth_scheme}\n{identities}",
                family(local.family),
                local.node,
                local.service,
                family(remote.family),
                remote.node,
                remote.service
            )
        }
        E::BlockJob { path, kind, status } | E::BlockJob2 { dst: path, kind, status } => {
            let kinds =
                ["Unknown job", "Block Pull", "Block Copy", "Block Commit", "Active Block Commit", "Backup"];
            let kind = pick(&kinds, *kind, "Unknown job");
            let status = pick(&["completed", "failed", "canceled", "ready"], *status, "unknown");
            format!("{about}: {kind} for {path} {status}\n")
        }
        E::DiskChange { old, new, alias, reason } => {
            let reason = pick(&["changed", "dropped"], *reason, "unknown");
            format!("{about} disk {alias}: {} -> {}: {reason}\n", or_null(old), or_null(new))
        }
        E::TrayChange { alias, reason } => {
            format!("{about} disk {alias}: {}\n", pick(&["opened", "closed"], *reason, "unknown"))
        }
        E::BalloonChange { actual } => format!("{about}: {actual}KiB\n"),
        E::DeviceRemoved { alias } | E::DeviceAdded { alias } | E::DeviceRemovalFailed { alias } => {
            format!("{about}: {alias}\n")
        }
        E::Tunable { params } | E::JobCompleted { params } => format!("{about}:\n{}", listed(params)),
        E::AgentLifecycle { state, reason } => {
            let state = pick(&["unknown", "connected", "disconnected"], *state, "unsupported value");
            let reason = pick(&["unknown", "domain started", "channel event"], *reason, "unsupported value");
            format!("{about}: state: '{state}' reason: '{reason}'\n")
        }
        E::MigrationIteration { iteration } => format!("{about}: iteration: '{iteration}'\n"),
        E::MetadataChange { kind, nsuri } => {
            let kind = pick(&["description", "title", "element"], *kind, "unsupported value");
            format!("{about}: type {kind}, uri {}\n", or_null(nsuri))
        }
        E::BlockThreshold { dev, path, threshold, excess } => {
            format!("{about}: dev: {dev}({}) {threshold} {excess}\n", or_null(path))
        }
        E::MemoryFailure { recipient, action, flags } => {
            let recipient = pick(&["hypervisor", "guest"], *recipient, "unsupported value");
            let action = pick(&["ignore", "inject", "fatal", "reset"], *action, "unsupported value");
            format!(
                "{about}:\nrecipient: {recipient}\naction: {action}\n\
                 flags:\n\taction required: {}\n\trecursive: {}\n",
                flags & 1,
                flags >> 1 & 1
            )
        }
        E::MemoryDeviceSizeChange { alias, size } => format!("{about}:\nalias: {alias}\nsize: {size}\n"),
        E::NicMacChange { alias, old, new } => {
            format!("{about}:\nalias: {alias}\noldMAC: {old}\nnewMAC: {new}\n")
        }
    }
}

fn io_error(action: i32) -> &'static str {
    pick(&["none", "pause", "report"], action, "unknown")
}

/// A change of a domain's life, and the kind of it.
fn lifecycle(event: i32, detail: i32) -> (&'static str, &'static str) {
    const EVENTS: [(&str, &[&str]); 9] = [
        ("Defined", &["Added", "Updated", "Renamed", "Snapshot"]),
        ("Undefined", &["Removed", "Renamed"]),
        ("Started", &["Booted", "Migrated", "Restored", "Snapshot", "Event wakeup"]),
        (
            "Suspended",
            &[
                "Paused",
                "Migrated",
                "I/O Error",
                "Watchdog",
                "Restored",
                "Snapshot",
                "API error",
                "Post-copy",
                "Post-copy Error",
            ],
        ),
        ("Resumed", &["Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error"]),
        ("Stopped", &["Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot"]),
        ("Shutdown", &["Finished", "Finished after guest request", "Finished after host request"]),
        ("PMSuspended", &["Memory", "Disk"]),
        ("Crashed", &["Panicked", "Crashloaded"]),
    ];
    match usize::try_from(event).ok().and_then(|at| EVENTS.get(at)) {
        Some((event, details)) => (event, pick(details, detail, "unknown")),
        None => ("unknown", "unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_words() {
        let started = DomainEvent::Lifecycle { event: 2, detail: 0 };
        assert_eq!(describe("vm", &started), "event 'lifecycle' for domain 'vm': Started Booted\n");
        let strange = DomainEvent::Lifecycle { event: 99, detail: -1 };
        assert_eq!(describe("vm", &strange), "event 'lifecycle' for domain 'vm': unknown unknown\n");
        assert_eq!(describe("vm", &DomainEvent::Reboot), "event 'reboot' for domain 'vm'\n");
    }

    #[test]
    fn waiting_ends_by_a_byte_or_by_time() {
        let (near, mut far) = UnixStream::pair().unwrap();
        assert_eq!(wait(&near, Some(Duration::from_millis(1))).unwrap(), None);
        far.write_all(b"D").unwrap();
        assert_eq!(wait(&near, None).unwrap(), Some(b'D'));
    }
}
