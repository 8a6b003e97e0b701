//! Events of a connection to a daemon: registering, reading, and from messages back to events.

use crate::RemoteDriver;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::sync::{Arc, Weak};
use std::time::Duration;
use vir_api::event::{
    DomainEvent, Event, EventBus, Filter, NetworkEvent, NodeDeviceEvent, SecretEvent, StoragePoolEvent,
    Upstream,
};
use vir_base::refs::*;
use vir_base::{Error, ErrorDomain, Result};
use vir_proto::procedures::{qemu, remote};
use vir_proto::wire::*;
use vir_proto::xdr::{Decoder, Xdr};
use vir_rpc::client::Client;

/// Registers with the daemon what is subscribed to here.
pub(crate) struct Registrar(Weak<RemoteDriver>);

impl Registrar {
    pub(crate) fn new(driver: &Arc<RemoteDriver>) -> Self {
        Self(Arc::downgrade(driver))
    }
}

/// A reference by which only the UUID is looked at.
fn dom(uuid: Option<vir_base::Uuid>) -> Option<DomainRef> {
    uuid.map(|uuid| DomainRef { uuid, id: -1, ..DomainRef::default() })
}

impl Upstream for Registrar {
    fn register(&self, filter: &Filter) -> Result<i32> {
        let Some(driver) = self.0.upgrade() else {
            return Err(Error::bare(ErrorDomain::Remote, vir_base::ErrorCode::InvalidConn));
        };
        macro_rules! ask {
            ($number:ident, $args:expr, $ret:ident) => {{
                let ret: $ret = driver.call(remote::PROGRAM, remote::$number, &$args)?;
                Ok(ret.callback_id)
            }};
        }
        match filter.clone() {
            Filter::Domain { id: event_id, only } => ask!(
                CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
                ConnectDomainEventCallbackRegisterAnyArgs { event_id, dom: dom(only) },
                ConnectDomainEventCallbackRegisterAnyRet
            ),
            Filter::Network { id: event_id, only } => {
                let net = only.map(|uuid| NetworkRef { uuid, ..NetworkRef::default() });
                ask!(
                    CONNECT_NETWORK_EVENT_REGISTER_ANY,
                    ConnectNetworkEventRegisterAnyArgs { event_id, net },
                    ConnectNetworkEventRegisterAnyRet
                )
            }
            Filter::StoragePool { id: event_id, only } => {
                let pool = only.map(|uuid| StoragePoolRef { uuid, ..StoragePoolRef::default() });
                ask!(
                    CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY,
                    ConnectStoragePoolEventRegisterAnyArgs { event_id, pool },
                    ConnectStoragePoolEventRegisterAnyRet
                )
            }
            Filter::NodeDevice { id: event_id, only } => {
                let dev = only.map(|name| NodeDeviceRef { name });
                ask!(
                    CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY,
                    ConnectNodeDeviceEventRegisterAnyArgs { event_id, dev },
                    ConnectNodeDeviceEventRegisterAnyRet
                )
            }
            Filter::Secret { id: event_id, only } => {
                let secret = only.map(|uuid| SecretRef { uuid, ..SecretRef::default() });
                ask!(
                    CONNECT_SECRET_EVENT_REGISTER_ANY,
                    ConnectSecretEventRegisterAnyArgs { event_id, secret },
                    ConnectSecretEventRegisterAnyRet
                )
            }
            Filter::QemuMonitor { only, event, flags } => {
                let args = ConnectDomainMonitorEventRegisterArgs { dom: dom(only), event, flags };
                let ret: ConnectDomainMonitorEventRegisterRet =
                    driver.call(qemu::PROGRAM, qemu::CONNECT_DOMAIN_MONITOR_EVENT_REGISTER, &args)?;
                Ok(ret.callback_id)
            }
        }
    }

