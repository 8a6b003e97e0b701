//! Where a network's traffic goes.

use super::lan;
use crate::domain::device::address::PciAddress;
use crate::domain::device::hostdev::PciDriverName;
use crate::words::{AnyYes, Checked, said};
use std::net::{IpAddr, Ipv4Addr};
use vir_base::{Error, Result, bail, err};
use vir_xml::{Content, Element, Value, Writer, YesNo, element};

/// Where traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the documents' own
pub enum ForwardMode {
    Nat,
    Route,
    Open,
    Bridge,
    Private,
    Vepa,
    Passthrough,
    Hostdev,
}

impl ForwardMode {
    const NAMES: &'static [&'static str] =
        &["nat", "route", "open", "bridge", "private", "vepa", "passthrough", "hostdev"];

    /// Its name in documents.
    pub fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

impl std::fmt::Display for ForwardMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value for ForwardMode {
    fn parse(text: &str) -> Option<Self> {
        use ForwardMode::{Bridge, Hostdev, Nat, Open, Passthrough, Private, Route, Vepa};
        let all = [Nat, Route, Open, Bridge, Private, Vepa, Passthrough, Hostdev];
        all.into_iter().find(|mode| mode.as_str() == text)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(self.as_str())
    }

    fn names() -> &'static [&'static str] {
        Self::NAMES
    }

    fn unsaid() -> &'static [&'static str] {
        &["none"]
    }

    fn invalid(_: &str, _: &str, text: &str) -> Error {
        err!(Network, ConfigUnsupported, "unknown forwarding type '{text}'")
    }
}

element! {
    /// Where a network's traffic goes. Since 0.3.0.
    pub struct Forward "forward" => settle {
        /// The host's interface that it leaves by; the first of `interface`.
        attr dev "dev": Option<String>,
        /// How it leaves; `nat` if nothing is said. Since 0.4.2.
        attr mode "mode": Option<ForwardMode>,
        /// Whether devices are taken from the host by themselves, for `hostdev`. Since 0.10.0. Drivers: network, test.
        attr managed "managed": Option<AnyYes>,
        /// The host's driver for devices that are passed through. Since 1.0.5. Drivers: network, test.
        maybe driver "driver": Option<PciDriver>,
        /// What is translated, for `nat`. Since 1.0.3. Drivers: network, test.
        list nat "nat": Vec<Nat>,
        /// The device whose virtual functions are used. Since 0.9.10. Drivers: network, test.
        list pf "pf": Vec<Pf>,
        /// The host's interfaces to choose from. Since 0.9.4.
        list interfaces "interface": Vec<ForwardInterface>,
        /// The host's devices to choose from. Since 0.10.0. Drivers: network, test.
        list addresses "address": Vec<PoolAddress>,
    }
    /// The host's driver for devices that are passed through.
    pub struct PciDriver "driver" {
        /// Its kind.
        attr name "name": Option<PciDriverName>,
        /// Its own name. Since 10.0.0.
        attr model "model": Option<String>,
    }
    /// What is translated.
    pub struct Nat "nat" {
        /// Whether IPv6 is translated too. Since 6.5.0.
        attr ipv6 "ipv6": Option<YesNo>,
        /// The addresses that traffic seems to come from.
        list addresses "address": Vec<NatAddress>,
        /// The ports that it seems to come from.
        list ports "port": Vec<NatPort>,
    }
    /// Addresses.
    pub struct NatAddress "address" {
        /// The first.
        attr start "start": Option<Checked<Ipv4Address>>,
        /// The last.
        attr end "end": Option<Checked<Ipv4Address>>,
    }
    /// Ports.
    pub struct NatPort "port" {
        /// The first.
        attr start "start": Option<Checked<u32>>,
        /// The last.
        attr end "end": Option<Checked<u32>>,
    }
    /// The device whose virtual functions are used.
    pub struct Pf "pf" {
        /// Its name.
        attr dev "dev": Option<String>,
    }
    /// An interface of the host.
    pub struct ForwardInterface "interface" {
        /// Its name.
        attr dev "dev": Option<String>,
        /// How many guests use it. Since 0.9.10.
        live connections "connections": Option<u32>,
    }
}

/// An IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Address(pub Ipv4Addr);

impl Value for Ipv4Address {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Owned(self.0.to_string())
    }
}

/// A device of the host to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolAddress {
    /// Its kind as it is said.
    kind: Option<String>,
    /// Its address.
    pub address: PciAddress,
}

impl Content for PoolAddress {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::PciAddress::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let kind = element.attr("type").map(str::to_owned);
        let address = match kind.as_deref() {
            Some("pci") => PciAddress::read(element)?,
            _ => PciAddress::default(),
        };
        Ok(Self { kind, address })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("type", "pci");
        self.address.write_attrs(w);
    }
}

