//! What libxl refuses of a complete definition.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::display::SoundModel;
use vir_model::domain::os::{AcpiTableType, Firmware, FirmwareFeatureName, LoaderType};
use vir_xml::YesNo;

/// Checks a definition.
///
/// # Errors
/// The first thing that libxl cannot do.
pub(super) fn check(domain: &Domain) -> Result<()> {
    if domain.devices.interfaces.iter().any(|interface| interface.filterref.is_some()) {
        bail!(Libxl, ConfigUnsupported, "filterref is not supported in {}", domain.virt_type());
    }
    if wants_secure_boot(domain) {
        bail!(Libxl, ConfigUnsupported, "Secure boot is not supported on Xen");
    }
    let tables = domain.os.acpi.as_ref().map(|acpi| acpi.tables.as_slice()).unwrap_or_default();
    for kind in tables.iter().filter_map(|table| table.kind) {
        // Xen has always taken one word for the other
        if !matches!(kind, AcpiTableType::Slic | AcpiTableType::Rawset) {
            bail!(Libxl, ConfigUnsupported, "ACPI table type '{kind}' is not supported");
        }
    }
    if tables.len() > 1 {
        bail!(Libxl, ConfigUnsupported, "Only a single ACPI table is supported");
    }
    // only the first card is given to the guest
    let model = domain.devices.sounds.first().and_then(|sound| sound.model);
    match model {
        None | Some(SoundModel::Ich6 | SoundModel::Es1370 | SoundModel::Ac97 | SoundModel::Sb16) => Ok(()),
        Some(model) => bail!(Libxl, ConfigUnsupported, "unsupported audio model {model}"),
    }
}

fn wants_secure_boot(domain: &Domain) -> bool {
    let os = &domain.os;
    let mut features = os.firmware_features.iter().flat_map(|features| &features.features);
    let chosen = features
        .any(|feature| feature.name == Some(FirmwareFeatureName::SecureBoot) && feature.enabled.is_some());
    let stored = os
        .loader
        .as_ref()
        .is_some_and(|loader| loader.kind == Some(LoaderType::Pflash) && loader.secure == Some(YesNo::Yes));
    os.firmware == Some(Firmware::Efi) && chosen || stored
}
