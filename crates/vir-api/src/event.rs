//! Events: what happened to an object, and who wants to know.
//!
//! A driver posts to its [`EventBus`]; the daemon and the library subscribe. Posting calls the
//! subscribers on the posting thread, in order, without any lock of the bus held: they must be short
//! (they queue a message) and may subscribe and unsubscribe.

use crate::types::{DomainEventGraphicsAddress, DomainEventGraphicsIdentity};
use std::sync::{Arc, Mutex, PoisonError};
use vir_base::refs::{DomainRef, NetworkRef, NodeDeviceRef, SecretRef, StoragePoolRef};
use vir_base::{Result, TypedParams, Uuid};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // named as in the API
pub enum Event {
    Domain(DomainRef, DomainEvent),
    Network(NetworkRef, NetworkEvent),
    StoragePool(StoragePoolRef, StoragePoolEvent),
    NodeDevice(NodeDeviceRef, NodeDeviceEvent),
    Secret(SecretRef, SecretEvent),
    /// A QEMU monitor event, for those who asked for it by `virConnectDomainQemuMonitorEventRegister`.
    QemuMonitor {
        dom: DomainRef,
        event: String,
        seconds: i64,
        micros: u32,
        details: Option<String>,
    },
}

/// What happened to a domain. Fields are those of the callbacks of `virConnectDomainEventRegisterAny`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // named as in the API
pub enum DomainEvent {
    Lifecycle {
        event: i32,
        detail: i32,
    },
    Reboot,
    RtcChange {
        offset: i64,
    },
    Watchdog {
        action: i32,
    },
    IoError {
        path: String,
        alias: String,
        action: i32,
    },
    IoErrorReason {
        path: String,
        alias: String,
        action: i32,
        reason: String,
    },
    Graphics {
        phase: i32,
        local: DomainEventGraphicsAddress,
        remote: DomainEventGraphicsAddress,
        auth_scheme: String,
        subject: Vec<DomainEventGraphicsIdentity>,
    },
    ControlError,
    BlockJob {
        path: String,
        kind: i32,
        status: i32,
    },
    DiskChange {
        old: Option<String>,
        new: Option<String>,
        alias: String,
        reason: i32,
    },
    TrayChange {
        alias: String,
        reason: i32,
    },
    PmWakeup {
        reason: i32,
    },
    PmSuspend {
        reason: i32,
    },
    PmSuspendDisk {
        reason: i32,
    },
    BalloonChange {
        actual: u64,
    },
    DeviceRemoved {
        alias: String,
    },
    BlockJob2 {
        dst: String,
        kind: i32,
        status: i32,
    },
    Tunable {
        params: TypedParams,
    },
    AgentLifecycle {
        state: i32,
        reason: i32,
    },
    DeviceAdded {
        alias: String,
    },
    MigrationIteration {
        iteration: i32,
    },
    JobCompleted {
        params: TypedParams,
    },
    DeviceRemovalFailed {
        alias: String,
    },
    MetadataChange {
        kind: i32,
        nsuri: Option<String>,
    },
    BlockThreshold {
        dev: String,
        path: Option<String>,
        threshold: u64,
        excess: u64,
    },
    MemoryFailure {
        recipient: i32,
        action: i32,
        flags: u32,
    },
    MemoryDeviceSizeChange {
        alias: String,
        size: u64,
    },
    NicMacChange {
        alias: String,
        old: String,
        new: String,
    },
}

