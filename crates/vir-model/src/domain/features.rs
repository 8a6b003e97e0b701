//! `<features>`: what the machine has.

use vir_xml::{OnOff, Value, element};

element! {
    /// What the machine has.
    pub struct Features "features" {
        flag acpi "acpi": bool,
        child apic "apic": Option<Apic>,
        child pae "pae": Option<Plain>,
        child hap "hap": Option<State>,
        child viridian "viridian": Option<Plain>,
        child privnet "privnet": Option<Plain>,
        child hyperv "hyperv": Option<HyperV>,
        child kvm "kvm": Option<KvmFeatures>,
        child pvspinlock "pvspinlock": Option<State>,
        child pmu "pmu": Option<State>,
        child vmport "vmport": Option<State>,
        child smm "smm": Option<State>,
        child ioapic "ioapic": Option<IoApic>,
        child vmcoreinfo "vmcoreinfo": Option<State>,
        child ps2 "ps2": Option<State>,
    }

    /// The local interrupt controller.
    pub struct Apic "apic" { attr eoi "eoi": Option<OnOff>, }
    /// There or not.
    pub struct Plain "" {}
    /// On or off.
    pub struct State "" { attr state "state": Option<OnOff>, }
    /// The I/O interrupt controller's place.
    pub struct IoApic "ioapic" { attr driver "driver": String, }

    /// What Windows likes.
    pub struct HyperV "hyperv" {
        attr mode "mode": Option<HyperVMode>,
        child relaxed "relaxed": Option<State>,
        child vapic "vapic": Option<State>,
        child spinlocks "spinlocks": Option<Spinlocks>,
        child vpindex "vpindex": Option<State>,
        child runtime "runtime": Option<State>,
        child synic "synic": Option<State>,
        child stimer "stimer": Option<State>,
        child reset "reset": Option<State>,
        child frequencies "frequencies": Option<State>,
        child reenlightenment "reenlightenment": Option<State>,
        child tlbflush "tlbflush": Option<State>,
        child ipi "ipi": Option<State>,
        child evmcs "evmcs": Option<State>,
    }
    /// Spinlock retries.
    pub struct Spinlocks "spinlocks" {
        attr state "state": Option<OnOff>,
        attr retries "retries": Option<u32>,
    }

    /// What KVM does.
    pub struct KvmFeatures "kvm" {
        child hidden "hidden": Option<State>,
        child hint_dedicated "hint-dedicated": Option<State>,
        child poll_control "poll-control": Option<State>,
    }
}

vir_xml::xml_enum! {
    /// How Hyper-V features are chosen.
    pub enum HyperVMode { Custom = "custom", Passthrough = "passthrough", }
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
