//! What networks and interfaces share: MAC and IP addresses, VLANs, bandwidth, virtual ports, filters.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use vir_base::{Result, Uuid, bail, err};
use vir_xml::{Content, Element, Value, Writer, YesNo, element, missing, xml_enum};

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
        err!(Domain, XmlError, "unable to parse mac address '{text}'")
    }
}

xml_enum! {
    /// How a VLAN's frames leave.
    pub enum NativeMode { Tagged = "tagged", Untagged = "untagged", }
    /// How a switch knows a port.
    pub enum PortType {
        Qbg = "802.1Qbg", Qbh = "802.1Qbh", Openvswitch = "openvswitch", Midonet = "midonet",
    }
    /// What a forwarded port carries.
    pub enum ForwardProto { Tcp = "tcp", Udp = "udp", }
    /// Which of two interfaces that stand for one this is.
    pub enum TeamingType { Persistent = "persistent", Transient = "transient", }
    unsaid ["none"]
}

element! {
    /// How a switch knows a port. Since 0.8.2.
    pub struct VirtualPort "virtualport" {
        /// Kind of switch.
        attr kind "type": Option<PortType>,
        /// What it must be told.
        maybe parameters "parameters": Option<PortParameters>,
    }
    /// What a switch must be told.
    pub struct PortParameters "parameters" {
        /// Number of the manager, to 255.
        attr managerid "managerid": Option<super::controller::Auto>,
        /// Number of the type, to 16777215.
        attr typeid "typeid": Option<super::controller::Auto>,
        /// Version of the type, to 255.
        attr typeidversion "typeidversion": Option<super::controller::Auto>,
        /// This port's UUID.
        attr instanceid "instanceid": Option<Uuid>,
        /// This interface's UUID. Since 0.9.11.
        attr interfaceid "interfaceid": Option<Uuid>,
        /// Name of a profile.
        attr profileid "profileid": Option<String>,
    }

    /// Limits of traffic.
    pub struct Bandwidth "bandwidth" {
        /// Towards the guest.
        maybe inbound "inbound": Option<Rate>,
        /// From the guest.
        maybe outbound "outbound": Option<Rate>,
    }
    /// A limit of traffic, in KiB a second.
    pub struct Rate "inbound" {
        /// On average.
        count average "average": Option<u64>,
        /// For a moment.
        count peak "peak": Option<u64>,
        /// At least, towards the guest. Since 1.0.1.
        count floor "floor": Option<u64>,
        /// KiB that may come at once.
        count burst "burst": Option<u64>,
    }

    /// Whether an interface sees others on the bridge. Since 6.1.0.
    pub struct PortOptions "port" {
        /// `yes`: it does not.
        attr isolated "isolated": Option<YesNo>,
    }
    /// A program.
    pub struct Script "script" {
        /// Its path. Since 0.2.1.
        attr path "path": Option<String>,
    }

    /// A port of the host that leads to the guest.
    pub struct PortForward "portForward" => settle {
        /// What it carries.
        attr proto "proto": Option<ForwardProto>,
        /// Address of the host; all if nothing is said.
        attr address "address": Option<String>,
        /// Device of the host.
        attr dev "dev": Option<String>,
        /// The ports.
        list ranges "range": Vec<PortRange>,
    }
    /// Ports.
    pub struct PortRange "range" {
        /// The first.
        count start "start": Option<u32>,
        /// The last.
        count end "end": Option<u32>,
        /// The first of the guest's.
        count to "to": Option<u32>,
        /// Whether these are left out.
        attr exclude "exclude": Option<YesNo>,
    }

    /// A filter of traffic. Since 0.8.0.
    pub struct FilterRef "filterref" => settle {
        /// Its name.
        attr filter "filter": Option<String>,
        /// What it is given.
        list parameters "parameter": Vec<FilterParameter>,
    }
    /// What a filter is given.
    pub struct FilterParameter "parameter" {
        /// Name of the variable.
        attr name "name": Option<String>,
        /// One of its values.
        attr value "value": Option<String>,
    }

    /// Another interface that takes over.
    pub struct Teaming "teaming" => settle {
        /// Which of the two this is.
        attr kind "type": Option<TeamingType>,
        /// Alias of the other, which stays.
        attr persistent "persistent": Option<String>,
    }
    /// Buffers.
    pub struct Tune "tune" {
        /// Bytes in the buffer of sending.
        leaf sndbuf "sndbuf": Option<Sndbuf>,
    }
    /// How many packets make one interrupt.
    pub struct Coalesce "coalesce" {
        /// Of reception.
        maybe rx "rx": Option<CoalesceRx>,
    }
    /// Of reception.
    pub struct CoalesceRx "rx" {
        /// Frames.
        maybe frames "frames": Option<CoalesceFrames>,
    }
    /// Frames.
    pub struct CoalesceFrames "frames" {
        /// The most.
        count max "max": Option<u32>,
    }
}

