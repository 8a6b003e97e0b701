//! The processor: what of it can be chosen, and how many there can be.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::{Board, MAX_WITHOUT_EIM};
use vir_base::{Result, bail};
use vir_model::domain::VirtType;
use vir_model::domain::cpu::{CacheMode, Cpu, CpuMode, PhysAddrMode};
use vir_xml::OnOff;

/// Addresses, caches and the mode.
pub fn check(it: &Check<'_>) -> Result<()> {
    let Some(cpu) = &it.def.cpu else { return Ok(()) };
    addresses(it, cpu)?;
    cache(it, cpu)?;
    refuse([
        (
            cpu.mode == Some(CpuMode::HostPassthrough)
                && cpu.migratable == Some(OnOff::On)
                && !it.has(Flag::CpuMigratable),
            "Migratable attribute for host-passthrough CPU is not supported by this QEMU binary",
        ),
        (
            cpu.mode == Some(CpuMode::Maximum) && !it.has(Flag::CpuMax),
            "maximum CPU is not supported by QEMU binary",
        ),
    ])
}

/// The width of physical addresses.
fn addresses(it: &Check<'_>, cpu: &Cpu) -> Result<()> {
    let Some(addresses) = &cpu.maxphysaddr else { return Ok(()) };
    if !it.x86() {
        bail!(
            Qemu,
            ConfigUnsupported,
            "CPU maximum physical address bits specification is not supported for '{}' architecture",
            it.arch()
        );
    }
    match (addresses.mode, addresses.bits) {
        (Some(mode @ PhysAddrMode::Passthrough), Some(_)) => bail!(
            Qemu,
            ConfigUnsupported,
            "CPU maximum physical address bits number specification cannot be used with mode='{mode}'"
        ),
        (Some(PhysAddrMode::Emulate), Some(bits)) => {
            let host = it.host.address_bits.and_then(|bits| i32::try_from(bits).ok());
            refuse([(
                host.is_some_and(|host| bits > host),
                "The number of virtual CPU address bits cannot exceed the number supported by the host CPU",
            )])
        }
        _ => Ok(()),
    }
}

fn cache(it: &Check<'_>, cpu: &Cpu) -> Result<()> {
    let Some(cache) = &cpu.cache else { return Ok(()) };
    if !it.x86() {
        bail!(
            Qemu,
            ConfigUnsupported,
            "CPU cache specification is not supported for '{}' architecture",
            it.arch()
        );
    }
    let Some(mode) = cache.mode else { return Ok(()) };
    let whole = matches!(cpu.mode, Some(CpuMode::HostPassthrough | CpuMode::Maximum));
    match mode {
        CacheMode::Emulate if cache.level != Some(3) => {
            bail!(Qemu, ConfigUnsupported, "CPU cache mode '{mode}' can only be used with level='3'")
        }
        CacheMode::Passthrough if !whole => bail!(
            Qemu,
            ConfigUnsupported,
            "CPU cache mode '{mode}' can only be used with '{}' / '{}' CPUs",
            CpuMode::HostPassthrough,
            CpuMode::Maximum
        ),
        CacheMode::Passthrough | CacheMode::Disable if cache.level.is_some() => {
            bail!(Qemu, ConfigUnsupported, "unsupported CPU cache level for mode '{mode}'")
        }
        _ => Ok(()),
    }
}

/// How many processors there are, and can be.
pub fn count(it: &Check<'_>) -> Result<()> {
    let def = it.def;
    let (now, max) = (def.vcpus(), def.max_vcpus());
    if now == 0 {
        bail!(Qemu, ConfigUnsupported, "Domain requires at least 1 vCPU");
    }
    let machines = &it.caps.on(def.virt_type()).machines;
    let most = machines.iter().find(|known| known.name == it.machine()).map_or(0, |known| known.cpu_max);
    if most > 0 && max > most {
        bail!(Qemu, ConfigUnsupported, "Maximum CPUs greater than specified machine type limit {most}");
    }
    let topology = def.cpu.as_ref().and_then(|cpu| cpu.topology.as_ref());
    if topology.is_some_and(|topology| topology.count() != u64::from(max)) {
        bail!(Qemu, ConfigUnsupported, "CPU topology doesn't match maximum vcpu count");
    }
    // a pseries guest is given whole cores
    let step = topology.filter(|_| it.board == Board::Pseries).map_or(1, |topology| topology.threads.max(1));
    if now % step != 0 {
        bail!(
            Qemu,
            ConfigUnsupported,
            "vCPUs count must be a multiple of the vCPU hotplug granularity ({step})"
        );
    }
    if !it.x86() || max <= MAX_WITHOUT_EIM {
        return Ok(());
    }
    if it.board != Board::Q35 {
        bail!(
            Qemu,
            ConfigUnsupported,
            "more than {MAX_WITHOUT_EIM} vCPUs are only supported on q35-based machine types"
        );
    }
    let driver = def.devices.iommu.as_ref().and_then(|iommu| iommu.driver.as_ref());
    if driver.is_none_or(|driver| driver.eim != Some(OnOff::On)) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "more than {MAX_WITHOUT_EIM} vCPUs require extended interrupt mode enabled on the iommu device"
        );
    }
    Ok(())
}

/// Parts of the host's caches and bandwidth are given to threads of KVM.
pub fn shares(it: &Check<'_>) -> Result<()> {
    let tune = it.def.cputune.as_ref();
    let any = tune.is_some_and(|tune| !tune.cachetunes.is_empty() || !tune.memorytunes.is_empty());
    refuse([(any && it.def.virt_type() != VirtType::Kvm, "cachetune is only supported for KVM domains")])
}
