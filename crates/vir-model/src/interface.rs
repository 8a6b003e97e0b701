//! `<interface>` of the host: Ethernet, bridges, bonds and VLANs as the host's own configuration has them.

use crate::words::{Checked, root, said};
use std::borrow::Cow;
use vir_base::{Error, ErrorDomain, Result, bail, err};
use vir_xml::{Content, Element, Format, Value, YesNo, element, xml_enum};

xml_enum! {
    /// What an interface is.
    pub enum Kind { Ethernet = "ethernet", Bridge = "bridge", Bond = "bond", Vlan = "vlan", }
    /// State of a link.
    pub enum LinkState {
        Unknown = "unknown", NotPresent = "notpresent", Down = "down", LowerLayerDown = "lowerlayerdown",
        Testing = "testing", Dormant = "dormant", Up = "up",
    }
    /// Whether a bridge speaks the spanning tree protocol.
    pub enum Stp { On = "on", Off = "off", }
}

/// An enumeration whose error is a sentence of its own.
macro_rules! worded {
    ($($(#[$doc:meta])* $name:ident, $words:literal: $($variant:ident = $text:literal),+;)+) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // the names are the documents' own
        pub enum $name { $($variant),+ }

        impl Value for $name {
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            fn print(&self) -> Cow<'_, str> {
                Cow::Borrowed(match self { $(Self::$variant => $text),+ })
            }

            fn names() -> &'static [&'static str] {
                &[$($text),+]
            }

            fn invalid(_: &str, _: &str, text: &str) -> Error {
                err!(Interface, XmlError, "{} {text}", $words)
            }
        })+
    };
}

worded! {
    /// When an interface is started.
    StartMode, "unknown interface startmode": Onboot = "onboot", None = "none", Hotplug = "hotplug";
    /// How a bond shares its work.
    BondMode, "unknown bonding mode": BalanceRr = "balance-rr", ActiveBackup = "active-backup",
        BalanceXor = "balance-xor", Broadcast = "broadcast", Ieee8023ad = "802.3ad",
        BalanceTlb = "balance-tlb", BalanceAlb = "balance-alb";
    /// How a bond learns of a link's state.
    Carrier, "unknown mii bonding carrier": Ioctl = "ioctl", Netif = "netif";
    /// Which answers a bond looks at.
    ArpValidate, "unknown arp bonding validate": Active = "active", Backup = "backup", All = "all";
}

