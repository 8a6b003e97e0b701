//! `<domstatus>`: the document in which a daemon keeps a running domain, so that the next daemon finds it again, whether
//! that is this program, an older or newer one, or libvirt's own.
//!
//! [`Notes`] is what the daemon knows beside the domain, and [`Domain`] is printed with all that is noted of its devices
//! ([`crate::domain::device::private`]). What older daemons left out is filled in by QEMU's driver, which knows how it
//! names things.

pub mod blockjobs;
pub mod job;

use crate::domain::cpu::Cpu;
use crate::domain::namespaces::{self, Foreign};
use crate::domain::{Domain, ParseOptions, tables};
use crate::moment::backup::Backup;
use crate::words::root;
use blockjobs::BlockJobs;
use job::Job;
use vir_base::{ErrorDomain, Result, bail};
use vir_xml::{Content, Element, Format, Writer, YesNo, describe, element, xml_enum};

xml_enum! {
    /// What a domain is doing, in the order of `virDomainState`.
    pub enum State {
        Nostate = "nostate", Running = "running", Blocked = "blocked", Paused = "paused", Shutdown = "shutdown",
        Shutoff = "shutoff", Crashed = "crashed", Pmsuspended = "pmsuspended",
    }
    /// Whether the process lives on when the guest boots anew.
    pub enum Allowed { Yes = "yes", No = "no", }
    unsaid ["default"]
}

