//! What storage's elements that are read by hand may hold, as tables: see [`crate::domain::tables`].

use vir_xml::describe;

describe! {
    /// A number of bytes.
    pub struct Amount "" {
        /// The unit it is told in: `bytes`, `KiB`, `GB`, …; bytes if nothing is said.
        attr "unit": Option<String>,
        /// The number.
        text "": Option<String>,
    }
    /// A part of a device, in bytes.
    pub struct Part "" {
        /// Where it begins.
        attr "start": Option<u64>,
        /// Where it ends.
        attr "end": Option<u64>,
    }
    /// Where a PCI device is.
    pub struct Place "address" {
        /// The PCI domain.
        attr "domain": Option<String>,
        /// The bus.
        attr "bus": Option<String>,
        /// The slot.
        attr "slot": Option<String>,
        /// The function.
        attr "function": Option<String>,
    }
    /// Nothing is inside.
    pub struct Empty "" {}
    /// Options for what serves a pool, each kind in its own namespace. Since 5.1.0. Drivers: storage.
    pub struct Namespaces "" {
        /// For `mount`; `xmlns:fs` is `http://libvirt.org/schemas/storagepool/fs/1.0`.
        child "fs:mount_opts": MountOptions,
        /// For Ceph; `xmlns:rbd` is `http://libvirt.org/schemas/storagepool/rbd/1.0`.
        child "rbd:config_opts": ConfigOptions,
    }
    /// Options for `mount`.
    pub struct MountOptions "fs:mount_opts" {
        /// One of them.
        list "fs:option": MountOption,
    }
    /// An option for `mount`.
    pub struct MountOption "fs:option" {
        /// The option, with its value if it has one.
        attr "name": Option<String>,
    }
    /// Options for Ceph.
    pub struct ConfigOptions "rbd:config_opts" {
        /// One of them.
        list "rbd:option": ConfigOption,
    }
    /// An option for Ceph.
    pub struct ConfigOption "rbd:option" {
        /// Its name.
        attr "name": Option<String>,
        /// Its value.
        attr "value": Option<String>,
    }
}
