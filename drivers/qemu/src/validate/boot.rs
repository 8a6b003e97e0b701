//! What is booted: firmware, its variables, and tables that are added to ACPI's.

use super::{Check, refuse, storage};
use crate::caps::Flag;
use crate::prepare::Board;
use vir_base::{Result, bail};
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::features;
use vir_model::domain::os::AcpiTableType;
use vir_xml::{OnOff, YesNo};

/// Checks it.
pub fn check(it: &Check<'_>) -> Result<()> {
    let (def, os) = (it.def, &it.def.os);
    refuse([(
        def.bootloader.is_some() || def.bootloader_args.is_some(),
        "bootloader is not supported by QEMU",
    )])?;
    if os.loader.as_ref().is_some_and(|loader| loader.secure == Some(YesNo::Yes)) {
        refuse([
            (it.board != Board::Q35, "Secure boot is supported with q35 machine types only"),
            (it.arch() != "x86_64", "Secure boot is supported for x86_64 architecture only"),
            (os.firmware.is_none() && !has_smm(it), "Secure boot requires SMM feature enabled"),
        ])?;
    }
    variables(it)?;
    let tables = os.acpi.as_ref().map_or(&[][..], |acpi| &acpi.tables);
    if let Some(kind) = tables.iter().filter_map(|t| t.kind).find(|kind| *kind == AcpiTableType::Rawset) {
        bail!(Qemu, ConfigUnsupported, "ACPI table type '{kind}' is not supported");
    }
    refuse([(os.shim.is_some() && !it.has(Flag::MachineShim), "shim is not supported by this QEMU binary")])
}

/// System management mode is switched on.
fn has_smm(it: &Check<'_>) -> bool {
    let features: Option<&features::Features> = it.def.features.as_ref();
    let smm = features.and_then(|features| features.smm.as_ref());
    smm.is_some_and(|smm| smm.state.is_none_or(|state| state == OnOff::On))
}

/// Where the firmware's variables are kept.
fn variables(it: &Check<'_>) -> Result<()> {
    let Some(nvram) = &it.def.os.nvram else { return Ok(()) };
    let kind = nvram.kind.unwrap_or(DiskType::File);
    if !matches!(kind, DiskType::File | DiskType::Block | DiskType::Network) {
        bail!(Qemu, ConfigUnsupported, "unsupported nvram disk type '{kind}'");
    }
    let Some(source) = &nvram.source else { return Ok(()) };
    refuse([
        (source.slices.is_some(), "slices are not supported with NVRAM"),
        (source.reservations.is_some(), "persistent reservations are not supported with NVRAM"),
    ])?;
    storage::check(it, &storage::Image::new(kind, source, nvram.format))
}
