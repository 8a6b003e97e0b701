//! Events as messages: which procedure tells a client of what, with which structure.

use super::session::Style;
use regex_lite::{Regex, RegexBuilder};
use vir_api::event::{
    DomainEvent, Event, Filter, NetworkEvent, NodeDeviceEvent, SecretEvent, StoragePoolEvent,
};
use vir_base::refs::DomainRef;
use vir_base::{Result, err};
use vir_proto::procedures::{qemu, remote};
use vir_proto::wire::*;
use vir_proto::xdr::{Xdr, to_bytes};

/// A message: program, procedure, payload.
pub(super) type Message = (u32, i32, Vec<u8>);

/// The message that tells of `event`; `None` where the style has none for it.
pub(super) fn encode(event: &Event, number: i32, style: Style) -> Option<Message> {
    match (event, style) {
        (Event::Domain(dom, event), Style::Callback) => domain(dom.clone(), event.clone(), number),
        (Event::Domain(dom, event), Style::Legacy) => legacy(dom.clone(), event.clone()),
        (Event::Network(net, event), _) => {
            let net = net.clone();
            match event.clone() {
                NetworkEvent::Lifecycle { event, detail } => message(
                    remote::NETWORK_EVENT_LIFECYCLE,
                    &NetworkEventLifecycleEvent { callback_id: number, net, event, detail },
                ),
                NetworkEvent::MetadataChange { kind, nsuri } => message(
                    remote::NETWORK_EVENT_CALLBACK_METADATA_CHANGE,
                    &NetworkEventCallbackMetadataChangeEvent { callback_id: number, net, kind, nsuri },
                ),
            }
        }
        (Event::StoragePool(pool, event), _) => {
            let pool = pool.clone();
            match event.clone() {
                StoragePoolEvent::Lifecycle { event, detail } => message(
                    remote::STORAGE_POOL_EVENT_LIFECYCLE,
                    &StoragePoolEventLifecycleEvent { callback_id: number, pool, event, detail },
                ),
                StoragePoolEvent::Refresh => message(
                    remote::STORAGE_POOL_EVENT_REFRESH,
                    &StoragePoolEventRefreshEvent { callback_id: number, pool },
                ),
            }
        }
        (Event::NodeDevice(dev, event), _) => {
            let dev = dev.clone();
            match event.clone() {
                NodeDeviceEvent::Lifecycle { event, detail } => message(
                    remote::NODE_DEVICE_EVENT_LIFECYCLE,
                    &NodeDeviceEventLifecycleEvent { callback_id: number, dev, event, detail },
                ),
                NodeDeviceEvent::Update => message(
                    remote::NODE_DEVICE_EVENT_UPDATE,
                    &NodeDeviceEventUpdateEvent { callback_id: number, dev },
                ),
            }
        }
        (Event::Secret(secret, event), _) => {
            let secret = secret.clone();
            match event.clone() {
                SecretEvent::Lifecycle { event, detail } => message(
                    remote::SECRET_EVENT_LIFECYCLE,
                    &SecretEventLifecycleEvent { callback_id: number, secret, event, detail },
                ),
                SecretEvent::ValueChanged => message(
                    remote::SECRET_EVENT_VALUE_CHANGED,
                    &SecretEventValueChangedEvent { callback_id: number, secret },
                ),
            }
        }
        (Event::QemuMonitor { dom, event, seconds, micros, details }, _) => {
            let payload = to_bytes(&DomainMonitorEventEvent {
                callback_id: number,
                dom: dom.clone(),
                event: event.clone(),
                seconds: *seconds,
                micros: *micros,
                details: details.clone(),
            });
            Some((qemu::PROGRAM, qemu::DOMAIN_MONITOR_EVENT, payload.ok()?))
        }
    }
}

fn message<T: Xdr>(procedure: i32, event: &T) -> Option<Message> {
    Some((remote::PROGRAM, procedure, to_bytes(event).ok()?))
}

