//! Channel devices of s390: each has a number of its own.

use crate::domain::Domain;
use crate::domain::device::info::{Address, CcwAddress};
use std::collections::BTreeSet;
use vir_base::{Result, bail, err};

/// The channel subsystem of virtio devices.
const VIRTIO_CSSID: u32 = 254;

/// Numbers the channel devices that have no number yet.
///
/// # Errors
/// A number that two devices have, and more devices than numbers.
pub fn assign(domain: &mut Domain) -> Result<()> {
    let mut taken = BTreeSet::new();
    let mut twice = None;
    domain.devices.for_each_info(&mut |info| {
        if let Some(Address::Ccw(Some(address))) = info.address
            && !taken.insert(address)
        {
            twice.get_or_insert(address);
        }
    });
    if let Some(CcwAddress { cssid, ssid, devno }) = twice {
        bail!(Domain, XmlError, "The CCW devno '{cssid:x}.{ssid:x}.{devno:04x}' is in use already");
    }
    let all = (0..4)
        .flat_map(|ssid| (0..=0xffff).map(move |devno| CcwAddress { cssid: VIRTIO_CSSID, ssid, devno }));
    let mut free = all.filter(|address| !taken.contains(address));
    let mut result = Ok(());
    domain.devices.for_each_info_mut(&mut |info| {
        if let Some(Address::Ccw(place @ None)) = &mut info.address {
            match free.next() {
                Some(address) => *place = Some(address),
                None => result = Err(err!(Domain, InternalError, "There are no more free CCW devnos.")),
            }
        }
    });
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ParseOptions;

    fn domain(addresses: &[&str]) -> Domain {
        let disk = |address: &&str| format!("<disk><target dev='vda' bus='virtio'/>{address}</disk>");
        let disks: String = addresses.iter().map(disk).collect();
        let xml = format!(
            "<domain type='qemu'><name>g</name><memory>1</memory><os><type arch='s390x'>hvm</type></os>\
             <devices>{disks}</devices></domain>"
        );
        Domain::parse(&xml, ParseOptions::default()).unwrap()
    }

    const OPEN: &str = "<address type='ccw'/>";
    const SAID: &str = "<address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>";

    #[test]
    fn numbers_are_given_around_those_that_are_said() {
        let mut it = domain(&[OPEN, SAID, OPEN]);
        assign(&mut it).unwrap();
        let devno = |info: &crate::domain::device::info::DeviceInfo| match info.address {
            Some(Address::Ccw(Some(place))) => Some((place.cssid, place.ssid, place.devno)),
            _ => None,
        };
        let found: Vec<_> = it.devices.disks.iter().filter_map(|disk| devno(&disk.info)).collect();
        assert_eq!(found, [(254, 0, 0), (254, 0, 1), (254, 0, 2)]);
    }

    #[test]
    fn a_number_is_had_once() {
        let error = assign(&mut domain(&[SAID, SAID])).unwrap_err();
        assert!(error.message().ends_with("The CCW devno 'fe.0.0001' is in use already"), "{error}");
    }
}
