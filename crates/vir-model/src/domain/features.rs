//! `<features>`: what the machine has.

use super::cputune::pretty;
use super::device::small::required;
use super::hyperv::{HyperV, KvmFeatures, XenFeatures};
use super::memory::Kib;
use vir_base::{Result, bail};
use vir_xml::{Content, Element, OnOff, Value, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// Where the I/O interrupt controller is.
    pub enum IoApicDriver { Qemu = "qemu", Kvm = "kvm", }
    /// Version of the interrupt controller.
    pub enum GicVersion { Host = "host", V2 = "2", V3 = "3", }
    /// How a pseries guest changes the size of its page table.
    pub enum HptResizing { Enabled = "enabled", Disabled = "disabled", Required = "required", }
    /// What becomes of registers that nobody knows.
    pub enum MsrsUnknown { Ignore = "ignore", Fault = "fault", }
    /// How a flaw of pseries processors is dealt with.
    pub enum Mitigation { Broken = "broken", Workaround = "workaround", Fixed = "fixed", }
    unsaid ["none"]
    /// How indirect branches are dealt with.
    pub enum BranchMitigation {
        Broken = "broken", Workaround = "workaround", FixedIbs = "fixed-ibs", FixedCcd = "fixed-ccd",
        FixedNa = "fixed-na",
    }
    unsaid ["none"]
    /// What a container may do that is not named.
    pub enum CapabilitiesPolicy { Default = "default", Allow = "allow", Deny = "deny", }
    /// Interrupt controller of RISC-V.
    pub enum AiaValue { None = "none", Aplic = "aplic", AplicImsic = "aplic-imsic", }
    unsaid ["default"]
}

