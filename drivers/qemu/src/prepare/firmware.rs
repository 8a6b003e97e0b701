//! The firmware that a guest boots with: chosen by what the document asks for, from the descriptors of what is
//! installed, with the template and the place of its variables.

use super::Terms;
use crate::firmware::{Feature, Firmware as Descriptor, FlashMode, Interface, Mapping};
use vir_base::{Result, bail};
use vir_model::domain::clock::Enabled;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::source::ImageFormat;
use vir_model::domain::features::{Features, Smm};
use vir_model::domain::os::{
    Firmware, FirmwareFeature, FirmwareFeatureName, FirmwareFeatures, Loader, LoaderType, Nvram,
};
use vir_model::domain::security::LaunchSecurityType;
use vir_model::domain::{Domain, validate};
use vir_xml::{OnOff, Value, YesNo};

/// The bit of a SEV policy that asks for encrypted state.
const SEV_ES: u64 = 1 << 2;

/// Settles the firmware. What cannot be had is an error for a new definition; an old one stays as it is, so that it
/// does not vanish, and fails when it is started.
pub(super) fn settle(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    // a format that is said of the variables alone is meant for both
    if def.os.loader.is_none()
        && let Some(nvram) = &def.os.nvram
    {
        def.os.loader = Some(Loader { format: nvram.format, ..Loader::default() });
    }
    // a choice was one of raw images when those were all there were
    if !terms.abi_update && def.os.firmware.is_some() {
        def.os.loader.get_or_insert_default().format.get_or_insert(ImageFormat::Raw);
    }
    match choose(def, terms) {
        Err(error) if !terms.abi_update => {
            log::debug!("domain {}: no firmware yet: {}", def.name, error.message());
            Ok(())
        }
        result => result,
    }
}

fn choose(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    validate::firmware(def)?;
    let there = def.os.loader.is_some() || def.os.nvram.is_some();
    let kind = def.os.loader.as_ref().and_then(|loader| loader.kind);
    if def.os.firmware.is_none() && (!there || kind == Some(LoaderType::Rom)) {
        return Ok(());
    }
    let installed = terms.host.firmware.descriptors();
    match (installed.iter().find(|descriptor| fits(def, descriptor)), def.os.firmware) {
        (Some(descriptor), _) => take(def, descriptor),
        (None, Some(wanted)) => bail!(
            Qemu,
            OperationFailed,
            "Unable to find '{wanted}' firmware that is compatible with the current configuration"
        ),
        (None, None) => {
            take_pair(def, &terms.host.firmware.pairs);
            if let Some(loader) = &mut def.os.loader {
                loader.format.get_or_insert(ImageFormat::Raw);
            }
        }
    }
    ensure_nvram(def, terms);
    Ok(())
}

fn interface(def: &Domain) -> Option<Interface> {
    match (def.os.firmware, def.os.loader.as_ref().and_then(|loader| loader.kind)) {
        (Some(Firmware::Bios), _) | (None, Some(LoaderType::Rom)) => Some(Interface::Bios),
        (Some(Firmware::Efi), _) | (None, Some(LoaderType::Pflash)) => Some(Interface::Uefi),
        (None, None) => None,
    }
}

/// Whether a firmware is what the definition asks for.
fn fits(def: &Domain, descriptor: &Descriptor) -> bool {
    let wanted = interface(def);
    descriptor.interfaces.iter().any(|interface| Some(*interface) == wanted)
        && has_paths(def, descriptor)
        && descriptor.is_for(def.os.arch(), def.os.machine())
        && sleeps(def, descriptor)
        && has_features(def, descriptor)
        && guards_flash(def, descriptor)
        && is_stored(def, descriptor)
        && is_sealed(def, descriptor)
}

fn has_paths(def: &Domain, descriptor: &Descriptor) -> bool {
    let same = |wanted: Option<&String>, path: &str| wanted.is_none_or(|wanted| wanted == path);
    let loader = def.os.loader.as_ref().and_then(|loader| loader.path.as_ref());
    match &descriptor.mapping {
        Mapping::Flash { executable, nvram_template, .. } => {
            let template = def.os.nvram.as_ref().and_then(|nvram| nvram.template.as_ref());
            let own = nvram_template.as_ref().map(|file| &file.filename);
            same(loader, &executable.filename) && template.is_none_or(|template| own == Some(template))
        }
        Mapping::Memory { filename } => same(loader, filename),
        Mapping::Kernel { filename } => same(def.os.kernel.as_ref(), filename),
    }
}

