//! What a domain's elements that are read by hand may hold, as tables. Nothing is read or printed by these: they are
//! for the list of what is not known, for schemas, pages and tests. Those of devices are in
//! [`device::tables`](super::device::tables).

use super::cpu::Cpu as CpuElement;
use super::cputune::{CacheType, CpuTune};
use super::device::Devices;
use super::device::source::DiskSource;
use super::features::{CapabilitiesPolicy, Features};
use super::limits::{BlkioTune, IdMap, MemTune, Perf, Resource};
use super::memory::{MemoryAccess, MemoryBacking};
use super::numa::{
    CacheAssociativity, CachePolicy, MemoryLatency, NumaMode, NumaPlacement, NumaTune as NumaTuneElement,
};
use super::security::{KeyWrap, LaunchSecurity, SeclabelType};
use super::{LifecycleAction, LockFailure, Placement, VirtType};
use super::{clock, iothreads, os};
use vir_base::{Bitmap, Uuid};
use vir_xml::{OnOff, YesNo, describe};

describe! {
    /// A guest: what it is made of, what it may use, and how it is run. Since 0.0.1. Drivers: all.
    pub struct Domain "domain" {
        /// What runs it.
        attr "type": Option<VirtType>,
        /// Number of the running instance.
        live "id": Option<i32>,
        /// Its name, which is unique on a host; without `/`.
        leaf "name": String,
        /// Its UUID; made up if nothing is said.
        leaf "uuid": Option<Uuid>,
        /// Generation id: changes when the guest goes back in time; made up if the element is empty. Since 4.4.0.
        /// Drivers: qemu, vmware, esx.
        leaf "genid": Option<Uuid>,
        /// A short description for people, of one line. Since 0.9.10.
        leaf "title": Option<String>,
        /// A long one. Since 0.7.2.
        leaf "description": Option<String>,
        /// What programs keep with the domain, each in a namespace of its own. Since 0.9.10.
        tree "metadata": Element,
        /// How far memory can grow. Since 1.2.14. Drivers: qemu.
        child "maxMemory": MaxMemory,
        /// Memory at boot.
        child "memory": Memory,
        /// What the guest is to use of it; all if nothing is said. Since 0.1.9.
        child "currentMemory": Kib,
        /// Shares of block input and output. Since 0.8.8. Drivers: qemu, lxc.
        maybe "blkiotune": Option<BlkioTune>,
        /// Limits of memory. Since 0.8.5. Drivers: qemu, lxc, openvz, vmware, esx.
        maybe "memtune": Option<MemTune>,
        /// How the host gives memory. Since 0.7.1. Drivers: qemu, bhyve.
        maybe "memoryBacking": Option<MemoryBacking>,
        /// How many processors there can be; 1 if nothing is said.
        child "vcpu": Vcpu,
        /// Single processors. Since 2.2.0. Drivers: qemu.
        maybe "vcpus": Option<super::Vcpus>,
        /// How many I/O threads there are. Since 1.2.8. Drivers: qemu.
        leaf "iothreads": Option<u32>,
        /// Single I/O threads. Since 1.2.15. Drivers: qemu.
        maybe "iothreadids": Option<iothreads::IothreadIds>,
        /// The thread that serves what no I/O thread does. Since 8.5.0. Drivers: qemu.
        maybe "defaultiothread": Option<iothreads::DefaultIothread>,
        /// Groups of limits that disks share. Since 11.2.0. Drivers: qemu.
        maybe "throttlegroups": Option<super::ThrottleGroups>,
        /// How much of the host's processors it gets, and which. Since 0.9.0. Drivers: qemu, xen, lxc, ch, vz, vmware,
        /// esx.
        maybe "cputune": Option<CpuTune>,
        /// How memory is taken from the host's nodes. Since 0.9.3. Drivers: qemu, lxc, ch.
        maybe "numatune": Option<NumaTuneElement>,
        /// Where its processes stand. Since 1.0.5. Drivers: qemu, lxc.
        maybe "resource": Option<Resource>,
        /// What its firmware says of its machine. Since 0.8.7. Drivers: qemu.
        list "sysinfo": Sysinfo,
        /// Program that finds what to boot, of Xen. Since 0.1.0. Drivers: xen, bhyve.
        leaf "bootloader": Option<String>,
        /// What that program is given. Since 0.2.3. Drivers: xen, bhyve.
        leaf "bootloader_args": Option<String>,
        /// What is booted.
        child "os": Option<os::Os>,
        /// Whose numbers a container's users are on the host. Since 1.1.1. Drivers: lxc.
        maybe "idmap": Option<IdMap>,
        /// What the machine has. Since 0.2.0. Drivers: qemu, xen, lxc, bhyve, ch, vz, vmware, esx, vbox.
        maybe "features": Option<Features>,
        /// The processor. Since 0.7.5. Drivers: qemu, xen, bhyve, esx.
        maybe "cpu": Option<CpuElement>,
        /// The clock. Since 0.3.1. Drivers: qemu, xen, lxc, bhyve, vz, vbox.
        child "clock": Option<clock::Clock>,
        /// What happens when the guest powers off; `destroy` if nothing is said. Since 0.1.0. Drivers: qemu, xen, lxc,
        /// vmware, esx.
        leaf "on_poweroff": Option<LifecycleAction>,
        /// What happens when it restarts; `restart` if nothing is said. Since 0.1.0. Drivers: qemu, xen, lxc, vmware,
        /// esx.
        leaf "on_reboot": Option<LifecycleAction>,
        /// What happens when it crashes; `destroy` if nothing is said. Since 0.1.0. Drivers: qemu, xen, vmware, esx.
        leaf "on_crash": Option<LifecycleAction>,
        /// What happens when a lock is lost. Since 1.0.0. Drivers: qemu.
        leaf "on_lockfailure": Option<LockFailure>,
        /// Sleep states. Since 0.10.2. Drivers: qemu.
        maybe "pm": Option<clock::PowerManagement>,
        /// Performance counters. Since 2.0.0. Drivers: qemu.
        maybe "perf": Option<Perf>,
        /// Devices. Since 0.0.3.
        child "devices": Option<Devices>,
        /// How security drivers label it, once for each driver. Since 0.6.1. Drivers: qemu, xen, lxc.
        list "seclabel": Seclabel,
        /// Whether an s390 guest's keys are wrapped. Since 1.2.17. Drivers: qemu.
        maybe "keywrap": Option<KeyWrap>,
        /// How a guest's memory is kept from the host. Since 4.4.0. Drivers: qemu.
        child "launchSecurity": Option<LaunchSecurity>,
    }
    /// How many processors there can be.
    pub struct Vcpu "vcpu" {
        /// How they are placed on the host's; `static` if nothing is said. Since 0.9.11. Drivers: qemu, lxc, ch.
        attr "placement": Option<Placement>,
        /// Processors of the host that they run on. Since 0.4.4. Drivers: qemu, xen, lxc, ch, vz, vmware, esx.
        attr "cpuset": Option<Bitmap>,
        /// How many are there at boot; all if nothing is said. Since 0.8.5.
        attr "current": Option<u32>,
        /// The number.
        text "": u32,
    }
    /// An amount of memory.
    pub struct Kib "" {
        /// Its unit: `b`, `KB`, `KiB`, `MB`, `MiB`, …; `KiB` if nothing is said. Since 0.9.11.
        attr "unit": Option<String>,
        /// How many of them.
        text "": u64,
    }
    /// An amount of bytes.
    pub struct Bytes "" {
        /// Its unit: `b`, `KB`, `KiB`, `MB`, `MiB`, …; `bytes` if nothing is said. Since 0.9.11.
        attr "unit": Option<String>,
        /// How many of them.
        text "": u64,
    }
    /// Memory at boot.
    pub struct Memory "memory" {
        /// Whether it is part of what is dumped when the guest crashes. Since 0.10.2. Drivers: qemu.
        attr "dumpCore": Option<OnOff>,
        parts "": Kib,
    }
    /// How far memory can grow.
    pub struct MaxMemory "maxMemory" {
        /// How many modules can be plugged. Since 1.2.14. Drivers: qemu.
        attr "slots": Option<u32>,
        parts "": Kib,
    }
    /// Large pages of one size. Since 1.2.5. Drivers: qemu.
    pub struct HugePage "page" {
        /// The size of a page.
        attr "size": u64,
        /// Its unit; `KiB` if nothing is said.
        attr "unit": Option<String>,
        /// The guest's nodes that use them; all others if none is said.
        attr "nodeset": Option<Bitmap>,
    }
    /// The guest's firmware variables: a path, or a source as a disk has it. Since 0.9.12. Drivers: qemu, xen, bhyve.
    pub struct Nvram "nvram" {
        /// What they are filled from at first. Since 1.2.8. Drivers: qemu.
        attr "template": Option<String>,
        /// That file's format. Since 10.10.0. Drivers: qemu.
        attr "templateFormat": Option<super::device::source::ImageFormat>,
        /// Kind of storage, where it is no mere path. Since 8.5.0. Drivers: qemu.
        attr "type": Option<super::device::disk::DiskType>,
        /// Their format. Since 9.2.0. Drivers: qemu.
        attr "format": Option<super::device::source::ImageFormat>,
        /// Where they lie, if a kind of storage is said. Since 8.5.0. Drivers: qemu.
        maybe "source": Option<DiskSource>,
        /// Their path, if none is.
        text "": Option<String>,
    }
    /// How a security driver labels the domain.
    pub struct Seclabel "seclabel" {
        /// Whether the label is given or made up; `dynamic` if nothing is said. Since 0.6.1.
        attr "type": Option<SeclabelType>,
        /// The driver: `selinux`, `apparmor`, `dac`, `none`; the host's first if nothing is said.
        attr "model": Option<String>,
        /// Whether the domain's files are labelled; `yes` for a label that is made up. Since 0.9.4.
        attr "relabel": Option<YesNo>,
        /// The label of its processes.
        leaf "label": Option<String>,
        /// That of its files, while it runs.
        leaf "imagelabel": Option<String>,
        /// What a label is made up from. Since 0.9.4. Drivers: qemu.
        leaf "baselabel": Option<String>,
    }
    /// Memory of system management's own.
    pub struct Tseg "tseg" {
        /// Its unit; `MiB` if nothing is said.
        attr "unit": Option<String>,
        /// How many of them.
        text "": u64,
    }
    /// What a container's processes may do. Since 1.2.10. Drivers: lxc.
    pub struct ProcessCapabilities "capabilities" {
        /// What holds for those that are not named.
        attr "policy": Option<CapabilitiesPolicy>,
        /// Configure the audit subsystem.
        child "audit_control": Switch,
        /// Write to the audit log.
        child "audit_write": Switch,
        /// Keep the host from sleeping.
        child "block_suspend": Switch,
        /// Change owners of files.
        child "chown": Switch,
        /// Pass over permissions of files.
        child "dac_override": Switch,
        /// Pass over permissions to read files and search directories.
        child "dac_read_search": Switch,
        /// Do what only a file's owner may.
        child "fowner": Switch,
        /// Keep set-id bits when files change.
        child "fsetid": Switch,
        /// Lock memory.
        child "ipc_lock": Switch,
        /// Pass over permissions of System V objects.
        child "ipc_owner": Switch,
        /// Send signals to all processes.
        child "kill": Switch,
        /// Take leases of files.
        child "lease": Switch,
        /// Make files immutable.
        child "linux_immutable": Switch,
        /// Configure mandatory access control.
        child "mac_admin": Switch,
        /// Pass over mandatory access control.
        child "mac_override": Switch,
        /// Make device nodes.
        child "mknod": Switch,
        /// Configure the network.
        child "net_admin": Switch,
        /// Listen on ports below 1024.
        child "net_bind_service": Switch,
        /// Broadcast.
        child "net_broadcast": Switch,
        /// Use raw sockets.
        child "net_raw": Switch,
        /// Change group ids.
        child "setgid": Switch,
        /// Set capabilities of files.
        child "setfcap": Switch,
        /// Pass capabilities on.
        child "setpcap": Switch,
        /// Change user ids.
        child "setuid": Switch,
        /// Administer the system.
        child "sys_admin": Switch,
        /// Boot another kernel.
        child "sys_boot": Switch,
        /// Change the root directory.
        child "sys_chroot": Switch,
        /// Load modules of the kernel.
        child "sys_module": Switch,
        /// Raise priorities.
        child "sys_nice": Switch,
        /// Account for processes.
        child "sys_pacct": Switch,
        /// Trace all processes.
        child "sys_ptrace": Switch,
        /// Do raw input and output.
        child "sys_rawio": Switch,
        /// Pass over limits of resources.
        child "sys_resource": Switch,
        /// Set the clock.
        child "sys_time": Switch,
        /// Configure terminals.
        child "sys_tty_config": Switch,
        /// Read and clear the kernel's log.
        child "syslog": Switch,
        /// Wake the host.
        child "wake_alarm": Switch,
    }
    /// Whether it may.
    pub struct Switch "" {
        /// Whether; `on` if nothing is said.
        attr "state": Option<OnOff>,
    }
    /// What the guest's firmware says of its machine, or files that it offers.
    pub struct Sysinfo "sysinfo" {
        /// Which of them: `smbios` or `fwcfg`.
        attr "type": String,
        /// The firmware: `vendor`, `version`, `date`, `release`. Since 0.8.7.
        maybe "bios": Entries,
        /// The machine: `manufacturer`, `product`, `version`, `serial`, `uuid`, `sku`, `family`. Since 0.8.7.
        maybe "system": Entries,
        /// A board: `manufacturer`, `product`, `version`, `serial`, `asset`, `location`. Since 1.2.18.
        list "baseBoard": Entries,
        /// The case: `manufacturer`, `version`, `serial`, `asset`, `sku`. Since 4.1.0.
        maybe "chassis": Entries,
        /// Texts of the maker. Since 4.1.0.
        maybe "oemStrings": OemStrings,
        /// A file of QEMU's firmware configuration, of `fwcfg`. Since 6.5.0.
        list "entry": FwCfg,
    }
    /// Names and values.
    pub struct Entries "" {
        /// One of them.
        list "entry": Entry,
    }
    /// A value.
    pub struct Entry "entry" {
        /// What it is.
        attr "name": String,
        /// The value.
        text "": Option<String>,
    }
    /// Texts of the maker.
    pub struct OemStrings "oemStrings" {
        /// One of them.
        leaves "entry": Vec<String>,
    }
    /// A file of QEMU's firmware configuration.
    pub struct FwCfg "entry" {
        /// Its name in the guest.
        attr "name": String,
        /// A file of the host that holds it.
        attr "file": Option<String>,
        /// Its content, if no file does.
        text "": Option<String>,
    }
    /// How a domain takes memory.
    pub struct NumaMemory "memory" {
        /// How; `strict` if nothing is said.
        attr "mode": Option<NumaMode>,
        /// Nodes of the host.
        attr "nodeset": Option<Bitmap>,
        /// Who chooses the nodes. Since 0.9.12.
        attr "placement": Option<NumaPlacement>,
    }
    /// The guest's nodes.
    pub struct Numa "numa" {
        /// A node. Since 0.9.8.
        list "cell": NumaCell,
        /// How far nodes are from each other in time and throughput. Since 6.6.0. Drivers: qemu.
        maybe "interconnects": Interconnects,
    }
    /// A node of the guest.
    pub struct NumaCell "cell" {
        /// Its number; the next one if nothing is said. Since 1.2.7.
        attr "id": Option<u32>,
        /// Its processors. Since 0.9.8.
        attr "cpus": Option<Bitmap>,
        /// Its memory.
        attr "memory": u64,
        /// The unit of that; `KiB` if nothing is said. Since 1.2.7.
        attr "unit": Option<String>,
        /// Whether other processes see its memory. Since 1.2.9. Drivers: qemu.
        attr "memAccess": Option<MemoryAccess>,
        /// Whether its memory's content is dropped when the guest stops. Since 4.4.0. Drivers: qemu.
        attr "discard": Option<YesNo>,
        /// How far other nodes are. Since 3.10.0. Drivers: qemu, xen.
        maybe "distances": Distances,
        /// A cache of its memory. Since 6.6.0. Drivers: qemu.
        list "cache": NumaCache,
    }
    /// How far other nodes are.
    pub struct Distances "distances" {
        /// One of them.
        list "sibling": Sibling,
    }
    /// How far another node is.
    pub struct Sibling "sibling" {
        /// Its number.
        attr "id": u32,
        /// How far: 10 to 255; 10 is the distance to itself.
        attr "value": u32,
    }
    /// A cache of a node's memory.
    pub struct NumaCache "cache" {
        /// Its level, from 1.
        attr "level": u32,
        /// How it finds its lines.
        attr "associativity": Option<CacheAssociativity>,
        /// When it writes.
        attr "policy": Option<CachePolicy>,
        /// Its size; in KiB if nothing is said.
        child "size": Size,
        /// Length of a line; in bytes if nothing is said.
        child "line": Size,
    }
    /// A size in attributes.
    pub struct Size "" {
        /// How many units.
        attr "value": u64,
        /// The unit.
        attr "unit": Option<String>,
    }
    /// How far nodes are from each other.
    pub struct Interconnects "interconnects" {
        /// Nanoseconds that it takes.
        list "latency": Link,
        /// How much can be moved in a second.
        list "bandwidth": Bandwidth,
    }
    /// What lies between two nodes.
    pub struct Link "latency" {
        /// The node that reads or writes.
        attr "initiator": u32,
        /// The node that is read or written.
        attr "target": u32,
        /// Level of its cache that is; its memory if nothing is said.
        attr "cache": Option<u32>,
        /// Of reading, writing or both.
        attr "type": Option<MemoryLatency>,
        /// How much.
        attr "value": u64,
    }
    /// How much can be moved between two nodes in a second.
    pub struct Bandwidth "bandwidth" {
        parts "": Link,
        /// The unit; `KiB` if nothing is said.
        attr "unit": Option<String>,
    }
    /// A part of the host's cache for some processors.
    pub struct CachePart "cache" {
        /// Number of the host's cache. Since 4.1.0.
        attr "id": u32,
        /// Its level.
        attr "level": u32,
        /// What it holds.
        attr "type": Option<CacheType>,
        /// How much of it.
        attr "size": u64,
        /// The unit of that; `KiB` if nothing is said.
        attr "unit": Option<String>,
    }
    /// What no document says.
    pub struct Nothing "" {}
}