element! {
    /// An interface of the host. Since 0.7.0. Drivers: interface, test.
    pub struct Interface "interface" => settle {
        /// What it is; of a VLAN's interface it is not said. Drivers: esx, interface, test.
        attr kind "type": Option<Kind>,
        /// Its name. Drivers: esx, interface, test.
        attr name "name": Option<String>,
        /// When it is started. Since 0.7.0.
        maybe start "start": Option<Start>,
        /// The size of its packets. Since 0.7.0.
        maybe mtu "mtu": Option<Mtu>,
        /// Its addresses. Since 0.7.0.
        blocks protocols "protocol": Vec<Protocol>,
        /// Its link, as it is found. Since 1.2.4.
        maybe link "link": Option<Link>,
        /// Its MAC address, for `ethernet`.
        maybe mac "mac": Option<MacAddress>,
        /// What it joins, for `bridge`.
        block bridge "bridge": Option<Box<Bridge>>,
        /// What it joins, for `bond`. Since 0.7.0.
        block bond "bond": Option<Box<Bond>>,
        /// What it is part of, for `vlan`. Since 0.7.0.
        child vlan "vlan": Option<Vlan>,
    }
    /// When an interface is started.
    pub struct Start "start" {
        /// With the host, on demand, or when its hardware comes.
        attr mode "mode": Option<StartMode>,
    }
    /// The size of packets.
    pub struct Mtu "mtu" {
        /// Bytes, at most 100000.
        count size "size": Option<u32>,
    }
    /// A link.
    pub struct Link "link" {
        /// Megabits a second.
        count speed "speed": Option<u32>,
        /// Its state.
        attr state "state": Option<LinkState>,
    }
    /// A MAC address.
    pub struct MacAddress "mac" {
        /// The address.
        attr address "address": Option<String>,
    }
    /// Addresses of one family.
    pub struct Protocol "protocol" => settle {
        /// `ipv4` or `ipv6`.
        attr family "family": Option<String>,
        /// Whether routers tell the address; `ipv6` only. Since 0.7.3.
        flag autoconf "autoconf": bool,
        /// Whether a server tells it.
        child dhcp "dhcp": Option<Dhcp>,
        /// Fixed addresses.
        list ips "ip": Vec<Ip>,
        /// The way out.
        maybe route "route": Option<Route>,
    }
    /// An address from a server.
    pub struct Dhcp "dhcp" {
        /// Whether the server's name servers are used.
        attr peerdns "peerdns": Option<YesNo>,
    }
    /// A fixed address.
    pub struct Ip "ip" {
        /// The address.
        attr address "address": Option<String>,
        /// Length of the network's part.
        count prefix "prefix": Option<i32>,
    }
    /// The way out.
    pub struct Route "route" {
        /// Address of the gateway.
        attr gateway "gateway": Option<String>,
    }
    /// A bridge.
    pub struct Bridge "bridge" {
        /// Whether it speaks the spanning tree protocol.
        attr stp "stp": Option<Checked<Stp>>,
        /// Seconds until a new port forwards. Since 0.7.6.
        attr delay "delay": Option<String>,
        /// What it joins: `ethernet`, `bond` or `vlan`.
        blocks interfaces "interface": Vec<Interface>,
    }
    /// A bond.
    pub struct Bond "bond" {
        /// How the work is shared.
        attr mode "mode": Option<BondMode>,
        /// Links are watched by their drivers.
        child miimon "miimon": Option<MiiMonitor>,
        /// Links are watched by asking for an address.
        child arpmon "arpmon": Option<ArpMonitor>,
        /// What it joins: `ethernet` only.
        blocks interfaces "interface": Vec<Interface>,
    }
    /// Links are watched by their drivers.
    pub struct MiiMonitor "miimon" {
        /// Milliseconds between looks.
        attr freq "freq": Option<Checked<i32>>,
        /// Milliseconds until a link that is down counts as down.
        attr downdelay "downdelay": Option<Checked<i32>>,
        /// Milliseconds until a link that is up counts as up.
        attr updelay "updelay": Option<Checked<i32>>,
        /// Who tells the state.
        attr carrier "carrier": Option<Carrier>,
    }
    /// Links are watched by asking for an address.
    pub struct ArpMonitor "arpmon" {
        /// Milliseconds between questions.
        attr interval "interval": Option<Checked<i32>>,
        /// The address.
        attr target "target": Option<String>,
        /// Which answers are looked at.
        attr validate "validate": Option<ArpValidate>,
    }
    /// A VLAN.
    pub struct Vlan "vlan" {
        /// Its number.
        attr tag "tag": Option<String>,
        /// The interface that it is on.
        child interface "interface": Option<VlanInterface>,
    }
    /// The interface that a VLAN is on.
    pub struct VlanInterface "interface" {
        /// Its name.
        attr name "name": Option<String>,
    }
}

impl Interface {
    /// Reads a document.
    ///
    /// # Errors
    /// As the peer says them.
    pub fn parse(xml: &str) -> Result<Self> {
        Self::of(&vir_xml::parse_as(ErrorDomain::Interface, xml, None)?)
    }

    /// As [`Interface::parse`], of a tree.
    ///
    /// # Errors
    /// As for [`Interface::parse`].
    pub fn of(tree: &Element) -> Result<Self> {
        let mut it = Self::read(root(tree, Self::NAME)?)?;
        it.check(None)?;
        Ok(it)
    }