fn sleeps(def: &Domain, descriptor: &Descriptor) -> bool {
    let Some(pm) = &def.pm else { return true };
    let asked =
        |state: &Option<Enabled>| state.as_ref().is_some_and(|state| state.enabled == Some(YesNo::Yes));
    (!asked(&pm.mem) || descriptor.has(Feature::AcpiS3))
        && (!asked(&pm.disk) || descriptor.has(Feature::AcpiS4))
}

fn has_features(def: &Domain, descriptor: &Descriptor) -> bool {
    let asked = def.os.firmware_features.iter().flat_map(|asked| &asked.features);
    asked.into_iter().all(|asked| {
        let has = match asked.name {
            Some(FirmwareFeatureName::SecureBoot) => descriptor.has(Feature::SecureBoot),
            Some(FirmwareFeatureName::EnrolledKeys) => descriptor.has(Feature::EnrolledKeys),
            None => return true,
        };
        asked.enabled.is_none_or(|enabled| enabled.is_yes() == has)
    })
}

/// Whether flash is written by system management alone.
fn guards_flash(def: &Domain, descriptor: &Descriptor) -> bool {
    let secure = def.os.loader.as_ref().and_then(|loader| loader.secure);
    let smm = def.features.as_ref().and_then(|features| features.smm.as_ref());
    match descriptor.has(Feature::RequiresSmm) {
        true => smm.is_none_or(|smm| smm.state != Some(OnOff::Off)) && secure != Some(YesNo::No),
        false => secure != Some(YesNo::Yes),
    }
}

fn is_image(format: &str) -> bool {
    matches!(format, "raw" | "qcow2")
}

fn is_stored(def: &Domain, descriptor: &Descriptor) -> bool {
    let loader = def.os.loader.as_ref();
    let kind = loader.and_then(|loader| loader.kind);
    let writable = loader.is_some_and(|loader| loader.readonly == Some(YesNo::No));
    match &descriptor.mapping {
        Mapping::Flash { mode, executable, nvram_template } => {
            let stateless = loader.is_some_and(|loader| loader.stateless == Some(YesNo::Yes));
            let wanted = if stateless { FlashMode::Stateless } else { FlashMode::Split };
            kind.is_none_or(|kind| kind == LoaderType::Pflash)
                && *mode == wanted
                && !writable
                && is_image(&executable.format)
                && loader
                    .and_then(|loader| loader.format)
                    .is_none_or(|format| format.as_str() == executable.format)
                && nvram_template.as_ref().is_none_or(|template| is_image(&template.format))
        }
        Mapping::Memory { .. } => kind.is_none_or(|kind| kind == LoaderType::Rom) && !writable,
        Mapping::Kernel { .. } => true,
    }
}

/// Whether it knows of encrypted memory that the guest is to have.
fn is_sealed(def: &Domain, descriptor: &Descriptor) -> bool {
    let Some(security) = &def.launch_security else { return true };
    match security.kind {
        Some(LaunchSecurityType::Sev) => {
            let encrypted_state = security.policy.policy.is_some_and(|policy| policy & SEV_ES != 0);
            descriptor.has(Feature::AmdSev) && (!encrypted_state || descriptor.has(Feature::AmdSevEs))
        }
        Some(LaunchSecurityType::SevSnp) => descriptor.has(Feature::AmdSevSnp),
        Some(LaunchSecurityType::S390Pv) | None => true,
    }
}

