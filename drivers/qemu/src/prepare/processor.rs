//! The processor, the order of processors that come and go, and the nodes that they are of.

use super::{Family, Terms, emulated};
use crate::caps::{Caps, Flag};
use vir_base::{Bitmap, Result, bail};
use vir_model::domain::cpu::{
    Cpu, CpuCheck, CpuFallback, CpuFeature, CpuMatch, CpuMode, CpuModel, FeaturePolicy,
};
use vir_model::domain::device::memdev::MemoryModel;
use vir_model::domain::numa::{Numa, NumaCell};
use vir_model::domain::{Domain, VcpuState, VirtType};
use vir_xml::{OnOff, YesNo};

/// Architectures of whose processors libvirt knows more than the name.
fn known(arch: &str) -> bool {
    matches!(arch, "riscv64" | "loongarch64")
        || matches!(Family::of(arch), Family::X86 | Family::S390)
        || arch.starts_with("ppc64")
        || matches!(arch, "aarch64" | "armv6l" | "armv7b" | "armv7l")
}

/// A guest of which nothing is said gets the processor that its machine has by itself.
pub(super) fn set_default(def: &mut Domain, caps: &Caps) -> Result<()> {
    let chosen = |cpu: &Cpu| cpu.mode.is_some_and(|mode| mode != CpuMode::Custom) || is_named(cpu);
    if def.cpu.as_ref().is_some_and(chosen) || !known(def.os.arch()) {
        return Ok(());
    }
    // elsewhere QEMU's default runs on no host
    let runs =
        matches!(Family::of(def.os.arch()), Family::X86 | Family::S390) || def.os.arch().starts_with("ppc64");
    if !runs && !emulated(def) {
        return Ok(());
    }
    let offered = caps.on(def.virt_type());
    let Some(model) = offered.default_cpu(def.os.machine()) else { return Ok(()) };
    if model == "host" && def.virt_type() != VirtType::Kvm {
        bail!(
            Qemu,
            InternalError,
            "QEMU reports invalid default CPU model \"host\" for non-kvm domain virt type"
        );
    }
    let modelled = Family::of(def.os.arch()) == Family::S390 && offered.host_cpu.is_some();
    let cpu = def.cpu.get_or_insert_default();
    if model == "host" {
        cpu.mode = Some(if modelled { CpuMode::HostModel } else { CpuMode::HostPassthrough });
        return Ok(());
    }
    cpu.mode = Some(CpuMode::Custom);
    cpu.matching = Some(CpuMatch::Exact);
    // it may run nowhere as it is: QEMU leaves out what the host lacks
    cpu.check = Some(CpuCheck::None);
    let name = Some(model.to_owned());
    cpu.model = Some(CpuModel { name, fallback: Some(CpuFallback::Forbid), vendor_id: None });
    Ok(())
}

fn is_named(cpu: &Cpu) -> bool {
    cpu.model.as_ref().is_some_and(|model| model.name.is_some())
}

/// Settles the rest of what is said of processors.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    order(def)?;
    vectors(def)?;
    checked(def, terms.caps);
    if terms.abi_update {
        add_node(def)?;
    }
    fill_node(def);
    Ok(())
}

/// The first processor is always there, and those that cannot be unplugged come before those that can.
fn order(def: &Domain) -> Result<()> {
    let Some(all) = &def.vcpus else { return Ok(()) };
    let online = |vcpu: &VcpuState| vcpu.enabled == Some(YesNo::Yes);
    let place = |vcpu: &VcpuState| vcpu.order.unwrap_or(0);
    let Some((first, others)) = all.vcpus.split_first() else { return Ok(()) };
    if !online(first) {
        bail!(Qemu, ConfigUnsupported, "vcpu 0 can't be offline");
    }
    if first.hotpluggable == Some(YesNo::Yes) {
        bail!(Qemu, ConfigUnsupported, "vcpu0 can't be hotpluggable");
    }
    if place(first) > 1 {
        bail!(Qemu, ConfigUnsupported, "vcpu0 must be enabled first");
    }
    let ordered = place(first) != 0;
    let mut before = first;
    for vcpu in others {
        if online(vcpu) && (place(vcpu) != 0) != ordered {
            bail!(Qemu, ConfigUnsupported, "all vcpus must have either set or unset order");
        }
        if vcpu.hotpluggable == Some(YesNo::No) {
            if before.hotpluggable == Some(YesNo::Yes) {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "online non-hotpluggable vcpus need to be ordered prior to hotpluggable vcpus"
                );
            }
            if place(before) > place(vcpu) {
                bail!(
                    Qemu,
                    ConfigUnsupported,
                    "online non-hotpluggable vcpus must be ordered in ascending order"
                );
            }
        }
        before = vcpu;
    }
    Ok(())
}

