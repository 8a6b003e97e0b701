//! The files of a guest that QEMU opens by itself: given to QEMU's user while the guest runs.

use crate::model::{self, Domain};
use crate::process::owner::Owner;
use crate::process::undo::Undo;
use std::path::{Path, PathBuf};
use vir_base::Result;
use vir_model::domain::device::chardev::CharType;
use vir_model::domain::security::Seclabel;

/// Those that are there; QEMU makes others itself, or says that it cannot.
fn of(def: &Domain) -> Vec<PathBuf> {
    let mut paths: Vec<String> = model::disks(def).into_iter().filter_map(|disk| disk.path).collect();
    paths.extend(
        model::boot_files(def).into_iter().filter(|(_, what)| *what != "loader").map(|(path, _)| path),
    );
    paths.extend(def.os.nvram.as_ref().and_then(|nvram| nvram.path.clone()));
    let devices = &def.devices;
    let sources = (devices.serials.iter().map(|d| &d.source))
        .chain(devices.parallels.iter().map(|d| &d.source))
        .chain(devices.channels.iter().map(|d| &d.source))
        // the first console is the first serial port
        .chain(devices.consoles.iter().skip(1).map(|d| &d.source));
    for source in sources {
        match source.kind() {
            CharType::File | CharType::Dev => paths.extend(source.path().map(str::to_owned)),
            CharType::Pipe => {
                let ends = source
                    .path()
                    .into_iter()
                    .flat_map(|p| [format!("{p}.in"), format!("{p}.out"), p.to_owned()]);
                paths.extend(ends);
            }
            _ => {}
        }
    }
    paths.into_iter().map(PathBuf::from).filter(|path| path.exists()).collect()
}

/// Says in a definition whom its process runs as.
pub(super) fn label(owner: &Owner, def: &mut Domain) {
    let is_dac = |label: &Seclabel| label.model.as_deref() == Some(MODEL);
    if !def.seclabels.iter().any(is_dac) {
        let model = Some(MODEL.to_owned());
        def.seclabels.push(Seclabel { model, implicit: true, ..Seclabel::default() });
    }
    for label in def.seclabels.iter_mut().filter(|label| is_dac(label)) {
        label.label = Some(owner.label());
        label.imagelabel = label.label.clone().filter(|_| label.relabel);
    }
}

/// The security model that is owners and groups.
const MODEL: &str = "dac";

/// Gives them to QEMU's user.
///
/// # Errors
/// One cannot be given away; those before it are given back when `undo` is dropped.
pub(super) fn give(owner: &Owner, def: &Domain, undo: &mut Undo<'_>) -> Result<()> {
    for path in of(def) {
        owner.give(&path)?;
        let owner = owner.clone();
        undo.push(move || owner.take_back(&path));
    }
    Ok(())
}

/// Gives them back.
pub(super) fn take_back(owner: &Owner, def: &Domain) {
    of(def).iter().for_each(|path: &PathBuf| owner.take_back(Path::new(path)));
}
