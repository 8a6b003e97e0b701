//! `<network>`: virtual networks. Reading, checks in the peer's words, printing; changes to a part of one
//! ([`update`]); ports of a network ([`port`]). Nothing here knows whether a network runs.

mod dns;
mod forward;
mod ip;
mod lan;
pub mod port;
mod tables;
pub mod update;

pub use dns::{Dns, DnsHost, Forwarder, Srv, Txt};
pub use forward::{
    Forward, ForwardInterface, ForwardMode, Nat, NatAddress, NatPort, PciDriver, Pf, PoolAddress,
};
pub use ip::{Bootp, Dhcp, DhcpHost, DhcpRange, Ip, Lease, LeaseUnit, Route, Tftp};

use crate::domain::device::interface::MacTableManager;
use crate::domain::device::netparts::{Bandwidth, Mac, PortOptions, PortRule, VirtualPort, Vlan};
use crate::domain::normal;
use crate::words::{AnyYes, Checked, root, said};
use vir_base::{Error, ErrorCode, ErrorDomain, Result, Uuid, bail, err};
use vir_xml::{Attr, Content, Element, Format, OnOff, Part, Tree, Writer, YesNo, element};

/// The namespace of options for dnsmasq.
pub const DNSMASQ: &str = "http://libvirt.org/schemas/network/dnsmasq/1.0";

element! {
    /// A virtual network. Since 0.3.0. Drivers: esx, hyperv, vbox, network, test.
    pub struct Network "network" => settle {
        /// How many interfaces use it. Since 0.10.0. Drivers: network, test.
        live connections "connections": Option<u32>,
        /// Whether guests may talk IPv6 to each other without an address of the host. Since 1.0.1. Drivers:
        /// network, test.
        attr ipv6 "ipv6": Option<Checked<YesNo>>,
        /// Whether guests may change what their interfaces receive. Since 1.2.10. Drivers: network, test.
        attr trust_guest_rx_filters "trustGuestRxFilters": Option<YesNo>,
        /// Its name. Drivers: esx, hyperv, vbox, network, test.
        leaf name "name": Option<String>,
        /// Its UUID; made up if nothing is said. Drivers: esx, hyperv, vbox, network, test.
        leaf uuid "uuid": Option<Checked<Uuid>>,
        /// A line for people. Since 9.7.0. Drivers: network, test.
        leaf title "title": Option<String>,
        /// More for people. Since 9.7.0. Drivers: network, test.
        leaf description "description": Option<String>,
        /// What other programs keep with it. Since 2.1.0. Drivers: network, test.
        part metadata "metadata": Metadata,
        /// Where its traffic goes; without it, nowhere. Drivers: esx, network, test.
        child forward "forward": Option<Forward>,
        /// The bridge that guests are on. Drivers: network, test.
        child bridge "bridge": Option<Bridge>,
        /// The size of its packets. Since 3.1.0. Drivers: network, test.
        maybe mtu "mtu": Option<Mtu>,
        /// The bridge's MAC address. Since 0.8.8. Drivers: network, test.
        maybe mac "mac": Option<BridgeMac>,
        /// The domain of its names. Since 0.4.5. Drivers: network, test.
        child domain "domain": Option<DnsDomain>,
        /// Its names. Since 0.9.3. Drivers: network, test.
        maybe dns "dns": Option<Box<Dns>>,
        /// The VLANs that guests are in. Since 0.10.0. Drivers: network, test.
        child vlan "vlan": Option<Vlan>,
        /// Limits of its traffic. Since 0.9.4. Drivers: esx, network, test.
        maybe bandwidth "bandwidth": Option<Bandwidth>,
        /// Whether guests see each other. Since 6.1.0. Drivers: network, test.
        maybe port "port": Option<PortOptions>,
        /// The host's addresses, and what it hands out. Drivers: vbox, network, test.
        blocks ips "ip": Vec<Ip>,
        /// Other networks behind guests. Since 1.0.6. Drivers: network, test.
        list routes "route": Vec<Route>,
        /// How a switch knows its ports. Since 0.9.4. Drivers: network, test.
        child virtualport "virtualport": Option<VirtualPort>,
        /// Kinds of ports that guests choose from. Since 0.9.4. Drivers: esx, network, test.
        blocks portgroups "portgroup": Vec<PortGroup>,
        /// Options for dnsmasq, under its namespace. Since 5.6.0. Drivers: network.
        part dnsmasq "dnsmasq:options": DnsmasqOptions,
    }
    /// The bridge that guests are on.
    pub struct Bridge "bridge" {
        /// Its name; made up if nothing is said.
        attr name "name": Option<String>,
        /// Its zone in the host's firewall. Since 5.1.0.
        attr zone "zone": Option<String>,
        /// Whether it speaks the spanning tree protocol.
        attr stp "stp": Option<Stp>,
        /// Seconds until a new port forwards.
        attr delay "delay": Option<Checked<u64>>,
        /// Who keeps its table of MAC addresses. Since 1.2.11.
        attr macs "macTableManager": Option<Checked<MacTableManager>>,
    }
    /// The size of packets.
    pub struct Mtu "mtu" {
        /// Bytes.
        attr size "size": Option<Checked<u32>>,
    }
    /// A bridge's MAC address.
    pub struct BridgeMac "mac" {
        /// The address.
        attr address "address": Option<Checked<Mac>>,
    }
    /// The domain of a network's names.
    pub struct DnsDomain "domain" {
        /// Its name.
        attr name "name": Option<String>,
        /// Whether questions about it are never passed on. Since 1.2.12.
        attr local_only "localOnly": Option<YesNo>,
        /// Whether the host asks here for its names. Since 10.1.0.
        attr register "register": Option<YesNo>,
    }
    /// A kind of port.
    pub struct PortGroup "portgroup" => settle {
        /// Its name.
        attr name "name": Option<String>,
        /// Whether it is the one for guests that name none.
        attr default "default": Option<AnyYes>,
        /// Whether guests may change what their interfaces receive. Since 1.2.10.
        attr trust_guest_rx_filters "trustGuestRxFilters": Option<YesNo>,
        /// The VLANs that its guests are in. Since 0.10.0.
        child vlan "vlan": Option<Vlan>,
        /// How a switch knows its ports.
        maybe virtualport "virtualport": Option<VirtualPort>,
        /// Limits of its traffic.
        maybe bandwidth "bandwidth": Option<Bandwidth>,
    }
}