/// Enters a firmware into the definition.
fn take(def: &mut Domain, descriptor: &Descriptor) {
    let os = &mut def.os;
    match &descriptor.mapping {
        Mapping::Flash { executable, nvram_template, .. } => {
            let format = ImageFormat::parse(&executable.format);
            let loader = os.loader.get_or_insert_default();
            loader.kind = Some(LoaderType::Pflash);
            loader.readonly = Some(YesNo::Yes);
            loader.format = format;
            loader.path = Some(executable.filename.clone());
            // variables that lie elsewhere cannot be made from a template
            if let Some(template) = nvram_template
                && os.nvram.as_ref().is_none_or(is_local)
            {
                let nvram = os.nvram.get_or_insert_default();
                nvram.template = Some(template.filename.clone());
                nvram.template_format = ImageFormat::parse(&template.format).or(format);
            } else if let (Some(_), Some(nvram)) = (nvram_template, &mut os.nvram) {
                (nvram.template, nvram.template_format) = (None, None);
            }
        }
        Mapping::Memory { filename } => {
            let loader = os.loader.get_or_insert_default();
            loader.kind = Some(LoaderType::Rom);
            loader.path = Some(filename.clone());
        }
        Mapping::Kernel { filename } => os.kernel = Some(filename.clone()),
    }
    if descriptor.has(Feature::RequiresSmm) {
        os.loader.get_or_insert_default().secure = Some(YesNo::Yes);
        let features = def.features.get_or_insert_with(Features::default);
        features.smm.get_or_insert_with(Smm::default).state = Some(OnOff::On);
    }
    let os = &mut def.os;
    os.firmware = os.firmware.or_else(|| {
        descriptor.interfaces.iter().find_map(|interface| match interface {
            Interface::Bios => Some(Firmware::Bios),
            Interface::Uefi => Some(Firmware::Efi),
            Interface::OpenFirmware | Interface::Uboot => None,
        })
    });
    if os.firmware.is_some() {
        name_features(def, descriptor);
    }
}

/// Says what was chosen: of keys, only where they are known to be what the template has.
fn name_features(def: &mut Domain, descriptor: &Descriptor) {
    let loader = def.os.loader.as_ref();
    let with_variables = loader.is_some_and(|loader| {
        loader.kind == Some(LoaderType::Pflash) && loader.stateless != Some(YesNo::Yes)
    });
    let template = def.os.nvram.as_ref().is_some_and(|nvram| nvram.template.is_some());
    let feature = |name, has: bool| FirmwareFeature { enabled: Some(has.into()), name: Some(name) };
    let mut features = vec![];
    if !with_variables || template {
        features.push(feature(FirmwareFeatureName::EnrolledKeys, descriptor.has(Feature::EnrolledKeys)));
    }
    features.push(feature(FirmwareFeatureName::SecureBoot, descriptor.has(Feature::SecureBoot)));
    def.os.firmware_features = Some(FirmwareFeatures { features });
}

/// The template for a firmware of which there is no descriptor, only an old pair of paths.
fn take_pair(def: &mut Domain, pairs: &[(String, String)]) {
    let Some(loader) = &mut def.os.loader else { return };
    let raw = loader.format.is_none_or(|format| format == ImageFormat::Raw);
    let split = loader.kind == Some(LoaderType::Pflash)
        && loader.readonly != Some(YesNo::No)
        && loader.stateless != Some(YesNo::Yes);
    let Some((_, template)) = pairs.iter().find(|(path, _)| Some(path) == loader.path.as_ref()) else {
        return;
    };
    if !raw || !split {
        return;
    }
    loader.readonly = Some(YesNo::Yes);
    loader.format = Some(ImageFormat::Raw);
    let nvram = def.os.nvram.get_or_insert_default();
    nvram.template.get_or_insert_with(|| template.clone());
    nvram.template_format.get_or_insert(ImageFormat::Raw);
}

fn is_local(nvram: &Nvram) -> bool {
    nvram.kind.is_none_or(|kind| kind != DiskType::Network)
}

/// Variables have a place: one that was said, or a file named after the guest.
fn ensure_nvram(def: &mut Domain, terms: &Terms<'_>) {
    let Some(loader) = &def.os.loader else { return };
    let kept = loader.kind == Some(LoaderType::Pflash)
        && loader.readonly == Some(YesNo::Yes)
        && loader.stateless != Some(YesNo::Yes);
    if !kept {
        return;
    }
    let image = loader.format;
    let nvram = def.os.nvram.get_or_insert_default();
    if nvram.is_somewhere() {
        nvram.format = nvram.format.or(image);
        return;
    }
    // a format that was said of a file that is yet to be made is the template's, if it says one
    nvram.format = nvram.template_format.or(image);
    let like_template = nvram.template.as_ref().is_some_and(|path| path.ends_with(".raw"));
    let extension = match nvram.format {
        Some(ImageFormat::Raw) if terms.abi_update && like_template => ".raw",
        Some(ImageFormat::Raw) => ".fd",
        Some(ImageFormat::Qcow2) => ".qcow2",
        _ => "",
    };
    let path = format!("{}/{}_VARS{extension}", terms.host.nvram, def.name);
    match &mut nvram.source {
        Some(source) => source.file = Some(path),
        None => nvram.path = Some(path),
    }
}
