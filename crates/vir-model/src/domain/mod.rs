//! Domains: a guest's definition, and what is known of it while it runs.

pub mod abi;
pub mod address;
pub mod clock;
pub mod cpu;
pub mod cputune;
pub mod defaults;
pub mod device;
pub mod features;
pub mod hyperv;
pub mod iothreads;
pub mod limits;
pub mod memory;
pub mod namespaces;
pub mod normal;
pub mod numa;
mod ordering;
pub mod os;
pub mod pass;
pub mod plug;
mod read;
pub mod security;
pub mod sysinfo;
pub mod tables;
pub mod validate;
pub mod vcpus;
mod write;

use clock::{Clock, PowerManagement};
use cpu::Cpu;
use cputune::CpuTune;
use device::Devices;
use features::Features;
use iothreads::{DefaultIothread, Iothread};
use limits::{BlkioTune, IdMap, MemTune, Perf, Resource};
use memory::{Kib, MaxMemory, Memory, MemoryBacking};
use namespaces::Foreign;
use numa::NumaTune;
use os::Os;
use security::{KeyWrap, LaunchSecurity, Seclabel};
use sysinfo::Sysinfo;
pub use vcpus::{Vcpu, VcpuState, Vcpus};
use vir_base::Uuid;
use vir_xml::{Tree, element, xml_enum};

xml_enum! {
    /// What runs it.
    pub enum VirtType {
        None = "none", Qemu = "qemu", Kqemu = "kqemu", Kvm = "kvm", Xen = "xen", Lxc = "lxc", Uml = "uml",
        Openvz = "openvz", Test = "test", Vmware = "vmware", Hyperv = "hyperv", Vbox = "vbox", Phyp = "phyp",
        Parallels = "parallels", Bhyve = "bhyve", Vz = "vz", Hvf = "hvf",
    }
    /// What happens when the guest stops, restarts or crashes.
    pub enum LifecycleAction {
        Destroy = "destroy", Restart = "restart", RenameRestart = "rename-restart", Preserve = "preserve",
        CoredumpDestroy = "coredump-destroy", CoredumpRestart = "coredump-restart",
    }
    /// What happens when a lock is lost.
    pub enum LockFailure { Poweroff = "poweroff", Restart = "restart", Pause = "pause", Ignore = "ignore", }
    unsaid ["default"]
    /// How processors are placed on the host's.
    pub enum Placement { Static = "static", Auto = "auto", }
}

element! {
    /// Groups of limits that disks share.
    pub struct ThrottleGroups "throttlegroups" {
        /// The groups.
        list groups "throttlegroup": Vec<device::iotune::ThrottleGroup>,
    }
}

/// A domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Domain {
    /// What runs it.
    pub kind: Option<VirtType>,
    /// Number of the running instance.
    pub id: Option<i32>,
    /// Name.
    pub name: String,
    /// UUID; all zeroes before defaults are set.
    pub uuid: Uuid,
    /// Generation id: changes when the guest goes back in time.
    pub genid: Option<GenId>,
    /// A short description for people.
    pub title: Option<String>,
    /// A long one.
    pub description: Option<String>,
    /// What programs keep with the domain, as they gave it.
    pub metadata: Option<Tree>,
    /// How far memory can grow.
    pub max_memory: Option<MaxMemory>,
    /// Memory at boot.
    pub memory: Memory,
    /// What the guest is to use of it, in KiB.
    pub current_memory: Option<Kib>,
    /// Shares of block input and output.
    pub blkiotune: Option<BlkioTune>,
    /// Limits of memory.
    pub memtune: Option<MemTune>,
    /// How the host gives memory.
    pub memory_backing: Option<MemoryBacking>,
    /// Processors.
    pub vcpu: Vcpu,
    /// Single processors.
    pub vcpus: Option<Vcpus>,
    /// I/O threads.
    pub iothreads: Vec<Iothread>,
    /// The thread that serves what no other does.
    pub default_iothread: Option<DefaultIothread>,
    /// Groups of limits that disks share.
    pub throttlegroups: Option<ThrottleGroups>,
    /// How much of the host's processors it gets, and which.
    pub cputune: Option<CpuTune>,
    /// How memory is taken from the host's nodes.
    pub numatune: Option<NumaTune>,
    /// Where its processes stand.
    pub resource: Option<Resource>,
    /// What its firmware says of its machine.
    pub sysinfo: Vec<Sysinfo>,
    /// Program that finds what to boot, of Xen.
    pub bootloader: Option<String>,
    /// What it is given.
    pub bootloader_args: Option<String>,
    /// What is booted.
    pub os: Os,
    /// Whose numbers its users are on the host.
    pub idmap: Option<IdMap>,
    /// What the machine has.
    pub features: Option<Features>,
    /// The processor.
    pub cpu: Option<Cpu>,
    /// The clock.
    pub clock: Option<Clock>,
    /// When the guest powers off.
    pub on_poweroff: Option<LifecycleAction>,
    /// When it restarts.
    pub on_reboot: Option<LifecycleAction>,
    /// When it crashes.
    pub on_crash: Option<LifecycleAction>,
    /// When a lock is lost.
    pub on_lockfailure: Option<LockFailure>,
    /// Sleep states.
    pub pm: Option<PowerManagement>,
    /// Performance counters.
    pub perf: Option<Perf>,
    /// Devices.
    pub devices: Devices,
    /// How security drivers label it.
    pub seclabels: Vec<Seclabel>,
    /// Whether its keys are wrapped.
    pub keywrap: Option<KeyWrap>,
    /// How its memory is kept from the host.
    pub launch_security: Option<LaunchSecurity>,
    /// Elements of one hypervisor's own.
    pub foreign: Option<Foreign>,
}

/// A generation id; a new one is made where the document has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GenId(pub Option<Uuid>);

/// What is read of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ParseOptions {
    /// The document describes a running domain: its id counts.
    pub live: bool,
}

/// Aliases that begin so are the user's own; all others are the hypervisor's.
pub const USER_ALIAS: &str = "ua-";

impl Domain {
    /// What it is made of.
    pub fn table() -> Option<&'static vir_xml::table::Table> {
        tables::Domain::table()
    }

    /// How many processors it has at most.
    pub fn max_vcpus(&self) -> u32 {
        self.vcpu.maximum.unwrap_or(1)
    }

    /// How many it has now.
    pub fn vcpus(&self) -> u32 {
        self.vcpu.current.unwrap_or(self.max_vcpus())
    }

    /// What it is to use of its memory, in KiB.
    pub fn current_kib(&self) -> u64 {
        self.current_memory.map_or(self.memory.kib, |m| m.0)
    }

    /// What runs it.
    pub fn virt_type(&self) -> VirtType {
        self.kind.unwrap_or(VirtType::None)
    }
}
