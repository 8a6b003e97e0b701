//! Features of hypervisors: what Windows likes, what KVM and Xen do.

use super::device::small::required;
use super::features::State;
use vir_base::{Result, bail};
use vir_xml::{Element, OnOff, element, xml_enum};

xml_enum! {
    /// How Hyper-V features are chosen.
    pub enum HyperVMode { Custom = "custom", Passthrough = "passthrough", }
    /// How devices are passed to Xen guests.
    pub enum PassthroughMode { SyncPt = "sync_pt", SharePt = "share_pt", }
}

element! {
    /// What Windows likes.
    pub struct HyperV "hyperv" => settle {
        /// `custom` for those that are named, `passthrough` for all that the host has. Since 8.0.0.
        attr mode "mode": Option<HyperVMode>,
        /// Timers that may be late. Since 1.0.0. Drivers: qemu, xen.
        child relaxed "relaxed": Option<State>,
        /// Interrupts that cost less. Since 1.1.0. Drivers: qemu, xen.
        child vapic "vapic": Option<State>,
        /// Spinlocks that know of the hypervisor. Since 1.1.0. Drivers: qemu.
        child spinlocks "spinlocks": Option<Spinlocks>,
        /// Numbers of processors. Since 1.3.3. Drivers: qemu, xen.
        child vpindex "vpindex": Option<State>,
        /// Time that processors ran. Since 1.3.3. Drivers: qemu.
        child runtime "runtime": Option<State>,
        /// Interrupt controller. Since 1.3.3. Drivers: qemu, xen.
        child synic "synic": Option<State>,
        /// Timers. Since 1.3.3. Drivers: qemu, xen.
        child stimer "stimer": Option<Stimer>,
        /// A register that resets. Since 1.3.3. Drivers: qemu.
        child reset "reset": Option<State>,
        /// Vendor that the guest sees. Since 1.3.3. Drivers: qemu.
        child vendor_id "vendor_id": Option<VendorId>,
        /// Frequencies of clocks. Since 4.7.0. Drivers: qemu, xen.
        child frequencies "frequencies": Option<State>,
        /// News of migration. Since 4.7.0. Drivers: qemu.
        child reenlightenment "reenlightenment": Option<State>,
        /// Flushes of address translations. Since 4.7.0. Drivers: qemu, xen.
        child tlbflush "tlbflush": Option<TlbFlush>,
        /// Interrupts between processors. Since 4.10.0. Drivers: qemu, xen.
        child ipi "ipi": Option<State>,
        /// State of nested guests. Since 4.10.0. Drivers: qemu.
        child evmcs "evmcs": Option<State>,
        /// Interrupts by the processor itself. Since 8.10.0. Drivers: qemu.
        child avic "avic": Option<State>,
        /// Registers of nested guests. Since 10.7.0. Drivers: qemu.
        child emsr_bitmap "emsr_bitmap": Option<State>,
        /// Calls with registers of 128 bits. Since 10.7.0. Drivers: qemu.
        child xmm_input "xmm_input": Option<State>,
    }
    /// Spinlock retries.
    pub struct Spinlocks "spinlocks" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// How often a lock is tried, at least 4095.
        attr retries "retries": Option<super::device::controller::Auto>,
    }
    /// Timers.
    pub struct Stimer "stimer" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// Whether they interrupt directly. Since 5.7.0. Drivers: qemu.
        child direct "direct": Option<State>,
    }
    /// Flushes of address translations.
    pub struct TlbFlush "tlbflush" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// Whether nested guests call them directly. Since 11.0.0. Drivers: qemu.
        child direct "direct": Option<State>,
        /// Whether parts can be flushed. Since 11.0.0. Drivers: qemu.
        child extended "extended": Option<State>,
    }
    /// Vendor that the guest sees.
    pub struct VendorId "vendor_id" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// Up to twelve characters.
        attr value "value": Option<String>,
    }

    /// What KVM does.
    pub struct KvmFeatures "kvm" {
        /// The guest does not see that it is KVM. Since 1.2.8.
        child hidden "hidden": Option<State>,
        /// Processors are the guest's own. Since 5.7.0.
        child hint_dedicated "hint-dedicated": Option<State>,
        /// The guest polls, not the host. Since 6.10.0.
        child poll_control "poll-control": Option<State>,
        /// Interrupts between processors. Since 7.10.0.
        child pv_ipi "pv-ipi": Option<State>,
        /// Ring of pages that were written. Since 8.0.0.
        child dirty_ring "dirty-ring": Option<DirtyRing>,
    }
    /// Ring of pages that were written.
    pub struct DirtyRing "dirty-ring" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// Number of entries, a power of two from 1024 to 65536.
        attr size "size": Option<super::device::controller::Auto>,
    }

    /// What Xen does.
    pub struct XenFeatures "xen" {
        /// The guest sees the host's map of memory.
        child e820_host "e820_host": Option<State>,
        /// Devices can be passed to it.
        child passthrough "passthrough": Option<XenPassthrough>,
    }
    /// How devices can be passed.
    pub struct XenPassthrough "passthrough" => settle {
        /// Whether.
        attr state "state": Option<OnOff>,
        /// How page tables are shared.
        attr mode "mode": Option<PassthroughMode>,
    }
}