/// Lengths of Arm's vectors are nothing without the vectors.
fn vectors(def: &mut Domain) -> Result<()> {
    let Some(cpu) = &mut def.cpu else { return Ok(()) };
    let lengths = cpu.features.iter().any(|feature| feature.name != "sve" && feature.name.starts_with("sve"));
    if !lengths {
        return Ok(());
    }
    match cpu.features.iter_mut().find(|feature| feature.name == "sve") {
        Some(sve) if matches!(sve.policy, Some(FeaturePolicy::Disable | FeaturePolicy::Forbid)) => {
            bail!(Qemu, ConfigUnsupported, "SVE disabled, but SVE vector lengths provided")
        }
        Some(sve) => sve.policy = Some(FeaturePolicy::Require),
        None => {
            cpu.features.push(CpuFeature { policy: Some(FeaturePolicy::Require), name: "sve".to_owned() })
        }
    }
    Ok(())
}

/// Whether the guest can move, and what is compared with the host before it starts.
fn checked(def: &mut Domain, caps: &Caps) {
    let (stored, emulated) = (def.id.is_none(), emulated(def));
    let x86 = Family::of(def.os.arch()) == Family::X86;
    let Some(cpu) = &mut def.cpu else { return };
    let mode = cpu.mode.unwrap_or(CpuMode::Custom);
    if stored && mode == CpuMode::HostPassthrough && cpu.migratable.is_none() {
        cpu.migratable = match caps.flag(Flag::CpuMigratable) {
            true => Some(OnOff::On),
            false => x86.then_some(OnOff::Off),
        };
    }
    if mode == CpuMode::Custom && !is_named(cpu) {
        return;
    }
    cpu.check.get_or_insert(match mode {
        CpuMode::HostPassthrough | CpuMode::Maximum => CpuCheck::None,
        CpuMode::Custom if emulated => CpuCheck::None,
        CpuMode::HostModel | CpuMode::Custom => CpuCheck::Partial,
    });
}

/// Memory can be plugged only into a node: a guest that can have more has one.
fn add_node(def: &mut Domain) -> Result<()> {
    let has_nodes = def.cpu.as_ref().is_some_and(|cpu| cpu.numa.is_some());
    let plugs = def.max_memory.is_some();
    if has_nodes || !plugs || super::Board::of(def) == super::Board::S390Ccw {
        return Ok(());
    }
    let mut left = def.memory.kib;
    for memory in &mut def.devices.memories {
        let Some(rest) = left.checked_sub(memory.size_kib()) else {
            bail!(Domain, XmlError, "Total size of memory devices exceeds the total memory size");
        };
        left = rest;
        let in_node =
            matches!(memory.model, Some(MemoryModel::Dimm | MemoryModel::Nvdimm | MemoryModel::VirtioMem));
        if let Some(target) = memory.target.as_mut().filter(|_| in_node) {
            target.node.get_or_insert(0);
        }
    }
    let cells = vec![NumaCell { memory: left, ..NumaCell::default() }];
    def.cpu.get_or_insert_default().numa = Some(Numa { cells, interconnects: Vec::new() });
    Ok(())
}

/// Processors that are of no node are of the first.
fn fill_node(def: &mut Domain) {
    let max = def.max_vcpus() as usize;
    let Some(cells) = def.cpu.as_mut().and_then(|cpu| cpu.numa.as_mut()).map(|numa| &mut numa.cells) else {
        return;
    };
    let placed: usize = cells.iter().filter_map(|cell| cell.cpus.as_ref()).map(Bitmap::count).sum();
    if placed >= max {
        return;
    }
    let others: Vec<usize> =
        cells.iter().skip(1).filter_map(|cell| cell.cpus.as_ref()).flat_map(Bitmap::iter).collect();
    if let Some(first) = cells.first_mut() {
        first.cpus = Some((0..max).filter(|cpu| !others.contains(cpu)).collect());
    }
}