impl DomainEvent {
    /// The number by which clients ask for it (`virDomainEventID`).
    pub fn id(&self) -> i32 {
        match self {
            Self::Lifecycle { .. } => 0,
            Self::Reboot => 1,
            Self::RtcChange { .. } => 2,
            Self::Watchdog { .. } => 3,
            Self::IoError { .. } => 4,
            Self::Graphics { .. } => 5,
            Self::IoErrorReason { .. } => 6,
            Self::ControlError => 7,
            Self::BlockJob { .. } => 8,
            Self::DiskChange { .. } => 9,
            Self::TrayChange { .. } => 10,
            Self::PmWakeup { .. } => 11,
            Self::PmSuspend { .. } => 12,
            Self::BalloonChange { .. } => 13,
            Self::PmSuspendDisk { .. } => 14,
            Self::DeviceRemoved { .. } => 15,
            Self::BlockJob2 { .. } => 16,
            Self::Tunable { .. } => 17,
            Self::AgentLifecycle { .. } => 18,
            Self::DeviceAdded { .. } => 19,
            Self::MigrationIteration { .. } => 20,
            Self::JobCompleted { .. } => 21,
            Self::DeviceRemovalFailed { .. } => 22,
            Self::MetadataChange { .. } => 23,
            Self::BlockThreshold { .. } => 24,
            Self::MemoryFailure { .. } => 25,
            Self::MemoryDeviceSizeChange { .. } => 26,
            Self::NicMacChange { .. } => 27,
        }
    }
}

macro_rules! small_events {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $({ $($field:ident: $ty:ty),* })? = $id:literal,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)] // named as in the API
        pub enum $name { $($variant $({ $($field: $ty),* })?,)* }

        impl $name {
            /// The number by which clients ask for it.
            pub fn id(&self) -> i32 {
                match self { $(Self::$variant { .. } => $id,)* }
            }
        })*
    };
}

small_events! {
    /// What happened to a network.
    NetworkEvent {
        Lifecycle { event: i32, detail: i32 } = 0,
        MetadataChange { kind: i32, nsuri: Option<String> } = 1,
    }
    /// What happened to a storage pool.
    StoragePoolEvent { Lifecycle { event: i32, detail: i32 } = 0, Refresh = 1, }
    /// What happened to a host device.
    NodeDeviceEvent { Lifecycle { event: i32, detail: i32 } = 0, Update = 1, }
    /// What happened to a secret.
    SecretEvent { Lifecycle { event: i32, detail: i32 } = 0, ValueChanged = 1, }
}

/// Which events a subscriber wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// A domain event by its number, of one domain or of all.
    Domain {
        /// `virDomainEventID`.
        id: i32,
        /// Only of this domain.
        only: Option<Uuid>,
    },
    /// A network event.
    Network {
        /// `virNetworkEventID`.
        id: i32,
        /// Only of this network.
        only: Option<Uuid>,
    },
    /// A storage pool event.
    StoragePool {
        /// `virStoragePoolEventID`.
        id: i32,
        /// Only of this pool.
        only: Option<Uuid>,
    },
    /// A host device event.
    NodeDevice {
        /// `virNodeDeviceEventID`.
        id: i32,
        /// Only of the device of this name.
        only: Option<String>,
    },
    /// A secret event.
    Secret {
        /// `virSecretEventID`.
        id: i32,
        /// Only of this secret.
        only: Option<Uuid>,
    },
    /// QEMU monitor events.
    QemuMonitor {
        /// Only of this domain.
        only: Option<Uuid>,
        /// Only those whose name matches, by the rules of `flags`.
        event: Option<String>,
        /// `virConnectDomainQemuMonitorEventRegisterFlags`: 1 = `event` is a regular expression,
        /// 2 = without regard to case.
        flags: u32,
    },
}

impl Filter {
    /// Whether one registration can serve several subscribers.
    fn is_shared(&self) -> bool {
        !matches!(self, Self::QemuMonitor { .. })
    }

    /// Whether `event` passes. The name pattern of QEMU monitor events is matched where regular
    /// expressions are at hand: a pattern passes here and the subscriber looks closer.
    pub fn passes(&self, event: &Event) -> bool {
        let same = |only: &Option<Uuid>, uuid: Uuid| only.is_none_or(|only| only == uuid);
        match (self, event) {
            (Self::Domain { id, only }, Event::Domain(dom, e)) => *id == e.id() && same(only, dom.uuid),
            (Self::Network { id, only }, Event::Network(net, e)) => *id == e.id() && same(only, net.uuid),
            (Self::StoragePool { id, only }, Event::StoragePool(pool, e)) => {
                *id == e.id() && same(only, pool.uuid)
            }
            (Self::Secret { id, only }, Event::Secret(secret, e)) => *id == e.id() && same(only, secret.uuid),
            (Self::NodeDevice { id, only }, Event::NodeDevice(dev, e)) => {
                *id == e.id() && only.as_ref().is_none_or(|only| *only == dev.name)
            }
            (Self::QemuMonitor { only, event: want, flags }, Event::QemuMonitor { dom, event, .. }) => {
                same(only, dom.uuid)
                    && match want {
                        None => true,
                        Some(_) if flags & 1 != 0 => true,
                        Some(want) if flags & 2 != 0 => want.eq_ignore_ascii_case(event),
                        Some(want) => want == event,
                    }
            }
            _ => false,
        }
    }
}

