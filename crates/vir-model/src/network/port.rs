//! `<networkport>`: what one interface of a guest got from its network.

use super::PciDriver;
use crate::domain::device::address::PciAddress;
use crate::domain::device::interface::{MacTableManager, MacvlanMode};
use crate::domain::device::netparts::{Bandwidth, Mac, PortOptions, PortRule, Rate, VirtualPort, Vlan};
use crate::words::{Checked, root, said};
use vir_base::{ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Content, Element, Format, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// What a port leads to.
    pub enum PlugType {
        Network = "network", Bridge = "bridge", Direct = "direct", HostdevPci = "hostdev-pci",
    }
    unsaid ["none"]
}

element! {
    /// A port of a network. Since 5.5.0. Drivers: network, test.
    pub struct NetworkPort "networkport" {
        /// Its UUID.
        leaf uuid "uuid": Option<Checked<Uuid>>,
        /// The guest that has it.
        child owner "owner": Option<Owner>,
        /// The kind of port, one of the network's.
        leaf group "group": Option<String>,
        /// The guest's MAC address.
        child mac "mac": Option<PortMac>,
        /// How a switch knows the port.
        maybe virtualport "virtualport": Option<VirtualPort>,
        /// Limits of its traffic.
        maybe bandwidth "bandwidth": Option<PortBandwidth>,
        /// The VLANs that the guest is in.
        child vlan "vlan": Option<Vlan>,
        /// Whether the guest sees others. Since 6.1.0.
        maybe port "port": Option<PortOptions>,
        /// What the guest receives.
        maybe rxfilters "rxfilters": Option<RxFilters>,
        /// What the port leads to.
        child plug "plug": Option<Plug>,
    }
    /// The guest that has a port.
    pub struct Owner "owner" {
        /// Its name.
        leaf name "name": Option<String>,
        /// Its UUID.
        leaf uuid "uuid": Option<Checked<Uuid>>,
    }
    /// A MAC address.
    pub struct PortMac "mac" {
        /// The address.
        attr address "address": Option<Checked<Mac>>,
    }
    /// Limits of a port's traffic.
    pub struct PortBandwidth "bandwidth" {
        /// Number of the class that the host's scheduler has for it.
        count class "classID": Option<u32>,
        /// Towards the guest.
        maybe inbound "inbound": Option<Rate>,
        /// From the guest.
        maybe outbound "outbound": Option<Rate>,
    }
    /// What a guest receives.
    pub struct RxFilters "rxfilters" {
        /// Whether it may change that itself.
        attr trust_guest "trustGuest": Option<YesNo>,
    }
    /// What a port leads to.
    pub struct Plug "plug" {
        /// The kind.
        attr kind "type": Option<PlugType>,
        /// The bridge, for `network` and `bridge`.
        attr bridge "bridge": Option<String>,
        /// Who keeps the bridge's table of MAC addresses.
        attr macs "macTableManager": Option<Checked<MacTableManager>>,
        /// The host's device, for `direct`.
        attr dev "dev": Option<String>,
        /// How the device is shared.
        attr mode "mode": Option<Checked<MacvlanMode>>,
        /// Whether the device is taken from the host by itself, for `hostdev-pci`.
        attr managed "managed": Option<YesNo>,
        /// The host's driver for the device.
        maybe driver "driver": Option<PciDriver>,
        /// The device.
        child address "address": Option<PlugAddress>,
    }
}

/// A device of the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlugAddress(pub PciAddress);

impl Content for PlugAddress {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::PciAddress::table()
    }

    fn read(element: &Element) -> Result<Self> {
        PciAddress::read(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        self.0.write_attrs(w);
    }
}

impl NetworkPort {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        let tree = vir_xml::parse_as(ErrorDomain::Network, xml, None)?;
        let mut it = Self::read(root(&tree, Self::NAME)?)?;
        it.check()?;
        Ok(it)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        self.to_xml(Format::default())
    }

    fn check(&mut self) -> Result<()> {
        let uuid = |uuid: &Option<Checked<Uuid>>, missing: &str| match uuid {
            None => bail!(Network, InternalError, "{missing}"),
            Some(Checked::Bad(text)) if text.is_empty() => bail!(Network, InternalError, "{missing}"),
            Some(uuid) => {
                uuid.check(|text| err!(Network, InternalError, "Unable to parse UUID '{text}'")).map(|_| ())
            }
        };
        uuid(&self.uuid, "network port has no uuid")?;
        let owner = self.owner.get_or_insert_default();
        if owner.name.as_ref().is_none_or(String::is_empty) {
            bail!(Network, InternalError, "network port has no owner name");
        }
        uuid(&owner.uuid, "network port has no owner UUID")?;
        said(&mut self.group);
        if let Some(port) = &mut self.virtualport {
            port.check(PortRule::Open)?;
        }
        let mac = self.mac.as_ref().and_then(|mac| mac.address.as_ref());
        match mac {
            None => bail!(Network, InternalError, "network port has no mac"),
            Some(mac) => mac.check(|text| err!(Network, InternalError, "Unable to parse MAC '{text}'"))?,
        };
        if let Some(PortBandwidth { inbound, outbound, .. }) = self.bandwidth.clone() {
            Bandwidth { inbound, outbound }.check(true)?;
        }
        if let Some(plug) = &mut self.plug {
            plug.check()?;
        }
        self.plug.take_if(|plug| plug.kind.is_none());
        Ok(())
    }
}

impl Plug {
    /// Checks what its kind needs, and leaves out what is another's.
    fn check(&mut self) -> Result<()> {
        let mut it = Self { kind: self.kind, ..Self::default() };
        match self.kind {
            None => {}
            Some(PlugType::Network | PlugType::Bridge) => {
                it.bridge = self.bridge.take();
                if it.bridge.is_none() {
                    bail!(Network, XmlError, "Missing network port bridge name");
                }
                it.macs = self.macs.take();
                if let Some(macs) = &it.macs {
                    macs.check(|text| {
                        err!(Network, XmlError, "Invalid macTableManager setting '{text}' in network port")
                    })?;
                }
            }
            Some(PlugType::Direct) => {
                it.dev = self.dev.take();
                if it.dev.is_none() {
                    bail!(Network, XmlError, "Missing network port link device name");
                }
                let mode = self.mode.take().unwrap_or(Checked::Good(MacvlanMode::Vepa));
                mode.check(|text| err!(Network, XmlError, "Invalid mode setting '{text}' in network port"))?;
                it.mode = Some(mode);
            }
            Some(PlugType::HostdevPci) => {
                (it.managed, it.driver, it.address) = (self.managed, self.driver.take(), self.address.take());
                if it.address.is_none() {
                    bail!(Network, XmlError, "Missing network port PCI address");
                }
            }
        }
        *self = it;
        Ok(())
    }
}
