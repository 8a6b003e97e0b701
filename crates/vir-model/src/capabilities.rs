//! `<capabilities>`: what the host has, and what guests it can run.

use vir_base::Uuid;
use vir_xml::{Format, OnOff, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What a cache holds.
    pub enum CacheType { Both = "both", Code = "code", Data = "data", }
    /// How the lines of a cache are found.
    pub enum Associativity { None = "none", Direct = "direct", Full = "full", }
    /// When a cache writes to memory.
    pub enum WritePolicy { None = "none", WriteBack = "writeback", WriteThrough = "writethrough", }
    /// A way to use memory.
    pub enum Access { Access = "access", Read = "read", Write = "write", }
    /// Whether the host scales the counter for guests.
    pub enum MaxPhysMode { Passthrough = "passthrough", Emulate = "emulate", }
}

element! {
    /// The document. Since 0.2.3. Drivers: all.
    pub struct Capabilities "capabilities" {
        /// The host.
        child host "host": Option<Host>,
        /// A kind of guest that can run here.
        list guests "guest": Vec<Guest>,
    }

    /// The host.
    pub struct Host "host" {
        /// Its UUID. Since 0.8.2.
        leaf uuid "uuid": Option<Uuid>,
        /// Its processors. Since 0.2.3.
        child cpu "cpu": Option<HostCpu>,
        /// Ways to suspend it. Since 0.9.8.
        child power_management "power_management": Option<PowerManagement>,
        /// Whether it has an IOMMU. Since 4.6.0. Drivers: qemu.
        child iommu "iommu": Option<Supported>,
        /// How guests can leave it. Since 0.2.3.
        child migration "migration_features": Option<MigrationFeatures>,
        /// How names of guests' interfaces begin. Since 1.3.5. Drivers: qemu, xen.
        leaf netprefix "netprefix": Option<String>,
        /// Its NUMA nodes. Since 0.4.0.
        child topology "topology": Option<Topology>,
        /// Its caches. Since 3.3.0. Drivers: qemu.
        child cache "cache": Option<Cache>,
        /// How its memory's bandwidth can be divided. Since 4.7.0. Drivers: qemu.
        child memory_bandwidth "memory_bandwidth": Option<MemoryBandwidth>,
        /// A way to keep guests apart. Since 0.6.1. Drivers: qemu, xen, lxc.
        list secmodels "secmodel": Vec<SecurityModel>,
    }

    /// The host's processors.
    pub struct HostCpu "cpu" {
        /// Their architecture.
        leaf arch "arch": Option<String>,
        /// The known model that comes closest. Since 0.7.5.
        leaf model "model": Option<String>,
        /// Who made them. Since 0.8.3.
        leaf vendor "vendor": Option<String>,
        /// Version of the microcode. Since 4.0.0. Drivers: qemu.
        child microcode "microcode": Option<Microcode>,
        /// Family, model and stepping. Since 7.7.0. Drivers: qemu.
        child signature "signature": Option<Signature>,
        /// A counter that guests may read. Since 4.10.0. Drivers: qemu.
        child counter "counter": Option<Counter>,
        /// How threads are laid out. Since 0.7.5.
        child topology "topology": Option<CpuTopology>,
        /// Bits of a physical address. Since 8.7.0. Drivers: qemu.
        child maxphysaddr "maxphysaddr": Option<MaxPhysAddr>,
        /// Ways to address memory, as Xen tells them. Since 0.2.3. Drivers: xen.
        child extensions "features": Option<HostFeatures>,
        /// A feature beyond the model's. Since 0.7.5. Drivers: qemu, bhyve.
        list features "feature": Vec<FeatureName>,
        /// A size of pages that there is. Since 1.2.6. Drivers: qemu.
        list pages "pages": Vec<PageSize>,
    }
    /// Version of the microcode.
    pub struct Microcode "microcode" {
        /// The version.
        attr version "version": u32,
    }
    /// Family, model and stepping.
    pub struct Signature "signature" {
        /// The family.
        attr family "family": u32,
        /// The model.
        attr model "model": u32,
        /// The stepping.
        attr stepping "stepping": u32,
    }
    /// A counter that guests may read; hertz.
    pub struct Counter "counter" {
        /// Its name.
        attr name "name": String,
        /// How often it counts in a second.
        attr frequency "frequency": u64,
        /// Whether the host scales it for guests.
        attr scaling "scaling": Option<YesNo>,
    }
    /// How threads are laid out.
    pub struct CpuTopology "topology" {
        /// Sockets of a NUMA node.
        attr sockets "sockets": u32,
        /// Dies of a socket. Since 6.1.0.
        attr dies "dies": Option<u32>,
        /// Clusters of a die. Since 10.1.0.
        attr clusters "clusters": Option<u32>,
        /// Cores of a cluster.
        attr cores "cores": u32,
        /// Threads of a core.
        attr threads "threads": u32,
    }
    /// Bits of a physical address.
    pub struct MaxPhysAddr "maxphysaddr" {
        /// Whose the bits are.
        attr mode "mode": Option<MaxPhysMode>,
        /// How many there are.
        attr bits "bits": Option<u32>,
        /// The most that a guest can have.
        attr limit "limit": Option<u32>,
    }
    /// Ways to address memory, of 32-bit x86.
    pub struct HostFeatures "features" {
        /// With 36 bits.
        flag pae "pae": bool,
        /// With 32 bits.
        flag nonpae "nonpae": bool,
    }
    /// A feature.
    pub struct FeatureName "feature" {
        /// Its name.
        attr name "name": String,
    }
    /// A size of pages in KiB, and in a cell how many of them there are.
    pub struct PageSize "pages" {
        /// The unit of the size.
        attr unit "unit": Option<String>,
        /// The size.
        attr size "size": u32,
        text count "": Option<u64>,
    }

    /// Ways to suspend the host.
    pub struct PowerManagement "power_management" {
        /// To memory.
        flag mem "suspend_mem": bool,
        /// To disk.
        flag disk "suspend_disk": bool,
        /// To both.
        flag hybrid "suspend_hybrid": bool,
    }
    /// Whether something is supported.
    pub struct Supported "" {
        /// Whether.
        attr support "support": Option<YesNo>,
    }

    /// How guests can leave the host.
    pub struct MigrationFeatures "migration_features" {
        /// While they run.
        flag live "live": bool,
        /// Schemes of URIs to send them to.
        child transports "uri_transports": Option<Transports>,
    }
    /// Schemes of URIs to send them to.
    pub struct Transports "uri_transports" {
        /// A scheme.
        leaves names "uri_transport": Vec<String>,
    }

    /// NUMA.
    pub struct Topology "topology" {
        /// The nodes.
        child cells "cells": Option<Cells>,
        /// How fast the nodes' memory is from elsewhere. Since 7.5.0.
        child interconnects "interconnects": Option<Interconnects>,
    }
    /// How fast the nodes' memory is from elsewhere.
    pub struct Interconnects "interconnects" {
        /// How long it takes, in nanoseconds.
        list latencies "latency": Vec<Interconnect>,
        /// How much goes through in a second.
        list bandwidths "bandwidth": Vec<Interconnect>,
    }
    /// How fast it is from one node to another: in ns, or in the unit given.
    pub struct Interconnect "" {
        /// The node that reads or writes.
        attr initiator "initiator": u32,
        /// The node whose memory it is.
        attr target "target": u32,
        /// Level of the cache that is meant.
        attr cache "cache": Option<u32>,
        /// Of reading, writing or both.
        attr access "type": Option<Access>,
        /// The value.
        attr value "value": u64,
        /// Its unit.
        attr unit "unit": Option<String>,
    }
    /// NUMA nodes.
    pub struct Cells "cells" {
        /// How many.
        attr num "num": u32,
        /// A node.
        list cells "cell": Vec<Cell>,
    }
    /// A NUMA node.
    pub struct Cell "cell" {
        /// Its number.
        attr id "id": u32,
        /// Its memory. Since 1.0.4.
        child memory "memory": Option<CellMemory>,
        /// How many pages of a size it has. Since 1.2.6.
        list pages "pages": Vec<PageSize>,
        /// How far it is to the others. Since 1.2.8.
        child distances "distances": Option<Distances>,
        /// A cache in front of its memory. Since 7.5.0.
        list caches "cache": Vec<MemoryCache>,
        /// Its processors.
        child cpus "cpus": Option<CellCpus>,
    }
    /// Its memory in KiB.
    pub struct CellMemory "memory" {
        /// The unit: KiB.
        attr unit "unit": Option<String>,
        text kib "": Option<u64>,
    }
    /// How far it is to the others.
    pub struct Distances "distances" {
        /// One of the others.
        list siblings "sibling": Vec<Distance>,
    }
    /// How far it is to another.
    pub struct Distance "sibling" {
        /// Its number.
        attr id "id": u32,
        /// How far; 10 is no way at all.
        attr value "value": u32,
    }
    /// A cache in front of its memory.
    pub struct MemoryCache "cache" {
        /// Its level.
        attr level "level": u32,
        /// How it finds its lines.
        attr associativity "associativity": Option<Associativity>,
        /// When it writes.
        attr policy "policy": Option<WritePolicy>,
        /// Its size.
        child size "size": Option<Amount>,
        /// Length of a line.
        child line "line": Option<Amount>,
    }
    /// A size.
    pub struct Amount "" {
        /// How many.
        attr value "value": u64,
        /// Of which unit.
        attr unit "unit": Option<String>,
    }
    /// Its processors.
    pub struct CellCpus "cpus" {
        /// How many.
        attr num "num": u32,
        /// A processor.
        list cpus "cpu": Vec<CellCpu>,
    }
    /// A processor.
    pub struct CellCpu "cpu" {
        /// Its number.
        attr id "id": u32,
        /// Its socket. Since 1.0.2.
        attr socket_id "socket_id": Option<u32>,
        /// Its die. Since 6.1.0.
        attr die_id "die_id": Option<u32>,
        /// Its cluster. Since 10.1.0.
        attr cluster_id "cluster_id": Option<u32>,
        /// Its core. Since 1.0.2.
        attr core_id "core_id": Option<u32>,
        /// Processors of the same core. Since 1.0.2.
        attr siblings "siblings": Option<String>,
    }

    /// The host's caches.
    pub struct Cache "cache" {
        /// A cache.
        list banks "bank": Vec<CacheBank>,
        /// What of their use can be measured. Since 4.10.0.
        child monitor "monitor": Option<Monitor>,
    }
    /// A cache.
    pub struct CacheBank "bank" {
        /// Its number.
        attr id "id": u32,
        /// Its level.
        attr level "level": u32,
        /// What it holds.
        attr kind "type": Option<CacheType>,
        /// Its size.
        attr size "size": u64,
        /// The unit of that.
        attr unit "unit": Option<String>,
        /// Processors that use it.
        attr cpus "cpus": String,
        /// How it can be divided. Since 3.5.0.
        list controls "control": Vec<CacheControl>,
    }
    /// How it can be divided.
    pub struct CacheControl "control" {
        /// The smallest step.
        attr granularity "granularity": u64,
        /// The smallest part.
        attr min "min": Option<u64>,
        /// The unit of both.
        attr unit "unit": Option<String>,
        /// What the part holds.
        attr kind "type": Option<CacheType>,
        /// How many parts there can be.
        attr max_allocations "maxAllocs": u32,
    }
    /// What can be measured.
    pub struct Monitor "monitor" {
        /// Level of the cache.
        attr level "level": Option<u32>,
        /// Bytes below which a number is used again.
        attr reuse_threshold "reuseThreshold": Option<u32>,
        /// How many there can be.
        attr max_monitors "maxMonitors": u32,
        /// Something that can be measured.
        list features "feature": Vec<FeatureName>,
    }

    /// Memory bandwidth.
    pub struct MemoryBandwidth "memory_bandwidth" {
        /// That of some processors.
        list nodes "node": Vec<BandwidthNode>,
        /// What of its use can be measured. Since 4.10.0.
        child monitor "monitor": Option<Monitor>,
    }
    /// That of some processors.
    pub struct BandwidthNode "node" {
        /// Its number.
        attr id "id": u32,
        /// The processors.
        attr cpus "cpus": String,
        /// How it can be divided.
        child control "control": Option<BandwidthControl>,
    }
    /// How it can be divided, in percent.
    pub struct BandwidthControl "control" {
        /// The smallest step.
        attr granularity "granularity": u32,
        /// The smallest part.
        attr min "min": u32,
        /// How many parts there can be.
        attr max_allocations "maxAllocs": u32,
    }

    /// A way to keep guests apart.
    pub struct SecurityModel "secmodel" {
        /// Its name.
        leaf model "model": Option<String>,
        /// Its domain of interpretation.
        leaf doi "doi": Option<String>,
        /// What guests' labels are made from.
        list base_labels "baselabel": Vec<BaseLabel>,
    }
    /// The label that guests of a kind start from. Since 1.1.4.
    pub struct BaseLabel "baselabel" {
        /// The kind of guest.
        attr kind "type": Option<String>,
        text label "": Option<String>,
    }

    /// A kind of guest.
    pub struct Guest "guest" {
        /// What it runs: `hvm`, `exe`, `xen`, …
        leaf os_type "os_type": Option<String>,
        /// Its architecture, and what runs it.
        child arch "arch": Option<GuestArch>,
        /// What it can have.
        child features "features": Option<GuestFeatures>,
    }
    /// Its architecture, and what runs it.
    pub struct GuestArch "arch" {
        /// The architecture.
        attr name "name": String,
        /// Bits of a word.
        leaf wordsize "wordsize": Option<u32>,
        /// Program that runs it.
        leaf emulator "emulator": Option<String>,
        /// Program that loads it, of Xen.
        leaf loader "loader": Option<String>,
        /// A machine.
        list machines "machine": Vec<Machine>,
        /// A type of domain that runs it.
        list domains "domain": Vec<GuestDomain>,
    }
    /// A machine.
    pub struct Machine "machine" {
        /// The name that it is another for. Since 0.7.0.
        attr canonical "canonical": Option<String>,
        /// The most processors. Since 1.1.1.
        attr max_cpus "maxCpus": Option<u32>,
        /// Whether it is going out of use. Since 6.10.0. Drivers: qemu.
        attr deprecated "deprecated": Option<YesNo>,
        text name "": Option<String>,
    }
    /// A type of domain that runs it.
    pub struct GuestDomain "domain" {
        /// The type.
        attr kind "type": Option<String>,
        /// Program that runs it, if it is another one.
        leaf emulator "emulator": Option<String>,
        /// Program that loads it, if it is another one.
        leaf loader "loader": Option<String>,
        /// A machine, if they are others.
        list machines "machine": Vec<Machine>,
    }
    /// What it can have.
    pub struct GuestFeatures "features" {
        /// Addresses of 36 bits. Since 0.4.1.
        flag pae "pae": bool,
        /// Addresses of 32 bits. Since 0.4.1.
        flag nonpae "nonpae": bool,
        /// ACPI. Since 0.4.1.
        child acpi "acpi": Option<Toggle>,
        /// The local interrupt controller. Since 0.4.1.
        child apic "apic": Option<Toggle>,
        /// The processor's model can be chosen. Since 0.7.5.
        flag cpuselection "cpuselection": bool,
        /// Single devices can be booted from. Since 0.8.8.
        flag deviceboot "deviceboot": bool,
        /// Snapshots of disks. Since 1.2.3.
        child disksnapshot "disksnapshot": Option<Toggle>,
        /// Snapshots in files of their own can be reverted to and deleted. Since 9.9.0. Drivers: qemu.
        flag external_snapshot "externalSnapshot": bool,
    }
    /// Something that is there, or can be chosen.
    pub struct Toggle "" {
        /// What it is if nothing is said.
        attr default "default": Option<OnOff>,
        /// Whether that can be changed.
        attr toggle "toggle": Option<YesNo>,
    }
}

impl Toggle {
    /// There unless the guest says otherwise, if it may.
    pub fn on(toggle: bool) -> Self {
        Self { default: Some(OnOff::On), toggle: Some(toggle.into()) }
    }
}

/// The document, with the empty lines that the peer prints between its parts.
pub fn print(capabilities: &Capabilities) -> String {
    let mut text = String::from("<capabilities>\n\n");
    let mut part = |write: &dyn Fn(&mut Writer)| {
        let mut w = Writer::indented(Format::default(), 2);
        write(&mut w);
        text.push_str(&w.finish());
        text.push('\n');
    };
    if let Some(host) = &capabilities.host {
        part(&|w| {
            w.start("host");
            vir_xml::Content::write(host, w);
            w.end();
        });
    }
    for guest in &capabilities.guests {
        part(&|w| {
            w.start("guest");
            vir_xml::Content::write(guest, w);
            w.end();
        });
    }
    text.push_str("</capabilities>\n");
    text
}
