//! A guest's firmware variables: made from their template when there are none yet, or when they are to be made anew.

use super::core::Core;
use crate::model::Domain;
use std::path::Path;
use vir_base::{Result, atomic, bail, file};
use vir_model::domain::device::disk::DiskType;

/// Firmware variables are some hundred KiB long; flash is never larger.
const MAX: u64 = 64 << 20;

/// Makes them where they are missing; all anew with `reset`.
///
/// # Errors
/// There is no template, or it cannot be read or copied.
pub(super) fn prepare(core: &Core, def: &Domain, reset: bool) -> Result<()> {
    let Some(nvram) = &def.os.nvram else { return Ok(()) };
    let kind = nvram.kind.unwrap_or(DiskType::File);
    let place = match &nvram.source {
        Some(source) => source.file.as_deref(),
        None => nvram.path.as_deref(),
    };
    let Some(path) = place.filter(|_| kind == DiskType::File).map(Path::new) else {
        if reset {
            bail!(
                Qemu,
                OperationUnsupported,
                "resetting of nvram is not supported with nvram device backed by '{}'",
                kind.as_str()
            );
        }
        return Ok(());
    };
    if path.exists() && !reset {
        return Ok(());
    }
    let Some(template) = &nvram.template else {
        bail!(
            Qemu,
            OperationFailed,
            "unable to find any master var store for loader: {}",
            def.os.loader.as_ref().and_then(|loader| loader.path.as_deref()).unwrap_or_default()
        );
    };
    if nvram.template_format.is_some() && nvram.template_format != nvram.format {
        bail!(
            Qemu,
            OperationUnsupported,
            "conversion of the nvram template to another target format is not supported"
        );
    }
    let bytes = file::read_all(template, MAX)?;
    atomic::replace(path, &bytes, atomic::PRIVATE)?;
    match &core.owner {
        Some(owner) => owner.give_own(path),
        None => Ok(()),
    }
}
