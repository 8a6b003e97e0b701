//! The emulator and the machine: chosen where the document leaves that open, by their full names.

use super::{Family, Terms};
use crate::caps::CapsCache;
use vir_base::{Result, bail};
use vir_model::domain::Domain;

/// The architecture and emulator of a definition, as it stands or as it will be chosen.
///
/// # Errors
/// There is no emulator for that architecture.
pub fn choose_emulator(def: &mut Domain) -> Result<std::path::PathBuf> {
    let host = std::env::consts::ARCH;
    if let Some(kind) = def.os.kind.as_mut() {
        kind.arch.get_or_insert_with(|| host.to_owned());
    }
    match &def.devices.emulator {
        Some(path) => Ok(path.into()),
        None => {
            let path = CapsCache::binary_for(def.os.arch())?;
            def.devices.emulator = Some(path.to_string_lossy().into_owned());
            Ok(path)
        }
    }
}

/// Settles the machine.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    let offered = terms.caps.on(def.virt_type());
    let virt_type = def.virt_type();
    if let Some(kind) = def.os.kind.as_mut() {
        kind.arch.get_or_insert_with(|| terms.caps.arch.clone());
        let machine = match &kind.machine {
            Some(name) => offered.canonical_machine(name).to_owned(),
            None => match offered.default_machine() {
                Some(machine) => machine.name.clone(),
                None => bail!(
                    Qemu,
                    InvalidArg,
                    "could not get preferred machine for {} type={}",
                    def.devices.emulator.as_deref().unwrap_or_default(),
                    virt_type.as_str()
                ),
            },
        };
        kind.machine = Some(machine);
    }
    drop_ignored_acpi(def, terms);
    Ok(())
}

/// Older libvirt took `<acpi/>` where there is none, and ignored it: a definition that has it from then must stay
/// valid, and a new one must not get it.
fn drop_ignored_acpi(def: &mut Domain, terms: &Terms<'_>) {
    if terms.abi_update || Family::of(def.os.arch()) != Family::S390 {
        return;
    }
    let machine = terms.caps.on(def.virt_type()).machine(def.os.machine());
    if machine.and_then(|machine| machine.acpi) == Some(false)
        && let Some(features) = &mut def.features
    {
        features.acpi = false;
    }
}
