//! `<adapter>`: the host's adapter that leads to a pool's disks.

use crate::domain::device::address::PciAddress;
use crate::words::Checked;
use vir_base::{Result, bail, err};
use vir_xml::table::Table;
use vir_xml::{Content, Element, Writer, YesNo, element, xml_enum};

xml_enum! {
    /// The kind of an adapter.
    pub enum AdapterType { ScsiHost = "scsi_host", FcHost = "fc_host", }
}

element! {
    /// The host's adapter that leads to a pool's disks.
    pub struct Adapter "adapter" => settle {
        /// The kind; an adapter with a name only is a SCSI host. Since 1.0.5.
        attr kind "type": Option<AdapterType>,
        /// Name of the SCSI host. Since 0.6.2.
        attr name "name": Option<String>,
        /// Name of the device that has the fibre channel host. Since 1.0.4.
        attr parent "parent": Option<String>,
        /// That device's node name. Since 3.0.0.
        attr parent_wwnn "parent_wwnn": Option<String>,
        /// That device's port name. Since 3.0.0.
        attr parent_wwpn "parent_wwpn": Option<String>,
        /// Name of the fabric that the device is in. Since 3.0.0.
        attr parent_fabric_wwn "parent_fabric_wwn": Option<String>,
        /// Whether a fibre channel host that we make is removed with the pool. Since 1.2.11.
        attr managed "managed": Option<YesNo>,
        /// Node name of the fibre channel host. Since 1.0.4.
        attr wwnn "wwnn": Option<String>,
        /// Port name of the fibre channel host. Since 1.0.4.
        attr wwpn "wwpn": Option<String>,
        /// The device of the SCSI host, instead of its name. Since 1.2.7.
        child parentaddr "parentaddr": Option<ParentAddress>,
    }
    /// The PCI device that has a SCSI host.
    pub struct ParentAddress "parentaddr" {
        /// Which of its hosts.
        attr unique_id "unique_id": Option<Checked<i32>>,
        /// Where it is.
        child address "address": Option<HostAddress>,
    }
}

/// Where a PCI device is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostAddress(pub PciAddress);

impl Content for HostAddress {
    fn read(element: &Element) -> Result<Self> {
        PciAddress::read(element).map(Self)
    }

    fn write(&self, w: &mut Writer) {
        self.0.write_attrs(w);
    }

    fn table() -> Option<&'static Table> {
        super::tables::Place::table()
    }
}

impl Adapter {
    fn settle(&mut self, _: &Element) -> Result<()> {
        let it = std::mem::take(self);
        match it.kind {
            None if it.wwnn.is_some() || it.wwpn.is_some() || it.parent.is_some() => bail!(
                Storage,
                XmlError,
                "Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the adapter 'type'"
            ),
            None if it.parentaddr.is_some() => {
                bail!(Storage, XmlError, "Use of 'parentaddr' element requires use of the adapter 'type'")
            }
            None => {
                let kind = it.name.is_some().then_some(AdapterType::ScsiHost);
                *self = Self { kind, name: it.name, ..Self::default() };
            }
            Some(AdapterType::ScsiHost) => {
                if let Some(parent) = &it.parentaddr {
                    parent.check()?;
                }
                *self = Self { kind: it.kind, name: it.name, parentaddr: it.parentaddr, ..Self::default() };
            }
            Some(AdapterType::FcHost) => *self = Self { name: None, parentaddr: None, ..it },
        }
        Ok(())
    }

    /// Checks that it names what its kind needs.
    pub(super) fn check(&self) -> Result<()> {
        match self.kind {
            None => bail!(Storage, XmlError, "missing storage pool source adapter"),
            Some(AdapterType::ScsiHost) => match (&self.name, &self.parentaddr) {
                (None, None) => bail!(
                    Storage,
                    XmlError,
                    "Either 'name' or 'parent' must be specified for the 'scsi_host' adapter"
                ),
                (Some(_), Some(_)) => bail!(
                    Storage,
                    XmlError,
                    "Both 'name' and 'parent' cannot be specified for the 'scsi_host' adapter"
                ),
                _ => Ok(()),
            },
            Some(AdapterType::FcHost) => self.check_fc(),
        }
    }

    fn check_fc(&self) -> Result<()> {
        let (Some(wwnn), Some(wwpn)) = (&self.wwnn, &self.wwpn) else {
            bail!(Storage, XmlError, "'wwnn' and 'wwpn' must be specified for adapter type 'fchost'")
        };
        check_wwn(wwnn)?;
        check_wwn(wwpn)?;
        match (&self.parent_wwnn, &self.parent_wwpn) {
            (Some(wwnn), None) => bail!(
                Storage,
                XmlError,
                "when providing parent_wwnn='{wwnn}', the parent_wwpn must also be provided"
            ),
            (None, Some(wwpn)) => bail!(
                Storage,
                XmlError,
                "when providing parent_wwpn='{wwpn}', the parent_wwnn must also be provided"
            ),
            _ => {}
        }
        [&self.parent_wwnn, &self.parent_wwpn, &self.parent_fabric_wwn]
            .into_iter()
            .flatten()
            .try_for_each(|wwn| check_wwn(wwn))
    }
}

impl ParentAddress {
    fn check(&self) -> Result<()> {
        if self.address.is_none() {
            bail!(Storage, XmlError, "Missing scsi_host PCI address element");
        }
        match self.unique_id.as_ref().and_then(Checked::good) {
            Some(0..) => Ok(()),
            _ => Err(err!(Storage, XmlError, "Missing or invalid scsi adapter 'unique_id' value")),
        }
    }
}

/// Checks a world wide name: 16 hexadecimal digits, with or without `0x`.
fn check_wwn(name: &str) -> Result<()> {
    let digits = name.strip_prefix("0x").unwrap_or(name);
    match digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(()),
        false => bail!(None, InternalError, "Malformed wwn: {name}"),
    }
}
