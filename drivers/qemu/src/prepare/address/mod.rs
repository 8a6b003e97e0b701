//! Where each device sits, bus by bus; and the controllers that these places are on.

mod chipset;
mod connect;
mod device;
mod host;
mod memory;
mod pci;
mod ports;
mod spapr;
#[cfg(test)]
mod tests;
mod virtio;

pub use host::{HostDevice, HostPci};

use super::Terms;
use vir_base::Result;
use vir_model::domain::Domain;
use vir_model::domain::address::{ccw, serial, usb};

/// Places all devices.
///
/// # Errors
/// There is no place for a device, or two want the same.
pub(super) fn assign(def: &mut Domain, terms: &Terms<'_>) -> Result<()> {
    serial::assign(def)?;
    spapr::assign(def)?;
    virtio::choose(def, terms.caps);
    ccw::assign(def)?;
    pci::assign(def, terms)?;
    usb::assign(def, terms.abi_update)?;
    memory::assign(def)
}
