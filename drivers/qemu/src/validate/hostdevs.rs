//! Devices of the host, and of viewers.

use super::{Check, chars, refuse};
use crate::caps::Flag;
use vir_base::{Result, bail};
use vir_model::domain::device::hostdev::{
    Hostdev, HostdevMode, HostdevSource, MdevModel, PciDriverName, PciSource,
};
use vir_model::domain::device::redirect::Redirdev;
use vir_xml::OnOff;

/// Checks one.
pub fn check(it: &Check<'_>, hostdev: &Hostdev) -> Result<()> {
    if hostdev.mode == Some(HostdevMode::Capabilities) {
        bail!(
            Qemu,
            ConfigUnsupported,
            "hostdev mode 'capabilities' is not supported in {}",
            it.def.virt_type()
        );
    }
    match &hostdev.source {
        Some(HostdevSource::Usb(usb)) => refuse([(
            usb.guest_reset.is_some() && !it.has(Flag::UsbHostGuestsResetsAll),
            "guestReset is not supported with this version of QEMU",
        )]),
        Some(HostdevSource::Pci(source)) => pci(it, hostdev, source),
        Some(HostdevSource::Vhost { .. }) => refuse([
            (
                hostdev.info.boot.is_some(),
                "booting from assigned devices is not supported by vhost SCSI devices",
            ),
            (!it.has(Flag::DeviceVhostScsi), "This QEMU doesn't support vhost-scsi devices"),
        ]),
        Some(HostdevSource::Mdev(_)) => mediated(it, hostdev),
        _ => Ok(()),
    }
}

fn pci(it: &Check<'_>, hostdev: &Hostdev, source: &PciSource) -> Result<()> {
    let vfio = hostdev.driver.as_ref().is_some_and(|driver| driver.name == Some(PciDriverName::Vfio));
    refuse([
        (
            vfio && !it.has(Flag::DeviceVfioPci),
            "VFIO PCI device assignment is not supported by this version of qemu",
        ),
        (
            source.write_filtering.is_some(),
            "Write filtering of PCI device configuration space is not supported by qemu",
        ),
        (shown_nowhere(it, hostdev), NO_DISPLAY),
    ])
}

const NO_DISPLAY: &str = "graphics device is needed for attribute value 'display=on' in <hostdev>";

/// It has a display that nothing shows.
fn shown_nowhere(it: &Check<'_>, hostdev: &Hostdev) -> bool {
    hostdev.display == Some(OnOff::On) && it.def.devices.graphics.is_empty()
}

/// A part of a device that the host has divided.
fn mediated(it: &Check<'_>, hostdev: &Hostdev) -> Result<()> {
    let bootable = hostdev.info.boot.is_some();
    match hostdev.mdev_model {
        Some(MdevModel::VfioPci) => refuse([
            (
                !it.has(Flag::DeviceVfioPci),
                "VFIO PCI device assignment is not supported by this version of QEMU",
            ),
            (
                bootable,
                "booting from assigned devices is not supported by mediated devices of model vfio-pci",
            ),
            (shown_nowhere(it, hostdev), NO_DISPLAY),
        ]),
        Some(MdevModel::VfioAp) => {
            let crypto = |other: &&Hostdev| other.mdev_model == Some(MdevModel::VfioAp);
            refuse([
                (
                    !it.has(Flag::DeviceVfioAp),
                    "VFIO AP device assignment is not supported by this version of QEMU",
                ),
                (
                    bootable,
                    "booting from assigned devices is not supported by mediated devices of model vfio-ap",
                ),
                (
                    it.def.devices.hostdevs.iter().filter(crypto).count() > 1,
                    "Only one hostdev of model vfio-ap is supported",
                ),
            ])
        }
        Some(MdevModel::VfioCcw) => it.needs(
            Flag::DeviceVfioCcw,
            "VFIO CCW device assignment is not supported by this version of QEMU",
        ),
        None => Ok(()),
    }
}

/// A viewer's USB device.
pub fn redirected(it: &Check<'_>, redirdev: &Redirdev) -> Result<()> {
    chars::source(it, &redirdev.source)?;
    let filtered = it.def.devices.redirfilter.as_ref().is_some_and(|filter| !filter.rules.is_empty());
    refuse([
        (!it.has(Flag::UsbRedir), "USB redirection is not supported by this version of QEMU"),
        (
            filtered && !it.has(Flag::UsbRedirFilter),
            "USB redirection filter is not supported by this version of QEMU",
        ),
    ])
}