/// What a subscriber does with an event.
pub type Sink = Arc<dyn Fn(&Event) + Send + Sync>;

/// Names a subscription; never used twice on one bus.
pub type SubscriptionId = u64;

/// Where the events of a bus come from, if not from drivers in this process: it is told what to send.
pub trait Upstream: Send + Sync {
    /// Starts sending events that pass `filter`; gives the number that they will carry.
    ///
    /// # Errors
    /// The far side refuses.
    fn register(&self, filter: &Filter) -> Result<i32>;

    /// Ends it.
    fn deregister(&self, filter: &Filter, number: i32);
}

/// Events kept for a registration whose number is not known here yet.
const ORPHANS_MAX: usize = 256;

struct Subscription {
    id: SubscriptionId,
    filter: Filter,
    sink: Sink,
    /// The number that the far side's events carry.
    number: Option<i32>,
}

#[derive(Default)]
struct State {
    next: SubscriptionId,
    subscriptions: Vec<Subscription>,
    upstream: Option<Arc<dyn Upstream>>,
    /// Events that came before the answer to their registration.
    orphans: Vec<(i32, Event)>,
    registering: usize,
}

/// The subscribers of a driver.
#[derive(Default)]
pub struct EventBus {
    state: Mutex<State>,
    /// Who asks upstream; nothing else waits for it.
    asking: Mutex<()>,
}

impl EventBus {
    /// From now on, `sink` gets each event that passes `filter`.
    ///
    /// # Errors
    /// The far side of a remote connection refuses.
    pub fn subscribe(&self, filter: Filter, sink: Sink) -> Result<SubscriptionId> {
        let turn = self.turn();
        let (upstream, known) = {
            let mut state = self.lock();
            // the far side has one registration of a kind, which serves all who want it
            let same = state.subscriptions.iter().find(|s| s.filter == filter && filter.is_shared());
            let known = same.and_then(|s| s.number);
            state.registering += 1;
            (state.upstream.clone().filter(|_| known.is_none()), known)
        };
        let number = upstream.map(|upstream| upstream.register(&filter)).transpose();
        let mut state = self.lock();
        state.registering -= 1;
        let number = number?.or(known);
        state.next += 1;
        let id = state.next;
        let early: Vec<Event> = state
            .orphans
            .iter()
            .filter(|(n, e)| Some(*n) == number && filter.passes(e))
            .map(|(_, e)| e.clone())
            .collect();
        if state.registering == 0 {
            state.orphans.clear();
        }
        state.subscriptions.push(Subscription { id, filter, sink: sink.clone(), number });
        drop(state);
        drop(turn);
        early.iter().for_each(|event| sink(event));
        Ok(id)
    }

    /// Ends a subscription; false if there was none. An event on its way may still arrive.
    pub fn unsubscribe(&self, id: SubscriptionId) -> bool {
        let _turn = self.turn();
        let (ended, upstream) = {
            let mut state = self.lock();
            let Some(at) = state.subscriptions.iter().position(|s| s.id == id) else { return false };
            let ended = state.subscriptions.remove(at);
            let alone = !state.subscriptions.iter().any(|s| s.number == ended.number);
            (ended, state.upstream.clone().filter(|_| alone))
        };
        if let (Some(upstream), Some(number)) = (upstream, ended.number) {
            upstream.deregister(&ended.filter, number);
        }
        true
    }