element! {
    /// What the machine has.
    pub struct Features "features" => settle {
        /// Power management. Drivers: qemu, xen, bhyve, ch, vz, vmware, esx, vbox.
        flag acpi "acpi": bool,
        /// Local interrupt controllers. Drivers: qemu, xen, bhyve, vbox.
        child apic "apic": Option<Apic>,
        /// Physical addresses of 36 bits. Drivers: qemu, xen, vbox.
        child pae "pae": Option<Plain>,
        /// Page tables of the processor. Since 0.8.8. Drivers: xen.
        child hap "hap": Option<State>,
        /// What Windows likes, of Xen. Since 0.9.10. Drivers: xen.
        child viridian "viridian": Option<Plain>,
        /// A network of the container's own. Since 0.9.11. Drivers: lxc.
        child privnet "privnet": Option<Plain>,
        /// What Windows likes. Since 1.0.0. Drivers: qemu, xen.
        child hyperv "hyperv": Option<HyperV>,
        /// What KVM does. Since 1.2.8. Drivers: qemu.
        child kvm "kvm": Option<KvmFeatures>,
        /// Spinlocks that know of the hypervisor. Since 1.1.3. Drivers: qemu.
        child pvspinlock "pvspinlock": Option<State>,
        /// What a container may do. Since 1.2.10. Drivers: lxc.
        maybe capabilities "capabilities": Option<ProcessCapabilities>,
        /// Performance counters. Since 1.2.12. Drivers: qemu.
        child pmu "pmu": Option<State>,
        /// A port that VMware's tools look for. Since 1.2.16. Drivers: qemu.
        child vmport "vmport": Option<State>,
        /// Interrupt controller of Arm. Since 1.2.16. Drivers: qemu.
        child gic "gic": Option<Gic>,
        /// Mode of system management. Since 2.1.0. Drivers: qemu.
        child smm "smm": Option<Smm>,
        /// The I/O interrupt controller's place. Since 3.4.0. Drivers: qemu.
        maybe ioapic "ioapic": Option<IoApic>,
        /// Page table of a pseries guest. Since 3.10.0. Drivers: qemu.
        maybe hpt "hpt": Option<Hpt>,
        /// Description of memory for crash dumps. Since 4.4.0. Drivers: qemu.
        child vmcoreinfo "vmcoreinfo": Option<State>,
        /// Transactional memory of pseries. Since 4.6.0. Drivers: qemu.
        child htm "htm": Option<State>,
        /// Hypervisors in a pseries guest. Since 4.10.0. Drivers: qemu.
        child nested_hv "nested-hv": Option<State>,
        /// What becomes of registers that nobody knows. Since 5.1.0. Drivers: qemu, bhyve.
        child msrs "msrs": Option<Msrs>,
        /// Help in flushing caches, of pseries. Since 5.9.0. Drivers: qemu.
        child ccf_assist "ccf-assist": Option<State>,
        /// What Xen does. Since 6.3.0. Drivers: xen.
        child xen "xen": Option<XenFeatures>,
        /// Cache flush on privilege change. Since 6.3.0. Drivers: qemu.
        maybe cfpc "cfpc": Option<Mitigated>,
        /// Speculation barrier at bounds checks. Since 6.3.0. Drivers: qemu.
        maybe sbbc "sbbc": Option<Mitigated>,
        /// Speculation of indirect branches. Since 6.3.0. Drivers: qemu.
        maybe ibs "ibs": Option<BranchMitigated>,
        /// How QEMU translates. Since 8.0.0. Drivers: qemu.
        maybe tcg "tcg": Option<Tcg>,
        /// Whether memory is given back after the guest has stopped. Since 9.6.0. Drivers: qemu.
        child async_teardown "async-teardown": Option<AsyncTeardown>,
        /// Errors of hardware are passed to the guest. Since 10.4.0. Drivers: qemu.
        child ras "ras": Option<State>,
        /// Keyboard and mouse of old. Since 10.7.0. Drivers: qemu.
        child ps2 "ps2": Option<State>,
        /// Interrupt controller of RISC-V. Since 11.1.0. Drivers: qemu.
        maybe aia "aia": Option<Aia>,
    }

    /// The local interrupt controller.
    pub struct Apic "apic" {
        /// Whether the end of an interrupt is told cheaply. Since 0.10.2. Drivers: qemu.
        attr eoi "eoi": Option<OnOff>,
    }
    /// There or not.
    pub struct Plain "" {}
    /// On or off.
    pub struct State "" {
        /// `on` if nothing is said.
        attr state "state": Option<OnOff>,
    }
    /// The I/O interrupt controller's place.
    pub struct IoApic "ioapic" {
        /// `kvm` or `qemu`.
        attr driver "driver": Option<IoApicDriver>,
    }
    /// Interrupt controller of Arm.
    pub struct Gic "gic" {
        /// Version; the host's if nothing is said.
        attr version "version": Option<GicVersion>,
    }
    /// Mode of system management.
    pub struct Smm "smm" => settle {
        /// `on` if nothing is said.
        attr state "state": Option<OnOff>,
        /// Memory of its own. Since 4.5.0.
        child tseg "tseg": Option<Tseg>,
    }
    /// Page table of a pseries guest.
    pub struct Hpt "hpt" => settle {
        /// Whether it can change its size.
        attr resizing "resizing": Option<HptResizing>,
        /// Largest page. Since 4.5.0.
        child maxpagesize "maxpagesize": Option<Kib>,
    }
    /// What becomes of registers that nobody knows.
    pub struct Msrs "msrs" => settle {
        /// `ignore` or `fault`.
        attr unknown "unknown": Option<MsrsUnknown>,
    }
    /// How a flaw is dealt with.
    pub struct Mitigated "" {
        /// How.
        attr value "value": Option<Mitigation>,
    }
    /// How indirect branches are dealt with.
    pub struct BranchMitigated "" {
        /// How.
        attr value "value": Option<BranchMitigation>,
    }
    /// How QEMU translates.
    pub struct Tcg "tcg" => settle {
        /// Cache of what is translated.
        child tb_cache "tb-cache": Option<Kib>,
    }
    /// Whether memory is given back after the guest has stopped.
    pub struct AsyncTeardown "async-teardown" => settle {
        /// `yes` if nothing is said.
        attr enabled "enabled": Option<YesNo>,
    }
    /// Interrupt controller of RISC-V.
    pub struct Aia "aia" {
        /// Which.
        attr value "value": Option<AiaValue>,
    }
}

/// Memory of system management's own, in bytes; shown in the largest unit that has no rest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tseg(pub u64);

impl Content for Tseg {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::Tseg::table()
    }

    fn read(element: &Element) -> Result<Self> {
        super::memory::read_bytes(element, 1 << 20).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        let (size, unit) = pretty(self.0);
        w.attr("unit", unit);
        w.content(&size.to_string());
    }
}

/// What a container may do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessCapabilities {
    /// What holds for those that are not named.
    pub policy: Option<CapabilitiesPolicy>,
    /// Those that are, in the order of [`PROCESS_CAPABILITIES`].
    pub named: Vec<(&'static str, OnOff)>,
}