    fn deregister(&self, filter: &Filter, callback_id: i32) {
        let Some(driver) = self.0.upgrade() else { return };
        let (program, procedure) = match filter {
            Filter::Domain { .. } => (remote::PROGRAM, remote::CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY),
            Filter::Network { .. } => (remote::PROGRAM, remote::CONNECT_NETWORK_EVENT_DEREGISTER_ANY),
            Filter::StoragePool { .. } => {
                (remote::PROGRAM, remote::CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY)
            }
            Filter::NodeDevice { .. } => (remote::PROGRAM, remote::CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY),
            Filter::Secret { .. } => (remote::PROGRAM, remote::CONNECT_SECRET_EVENT_DEREGISTER_ANY),
            Filter::QemuMonitor { .. } => (qemu::PROGRAM, qemu::CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER),
        };
        // a registration that the daemon no longer has needs no end
        let _: Result<()> = driver.call(program, procedure, &callback_id);
    }
}

/// Hands the connection's events to the bus.
pub(crate) fn connect(driver: &RemoteDriver, bus: &Arc<EventBus>) {
    let bus = Arc::downgrade(bus);
    let closing = driver.closing.clone();
    driver.client.set_event_sink(move |message| {
        if (message.program, message.procedure) == (remote::PROGRAM, remote::CONNECT_EVENT_CONNECTION_CLOSED)
        {
            if let Ok(ConnectEventConnectionClosedEvent { reason }) = Decoder::whole(&message.payload) {
                closing.tell(reason);
            }
            return;
        }
        let (Some(bus), Some((number, event))) =
            (bus.upgrade(), decode(message.program, message.procedure, &message.payload))
        else {
            return;
        };
        bus.deliver(number, &event);
    });
}