    /// Tells all who want to know.
    pub fn post(&self, event: &Event) {
        let sinks: Vec<Sink> = {
            let state = self.lock();
            state.subscriptions.iter().filter(|s| s.filter.passes(event)).map(|s| s.sink.clone()).collect()
        };
        sinks.iter().for_each(|sink| sink(event));
    }

    /// Asks `upstream` for what is subscribed to from now on.
    pub fn set_upstream(&self, upstream: Arc<dyn Upstream>) {
        self.lock().upstream = Some(upstream);
    }

    /// Hands an event from upstream to the subscription of that number.
    pub fn deliver(&self, number: i32, event: &Event) {
        let sinks: Vec<Sink> = {
            let mut state = self.lock();
            let mine = |s: &&Subscription| s.number == Some(number) && s.filter.passes(event);
            let sinks: Vec<Sink> = state.subscriptions.iter().filter(mine).map(|s| s.sink.clone()).collect();
            if sinks.is_empty() && state.registering > 0 && state.orphans.len() < ORPHANS_MAX {
                state.orphans.push((number, event.clone()));
            }
            sinks
        };
        sinks.iter().for_each(|sink| sink(event));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // sinks run without the lock: what it protects is whole even if one panics
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_arrives() {
        let bus = EventBus::default();
        let seen = Arc::new(Mutex::new(vec![]));
        let log = seen.clone();
        let wanted = Uuid([7; 16]);
        let id = bus
            .subscribe(
                Filter::Domain { id: 0, only: Some(wanted) },
                Arc::new(move |event| log.lock().unwrap().push(event.clone())),
            )
            .unwrap();
        let dom = |uuid| DomainRef { name: "d".into(), uuid, id: 1 };
        let started = DomainEvent::Lifecycle { event: 2, detail: 0 };
        bus.post(&Event::Domain(dom(wanted), started.clone()));
        bus.post(&Event::Domain(dom(Uuid([8; 16])), started.clone()));
        bus.post(&Event::Domain(dom(wanted), DomainEvent::Reboot));
        assert_eq!(*seen.lock().unwrap(), [Event::Domain(dom(wanted), started.clone())]);
        assert!(bus.unsubscribe(id));
        assert!(!bus.unsubscribe(id));
        bus.post(&Event::Domain(dom(wanted), started));
        assert_eq!(seen.lock().unwrap().len(), 1);
    }

    #[test]
    fn the_far_side_is_asked_once_for_what_many_want() {
        #[derive(Default)]
        struct Far(Mutex<Vec<String>>);
        impl Upstream for Far {
            fn register(&self, filter: &Filter) -> Result<i32> {
                let mut log = self.0.lock().unwrap();
                log.push(format!("+{filter:?}"));
                Ok(log.len() as i32)
            }
            fn deregister(&self, _: &Filter, number: i32) {
                self.0.lock().unwrap().push(format!("-{number}"));
            }
        }
        let (bus, far) = (EventBus::default(), Arc::new(Far::default()));
        bus.set_upstream(far.clone());
        let seen = Arc::new(Mutex::new(0));
        let sink: Sink = {
            let seen = seen.clone();
            Arc::new(move |_| *seen.lock().unwrap() += 1)
        };
        let filter = Filter::Domain { id: 1, only: None };
        let ids = [0, 1].map(|_| bus.subscribe(filter.clone(), sink.clone()).unwrap());
        assert_eq!(far.0.lock().unwrap().len(), 1);
        bus.deliver(1, &Event::Domain(DomainRef::default(), DomainEvent::Reboot));
        assert_eq!(*seen.lock().unwrap(), 2);
        assert!(bus.unsubscribe(ids[0]));
        assert_eq!(far.0.lock().unwrap().len(), 1);
        assert!(bus.unsubscribe(ids[1]));
        assert_eq!(far.0.lock().unwrap()[1..], ["-1"]);
        let monitor = Filter::QemuMonitor { only: None, event: None, flags: 0 };
        bus.subscribe(monitor.clone(), sink.clone()).unwrap();
        bus.subscribe(monitor, sink).unwrap();
        assert_eq!(far.0.lock().unwrap().len(), 4);
    }
}