/// Whether a bridge speaks the spanning tree protocol: everything but `off` is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stp(pub OnOff);

impl vir_xml::Value for Stp {
    fn parse(text: &str) -> Option<Self> {
        Some(Self(if text == "off" { OnOff::Off } else { OnOff::On }))
    }

    fn print(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(self.0.as_str())
    }

    fn names() -> &'static [&'static str] {
        &["on", "off"]
    }
}

/// What other programs keep with a network: a tree, in canonical form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata(pub Option<Tree>);

impl Part for Metadata {
    fn table() -> Option<&'static vir_xml::table::Table> {
        tables::Metadata::table()
    }

    fn take_attr(&mut self, _: &Element, _: &Attr) -> Result<bool> {
        Ok(false)
    }

    fn take_child(&mut self, element: &Element, child: &Element) -> Result<bool> {
        let mine = child.name == "metadata";
        if mine && self.0.is_none() && child.children().next().is_some() {
            self.0 = Some(normal::metadata(element, child));
        }
        Ok(mine)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if let Some(tree) = self.0.as_ref().filter(|tree| tree.children().next().is_some()) {
            w.tree(tree);
        }
    }
}

/// Options for dnsmasq, a line of its configuration each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DnsmasqOptions(pub Vec<String>);

impl Part for DnsmasqOptions {
    fn table() -> Option<&'static vir_xml::table::Table> {
        tables::DnsmasqOptions::table()
    }

    fn take_attr(&mut self, _: &Element, attr: &Attr) -> Result<bool> {
        Ok(attr.name.starts_with("xmlns:"))
    }

    fn take_child(&mut self, element: &Element, child: &Element) -> Result<bool> {
        let Some((prefix, "options")) = child.name.split_once(':') else { return Ok(false) };
        let declared = format!("xmlns:{prefix}");
        if child.attr(&declared).or_else(|| element.attr(&declared)) != Some(DNSMASQ) {
            return Ok(false);
        }
        let option = format!("{prefix}:option");
        for option in child.children().filter(|child| child.name == option) {
            match option.attr("value") {
                Some(value) => self.0.push(value.to_owned()),
                None => bail!(Network, InternalError, "No dnsmasq options value specified"),
            }
        }
        Ok(true)
    }

    fn write_attrs(&self, _: &mut Writer) {}

    fn write_children(&self, w: &mut Writer) {
        if self.0.is_empty() {
            return;
        }
        w.start("dnsmasq:options");
        for value in &self.0 {
            w.start("dnsmasq:option");
            w.attr("value", value);
            w.end();
        }
        w.end();
    }
}