/// Reads the socket while nobody calls, so that events arrive and questions are answered. Ends with
/// the connection.
pub(crate) fn start_reader(client: &Client) -> Result<()> {
    let client = client.clone();
    let fd = client.fd().try_clone_to_owned();
    let fd = fd.map_err(|e| Error::io(ErrorDomain::Rpc, &e, "cannot watch the connection"))?;
    let read = move || {
        while client.is_alive() {
            let wait = client.next_timeout().unwrap_or(Duration::from_secs(3600)).min(Duration::from_secs(1));
            let wait = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
            let mut ready = [PollFd::new(&fd, PollFlags::IN)];
            match poll(&mut ready, Some(&wait)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
            if client.dispatch_pending().is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("events".into())
        .spawn(read)
        .map(drop)
        .map_err(|e| Error::io(ErrorDomain::Rpc, &e, "cannot start the thread that reads events"))
}

/// The registration's number and the event; none for messages that are no events of ours.
pub fn decode(program: u32, procedure: i32, payload: &[u8]) -> Option<(i32, Event)> {
    fn get<T: Xdr>(payload: &[u8]) -> Option<T> {
        Decoder::whole(payload).ok()
    }
    use DomainEvent as D;
    macro_rules! wrapped {
        ($event:ident, |$msg:ident| $made:expr) => {{
            let e: $event = get(payload)?;
            let $msg = e.msg;
            (e.callback_id, Event::Domain($msg.dom.clone(), $made))
        }};
    }
    macro_rules! flat {
        ($event:ident, |$e:ident| $made:expr) => {{
            let $e: $event = get(payload)?;
            ($e.callback_id, Event::Domain($e.dom.clone(), $made))
        }};
    }
    if (program, procedure) == (qemu::PROGRAM, qemu::DOMAIN_MONITOR_EVENT) {
        let e: DomainMonitorEventEvent = get(payload)?;
        let DomainMonitorEventEvent { callback_id, dom, event, seconds, micros, details } = e;
        return Some((callback_id, Event::QemuMonitor { dom, event, seconds, micros, details }));
    }
    if program != remote::PROGRAM {
        return None;
    }
    Some(match procedure {
        remote::DOMAIN_EVENT_CALLBACK_LIFECYCLE => {
            wrapped!(DomainEventCallbackLifecycleEvent, |m| D::Lifecycle { event: m.event, detail: m.detail })
        }
        remote::DOMAIN_EVENT_CALLBACK_REBOOT => wrapped!(DomainEventCallbackRebootEvent, |m| D::Reboot),
        remote::DOMAIN_EVENT_CALLBACK_RTC_CHANGE => {
            wrapped!(DomainEventCallbackRtcChangeEvent, |m| D::RtcChange { offset: m.offset })
        }
        remote::DOMAIN_EVENT_CALLBACK_WATCHDOG => {
            wrapped!(DomainEventCallbackWatchdogEvent, |m| D::Watchdog { action: m.action })
        }
        remote::DOMAIN_EVENT_CALLBACK_IO_ERROR => wrapped!(DomainEventCallbackIoErrorEvent, |m| D::IoError {
            path: m.src_path,
            alias: m.dev_alias,
            action: m.action
        }),
        remote::DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON => {
            wrapped!(DomainEventCallbackIoErrorReasonEvent, |m| D::IoErrorReason {
                path: m.src_path,
                alias: m.dev_alias,
                action: m.action,
                reason: m.reason
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_GRAPHICS => {
            wrapped!(DomainEventCallbackGraphicsEvent, |m| D::Graphics {
                phase: m.phase,
                local: m.local,
                remote: m.remote,
                auth_scheme: m.auth_scheme,
                subject: m.subject
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_CONTROL_ERROR => {
            wrapped!(DomainEventCallbackControlErrorEvent, |m| D::ControlError)
        }
        remote::DOMAIN_EVENT_CALLBACK_BLOCK_JOB => wrapped!(DomainEventCallbackBlockJobEvent, |m| {
            D::BlockJob { path: m.path, kind: m.kind, status: m.status }
        }),
        remote::DOMAIN_EVENT_CALLBACK_DISK_CHANGE => {
            wrapped!(DomainEventCallbackDiskChangeEvent, |m| D::DiskChange {
                old: m.old_src_path,
                new: m.new_src_path,
                alias: m.dev_alias,
                reason: m.reason
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_TRAY_CHANGE => {
            wrapped!(DomainEventCallbackTrayChangeEvent, |m| D::TrayChange {
                alias: m.dev_alias,
                reason: m.reason
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_PMWAKEUP => {
            let e: DomainEventCallbackPmwakeupEvent = get(payload)?;
            (e.callback_id, Event::Domain(e.msg.dom, D::PmWakeup { reason: e.reason }))
        }
        remote::DOMAIN_EVENT_CALLBACK_PMSUSPEND => {
            let e: DomainEventCallbackPmsuspendEvent = get(payload)?;
            (e.callback_id, Event::Domain(e.msg.dom, D::PmSuspend { reason: e.reason }))
        }
        remote::DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK => {
            let e: DomainEventCallbackPmsuspendDiskEvent = get(payload)?;
            (e.callback_id, Event::Domain(e.msg.dom, D::PmSuspendDisk { reason: e.reason }))
        }
        remote::DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE => {
            wrapped!(DomainEventCallbackBalloonChangeEvent, |m| D::BalloonChange { actual: m.actual })
        }
        remote::DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED => {
            wrapped!(DomainEventCallbackDeviceRemovedEvent, |m| D::DeviceRemoved { alias: m.dev_alias })
        }
        remote::DOMAIN_EVENT_BLOCK_JOB_2 => {
            flat!(DomainEventBlockJob2Event, |e| D::BlockJob2 { dst: e.dst, kind: e.kind, status: e.status })
        }
        remote::DOMAIN_EVENT_CALLBACK_TUNABLE => {
            flat!(DomainEventCallbackTunableEvent, |e| D::Tunable { params: e.params })
        }
        remote::DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE => {
            flat!(DomainEventCallbackAgentLifecycleEvent, |e| D::AgentLifecycle {
                state: e.state,
                reason: e.reason
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_DEVICE_ADDED => {
            flat!(DomainEventCallbackDeviceAddedEvent, |e| D::DeviceAdded { alias: e.dev_alias })
        }
        remote::DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION => {
            flat!(DomainEventCallbackMigrationIterationEvent, |e| D::MigrationIteration {
                iteration: e.iteration
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_JOB_COMPLETED => {
            flat!(DomainEventCallbackJobCompletedEvent, |e| D::JobCompleted { params: e.params })
        }
        remote::DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED => {
            flat!(DomainEventCallbackDeviceRemovalFailedEvent, |e| D::DeviceRemovalFailed {
                alias: e.dev_alias
            })
        }
        remote::DOMAIN_EVENT_CALLBACK_METADATA_CHANGE => {
            flat!(DomainEventCallbackMetadataChangeEvent, |e| D::MetadataChange {
                kind: e.kind,
                nsuri: e.nsuri
            })
        }
        remote::DOMAIN_EVENT_BLOCK_THRESHOLD => flat!(DomainEventBlockThresholdEvent, |e| {
            D::BlockThreshold { dev: e.dev, path: e.path, threshold: e.threshold, excess: e.excess }
        }),
        remote::DOMAIN_EVENT_MEMORY_FAILURE => flat!(DomainEventMemoryFailureEvent, |e| D::MemoryFailure {
            recipient: e.recipient,
            action: e.action,
            flags: e.flags
        }),
        remote::DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE => {
            flat!(DomainEventMemoryDeviceSizeChangeEvent, |e| D::MemoryDeviceSizeChange {
                alias: e.alias,
                size: e.size
            })
        }
        remote::DOMAIN_EVENT_NIC_MAC_CHANGE => flat!(DomainEventNicMacChangeEvent, |e| D::NicMacChange {
            alias: e.alias,
            old: e.old_mac,
            new: e.new_mac
        }),
        _ => return other(procedure, payload),
    })
}

/// Events of other objects than domains.
fn other(procedure: i32, payload: &[u8]) -> Option<(i32, Event)> {
    macro_rules! event {
        ($event:ident, |$e:ident| $made:expr) => {{
            let $e: $event = Decoder::whole(payload).ok()?;
            ($e.callback_id, $made)
        }};
    }
    Some(match procedure {
        remote::NETWORK_EVENT_LIFECYCLE => event!(NetworkEventLifecycleEvent, |e| Event::Network(
            e.net,
            NetworkEvent::Lifecycle { event: e.event, detail: e.detail }
        )),
        remote::NETWORK_EVENT_CALLBACK_METADATA_CHANGE => {
            event!(NetworkEventCallbackMetadataChangeEvent, |e| Event::Network(
                e.net,
                NetworkEvent::MetadataChange { kind: e.kind, nsuri: e.nsuri }
            ))
        }
        remote::STORAGE_POOL_EVENT_LIFECYCLE => {
            event!(StoragePoolEventLifecycleEvent, |e| Event::StoragePool(
                e.pool,
                StoragePoolEvent::Lifecycle { event: e.event, detail: e.detail }
            ))
        }
        remote::STORAGE_POOL_EVENT_REFRESH => {
            event!(StoragePoolEventRefreshEvent, |e| Event::StoragePool(e.pool, StoragePoolEvent::Refresh))
        }
        remote::NODE_DEVICE_EVENT_LIFECYCLE => event!(NodeDeviceEventLifecycleEvent, |e| Event::NodeDevice(
            e.dev,
            NodeDeviceEvent::Lifecycle { event: e.event, detail: e.detail }
        )),
        remote::NODE_DEVICE_EVENT_UPDATE => {
            event!(NodeDeviceEventUpdateEvent, |e| Event::NodeDevice(e.dev, NodeDeviceEvent::Update))
        }
        remote::SECRET_EVENT_LIFECYCLE => event!(SecretEventLifecycleEvent, |e| Event::Secret(
            e.secret,
            SecretEvent::Lifecycle { event: e.event, detail: e.detail }
        )),
        remote::SECRET_EVENT_VALUE_CHANGED => {
            event!(SecretEventValueChangedEvent, |e| Event::Secret(e.secret, SecretEvent::ValueChanged))
        }
        _ => return None,
    })
}