element! {
    /// What a daemon knows of a running domain beside its document.
    pub struct Notes "domstatus" => settle {
        /// What it is doing.
        attr state "state": Option<State>,
        /// Why, in the words of [`reasons`].
        attr reason "reason": Option<String>,
        /// Number of its process.
        attr pid "pid": i64,
        /// What makes it hard to answer for. Since 0.9.2. Drivers: qemu.
        list taints "taint": Vec<Taint>,
        /// Messages about what will not be served for long. Since 7.2.0. Drivers: qemu.
        leaves deprecations "deprecation": Vec<String>,
        /// QEMU's monitor. Drivers: qemu.
        child monitor "monitor": Option<Monitor>,
        /// A bus was started for it. Since 6.1.0. Drivers: qemu.
        flag dbus_daemon "dbusDaemon": bool,
        /// What its helpers keep goes over that bus. Since 6.1.0. Drivers: qemu.
        flag dbus_vmstate "dbusVMState": bool,
        /// Namespaces of the host that its process has for itself. Since 3.0.0. Drivers: qemu.
        block namespaces "namespaces": Option<Namespaces>,
        /// The threads of its processors. Drivers: qemu.
        block vcpus "vcpus": Option<VcpuThreads>,
        /// What its QEMU can do. Since 0.9.2. Drivers: qemu.
        block caps "qemuCaps": Option<Flags>,
        /// What the lock manager needs to take its leases again. Since 0.9.2. Drivers: qemu.
        leaf lockstate "lockstate": Option<String>,
        /// What is being done to it. Since 0.9.2. Drivers: qemu.
        child job "job": Option<Job>,
        /// It is to boot anew once it is off. Since 0.9.7. Drivers: qemu.
        flag fake_reboot "fakereboot": bool,
        /// Devices that QEMU had when it was last asked. Since 1.2.17. Drivers: qemu.
        block devices "devices": Option<DeviceList>,
        /// Where `numad` would have it. Since 1.3.3. Drivers: qemu.
        child numad "numad": Option<Numad>,
        /// Directory of its monitor and keys. Since 1.3.3. Drivers: qemu.
        child lib_dir "libDir": Option<Directory>,
        /// Directory of its channels' sockets. Since 1.3.3. Drivers: qemu.
        child channel_dir "channelTargetDir": Option<Directory>,
        /// Directory of files that are its memory. Drivers: qemu.
        child memory_dir "memoryBackingDir": Option<Directory>,
        /// The processor that was asked for, where the guest has got another. Since 3.1.0. Drivers: qemu.
        child cpu "cpu": Option<Cpu>,
        /// Its character devices' files are written by the log daemon. Since 3.1.0. Drivers: qemu.
        flag chardev_logd "chardevStdioLogd": bool,
        /// Who owned its files before is remembered in them. Since 5.0.0. Drivers: qemu.
        flag remember_owner "rememberOwner": bool,
        /// Whether it may boot anew in the same process. Since 3.1.0. Drivers: qemu.
        maybe allow_reboot "allowReboot": Option<AllowReboot>,
        /// A helper makes persistent reservations for it. Since 4.4.0. Drivers: qemu.
        flag pr_daemon "prDaemon": bool,
        /// The last number that was given to an image. Since 4.4.0. Drivers: qemu.
        child nodename "nodename": Option<Index>,
        /// The next number for a set of files that QEMU is passed. Since 9.0.0. Drivers: qemu.
        child fdset "fdset": Option<Index>,
        /// Its memory was taken from the host at once. Since 4.6.0. Drivers: qemu.
        flag mem_prealloc "memPrealloc": bool,
        /// What is being done to its disks. Since 5.1.0. Drivers: qemu.
        child blockjobs "blockjobs": Option<BlockJobs>,
        /// Helpers that serve its user networks. Since 5.8.0. Drivers: qemu.
        block slirp "slirp": Option<Slirp>,
        /// Seconds that the guest agent gets for an answer; -2 for ever. Since 5.10.0. Drivers: qemu.
        leaf agent_timeout "agentTimeout": Option<i32>,
        /// Its backup. Since 6.0.0. Drivers: qemu.
        maybe backups "backups": Option<Backups>,
        /// How much memory the process could lock before a device of the host was added, in bytes. Since 4.6.0.
        /// Drivers: qemu.
        amount original_memlock "originalMemlock": Option<u64>,
        /// How much it could lock before it was moved, in bytes. Since 8.1.0. Drivers: qemu.
        amount pre_migration_memlock "preMigrationMemlock": Option<u64>,
    }
    /// Something that makes a domain hard to answer for.
    pub struct Taint "taint" {
        /// The word for it.
        attr flag "flag": Option<String>,
    }
    /// QEMU's monitor.
    pub struct Monitor "monitor" {
        /// The path of its socket.
        attr path "path": Option<String>,
        /// `unix`; of very old daemons `pty`.
        attr kind "type": Option<String>,
    }
    /// Namespaces of the host that a process has for itself.
    pub struct Namespaces "namespaces" {
        /// What is mounted.
        flag mount "mount": bool,
    }
    /// The threads of processors.
    pub struct VcpuThreads "vcpus" {
        /// Each by the processor's number.
        list vcpus "vcpu": Vec<VcpuThread>,
    }
    /// The thread of a processor.
    pub struct VcpuThread "vcpu" {
        /// The processor.
        attr id "id": u32,
        /// The thread.
        attr pid "pid": i32,
    }
    /// What a QEMU can do.
    pub struct Flags "qemuCaps" {
        /// Each by its name.
        list flags "flag": Vec<Flag>,
    }
    /// Something that a QEMU can do.
    pub struct Flag "flag" {
        /// Its name.
        attr name "name": Option<String>,
    }
    /// Devices that QEMU had.
    pub struct DeviceList "devices" {
        /// Each by its alias.
        list devices "device": Vec<DeviceAlias>,
    }
    /// A device.
    pub struct DeviceAlias "device" {
        /// Its alias.
        attr alias "alias": String,
    }
    /// Where `numad` would have a domain.
    pub struct Numad "numad" {
        /// On which nodes of the host.
        attr nodeset "nodeset": Option<String>,
        /// On which processors.
        attr cpuset "cpuset": Option<String>,
    }
    /// A directory.
    pub struct Directory "libDir" {
        /// Its path.
        attr path "path": Option<String>,
    }
    /// Whether a guest may boot anew in the same process.
    pub struct AllowReboot "allowReboot" {
        /// Whether.
        attr value "value": Option<Allowed>,
    }
    /// A number that was given.
    pub struct Index "nodename" {
        /// The number.
        attr index "index": u64,
    }
    /// Helpers that serve user networks.
    pub struct Slirp "slirp" {
        /// Each with its interface.
        blocks helpers "helper": Vec<SlirpHelper>,
    }
    /// A helper that serves a user network.
    pub struct SlirpHelper "helper" {
        /// The interface's alias.
        attr alias "alias": Option<String>,
        /// Number of its process.
        attr pid "pid": i32,
        /// What it can do.
        list features "feature": Vec<Flag>,
    }
    /// Backups of a domain.
    pub struct Backups "backups" {
        /// The one that goes on.
        child backup "domainbackup": Option<Backup>,
    }
}

/// How the document is printed.
pub const FORMAT: Format = Format { inactive: false, secure: true, migratable: false, status: true };

/// The agent gets as long as it takes.
const AGENT_WAITS: i32 = -2;

/// A running domain, as a daemon keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// What it knows beside the definition.
    pub notes: Notes,
    /// The definition it runs by.
    pub domain: Domain,
}

describe! {
    /// A running domain, as a daemon keeps it. Since 0.5.0. Drivers: qemu, xen, lxc, ch.
    pub struct Document "domstatus" {
        parts "": Option<Notes>,
        /// The definition it runs by.
        child "domain": tables::Domain,
    }
}

