//! What the machine has, where it can have it.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::features::{Features, is_off, is_on};
use vir_model::domain::{VirtType, features};
use vir_xml::YesNo;

/// Features, in the order of documents.
pub fn check(it: &Check<'_>) -> Result<()> {
    let Some(features) = &it.def.features else { return Ok(()) };
    if !it.x86() {
        elsewhere(it, features)?;
    }
    let vmport = features.vmport.is_some();
    let has_vmport = matches!(it.board, Board::I440fx | Board::Q35 | Board::Isapc);
    refuse([
        (
            vmport && !(it.has(Flag::MachineVmportOpt) && has_vmport),
            "vmport is not available with this QEMU binary",
        ),
        (
            is_on(&features.vmport) && is_off(&features.ps2),
            "vmport feature requires the ps2 feature not to be disabled",
        ),
    ])?;
    only(it, features.gic.is_some() && it.board != Board::ArmVirt, "gic")?;
    only(it, !it.x86() && features.ioapic.as_ref().is_some_and(|ioapic| ioapic.driver.is_some()), "ioapic")?;
    let pseries = it.board == Board::Pseries;
    only(it, !pseries && features.hpt.is_some(), "hpt")?;
    refuse([(
        is_on(&features.vmcoreinfo) && !it.has(Flag::DeviceVmcoreinfo),
        "vmcoreinfo is not available with this QEMU binary",
    )])?;
    for (there, name) in [
        (features.htm.is_some(), "htm"),
        (features.nested_hv.is_some(), "nested-hv"),
        (features.ccf_assist.is_some(), "ccf-assist"),
        (features.cfpc.as_ref().is_some_and(|cfpc| cfpc.value.is_some()), "cfpc"),
        (features.sbbc.as_ref().is_some_and(|sbbc| sbbc.value.is_some()), "sbbc"),
        (features.ibs.as_ref().is_some_and(|ibs| ibs.value.is_some()), "ibs"),
    ] {
        only(it, there && !pseries, name)?;
    }
    tcg(it, features)?;
    let detached = features.async_teardown.as_ref().is_some_and(|it| it.enabled != Some(YesNo::No));
    let aia = features.aia.as_ref().is_some_and(|aia| aia.value.is_some());
    let (ras, ps2) = (features.ras.is_some(), features.ps2.is_some());
    refuse([
        (
            detached && !it.has(Flag::RunWithAsyncTeardown),
            "asynchronous teardown is not available with this QEMU binary",
        ),
        (ras && it.board != Board::ArmVirt, "ras feature is only supported with ARM Virt machines"),
        (ras && !it.has(Flag::MachineVirtRas), "ras feature is not available with this QEMU binary"),
        (ps2 && !has_ps2(it), "ps2 feature is not available with this QEMU binary"),
        (
            ps2 && !it.has(Flag::MachineI8042Opt),
            "ps2 feature state cannot be controlled with this QEMU binary",
        ),
        (aia && it.board != Board::RiscVVirt, "aia feature is only supported with RISC-V Virt machines"),
        (aia && !it.has(Flag::MachineVirtAia), "aia feature is not available with this QEMU binary"),
    ])
}

/// The machine has the old controller of keyboards and mice.
pub fn has_ps2(it: &Check<'_>) -> bool {
    it.has(Flag::DeviceI8042) && it.board.has_i8042()
}

/// Refuses a feature that the machine cannot have.
fn only(it: &Check<'_>, refused: bool, name: &str) -> Result<()> {
    if refused {
        bail!(
            Qemu,
            ConfigUnsupported,
            "The '{name}' feature is not supported for architecture '{}' or machine type '{}'",
            it.arch(),
            it.machine()
        );
    }
    Ok(())
}

/// What PCs have and other machines have not.
fn elsewhere(it: &Check<'_>, features: &Features) -> Result<()> {
    let place = format!("for architecture '{}' or machine type '{}'", it.arch(), it.machine());
    let features::Features { apic, hyperv, pvspinlock, pmu, .. } = features;
    refuse([
        (
            apic.as_ref().is_some_and(|apic| apic.eoi.is_some()),
            format!("The 'eoi' attribute of the 'apic' feature is not supported {place}"),
        ),
        (
            hyperv.is_some() && it.board != Board::ArmVirt,
            format!("Hyperv features are not supported {place}"),
        ),
        (pvspinlock.is_some(), format!("The 'pvspinlock' feature is not supported {place}")),
        (is_off(pmu) && it.ppc64(), format!("PMU is always enabled for architecture '{}'", it.arch())),
    ])
}

fn tcg(it: &Check<'_>, features: &Features) -> Result<()> {
    let Some(tcg) = &features.tcg else { return Ok(()) };
    let kind = it.def.virt_type();
    if kind != VirtType::Qemu {
        bail!(Qemu, ConfigUnsupported, "TCG features are incompatible with domain type '{kind}'");
    }
    let uneven = tcg.tb_cache.is_some_and(|size| size.0 % 1024 != 0);
    refuse([(uneven, "tb-cache size must be an integer multiple of MiB")])
}