fn on(state: Option<OnOff>, element: &Element) -> Result<bool> {
    required(state.is_some(), "state", element)?;
    Ok(state == Some(OnOff::On))
}

fn switched_on(state: &mut Option<State>) {
    state.take_if(|state| state.state != Some(OnOff::On));
}

/// What tables would refuse in other words than the peer's.
pub(super) fn precheck(features: &Element) -> Result<()> {
    #[rustfmt::skip]
    const HYPERV: &[&str] = &[
        "relaxed", "vapic", "spinlocks", "vpindex", "runtime", "synic", "stimer", "reset", "vendor_id",
        "frequencies", "reenlightenment", "tlbflush", "ipi", "evmcs", "avic", "emsr_bitmap", "xmm_input",
    ];
    const KVM: &[&str] = &["hidden", "hint-dedicated", "poll-control", "pv-ipi", "dirty-ring"];
    for (name, known, what) in [
        ("hyperv", HYPERV, "HyperV Enlightenment feature"),
        ("kvm", KVM, "KVM feature"),
        ("xen", &["e820_host", "passthrough"][..], "Xen feature"),
    ] {
        let Some(element) = features.child(name) else { continue };
        if name == "hyperv" && element.attr("mode") == Some("passthrough") {
            continue;
        }
        for child in element.children() {
            if !known.contains(&&*child.name) {
                bail!(Domain, ConfigUnsupported, "unsupported {what}: {}", child.name);
            }
            required(child.attr("state").is_some(), "state", child)?;
        }
    }
    Ok(())
}

impl HyperV {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if *self.mode.get_or_insert(HyperVMode::Custom) == HyperVMode::Passthrough {
            *self = Self { mode: self.mode, ..Self::default() };
        }
        Ok(())
    }
}

impl Spinlocks {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if !on(self.state, element)? {
            self.retries = None;
            return Ok(());
        }
        required(self.retries.is_some(), "retries", element)?;
        match self.retries {
            Some(retries) if retries.0 < 0xfff => {
                bail!(Domain, XmlError, "HyperV spinlock retry count must be at least 4095")
            }
            _ => Ok(()),
        }
    }
}

impl Stimer {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let on = on(self.state, element)?;
        for child in element.children().filter(|_| on) {
            if child.name != "direct" {
                bail!(Domain, ConfigUnsupported, "unsupported Hyper-V stimer feature: {}", child.name);
            }
            required(child.attr("state").is_some(), "state", child)?;
        }
        self.direct.take_if(|_| !on);
        switched_on(&mut self.direct);
        Ok(())
    }
}

impl TlbFlush {
    fn settle(&mut self, element: &Element) -> Result<()> {
        let on = on(self.state, element)?;
        for child in element.children().filter(|_| on) {
            if !matches!(&*child.name, "direct" | "extended") {
                bail!(Domain, ConfigUnsupported, "unsupported Hyper-V tlbflush feature: {}", child.name);
            }
            required(child.attr("state").is_some(), "state", child)?;
        }
        if !on {
            (self.direct, self.extended) = (None, None);
        }
        switched_on(&mut self.direct);
        switched_on(&mut self.extended);
        Ok(())
    }
}

impl VendorId {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if !on(self.state, element)? {
            self.value = None;
            return Ok(());
        }
        match &self.value {
            None => bail!(Domain, XmlError, "missing 'value' attribute for HyperV feature 'vendor_id'"),
            Some(value) if value.len() > 12 => {
                bail!(Domain, XmlError, "HyperV vendor_id value must not be more than 12 characters.")
            }
            Some(value) if value.contains(',') => {
                bail!(Domain, XmlError, "HyperV vendor_id value is invalid")
            }
            Some(_) => Ok(()),
        }
    }
}

impl DirtyRing {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if !on(self.state, element)? {
            self.size = None;
            return Ok(());
        }
        required(self.size.is_some(), "size", element)?;
        match self.size {
            Some(size) if !size.0.is_power_of_two() || !(1024..=65536).contains(&size.0) => {
                bail!(Domain, XmlError, "dirty ring must be power of 2 and ranges [1024, 65536]")
            }
            _ => Ok(()),
        }
    }
}

impl XenPassthrough {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if !on(self.state, element)? {
            self.mode = None;
        }
        Ok(())
    }
}