fn domain(dom: DomainRef, event: DomainEvent, callback_id: i32) -> Option<Message> {
    use DomainEvent as E;
    macro_rules! wrapped {
        ($number:ident, $event:ident, $msg:ident { $($field:ident),* }) => {
            message(remote::$number, &$event { callback_id, msg: $msg { dom $(, $field)* } })
        };
    }
    macro_rules! flat {
        ($number:ident, $event:ident { $($field:ident),* }) => {
            message(remote::$number, &$event { callback_id, dom, $($field),* })
        };
    }
    match event {
        E::Lifecycle { event, detail } => wrapped!(
            DOMAIN_EVENT_CALLBACK_LIFECYCLE,
            DomainEventCallbackLifecycleEvent,
            DomainEventLifecycleMsg { event, detail }
        ),
        E::Reboot => {
            wrapped!(DOMAIN_EVENT_CALLBACK_REBOOT, DomainEventCallbackRebootEvent, DomainEventRebootMsg {})
        }
        E::RtcChange { offset } => wrapped!(
            DOMAIN_EVENT_CALLBACK_RTC_CHANGE,
            DomainEventCallbackRtcChangeEvent,
            DomainEventRtcChangeMsg { offset }
        ),
        E::Watchdog { action } => wrapped!(
            DOMAIN_EVENT_CALLBACK_WATCHDOG,
            DomainEventCallbackWatchdogEvent,
            DomainEventWatchdogMsg { action }
        ),
        E::IoError { path: src_path, alias: dev_alias, action } => wrapped!(
            DOMAIN_EVENT_CALLBACK_IO_ERROR,
            DomainEventCallbackIoErrorEvent,
            DomainEventIoErrorMsg { src_path, dev_alias, action }
        ),
        E::IoErrorReason { path: src_path, alias: dev_alias, action, reason } => wrapped!(
            DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON,
            DomainEventCallbackIoErrorReasonEvent,
            DomainEventIoErrorReasonMsg { src_path, dev_alias, action, reason }
        ),
        E::Graphics { phase, local, remote: far, auth_scheme, subject } => {
            let msg = DomainEventGraphicsMsg { dom, phase, local, remote: far, auth_scheme, subject };
            message(
                remote::DOMAIN_EVENT_CALLBACK_GRAPHICS,
                &DomainEventCallbackGraphicsEvent { callback_id, msg },
            )
        }
        E::ControlError => wrapped!(
            DOMAIN_EVENT_CALLBACK_CONTROL_ERROR,
            DomainEventCallbackControlErrorEvent,
            DomainEventControlErrorMsg {}
        ),
        E::BlockJob { path, kind, status } => wrapped!(
            DOMAIN_EVENT_CALLBACK_BLOCK_JOB,
            DomainEventCallbackBlockJobEvent,
            DomainEventBlockJobMsg { path, kind, status }
        ),
        E::DiskChange { old: old_src_path, new: new_src_path, alias: dev_alias, reason } => wrapped!(
            DOMAIN_EVENT_CALLBACK_DISK_CHANGE,
            DomainEventCallbackDiskChangeEvent,
            DomainEventDiskChangeMsg { old_src_path, new_src_path, dev_alias, reason }
        ),
        E::TrayChange { alias: dev_alias, reason } => wrapped!(
            DOMAIN_EVENT_CALLBACK_TRAY_CHANGE,
            DomainEventCallbackTrayChangeEvent,
            DomainEventTrayChangeMsg { dev_alias, reason }
        ),
        E::PmWakeup { reason } => message(
            remote::DOMAIN_EVENT_CALLBACK_PMWAKEUP,
            &DomainEventCallbackPmwakeupEvent { callback_id, reason, msg: DomainEventPmwakeupMsg { dom } },
        ),
        E::PmSuspend { reason } => message(
            remote::DOMAIN_EVENT_CALLBACK_PMSUSPEND,
            &DomainEventCallbackPmsuspendEvent { callback_id, reason, msg: DomainEventPmsuspendMsg { dom } },
        ),
        E::PmSuspendDisk { reason } => message(
            remote::DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK,
            &DomainEventCallbackPmsuspendDiskEvent {
                callback_id,
                reason,
                msg: DomainEventPmsuspendDiskMsg { dom },
            },
        ),
        E::BalloonChange { actual } => wrapped!(
            DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE,
            DomainEventCallbackBalloonChangeEvent,
            DomainEventBalloonChangeMsg { actual }
        ),
        E::DeviceRemoved { alias: dev_alias } => wrapped!(
            DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED,
            DomainEventCallbackDeviceRemovedEvent,
            DomainEventDeviceRemovedMsg { dev_alias }
        ),
        E::BlockJob2 { dst, kind, status } => {
            flat!(DOMAIN_EVENT_BLOCK_JOB_2, DomainEventBlockJob2Event { dst, kind, status })
        }
        E::Tunable { params } => {
            flat!(DOMAIN_EVENT_CALLBACK_TUNABLE, DomainEventCallbackTunableEvent { params })
        }
        E::AgentLifecycle { state, reason } => {
            flat!(
                DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE,
                DomainEventCallbackAgentLifecycleEvent { state, reason }
            )
        }
        E::DeviceAdded { alias: dev_alias } => {
            flat!(DOMAIN_EVENT_CALLBACK_DEVICE_ADDED, DomainEventCallbackDeviceAddedEvent { dev_alias })
        }
        E::MigrationIteration { iteration } => flat!(
            DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION,
            DomainEventCallbackMigrationIterationEvent { iteration }
        ),
        E::JobCompleted { params } => {
            flat!(DOMAIN_EVENT_CALLBACK_JOB_COMPLETED, DomainEventCallbackJobCompletedEvent { params })
        }
        E::DeviceRemovalFailed { alias: dev_alias } => flat!(
            DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED,
            DomainEventCallbackDeviceRemovalFailedEvent { dev_alias }
        ),
        E::MetadataChange { kind, nsuri } => {
            flat!(
                DOMAIN_EVENT_CALLBACK_METADATA_CHANGE,
                DomainEventCallbackMetadataChangeEvent { kind, nsuri }
            )
        }
        E::BlockThreshold { dev, path, threshold, excess } => {
            flat!(
                DOMAIN_EVENT_BLOCK_THRESHOLD,
                DomainEventBlockThresholdEvent { dev, path, threshold, excess }
            )
        }
        E::MemoryFailure { recipient, action, flags } => {
            flat!(DOMAIN_EVENT_MEMORY_FAILURE, DomainEventMemoryFailureEvent { recipient, action, flags })
        }
        E::MemoryDeviceSizeChange { alias, size } => {
            flat!(
                DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE,
                DomainEventMemoryDeviceSizeChangeEvent { alias, size }
            )
        }
        E::NicMacChange { alias, old: old_mac, new: new_mac } => {
            flat!(DOMAIN_EVENT_NIC_MAC_CHANGE, DomainEventNicMacChangeEvent { alias, old_mac, new_mac })
        }
    }
}

