//! What is booted: devices with a turn of their own, or kinds of device, or the disk.

use crate::domain::Domain;
use crate::domain::os::{Boot, BootDevice, LoaderType, OsType};
use vir_base::{Result, bail};

/// Settles the order.
///
/// # Errors
/// A turn that two devices have, and turns of devices beside those of kinds.
pub fn settle(domain: &mut Domain) -> Result<()> {
    if domain.os.os_type() == Some(OsType::Exe) && domain.os.init.is_none() {
        bail!(Domain, XmlError, "init binary must be specified");
    }
    if let Some(loader) = &mut domain.os.loader
        && loader.path.is_some()
    {
        loader.kind.get_or_insert(LoaderType::Rom);
    }
    if domain.os.os_type() != Some(OsType::Hvm) {
        return Ok(());
    }
    let mut turns: Vec<u32> = vec![];
    domain.devices.for_each_info(&mut |info| turns.extend(info.boot.as_ref().map(|boot| boot.order)));
    for (i, turn) in turns.iter().enumerate() {
        if turns[..i].contains(turn) {
            bail!(Domain, ConfigUnsupported, "boot order '{turn}' used for more than one device");
        }
    }
    match (domain.os.boot.is_empty(), turns.is_empty()) {
        (false, false) => bail!(
            Domain,
            ConfigUnsupported,
            "per-device boot elements cannot be used together with os/boot elements"
        ),
        (true, true) => domain.os.boot.push(Boot { dev: Some(BootDevice::Hd) }),
        _ => {}
    }
    Ok(())
}
