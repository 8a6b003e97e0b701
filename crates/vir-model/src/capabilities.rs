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
    /// The document.
    pub struct Capabilities "capabilities" {
        child host "host": Option<Host>,
        list guests "guest": Vec<Guest>,
    }

    /// The host.
    pub struct Host "host" {
        leaf uuid "uuid": Option<Uuid>,
        child cpu "cpu": Option<HostCpu>,
        child power_management "power_management": Option<PowerManagement>,
        child iommu "iommu": Option<Supported>,
        child migration "migration_features": Option<MigrationFeatures>,
        leaf netprefix "netprefix": Option<String>,
        child topology "topology": Option<Topology>,
        child cache "cache": Option<Cache>,
        child memory_bandwidth "memory_bandwidth": Option<MemoryBandwidth>,
        list secmodels "secmodel": Vec<SecurityModel>,
    }

    /// The host's processors.
    pub struct HostCpu "cpu" {
        leaf arch "arch": Option<String>,
        leaf model "model": Option<String>,
        leaf vendor "vendor": Option<String>,
        child microcode "microcode": Option<Microcode>,
        child signature "signature": Option<Signature>,
        child counter "counter": Option<Counter>,
        child topology "topology": Option<CpuTopology>,
        child maxphysaddr "maxphysaddr": Option<MaxPhysAddr>,
        child extensions "features": Option<HostFeatures>,
        list features "feature": Vec<FeatureName>,
        list pages "pages": Vec<PageSize>,
    }
    /// Version of the microcode.
    pub struct Microcode "microcode" { attr version "version": u32, }
    /// Family, model and stepping.
    pub struct Signature "signature" {
        attr family "family": u32,
        attr model "model": u32,
        attr stepping "stepping": u32,
    }
    /// A counter that guests may read; hertz.
    pub struct Counter "counter" {
        attr name "name": String,
        attr frequency "frequency": u64,
        attr scaling "scaling": Option<YesNo>,
    }
    /// How threads are laid out.
    pub struct CpuTopology "topology" {
        attr sockets "sockets": u32,
        attr dies "dies": Option<u32>,
        attr clusters "clusters": Option<u32>,
        attr cores "cores": u32,
        attr threads "threads": u32,
    }
    /// Bits of a physical address.
    pub struct MaxPhysAddr "maxphysaddr" {
        attr mode "mode": Option<MaxPhysMode>,
        attr bits "bits": Option<u32>,
        attr limit "limit": Option<u32>,
    }
    /// Ways to address memory, of 32-bit x86.
    pub struct HostFeatures "features" {
        flag pae "pae": bool,
        flag nonpae "nonpae": bool,
    }
    /// A feature.
    pub struct FeatureName "feature" { attr name "name": String, }
    /// A size of pages in KiB, and in a cell how many of them there are.
    pub struct PageSize "pages" {
        attr unit "unit": Option<String>,
        attr size "size": u32,
        text count "": Option<u64>,
    }

    /// Ways to suspend the host.
    pub struct PowerManagement "power_management" {
        flag mem "suspend_mem": bool,
        flag disk "suspend_disk": bool,
        flag hybrid "suspend_hybrid": bool,
    }
    /// Whether something is supported.
    pub struct Supported "" { attr support "support": Option<YesNo>, }

    /// How guests can leave the host.
    pub struct MigrationFeatures "migration_features" {
        flag live "live": bool,
        child transports "uri_transports": Option<Transports>,
    }
    /// Schemes of URIs to send them to.
    pub struct Transports "uri_transports" { leaves names "uri_transport": Vec<String>, }

    /// NUMA.
    pub struct Topology "topology" {
        child cells "cells": Option<Cells>,
        child interconnects "interconnects": Option<Interconnects>,
    }
    /// How fast the nodes' memory is from elsewhere.
    pub struct Interconnects "interconnects" {
        list latencies "latency": Vec<Interconnect>,
        list bandwidths "bandwidth": Vec<Interconnect>,
    }
    /// How fast it is from one node to another: in ns, or in the unit given.
    pub struct Interconnect "" {
        attr initiator "initiator": u32,
        attr target "target": u32,
        attr cache "cache": Option<u32>,
        attr access "type": Option<Access>,
        attr value "value": u64,
        attr unit "unit": Option<String>,
    }
    /// NUMA nodes.
    pub struct Cells "cells" { attr num "num": u32, list cells "cell": Vec<Cell>, }
    /// A NUMA node.
    pub struct Cell "cell" {
        attr id "id": u32,
        child memory "memory": Option<CellMemory>,
        list pages "pages": Vec<PageSize>,
        child distances "distances": Option<Distances>,
        list caches "cache": Vec<MemoryCache>,
        child cpus "cpus": Option<CellCpus>,
    }
    /// Its memory in KiB.
    pub struct CellMemory "memory" { attr unit "unit": Option<String>, text kib "": Option<u64>, }
    /// How far it is to the others.
    pub struct Distances "distances" { list siblings "sibling": Vec<Distance>, }
    /// How far it is to another.
    pub struct Distance "sibling" { attr id "id": u32, attr value "value": u32, }
    /// A cache in front of its memory.
    pub struct MemoryCache "cache" {
        attr level "level": u32,
        attr associativity "associativity": Option<Associativity>,
        attr policy "policy": Option<WritePolicy>,
        child size "size": Option<Amount>,
        child line "line": Option<Amount>,
    }
    /// A size.
    pub struct Amount "" { attr value "value": u64, attr unit "unit": Option<String>, }
    /// Its processors.
    pub struct CellCpus "cpus" { attr num "num": u32, list cpus "cpu": Vec<CellCpu>, }
    /// A processor.
    pub struct CellCpu "cpu" {
        attr id "id": u32,
        attr socket_id "socket_id": Option<u32>,
        attr die_id "die_id": Option<u32>,
        attr cluster_id "cluster_id": Option<u32>,
        attr core_id "core_id": Option<u32>,
        attr siblings "siblings": Option<String>,
    }

    /// The host's caches.
    pub struct Cache "cache" {
        list banks "bank": Vec<CacheBank>,
        child monitor "monitor": Option<Monitor>,
    }
    /// A cache.
    pub struct CacheBank "bank" {
        attr id "id": u32,
        attr level "level": u32,
        attr kind "type": Option<CacheType>,
        attr size "size": u64,
        attr unit "unit": Option<String>,
        attr cpus "cpus": String,
        list controls "control": Vec<CacheControl>,
    }
    /// How it can be divided.
    pub struct CacheControl "control" {
        attr granularity "granularity": u64,
        attr min "min": Option<u64>,
        attr unit "unit": Option<String>,
        attr kind "type": Option<CacheType>,
        attr max_allocations "maxAllocs": u32,
    }
    /// What can be measured.
    pub struct Monitor "monitor" {
        attr level "level": Option<u32>,
        attr reuse_threshold "reuseThreshold": Option<u32>,
        attr max_monitors "maxMonitors": u32,
        list features "feature": Vec<FeatureName>,
    }

    /// Memory bandwidth.
    pub struct MemoryBandwidth "memory_bandwidth" {
        list nodes "node": Vec<BandwidthNode>,
        child monitor "monitor": Option<Monitor>,
    }
    /// That of some processors.
    pub struct BandwidthNode "node" {
        attr id "id": u32,
        attr cpus "cpus": String,
        child control "control": Option<BandwidthControl>,
    }
    /// How it can be divided, in percent.
    pub struct BandwidthControl "control" {
        attr granularity "granularity": u32,
        attr min "min": u32,
        attr max_allocations "maxAllocs": u32,
    }

    /// A way to keep guests apart.
    pub struct SecurityModel "secmodel" {
        leaf model "model": Option<String>,
        leaf doi "doi": Option<String>,
        list base_labels "baselabel": Vec<BaseLabel>,
    }
    /// The label that guests of a kind start from.
    pub struct BaseLabel "baselabel" { attr kind "type": Option<String>, text label "": Option<String>, }

    /// A kind of guest.
    pub struct Guest "guest" {
        leaf os_type "os_type": Option<String>,
        child arch "arch": Option<GuestArch>,
        child features "features": Option<GuestFeatures>,
    }
    /// Its architecture, and what runs it.
    pub struct GuestArch "arch" {
        attr name "name": String,
        leaf wordsize "wordsize": Option<u32>,
        leaf emulator "emulator": Option<String>,
        leaf loader "loader": Option<String>,
        list machines "machine": Vec<Machine>,
        list domains "domain": Vec<GuestDomain>,
    }
    /// A machine.
    pub struct Machine "machine" {
        attr canonical "canonical": Option<String>,
        attr max_cpus "maxCpus": Option<u32>,
        attr deprecated "deprecated": Option<YesNo>,
        text name "": Option<String>,
    }
    /// A type of domain that runs it.
    pub struct GuestDomain "domain" {
        attr kind "type": Option<String>,
        leaf emulator "emulator": Option<String>,
        leaf loader "loader": Option<String>,
        list machines "machine": Vec<Machine>,
    }
    /// What it can have.
    pub struct GuestFeatures "features" {
        flag pae "pae": bool,
        flag nonpae "nonpae": bool,
        child acpi "acpi": Option<Toggle>,
        child apic "apic": Option<Toggle>,
        flag cpuselection "cpuselection": bool,
        flag deviceboot "deviceboot": bool,
        child disksnapshot "disksnapshot": Option<Toggle>,
        flag external_snapshot "externalSnapshot": bool,
    }
    /// Something that is there, or can be chosen.
    pub struct Toggle "" {
        attr default "default": Option<OnOff>,
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
