//! Controllers: their numbers, and what their kinds exclude.

use crate::domain::Domain;
use crate::domain::device::controller::{Controller, ControllerType};
use std::collections::BTreeSet;
use vir_base::{Result, bail};

/// Each is the only one with its number.
///
/// # Errors
/// The first that is not.
pub fn distinct(domain: &Domain) -> Result<()> {
    let mut seen = BTreeSet::new();
    for controller in &domain.devices.controllers {
        // several USB controllers may share one: companions do
        if let Some(kind) = controller.kind
            && kind != ControllerType::Usb
            && !seen.insert((kind, controller.index()))
        {
            bail!(Domain, XmlError, "Multiple '{kind}' controllers with index '{}'", controller.index());
        }
    }
    Ok(())
}

/// Checks one.
///
/// # Errors
/// Numbers that are too great, and what its kind excludes.
pub fn check(controller: &Controller) -> Result<()> {
    let index = controller.index();
    if controller.is(ControllerType::Pci) {
        let root = matches!(controller.model.as_deref(), Some("pci-root" | "pcie-root"));
        if root && controller.info.address.is_some() {
            bail!(Domain, ConfigUnsupported, "pci-root and pcie-root controllers should not have an address");
        }
        if index > 255 {
            bail!(Domain, ConfigUnsupported, "PCI controller index {index} too high, maximum is 255");
        }
        let target = controller.target.clone().unwrap_or_default();
        if let Some(own) = target.index {
            if own.0 > 30 {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "PCI controller target index '{}' out of range - must be 0-30",
                    own.0
                );
            }
            if (index == 0) != (own.0 == 0) {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "Only the PCI controller with index 0 can have target index 0, and vice versa"
                );
            }
        }
        for (value, name, min, max) in [
            (target.chassis_nr.map(|n| n.0), "chassisNr", 1, 255),
            (target.chassis.map(|n| n.0), "chassis", 0, 255),
            (target.port.map(|n| n.0), "port", 0, 255),
            (target.bus_nr.map(|n| n.0), "busNr", 1, 254),
        ] {
            if let Some(value) = value
                && !(min..=max).contains(&value)
            {
                bail!(
                    Domain,
                    ConfigUnsupported,
                    "PCI controller {name} '{value}' out of range - must be {min}-{max}"
                );
            }
        }
        if target.node.is_some() && index == 0 {
            bail!(
                Domain,
                ConfigUnsupported,
                "The PCI controller with index=0 can't be associated with a NUMA node"
            );
        }
    }
    let Some(driver) = &controller.driver else { return Ok(()) };
    if driver.iothread.is_some() || driver.iothreads.is_some() {
        let virtio = matches!(
            controller.model.as_deref(),
            Some("virtio-scsi" | "virtio-transitional" | "virtio-non-transitional")
        );
        if !controller.is(ControllerType::Scsi) || !virtio {
            bail!(Domain, ConfigUnsupported, "iothreads are supported only by 'virtio-scsi' controllers");
        }
    }
    if driver.iothread.is_some() && driver.iothreads.is_some() {
        bail!(
            Domain,
            XmlError,
            "controller driver 'iothread' attribute can't be used together with 'iothreads' subelement"
        );
    }
    Ok(())
}