/// The messages of clients that know no callback numbers; later events have none.
fn legacy(dom: DomainRef, event: DomainEvent) -> Option<Message> {
    use DomainEvent as E;
    match event {
        E::Lifecycle { event, detail } => {
            message(remote::DOMAIN_EVENT_LIFECYCLE, &DomainEventLifecycleEvent { dom, event, detail })
        }
        E::Reboot => message(remote::DOMAIN_EVENT_REBOOT, &DomainEventRebootEvent { dom }),
        E::RtcChange { offset } => {
            message(remote::DOMAIN_EVENT_RTC_CHANGE, &DomainEventRtcChangeEvent { dom, offset })
        }
        E::Watchdog { action } => {
            message(remote::DOMAIN_EVENT_WATCHDOG, &DomainEventWatchdogEvent { dom, action })
        }
        E::IoError { path: src_path, alias: dev_alias, action } => message(
            remote::DOMAIN_EVENT_IO_ERROR,
            &DomainEventIoErrorEvent { dom, src_path, dev_alias, action },
        ),
        E::IoErrorReason { path: src_path, alias: dev_alias, action, reason } => message(
            remote::DOMAIN_EVENT_IO_ERROR_REASON,
            &DomainEventIoErrorReasonEvent { dom, src_path, dev_alias, action, reason },
        ),
        E::Graphics { phase, local, remote: far, auth_scheme, subject } => message(
            remote::DOMAIN_EVENT_GRAPHICS,
            &DomainEventGraphicsEvent { dom, phase, local, remote: far, auth_scheme, subject },
        ),
        E::ControlError => message(remote::DOMAIN_EVENT_CONTROL_ERROR, &DomainEventControlErrorEvent { dom }),
        E::BlockJob { path, kind, status } => {
            message(remote::DOMAIN_EVENT_BLOCK_JOB, &DomainEventBlockJobEvent { dom, path, kind, status })
        }
        E::DiskChange { old: old_src_path, new: new_src_path, alias: dev_alias, reason } => message(
            remote::DOMAIN_EVENT_DISK_CHANGE,
            &DomainEventDiskChangeEvent { dom, old_src_path, new_src_path, dev_alias, reason },
        ),
        E::TrayChange { alias: dev_alias, reason } => {
            message(remote::DOMAIN_EVENT_TRAY_CHANGE, &DomainEventTrayChangeEvent { dom, dev_alias, reason })
        }
        E::PmWakeup { .. } => message(remote::DOMAIN_EVENT_PMWAKEUP, &DomainEventPmwakeupEvent { dom }),
        E::PmSuspend { .. } => message(remote::DOMAIN_EVENT_PMSUSPEND, &DomainEventPmsuspendEvent { dom }),
        E::PmSuspendDisk { .. } => {
            message(remote::DOMAIN_EVENT_PMSUSPEND_DISK, &DomainEventPmsuspendDiskEvent { dom })
        }
        E::BalloonChange { actual } => {
            message(remote::DOMAIN_EVENT_BALLOON_CHANGE, &DomainEventBalloonChangeEvent { dom, actual })
        }
        E::DeviceRemoved { alias: dev_alias } => {
            message(remote::DOMAIN_EVENT_DEVICE_REMOVED, &DomainEventDeviceRemovedEvent { dom, dev_alias })
        }
        _ => None,
    }
}