    /// The document.
    pub fn to_document(&self) -> String {
        let mut w = vir_xml::Writer::new(Format::default());
        w.start(Self::NAME);
        self.write(&mut w);
        w.end_full();
        w.finish()
    }

    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.kind.is_none() {
            return Err(vir_xml::missing("type", &element.name).with_hint(element.position.to_string()));
        }
        Ok(())
    }

    /// Checks it as one that stands inside another of that kind.
    fn check(&mut self, parent: Option<Kind>) -> Result<()> {
        let Some(kind) = self.kind else { return Ok(()) };
        let fits = match parent {
            None => true,
            Some(Kind::Bond) => kind == Kind::Ethernet,
            Some(Kind::Bridge) => kind != Kind::Bridge,
            Some(Kind::Ethernet | Kind::Vlan) => false,
        };
        if !fits {
            bail!(Interface, XmlError, "interface has unsupported type '{}'", kind.as_str());
        }
        if self.name.is_none() {
            bail!(Interface, XmlError, "interface has no name");
        }
        if parent.is_some() {
            // what only the outermost has
            (self.start, self.mtu, self.protocols) = (None, None, vec![]);
        }
        if self.mtu.as_ref().and_then(|mtu| mtu.size).is_some_and(|size| size > 100_000) {
            bail!(
                Interface,
                XmlError,
                "value of the 'size' attribute of 'mtu' element must be at most 100000"
            );
        }
        for protocol in &mut self.protocols {
            protocol.check()?;
        }
        if kind == Kind::Bridge {
            self.link = None;
        }
        if kind != Kind::Ethernet {
            self.mac = None;
        }
        if let Some(mac) = &mut self.mac {
            said(&mut mac.address);
        }
        self.check_parts(kind)
    }

    fn check_parts(&mut self, kind: Kind) -> Result<()> {
        if kind != Kind::Bridge {
            self.bridge = None;
        }
        if kind != Kind::Bond {
            self.bond = None;
        }
        if kind != Kind::Vlan {
            self.vlan = None;
        }
        match (kind, &mut self.bridge, &mut self.bond, &mut self.vlan) {
            (Kind::Ethernet, ..) => Ok(()),
            (Kind::Bridge, Some(bridge), ..) => bridge.check(),
            (Kind::Bond, _, Some(bond), _) => bond.check(),
            (Kind::Vlan, _, _, Some(vlan)) => vlan.check(),
            (Kind::Bridge, ..) => {
                Err(err!(Interface, XmlError, "bridge interface misses the bridge element"))
            }
            (Kind::Bond, ..) => Err(err!(Interface, XmlError, "bond interface misses the bond element")),
            (Kind::Vlan, ..) => Err(err!(Interface, XmlError, "vlan interface misses the vlan element")),
        }
    }
}

impl Protocol {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.family.is_none() {
            return Err(err!(Interface, XmlError, "protocol misses the family attribute")
                .with_hint(element.position.to_string()));
        }
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        match self.family.as_deref() {
            Some("ipv4") => self.autoconf = false,
            Some("ipv6") => {}
            family => {
                bail!(Interface, XmlError, "unsupported protocol family '{}'", family.unwrap_or_default())
            }
        }
        self.ips.retain(|ip| ip.address.is_some());
        if let Some(route) = &mut self.route {
            said(&mut route.gateway);
        }
        Ok(())
    }
}

impl Bridge {
    fn check(&mut self) -> Result<()> {
        if let Some(stp) = &self.stp {
            stp.check(|text| {
                err!(Interface, XmlError, "bridge interface stp should be on or off got {text}")
            })?;
        }
        self.interfaces.iter_mut().try_for_each(|interface| interface.check(Some(Kind::Bridge)))
    }
}

impl Bond {
    fn check(&mut self) -> Result<()> {
        self.interfaces.iter_mut().try_for_each(|interface| interface.check(Some(Kind::Bond)))?;
        let wrong = |what: &str| err!(Interface, XmlError, "bond interface {what}");
        if let Some(monitor) = &mut self.miimon {
            self.arpmon = None;
            let freq = monitor.freq.as_ref().and_then(Checked::good);
            freq.ok_or_else(|| wrong("miimon freq missing or invalid"))?;
            for (delay, name) in [(&mut monitor.downdelay, "downdelay"), (&mut monitor.updelay, "updelay")] {
                if let Some(delay) = &*delay {
                    delay.check(|_| wrong(&format!("miimon {name} invalid")))?;
                }
                delay.take_if(|delay| delay.good().is_none_or(|delay| *delay <= 0));
            }
        } else if let Some(monitor) = &mut self.arpmon {
            let interval = monitor.interval.as_ref().and_then(Checked::good);
            interval.ok_or_else(|| wrong("arpmon interval missing or invalid"))?;
            said(&mut monitor.target);
            if monitor.target.is_none() {
                return Err(wrong("arpmon target missing"));
            }
        }
        Ok(())
    }
}

impl Vlan {
    fn check(&mut self) -> Result<()> {
        said(&mut self.tag);
        if self.tag.is_none() {
            bail!(Interface, XmlError, "vlan interface misses the tag attribute");
        }
        let name = self.interface.as_ref().and_then(|interface| interface.name.as_deref());
        if name.is_none_or(str::is_empty) {
            bail!(Interface, XmlError, "vlan interface misses name attribute");
        }
        Ok(())
    }
}