/// A size of a buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sndbuf(pub u64);

impl Value for Sndbuf {
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    fn print(&self) -> Cow<'_, str> {
        Cow::Owned(self.0.to_string())
    }

    fn invalid(_: &str, _: &str, _: &str) -> vir_base::Error {
        err!(Domain, XmlError, "sndbuf must be a positive integer")
    }
}

/// VLANs that an interface is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vlan {
    /// Whether frames bear their tags.
    pub trunk: bool,
    /// Their numbers, and how the native one's frames leave.
    pub tags: Vec<(u32, Option<NativeMode>)>,
}

impl Content for Vlan {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::Vlan::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let mut it = Self::default();
        for tag in element.children().filter(|child| child.name == "tag") {
            let Some(id) = vir_xml::attr::<u32>(tag, "id")? else { return Err(missing("id", "tag")) };
            if id > 4095 {
                bail!(None, XmlError, "vlan tag id {id} too large (maximum 4095)");
            }
            let mode = vir_xml::attr::<NativeMode>(tag, "nativeMode")?;
            if mode.is_some() && it.tags.iter().any(|(_, mode)| mode.is_some()) {
                bail!(None, XmlError, "duplicate native vlan setting");
            }
            it.tags.push((id, mode));
        }
        if it.tags.is_empty() {
            bail!(
                None,
                XmlError,
                "missing tag id - each <vlan> must have at least one <tag id='n'/> subelement"
            );
        }
        let native = it.tags.iter().any(|(_, mode)| mode.is_some());
        it.trunk = it.tags.len() > 1;
        if let Some(text) = element.attr("trunk") {
            it.trunk = text.eq_ignore_ascii_case("yes");
            if !it.trunk {
                if it.tags.len() > 1 {
                    bail!(
                        None,
                        XmlError,
                        "invalid \"trunk='{text}'\" in <vlan> - trunk='yes' is required for more than one vlan tag"
                    );
                }
                if native {
                    bail!(
                        None,
                        XmlError,
                        "invalid configuration in <vlan> - \"trunk='no'\" is not allowed with a native vlan id"
                    );
                }
                if !text.eq_ignore_ascii_case("no") {
                    bail!(None, XmlError, "invalid \"trunk='{text}'\" in <vlan> - must be yes or no");
                }
            }
        }
        Ok(it)
    }

    fn write(&self, w: &mut Writer) {
        if self.trunk {
            w.attr("trunk", "yes");
        }
        for (id, mode) in &self.tags {
            w.start("tag");
            w.attr("id", &id.to_string());
            w.attr_opt("nativeMode", mode.map(NativeMode::as_str));
            w.end();
        }
    }
}

impl Bandwidth {
    /// Checks the limits; only those of networks may promise a minimum.
    ///
    /// # Errors
    /// What is missing, and what is not supported.
    pub fn check(&self, floor: bool) -> Result<()> {
        for (rate, floor) in [(&self.inbound, floor), (&self.outbound, false)] {
            let Some(rate) = rate else { continue };
            if rate.average.is_none() && rate.floor.is_none() {
                bail!(None, XmlDetail, "Missing mandatory average or floor attributes");
            }
            if (rate.peak.is_some() || rate.burst.is_some()) && rate.average.is_none() {
                bail!(None, ConfigUnsupported, "'peak' and 'burst' require 'average' attribute");
            }
            if rate.floor.is_some() && !floor {
                bail!(None, ConfigUnsupported, "floor attribute is not supported for this config");
            }
        }
        Ok(())
    }
}