/// The words for the reasons of a state, in the order of their numbers.
pub fn reasons(state: State) -> &'static [&'static str] {
    match state {
        State::Running => &[
            "unknown",
            "booted",
            "migrated",
            "restored",
            "from snapshot",
            "unpaused",
            "migration canceled",
            "save canceled",
            "wakeup",
            "crashed",
            "post-copy",
            "post-copy failed",
        ],
        State::Paused => &[
            "unknown",
            "user",
            "migration",
            "save",
            "dump",
            "ioerror",
            "watchdog",
            "from snapshot",
            "shutdown",
            "snapshot",
            "panicked",
            "starting up",
            "post-copy",
            "post-copy failed",
            "api error",
        ],
        State::Shutdown => &["unknown", "user"],
        State::Shutoff => &[
            "unknown",
            "shutdown",
            "destroyed",
            "crashed",
            "migrated",
            "saved",
            "failed",
            "from snapshot",
            "daemon",
        ],
        State::Crashed => &["unknown", "panicked"],
        State::Nostate | State::Blocked | State::Pmsuspended => &["unknown"],
    }
}

/// Words that our own first versions had for reasons, with the right ones.
const FORMER: [(&str, &str); 2] = [("I/O error", "ioerror"), ("API error", "api error")];

impl Notes {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let Some(state) = self.state else { return Err(vir_xml::missing("state", &element.name)) };
        if let Some(reason) = &mut self.reason {
            if let Some((_, right)) = FORMER.iter().find(|(former, _)| former == reason) {
                *reason = (*right).to_owned();
            }
            if !reasons(state).contains(&reason.as_str()) {
                bail!(Domain, ConfigUnsupported, "invalid domain state reason '{reason}'");
            }
        }
        self.reason.get_or_insert_with(|| "unknown".to_owned());
        if self.monitor.as_ref().is_none_or(|monitor| monitor.path.is_none()) {
            bail!(Qemu, InternalError, "no monitor path");
        }
        self.taints.retain(|taint| taint.flag.is_some());
        self.namespaces.take_if(|namespaces| !namespaces.mount);
        self.caps.take_if(|caps| caps.flags.is_empty());
        self.devices.take_if(|list| list.devices.is_empty());
        self.lockstate.take_if(|state| state.is_empty());
        self.slirp.take_if(|slirp| slirp.helpers.is_empty());
        self.fill();
        Ok(())
    }

    /// Sets what is always said.
    pub fn fill(&mut self) {
        self.vcpus.get_or_insert_default();
        self.nodename.get_or_insert_default();
        self.fdset.get_or_insert_default();
        let jobs = self.blockjobs.get_or_insert_default();
        jobs.active.get_or_insert(YesNo::No);
        self.agent_timeout.get_or_insert(AGENT_WAITS);
    }

    /// The number of the reason in its state.
    pub fn reason_number(&self) -> i32 {
        let words = reasons(self.state.unwrap_or(State::Nostate));
        let place = words.iter().position(|word| Some(*word) == self.reason.as_deref());
        place.and_then(|place| i32::try_from(place).ok()).unwrap_or(0)
    }

    /// The state with this number, and the reason's word.
    pub fn set_state(&mut self, state: i32, reason: i32) {
        let at = |number: i32| usize::try_from(number).unwrap_or(0);
        let state = State::ALL.get(at(state)).copied().unwrap_or(State::Nostate);
        self.state = Some(state);
        self.reason = Some((*reasons(state).get(at(reason)).unwrap_or(&"unknown")).to_owned());
    }

    /// `virDomainState`.
    pub fn state_number(&self) -> i32 {
        let place = State::ALL.iter().position(|state| Some(*state) == self.state);
        place.and_then(|place| i32::try_from(place).ok()).unwrap_or(0)
    }
}

impl Status {
    /// What it is made of.
    pub fn table() -> Option<&'static vir_xml::table::Table> {
        Document::table()
    }

    /// Reads a document.
    ///
    /// # Errors
    /// Text that is no XML; what is missing of it; what the domain's own reader refuses.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Domain, xml, None)?;
        let element = root(&tree, Notes::NAME)?;
        let Some(inside) = element.child("domain") else {
            bail!(Domain, InternalError, "no domain config");
        };
        let mut domain = Domain::read_status(inside, ParseOptions { live: true })?;
        domain.foreign = Foreign::of(inside, namespaces::QEMU, "qemu");
        Ok(Self { notes: Notes::read(element)?, domain })
    }

    /// The document.
    pub fn to_document(&self) -> String {
        let mut w = Writer::new(FORMAT);
        w.element(Notes::NAME, |w| {
            self.notes.write(w);
            self.domain.write_into(w);
        });
        w.finish()
    }
}
