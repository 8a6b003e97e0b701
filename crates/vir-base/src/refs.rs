//! References to objects: how a caller names a domain, a network, a volume, …
//!
//! They are what the wire carries and what driver methods take. They own no object: the driver
//! looks the object up, by UUID where there is one, and says so when it is gone.

use crate::uuid::Uuid;

macro_rules! refs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $ty:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty,)* })*
    };
}

refs! {
    /// A domain.
    DomainRef {
        /// Name, unique among the domains of a driver.
        name: String,
        /// UUID, unique among the domains of a driver; what look-ups go by.
        uuid: Uuid,
        /// Number of the running instance, -1 while it is not running.
        id: i32,
    }
    /// A virtual network.
    NetworkRef {
        /// Name.
        name: String,
        /// UUID.
        uuid: Uuid,
    }
    /// A port of a virtual network.
    NetworkPortRef {
        /// The network.
        net: NetworkRef,
        /// UUID of the port.
        uuid: Uuid,
    }
    /// A network filter.
    NwfilterRef {
        /// Name.
        name: String,
        /// UUID.
        uuid: Uuid,
    }
    /// A network filter's binding to a port.
    NwfilterBindingRef {
        /// Name of the host's network device.
        portdev: String,
        /// Name of the filter.
        filtername: String,
    }
    /// A host network interface.
    InterfaceRef {
        /// Name.
        name: String,
        /// MAC address as text.
        mac: String,
    }
    /// A storage pool.
    StoragePoolRef {
        /// Name.
        name: String,
        /// UUID.
        uuid: Uuid,
    }
    /// A storage volume.
    StorageVolRef {
        /// Name of its pool.
        pool: String,
        /// Name in the pool.
        name: String,
        /// Key, unique on the host.
        key: String,
    }
    /// A host device.
    NodeDeviceRef {
        /// Name.
        name: String,
    }
    /// A secret.
    SecretRef {
        /// UUID.
        uuid: Uuid,
        /// What it is for (`virSecretUsageType`).
        usage_type: i32,
        /// Which one of that kind.
        usage_id: String,
    }
    /// A checkpoint of a domain.
    DomainCheckpointRef {
        /// Name.
        name: String,
        /// The domain.
        dom: DomainRef,
    }
    /// A snapshot of a domain.
    DomainSnapshotRef {
        /// Name.
        name: String,
        /// The domain.
        dom: DomainRef,
    }
}