impl VirtualPort {
    /// Checks it, as far as a document must say of it.
    ///
    /// # Errors
    /// No kind, numbers that are too large, parameters that are missing or of another kind.
    pub fn check(&mut self, rule: PortRule) -> Result<()> {
        if rule != PortRule::Open && self.kind.is_none() {
            bail!(None, XmlError, "missing required virtualport type");
        }
        let it = self.parameters.get_or_insert_default();
        for (value, max, name) in [
            (it.managerid, 0xff, "value of managerid out of range"),
            (it.typeid, 0xff_ffff, "value for typeid out of range"),
            (it.typeidversion, 0xff, "value of typeidversion out of range"),
        ] {
            if value.is_some_and(|value| value.0 > max) {
                bail!(None, XmlError, "{name}");
            }
        }
        if it.profileid.as_ref().is_some_and(|id| id.len() > 39) {
            bail!(None, XmlError, "profileid parameter too long");
        }
        it.profileid.take_if(|id| id.is_empty());
        let Some(kind) = self.kind else { return Ok(()) };
        let said = [
            ("managerid", it.managerid.is_some()),
            ("typeid", it.typeid.is_some()),
            ("typeidversion", it.typeidversion.is_some()),
            ("instanceid", it.instanceid.is_some()),
            ("profileid", it.profileid.is_some()),
            ("interfaceid", it.interfaceid.is_some()),
        ];
        let is_said = |name: &str| said.contains(&(name, true));
        if rule == PortRule::Complete
            && let Some(missing) = kind.needed().iter().find(|name| !is_said(name))
        {
            bail!(Net, XmlError, "missing {missing} in <virtualport type='{kind}'>");
        }
        if let Some(extra) = kind.useless().iter().find(|name| is_said(name)) {
            bail!(Net, XmlError, "extra {extra} unsupported in <virtualport type='{kind}'>");
        }
        // of this kind, what it has no use for is passed over
        if kind == PortType::Midonet {
            *it = PortParameters { interfaceid: it.interfaceid, ..PortParameters::default() };
        }
        Ok(())
    }

    /// Makes up the UUIDs that the kind of switch needs and that are not said.
    pub fn identify(&mut self, mut uuid: impl FnMut() -> Uuid) {
        let it = self.parameters.get_or_insert_default();
        if matches!(self.kind, None | Some(PortType::Qbg)) {
            it.instanceid.get_or_insert_with(&mut uuid);
        }
        if matches!(self.kind, None | Some(PortType::Openvswitch)) {
            it.interfaceid.get_or_insert_with(&mut uuid);
        }
    }
}

/// What must be said of a virtual port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortRule {
    /// Nothing: something else completes it.
    Open,
    /// Its kind.
    Typed,
    /// All that is not made up.
    Complete,
}

impl PortType {
    /// Parameters without which there is no port of the kind, but for those that are made up.
    fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Qbg => &["managerid", "typeid", "typeidversion"],
            Self::Qbh => &["profileid"],
            Self::Openvswitch => &[],
            Self::Midonet => &["interfaceid"],
        }
    }

    /// Parameters that no port of the kind can be given.
    fn useless(self) -> &'static [&'static str] {
        match self {
            Self::Qbg => &["profileid", "interfaceid"],
            Self::Qbh => &["managerid", "typeid", "typeidversion", "instanceid", "interfaceid"],
            Self::Openvswitch => &["managerid", "typeid", "typeidversion", "instanceid"],
            Self::Midonet => &[],
        }
    }
}

impl PortForward {
    fn settle(&mut self, _: &Element) -> Result<()> {
        if self.proto.is_none() {
            return Err(missing("proto", "portForward"));
        }
        if let Some(address) = &mut self.address {
            match address.parse::<IpAddr>() {
                Ok(ip) => *address = ip.to_string(),
                Err(_) => bail!(Domain, XmlError, "Invalid address '{address}' in <portForward>"),
            }
        }
        Ok(())
    }
}

impl FilterRef {
    fn settle(&mut self, _: &Element) -> Result<()> {
        self.parameters.retain(|parameter| parameter.name.is_some() && parameter.value.is_some());
        // values of one variable stand together, variables in the order of their names
        self.parameters.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    }
}