impl Forward {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if element.attr("mode").is_none_or(str::is_empty) {
            self.mode = Some(ForwardMode::Nat);
        }
        said(&mut self.dev);
        for interface in &mut self.interfaces {
            interface.connections = None;
        }
        Ok(())
    }

    /// The device whose virtual functions are used.
    pub fn pf(&self) -> Option<&Pf> {
        self.pf.first()
    }

    /// The interface that traffic leaves by is the first of all.
    pub(super) fn sync_dev(&mut self) {
        let first = self.interfaces.first().and_then(|interface| interface.dev.clone());
        self.dev = first.filter(|_| self.pf.is_empty());
    }

    pub(super) fn check(&mut self, network: &str) -> Result<()> {
        if self.nat.len() > 1 {
            bail!(Network, XmlError, "Only one <nat> element is allowed in <forward> of network {network}");
        }
        if let Some(nat) = self.nat.first_mut() {
            if self.mode != Some(ForwardMode::Nat) {
                bail!(
                    Network,
                    XmlError,
                    "The <nat> element can only be used when <forward> 'mode' is 'nat' in network {network}"
                );
            }
            nat.check(network)?;
        }
        self.nat.retain(|nat| *nat != Nat::default());
        if self.dev.is_some() && !(self.addresses.is_empty() && self.pf.is_empty()) {
            bail!(
                Network,
                XmlError,
                "the <forward> 'dev' attribute cannot be used when <address> or <pf> sub-elements are present in network {network}"
            );
        }
        self.check_devices(network)?;
        self.managed = match self.mode {
            Some(ForwardMode::Hostdev) => Some(self.managed.unwrap_or_default()),
            _ => None,
        };
        self.sync_dev();
        Ok(())
    }

    /// Interfaces go before addresses, and these before physical functions.
    fn check_devices(&mut self, network: &str) -> Result<()> {
        if !self.interfaces.is_empty() || self.dev.is_some() {
            (self.addresses, self.pf) = (vec![], vec![]);
            return self.check_interfaces(network);
        }
        if !self.addresses.is_empty() {
            self.pf.clear();
            return self.check_addresses(network);
        }
        if self.pf.len() > 1 {
            bail!(Network, XmlError, "Only one <pf> element is allowed in <forward> of network {network}");
        }
        if self.pf.iter().any(|pf| pf.dev.is_none()) {
            bail!(Network, XmlError, "Missing required dev attribute in <pf> element of network '{network}'");
        }
        Ok(())
    }

    fn check_interfaces(&mut self, network: &str) -> Result<()> {
        for (at, interface) in self.interfaces.iter().enumerate() {
            let Some(dev) = &interface.dev else {
                bail!(
                    Network,
                    XmlError,
                    "Missing required dev attribute in <forward> <interface> element of network {network}"
                )
            };
            match &self.dev {
                Some(first) if at == 0 && first != dev => bail!(
                    Network,
                    XmlError,
                    "<forward dev='{first}'> must match first <interface dev='{dev}'/> in network {network}"
                ),
                _ if self.interfaces[..at].iter().any(|other| other.dev.as_ref() == Some(dev)) => {
                    bail!(Network, XmlError, "interface '{dev}' can only be listed once in network {network}")
                }
                _ => {}
            }
        }
        if let (true, Some(dev)) = (self.interfaces.is_empty(), &self.dev) {
            self.interfaces.push(ForwardInterface { dev: Some(dev.clone()), connections: None });
        }
        Ok(())
    }

    fn check_addresses(&mut self, network: &str) -> Result<()> {
        for (at, address) in self.addresses.iter().enumerate() {
            match address.kind.as_deref() {
                None => bail!(Network, XmlError, "missing address type in network {network}"),
                Some("pci") => {}
                Some(kind @ ("none" | "netdev")) => {
                    bail!(Network, XmlError, "unsupported address type '{kind}' in network {network}")
                }
                Some(kind) => {
                    bail!(Network, ConfigUnsupported, "unknown address type '{kind}' in network {network}")
                }
            }
            let PciAddress { domain, bus, slot, function, .. } = address.address;
            let same = |other: &PoolAddress| {
                let it = &other.address;
                (it.domain, it.bus, it.slot, it.function) == (domain, bus, slot, function)
            };
            if self.addresses[..at].iter().any(same) {
                bail!(
                    Network,
                    XmlError,
                    "PCI device '{domain:04x}:{bus:02x}:{slot:02x}.{function:x}' can only be listed once in network {network}"
                );
            }
        }
        Ok(())
    }
}

impl Nat {
    fn check(&mut self, network: &str) -> Result<()> {
        for (count, name) in [(self.addresses.len(), "address"), (self.ports.len(), "port")] {
            if count > 1 {
                bail!(
                    Network,
                    XmlError,
                    "Only one <{name}> element is allowed in <nat> in <forward> in network {network}"
                );
            }
        }
        if let Some(address) = self.addresses.first() {
            let missing = |name: &str| {
                err!(
                    Network,
                    XmlError,
                    "missing '{name}' attribute in <address> element in <nat> in <forward> in network {network}"
                )
            };
            let bad = |name: &str, text: &str| {
                err!(
                    Network,
                    XmlError,
                    "Bad ipv4 {name} address '{text}' in <nat> in <forward> in network '{network}'"
                )
            };
            let start = address.start.as_ref().ok_or_else(|| missing("start"))?;
            let end = address.end.as_ref().ok_or_else(|| missing("end"))?;
            let start = start.check(|text| bad("start", text))?.0;
            let end = end.check(|text| bad("end", text))?.0;
            lan::check_range(IpAddr::V4(start), IpAddr::V4(end), None)?;
        }
        if let Some(port) = self.ports.first() {
            let invalid = |name: &str| {
                err!(
                    Network,
                    XmlDetail,
                    "Missing or invalid '{name}' attribute in <port> in <nat> in <forward> in network {network}"
                )
            };
            let number = |field: &Option<Checked<u32>>, name: &str| {
                let number = field.as_ref().and_then(Checked::good).copied();
                number.filter(|number| *number <= 65535).ok_or_else(|| invalid(name))
            };
            let start = number(&port.start, "start")?;
            let end = number(&port.end, "end")?;
            if end < start {
                return Err(invalid("end"));
            }
            if end == 0 {
                self.ports.clear();
            }
        }
        Ok(())
    }
}
