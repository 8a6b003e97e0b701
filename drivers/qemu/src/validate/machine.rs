//! The emulator, the machine, and what firmware and power management of it have.

use super::{Check, refuse};
use crate::caps::Flag;
use crate::prepare::Family;
use vir_base::{Result, bail};
use vir_model::domain::LifecycleAction::{Destroy, Preserve, RenameRestart, Restart};
use vir_model::domain::VirtType;
use vir_model::domain::clock::Enabled;
use vir_model::domain::os::{Firmware, LoaderType, OsType};
use vir_model::domain::sysinfo::Sysinfo;
use vir_xml::YesNo;

/// It can run that kind of guest, of that architecture, in that way, on that machine.
pub fn emulator(it: &Check<'_>) -> Result<()> {
    let (def, caps) = (it.def, it.caps);
    let emulator = it.emulator();
    if let Some(kind) = def.os.os_type().filter(|kind| *kind != OsType::Hvm) {
        bail!(Qemu, ConfigUnsupported, "Emulator '{emulator}' does not support os type '{kind}'");
    }
    let arch = it.arch();
    let as_well = [("x86_64", "i686"), ("aarch64", "armv7l"), ("armv7l", "armv6l"), ("ppc64", "ppc64le")];
    if arch != caps.arch && !as_well.contains(&(caps.arch.as_str(), arch)) {
        bail!(Qemu, ConfigUnsupported, "Emulator '{emulator}' does not support arch '{arch}'");
    }
    let kind = def.virt_type();
    let runs = match kind {
        VirtType::Qemu => it.has(Flag::Tcg),
        VirtType::Kvm => it.has(Flag::Kvm),
        VirtType::Hvf => it.has(Flag::Hvf),
        _ => false,
    };
    if !runs {
        bail!(Qemu, ConfigUnsupported, "Emulator '{emulator}' does not support virt type '{kind}'");
    }
    let machine = it.machine();
    if !caps.on(kind).machines.iter().any(|known| known.name == machine) {
        bail!(Qemu, ConfigUnsupported, "Emulator '{emulator}' does not support machine type '{machine}'");
    }
    Ok(())
}

/// ACPI is where it can be, and where UEFI wants it.
pub fn acpi(it: &Check<'_>) -> Result<()> {
    let def = it.def;
    let acpi = has_acpi(it);
    let known = it.caps.on(def.virt_type()).machines.iter().find(|known| known.name == it.machine());
    if acpi && known.is_some_and(|known| known.acpi == Some(false)) {
        bail!(Qemu, ConfigUnsupported, "machine type '{}' does not support ACPI", it.machine());
    }
    let guaranteed = def.memtune.as_ref().and_then(|tune| tune.min_guarantee);
    let flash = def.os.loader.as_ref().is_some_and(|loader| loader.kind == Some(LoaderType::Pflash));
    let uefi = def.os.firmware == Some(Firmware::Efi) || flash;
    refuse([
        (guaranteed.is_some(), "Parameter 'min_guarantee' not supported by QEMU."),
        (uefi && it.x86() && !acpi, "UEFI requires ACPI on this architecture"),
        (acpi && it.arch() == "aarch64" && !uefi, "ACPI requires UEFI on this architecture"),
        (
            def.genid.is_some() && !it.has(Flag::DeviceVmgenid),
            "this QEMU does not support the 'genid' capability",
        ),
    ])
}

/// The guest has ACPI.
pub fn has_acpi(it: &Check<'_>) -> bool {
    it.def.features.as_ref().is_some_and(|features| features.acpi)
}

/// A BIOS that speaks on a serial port.
pub fn serial_output(it: &Check<'_>) -> Result<()> {
    if it.def.os.bios.as_ref().is_none_or(|bios| bios.useserial != Some(YesNo::Yes)) {
        return Ok(());
    }
    if !it.x86() {
        bail!(Qemu, ConfigUnsupported, "BIOS serial console only supported on x86 architectures");
    }
    if it.def.devices.serials.is_empty() {
        bail!(Qemu, XmlError, "need at least one serial port to use BIOS serial output");
    }
    Ok(())
}

/// What is done with a guest that ends.
pub fn lifecycle(it: &Check<'_>) -> Result<()> {
    let (off, reboot, crash) = (it.def.on_poweroff, it.def.on_reboot, it.def.on_crash);
    refuse([
        (
            [off, reboot, crash].contains(&Some(RenameRestart)),
            "qemu driver doesn't support the 'rename-restart' action for 'on_reboot'/'on_poweroff'/'on_crash'",
        ),
        (
            [off, reboot].contains(&Some(Preserve)),
            "qemu driver doesn't support the 'preserve' action for 'on_reboot'/'on_poweroff'",
        ),
        (
            off == Some(Restart) && reboot == Some(Destroy),
            "qemu driver doesn't support 'onReboot' set to 'destroy and 'onPoweroff' set to 'reboot'",
        ),
    ])
}

/// Sleep states.
pub fn sleep(it: &Check<'_>) -> Result<()> {
    let said = |state: &Option<Enabled>| state.as_ref().is_some_and(|state| state.enabled.is_some());
    let any = it.def.pm.as_ref().is_some_and(|pm| said(&pm.mem) || said(&pm.disk));
    refuse([(any && it.family != Family::X86, "setting ACPI S3/S4 not supported")])
}

/// Files that the guest finds in its firmware.
pub fn firmware_files(it: &Check<'_>) -> Result<()> {
    let files = it.def.sysinfo.iter().filter_map(|sysinfo| match sysinfo {
        Sysinfo::Fwcfg(files) => Some(files),
        Sysinfo::Smbios(_) => None,
    });
    for file in files.flatten() {
        let reserved = ["opt/ovmf/", "opt/org.qemu/"].iter().any(|prefix| file.name.starts_with(prefix));
        refuse([
            (!file.name.starts_with("opt/"), "Invalid firmware name"),
            (reserved, "That firmware name is reserved"),
        ])?;
    }
    Ok(())
}