impl Teaming {
    fn settle(&mut self, element: &Element) -> Result<()> {
        if self.kind.is_none() && (element.attr("type").is_some() || self.persistent.is_some()) {
            let text = element.attr("type").unwrap_or("(null)");
            bail!(Domain, ConfigUnsupported, "unknown teaming type '{text}'");
        }
        Ok(())
    }
}

/// An address of a guest or host.
#[derive(Clone, Debug, PartialEq)]
pub struct IpAddress {
    /// The address.
    pub address: IpAddr,
    /// Length of the network's part.
    pub prefix: Option<u32>,
    /// The other end of a line between two.
    pub peer: Option<IpAddr>,
}

impl Content for IpAddress {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::IpAddress::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let Some(text) = element.attr("address") else {
            bail!(Domain, XmlError, "Missing required address in <ip>")
        };
        let parsed = text.parse::<IpAddr>().ok();
        let v6 = match element.attr("family") {
            Some("ipv4") => Some(false),
            Some("ipv6") => Some(true),
            _ => parsed.map(|ip| ip.is_ipv6()),
        };
        let address = match parsed.filter(|ip| Some(ip.is_ipv6()) == v6) {
            Some(address) => address,
            None => bail!(Domain, XmlError, "Invalid address '{text}' in <ip>"),
        };
        let prefix = match element.attr("prefix") {
            None => None,
            Some(text) => match text.trim().parse::<u32>() {
                Ok(prefix) if prefix <= if address.is_ipv6() { 128 } else { 32 } => Some(prefix),
                _ => bail!(Domain, XmlError, "Invalid prefix value '{text}' in <ip>"),
            },
        };
        let peer = match element.attr("peer") {
            None => None,
            Some(text) => match text.parse::<IpAddr>() {
                Ok(peer) => Some(peer),
                Err(_) => bail!(Domain, InvalidArg, "Invalid peer '{text}' in <ip>"),
            },
        };
        Ok(Self { address, prefix: prefix.filter(|prefix| *prefix > 0), peer })
    }

    fn write(&self, w: &mut Writer) {
        w.attr("address", &self.address.to_string());
        w.attr("family", if self.address.is_ipv6() { "ipv6" } else { "ipv4" });
        w.attr_opt("prefix", self.prefix.map(|prefix| prefix.to_string()).as_deref());
        w.attr_opt("peer", self.peer.map(|peer| peer.to_string()).as_deref());
    }
}

/// A route.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // fields are named as in documents
pub struct IpRoute {
    pub family: Option<String>,
    pub address: Option<String>,
    pub netmask: Option<String>,
    pub prefix: Option<u32>,
    pub gateway: Option<String>,
    pub metric: Option<u32>,
}

impl Content for IpRoute {
    fn table() -> Option<&'static vir_xml::table::Table> {
        crate::domain::device::tables::IpRoute::table()
    }

    fn read(element: &Element) -> Result<Self> {
        let text = |name: &str| element.attr(name).map(str::to_owned);
        let address = |name: &str| -> Result<Option<String>> {
            match element.attr(name) {
                None => Ok(None),
                Some(text) => match text.parse::<IpAddr>() {
                    Ok(ip) => Ok(Some(ip.to_string())),
                    Err(_) => bail!(
                        Network,
                        XmlError,
                        "Bad network address '{text}' in route definition of network '{name}'"
                    ),
                },
            }
        };
        Ok(Self {
            family: text("family"),
            address: address("address")?,
            netmask: address("netmask")?,
            prefix: vir_xml::attr(element, "prefix")?,
            gateway: address("gateway")?,
            metric: vir_xml::attr(element, "metric")?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.attr_opt("family", self.family.as_deref());
        w.attr_opt("address", self.address.as_deref());
        w.attr_opt("netmask", self.netmask.as_deref());
        w.attr_opt("prefix", self.prefix.map(|prefix| prefix.to_string()).as_deref());
        w.attr_opt("gateway", self.gateway.as_deref());
        w.attr_opt("metric", self.metric.map(|metric| metric.to_string()).as_deref());
    }
}
