//! What is left open about devices: the console's kind, the graphics card and its memory, formats of disks.

use vir_base::{Result, bail};
use vir_model::domain::Domain;
use vir_model::domain::device::chardev::ConsoleTargetType;
use vir_model::domain::device::disk::DiskType;
use vir_model::domain::device::display::VideoType;
use vir_model::domain::device::hostdev::{HostdevMode, HostdevSource, PciDriverName};
use vir_model::domain::device::interface::InterfaceType;
use vir_model::domain::os::OsType;

/// Settles it; `traditional` is the device model of old.
///
/// # Errors
/// A device of the host that Xen does not give to guests in this way.
pub(super) fn settle(domain: &mut Domain, traditional: bool) -> Result<()> {
    let os = domain.os.os_type();
    let hvm = os == Some(OsType::Hvm);
    hostdevs(domain)?;
    let usual = match os {
        Some(OsType::Xen | OsType::Linux) => VideoType::Xen,
        _ if domain.os.arch().starts_with("ppc64") => VideoType::Vga,
        _ => VideoType::Cirrus,
    };
    let devices = &mut domain.devices;
    for console in devices.consoles.iter_mut().filter(|_| !hvm) {
        console.target.get_or_insert_default().kind.get_or_insert(ConsoleTargetType::Xen);
    }
    for model in devices.videos.iter_mut().filter_map(|video| video.model.as_mut()) {
        let kind = *model.kind.get_or_insert(usual);
        if hvm && model.vram.unwrap_or(0) == 0 {
            model.vram = memory(kind, traditional).or(model.vram);
        }
    }
    for disk in &mut devices.disks {
        let network = disk.kind() == DiskType::Network;
        let driver = disk.driver.get_or_insert_default();
        if network {
            driver.name.get_or_insert_with(|| "qemu".to_owned());
        }
        driver.format.get_or_insert_with(|| "raw".to_owned());
    }
    Ok(())
}

/// The memory that the device model gives a card, in KiB.
fn memory(kind: VideoType, traditional: bool) -> Option<u32> {
    let mebibytes = match (kind, traditional) {
        (VideoType::Vga | VideoType::Xen, false) => 16,
        (VideoType::Vga | VideoType::Xen, true) | (VideoType::Cirrus, false) => 8,
        (VideoType::Cirrus, true) => 4,
        (VideoType::Qxl, _) => 128,
        _ => return None,
    };
    Some(mebibytes << 10)
}

fn hostdevs(domain: &Domain) -> Result<()> {
    let refuse = |driver: &str| -> Result<()> {
        bail!(Libxl, ConfigUnsupported, "XEN does not support device assignment mode '{driver}'")
    };
    for hostdev in &domain.devices.hostdevs {
        if hostdev.mode == Some(HostdevMode::Capabilities) {
            let kind = domain.virt_type();
            bail!(Libxl, ConfigUnsupported, "hostdev mode 'capabilities' is not supported in {kind}");
        }
        let pci = matches!(hostdev.source, Some(HostdevSource::Pci(_)));
        match hostdev.driver.as_ref().and_then(|driver| driver.name) {
            Some(driver) if pci && driver != PciDriverName::Xen => return refuse(driver.as_str()),
            _ => {}
        }
    }
    for interface in &domain.devices.interfaces {
        let driver = interface.hostdev_driver.as_ref().and_then(|driver| driver.name.as_deref());
        let given = interface.kind == Some(InterfaceType::Hostdev);
        match driver {
            Some(driver) if given && driver != "xen" => return refuse(driver),
            _ => {}
        }
    }
    Ok(())
}
