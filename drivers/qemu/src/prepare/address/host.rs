//! What the host knows of PCI devices that guests get.

use std::collections::BTreeMap;
use std::path::PathBuf;
use vir_model::domain::device::info::PciAddress;

/// A device of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostDevice {
    /// It speaks PCI Express.
    pub express: bool,
    /// Devices of one group can be given only together.
    pub group: Option<u32>,
}

/// Where to ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPci {
    /// The kernel: the directory of all devices.
    Kernel(PathBuf),
    /// These and no others, by `0000:00:02.0`.
    Known(BTreeMap<String, HostDevice>),
}

impl Default for HostPci {
    fn default() -> Self {
        Self::Kernel("/sys/bus/pci/devices".into())
    }
}

impl HostPci {
    /// A device, if it is there.
    pub(super) fn find(&self, address: &PciAddress) -> Option<HostDevice> {
        let PciAddress { domain, bus, slot, function, .. } = address;
        let name = format!("{domain:04x}:{bus:02x}:{slot:02x}.{function:x}");
        match self {
            Self::Known(devices) => devices.get(&name).copied(),
            Self::Kernel(directory) => {
                let device = directory.join(name);
                let config = std::fs::read(device.join("config")).ok()?;
                let group = std::fs::read_link(device.join("iommu_group")).ok();
                let group = group.and_then(|group| group.file_name()?.to_str()?.parse().ok());
                Some(HostDevice { express: is_express(&config), group })
            }
        }
    }
}

/// Whether a device's configuration space has the capability of PCI Express (PCI Local Bus 3.0, 6.7: a status bit says
/// that there is a list, whose head is at 0x34; each entry begins with its kind and the place of the next).
fn is_express(config: &[u8]) -> bool {
    const HAS_LIST: u8 = 0x10;
    const EXPRESS: u8 = 0x10;
    if config.get(0x06).is_none_or(|status| status & HAS_LIST == 0) {
        return false;
    }
    let mut at = config.get(0x34).copied().unwrap_or(0) & !3;
    // a list that goes round is no list
    for _ in 0..48 {
        match (at, config.get(at as usize), config.get(at as usize + 1)) {
            (0, ..) | (_, None, _) | (_, _, None) => return false,
            (_, Some(&EXPRESS), _) => return true,
            (_, Some(_), Some(next)) => at = next & !3,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capability_is_found_in_its_list() {
        let mut config = vec![0u8; 256];
        assert!(!is_express(&config));
        config[0x06] = 0x10;
        (config[0x34], config[0x40], config[0x41]) = (0x40, 0x01, 0x50);
        assert!(!is_express(&config));
        (config[0x50], config[0x51]) = (0x10, 0);
        assert!(is_express(&config));
        (config[0x50], config[0x51]) = (0x05, 0x40);
        assert!(!is_express(&config));
        assert!(!is_express(&config[..0x40]));
    }
}
