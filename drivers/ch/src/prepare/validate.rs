//! What Cloud Hypervisor refuses of a complete definition.

use super::Ch;
use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::CharType;

/// Checks a definition.
///
/// # Errors
/// The first thing that this version cannot do.
pub(super) fn check(ch: &Ch, domain: &Domain) -> Result<()> {
    let it = &domain.devices;
    let foreign = [
        (!it.sounds.is_empty(), "sound"),
        (!it.videos.is_empty(), "video"),
        (!it.smartcards.is_empty(), "smartcard"),
        (!it.inputs.is_empty(), "input"),
        (!it.filesystems.is_empty(), "filesystem"),
        (!it.watchdogs.is_empty(), "watchdog"),
        (it.balloon.is_some(), "memballoon"),
        (!it.rngs.is_empty(), "rng"),
        (it.nvram.is_some(), "nvram"),
        (!it.hubs.is_empty(), "hub"),
        (!it.shmems.is_empty(), "shmem"),
        (!it.tpms.is_empty(), "tpm"),
        (!it.panics.is_empty(), "panic"),
        (!it.redirdevs.is_empty(), "redirdev"),
        (it.iommu.is_some(), "iommu"),
        (!it.cryptos.is_empty(), "crypto"),
        (it.pstore.is_some(), "pstore"),
        (!it.graphics.is_empty(), "graphics"),
        (!it.audios.is_empty(), "audio"),
        (!it.leases.is_empty(), "lease"),
    ];
    if let Some((_, name)) = foreign.iter().find(|(there, _)| *there) {
        bail!(Ch, ConfigUnsupported, "Cloud-Hypervisor doesn't support '{name}' device");
    }
    chars(ch, domain)
}

/// There is one console and one serial port at most.
fn chars(ch: &Ch, domain: &Domain) -> Result<()> {
    let it = &domain.devices;
    let console = it.consoles.first().map(|console| console.source.kind());
    let serial = it.serials.first().map(|serial| serial.source.kind());
    if !ch.serial_and_console && console == Some(CharType::Pty) && serial == Some(CharType::Pty) {
        bail!(Ch, InternalError, "Only a single console or serial can be configured for this domain");
    }
    if it.consoles.len() > 1 {
        bail!(Ch, InternalError, "Only a single console can be configured for this domain");
    }
    if it.serials.len() > 1 {
        bail!(Ch, InternalError, "Only a single serial can be configured for this domain");
    }
    if console.is_some_and(|kind| kind != CharType::Pty) {
        bail!(Ch, InternalError, "Console only works in PTY mode");
    }
    match serial {
        None | Some(CharType::Pty) => Ok(()),
        Some(CharType::Unix) if ch.serial_socket => Ok(()),
        Some(CharType::Unix) => {
            bail!(Ch, InternalError, "Unix Socket backend is not supported by this version of ch.")
        }
        Some(_) => bail!(Ch, InternalError, "Serial only works in UNIX/PTY modes"),
    }
}
