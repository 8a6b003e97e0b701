//! Network interfaces, and vDPA devices.

use crate::interface::Link;
use crate::words::{Checked, said};
use vir_base::{Result, bail, err};
use vir_xml::{Element, element, xml_enum};

xml_enum! {
    /// What an interface can take from the host.
    pub enum FeatureName {
        Rx = "rx", Tx = "tx", Sg = "sg", Tso = "tso", Gso = "gso", Gro = "gro", Lro = "lro", RxVlan = "rxvlan",
        TxVlan = "txvlan", Ntuple = "ntuple", RxHash = "rxhash", Rdma = "rdma", TxUdpTnl = "txudptnl",
        SwitchDev = "switchdev",
    }
    /// What an interface speaks.
    pub enum NetType { Ethernet = "80203", Wireless = "80211", }
}

element! {
    /// A network interface.
    pub struct Net "capability" {
        /// Its name.
        leaf interface "interface": Option<String>,
        /// Its MAC address.
        leaf address "address": Option<String>,
        /// Its link. Since 1.2.12.
        maybe link "link": Option<Link>,
        /// What it can take from the host, each once and in their order. Since 1.2.12.
        list features "feature": Vec<Feature>,
        /// What it speaks.
        child speaks "capability": Option<Speaks>,
    }
    /// Something that an interface can take from the host.
    pub struct Feature "feature" => settle {
        /// Its name.
        attr name "name": Option<Checked<FeatureName>>,
    }
    /// What an interface speaks.
    pub struct Speaks "capability" {
        /// Wired or wireless Ethernet.
        attr kind "type": Option<Checked<NetType>>,
    }
    /// A vDPA device. Since 6.9.0.
    pub struct Vdpa "capability" {
        /// Its character device.
        leaf chardev "chardev": Option<String>,
    }
}

impl Net {
    pub(super) fn check(&mut self, device: &str) -> Result<()> {
        said(&mut self.interface);
        said(&mut self.address);
        if self.interface.is_none() {
            bail!(Nodedev, InternalError, "no network interface supplied for '{device}'");
        }
        self.features.sort_by_key(|feature| feature.name.as_ref().and_then(Checked::good).copied());
        self.features.dedup();
        if let Some(Speaks { kind: Some(kind) }) = &self.speaks
            && *kind != Checked::Bad(String::new())
        {
            kind.check(|_| err!(Nodedev, ConfigUnsupported, "invalid network type supplied for '{device}'"))?;
        }
        self.speaks.take_if(|speaks| speaks.kind.as_ref().and_then(Checked::good).is_none());
        Ok(())
    }
}

impl Feature {
    fn settle(&mut self, _: &Element) -> Result<()> {
        match &self.name {
            None => bail!(Nodedev, XmlError, "missing network device feature name"),
            Some(name) => {
                name.check(|text| err!(Nodedev, XmlError, "unknown network device feature '{text}'"))?;
                Ok(())
            }
        }
    }
}