/// What the kernel knows that a process may do.
#[rustfmt::skip]
pub const PROCESS_CAPABILITIES: &[&str] = &[
    "audit_control", "audit_write", "block_suspend", "chown", "dac_override", "dac_read_search", "fowner",
    "fsetid", "ipc_lock", "ipc_owner", "kill", "lease", "linux_immutable", "mac_admin", "mac_override", "mknod",
    "net_admin", "net_bind_service", "net_broadcast", "net_raw", "setgid", "setfcap", "setpcap", "setuid",
    "sys_admin", "sys_boot", "sys_chroot", "sys_module", "sys_nice", "sys_pacct", "sys_ptrace", "sys_rawio",
    "sys_resource", "sys_time", "sys_tty_config", "syslog", "wake_alarm",
];

impl Content for ProcessCapabilities {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::tables::ProcessCapabilities::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mut it = Self { policy: vir_xml::attr(element, "policy")?, named: vec![] };
        for child in element.children() {
            let Some(name) = PROCESS_CAPABILITIES.iter().find(|name| **name == child.name) else {
                bail!(Domain, ConfigUnsupported, "unexpected capability feature '{}'", child.name)
            };
            let state = vir_xml::attr(child, "state")?.unwrap_or(OnOff::On);
            it.named.retain(|(other, _)| other != name);
            it.named.push((name, state));
        }
        it.named.sort_by_key(|(name, _)| PROCESS_CAPABILITIES.iter().position(|other| other == name));
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        let policy = self.policy.unwrap_or(CapabilitiesPolicy::Default);
        if policy != CapabilitiesPolicy::Default || !self.named.is_empty() {
            w.attr("policy", policy.as_str());
        }
        for (name, state) in &self.named {
            w.start(name);
            w.attr("state", state.as_str());
            w.end();
        }
    }
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(features: &Element) -> Result<()> {
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "acpi", "apic", "pae", "hap", "viridian", "privnet", "hyperv", "kvm", "pvspinlock", "capabilities", "pmu",
        "vmport", "gic", "smm", "ioapic", "hpt", "vmcoreinfo", "htm", "nested-hv", "msrs", "ccf-assist", "xen",
        "cfpc", "sbbc", "ibs", "tcg", "async-teardown", "ras", "ps2", "aia",
    ];
    for child in features.children() {
        if !NAMES.contains(&&*child.name) {
            let error = vir_base::err!(Domain, ConfigUnsupported, "unexpected feature '{}'", child.name);
            return Err(match vir_xml::suggest::nearest(&child.name, NAMES) {
                Some(name) => error.with_hint(format!("{}: did you mean <{name}>?", child.position)),
                None => error.with_hint(child.position.to_string()),
            });
        }
        if matches!(&*child.name, "htm" | "nested-hv" | "ccf-assist" | "ras" | "ps2") {
            required(child.attr("state").is_some(), "state", child)?;
        }
    }
    Ok(())
}

impl Features {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let switches =
            [&mut self.vmcoreinfo, &mut self.hap, &mut self.pmu, &mut self.pvspinlock, &mut self.vmport];
        for switch in switches.into_iter().flatten() {
            switch.state.get_or_insert(OnOff::On);
        }
        Ok(())
    }
}

impl Smm {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if *self.state.get_or_insert(OnOff::On) == OnOff::Off {
            self.tseg = None;
        }
        Ok(())
    }
}

impl Hpt {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.maxpagesize.take_if(|size| size.0 == 0);
        Ok(())
    }
}

impl Msrs {
    fn settle(&mut self, element: &Element) -> Result<()> {
        required(self.unknown.is_some(), "unknown", element)
    }
}

impl Tcg {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.tb_cache.take_if(|size| size.0 == 0);
        Ok(())
    }
}

impl AsyncTeardown {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.enabled.get_or_insert(YesNo::Yes);
        Ok(())
    }
}

/// Whether a feature is on.
pub fn is_on(state: &Option<State>) -> bool {
    state.as_ref().is_some_and(|s| s.state.is_none_or(|s| s == OnOff::On))
}

/// Whether a feature is named as off.
pub fn is_off(state: &Option<State>) -> bool {
    state.as_ref().is_some_and(|s| s.state == Some(OnOff::Off))
}

/// Names `what` for messages.
pub fn describe(what: OnOff) -> String {
    what.print().into_owned()
}
