//! A connection: the drivers that together serve a URI.

use crate::auth::Credentials;
use crate::caller::Identity;
use crate::event::EventBus;
use crate::{
    HypervisorDriver, InterfaceDriver, NetworkDriver, NodeDeviceDriver, NwfilterDriver, Op, ReadOnly,
    SecretDriver, StorageDriver,
};
use std::sync::Arc;
use vir_base::Result;

/// What an open connection consists of. Cheap to clone: all parts are shared.
#[derive(Clone)]
pub struct Connection {
    /// The URI as the driver knows it (`virConnectGetURI`).
    pub uri: String,
    /// The hypervisor, always there.
    pub hypervisor: Arc<dyn HypervisorDriver>,
    /// Virtual networks.
    pub network: Option<Arc<dyn NetworkDriver>>,
    /// Storage pools and volumes.
    pub storage: Option<Arc<dyn StorageDriver>>,
    /// Host devices.
    pub node_device: Option<Arc<dyn NodeDeviceDriver>>,
    /// Host network interfaces.
    pub interface: Option<Arc<dyn InterfaceDriver>>,
    /// Secrets.
    pub secret: Option<Arc<dyn SecretDriver>>,
    /// Network filters.
    pub nwfilter: Option<Arc<dyn NwfilterDriver>>,
    /// Events of all of them.
    pub events: Arc<EventBus>,
    /// What the drivers say about themselves.
    pub traits: Arc<dyn DriverTraits>,
}

impl Connection {
    /// The same connection for reading only: what changes something is refused in this process. A
    /// server refuses by itself, so that only connections without one need this.
    #[must_use]
    pub fn for_reading(self) -> Self {
        Self {
            hypervisor: Arc::new(ReadOnly(self.hypervisor)),
            network: self.network.map(|driver| Arc::new(ReadOnly(driver)) as _),
            storage: self.storage.map(|driver| Arc::new(ReadOnly(driver)) as _),
            node_device: self.node_device.map(|driver| Arc::new(ReadOnly(driver)) as _),
            interface: self.interface.map(|driver| Arc::new(ReadOnly(driver)) as _),
            secret: self.secret.map(|driver| Arc::new(ReadOnly(driver)) as _),
            nwfilter: self.nwfilter.map(|driver| Arc::new(ReadOnly(driver)) as _),
            ..self
        }
    }
}

/// What a server needs to know of a driver besides what it does.
pub trait DriverTraits: Send + Sync {
    /// False for a method that always answers at once: from memory, without disk, monitor, child
    /// process or a lock that is held across a wait. The server then answers where it reads.
    fn may_wait(&self, op: Op) -> bool;

    /// `virDrvFeature` numbers that the driver has.
    fn has_feature(&self, feature: i32) -> bool;

    /// The client connection of that number ([`crate::Caller::client`]) is gone.
    fn client_gone(&self, client: u64) {
        let _ = client;
    }
}

/// What a client wants to open.
#[derive(Clone)]
pub struct OpenRequest<'a> {
    /// The URI as the client gave it.
    pub uri: String,
    /// `virConnectFlags`.
    pub flags: u32,
    /// Who asks.
    pub identity: Arc<Identity>,
    /// Who has credentials that the driver may ask for.
    pub credentials: Option<&'a dyn Credentials>,
}

/// A driver as a program knows it before any connection is open.
pub trait DriverFactory: Send + Sync {
    /// "QEMU", "Test".
    fn name(&self) -> &'static str;

    /// The URI schemes it serves.
    fn schemes(&self) -> &'static [&'static str];

    /// Opens a connection. The scheme is one of the driver's own; whatever else is wrong with the URI
    /// is an error.
    fn open(&self, request: &OpenRequest<'_>) -> Result<Connection>;

    /// Whether [`DriverFactory::open`] of this URI answers from memory, without a wait. Only asked of
    /// a driver that has started.
    fn opens_at_once(&self, uri: &str) -> bool {
        let _ = uri;
        false
    }

    /// Brings back what runs already and starts what is marked for autostart. Called once, before the
    /// first `open`, on a thread of its own; must not make others wait on one sick guest.
    fn start(&self) -> Result<()> {
        Ok(())
    }

    /// Whether something runs that ends with the daemon or needs it: active guests, jobs. A daemon
    /// that ends when it is idle asks.
    fn is_busy(&self) -> bool {
        false
    }

    /// Reads its configuration again, as far as that can change while it runs.
    fn reload(&self) -> Result<()> {
        Ok(())
    }

    /// The daemon ends: write down what must be written. Guests run on.
    fn stop(&self) {}
}
