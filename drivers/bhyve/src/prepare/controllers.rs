//! Controllers that every guest of bhyve has: the PCI root, and the LPC bridge where something is on it.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::controller::{Controller, ControllerType};
use vir_model::domain::os::Firmware;
use vir_model::domain::pass::controllers::ensure;

/// Adds them.
pub(super) fn add(domain: &mut Domain) {
    ensure(&mut domain.devices, ControllerType::Pci, 0, Some("pci-root"));
    if has_lpc(domain) {
        ensure(&mut domain.devices, ControllerType::Isa, 0, None);
    }
}

/// Firmware, serial ports and the framebuffer's keyboard are on the LPC bridge.
fn has_lpc(domain: &Domain) -> bool {
    let (os, devices) = (&domain.os, &domain.devices);
    let loader = domain.bootloader.is_none() && os.loader.is_some();
    let shown = !devices.graphics.is_empty() && !devices.videos.is_empty();
    let chars = !devices.serials.is_empty() || !devices.consoles.is_empty();
    loader || os.firmware == Some(Firmware::Efi) || chars || shown
}

/// Checks what a document names.
///
/// # Errors
/// A second PCI root.
pub(super) fn check(domain: &Domain) -> Result<()> {
    let root = |controller: &&Controller| {
        let model = controller.model.as_deref();
        controller.is(ControllerType::Pci) && matches!(model, Some("pci-root" | "pcie-root"))
    };
    if domain.devices.controllers.iter().filter(root).any(|controller| controller.index() != 0) {
        bail!(Bhyve, XmlError, "pci-root and pcie-root controllers should have index 0");
    }
    Ok(())
}
