//! `<interface>`.

use super::info::DeviceInfo;
use std::borrow::Cow;
use std::fmt;
use vir_xml::{Value, element, xml_enum};

xml_enum! {
    /// What an interface is connected to.
    pub enum InterfaceType { User = "user", Bridge = "bridge", Network = "network", Ethernet = "ethernet", }
    beyond ["vhostuser", "server", "client", "mcast", "internal", "direct", "hostdev", "udp", "vdpa", "null", "vds"]
    /// Whether the cable is in.
    pub enum LinkState { Default = "default", Up = "up", Down = "down", }
}

/// A MAC address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl Value for Mac {
    fn parse(text: &str) -> Option<Self> {
        let mut mac = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut mac {
            let part = parts.next().filter(|p| matches!(p.len(), 1 | 2))?;
            *byte = u8::from_str_radix(part, 16).ok()?;
        }
        parts.next().is_none().then_some(Self(mac))
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_string())
    }

    fn invalid(_: &str, _: &str, text: &str) -> vir_base::Error {
        vir_base::err!(Domain, XmlError, "unable to parse mac address '{text}'")
    }
}

element! {
    /// A network interface.
    pub struct Interface "interface" {
        attr kind "type": Option<InterfaceType>,
        child mac "mac": Option<MacElement>,
        child source "source": Option<InterfaceSource>,
        child target "target": Option<InterfaceTarget>,
        child model "model": Option<InterfaceModel>,
        child link "link": Option<Link>,
        child mtu "mtu": Option<Mtu>,
        part info "": DeviceInfo,
    }

    /// Its address.
    pub struct MacElement "mac" {
        attr address "address": Mac,
    }

    /// The far side on the host.
    pub struct InterfaceSource "source" {
        attr network "network": Option<String>,
        attr portgroup "portgroup": Option<String>,
        attr bridge "bridge": Option<String>,
        attr portid "portid": Option<vir_base::Uuid>,
    }

    /// The host's device.
    pub struct InterfaceTarget "target" { attr dev "dev": Option<String>, }

    /// What the guest sees.
    pub struct InterfaceModel "model" { attr kind "type": String, }

    /// Whether the cable is in.
    pub struct Link "link" { attr state "state": Option<LinkState>, }

    /// Largest packet in bytes.
    pub struct Mtu "mtu" { attr size "size": u32, }
}

impl Interface {
    /// Its address; all zeroes before defaults are set.
    pub fn mac(&self) -> Mac {
        self.mac.as_ref().map(|mac| mac.address).unwrap_or_default()
    }

    /// The host's device, while the guest runs.
    pub fn target_dev(&self) -> Option<&str> {
        self.target.as_ref().and_then(|target| target.dev.as_deref())
    }

    /// `virtio`, `e1000`, …
    pub fn model(&self) -> Option<&str> {
        self.model.as_ref().map(|model| model.kind.as_str())
    }

    /// Whether it is connected by a bridge, a network or not at all.
    pub fn kind(&self) -> InterfaceType {
        self.kind.unwrap_or(InterfaceType::User)
    }
}