impl Network {
    /// Reads a document; without `dnsmasq`, what is said to dnsmasq under its namespace is left out.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str, dnsmasq: bool) -> Result<Self> {
        Self::of(&vir_xml::parse_as(ErrorDomain::Network, xml, None)?, dnsmasq)
    }

    /// As [`Network::parse`], of a tree.
    ///
    /// # Errors
    /// As for [`Network::parse`].
    pub fn of(tree: &Element, dnsmasq: bool) -> Result<Self> {
        let mut it = Self::read(root(tree, Self::NAME)?)?;
        if !dnsmasq {
            it.dnsmasq.0.clear();
        }
        it.check()?;
        Ok(it)
    }

    /// The document.
    pub fn to_document(&self, format: Format) -> String {
        let mut w = Writer::new(format);
        w.start(Self::NAME);
        if !self.dnsmasq.0.is_empty() {
            w.attr("xmlns:dnsmasq", DNSMASQ);
        }
        self.write(&mut w);
        w.end();
        w.finish()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// Its UUID, unless it has yet to get one.
    pub fn uuid(&self) -> Option<Uuid> {
        self.uuid.as_ref().and_then(Checked::good).copied()
    }

    /// Where its traffic goes; `None` if nowhere.
    pub fn mode(&self) -> Option<ForwardMode> {
        self.forward.as_ref().and_then(|forward| forward.mode)
    }

    /// Whether its bridge is its own, made when it starts.
    pub fn has_own_bridge(&self) -> bool {
        matches!(self.mode(), None | Some(ForwardMode::Nat | ForwardMode::Route | ForwardMode::Open))
    }

    fn settle(&mut self, _: &Element) -> Result<()> {
        [&mut self.name, &mut self.title, &mut self.description].into_iter().for_each(said);
        self.uuid.take_if(|uuid| *uuid == Checked::Bad(String::new()));
        self.connections = None;
        Ok(())
    }

    /// Checks the whole and fills in what follows from the rest.
    fn check(&mut self) -> Result<()> {
        let Some(name) = self.name.clone() else {
            return Err(Error::bare(ErrorDomain::Network, ErrorCode::NoName));
        };
        if name.contains('/') {
            bail!(Xml, XmlDetail, "invalid char in name: /");
        }
        if let Some(uuid) = &self.uuid {
            uuid.check(|_| err!(Network, InternalError, "malformed uuid element"))?;
        }
        if self.title.as_ref().is_some_and(|title| title.contains('\n')) {
            bail!(Network, XmlError, "Network title can't contain newlines");
        }
        if let Some(ipv6) = &self.ipv6 {
            ipv6.check(|text| err!(Network, XmlError, "Invalid ipv6 setting '{text}' in network '{name}'"))?;
        }
        // only yes is worth a word
        self.ipv6.take_if(|ipv6| *ipv6 == Checked::Good(YesNo::No));
        if let Some(domain) = &self.domain
            && domain.register == Some(YesNo::Yes)
            && domain.local_only != Some(YesNo::Yes)
        {
            bail!(
                Network,
                ConfigUnsupported,
                "attribute 'register=yes' in <domain> element requires 'localOnly=yes' in network {name}"
            );
        }
        self.domain.take_if(|domain| domain.name.is_none());
        if let Some(bandwidth) = &self.bandwidth {
            bandwidth.check(false)?;
        }
        self.check_bridge(&name)?;
        if let Some(dns) = &mut self.dns {
            dns.check(&name)?;
        }
        if let Some(port) = &mut self.virtualport {
            port.check(PortRule::Typed)?;
        }
        self.portgroups.iter_mut().try_for_each(PortGroup::check)?;
        self.ips.iter_mut().try_for_each(|ip| ip.check(&name))?;
        for route in &mut self.routes {
            route.check(&name)?;
        }
        self.check_gateways(&name)?;
        if let Some(forward) = &mut self.forward {
            forward.check(&name)?;
            if forward.mode.is_none() {
                self.forward = None;
            }
        }
        self.check_mode(&name)
    }

    fn check_bridge(&mut self, name: &str) -> Result<()> {
        if let Some(bridge) = &mut self.bridge {
            [&mut bridge.name, &mut bridge.zone].into_iter().for_each(said);
            bridge.delay.take_if(|delay| *delay == Checked::Bad(String::new()));
            bridge.macs.take_if(|macs| *macs == Checked::Bad(String::new()));
            if let Some(delay) = &bridge.delay {
                delay.check(|_| err!(Network, XmlError, "Invalid delay value in network '{name}'"))?;
            }
            if let Some(macs) = &bridge.macs {
                macs.check(|text| {
                    err!(Network, XmlError, "Invalid macTableManager setting '{text}' in network '{name}'")
                })?;
            }
        }
        if let Some(address) = self.mac.as_ref().and_then(|mac| mac.address.as_ref()) {
            let invalid = |what: &str, text: &str| {
                err!(Network, XmlError, "Invalid {what}bridge mac address '{text}' in network '{name}'")
            };
            let mac = address.check(|text| invalid("", text))?;
            if mac.0[0] & 1 != 0 {
                return Err(invalid("multicast ", &mac.to_string()));
            }
        }
        if let Some(mtu) = &mut self.mtu {
            if let Some(size) = &mtu.size {
                size.check(|text| err!(Network, XmlError, "Invalid mtu size '{text}' in network '{name}'"))?;
            }
            mtu.size.take_if(|size| *size == Checked::Good(0));
        }
        self.mtu.take_if(|mtu| mtu.size.is_none());
        Ok(())
    }

    /// Gateways must be on the network itself.
    fn check_gateways(&self, name: &str) -> Result<()> {
        for route in &self.routes {
            let Some(gateway) = route.gateway() else { continue };
            let near = |ip: &Ip| {
                ip.address().zip(ip.prefix_length()).is_some_and(|(address, prefix)| {
                    lan::masked(address, prefix) == lan::masked(gateway, prefix)
                        && address.is_ipv4() == gateway.is_ipv4()
                })
            };
            if !self.ips.iter().any(near) {
                bail!(
                    Network,
                    ConfigUnsupported,
                    "unreachable static route gateway '{gateway}' specified for network '{name}'"
                );
            }
        }
        Ok(())
    }

    /// What goes with which mode.
    fn check_mode(&mut self, name: &str) -> Result<()> {
        use ForwardMode::{Hostdev, Nat, Open, Passthrough, Private, Route, Vepa};
        let own = self.has_own_bridge();
        let bridge = self.bridge.clone().unwrap_or_default();
        let Some(forward) = &self.forward else {
            self.settle_bridge(own);
            return Ok(());
        };
        let Some(mode) = forward.mode else { return Ok(()) };
        let interfaces = forward.interfaces.len() + forward.addresses.len();
        match mode {
            Route | Nat => {
                if self.ips.is_empty() {
                    bail!(
                        Network,
                        XmlError,
                        "{mode} forwarding requested, but no IP address provided for network '{name}'"
                    );
                }
                if interfaces > 1 {
                    bail!(
                        Network,
                        XmlError,
                        "multiple forwarding interfaces specified for network '{name}', only one is supported"
                    );
                }
            }
            Open if interfaces > 0 => {
                bail!(
                    Network,
                    XmlError,
                    "forward dev not allowed for network '{name}' with forward mode='{mode}'"
                );
            }
            Open => {}
            Private | Vepa | Passthrough | Hostdev => {
                for (said, what) in [
                    (bridge.name.is_some(), "name"),
                    (bridge.zone.is_some(), "zone"),
                    (bridge.macs.is_some(), "macTableManager setting"),
                ] {
                    if said {
                        bail!(
                            Network,
                            XmlError,
                            "bridge {what} not allowed in {mode} mode (network '{name}')"
                        );
                    }
                }
            }
            ForwardMode::Bridge => {}
        }
        if !own {
            let delay = bridge.delay.as_ref().and_then(Checked::good).is_some_and(|delay| *delay > 0);
            if delay || bridge.stp.is_some() || bridge.zone.is_some() {
                bail!(
                    Network,
                    XmlError,
                    "bridge delay/stp/zone options only allowed in open, route, nat, and isolated mode, not in {mode} (network '{name}')"
                );
            }
            if bridge.name.is_some() && (interfaces > 0 || !forward.pf.is_empty()) {
                bail!(
                    Network,
                    XmlError,
                    "A network with forward mode='{mode}' can specify a bridge name or a forward dev, but not both (network '{name}')"
                );
            }
            if self.mtu.is_some() {
                bail!(
                    Network,
                    XmlError,
                    "mtu size only allowed in open, route, nat, and isolated mode, not in {mode} (network '{name}')"
                );
            }
        }
        self.settle_bridge(own);
        Ok(())
    }

    /// A bridge of one's own always says how it works; another's only who it is.
    fn settle_bridge(&mut self, own: bool) {
        if own {
            let bridge = self.bridge.get_or_insert_default();
            bridge.stp.get_or_insert(Stp(OnOff::On));
            bridge.delay.get_or_insert(Checked::Good(0));
        } else if let Some(bridge) = &mut self.bridge {
            (bridge.stp, bridge.delay) = (None, None);
            if bridge.name.is_none() && bridge.macs.is_none() {
                self.bridge = None;
            }
        }
    }
}

impl PortGroup {
    fn settle(&mut self, _: &Element) -> Result<()> {
        said(&mut self.name);
        self.default.take_if(|default| !default.0);
        Ok(())
    }

    /// Whether it is the one for guests that name none.
    pub fn is_default(&self) -> bool {
        self.default.is_some()
    }

    fn check(&mut self) -> Result<()> {
        if self.name.is_none() {
            bail!(Network, XmlError, "Missing required name attribute in portgroup");
        }
        if let Some(port) = &mut self.virtualport {
            port.check(PortRule::Open)?;
        }
        match &self.bandwidth {
            Some(bandwidth) => bandwidth.check(false),
            None => Ok(()),
        }
    }
}
