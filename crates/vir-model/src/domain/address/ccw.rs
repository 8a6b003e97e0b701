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
