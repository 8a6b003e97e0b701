//! Devices of the host: where they may sit in the guest, and that each is given once.

use crate::domain::Domain;
use crate::domain::device::disk::Sgio;
use crate::domain::device::hostdev::{Hostdev, HostdevSource, HostdevType};
use crate::domain::device::info::Address;
use crate::domain::device::netparts::TeamingType;
use crate::domain::pass::disks::{ScsiPlace, scsi_host_place, scsi_place};
use std::collections::{BTreeMap, BTreeSet};
use vir_base::{Result, bail};
use vir_xml::OnOff;

/// Checks one.
///
/// # Errors
/// The first contradiction.
pub fn check(hostdev: &Hostdev) -> Result<()> {
    let address = hostdev.info.address.as_ref();
    match hostdev.kind {
        Some(HostdevType::Pci) if !matches!(address, None | Some(Address::Unassigned | Address::Pci(_))) => {
            bail!(Domain, InternalError, "PCI host devices must use 'pci' or 'unassigned' address type")
        }
        Some(HostdevType::Scsi) => {
            if !matches!(address, None | Some(Address::Drive { .. })) {
                bail!(Domain, ConfigUnsupported, "SCSI host device must use 'drive' address type");
            }
            if hostdev.sgio == Some(Sgio::Unfiltered) {
                bail!(Domain, ConfigUnsupported, "unfiltered sgio is no longer supported");
            }
        }
        Some(HostdevType::ScsiHost) if !matches!(address, None | Some(Address::Pci(_) | Address::Ccw(_))) => {
            bail!(Domain, ConfigUnsupported, "SCSI_host host device must use 'pci' or 'ccw' address type")
        }
        Some(HostdevType::Usb) if !matches!(address, None | Some(Address::Usb { .. })) => {
            bail!(Domain, ConfigUnsupported, "USB host device must use 'usb' address type")
        }
        _ => {}
    }
    let Some(teaming) = &hostdev.teaming else { return Ok(()) };
    if teaming.kind != Some(TeamingType::Transient) {
        bail!(Domain, ConfigUnsupported, "teaming hostdev devices must have type='transient'");
    }
    if teaming.persistent.is_none() {
        bail!(Domain, ConfigUnsupported, "missing required persistent attribute in hostdev teaming element");
    }
    if hostdev.kind != Some(HostdevType::Pci) {
        bail!(Domain, ConfigUnsupported, "teaming is only supported for pci hostdev devices");
    }
    Ok(())
}

/// Whether two are one device.
fn same(a: &HostdevSource, b: &HostdevSource) -> bool {
    use HostdevSource::{Pci, Usb};
    match (a, b) {
        (Pci(a), Pci(b)) => {
            let key =
                |pci: &crate::domain::device::info::PciAddress| (pci.domain, pci.bus, pci.slot, pci.function);
            key(&a.address) == key(&b.address)
        }
        (Usb(a), Usb(b)) => match (a.place, b.place) {
            (Some(own), Some(theirs)) if !a.auto_address && !b.auto_address => own == theirs,
            _ => a.id.is_some() && a.id == b.id && (a.place.is_none() || b.place.is_none()),
        },
        (HostdevSource::Iscsi(a), HostdevSource::Iscsi(b)) => {
            (&a.name, &a.host.name, a.host.port) == (&b.name, &b.host.name, b.host.port)
        }
        (a, b) => a == b,
    }
}

/// Each is given once, and each place taken once.
///
/// # Errors
/// The first that is not.
pub fn duplicates(domain: &Domain) -> Result<()> {
    let hostdevs = &domain.devices.hostdevs;
    let of_interfaces = domain.devices.interfaces.iter().filter_map(|net| net.hostdev.0.as_ref());
    let own = hostdevs.iter().filter_map(|hostdev| hostdev.source.as_ref());
    let all: Vec<&HostdevSource> = own.chain(of_interfaces).collect();
    for (i, one) in all.iter().enumerate() {
        if all[..i].iter().any(|other| same(one, other)) {
            bail!(Domain, XmlError, "Hostdev already exists in the domain configuration");
        }
    }
    if hostdevs.iter().filter(|hostdev| hostdev.ramfb == Some(OnOff::On)).count() > 1 {
        bail!(Domain, ConfigUnsupported, "Only one vgpu device can have 'ramfb' enabled");
    }
    let on_disks: BTreeSet<ScsiPlace> = domain.devices.disks.iter().filter_map(scsi_place).collect();
    // how many there are, from the one on that is looked at
    let mut left: BTreeMap<ScsiPlace, usize> = BTreeMap::new();
    for place in hostdevs.iter().filter_map(scsi_host_place) {
        *left.entry(place).or_default() += 1;
    }
    for place @ (controller, bus, target, unit) in hostdevs.iter().filter_map(scsi_host_place) {
        let scsi = |what: &str| -> Result<()> {
            // the peer names controller and bus the other way round
            bail!(
                Domain,
                ConfigUnsupported,
                "SCSI host address controller='{bus}' bus='{controller}' target='{target}' unit='{unit}' in use \
                 by another SCSI {what}"
            )
        };
        if let Some(left) = left.get_mut(&place) {
            *left -= 1;
            if *left > 0 {
                return scsi("host device");
            }
        }
        if on_disks.contains(&place) {
            return scsi("disk");
        }
    }
    Ok(())
}