/// A name pattern of a QEMU monitor registration, where it is a regular expression.
pub(super) struct NamePattern(Option<Regex>);

impl NamePattern {
    pub(super) fn of(filter: &Filter) -> Result<Self> {
        let Filter::QemuMonitor { event: Some(pattern), flags, .. } = filter else { return Ok(Self(None)) };
        if flags & vir_api::constants::VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX == 0 {
            return Ok(Self(None));
        }
        let nocase = flags & vir_api::constants::VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE != 0;
        let regex = RegexBuilder::new(pattern).case_insensitive(nocase).size_limit(1 << 20).build();
        regex.map(|regex| Self(Some(regex))).map_err(|why| {
            err!(Qemu, InvalidArg, "failed to compile regex '{pattern}'").with_hint(why.to_string())
        })
    }

    pub(super) fn matches(&self, event: &Event) -> bool {
        match (&self.0, event) {
            (Some(regex), Event::QemuMonitor { event, .. }) => regex.is_match(event),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_message_starts_with_the_number() {
        let event = Event::Domain(DomainRef::default(), DomainEvent::Lifecycle { event: 2, detail: 1 });
        let (program, procedure, payload) = encode(&event, 7, Style::Callback).unwrap();
        assert_eq!((program, procedure), (remote::PROGRAM, 318));
        // number, empty name, 16 bytes of UUID, id, event, detail
        assert_eq!(payload.len(), 4 + 4 + 16 + 4 + 4 + 4);
        assert_eq!(payload[..4], [0, 0, 0, 7]);
        assert_eq!(payload[28..], [0, 0, 0, 2, 0, 0, 0, 1]);
        assert_eq!(encode(&event, 7, Style::Legacy).unwrap().1, 107);
    }

    #[test]
    fn newer_events_have_no_legacy_message() {
        let event = Event::Domain(DomainRef::default(), DomainEvent::DeviceAdded { alias: "x".into() });
        assert!(encode(&event, 0, Style::Legacy).is_none());
        assert!(encode(&event, 0, Style::Callback).is_some());
    }
}
